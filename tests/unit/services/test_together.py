"""What is done at one worker and heard at another: two houses on one log, with a bus between them that a test holds."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from memorata.domain import commands as c
from memorata.domain.items import Candle
from memorata.services.live import LiveCeremonies
from memorata.services.moderation import Look
from memorata.services.ports import Participant
from memorata.services.together import Together
from tests.builders import START_MS, a_programme, an_item
from tests.fake_bus import FakeBus, Wire
from tests.fakes import FakeClock, MemoryLog, RecordingPublisher

ID = "remembrance-2027"
HOST = c.Actor("hana", "host")
CHIYO = c.Actor("chiyo", "participant", "request-of-chiyo", name="Chiyo", community="Osaka", country="JP")


class Noted:
    """Stands for a service and notes what it is asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *given: self.calls.append((name, *given))


class House:
    def __init__(self, log: MemoryLog, clock: FakeClock, wire: Wire, name: str) -> None:
        self.bus, self.clock = FakeBus(wire, name), clock
        self.together = Together(self.bus)
        self.publisher = RecordingPublisher()
        self.counted: list[str] = []
        self.ceremonies = LiveCeremonies(
            log, clock, self.publisher, self.counted.append,
            appended=self.together.appended, marked=self.together.marked,
        )  # fmt: skip
        self.others = Noted()
        self.together.attach(
            self.ceremonies, cast(Any, self.others), cast(Any, self.others), cast(Any, self.others),
            self.others.sessions_ended, self.others.person_changed, self.others.put_out, self.others.read_all,
        )  # fmt: skip


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def houses(wire: Wire) -> tuple[House, House]:
    log, clock = MemoryLog(), FakeClock(START_MS - 600_000)
    one, two = House(log, clock, wire, "one"), House(log, clock, wire, "two")
    one.ceremonies.plan(a_programme(items=[an_item("candles", Candle(), 600)]))
    one.ceremonies.settle(ID)
    two.ceremonies.state(ID)
    wire.said.clear()
    return one, two


def test_what_is_written_at_one_is_published_at_the_other(houses: tuple[House, House], wire: Wire) -> None:
    one, two = houses
    result = one.ceremonies.handle(ID, c.CueItem("candles", aimed_cue=0), HOST, "")
    assert two.ceremonies.state(ID).seq < result.seq
    wire.carry()
    assert two.ceremonies.state(ID) == one.ceremonies.state(ID)
    assert two.publisher.events
    assert two.publisher.events == one.publisher.events[-len(two.publisher.events) :]
    told = list(two.publisher.events)
    two.bus.tell("log", {"ceremony": ID, "seq": result.seq})
    one.together.appended(ID, result.seq)
    wire.carry()
    assert two.publisher.events == told, "what is known is not told again, nor said again by who hears it"
    assert wire.said == []


def test_a_candle_is_counted_once_at_both(houses: tuple[House, House], wire: Wire) -> None:
    one, two = houses
    one.ceremonies.handle(ID, c.CueItem("candles", aimed_cue=0), HOST, "")
    one.clock.forward(60_000)
    wire.carry()
    one.ceremonies.handle(ID, c.LightCandle("candles"), CHIYO, "press")
    wire.carry()
    one.ceremonies.handle(ID, c.LightCandle("candles"), CHIYO, "another press")
    wire.carry()
    assert two.ceremonies.counts(ID).candles == {"candles": 1}
    assert two.counted == [ID]
    assert two.ceremonies.own(ID, "chiyo").lit == ("candles",)
    two.ceremonies.recount()
    assert two.ceremonies.counts(ID).candles == {"candles": 1}


def test_a_ceremony_that_is_unknown_here_does_no_harm(houses: tuple[House, House], wire: Wire) -> None:
    one, two = houses
    one.together.appended("never-planned", 7)
    wire.carry()
    assert two.publisher.events == []
    assert two.ceremonies.find("never-planned") is None


def test_people_links_and_sessions_are_looked_at_anew(houses: tuple[House, House], wire: Wire) -> None:
    one, two = houses
    one.together.person_changed(Participant("chiyo", ID, "participant"))
    one.together.put_out("bruno")
    one.together.link_removed(ID, "moderator")
    one.together.accounts_ended()
    wire.carry()
    assert two.others.calls == [
        ("person_changed", ID, "chiyo"),
        ("put_out", "bruno"),
        ("look_again",),
        ("removed", ID, "moderator"),
        ("sessions_ended",),
    ]


def test_what_somebody_read_at_a_worker_that_is_gone_they_read_no_more(houses: tuple[House, House], wire: Wire) -> None:
    one, two = houses
    one.together.looked(ID, Look("hana", "Hana", "entry-1"))
    wire.carry()
    one.bus.leaves()
    for call in two.bus.left:
        call("one")  # once more, which changes nothing
    assert two.others.calls == [
        ("hear_look", ID, Look("hana", "Hana", "entry-1")),
        ("hear_look", ID, Look("hana", "", "")),
    ]
