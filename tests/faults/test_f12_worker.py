"""F12: one of two workers stands still for three seconds, or dies, exactly at a transition that was announced."""

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from memorata.domain import events as e
from tests.faults.conftest import NAME, an_evening, instant_ms, until_ms
from tests.faults.crowd import Crowd
from tests.faults.figures import Figures
from tests.faults.watch import Watch
from tests.faults.workers import Workers, workers
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms
from tests.live.truth import truth_of

pytestmark = pytest.mark.faults

__all__ = ["workers"]

Crowds = Callable[..., Crowd]
PAGES = 20
STILL_S = 3.0


class Stopped(threading.Thread):
    """A worker that stands still for a while from an instant on, as on a machine that is stolen or swaps."""

    def __init__(self, server: Server, at_ms: float) -> None:
        super().__init__(daemon=True)
        self._server, self._at_ms = server, at_ms
        self.start()

    def run(self) -> None:
        until_exactly(self._at_ms)
        os.kill(self._server.pid, signal.SIGSTOP)
        time.sleep(STILL_S)
        os.kill(self._server.pid, signal.SIGCONT)


def until_exactly(at_ms: float) -> None:
    until_ms(at_ms - 50)
    while now_ms() < at_ms:
        time.sleep(0.0005)


def written(server: Server, item_id: str) -> list[int]:
    """For which instant an item was cued, each time that it was."""
    return [
        recorded.event.start_ms
        for recorded in server.office.log.events(NAME, 0)
        if isinstance(recorded.event, e.ItemCued) and recorded.event.item_id == item_id
    ]


def late_ms(server: Server, item_id: str, due_ms: int) -> float:
    """How long after its instant a cue is found in the store, by whoever looks again and again."""
    end_ms = due_ms + 10_000
    while now_ms() < end_ms:
        if written(server, item_id):
            return max(0.0, time.time() * 1000 - due_ms)
        time.sleep(0.005)
    raise AssertionError(f"{item_id} was never written")


def test_a_worker_stands_still_or_dies_at_a_transition(workers: Workers, crowds: Crowds, figures: Figures) -> None:
    keys = workers.plan(an_evening(starts_in_s=600))
    near = crowds(workers.one, keys["participant"], PAGES)
    far = crowds(workers.two, keys["participant"], PAGES)
    announced = workers.begins((near, far), starts_in_s=4, words_s=6, silence_s=4)
    due = {item: instant_ms(announced, item) for item in ("before", "minute", "after", "farewell")}
    with Watch(near, announced, truth_of(workers.one)) as one, Watch(far, announced, truth_of(workers.two)) as two:
        still = Stopped(workers.one, due["before"] - 5)
        until_exactly(due["before"])
        late = late_ms(workers.two, "before", due["before"])
        figures.hold("F12", "one stands still: written after its instant", late, "ms", 150)
        still.join()
        until_exactly(due["minute"] - 5)
        workers.two.kill()
        late = late_ms(workers.one, "minute", due["minute"])
        figures.hold("F12", "the other one dies: written after its instant", late, "ms", 150)
        until_ms(due["after"] + 500)
    assert one.contradictions == two.contradictions == []
    figures.hold("F12", "error of the time shown", max(one.worst_ms, two.worst_ms), "ms", 50)
    for item, due_ms in due.items():
        if item != "farewell":
            assert written(workers.one, item) == [due_ms], "exactly once"
    # Whoever was at the one that stood still has lost nothing; whoever was at the dead one knew what followed.
    head = workers.one.office.log.events(NAME, 0)[-1].seq
    eventually(lambda: all(page.seq >= head for page in near.pages), "all at the head")
    faults = [fault for page in (*near.pages, *far.pages) for fault in page.faults]
    figures.hold("F12", "events lost", len(faults), "", 0, exact=True)
