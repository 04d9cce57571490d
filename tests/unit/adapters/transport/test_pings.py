"""Who is asked whether they are still there, and when; by a clock of the test's."""

import heapq
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memorata.adapters.transport.pings import TICK_S, Pings

INTERVAL_S, TIMEOUT_S = 10.0, 8.0


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000.0
        self.alarms: list[tuple[float, int, Callable[[], object]]] = []
        self.rung = 0

    def later(self, seconds: float, call: Callable[[], object]) -> None:
        heapq.heappush(self.alarms, (self.now_s + seconds, self.rung + len(self.alarms), call))

    def go(self, seconds: float) -> None:
        end = self.now_s + seconds
        while self.alarms and self.alarms[0][0] <= end:
            at, _, call = heapq.heappop(self.alarms)
            self.now_s = max(self.now_s, at)
            self.rung += 1
            call()
        self.now_s = end


class Page:
    """One that answers after so long; `None`: never."""

    def __init__(self, clock: Clock, pings: "list[Pings]", answers_after_s: float | None) -> None:
        self.asked, self.answered_s, self.closed = False, 0.0, False
        self.clock, self.pings, self.after_s = clock, pings, answers_after_s
        self.asked_at: list[float] = []
        self.silent_at: float | None = None

    def ping(self) -> None:
        self.asked_at.append(self.clock.now_s)
        if self.after_s is not None:
            self.clock.later(self.after_s, lambda: self.pings[0].heard(self))

    def silent(self) -> None:
        assert self.silent_at is None, "told once"
        self.silent_at, self.closed = self.clock.now_s, True


def a_hall(*answers_after_s: float | None, jitter: float = 0.5) -> tuple[Clock, Pings, list[Page]]:
    clock = Clock()
    made: list[Pings] = []
    made.append(Pings(INTERVAL_S, TIMEOUT_S, clock.later, lambda: clock.now_s, lambda: jitter))
    pages = [Page(clock, made, after_s) for after_s in answers_after_s]
    for page in pages:
        made[0].begin(page)
    return clock, made[0], pages


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.none(), st.floats(0, 20)), max_size=12), st.floats(0, 1))
def test_each_is_asked_in_time_and_put_out_when_silent(answers: list[float | None], jitter: float) -> None:
    clock, _, pages = a_hall(*answers, jitter=jitter)
    began = clock.now_s
    clock.go(60)
    for page, after_s in zip(pages, answers, strict=True):
        first = page.asked_at[0] - began
        assert 0 < first <= INTERVAL_S + 2 * TICK_S
        if after_s is None or after_s > TIMEOUT_S + TICK_S:
            assert page.silent_at is not None
            assert TIMEOUT_S <= page.silent_at - page.asked_at[0] <= TIMEOUT_S + 2 * TICK_S
            assert len(page.asked_at) == 1
        elif after_s < TIMEOUT_S - TICK_S:
            assert page.silent_at is None
            # As in the library: the next one so long after the answer.
            for before, after in zip(page.asked_at, page.asked_at[1:], strict=False):
                assert abs(after - before - after_s - INTERVAL_S) <= 3 * TICK_S
            assert len(page.asked_at) >= 2


def test_the_first_one_comes_at_another_moment_for_each() -> None:
    clock = Clock()
    jitters = iter((0.0, 0.25, 0.5, 1.0))
    made = [Pings(INTERVAL_S, TIMEOUT_S, clock.later, lambda: clock.now_s, lambda: next(jitters))]
    pages = [Page(clock, made, 0.01) for _ in range(4)]
    for page in pages:
        made[0].begin(page)
    clock.go(INTERVAL_S + 0.5)
    assert len({round(page.asked_at[0], 1) for page in pages}) == 4


def test_who_has_gone_is_forgotten() -> None:
    clock, pings, pages = a_hall(0.1, 0.1, 0.1)
    for page in pages:
        page.closed = True
    clock.go(30)
    assert ([page.asked_at for page in pages], len(pings)) == ([[], [], []], 0)


def test_a_crowd_is_asked_by_few_alarms() -> None:
    clock, _, pages = a_hall(*[0.01] * 500)
    before = clock.rung
    clock.go(25)
    assert all(len(page.asked_at) >= 2 for page in pages)
    asked = sum(len(page.asked_at) for page in pages)
    answers = asked
    assert clock.rung - before - answers < 200


def test_nobody_there_no_alarm() -> None:
    clock, _, pages = a_hall(None)
    clock.go(60)
    assert pages[0].silent_at is not None
    assert clock.alarms == []
