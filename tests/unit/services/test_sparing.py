"""A crowd that does as it is told asks about as often as can be answered, and is free again when it has gone."""

import heapq
import random

from hypothesis import given
from hypothesis import strategies as st

from memorata.services.sparing import LEAST_MS, MOST_MS, Sparing


def crowd(people: int, gap_ms: float, budget: float, for_s: int, seed: int = 1) -> tuple[list[int], Sparing]:
    """Questions in each second of a crowd that wants to ask each `gap_ms`, and rests as it is told."""
    chance = random.Random(seed)
    sparing = Sparing(budget)
    due = [(chance.uniform(0, gap_ms), number) for number in range(people)]
    heapq.heapify(due)
    seconds = [0] * for_s
    while due[0][0] < for_s * 1000:
        now_ms, number = heapq.heappop(due)
        seconds[int(now_ms // 1000)] += 1
        rest_ms = max(gap_ms, sparing.asked(now_ms))
        heapq.heappush(due, (now_ms + rest_ms * chance.uniform(0.8, 1.2), number))
    return seconds, sparing


def test_a_few_ask_as_they_like() -> None:
    seconds, sparing = crowd(people=100, gap_ms=2_000, budget=100, for_s=60)
    assert sum(seconds[10:]) > 0.9 * 50 * 50
    assert sparing.asked(60_001) == 0


def test_a_crowd_comes_down_to_what_can_be_answered() -> None:
    seconds, _ = crowd(people=5_000, gap_ms=2_000, budget=200, for_s=240)
    assert max(seconds[:3]) > 2_000
    # Within a minute, and then for good; a rest is never longer than a minute, so that is as few as it gets.
    settled = seconds[90:]
    assert sum(settled) / len(settled) < 1.3 * 200
    assert sum(settled) / len(settled) > 0.4 * 200


def test_when_the_crowd_has_gone_the_rest_fades() -> None:
    _, sparing = crowd(people=5_000, gap_ms=2_000, budget=200, for_s=60)
    assert sparing.asked(60_001) > LEAST_MS
    assert [sparing.asked(60_001 + second * 1_000) for second in range(1, 120)][-1] == 0


@given(st.lists(st.floats(0, 10_000), max_size=200), st.floats(0.5, 50))
def test_a_rest_is_nothing_or_between_its_bounds(gaps: list[float], budget: float) -> None:
    sparing, now_ms = Sparing(budget), 0.0
    for gap in gaps:
        now_ms += gap
        rest_ms = sparing.asked(now_ms)
        assert rest_ms == 0 or LEAST_MS <= rest_ms <= MOST_MS
