"""All pings by one alarm: who is asked whether they are still there, and who has not answered in time."""

import heapq
import random
import time
from collections.abc import Callable
from typing import Protocol

TICK_S = 0.05
"""Pings are sent together within so long, for each waking costs more than a ping."""


class Pinged(Protocol):
    asked: bool
    """Whether it owes an answer."""
    answered_s: float
    """When it answered last."""
    closed: bool

    def ping(self) -> None: ...

    def silent(self) -> None:
        """It has not answered in time."""


class Pings:
    """By monotonic time, so that a step of the wall clock puts nobody out. The first ping of each comes at some other
    moment, so that a crowd that came together is not asked together for ever.
    """

    def __init__(
        self,
        interval_s: float,
        timeout_s: float,
        later: Callable[[float, Callable[[], object]], object],
        now: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Args: later: calls something once, after seconds."""
        self._interval_s, self._timeout_s = interval_s, timeout_s
        self._later, self._now, self._jitter = later, now, jitter
        self._due: list[tuple[float, int, bool, Pinged]] = []
        self._count = 0
        self._armed_s = float("inf")

    def __len__(self) -> int:
        return len(self._due)

    def begin(self, one: Pinged) -> None:
        one.asked, one.answered_s = False, self._now()
        self._push(one.answered_s + self._interval_s * (0.3 + 0.7 * self._jitter()), True, one)

    def heard(self, one: Pinged) -> None:
        one.asked, one.answered_s = False, self._now()

    def look(self) -> None:
        """Ask whoever is to be asked by now, and let go who was silent."""
        now, due = self._now(), self._due
        if now < self._armed_s:
            return  # an alarm that an earlier one has overtaken
        self._armed_s = 0.0  # whoever is pushed meanwhile is seen below
        while due and due[0][0] <= now:
            _, _, is_asking, one = heapq.heappop(due)
            if one.closed:
                continue
            if is_asking:
                one.asked = True
                one.ping()
                self._push(now + self._timeout_s, False, one)
            elif one.asked:
                one.silent()
            else:
                self._push(one.answered_s + self._interval_s, True, one)
        self._armed_s = float("inf")
        if due:
            self._arm(due[0][0])

    def _push(self, due_s: float, is_asking: bool, one: Pinged) -> None:
        self._count += 1
        heapq.heappush(self._due, (due_s, self._count, is_asking, one))
        if due_s < self._armed_s:
            self._arm(due_s)

    def _arm(self, due_s: float) -> None:
        wait_s = max(TICK_S, due_s - self._now())
        self._armed_s = self._now() + wait_s
        self._later(wait_s, self.look)
