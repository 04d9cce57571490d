"""The stage by a real Janus and a real Chromium: who is seen and heard when, and what survives which fault.

Times are printed (`pytest -s`), as on a shared machine they say little to a test; the bounds here are generous.
"""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from memorata.adapters.stage import janus_session
from memorata.adapters.stage.janus import JanusEngine
from memorata.domain.errors import Refused
from memorata.services.stage_ports import Candidate, Description, Feed, Tab
from tests.browser.conftest import chromium_program, the_browser
from tests.janus import Janus, running
from tests.live.raw_page import CEREMONY, FLAGS, RawPages, tab

pytestmark = pytest.mark.live

KEY = b"a key of the tests, thirty-two b"


def a_feed(sid: str, *, picture: bool = True) -> Feed:
    return Feed(f"f-{sid}-{time.monotonic_ns()}", CEREMONY, sid, picture, True)


@pytest.fixture
def janus(tmp_path: Path) -> Iterator[Janus]:
    with running(tmp_path) as started:
        yield started


@pytest.fixture(scope="module")
def sighted() -> Iterator[Browser]:
    """A Chromium that plays without having been touched."""
    browser = the_browser().browser_type.launch(executable_path=chromium_program(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def pages(sighted: Browser) -> Iterator[RawPages]:
    page = sighted.new_page()
    yield RawPages(page)
    page.close()


Engines = Callable[[], JanusEngine]


@pytest.fixture
def engines(janus: Janus, tmp_path: Path) -> Iterator[Engines]:
    """Engines of one house, one after the other."""
    made: list[JanusEngine] = []

    def another() -> JanusEngine:
        engine = JanusEngine(
            janus.url, janus.secret, janus.admin_key, KEY, janus.recordings, tmp_path / "janus-session"
        )
        made.append(engine)
        return engine

    yield another
    for engine in made:
        engine.stop()


@pytest.fixture
def engine(engines: Engines, pages: RawPages) -> JanusEngine:
    made = engines()
    pages.drive(made)
    assert made.carries().ok
    return made


def on_deck(engine: JanusEngine, pages: RawPages, sid: str, colour: str | None, *viewers: str) -> Feed:
    """Somebody sends, unseen, and all viewers could see them at once."""
    feed = a_feed(sid, picture=colour is not None)
    pages.sends(sid, colour)
    engine.open_feed(feed)
    pages.until(lambda: pages.has_heard("live", feed.id), f"{sid} to be live")
    for viewer in viewers:
        pages.until(lambda viewer=viewer: connected(pages, viewer, feed), f"the link of {viewer} to {sid}")
    return feed


def connected(pages: RawPages, sid: str, feed: Feed) -> bool:
    link = pages.of(sid, feed.id)
    return link is not None and link["state"] == "connected"


def seen(pages: RawPages, sid: str, feed: Feed, colour: str, since_s: float, what: str) -> float:
    """Wait until this page sees this colour; how long after `since_s` that was, in milliseconds."""

    def first() -> dict[str, Any] | None:
        link = pages.of(sid, feed.id)
        return link if link and any(one == colour for one, _ in link["colours"]) else None

    link = pages.until(first, f"{colour} at {sid}")
    took = next(at for one, at in link["colours"] if one == colour) - since_s * 1000
    print(f"{what}: {took:.0f} ms")
    return float(took)


def grows(pages: RawPages, sid: str, feed: Feed, what: str) -> None:
    link = pages.of(sid, feed.id)
    assert link is not None
    before = link[what]
    pages.until(lambda: (now := pages.of(sid, feed.id)) and now[what] > before + 5, f"more {what} at {sid}")


def stands(pages: RawPages, feed: Feed, *whats: str, sid: str | None = None) -> None:
    """Nobody, or not this page, gets any more of it; what was on its way may still come."""
    last: list[tuple[float, int]] = []

    def still() -> bool:
        links = [link for link in pages.links(sid) if link["feed"] == feed.id]
        count = sum(link[what] for link in links for what in whats or ("frames", "sound"))
        if not last or last[-1][1] != count:
            last.append((time.monotonic(), count))
        return time.monotonic() - last[-1][0] > 0.5

    pages.until(still, "an end of it")


def test_who_is_on_deck_is_seen_by_nobody_and_then_at_once(engine: JanusEngine, pages: RawPages) -> None:
    everybody = [f"viewer-{number}" for number in range(8)]
    for sid in everybody:
        engine.add_viewer(tab(sid), picture=True)
    red = on_deck(engine, pages, "amina", "red", *everybody)
    pages.during(1.5)
    assert [(link["frames"], link["sound"]) for link in pages.links()] == [(0, 0)] * 8

    called = time.time()
    engine.show(red.id, True)
    for sid in everybody:
        assert seen(pages, sid, red, "red", called, f"on deck, called, seen by {sid}") < 2000
        grows(pages, sid, red, "frames")
        grows(pages, sid, red, "sound")

    # The next one, while the first is still seen; then the first goes.
    blue = on_deck(engine, pages, "bruno", "blue", *everybody)
    assert [(link["frames"], link["sound"]) for link in pages.links() if link["feed"] == blue.id] == [(0, 0)] * 8
    called = time.time()
    engine.show(blue.id, True)
    engine.show(red.id, False)
    assert seen(pages, everybody[0], blue, "blue", called, "from red to blue") < 2000
    stands(pages, red)
    for sid in everybody:
        grows(pages, sid, blue, "frames")
    engine.show(red.id, True)
    grows(pages, everybody[0], red, "frames")


def test_what_is_closed_reaches_nobody_even_if_pages_do_nothing(engine: JanusEngine, pages: RawPages) -> None:
    engine.add_viewer(tab("vera"), picture=True)
    feed = on_deck(engine, pages, "amina", "red", "vera")
    engine.show(feed.id, True)
    grows(pages, "vera", feed, "frames")
    released = time.time()
    engine.close_feed(feed.id)
    time.sleep(1.5)  # pages hear nothing of it meanwhile
    link = pages.of("vera", feed.id)
    assert link is not None
    last = link["seen"][-1] - released * 1000
    print(f"closed, last frame: {last:.0f} ms")
    assert last < 1000
    pages.until(lambda: not pages.links(), "the links to be closed")
    assert not pages.has_heard("gone", feed.id)
    engine.close_feed(feed.id)  # once more is no fault


def test_who_comes_late_sees_soon_and_nobody_sees_themselves(engine: JanusEngine, pages: RawPages) -> None:
    engine.add_viewer(tab("amina"), picture=True)
    feed = on_deck(engine, pages, "amina", "red")
    engine.show(feed.id, True)
    came = time.time()
    engine.add_viewer(tab("vera"), picture=True)
    assert seen(pages, "vera", feed, "red", came, "late comer") < 2000
    assert pages.links("amina") == []
    engine.remove_viewer("vera")
    pages.until(lambda: not pages.links("vera"), "the link of who left to be closed")


def test_sound_alone(engine: JanusEngine, pages: RawPages) -> None:
    engine.add_viewer(tab("vera"), picture=False)
    engine.add_viewer(tab("walter"), picture=True)
    voice = on_deck(engine, pages, "amina", None, "vera", "walter")
    engine.show(voice.id, True)
    for sid in ("vera", "walter"):
        grows(pages, sid, voice, "sound")
    # Who announces sound alone and sends a picture all the same is not seen.
    shy = a_feed("chiyo", picture=False)
    pages.sends("chiyo", "red")
    engine.open_feed(shy)
    engine.show(shy.id, True)
    pages.until(lambda: connected(pages, "walter", shy), "the link to who is heard alone")
    grows(pages, "walter", shy, "sound")
    assert pages.of("walter", shy.id)["frames"] == 0  # type: ignore[index]

    face = on_deck(engine, pages, "bruno", "blue", "vera", "walter")
    engine.show(face.id, True)
    grows(pages, "vera", face, "sound")
    grows(pages, "walter", face, "frames")
    assert pages.of("vera", face.id)["frames"] == 0  # type: ignore[index]

    engine.add_viewer(tab("vera"), picture=True)
    asked = time.time()
    seen(pages, "vera", face, "blue", asked, "pictures switched on")
    engine.add_viewer(tab("vera"), picture=False)
    grows(pages, "vera", face, "sound")
    stands(pages, face, "frames", sid="vera")
    grows(pages, "vera", face, "sound")


def test_links_are_of_one_page_alone_and_go_one_way(engine: JanusEngine, pages: RawPages) -> None:
    engine.add_viewer(tab("vera"), picture=True)
    feed = on_deck(engine, pages, "amina", "red", "vera")
    link = pages.of("vera", feed.id)
    assert link is not None
    for sid, its, signal, code in (
        ("vera", "of nobody", Candidate(""), "stage.unknown_link"),
        ("walter", link["id"], Candidate(""), "stage.unknown_link"),
        ("amina", link["id"], Description("answer", "v=0"), "stage.unknown_link"),
        ("vera", link["id"], Description("offer", "v=0"), "stage.not_now"),
        ("vera", link["id"], Description("answer", "v=0\r\nm=audio 9 RTP\r\na=sendrecv\r\n"), "stage.not_now"),
    ):
        with pytest.raises(Refused) as refused:
            engine.signal(sid, its, signal)
        assert refused.value.code == code


def test_a_page_may_offer_again(engine: JanusEngine, pages: RawPages) -> None:
    engine.add_viewer(tab("vera"), picture=True)
    feed = on_deck(engine, pages, "amina", "red", "vera")
    engine.show(feed.id, True)
    grows(pages, "vera", feed, "frames")
    (link,) = pages.links("amina", "send")
    pages.offers_again(link["id"])
    pages.during(1.0)
    grows(pages, "vera", feed, "frames")
    assert [what for what, *_ in pages.heard] == ["live"]
    assert pages.refused == []


def test_nothing_is_left_of_what_has_ended(engine: JanusEngine, janus: Janus, pages: RawPages) -> None:
    (session,) = janus.admin("list_sessions")["sessions"]

    def handles() -> int:
        return len(janus.admin("list_handles", session_id=session)["handles"])

    engine.add_viewer(tab("vera"), picture=True)
    pages.sends("amina", "red")
    threads = threading.active_count()
    feeds = [a_feed("amina") for _ in range(3)]
    for feed in feeds:
        engine.open_feed(feed)
    pages.until(lambda: all(connected(pages, "vera", feed) for feed in feeds), "all of them")
    for feed in feeds:
        engine.close_feed(feed.id)
    feed = a_feed("amina")
    engine.open_feed(feed)  # and closed before anything has come of it
    engine.close_feed(feed.id)
    pages.until(lambda: handles() == 1 and not pages.links(), "the room to be all that is left")
    assert threading.active_count() <= threads


def test_a_page_that_ends_by_itself_is_told(engine: JanusEngine, pages: RawPages) -> None:
    feed = on_deck(engine, pages, "amina", "red")
    (link,) = pages.links("amina", "send")
    pages.link("amina", link["id"], "close", "send", feed.id)
    pages.until(lambda: pages.has_heard("gone", feed.id), "the end of it to be heard of")


def test_janus_dies_and_the_picture_comes_back(engine: JanusEngine, janus: Janus, pages: RawPages) -> None:
    engine.add_viewer(tab("vera"), picture=True)
    feed = on_deck(engine, pages, "amina", "red", "vera")
    engine.show(feed.id, True)
    grows(pages, "vera", feed, "frames")

    killed = time.time()
    janus.kill()
    pages.until(lambda: pages.has_heard("away"), "it to be heard")
    assert not engine.carries().ok
    with pytest.raises(Refused) as refused:
        engine.open_feed(a_feed("amina"))
    assert refused.value.code == "stage.unavailable"
    janus.start()
    pages.until(lambda: pages.has_heard("back"), "Janus to be back")
    engine.add_viewer(tab("vera"), picture=True)
    again = a_feed("amina")
    engine.open_feed(again)
    engine.show(again.id, True)
    seen(pages, "vera", again, "red", killed, "killed, picture back")
    print(f"away after {(pages.heard_at('away') - killed) * 1000:.0f} ms", end=", ")
    print(f"back after {(pages.heard_at('back') - killed) * 1000:.0f} ms")
    assert [what for what, *_ in pages.heard if what in {"away", "back"}] == ["away", "back"]


def test_another_server_goes_on_with_what_the_one_before_has_begun(
    engine: JanusEngine, engines: Engines, janus: Janus, pages: RawPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(janus_session, "HELD_S", 16.0)
    engine.add_viewer(tab("vera"), picture=True)
    feed = on_deck(engine, pages, "amina", "red", "vera")
    engine.show(feed.id, True)
    grows(pages, "vera", feed, "frames")
    engine.stop()
    following = engines()
    pages.drive(following)
    # Longer than Janus waits for a server that does not come back.
    end = time.monotonic() + 12
    while time.monotonic() < end:
        grows(pages, "vera", feed, "frames")
    link = pages.of("vera", feed.id)
    assert link is not None
    gaps = [after - before for before, after in zip(link["seen"], link["seen"][1:], strict=False)]
    print(f"server restarted, longest time without a frame: {max(gaps)} ms")

    # Pages come back and get new links in the same room, beside the old ones.
    following.add_viewer(tab("vera"), picture=True)
    new = on_deck(following, pages, "amina", "red", "vera")
    following.show(new.id, True)
    grows(pages, "vera", new, "frames")
    pages.until(lambda: len(janus.admin("list_sessions")["sessions"]) == 1, "the old session to end")
    grows(pages, "vera", new, "frames")


def test_what_is_taken_away_after_a_restart_is_gone_from_before_it_too(
    engine: JanusEngine, engines: Engines, pages: RawPages
) -> None:
    engine.add_viewer(tab("vera"), picture=True)
    feed = on_deck(engine, pages, "amina", "red", "vera")
    engine.show(feed.id, True)
    grows(pages, "vera", feed, "frames")
    engine.stop()
    following = engines()
    pages.drive(following)
    new = on_deck(following, pages, "amina", "red")
    grows(pages, "vera", feed, "frames")
    following.close_feed(new.id)
    stands(pages, feed)


def test_recordings_are_written_while_asked_for(engine: JanusEngine, janus: Janus, pages: RawPages) -> None:
    feed = on_deck(engine, pages, "amina", "red")
    engine.record(feed.id, "evening-amina-1")

    def sizes() -> dict[str, int]:
        return {one.name: one.stat().st_size for one in janus.recordings.iterdir()}

    # Sound comes to the file in blocks of 4 KiB, about one in a second.
    pages.until(lambda: len(sizes()) == 2 and all(size > 100 for size in sizes().values()), "both files to grow")
    before = sizes()
    pages.until(lambda: all(size > before[name] for name, size in sizes().items()), "both files to grow on")
    engine.record(feed.id, "evening-amina-2")
    pages.until(lambda: len(sizes()) == 4, "two more files")
    engine.record(feed.id, None)
    pages.until(lambda: all(name.endswith(".mjr") for name in sizes()), "the files to be closed")
    assert sorted(sizes()) == [
        f"evening-amina-{part}-{kind}.mjr" for part in (1, 2) for kind in ("audio-0", "video-1")
    ]  # fmt: skip
    engine.record("unknown", None)
    with pytest.raises(Refused):
        engine.record("unknown", "name")


def test_a_copy_goes_to_ports_of_this_machine(engine: JanusEngine, pages: RawPages) -> None:
    feed = on_deck(engine, pages, "amina", "red")
    other = on_deck(engine, pages, "bruno", "blue")
    with Ears() as sound, Ears() as picture:
        engine.forward(feed.id, CEREMONY, sound.port, picture.port)
        pages.until(lambda: sound.heard > 20 and picture.heard > 20, "packets")
        assert (sound.types, picture.types) == ({111}, {96})
        assert len(sound.sources) == 1
        pages.until(lambda: picture.key_frames >= 3, "a key frame now and then")
        engine.forward(other.id, CEREMONY, sound.port, picture.port)
        pages.until(lambda: len(sound.sources) == 2, "packets of the other")
        engine.forward(None, CEREMONY, 0, 0)
        pages.during(0.3)
        before = sound.heard, picture.heard
        pages.during(0.5)
        assert (sound.heard, picture.heard) == before
    engine.forward(None, "another evening", 0, 0)  # of which there is no room
    with pytest.raises(Refused):
        engine.forward("unknown", CEREMONY, 5000, 5002)


def test_rooms_are_private_and_end(engine: JanusEngine, janus: Janus, pages: RawPages) -> None:
    engine.add_viewer(Tab("vera", "morning", "p"), picture=True)
    feed = on_deck(engine, pages, "amina", "red")
    engine.show(feed.id, True)
    pages.during(0.5)
    assert pages.links("vera") == []  # of another ceremony
    handles = len(janus.admin("list_handles", session_id=janus.admin("list_sessions")["sessions"][0])["handles"])
    assert handles == 3  # two rooms, one feed
    before = threading.active_count()
    engine.stop()
    pages.until(lambda: threading.active_count() <= before - 2, "its threads to end")
    assert not engine.carries().ok
    assert not pages.has_heard("away")


def test_it_starts_without_janus_and_finds_it_later(engines: Engines, janus: Janus, pages: RawPages) -> None:
    janus.kill()
    engine = engines()
    pages.drive(engine)
    assert not engine.carries().ok
    pages.until(lambda: pages.has_heard("away"), "it to be told")
    janus.start()
    pages.until(lambda: pages.has_heard("back"), "it to be told")
    assert engine.carries().ok


GREEN = """
import eventlet
eventlet.monkey_patch()
import os, sys, time
from pathlib import Path
from memorata.adapters.stage.janus import JanusEngine
from memorata.services.stage_ports import Description, Feed, Tab

class Both:
    def __getattr__(self, name):
        return lambda *told: print(name, *told, flush=True)

url, secret, admin_key, folder = sys.argv[1:]
engine = JanusEngine(url, secret, admin_key, b"k" * 32, Path(folder), Path(folder) / "session")
engine.start(Both(), Both())
print("ok", engine.carries().ok, flush=True)
engine.add_viewer(Tab("vera", "evening", "p"), picture=True)
engine.open_feed(Feed("f", "evening", "amina", True, True))
engine.record("f", "name")
while not (Path(folder) / "enough").exists():
    time.sleep(0.05)
engine.stop()
print("stopped", flush=True)
"""


def test_it_works_in_green_as_well(janus: Janus, tmp_path: Path) -> None:
    arguments = [janus.url, janus.secret, janus.admin_key, str(tmp_path)]
    program = [sys.executable, "-W", "ignore", "-c", GREEN, *arguments]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told: list[str] = []
    read = threading.Thread(target=lambda out: told.extend(out), args=(process.stdout,), daemon=True)
    read.start()

    def until(what: str) -> None:
        end = time.monotonic() + 20
        while not any(line.startswith(what) for line in told):
            assert time.monotonic() < end, told
            time.sleep(0.02)

    try:
        until("ok True")
        until("link amina")
        janus.kill()
        until("away")
        janus.start()
        until("back")
        (tmp_path / "enough").touch()
        until("stopped")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


def begins_key_frame(packet: bytes) -> bool:
    """Whether this RTP packet is the first of a key frame in VP8 (RFC 7741, 4.2 and 4.3)."""
    rest = packet[12:]
    if packet[0] & 0x10:  # an extension header
        rest = rest[4 + 4 * int.from_bytes(rest[2:4], "big") :]
    first, rest = rest[0], rest[1:]
    if first & 0x80:
        more, rest = rest[0], rest[1:]
        if more & 0x80:
            rest = rest[2 if rest[0] & 0x80 else 1 :]
        rest = rest[bool(more & 0x40) + bool(more & 0x30) :]
    return first & 0x17 == 0x10 and rest[0] & 1 == 0


class Ears:
    """A port of this machine, and what comes to it."""

    def __init__(self) -> None:
        self.heard = 0
        self.types: set[int] = set()
        self.sources: set[bytes] = set()
        self.key_frames = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])

    def __enter__(self) -> "Ears":
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", ("127.0.0.1", self.port))
        self._listening.join()
        self._socket.close()

    def _listen(self) -> None:
        while packet := self._socket.recv(2048):
            self.heard += 1
            self.types.add(packet[1] & 0x7F)
            self.sources.add(packet[8:12])
            self.key_frames += packet[1] & 0x7F == 96 and begins_key_frame(packet)
