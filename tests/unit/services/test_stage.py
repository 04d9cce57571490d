"""The desk of the stage: rights follow the state at every look, links go to whom they belong, nothing outlives them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import pytest

from memorata.adapters.stage.fake import FakeEngine
from memorata.adapters.stage.mesh import MeshEngine
from memorata.domain import commands as c
from memorata.domain.errors import Refused
from memorata.domain.programme import Hall
from memorata.services.live import LiveCeremonies
from memorata.services.ports import Participant
from memorata.services.stage import GRACE_S, OVERLAP_S, SPACING_S, StageDesk
from memorata.services.stage_ports import Candidate, Description, Signal, StageEngine, Way
from memorata.services.stage_told import Devices, Scene, StageGrant
from tests.builders import START_MS, a_programme, a_silence, an_item, text
from tests.fakes import FakeAlarm, FakeClock, MemoryLog, RecordingPublisher

ID = "remembrance-2027"
HANA = Participant("hana", ID, "host", name="Hana")
VERA = Participant("vera", ID, "participant", name="Vera")
CHIYO = Participant("chiyo", ID, "participant", name="Chiyo")
BISHKEK = Participant("pb", ID, "participant", hall="bishkek")
SENDS = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendonly\r\n"
TAKES = SENDS.replace("sendonly", "recvonly")


class Heard:
    """Pages, as far as the stage speaks to them."""

    def __init__(self) -> None:
        self.links: list[tuple[str, str, str, Way, str]] = []
        self.signals: list[tuple[str, str, Signal]] = []
        self.scenes: list[Scene] = []
        self.to_everybody = 0
        self.grants: list[tuple[str, StageGrant]] = []

    def link(self, sid: str, link_id: str, do: Literal["open", "move", "close"], way: Way, feed_id: str) -> None:
        self.links.append((sid, link_id, do, way, feed_id))

    def signal(self, sid: str, link_id: str, signal: Signal) -> None:
        self.signals.append((sid, link_id, signal))

    def shown(self, ceremony_id: str, version: int, scene: Scene, *, everybody: bool) -> None:
        self.scenes.append(scene)
        self.to_everybody += everybody

    def grant(self, participant_id: str, grant: StageGrant) -> None:
        self.grants.append((participant_id, grant))

    def open(self, sid: str, way: Way) -> list[str]:
        """The links of a page that are open now."""
        found: list[str] = []
        for whose, link, do, of, _ in self.links:
            if (whose, of) == (sid, way):
                if do == "open":
                    found.append(link)
                elif do == "close" and link in found:
                    found.remove(link)
        return found


class House:
    def __init__(self, engine: StageEngine | None = None) -> None:
        self.clock = FakeClock(START_MS - 600_000)
        self.alarm = FakeAlarm(self.clock)
        self.pages = Heard()
        self.engine: Any = engine or FakeEngine()
        self.ceremonies = LiveCeremonies(
            MemoryLog(), self.clock, RecordingPublisher(), happened=lambda ceremony_id: self.stage.changed(ceremony_id)
        )
        self.stage = StageDesk(self.engine, self.ceremonies, self.pages, self.clock, self.alarm, lambda _: True)
        self.stage.start()
        items = (
            an_item("words", planned_s=600),
            a_silence(),
            replace(an_item("city", planned_s=600), hall="bishkek"),
            an_item("farewell", planned_s=600),
        )
        programme = replace(a_programme(items=items), halls=(Hall("bishkek", text("Bishkek")),))
        self.ceremonies.plan(programme)
        self.ceremonies.settle(ID)
        self.cues = 0

    def do(self, command: c.Command, who: Participant = HANA, request_id: str = "") -> None:
        self.ceremonies.handle(ID, command, c.Actor(who.id, who.role, request_id), "")
        self.alarm.pass_time(0)

    def cue(self, item_id: str) -> None:
        self.do(c.CueItem(item_id, self.cues))
        self.cues += 1
        self.alarm.pass_time(3_000 if item_id != "minute" else 8_000)
        self.look()

    def look(self) -> None:
        self.alarm.repeated["stage"]()
        self.alarm.pass_time(0)

    def ask(self, who: Participant = VERA, entry_id: str = "entry-vera") -> str:
        self.do(c.RequestFloor("memory", who.name), who, entry_id)
        return entry_id

    def watch(self, *people: Participant) -> None:
        for who in people:
            self.stage.watch(who, f"line-{who.id}", f"page-{who.id}", picture=True)
        self.alarm.pass_time(int(SPACING_S * 1000))

    def publish(self, who: Participant, sid: str = "") -> str:
        feed = self.stage.publish(who, sid or f"line-{who.id}", f"page-{who.id}", picture=True, sound=True)
        self.alarm.pass_time(0)
        return feed

    def scene(self) -> Scene:
        return self.pages.scenes[-1]

    def seen(self) -> dict[str, bool]:
        """Who is on the stage, and whether something comes of them."""
        return {one.part.key: one.feed is not None for one in self.scene().people}


@pytest.fixture
def house() -> House:
    return House()


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(Refused) as no:
        act()
    assert no.value.code == code


def test_who_is_called_sends_unseen_and_is_seen_once_the_floor_is_given(house: House) -> None:
    house.watch(HANA, VERA, CHIYO)
    entry = house.ask()
    refused("stage.not_now", lambda: house.publish(VERA))
    house.do(c.CallNext(entry))
    assert house.pages.grants[-1] == ("vera", StageGrant("on_deck", entry))
    feed = house.publish(VERA)
    assert (house.engine.shown, house.seen()) == (set(), {})
    assert [(one.part.key, one.feed is not None) for one in house.scene().deck if one.part.kind == "speaker"] == [
        (entry, True)
    ]
    house.do(c.GrantFloor(entry))
    assert (house.engine.shown, house.seen()) == ({feed}, {entry: True})
    assert house.pages.grants[-1] == ("vera", StageGrant("on_stage", entry))
    house.do(c.YieldFloor(entry))
    assert (house.engine.feeds, house.seen()) == ({}, {})
    assert house.pages.grants[-1] == ("vera", StageGrant())
    refused("stage.not_now", lambda: house.publish(VERA))


def test_in_a_silence_nobody_sends_and_after_it_they_may_again(house: House) -> None:
    house.watch(HANA, VERA)
    entry = house.ask()
    house.cue("words")
    house.do(c.GrantFloor(entry))
    house.do(c.InviteToStage("hana", "Hana"))
    house.publish(VERA)
    house.publish(HANA)
    assert list(house.seen().values()) == [True, True]
    house.cue("minute")
    assert len(house.engine.feeds) == 2  # the invitation to rise is still part of the evening
    house.alarm.pass_time(20_000)
    house.look()
    assert (house.engine.feeds, house.seen()) == ({}, {})
    assert dict(house.pages.grants[-2:]) == {"vera": StageGrant(), "hana": StageGrant()}
    refused("stage.not_now", lambda: house.publish(VERA))
    refused("stage.not_now", lambda: house.publish(HANA))
    house.alarm.pass_time(120_000)
    house.look()
    assert dict(house.pages.grants[-2:])["vera"].level == "on_stage"
    house.publish(VERA)
    assert house.seen()[entry]


def test_a_silence_closes_at_its_very_instant(house: House) -> None:
    house.watch(HANA, VERA)
    entry = house.ask()
    house.cue("words")
    house.do(c.GrantFloor(entry))
    house.publish(VERA)
    house.cue("minute")
    still_ms = house.ceremonies.state(ID).progress.runs[-1].start_ms + 20_000
    house.alarm.pass_time(still_ms - 400 - house.clock.at_ms)
    house.look()
    assert house.engine.feeds
    house.alarm.pass_time(401)
    assert house.engine.feeds == {}


def test_a_hall_stands_by_and_comes_with_its_item(house: House) -> None:
    house.watch(HANA, BISHKEK)
    assert house.pages.grants[-1] == ("pb", StageGrant("on_deck", "hall-bishkek"))
    house.publish(BISHKEK)
    assert house.seen() == {}
    house.cue("city")
    assert house.seen() == {"hall-bishkek": True}
    house.cue("farewell")
    assert house.seen() == {}
    assert house.engine.feeds  # it stands by again


def test_the_holding_picture_takes_everybody_from_the_stage(house: House) -> None:
    house.watch(HANA, VERA)
    entry = house.ask()
    house.do(c.GrantFloor(entry))
    house.publish(VERA)
    house.do(c.HoldPicture())
    assert (house.seen(), house.engine.shown) == ({}, set())
    house.do(c.ReleasePicture())
    assert house.seen() == {entry: True}


def test_one_on_the_telephone_is_there_by_name_and_sends_nothing(house: House) -> None:
    house.watch(HANA, VERA)
    entry = house.ask()
    house.do(c.GrantFloor(entry))
    house.publish(VERA)
    house.do(c.ByTelephone(entry, True))
    assert (house.seen(), house.engine.feeds) == ({entry: False}, {})
    refused("stage.not_now", lambda: house.publish(VERA))


def test_no_more_than_four_are_seen(house: House) -> None:
    house.watch(HANA)
    for number in range(3):
        house.do(c.InviteToStage(f"guest-{number}", f"Guest {number}"))
    refused("stage.full", lambda: house.do(c.InviteToStage("one-more", "One more")))
    house.do(c.GrantFloor(house.ask()))
    assert len(house.seen()) == 4


def test_another_page_of_the_same_person_takes_over(house: House) -> None:
    house.watch(VERA)
    house.do(c.GrantFloor(house.ask()))
    first = house.publish(VERA)
    second = house.stage.publish(VERA, "line-2", "page-2", picture=True, sound=True)
    assert set(house.engine.feeds) == {second} != {first}


def test_a_page_that_comes_back_keeps_its_picture_until_the_new_one_is_there(house: House) -> None:
    house.watch(VERA, CHIYO)
    entry = house.ask()
    house.do(c.GrantFloor(entry))
    first = house.publish(VERA)
    house.stage.left(ID, "line-vera", goodbye=False)
    house.alarm.pass_time(3_000)
    assert house.seen() == {entry: True}
    house.engine.slow = True
    second = house.publish(VERA, "line-2")
    assert house.scene().people[0].feed == house.engine.feeds[first]
    house.stage.live(second)
    house.alarm.pass_time(0)
    assert house.scene().people[0].feed == house.engine.feeds[second]
    assert first in house.engine.feeds
    house.alarm.pass_time(int(OVERLAP_S * 1000))
    assert set(house.engine.feeds) == {second}


def test_a_page_that_does_not_come_back_is_let_go(house: House) -> None:
    house.watch(VERA)
    house.do(c.GrantFloor(house.ask()))
    house.publish(VERA)
    house.stage.left(ID, "line-vera", goodbye=False)
    house.alarm.pass_time(int(GRACE_S * 1000))
    assert (house.engine.feeds, house.engine.viewers) == ({}, {})


def test_one_that_says_goodbye_is_let_go_at_once(house: House) -> None:
    house.watch(VERA)
    house.do(c.GrantFloor(house.ask()))
    house.publish(VERA)
    house.stage.left(ID, "line-vera", goodbye=True)
    house.alarm.pass_time(0)
    assert (house.engine.feeds, house.engine.viewers) == ({}, {})


def test_what_a_page_says_of_its_devices_is_for_hosts(house: House) -> None:
    house.watch(HANA, VERA, CHIYO)
    house.do(c.CallNext(house.ask()))
    house.stage.tell(VERA, Devices("refused", "on", True))
    house.stage.tell(CHIYO, Devices("on", "on", True))
    house.alarm.pass_time(0)
    assert [one.devices for one in house.scene().deck if one.part.kind == "speaker"] == [Devices("refused", "on", True)]


def test_while_the_media_server_is_away_nothing_is_carried_and_then_all_begin_anew(house: House) -> None:
    house.watch(VERA, CHIYO)
    entry = house.ask()
    house.do(c.GrantFloor(entry))
    house.publish(VERA)
    house.engine.ok = False
    house.stage.away()
    house.alarm.pass_time(0)
    assert (house.seen(), house.scene().carries.ok) == ({entry: False}, False)
    refused("stage.unavailable", lambda: house.publish(VERA))
    told = len(house.pages.grants)
    house.engine.ok, house.engine.viewers = True, {}
    house.stage.back()
    house.alarm.pass_time(0)
    assert set(house.engine.viewers) == {"line-vera", "line-chiyo"}
    assert ("vera", StageGrant("on_stage", entry)) in house.pages.grants[told:]
    house.publish(VERA)
    assert house.seen() == {entry: True}


def test_beyond_what_is_carried_hosts_go_first() -> None:
    house = House(FakeEngine(most=2))
    house.watch(*(replace(CHIYO, id=f"guest-{number}") for number in range(4)))
    assert len(house.engine.viewers) == 3
    house.watch(HANA)
    assert "line-hana" in house.engine.viewers
    assert len(house.engine.viewers) == 3
    house.stage.left(ID, "line-guest-0", goodbye=True)
    house.alarm.pass_time(0)
    assert len(house.engine.viewers) == 3


def test_while_a_thousand_arrive_nobody_is_told_of_each(house: House) -> None:
    house.watch(HANA, VERA)
    house.do(c.GrantFloor(house.ask()))
    house.publish(VERA)
    told, to_everybody = len(house.pages.scenes), house.pages.to_everybody
    for number in range(1_000):
        joined = house.stage.watch(replace(CHIYO, id=f"guest-{number}"), f"line-{number}", "page", picture=True)
        assert joined.scene.people[0].feed is not None
    house.alarm.pass_time(int(SPACING_S * 1000))
    assert (len(house.pages.scenes) - told, house.pages.to_everybody - to_everybody) == (1, 0)
    assert house.scene().viewers == 1_001


def test_off_nothing_is_granted() -> None:
    house = House()
    desk = StageDesk(None, house.ceremonies, house.pages, house.clock, house.alarm, lambda _: True)
    joined = desk.watch(VERA, "line", "page", picture=True)
    assert (joined.scene.engine, joined.grant) == ("off", StageGrant())
    refused("stage.off", lambda: desk.publish(VERA, "line", "page", picture=True, sound=True))


# --- a mesh -------------------------------------------------------------------------------------------------------


@pytest.fixture
def mesh() -> House:
    return House(MeshEngine())


def test_links_go_from_who_sends_to_each_who_watches(mesh: House) -> None:
    mesh.watch(HANA, VERA, CHIYO)
    mesh.do(c.CallNext(mesh.ask()))
    mesh.publish(VERA)
    sends = mesh.pages.open("line-vera", "send")
    assert sorted(sends) == sorted(mesh.pages.open("line-hana", "recv") + mesh.pages.open("line-chiyo", "recv"))
    assert len(sends) == 2
    late = replace(CHIYO, id="late")
    mesh.watch(late)
    assert len(mesh.pages.open("line-vera", "send")) == 3
    (link,) = mesh.pages.open("line-late", "recv")
    mesh.stage.signal(VERA, "line-vera", link, Description("offer", SENDS))
    mesh.stage.signal(late, "line-late", link, Description("answer", TAKES))
    mesh.stage.signal(late, "line-late", link, Candidate("candidate:1"))
    assert [(sid, link_id) for sid, link_id, _ in mesh.pages.signals] == [
        ("line-late", link), ("line-vera", link), ("line-vera", link),
    ]  # fmt: skip


def test_released_the_links_are_closed_at_both_ends(mesh: House) -> None:
    mesh.watch(HANA, VERA, CHIYO)
    entry = mesh.ask()
    mesh.do(c.GrantFloor(entry))
    mesh.publish(VERA)
    mesh.do(c.YieldFloor(entry))
    assert [mesh.pages.open(f"line-{who}", way) for who, way in (("vera", "send"), ("hana", "recv"))] == [[], []]  # type: ignore[arg-type]


def test_an_intruder_who_speaks_the_language_is_refused(mesh: House) -> None:
    mesh.watch(HANA, VERA, CHIYO)
    entry = mesh.ask()
    mesh.do(c.GrantFloor(entry))
    mesh.publish(VERA)
    (link,) = mesh.pages.open("line-chiyo", "recv")
    before = len(mesh.pages.signals)
    # A viewer who answers that she sends, one who offers, one on somebody else's link, one on none.
    refused("stage.not_now", lambda: mesh.stage.signal(CHIYO, "line-chiyo", link, Description("answer", SENDS)))
    refused("stage.not_now", lambda: mesh.stage.signal(CHIYO, "line-chiyo", link, Description("offer", SENDS)))
    (of_hana,) = mesh.pages.open("line-hana", "recv")
    refused("stage.unknown_link", lambda: mesh.stage.signal(CHIYO, "line-chiyo", of_hana, Candidate("candidate:1")))
    refused("stage.unknown_link", lambda: mesh.stage.signal(CHIYO, "line-chiyo", "nowhere", Candidate("")))
    # The speaker, once the floor is somebody else's.
    mesh.ceremonies.handle(ID, c.YieldFloor(entry), c.Actor("hana", "host"), "")
    refused("stage.not_now", lambda: mesh.stage.signal(VERA, "line-vera", link, Description("offer", SENDS)))
    assert len(mesh.pages.signals) == before


def test_nobody_hears_themselves(mesh: House) -> None:
    mesh.watch(VERA)
    mesh.stage.watch(VERA, "line-vera-2", "page-vera-2", picture=True)
    mesh.do(c.GrantFloor(mesh.ask()))
    mesh.publish(VERA)
    assert mesh.pages.open("line-vera-2", "recv") == []
