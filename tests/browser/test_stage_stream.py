"""Somebody who only watches sees whoever speaks as a stream, and leaves it at the silence, however late it is."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cameras import seen
from tests.browser.conftest import Sit
from tests.browser.test_stage_mesh import Evening, tried
from tests.janus import running
from tests.live.client import eventually, fetch
from tests.live.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PICTURE = ".player-video"
SLOW_S = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    with running(tmp_path_factory.mktemp("janus")) as janus:
        house = tmp_path_factory.mktemp("house")
        started = Server(
            house, MEMORATA_JANUS_URL=janus.url, MEMORATA_JANUS_SECRET=janus.secret,
            MEMORATA_JANUS_ADMIN_KEY=janus.admin_key, MEMORATA_STREAM="on",
        ).start()  # fmt: skip
        yield started
        started.stop()
        assert started.defects() == []
        assert list((house / "streams").iterdir()) == []


def plays(page: Page) -> dict[str, float | bool]:
    found: dict[str, float | bool] = page.evaluate(
        """() => {
          const video = document.querySelector('.player-video')
          if (video === null) return { at: -1, paused: true, muted: true }
          return { at: video.currentTime, paused: video.paused, muted: video.muted }
        }"""
    )
    return found


def test_a_watcher_sees_the_speaker_and_nothing_of_them_in_the_silence(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "streamed")
    evening.call()
    tried(evening.vera)
    evening.vera.get_by_role("button", name="I am ready").click()
    watcher = sit(f"{server.url}/c/stage-streamed/watch")
    watcher.get_by_role("button", name="Listen").first.click()
    timeline = f"{server.url}/c/stage-streamed/timeline.json"
    assert fetch(timeline)[1]["stream"] == ""
    evening.grant()
    told = eventually(lambda: (found := fetch(timeline)[1])["stream"] and found, "a stream", SLOW_S)
    assert (told["stream"], told["streamed"]["name"]) == ("/stream/stage-streamed/live.m3u8", "Vera")
    eventually(lambda: seen(watcher, PICTURE) == "red", "Vera's picture", SLOW_S)
    expect(watcher.locator(".plate")).to_contain_text("Vera")
    before = plays(watcher)
    eventually(lambda: float(plays(watcher)["at"]) > float(before["at"]) + 1, "that it plays", SLOW_S)
    assert not plays(watcher)["muted"]

    evening.cue("minute")
    expect(watcher.locator(".audience")).to_have_attribute("data-shown", "item-2-minute")
    eventually(lambda: plays(watcher)["paused"], "the end of the stream", 5)
    expect(watcher.locator(".player-video")).to_have_count(0)


def test_the_stream_is_gone_with_its_server(server: Server, tmp_path: Path) -> None:
    house = Path(server.environment["MEMORATA_DATA_DIR"]) / "streams" / "stage-streamed"
    encoder = int((house / "ffmpeg.pid").read_text().split()[0])
    server.kill()
    eventually(lambda: not _runs(encoder), "the end of the encoder", 10)
    server.start()
    assert not house.exists()


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
