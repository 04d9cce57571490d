"""What a host's commands and the clock make of the programme."""

from dataclasses import replace

import pytest

from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.ceremony import decide
from memorata.domain.conducting import due, next_due_ms
from memorata.domain.errors import Refused
from memorata.domain.items import Silence
from memorata.domain.programme import item_states, moment, runs_ahead
from memorata.domain.state import CeremonyState
from tests.histories import AMINA, CHIYO, HOST, START_MS, History, a_programme


def a_ceremony() -> History:
    """In the lobby, a minute before the start, conducted by hand."""
    history = History()
    history.ask(c.PlanCeremony(a_programme()), AMINA, START_MS - 60_000)
    history.ask(c.OpenCeremony(), HOST, START_MS - 60_000)
    return history


def cued(history: History, item_id: str, at_ms: int) -> History:
    history.ask(c.CueItem(item_id, history.state.progress.cues), HOST, at_ms)
    assert history.refused == []
    return history


def refusal(state: CeremonyState, command: c.Command, at_ms: int, actor: c.Actor = HOST) -> str:
    with pytest.raises(Refused) as no:
        decide(state, command, actor, at_ms)
    return no.value.code


def shown(history: History, at_ms: int) -> tuple[str, str | None, int]:
    programme = history.state.programme
    assert programme is not None
    now = moment(programme, history.state.progress, at_ms)
    return now.phase, now.item.id if now.item else None, now.position_ms


def test_an_item_is_live_three_seconds_after_its_cue_and_standby_before() -> None:
    history = cued(a_ceremony(), "words", START_MS)
    programme = history.state.programme
    assert programme is not None
    assert shown(history, START_MS + 2_999) == ("lobby", None, 0)
    assert item_states(programme, history.state.progress, START_MS + 1)["words"] == "standby"
    assert shown(history, START_MS + 3_000) == ("item", "words", 0)
    states = item_states(programme, history.state.progress, START_MS + 3_000)
    assert (states["lobby"], states["words"], states["minute"]) == ("done", "live", "planned")


def test_two_hosts_pressing_next_advance_once() -> None:
    history = cued(a_ceremony(), "words", START_MS)
    assert refusal(history.state, c.CueItem("words", 0), START_MS + 80) == "cue.stale"
    assert len(history.state.progress.runs) == 1


def test_a_silence_is_announced_eight_seconds_before_its_first_beat_even_without_an_invitation() -> None:
    programme = a_programme()
    bare = tuple(
        replace(item, detail=Silence(invitation_s=0, stillness_s=0), planned_s=65) if item.id == "minute" else item
        for item in programme.items
    )
    history = History()
    history.ask(c.PlanCeremony(replace(programme, items=bare)), AMINA, START_MS)
    history.ask(c.CueItem("minute", 0), HOST, START_MS)
    assert history.state.progress.runs[0].start_ms == START_MS + 8_000


def test_a_silence_goes_on_by_itself_after_its_rest() -> None:
    history = cued(a_ceremony(), "minute", START_MS)
    assert shown(history, START_MS + 3_000 + 90_000) == ("item", "message", 0)


def test_from_the_stillness_to_the_end_of_the_rest_nothing_may_change() -> None:
    state = cued(a_ceremony(), "minute", START_MS).state
    start_ms = START_MS + 3_000
    commands = [
        c.CueItem("words", 1),
        c.CancelCue(1),
        c.HoldItem(1),
        c.SkipItem("names"),
        c.SetAutopilot(True),
        c.HoldPicture(),
        c.CloseCeremony(),
        c.CallNext("anyone"),
        c.SetAsking(False),
    ]
    for at_ms in (start_ms + 20_000, start_ms + 25_000, start_ms + 84_999, start_ms + 89_999):
        assert {refusal(state, command, at_ms) for command in commands} == {"silence.locked"}
    assert decide(state, c.HoldPicture(), HOST, start_ms + 19_999) == (e.PictureHeld(start_ms + 19_999),)


def test_a_request_to_speak_is_taken_even_in_a_silence() -> None:
    state = cued(a_ceremony(), "minute", START_MS).state
    events = decide(state, c.RequestFloor("memory", "Chiyo"), replace(CHIYO, request_id="r"), START_MS + 60_000)
    assert [event.kind for event in events] == ["floor.requested"]


def test_a_silence_is_not_held() -> None:
    state = cued(a_ceremony(), "minute", START_MS).state
    assert refusal(state, c.HoldItem(1), START_MS + 5_000) == "silence.no_hold"


def test_a_cue_may_be_taken_back_until_it_starts() -> None:
    history = cued(a_ceremony(), "words", START_MS)
    history.ask(c.CancelCue(1), HOST, START_MS + 2_000)
    assert history.state.progress.runs == ()
    assert refusal(history.state, c.CancelCue(1), START_MS + 3_000) == "cue.none_pending"


def test_a_new_cue_replaces_one_that_has_not_started() -> None:
    history = cued(cued(a_ceremony(), "words", START_MS), "memories", START_MS + 1_000)
    assert [(run.cue, run.item_id) for run in history.state.progress.runs] == [(2, "memories")]


def test_on_hold_the_items_own_time_stands_still_and_resumes_ahead_for_everybody() -> None:
    history = cued(a_ceremony(), "words", START_MS)
    history.ask(c.HoldItem(1), HOST, START_MS + 13_000)
    assert shown(history, START_MS + 40_000) == ("item", "words", 10_000)
    history.ask(c.ResumeItem(1), HOST, START_MS + 50_000)
    assert shown(history, START_MS + 53_000) == ("item", "words", 10_000)
    assert shown(history, START_MS + 54_000) == ("item", "words", 11_000)
    assert history.state.progress.runs[0].holds[0].to_ms == START_MS + 53_000


def test_testimonies_wait_for_the_host_and_wreaths_walk_by_the_clock() -> None:
    history = cued(a_ceremony(), "memories", START_MS)
    programme = history.state.programme
    assert programme is not None
    assert moment(programme, history.state.progress, START_MS + 30_000).step == 0
    history.ask(c.StepItem(1, 0, 1), HOST, START_MS + 30_000)
    assert moment(programme, history.state.progress, START_MS + 30_000).step == 1
    assert refusal(history.state, c.StepItem(1, 0, 1), START_MS + 31_000) == "step.stale"
    assert refusal(history.state, c.StepItem(1, 1, 2), START_MS + 31_000) == "step.unknown"
    cued(history, "wreaths", START_MS + 40_000)
    walked = [moment(programme, history.state.progress, START_MS + 43_000 + s * 1000).step for s in (0, 7, 8, 15, 24)]
    assert walked == [0, 0, 1, 2, 2]


def test_switching_the_autopilot_keeps_the_step_shown() -> None:
    history = cued(a_ceremony(), "memories", START_MS)
    programme = history.state.programme
    assert programme is not None
    history.ask(c.SetAutopilot(True), HOST, START_MS + 10_000)
    assert moment(programme, history.state.progress, START_MS + 29_999).step == 0
    assert moment(programme, history.state.progress, START_MS + 30_000).step == 1
    history.ask(c.SetAutopilot(False), HOST, START_MS + 31_000)
    assert moment(programme, history.state.progress, START_MS + 39_000).step == 1


def test_a_skipped_item_is_passed_over_and_one_that_was_live_is_not_skipped() -> None:
    history = cued(a_ceremony(), "minute", START_MS)
    history.ask(c.SkipItem("message"), HOST, START_MS + 10_000)
    assert [run.item_id for run in runs_ahead(a_programme(), history.state.progress)] == ["minute", "memories"]
    assert refusal(history.state, c.SkipItem("minute"), START_MS + 10_000) == "item.already_live"
    history.ask(c.RestoreItem("message"), HOST, START_MS + 11_000)
    assert history.state.progress.skipped == ()


def test_the_autopilot_goes_through_the_whole_programme_by_its_own_times_and_closes_it() -> None:
    history = a_ceremony()
    history.ask(c.SetAutopilot(True), HOST, START_MS - 50_000)
    at_ms: int | None = START_MS - 50_000
    while at_ms is not None:
        history.append(due(history.state, at_ms), at_ms, "conductor")
        at_ms = next_due_ms(history.state, at_ms + 1)
    items = [item for item in a_programme().items if item.kind != "lobby"]
    starts, start_ms = [], START_MS
    for item in items:
        starts.append((item.id, start_ms))
        start_ms += item.planned_s * 1000
    assert [(run.item_id, run.start_ms) for run in history.state.progress.runs] == starts
    assert history.state.progress.closed_ms == start_ms
    leads = [
        recorded.event.start_ms - recorded.at_ms
        for recorded in history.recorded
        if isinstance(recorded.event, e.ItemCued)
    ]
    assert min(leads) >= 12_000


def test_doors_open_by_the_clock() -> None:
    history = History()
    history.ask(c.PlanCeremony(a_programme()), AMINA, START_MS - 2_000_000)
    assert due(history.state, START_MS - 900_001) == ()
    assert next_due_ms(history.state, START_MS - 2_000_000) == START_MS - 900_000
    assert due(history.state, START_MS - 900_000) == (e.CeremonyOpened(),)


def test_the_holding_picture_comes_and_goes_once() -> None:
    history = a_ceremony()
    history.ask(c.HoldPicture(), HOST, START_MS)
    history.ask(c.HoldPicture(), HOST, START_MS + 1)
    assert history.state.progress.holding_since_ms == START_MS
    history.ask(c.ReleasePicture(), HOST, START_MS + 2)
    assert history.state.progress.holding_since_ms is None
    assert [r.event.kind for r in history.recorded if r.event.kind.startswith("picture")] == [
        "picture.held",
        "picture.released",
    ]
