"""Values are counted within their bounds, and a peak is forgotten after two turns."""

from hypothesis import given
from hypothesis import strategies as st

from memorata.services.meters import Meters, Spread


def test_a_value_lies_within_the_bound_that_it_equals() -> None:
    spread = Spread(1, 2)
    for value in (0.5, 1, 1.5, 2, 3):
        spread.note(value)
    assert (spread.counts, spread.count, spread.total) == ([2, 2, 1], 5, 8.0)


@given(st.lists(st.floats(0, 100)))
def test_nothing_is_lost(values: list[float]) -> None:
    spread = Spread(0.1, 1, 10)
    for value in values:
        spread.note(value)
    assert spread.count == len(values)
    assert spread.peak == max(values, default=0)


def test_a_peak_is_told_for_one_turn_more() -> None:
    meters = Meters()
    meters.loop_gap_s.note(0.7)
    meters.turn()
    meters.loop_gap_s.note(0.2)
    assert meters.loop_gap_s.peak == 0.7
    meters.turn()
    assert meters.loop_gap_s.peak == 0.2
    meters.turn()
    assert meters.loop_gap_s.peak == 0
