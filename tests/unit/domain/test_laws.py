"""The laws of every history: numbers without gaps, views that commute with events, JSON that loses nothing."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from memorata.adapters import codec
from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.ceremony import evolve, fold
from memorata.domain.programme import item_states, moment, runs_ahead
from memorata.domain.state import CeremonyState
from memorata.services.snapshots import public_event, public_state
from tests.histories import AMINA, CHIYO, START_MS, History, a_history, a_programme

seeds = st.integers(min_value=0, max_value=1_000_000)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_a_history_has_numbers_without_gaps_and_folds_to_its_state(seed: int) -> None:
    history = a_history(seed)
    assert [recorded.seq for recorded in history.recorded] == list(range(1, len(history.recorded) + 1))
    assert fold(CeremonyState(), history.recorded) == history.state


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_view_of_the_next_state_is_the_view_of_the_state_with_the_view_of_the_event(seed: int) -> None:
    state = shown = CeremonyState()
    for recorded in a_history(seed).recorded:
        state, shown = evolve(state, recorded), evolve(shown, public_event(recorded))
        assert shown == public_state(state), recorded


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_the_audience_never_gets_what_is_held_back(seed: int) -> None:
    history = a_history(seed)
    sent = json.dumps([codec.recorded_message(public_event(recorded)) for recorded in history.recorded])
    assert "Smile." not in sent
    assert "lines" not in sent
    released = [r.event.wish.text for r in history.recorded if isinstance(r.event, e.WishReleased)]
    assert sent.count('"A wish"') == released.count("A wish")


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_events_and_states_survive_json(seed: int) -> None:
    history = a_history(seed)
    for recorded in history.recorded:
        assert codec.revive_recorded(json.loads(json.dumps(codec.recorded_message(recorded)))) == recorded
    assert codec.revive(json.loads(json.dumps(codec.plain(history.state))), CeremonyState) == history.state


@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(min_value=-1_200_000, max_value=3_600_000))
def test_the_timeline_is_in_order_and_shows_at_most_one_item(seed: int, offset_ms: int) -> None:
    history = a_history(seed, length=60)
    programme, now_ms = history.state.programme, START_MS + offset_ms
    assert programme is not None
    starts = [run.start_ms for run in runs_ahead(programme, history.state.progress)]
    assert starts == sorted(starts)
    states = item_states(programme, history.state.progress, now_ms)
    assert sum(state in ("live", "held") for state in states.values()) <= 1
    shown = moment(programme, history.state.progress, now_ms)
    if shown.run is not None:
        assert shown.run.start_ms <= now_ms


def takes_away(recorded: e.Recorded) -> bool:
    """Whether something leaves the screens: an attacker is put out in a silence too, and nothing else moves."""
    match recorded.event:
        case e.WishWithheld():
            return True
        case e.FloorChanged(entry=entry):
            return entry.state == "withdrawn" and not entry.released
    return False


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_in_a_silence_nothing_that_everybody_sees_changes(seed: int) -> None:
    history = a_history(seed)
    state = CeremonyState()
    for recorded in history.recorded:
        if state.programme is not None and recorded.by not in ("conductor",):
            shown = moment(state.programme, state.progress, recorded.at_ms)
            if shown.silence in ("stillness", "silence", "rest"):
                kinds = ("floor.requested", "floor.withdrawn", "door.set")
                assert recorded.event.kind in kinds or takes_away(recorded), recorded
        state = evolve(state, recorded)


def test_what_the_clock_brings_about_late_is_what_the_timeline_had_promised() -> None:
    history = History()
    history.ask(c.PlanCeremony(a_programme()), AMINA, START_MS - 1_000_000)
    history.ask(c.SetAutopilot(True), AMINA, START_MS - 20_000)
    programme = history.state.programme
    assert programme is not None
    promised = [(run.cue, run.item_id, run.start_ms) for run in runs_ahead(programme, history.state.progress)]
    # The server was down for ten minutes; the first thing anybody asks comes long after the last item.
    history.ask(c.RequestFloor("memory", "Chiyo"), CHIYO, START_MS + 600_000)
    kept = [(run.cue, run.item_id, run.start_ms) for run in history.state.progress.runs]
    assert kept == promised
