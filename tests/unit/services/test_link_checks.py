"""The links of a programme, each looked at once, and what is kept of it."""

import time
from dataclasses import dataclass, field, replace

import pytest

from memorata.domain import items as i
from memorata.domain.broadcast import Source, parse_link
from memorata.domain.errors import Refused
from memorata.domain.programme import Programme
from memorata.services import link_checks
from memorata.services.link_checks import DEFECT, LINK_KEPT, NOT_THERE, OFF, TOO_LATE, Found, LinkChecks, Looked
from memorata.services.live import LiveCeremonies
from memorata.services.planning_ports import Due, LinkCheck
from tests.builders import START_MS, a_programme, an_item, text
from tests.fakes import FakeClock, MemoryLog, RecordingPublisher
from tests.fakes_planning import MemoryArchives

ID = "remembrance-2027"
FILM = parse_link("https://media.example.org/film.mp4")
LIVE = parse_link("https://media.example.org/hall.m3u8")
TUBE = parse_link("https://youtu.be/dQw4w9WgXcQ")
OWN = replace(FILM, url="/media/own.mp4")
PICTURE, CAPTIONS = "https://media.example.org/still.jpg", "https://media.example.org/en.vtt"


@dataclass
class FakeProbe:
    faults: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    slow_s: float = 0.0
    looked: list[Source] = field(default_factory=list)

    def look(self, source: Source) -> Found:
        self.looked.append(source)
        if source.url in self.broken:
            raise RuntimeError("a defect")
        time.sleep(self.slow_s)
        said = self.faults.get(source.url, "")
        return Found(not said, said)


def a_shown_programme() -> Programme:
    film = i.Media((FILM, TUBE), still=PICTURE, captions=(i.Caption("en", CAPTIONS),))
    items = (
        an_item("lobby", i.Lobby(), 900),
        an_item("film", i.Film(), media=film),
        an_item("again", i.Film(), media=i.Media((FILM, OWN))),
        an_item("voices", i.Testimony(speakers=(i.Witness(text("Amina"), media=i.Media((LIVE,))), i.Witness({})))),
        an_item("wreaths", i.WreathLaying(wreaths=(i.Wreath(text("Kisumu"), media=i.Media((LIVE, LIVE))),))),
        an_item("places", i.RollCall(entries=(i.Place(text("Recife"), media=i.Media((TUBE,))),))),
        an_item("pictures", i.Gallery(images=(i.Picture(PICTURE), i.Picture("/media/gone.jpg")))),
    )
    return a_programme(items=items)


class Room:
    def __init__(self, probe: FakeProbe | None, programme: Programme | None = None) -> None:
        self.clock, self.archives = FakeClock(), MemoryArchives()
        self.asked: list[str] = []
        ceremonies = LiveCeremonies(MemoryLog(), self.clock, RecordingPublisher())
        ceremonies.plan(programme or a_shown_programme())
        self.checks = LinkChecks(
            ceremonies, self.archives, probe, self.is_there, self.clock, frozenset({"tube.example.org"})
        )

    def is_there(self, url: str) -> bool:
        self.asked.append(url)
        return url == "media/own.mp4"


def test_each_link_of_each_item_is_looked_at_and_each_site_called_once() -> None:
    probe = FakeProbe({TUBE.url: "The provider knows no such video."})
    room = Room(probe)
    found = room.checks.check_now(ID)
    assert [(each.item_id, each.link, each.ok) for each in found] == [
        ("film", FILM.url, True),
        ("film", TUBE.url, False),
        ("film", PICTURE, True),
        ("film", CAPTIONS, True),
        ("again", FILM.url, True),
        ("again", "/media/own.mp4", True),
        ("voices", LIVE.url, True),
        ("wreaths", LIVE.url, True),
        ("places", TUBE.url, False),
        ("pictures", PICTURE, True),
        ("pictures", "/media/gone.jpg", False),
    ]
    assert {each.said for each in found if not each.ok} == {"The provider knows no such video.", NOT_THERE}
    assert sorted(source.url for source in probe.looked) == sorted([FILM.url, TUBE.url, LIVE.url, PICTURE, CAPTIONS])
    assert {source.provider for source in probe.looked} == {"file", "youtube", "hls", "picture", "captions"}
    assert sorted(room.asked) == ["media/gone.jpg", "media/own.mp4"]
    assert set(room.archives.checks(ID)) == set(found)


def test_what_comes_due_keeps_what_it_found_in_the_place_of_the_last() -> None:
    probe = FakeProbe({LIVE.url: "The other side does not answer."})
    room = Room(probe)
    assert room.checks.due(Due("link_check", ID, START_MS, "24h")) == ()
    probe.faults.clear()
    room.clock.forward(1_000)
    assert room.checks.due(Due("link_check", ID, START_MS, "15min")) == ()
    kept = {(each.item_id, each.link): each for each in room.archives.checks(ID)}
    assert len(kept) == 11
    assert kept["voices", LIVE.url] == LinkCheck(ID, "voices", LIVE.url, START_MS + 1_000, ok=True)


def test_nothing_is_looked_at_for_a_ceremony_that_is_not_held() -> None:
    probe = FakeProbe()
    room = Room(probe, replace(a_shown_programme(), cancelled=text("Snow")))
    assert room.checks.due(Due("link_check", ID, START_MS, "24h")) == ()
    assert room.checks.due(Due("link_check", "nowhere", START_MS, "24h")) == ()
    assert (probe.looked, room.archives.looked) == ([], {})
    with pytest.raises(Refused, match=r"ceremony\.unknown"):
        room.checks.check_now("nowhere")


def test_a_programme_without_links_needs_nobody() -> None:
    room = Room(FakeProbe(), a_programme(items=(an_item("words"),)))
    assert room.checks.check_now(ID) == ()


def test_switched_off_it_calls_nobody_and_still_knows_its_own_files() -> None:
    room = Room(None)
    assert [(each.link, each.ok) for each in room.checks.check_now(ID)] == [
        ("/media/own.mp4", True),
        ("/media/gone.jpg", False),
    ]
    assert room.checks.check_link(FILM.url) == Looked(False, "file", OFF)


def test_one_link_that_breaks_the_look_leaves_the_others_theirs() -> None:
    room = Room(FakeProbe(broken={FILM.url}))
    found = {each.link: each.said for each in room.checks.check_now(ID)}
    assert (found[FILM.url], found[LIVE.url]) == (DEFECT, "")


def test_what_takes_too_long_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_checks, "WHOLE_S", 0.05)
    room = Room(FakeProbe(slow_s=0.5))
    began = time.monotonic()
    found = room.checks.check_now(ID)
    assert time.monotonic() - began < 0.45
    assert {each.said for each in found if each.link.startswith("https:")} == {TOO_LATE}


def test_of_a_long_address_the_beginning_is_kept() -> None:
    long = parse_link(f"https://media.example.org/{'a' * 1200}.mp4?x=1")
    room = Room(FakeProbe(), a_programme(items=(an_item("film", i.Film(), media=i.Media((long,))),)))
    assert [each.link for each in room.checks.check_now(ID)] == [long.url[:LINK_KEPT]]


def test_a_link_that_is_being_written_is_looked_at_by_what_it_is() -> None:
    probe = FakeProbe({FILM.url: "There is nothing at this address."})
    room = Room(probe)
    assert room.checks.check_link("https://youtu.be/dQw4w9WgXcQ?t=4") == Looked(True, "youtube")
    assert room.checks.check_link(FILM.url) == Looked(False, "file", "There is nothing at this address.")
    assert room.checks.check_link("media/own.mp4") == Looked(True, "file")
    assert room.checks.check_link("media/none.mp4") == Looked(False, "file", NOT_THERE)
    assert room.checks.check_link("https://tube.example.org/w/9kLmNpQrStUvWxYz12345").provider == "peertube"
    asked = len(probe.looked)
    for text_ in ("", "http://media.example.org/a.mp4", "https://127.0.0.1/a.mp4", "https://localhost/a.mp4"):
        assert room.checks.check_link(text_) == Looked(False, "", "This link cannot be shown here.")
    assert len(probe.looked) == asked
