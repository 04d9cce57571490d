"""F8: the wall clock of the server is put forward or back by a minute, or goes wrong, in the middle of the silence."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import skewed
from tests.faults.conftest import an_evening, conducted, instant_ms, until_ms
from tests.faults.crowd import Crowd, Page
from tests.faults.figures import Figures
from tests.faults.skewed import set_clock
from tests.faults.watch import Watch
from tests.live.client import eventually
from tests.live.conftest import Server
from tests.live.truth import truth_of

pytestmark = pytest.mark.faults

COUNT = 60


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    path = tmp_path / "skew"
    set_clock(path, 0)
    return path


def skewable(serving: Callable[..., Server], clock: Path) -> Server:
    server = serving(start=False)
    server.program = (str(skewed.__file__), str(clock))
    return server.start()


def alarmed(figures: Figures, server: Server, host: Page, since_s: float, within_s: float) -> None:
    """Those who lead are told, and so is whoever reads the log."""
    eventually(lambda: "clock.moved" in (host.told.get("troubles") or ()), "the host to be told", 20)
    figures.hold("F8", "alarm", host.told["at_s"] - since_s, "s", within_s)
    assert any('"trouble": "clock.moved"' in line for line in server.lines)


def in_silence(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], clock: Path, silence_s: int = 6
) -> tuple[Server, Crowd, Page, Watch]:
    server = skewable(serving, clock)
    keys = server.plan(an_evening(silence_s=silence_s))
    crowd = crowds(server, keys["participant"], COUNT)
    crowd.pong_after_s = 3.0
    (host,) = crowds(server, keys["host"], 1).pages
    announced = conducted(server, crowd)
    return server, crowd, host, Watch(crowd, announced, truth_of(server))


def a_beat(figures: Figures, crowd: Crowd, since_s: float) -> None:
    """What the server does each few seconds it goes on doing."""
    eventually(lambda: all(page.beats[-1][0] > since_s for page in crowd.pages), "a beat", 20)
    figures.hold("F8", "a beat after it", time.monotonic() - since_s, "s", 6)


def test_the_clock_is_set(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures, clock: Path
) -> None:
    """Forward, then back, then the server dies; the one that comes after it finds yet another time."""
    server, crowd, host, watch = in_silence(serving, crowds, clock)
    announced = crowd.pages[0].heard.state
    with watch:
        until_ms(instant_ms(announced, "minute") + 1_000)
        # With some questions of the server on their way: these pages answer after three seconds.
        eventually(lambda: sum(time.monotonic() - page.pinged_s < 2 for page in crowd.pages) > 5, "pings", 20)
        set_clock(clock, 60)
        stepped_s = time.monotonic()
        alarmed(figures, server, host, stepped_s, 2)
        a_beat(figures, crowd, stepped_s)
        set_clock(clock, -60)
        a_beat(figures, crowd, time.monotonic())
        figures.hold("F8", "pages dropped", sum(page.lost_s != [] for page in crowd.pages), "", 0, exact=True)
        server.kill()
        died_s = time.monotonic()
        server.start()
        eventually(lambda: all(page.welcomed_s[-1] > died_s for page in crowd.pages), "all back", 30)
        a_beat(figures, crowd, time.monotonic())
    figures.hold("F8", "error of the time shown", watch.worst_ms, "ms", 50)
    assert watch.contradictions == []
    assert [fault for page in crowd.pages for fault in page.faults] == []


@pytest.mark.heavy
def test_the_clock_goes_wrong(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures, clock: Path
) -> None:
    """By a fiftieth of a second each second: the pages do not follow it, and when it is a quarter off it is told."""
    server, crowd, host, watch = in_silence(serving, crowds, clock, silence_s=20)
    announced = crowd.pages[0].heard.state
    with watch:
        began_s = time.monotonic()
        set_clock(clock, 0.0, more_each_s=0.02)
        until_ms(instant_ms(announced, "farewell") + 300)
        alarmed(figures, server, host, began_s + 0.25 / 0.02, 2)
    figures.hold("F8", "error of the time shown", watch.worst_ms, "ms", 50)
    assert watch.contradictions == []
    assert all(page.lost_s == [] for page in crowd.pages)
