"""What announcements reckon with: by nearly all pages, not by one; up at once, down slowly; with the other workers."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from memorata.domain.lead import LEAD_MAX_MS
from memorata.services.lags import FALL_MS, LAG_MAX_MS, OTHERS_MS, WINDOW_MS, Lags, figure, slowest, stepped
from memorata.services.meters import Meters
from tests.fakes import FakeClock

ID = "remembrance-2027"
FIGURES = st.lists(st.integers(0, LAG_MAX_MS), min_size=1, max_size=300)


def told(lags: Lags, clock: FakeClock, *pages: float, times: int = 2) -> int:
    """Each page tells its lag so many times, and it is worked out."""
    for _ in range(times):
        clock.forward(1_000)
        for number, lag_ms in enumerate(pages):
            lags.note(ID, f"page {number}", lag_ms)
    lags.look()
    return lags.of(ID)


@given(FIGURES, st.data())
def test_a_longer_lag_of_anybody_never_makes_it_shorter(found: list[int], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(found) - 1))
    raised = list(found)
    raised[index] += data.draw(st.integers(0, 5_000))
    assert slowest(Counter(found)) <= slowest(Counter(raised))


@given(FIGURES)
def test_nearly_everybody_is_within_it(found: list[int]) -> None:
    limit = slowest(Counter(found))
    beyond = sum(lag_ms > limit for lag_ms in found)
    assert beyond <= max(1, len(found) // 100)
    assert limit in found


@given(st.integers(0, 4_000), st.integers(0, LAG_MAX_MS))
def test_one_of_a_thousand_does_not_move_it(usual_ms: int, outlier_ms: int) -> None:
    assert slowest(Counter({usual_ms: 999, outlier_ms + 5_000: 1})) == usual_ms


@given(st.integers(5, 60))
def test_one_of_a_few_does_not_move_it_either(count: int) -> None:
    assert slowest(Counter({250: count - 1, 14_000: 1})) == 250


def test_of_very_few_each_counts() -> None:
    assert [slowest(Counter({250: count - 1, 4_000: 1})) for count in (1, 2, 4)] == [4_000] * 3
    assert slowest(Counter()) == 0


def test_a_page_counts_by_the_second_longest_that_it_told() -> None:
    assert figure([]) is None
    assert figure([9_000]) is None
    assert figure([250, 9_000, 500]) == 500
    assert [stepped(lag_ms) for lag_ms in (0, 1, 250, 250.5, 1e9, -3)] == [0, 250, 250, 500, LAG_MAX_MS, 0]


def test_what_was_told_once_does_not_count_yet() -> None:
    clock, meters = FakeClock(), Meters()
    lags = Lags(clock, meters)
    assert told(lags, clock, 5_000, 5_000, times=1) == 0
    assert told(lags, clock, 5_000, 5_000, times=1) == 5_000
    assert meters.delivery_ms.count == 4


def test_up_at_once_and_down_after_two_minutes() -> None:
    clock = FakeClock()
    lags = Lags(clock)
    assert told(lags, clock, 300, 300, 300) == 500
    assert told(lags, clock, 3_100, 3_100, 3_100) == 3_250
    clock.forward(WINDOW_MS)
    assert told(lags, clock, 300, 300, 300) == 500  # nobody has said anything for three minutes: nothing is held on to
    assert told(lags, clock, 3_100, 3_100, 3_100) == 3_250
    for _ in range(9):  # as many words as are kept, all of them good
        assert told(lags, clock, 300, 300, 300, times=1) == 3_250
    clock.forward(FALL_MS - 10_000)
    assert told(lags, clock, 300, 300, 300, times=1) == 3_250
    clock.forward(10_000)
    assert told(lags, clock, 300, 300, 300, times=1) == 500


def test_it_never_asks_for_more_than_the_bound_and_is_forgotten_when_nobody_is_there() -> None:
    clock = FakeClock()
    lags = Lags(clock)
    assert told(lags, clock, 14_000, 14_000) == LEAD_MAX_MS
    assert lags.longest() == LEAD_MAX_MS
    clock.forward(WINDOW_MS + 1)
    lags.look()
    clock.forward(FALL_MS + 1)
    lags.look()
    assert (lags.of(ID), lags.longest()) == (0, 0)
    assert lags.told() == {}


def test_those_who_announce_hear_when_it_is_another() -> None:
    clock, heard = FakeClock(), list[str]()
    lags = Lags(clock, changed=heard.append)
    told(lags, clock, 200, 200)
    assert heard == [ID]
    told(lags, clock, 240, 240)
    assert heard == [ID]
    told(lags, clock, 3_000, 3_000)
    assert heard == [ID, ID]


def test_pages_at_other_workers_count_as_ours_do() -> None:
    clock = FakeClock()
    here, there = Lags(clock), Lags(clock)
    told(here, clock, *[200] * 4)
    told(there, clock, *[3_900] * 4)
    here.hear("other", there.told())
    here.look()
    assert here.of(ID) == 4_000
    here.left("other")
    clock.forward(FALL_MS + 1)
    told(here, clock, *[200] * 4)
    assert here.of(ID) == 250
    here.hear("other", there.told())
    clock.forward(OTHERS_MS + 1)
    here.look()
    assert here.of(ID) == 250


def test_a_ceremony_of_which_only_others_have_pages_is_known_too() -> None:
    clock = FakeClock()
    here, there = Lags(clock), Lags(clock)
    told(there, clock, 2_000, 2_000)
    here.hear("other", there.told())
    here.look()
    assert here.of(ID) == 2_000
