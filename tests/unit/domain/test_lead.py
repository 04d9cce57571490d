"""How far ahead is announced: never less than the floor, never beyond the bound, and never less for a longer lag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.ceremony import decide, evolve
from memorata.domain.lead import LEAD_MAX_MS, SILENCE_LEAD_MAX_MS, item_lead_ms, lead_ms, silence_lead_ms
from memorata.domain.programme import LEAD_MS, SILENCE_LEAD_MS, Run, silence_plan
from tests.builders import START_MS, a_ceremony, a_silence, an_item, recorded

LAGS = st.integers(0, 10**6)


@given(LAGS, LAGS)
def test_never_below_the_floor_never_beyond_the_bound_and_longer_for_longer_lags(one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    assert LEAD_MS <= lead_ms(shorter) <= lead_ms(longer) <= LEAD_MAX_MS
    assert SILENCE_LEAD_MS <= silence_lead_ms(shorter) <= silence_lead_ms(longer) <= SILENCE_LEAD_MAX_MS
    for item in (an_item("words"), a_silence()):
        assert item_lead_ms(item, shorter) <= item_lead_ms(item, longer)


@pytest.mark.parametrize(("lag_ms", "expected_ms"), [(0, 3_000), (1_500, 3_000), (2_000, 3_500), (20_000, 10_000)])
def test_what_is_measured_decides_between(lag_ms: int, expected_ms: int) -> None:
    assert lead_ms(lag_ms) == expected_ms


@pytest.mark.parametrize("lag_ms", [0, 4_000])
def test_the_instant_stands_in_the_event(lag_ms: int) -> None:
    state = a_ceremony()
    host = c.Actor("hana", "host", lag_ms=lag_ms)
    (cued,) = decide(state, c.CueItem("words", 0), host, START_MS)
    assert cued == e.ItemCued("words", START_MS + lead_ms(lag_ms), 1)
    now_ms = START_MS + 60_000
    for one in recorded((cued, e.ItemHeld(1, now_ms)), after=state.seq):
        state = evolve(state, one)
    assert decide(state, c.ResumeItem(1), host, now_ms + 500) == (e.ItemResumed(1, now_ms + 500 + lead_ms(lag_ms)),)


@given(LAGS)
def test_the_first_beat_is_announced_as_far_ahead_as_a_silence_needs(lag_ms: int) -> None:
    item = a_silence()
    state = a_ceremony()
    host = c.Actor("hana", "host", lag_ms=lag_ms)
    (cued,) = decide(state, c.CueItem(item.id, 0), host, START_MS)
    assert isinstance(cued, e.ItemCued)
    plan = silence_plan(item, Run(1, item.id, cued.start_ms))
    assert plan is not None
    assert plan.t0_ms - START_MS >= silence_lead_ms(lag_ms)
    assert cued.start_ms - START_MS >= lead_ms(lag_ms)
