"""Who may be seen and heard: the rule over made-up histories, and case by case."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorata.domain import commands as c
from memorata.domain import items as i
from memorata.domain.broadcast import Source
from memorata.domain.ceremony import decide
from memorata.domain.errors import Refused
from memorata.domain.programme import moment, silence_locked
from memorata.domain.stage import STAGE_MAX, next_change_ms, part_of, stand_in
from memorata.domain.staging import guest_key
from memorata.domain.state import CeremonyState, parts_of
from tests.builders import START_MS, a_programme, a_silence, an_item, text
from tests.histories import CHIYO, HOST, History, a_history

seeds = st.integers(min_value=0, max_value=1_000_000)
FILM = i.Media((Source("file", "", "/media/vera.mp4"),))
LIVE = replace(FILM, live=True)


@settings(max_examples=80, deadline=None)
@given(seeds, st.integers(min_value=1, max_value=90), st.integers(min_value=0, max_value=600_000))
def test_the_laws_of_the_rule(seed: int, length: int, later_ms: int) -> None:
    history = a_history(seed, length=length)
    state, now_ms = history.state, history.recorded[-1].at_ms + later_ms
    programme = state.programme
    assert programme is not None
    found = parts_of(state, now_ms)
    assert len({part.key for part in found}) == len(found)
    people = [part.participant_id for part in found if part.participant_id is not None]
    assert len(set(people)) == len(people)
    assert sum(part.level == "on_stage" for part in found) <= STAGE_MAX
    shown = moment(programme, state.progress, now_ms)
    if silence_locked(programme, state.progress, now_ms) or shown.phase in ("planned", "closed"):
        assert found == ()
    for entry in state.floor.entries:
        who = entry.participant_id
        if who is not None and entry.state not in ("next", "ready", "speaking") and who not in people:
            assert part_of(found, who) is None
    # Between now and the next change by the clock alone the rule says the same.
    at_ms = next_change_ms(programme, shown, now_ms, autopilot=state.progress.autopilot)
    before_ms = now_ms + 60_000 if at_ms is None else at_ms - 1
    assert [(part.key, part.level) for part in parts_of(state, before_ms)] == [(p.key, p.level) for p in found]


@pytest.mark.parametrize(
    ("detail", "own", "found"),
    [
        (i.Testimony((i.Witness(text("Vera"), media=FILM),)), None, FILM),
        (i.Testimony((i.Witness(text("Vera"), media=LIVE),)), None, None),
        (i.Testimony((i.Witness(text("Vera")),)), FILM, FILM),
        (i.RollCall((i.Place(text("Riga"), media=FILM),)), LIVE, FILM),
        (i.RollCall((i.Place(text("Riga")),)), LIVE, None),
        (None, FILM, FILM),
        (None, replace(FILM, sources=()), None),
    ],
)
def test_what_can_stand_in(detail: i.Detail | None, own: i.Media | None, found: i.Media | None) -> None:
    assert stand_in(an_item("voices", detail, media=own), 0) == found


class Evening:
    def __init__(self) -> None:
        self.history, self.at_ms = History(), START_MS - 600_000
        voices = an_item("voices", i.Testimony((i.Witness(text("Vera"), media=FILM), i.Witness(text("Genrikh")))), 600)
        self.ask(c.PlanCeremony(a_programme(items=(voices, a_silence()))), c.Actor("amina", "organizer"))

    def ask(self, command: c.Command, actor: c.Actor = HOST) -> None:
        self.at_ms += 5_000
        refused = len(self.history.refused)
        self.history.ask(command, actor, self.at_ms)
        assert len(self.history.refused) == refused, self.history.refused[-1]

    @property
    def state(self) -> CeremonyState:
        return self.history.state

    def levels(self) -> dict[str, str]:
        return {part.key: part.level for part in parts_of(self.state, self.at_ms + 4_000)}

    def refused(self, command: c.Command, actor: c.Actor = HOST) -> str:
        with pytest.raises(Refused) as no:
            decide(self.state, command, actor, self.at_ms + 5_000)
        return no.value.code


def test_the_recorded_version_stands_in_for_the_voice_at_its_step_alone() -> None:
    evening = Evening()
    evening.ask(c.RequestFloor("memory", "Chiyo"), replace(CHIYO, request_id="entry"))
    evening.ask(c.GrantFloor("entry"))
    assert evening.refused(c.PlayRecorded(0, 0)) == "phase.not_allowed"
    evening.ask(c.CueItem("voices", 0))
    assert evening.levels() == {"entry": "on_stage"}
    assert evening.refused(c.PlayRecorded(0, 0)) == "cue.stale"
    assert evening.refused(c.PlayRecorded(1, 1)) == "step.stale"
    evening.ask(c.PlayRecorded(1, 0))
    assert evening.levels() == {"entry": "on_deck"}
    evening.ask(c.ShowLive(1, 0))
    assert evening.levels() == {"entry": "on_stage"}
    evening.ask(c.PlayRecorded(1, 0))
    evening.ask(c.StepItem(1, 0, 1))
    assert evening.levels() == {"entry": "on_stage"}
    assert evening.refused(c.PlayRecorded(1, 1)) == "stage.no_recording"


def test_somebody_without_a_screen_is_heard_by_telephone_alone() -> None:
    evening = Evening()
    evening.ask(c.AddToFloor("memory", "Genrikh", telephone="+972 1"), replace(HOST, request_id="genrikh"))
    evening.ask(c.GrantFloor("genrikh"))
    (part,) = parts_of(evening.state, evening.at_ms)
    assert (part.via, part.participant_id, part.level) == ("telephone", None, "on_stage")
    assert evening.refused(c.ByTelephone("genrikh", False)) == "stage.no_screen"
    assert evening.refused(c.ByTelephone("nobody", True)) == "floor.unknown_entry"


def test_a_host_who_has_the_floor_is_there_once() -> None:
    evening = Evening()
    evening.ask(c.InviteToStage("hana", "Hana"))
    assert evening.levels() == {guest_key("hana"): "on_stage"}
    evening.ask(c.RequestFloor("wish", "Hana"), replace(HOST, request_id="hers"))
    evening.ask(c.GrantFloor("hers"))
    assert evening.levels() == {"hers": "on_stage"}
    evening.ask(c.DismissFromStage(guest_key("hana")))
    evening.ask(c.YieldFloor("hers"))
    assert evening.levels() == {}


def test_nobody_but_hosts_decides_who_is_seen() -> None:
    evening = Evening()
    for command in (c.InviteToStage("chiyo", "Chiyo"), c.PlayRecorded(1, 0), c.DismissFromStage("any")):
        assert evening.refused(command, CHIYO) == "role.not_allowed"
        assert evening.refused(command, replace(HOST, role="moderator")) == "role.not_allowed"
