"""The stage at two workers: one keeps it, pages of both see the same, and the other takes over when that one goes."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from memorata.adapters.stage.mesh import MeshEngine
from memorata.domain import commands as c
from memorata.domain.errors import Refused
from memorata.services.bus import ASK_S, Message, NoAnswer
from memorata.services.keeping import Keeping
from memorata.services.live import LiveCeremonies
from memorata.services.ports import Participant
from memorata.services.stage import SPACING_S, StageDesk
from memorata.services.stage_front import StageFront
from memorata.services.stage_ports import Description
from memorata.services.stage_shared import DEAF_S, SharedStage
from memorata.services.stage_told import StageGrant
from tests.builders import START_MS, a_programme, a_silence, an_item
from tests.fake_bus import FakeBus, Wire, as_sent
from tests.fakes import FakeAlarm, FakeClock, MemoryLog, RecordingPublisher
from tests.unit.services.test_keeping import MemoryLeases, Row
from tests.unit.services.test_stage import CHIYO, HANA, ID, SENDS, VERA
from tests.unit.services.test_stage import Heard as HeardPages

ON_STAGE = "on_stage"


class Lines(HeardPages):
    """The pages of one worker."""

    def __init__(self) -> None:
        super().__init__()
        self.told_anew: list[str] = []

    def anew(self, sid: str) -> None:
        self.told_anew.append(sid)

    def record(self, sid: str, part: str, key: str, feed_id: str, *, on: bool) -> None: ...


class AskingBus(FakeBus):
    """Asks the other workers of its wire as they are; `deaf` ones do not answer."""

    def __init__(self, wire: Wire, me: str) -> None:
        super().__init__(wire, me)
        self.answers: dict[str, Callable[[str, Message], Message]] = {}
        self.deaf = False
        self.connected = True

    def ask(self, worker: str, topic: str, message: Message, within_s: float = ASK_S) -> Message:
        for bus in self.wire.buses:
            if isinstance(bus, AskingBus) and bus.me == worker and not bus.deaf:
                answer: Message = as_sent(bus.answers[topic](self.me, as_sent(message)))
                return answer
        raise NoAnswer(worker)

    def answer(self, topic: str, give: Callable[[str, Message], Message]) -> None:
        self.answers[topic] = give


class Worker:
    def __init__(self, house: "House", name: str) -> None:
        self.house, self.name = house, name
        self.bus = AskingBus(house.wire, name)
        self.lines = Lines()
        self.keeping = Keeping(
            MemoryLeases(house.row, name), self.bus, lambda process: process not in house.dead and None,
            lambda: house.clock.at_ms / 1000,
        )  # fmt: skip
        self.alarm = FakeAlarm(house.clock)
        self.ceremonies = LiveCeremonies(
            house.log, house.clock, RecordingPublisher(), happened=lambda ceremony_id: self.stage.changed(ceremony_id)
        )
        self.front = StageFront(
            self.lines, self.ceremonies, house.clock, self.alarm, lambda: self.keeping.mine or self.bus.connected
        )
        self.stage = SharedStage(
            self.desk, self.front, self.bus, self.keeping, self.alarm, lambda _: False, lambda: house.clock.at_ms / 1000
        )

    def desk(self, pages: Any, version: int, online: Callable[[str], bool]) -> StageDesk:
        return StageDesk(MeshEngine(), self.ceremonies, pages, self.house.clock, self.alarm, online, version=version)

    def watch(self, *people: Participant) -> None:
        for who in people:
            self.stage.watch(who, f"{who.id} at {self.name}", f"page of {who.id}", picture=True)
        self.house.go_by(SPACING_S)

    def publish(self, who: Participant) -> str:
        feed = self.stage.publish(who, f"{who.id} at {self.name}", f"page of {who.id}", picture=True, sound=True)
        self.house.go_by(0)
        return feed


class House:
    """Two workers on one log; `green.spawn` is done at once, so that nothing is left to a thread."""

    def __init__(self) -> None:
        self.clock, self.log, self.row, self.wire = FakeClock(START_MS - 600_000), MemoryLog(), Row(), Wire()
        self.dead: set[str] = set()
        self.one, self.two = Worker(self, "one"), Worker(self, "two")
        self.alive = [self.one, self.two]
        silence = a_silence(invitation_s=1, stillness_s=1, duration_s=30, quiet_after_s=2)
        items = (an_item("words", planned_s=600), silence, an_item("farewell", planned_s=600))
        self.one.ceremonies.plan(a_programme(items=items))
        self.one.ceremonies.settle(ID)
        for worker in self.alive:
            worker.stage.start()
        self.go_by(1)

    def go_by(self, seconds: float) -> None:
        """Let time pass at whoever lives, and carry what they say."""
        end_ms = self.clock.at_ms + round(seconds * 1000)
        while True:
            for worker in self.alive:
                worker.ceremonies.follow()
                worker.alarm.pass_time(0)
                for work in tuple(worker.alarm.repeated.values()):
                    work()
                worker.alarm.pass_time(0)
            self.wire.carry()
            if self.clock.at_ms >= end_ms:
                return
            self.clock.at_ms = min(end_ms, self.clock.at_ms + 500)

    def do(self, command: c.Command, who: Participant = HANA, request_id: str = "") -> None:
        self.one.ceremonies.handle(ID, command, c.Actor(who.id, who.role, request_id), "")
        self.go_by(0)

    def vera_speaks(self) -> None:
        self.do(c.RequestFloor("memory", "Vera"), VERA, "entry-vera")
        self.do(c.GrantFloor("entry-vera"))

    def kill(self, worker: Worker) -> None:
        self.alive.remove(worker)
        self.dead.add(f"process of {worker.name}")
        worker.bus.leaves()


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    for where in ("stage_shared", "stage_front"):
        monkeypatch.setattr(f"memorata.services.{where}.green.spawn", lambda work, *args: work(*args))
    return House()


def last_grant(worker: Worker, who: Participant) -> StageGrant:
    return [grant for whose, grant in worker.lines.grants if whose == who.id][-1]


def test_pages_of_both_workers_are_linked_and_told_the_same(house: House) -> None:
    house.two.watch(VERA)
    house.one.watch(CHIYO, HANA)
    house.vera_speaks()
    assert last_grant(house.two, VERA).level == ON_STAGE
    feed = house.two.publish(VERA)
    assert [len(house.two.lines.open("vera at two", "send")), len(house.one.lines.open("chiyo at one", "recv"))] == [
        2,
        1,
    ]
    assert house.one.lines.scenes[-1] == house.two.lines.scenes[-1]
    (seen,) = house.two.lines.scenes[-1].people
    assert seen.feed is not None
    assert seen.feed.id == feed
    (standing,) = house.one.lines.scenes[-1].deck
    assert standing.online
    # What one end says reaches the other.
    (link,) = house.one.lines.open("chiyo at one", "recv")
    house.two.stage.signal(VERA, "vera at two", link, Description("offer", SENDS))
    assert house.one.lines.signals == [("chiyo at one", link, Description("offer", SENDS))]
    with pytest.raises(Refused, match=r"stage\.not_now"):
        house.one.stage.publish(CHIYO, "chiyo at one", "page of chiyo", picture=True, sound=True)
    with pytest.raises(Refused, match=r"stage\.unknown_link"):
        house.two.stage.signal(VERA, "vera at two", "none", Description("offer", SENDS))
    # Who goes loses the links, wherever they were.
    house.two.stage.left(ID, "vera at two", goodbye=True)
    house.go_by(1)
    assert house.one.lines.open("chiyo at one", "recv") == []
    (standing,) = house.one.lines.scenes[-1].deck
    assert not standing.online


def test_another_worker_that_takes_over_lets_the_pages_begin_anew_and_closes_nothing(house: House) -> None:
    house.two.watch(VERA, CHIYO)
    house.vera_speaks()
    house.two.publish(VERA)
    before = len(house.two.lines.links)
    house.kill(house.one)
    house.go_by(1)
    assert house.two.keeping.mine
    assert house.two.lines.told_anew == ["vera at two", "chiyo at two"], "who may send goes first"
    assert house.two.lines.links[before:] == [], "what is seen goes on"
    joined = house.two.stage.watch(VERA, "vera at two", "page of vera", picture=True)
    house.two.watch(CHIYO)
    assert joined.grant.level == ON_STAGE
    feed = house.two.publish(VERA)
    assert house.two.lines.links[-1][4] == feed


def test_numbers_go_on_so_that_nothing_new_is_taken_for_old(house: House) -> None:
    versions: list[int] = []
    shown = house.two.lines.shown

    def noted(ceremony_id: str, version: int, scene: Any, *, everybody: bool) -> None:
        versions.append(version)
        shown(ceremony_id, version, scene, everybody=everybody)

    house.two.lines.shown = noted  # type: ignore[method-assign]
    house.two.watch(CHIYO)
    house.vera_speaks()
    house.kill(house.one)
    house.go_by(1)
    house.two.watch(CHIYO)
    assert versions == sorted(set(versions))
    assert len(versions) > 2


def test_one_that_was_replaced_says_nothing_more(house: House) -> None:
    house.two.watch(VERA, CHIYO)
    house.vera_speaks()
    house.alive.remove(house.one)  # frozen
    house.go_by(4)
    assert house.two.keeping.mine
    house.two.watch(VERA, CHIYO)
    house.two.publish(VERA)
    grants, links = len(house.two.lines.grants), len(house.two.lines.links)
    # It wakes, and looks at its stage before it hears that it keeps it no more.
    house.one.alarm.repeated["stage"]()
    house.wire.carry()
    house.alive.insert(0, house.one)
    house.go_by(30)
    assert (len(house.two.lines.grants), len(house.two.lines.links)) == (grants, links)
    assert not house.one.keeping.mine
    assert house.one.keeping.keeper == "two"


def test_in_a_silence_each_worker_takes_every_grant_even_where_the_keeper_is_not_heard(house: House) -> None:
    house.two.watch(VERA)
    house.one.watch(HANA, CHIYO)
    house.do(c.CueItem("words", 0))
    house.go_by(4)
    house.vera_speaks()
    house.two.publish(VERA)
    assert house.two.lines.open("vera at two", "send") != []
    house.do(c.CueItem("minute", 1))
    # From here on nobody hears anybody, but each reads the log.
    house.two.bus.connected = False
    house.wire.buses.clear()
    house.go_by(10)
    assert house.two.ceremonies.silent(ID)
    assert last_grant(house.two, VERA) == StageGrant()
    assert house.two.lines.open("vera at two", "send") == []
    house.go_by(40)
    assert not house.two.ceremonies.silent(ID)
    assert last_grant(house.two, VERA).level == ON_STAGE, "by its own reading of the log it may be so again"


def test_a_grant_that_comes_too_late_is_not_passed_down_in_a_silence(house: House) -> None:
    house.two.watch(VERA)
    house.do(c.CueItem("minute", 0))
    house.go_by(10)
    assert house.two.ceremonies.silent(ID)
    house.two.front.grant("vera", StageGrant(ON_STAGE, "entry-vera"))
    assert last_grant(house.two, VERA) == StageGrant()


def test_a_keeper_that_does_not_answer_is_a_calm_refusal_and_is_not_waited_for_again_and_again(house: House) -> None:
    house.one.bus.deaf = True
    asked: list[str] = []
    ask = house.two.bus.ask

    def noted(worker: str, topic: str, message: Message, within_s: float = ASK_S) -> Message:
        asked.append(topic)
        return ask(worker, topic, message, within_s)

    house.two.bus.ask = noted  # type: ignore[method-assign]
    for _ in range(3):
        with pytest.raises(Refused, match=r"stage\.unavailable"):
            house.two.stage.watch(CHIYO, "chiyo at two", "page of chiyo", picture=True)
    assert asked == ["stage"]
    house.one.bus.deaf = False
    house.go_by(DEAF_S)
    house.two.watch(CHIYO)


def test_after_words_were_lost_pages_begin_anew_and_the_keeper_forgets_who_has_gone(house: House) -> None:
    house.two.watch(VERA, CHIYO)
    house.two.bus.gap()
    assert house.two.lines.told_anew == ["vera at two", "chiyo at two"]
    # That Chiyo left was lost.
    house.two.stage.left(ID, "chiyo at two", goodbye=True)
    house.wire.lose()
    house.one.watch(HANA)
    assert house.one.lines.scenes[-1].viewers == 2
    house.one.bus.gap()
    house.go_by(1)
    assert house.one.lines.scenes[-1].viewers == 1
    assert house.one.lines.told_anew == [], "who keeps has missed nothing of what its own pages are told"


def test_the_lines_of_a_worker_that_is_gone_are_lost(house: House) -> None:
    house.two.watch(VERA, CHIYO)
    house.one.watch(HANA)
    house.kill(house.two)
    house.go_by(1)
    assert house.one.lines.scenes[-1].viewers == 0


def test_streams_are_known_at_every_worker_for_as_long_as_they_are_told(house: House) -> None:
    streams = {ID: ("/stream/live.m3u8", None)}
    assert house.one.stage._desk is not None
    house.one.stage._desk.streams = lambda: streams  # type: ignore[assignment,method-assign,return-value]
    house.go_by(1)
    assert house.two.stage.streamed(ID) == ("/stream/live.m3u8", None)
    streams.clear()
    house.go_by(1)
    assert house.two.stage.streamed(ID) == ("", None)


def test_what_is_asked_over_the_bus_is_plain(house: House) -> None:
    house.two.watch(VERA)
    house.vera_speaks()
    house.two.publish(VERA)
    joined = house.two.stage.watch(CHIYO, "chiyo at two", "page of chiyo", picture=False)
    assert msgspec.convert(as_sent(msgspec.to_builtins(joined)), type(joined)) == joined
    assert joined.scene.people[0].part.name == "Vera"
