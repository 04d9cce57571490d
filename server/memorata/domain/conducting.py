"""What becomes of a host's commands to the programme, and which cues have come due by the clock."""

from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.errors import Refused
from memorata.domain.items import steps
from memorata.domain.lead import item_lead_ms, lead_ms
from memorata.domain.programme import (
    AUTOPILOT_LEAD_MS,
    Moment,
    Run,
    item_states,
    next_item,
    on_hold,
    planned_end_ms,
    runs_ahead,
)
from memorata.domain.state import CeremonyState, door_of, now_shown, planned

Events = tuple[e.Event, ...]

_BEGINNING = c.OpenCeremony | c.CueItem | c.SetAutopilot
"""What would begin a ceremony that is not held."""


def decide(state: CeremonyState, command: c.Command, now_ms: int, lag_ms: int = 0) -> Events:
    """Answer a command to the programme; the role and phase have been checked.

    Args: lag_ms: within what time news has reached nearly everybody of late.
    """
    if state.programme is not None and state.programme.cancelled is not None and isinstance(command, _BEGINNING):
        raise Refused("ceremony.cancelled")
    match command:
        case c.PlanCeremony(programme=programme):
            return () if programme == state.programme else (e.CeremonyPlanned(programme),)
        case c.OpenCeremony():
            return () if state.progress.opened_ms is not None else (e.CeremonyOpened(),)
        case c.CloseCeremony():
            return (e.CeremonyClosed(),)
        case c.CueItem():
            return _cue(state, command, now_ms, lag_ms)
        case c.CancelCue():
            return _cancel(state, command, now_ms)
        case c.HoldItem():
            return _hold(state, command, now_ms)
        case c.ResumeItem():
            return _resume(state, command, now_ms, lag_ms)
        case c.StepItem():
            return _step(state, command, now_ms)
        case c.SkipItem() | c.RestoreItem():
            return _skip(state, command, now_ms)
        case c.SetAutopilot(on=on):
            return _autopilot(state, on, now_ms)
        case c.HoldPicture():
            return () if state.progress.holding_since_ms is not None else (e.PictureHeld(now_ms),)
        case c.ReleasePicture():
            return () if state.progress.holding_since_ms is None else (e.PictureReleased(),)
        case c.SetDoor(policy=policy):
            return () if policy == door_of(state) else (e.DoorSet(policy),)
    raise Refused("command.unknown", command=command.kind)


def _aim(state: CeremonyState, aimed_cue: int) -> None:
    if aimed_cue != state.progress.cues:
        raise Refused("cue.stale", aimed=aimed_cue, current=state.progress.cues)


def _cue(state: CeremonyState, command: c.CueItem, now_ms: int, lag_ms: int) -> Events:
    item = planned(state).item(command.item_id)
    if item is None or item.kind == "lobby":
        raise Refused("item.unknown", item_id=command.item_id)
    _aim(state, command.aimed_cue)
    restored: Events = (e.ItemRestored(item.id),) if item.id in state.progress.skipped else ()
    replaced = tuple(e.CueCancelled(run.cue) for run in state.progress.runs if run.start_ms > now_ms)
    return (*replaced, *restored, e.ItemCued(item.id, now_ms + item_lead_ms(item, lag_ms), state.progress.cues + 1))


def _cancel(state: CeremonyState, command: c.CancelCue, now_ms: int) -> Events:
    _aim(state, command.aimed_cue)
    runs = state.progress.runs
    if not runs or runs[-1].start_ms <= now_ms:
        raise Refused("cue.none_pending")
    # What the clock alone would cue again at once is not taken back: first the autopilot must stop.
    if state.progress.autopilot:
        raise Refused("cue.autopilot")
    return tuple(e.CueCancelled(run.cue) for run in runs if run.start_ms > now_ms)


def _live(state: CeremonyState, aimed_cue: int, now_ms: int) -> tuple[Moment, Run]:
    _aim(state, aimed_cue)
    shown = now_shown(state, now_ms)
    if shown.run is None or shown.run not in state.progress.runs:
        raise Refused("item.not_live")
    return shown, shown.run


def _hold(state: CeremonyState, command: c.HoldItem, now_ms: int) -> Events:
    shown, run = _live(state, command.aimed_cue, now_ms)
    if state.progress.runs[-1].start_ms > now_ms:
        raise Refused("cue.pending")
    if shown.item is not None and shown.item.kind == "silence":
        raise Refused("silence.no_hold")
    if on_hold(run, now_ms) or any(hold.to_ms is None for hold in run.holds):
        return ()
    return (e.ItemHeld(run.cue, now_ms),)


def _resume(state: CeremonyState, command: c.ResumeItem, now_ms: int, lag_ms: int) -> Events:
    _, run = _live(state, command.aimed_cue, now_ms)
    if not any(hold.to_ms is None for hold in run.holds):
        return ()
    return (e.ItemResumed(run.cue, now_ms + lead_ms(lag_ms)),)


def _step(state: CeremonyState, command: c.StepItem, now_ms: int) -> Events:
    shown, run = _live(state, command.aimed_cue, now_ms)
    if shown.step != command.aimed_step:
        raise Refused("step.stale", aimed=command.aimed_step, current=shown.step)
    count = steps(shown.item)[0] if shown.item is not None else 1
    if not 0 <= command.step < count:
        raise Refused("step.unknown", step=command.step, steps=count)
    return () if command.step == shown.step else (e.ItemStepped(run.cue, command.step, now_ms),)


def _skip(state: CeremonyState, command: c.SkipItem | c.RestoreItem, now_ms: int) -> Events:
    item = planned(state).item(command.item_id)
    if item is None or item.kind == "lobby":
        raise Refused("item.unknown", item_id=command.item_id)
    skipped = item.id in state.progress.skipped
    if isinstance(command, c.RestoreItem):
        return (e.ItemRestored(item.id),) if skipped else ()
    if skipped:
        return ()
    status = item_states(planned(state), state.progress, now_ms)[item.id]
    if status in ("live", "held", "done") or any(run.item_id == item.id for run in state.progress.runs):
        raise Refused("item.already_live", item_id=item.id)
    return (e.ItemSkipped(item.id),)


def _autopilot(state: CeremonyState, on: bool, now_ms: int) -> Events:
    if on == state.progress.autopilot:
        return ()
    shown = now_shown(state, now_ms)
    anchored: Events = ()
    # The step shown now stays where it is when who moves it changes.
    if (
        shown.run is not None
        and shown.run in state.progress.runs
        and shown.item is not None
        and steps(shown.item)[0] > 1
    ):
        anchored = (e.ItemStepped(shown.run.cue, shown.step, now_ms),)
    return (*anchored, e.AutopilotSet(on, now_ms))


def due(state: CeremonyState, now_ms: int) -> Events:
    """What the clock alone brings about by `now_ms`: doors opened, items announced, the end of an autopilot's ceremony.

    After a pause of the server the instants are those that every page has kept to meanwhile, so they may be past.
    """
    programme, progress = state.programme, state.progress
    if programme is None or programme.cancelled is not None or progress.closed_ms is not None:
        return ()
    events: list[e.Event] = []
    if progress.opened_ms is None and now_ms >= programme.lobby_opens_ms:
        events.append(e.CeremonyOpened())
    horizon_ms = now_ms + AUTOPILOT_LEAD_MS
    for run in runs_ahead(programme, progress):
        if run.cue > progress.cues and run.start_ms <= horizon_ms:
            events.append(e.ItemCued(run.item_id, run.start_ms, run.cue))
    if not events and progress.autopilot and progress.runs:
        last = progress.runs[-1]
        item = programme.item(last.item_id)
        if item is not None and next_item(programme, progress, item.id) is None:
            end_ms = planned_end_ms(last, item)
            if end_ms is not None and end_ms <= now_ms:
                events.append(e.CeremonyClosed())
    return tuple(events)


def next_due_ms(state: CeremonyState, now_ms: int) -> int | None:
    """When `due` will have something to say next, at the earliest; `None` when nothing is foreseeable."""
    programme, progress = state.programme, state.progress
    if programme is None or programme.cancelled is not None or progress.closed_ms is not None:
        return None
    instants: list[int] = [] if progress.opened_ms is not None else [programme.lobby_opens_ms]
    following = next((run for run in runs_ahead(programme, progress) if run.cue > progress.cues), None)
    if following is not None:
        instants.append(following.start_ms - AUTOPILOT_LEAD_MS)
    elif progress.autopilot and progress.runs:
        item = programme.item(progress.runs[-1].item_id)
        end_ms = planned_end_ms(progress.runs[-1], item) if item is not None else None
        if end_ms is not None:
            instants.append(end_ms)
    return max(now_ms, min(instants)) if instants else None
