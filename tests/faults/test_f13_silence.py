"""F13: the workers are replaced in the middle of the silence, because somebody insists on it."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest

from tests.faults.conftest import an_evening, conducted, instant_ms, until_ms
from tests.faults.crowd import Crowd
from tests.faults.figures import Figures, quantile
from tests.faults.fleets import at_both, pages_of, two_workers, unique
from tests.faults.watch import Watch
from tests.live.client import eventually, fetch
from tests.live.truth import truth_of
from tests.postgres import PostgreSQL
from tests.redis import Redis

pytestmark = pytest.mark.faults


def replaced(
    folder: Path,
    postgresql: PostgreSQL,
    redis: Redis,
    crowds: Callable[..., Crowd],
    figures: Figures,
    each: int,
    drain_s: int,
) -> None:
    name = unique("evening")
    with two_workers(folder, postgresql, redis, MEMORATA_DRAIN_S=str(drain_s)) as fleet, ExitStack() as stack:
        keys = fleet.plan(an_evening(silence_s=2 * drain_s + 10, starts_in_s=6 + each / 30, name=name))
        both = at_both(crowds, fleet, keys["participant"], each)
        one = cast(Any, fleet.worker(0))
        announced = conducted(one, both[0], name)
        pages = pages_of(both)
        eventually(lambda: all(page.heard.state.progress.autopilot for page in pages), "all to know the times", 30)
        watches = [stack.enter_context(Watch(crowd, announced, truth_of(one))) for crowd in both]
        refused = fleet.command("restart")
        assert (refused.returncode, name in refused.stderr) == (1, True), refused.stderr
        until_ms(instant_ms(announced, "minute") - 500)
        over, answers = threading.Event(), Counter[int]()

        def ask() -> None:
            while not over.wait(0.05):
                answers.update(fetch(f"{url}/c/{name}/timeline.json")[0] for url in fleet.urls)

        asking = threading.Thread(target=ask)
        asking.start()
        began = time.monotonic()
        done = fleet.command("restart", "--force")
        took_s = time.monotonic() - began
        over.set()
        asking.join()
        assert done.returncode == 0, done.stderr
        until_ms(instant_ms(announced, "farewell") + 300)
        eventually(lambda: all(page.inside for page in pages), "all to be inside", 30)
        away_s = [
            next(came for came in page.welcomed_s if came > lost) - lost for page in pages for lost in page.lost_s
        ]
    assert len(away_s) == 2 * each, "each page is let go once"
    figures.hold("F13", "each page was away for", max(away_s), "s", 5)
    figures.tell("F13", "half of them for", quantile(away_s, 0.5), "s")
    figures.tell("F13", f"replacing two workers (lines let go in {drain_s} s)", took_s, "s")
    figures.hold("F13", "requests turned away", answers.total() - answers[200], "", 0, exact=True)
    figures.tell("F13", "requests meanwhile", answers.total(), "")
    for watch in watches:
        assert watch.contradictions == []
        figures.hold("F13", "error of the time shown", watch.worst_ms, "ms", 50)
    assert Counter(fault for page in pages for fault in page.faults) == Counter()
    assert len({page.heard.digest for page in pages}) == 1


@pytest.mark.heavy
@pytest.mark.timeout(180)
@pytest.mark.parametrize(("each", "drain_s"), [(20, 3), (200, 10)])
def test_workers_are_replaced_in_the_silence(
    tmp_path: Path,
    postgresql: PostgreSQL,
    redis_server: Redis,
    crowds: Callable[..., Crowd],
    figures: Figures,
    each: int,
    drain_s: int,
) -> None:
    replaced(tmp_path, postgresql, redis_server, crowds, figures, each, drain_s)
