"""By a real Janus one speaks and eight see it; what dies is made up for, and who intrudes is seen by nobody."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import filming
from tests.browser.cameras import DECODED, WATCH, frames, seen, sent
from tests.browser.conftest import Sit
from tests.browser.test_stage_mesh import (
    Evening,
    gaps,
    intruded,
    linked,
    one_voice,
    peers,
    shows,
    stands_by,
    tried,
    watch_for_gaps,
)
from tests.janus import Janus, running
from tests.live.client import eventually, fetch
from tests.live.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

VIEWERS = 8


@pytest.fixture(scope="module")
def janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Janus]:
    with running(tmp_path_factory.mktemp("janus")) as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, janus: Janus) -> Iterator[Server]:
    started = Server(
        tmp_path_factory.mktemp("house"),
        MEMORATA_JANUS_URL=janus.url,
        MEMORATA_JANUS_SECRET=janus.secret,
        MEMORATA_JANUS_ADMIN_KEY=janus.admin_key,
    ).start()
    yield started
    started.stop()
    assert started.defects() == []


def ready(evening: Evening) -> None:
    """Vera is on deck, tried, and willing."""
    stands_by(evening)
    eventually(lambda: sent(evening.vera)["video"] > 0, "the media server to have her picture", 20)


def test_one_speaks_and_eight_see_it(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "eight")
    viewers = [evening.guest() for _ in range(VIEWERS)]
    ready(evening)
    for viewer in viewers:
        eventually(lambda viewer=viewer: linked(viewer), "the link that waits", 30)  # type: ignore[misc]
        viewer.evaluate(WATCH)
    time.sleep(1)
    # She sends, and nobody has seen a single frame.
    assert [frames(viewer)["decoded"] for viewer in viewers] == [0] * VIEWERS
    called_ms = time.time() * 1000
    evening.grant()
    for viewer in viewers:
        shows(viewer, "red")
    first = sorted(frames(viewer)["first_ms"] - called_ms for viewer in viewers)
    print(f"called to first frame, {VIEWERS} viewers: {first[0]:.0f} / {first[VIEWERS // 2]:.0f} / {first[-1]:.0f} ms")
    # Sound may come a moment after the picture; and of each voice once.
    for viewer in viewers:
        eventually(lambda viewer=viewer: one_voice(viewer), "her voice")  # type: ignore[misc]
    late = evening.guest()
    shows(late, "red")
    released_ms = time.time() * 1000
    evening.do("floor.yield", entry_id=evening.entry)
    for viewer in viewers:
        expect(viewer.locator(".tile")).to_have_count(0)
        assert seen(viewer) is None
    last = sorted(frames(viewer)["last_ms"] - released_ms for viewer in viewers)
    print(f"released to last frame: {last[0]:.0f} / {last[VIEWERS // 2]:.0f} / {last[-1]:.0f} ms")
    eventually(lambda: sent(evening.vera) == {"audio": 0, "video": 0}, "nothing to be sent", 10)


def test_whatever_is_killed_in_the_middle_of_a_sentence(server: Server, sit: Sit, janus: Janus) -> None:
    evening = Evening(server, sit, "killed")
    viewer = evening.guest()
    ready(evening)
    evening.grant()
    shows(viewer, "red")
    watch_for_gaps(viewer)
    before = peers(viewer)

    server.kill()
    server.start()
    evening.host = server.person(evening.keys["host"], name="Hana").connect()
    eventually(lambda: peers(viewer) > before, "a new link", 60)
    eventually(lambda: open_peers(viewer) == 1, "the end of the old one", 60)
    shows(viewer, "red")
    assert gaps(viewer) == []

    before = peers(viewer)
    killed = time.monotonic()
    janus.restart()
    eventually(lambda: peers(viewer) > before, "a new link", 60)
    eventually(lambda: seen(viewer) == "red" and moving(viewer), "the picture to be back", 60)
    print(f"picture back {time.monotonic() - killed:.1f} s after the end of the media server")
    expect(evening.vera.locator("#floor-title")).to_have_text("Everybody hears you.")


def test_what_she_says_is_kept_until_she_takes_it_back(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "kept")
    viewer = evening.guest()
    evening.call()
    tried(evening.vera)
    evening.vera.get_by_label("I agree that my words may be recorded").check()
    evening.vera.get_by_role("button", name="I am ready").click()
    evening.grant()
    shows(viewer, "red")
    expect(viewer.get_by_text("Being recorded")).to_be_visible()
    folder = Path(server.environment["MEMORATA_DATA_DIR"]) / "recordings"
    eventually(lambda: sum(file.stat().st_size for file in folder.glob("incoming/*")) > 40_000, "what Janus writes", 30)
    evening.vera.get_by_role("button", name="I have finished").click()
    film = eventually(lambda: next(folder.glob("stage-kept/*/film.webm"), None), "the film", 90)
    told = eventually(lambda: film.is_file() and filming.holds(film), "the whole of it")
    assert (told["video"], told["audio"]) == ("vp8", "opus")
    # Not at the end: a busy machine leaves pictures out, and goes on with the sound.
    red, green, blue = filming.seen(film, 0.5)
    assert red > 150 > 90 > max(green, blue)
    assert filming.loudness_db(film, told["seconds"] / 2, 1) > -45
    eventually(
        lambda: recordings(evening, evening.host.token)["recordings"][0]["state"] == "held", "its being kept back"
    )
    # Nobody else hears of it, and once she does not agree any more it is there for nobody.
    assert recordings(evening, server.person(evening.keys["participant"]).enter().token)["recordings"] == []
    evening.vera.get_by_role("button", name="Help").click()
    evening.vera.get_by_text("Your words were recorded").click()
    evening.vera.get_by_role("button", name="I take my consent back").click()
    evening.vera.get_by_role("button", name="Yes, delete my recordings").click()
    eventually(lambda: recordings(evening, evening.host.token)["recordings"] == [], "its end")
    assert not film.exists()


def recordings(evening: Evening, token: str) -> Any:
    status, told = fetch(f"{evening.server.url}/api/recordings", headers={"Authorization": f"Bearer {token}"})
    assert status == 200, told
    return told


def open_peers(page: Page) -> int:
    found: int = page.evaluate("() => window.__peers.filter((p) => p.connectionState !== 'closed').length")
    return found


def moving(page: Page) -> bool:
    """Whether pictures come in."""
    before = page.evaluate(DECODED)
    return bool(eventually(lambda: page.evaluate(DECODED) > before, "frames", 5))


def test_a_silence_closes_every_microphone(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "silence-janus")
    viewer = evening.guest()
    ready(evening)
    evening.grant()
    shows(viewer, "red")
    evening.cue("minute")
    expect(viewer.locator("html")).to_have_attribute("data-calm", "")
    eventually(lambda: sent(evening.vera) == {"audio": 0, "video": 0}, "nothing to be sent", 5)
    eventually(lambda: not one_voice(viewer), "silence", 5)
    expect(viewer.locator("html")).not_to_have_attribute("data-calm", "", timeout=40_000)
    evening.cue("words")
    shows(viewer, "red")


def test_who_intrudes_is_seen_by_nobody(server: Server, sit: Sit) -> None:
    intruded(Evening(server, sit, "intruder-janus"), sit)
