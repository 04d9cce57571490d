"""F12, on the stage: the worker that keeps it dies or stands still, and browsers see no gap."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import janus
from tests.browser.conftest import Sit, chromium, sit
from tests.browser.test_stage_mesh import Evening, gaps, one_voice, peers, shows, stands_by, watch_for_gaps
from tests.faults.figures import Figures
from tests.live import test_stage_workers as raw
from tests.live.client import eventually
from tests.live.conftest import Server
from tests.live.test_stage_workers import Pair, heard
from tests.postgres import PostgreSQL
from tests.redis import Redis

pytestmark = [pytest.mark.faults, pytest.mark.heavy, pytest.mark.timeout(300)]

__all__ = ["chromium", "sit"]

OPEN = "() => window.__peers.filter(({ connectionState }) => connectionState !== 'closed').length"


@pytest.fixture(params=["mesh", "janus"])
def pair(request: pytest.FixtureRequest, postgresql: PostgreSQL, redis_server: Redis, tmp_path: Path) -> Iterator[Pair]:
    """Two workers, whose stage is carried from page to page or by a real Janus."""
    with ExitStack() as stack:
        environment = {"MEMORATA_DATABASE_URL": postgresql.url(), "MEMORATA_REDIS_URL": redis_server.url}
        if request.param == "janus":
            server = stack.enter_context(janus.running(tmp_path / "janus"))
            environment |= {
                "MEMORATA_JANUS_URL": server.url,
                "MEMORATA_JANUS_SECRET": server.secret,
                "MEMORATA_JANUS_ADMIN_KEY": server.admin_key,
            }
        one, two = (Server(tmp_path / "data", **environment, MEMORATA_INSTANCE=name) for name in ("main-1", "main-2"))
        for worker in (one, two):
            stack.callback(worker.stop)
            worker.start()
            heard(one, "stage.kept_here")
        heard(two, "keeping.other")
        heard(one, "bus.joined")
        yield Pair(one, two)
    assert [line for worker in (one, two) for line in worker.lines if "Traceback" in line] == []


def test_when_the_keeper_dies_the_picture_goes_on(pair: Pair, sit: Sit) -> None:
    evening = Evening(pair.other, sit, "workers")
    near = evening.guest()
    evening.server = pair.keeper
    far = evening.guest()
    stands_by(evening)
    evening.grant()
    for viewer in (near, far):
        shows(viewer, "red")
        eventually(lambda viewer=viewer: one_voice(viewer), "her voice")  # type: ignore[misc]
    before = peers(near)
    watch_for_gaps(near)
    pair.keeper.kill()
    heard(pair.other, "stage.kept_here")
    eventually(lambda: peers(near) > before, "a new link", 30)
    eventually(lambda: near.evaluate(OPEN) == 1, "the old link's end", 60)
    shows(near, "red")
    assert gaps(near) == []
    eventually(lambda: one_voice(near), "her voice")


@pytest.mark.parametrize("pair", ["mesh"], indirect=True)
def test_a_keeper_that_stands_still_is_followed_and_says_nothing_when_it_wakes(pair: Pair, figures: Figures) -> None:
    evening = raw.Evening(pair.other, pair.other, pair.other, pair.keeper)
    before = evening.speaks()
    os.kill(pair.keeper.pid, signal.SIGSTOP)
    try:
        began_s = time.monotonic()
        heard(pair.other, "stage.kept_here")
        figures.hold("F12", "another worker keeps the stage after one stands still", time.monotonic() - began_s, "s", 4)
        eventually(lambda: evening.vera.feeds[-1] != before, "her page to send anew")
        for person in (evening.hana, evening.near):
            eventually(lambda person=person: person.sees() == evening.vera.feeds[-1], "her new feed")
        time.sleep(1)
    finally:
        os.kill(pair.keeper.pid, signal.SIGCONT)
    feeds = list(evening.vera.feeds)
    heard(pair.keeper, "keeping.lost")
    # Its own page is sent to the new keeper by it, and sees the same; nobody else is told anything.
    eventually(lambda: evening.far.sees() == feeds[-1], "the same at the one that has woken")
    time.sleep(2)
    assert evening.vera.feeds == feeds
    assert evening.vera.grant["level"] == "on_stage"
    evening.leave()
