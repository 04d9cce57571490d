"""Asks every page of a crowd again and again what it shows, and holds it against what was announced."""

import threading
import time
from collections import Counter

from memorata.domain.programme import Moment, moment
from memorata.domain.state import CeremonyState
from tests.faults.crowd import Crowd, Heard, Page
from tests.live.truth import Truth

NEAR_MS = 250
"""So near to a transition either side of it is right; how far a clock is off is looked at by itself."""


def key_of(shown: Moment) -> tuple[object, ...]:
    """What people see of it."""
    return shown.phase, None if shown.item is None else shown.item.id, shown.silence


class Watch:
    """While it lasts each page must show what the announced state has for the true time, by its own clock.

    `worst_ms` is the furthest that a page's clock was from the truth; `contradictions` are pages that showed anything
    else, or heard a time that cannot be.
    """

    def __init__(self, crowd: Crowd, announced: CeremonyState, truth: Truth, each_s: float = 0.1) -> None:
        self._crowd, self._announced, self._truth, self._each_s = crowd, announced, truth, each_s
        self.worst_ms = 0.0
        self.looks = 0
        self.seen: Counter[tuple[object, ...]] = Counter()
        self.contradictions: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> "Watch":
        self._beats = {page.number: len(page.beats) for page in self._crowd.pages}
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(20)
        for page in self._crowd.pages:
            self._hear(page)

    def _run(self) -> None:
        while not self._over.is_set():
            self._look()
            self._over.wait(self._each_s)

    def _look(self) -> None:
        self.looks += 1
        # What is shown depends on what was heard and on the time; whoever knows the same is shown the same.
        alike: dict[tuple[str, int], tuple[Heard, list[Page]]] = {}
        for page in self._crowd.pages:
            heard = page.heard
            if page.offset_ms is not None and heard.state.programme is not None:
                alike.setdefault((heard.digest, round(page.offset_ms)), (heard, []))[1].append(page)
        for heard, pages in alike.values():
            offset_ms = pages[0].offset_ms
            assert offset_ms is not None
            at_s = time.monotonic()
            truth_ms, own_ms = self._truth.at(at_s), at_s * 1000 + offset_ms
            self.worst_ms = max(self.worst_ms, abs(own_ms - truth_ms))
            shown = self._shown(heard.state, own_ms)
            self.seen[shown] += len(pages)
            expected = {self._shown(self._announced, truth_ms + near) for near in (-NEAR_MS, 0, NEAR_MS)}
            if shown not in expected:
                self.contradictions.append(f"{len(pages)} pages at seq {heard.state.seq} show {shown}, not {expected}")

    def _shown(self, state: CeremonyState, at_ms: float) -> tuple[object, ...]:
        assert state.programme is not None
        return key_of(moment(state.programme, state.progress, round(at_ms)))

    def _hear(self, page: Page) -> None:
        """A beat of the server may be late on its way, and never ahead of the time."""
        for at_s, told_ms in page.beats[self._beats.get(page.number, 0) :]:
            ahead_ms = told_ms - self._truth.at(at_s)
            if ahead_ms > NEAR_MS:
                self.contradictions.append(f"page {page.number} was told a time {ahead_ms:.0f} ms ahead")
