"""One ceremony, live: `decide` answers commands with events, `evolve` folds events into the state. Both are pure."""

from collections.abc import Callable
from dataclasses import replace

from memorata.domain import commands as c
from memorata.domain import conducting, erasing, hearing, laying, staging
from memorata.domain import events as e
from memorata.domain.errors import Refused
from memorata.domain.floor import EntryState, Floor, changed, reordered
from memorata.domain.programme import Progress, Run, StepAnchor, resumed, with_hold
from memorata.domain.roles import Phase, permit
from memorata.domain.state import CeremonyState, phase_of
from memorata.domain.tributes import Laid, Tributes


def decide(state: CeremonyState, command: c.Command, actor: c.Actor, now_ms: int) -> tuple[e.Event, ...]:
    """Answer a command with the events it causes, oldest first; an empty tuple changes nothing.

    Args: now_ms: server time, UTC milliseconds, not before the last event of `state`.
    Raises: Refused: not allowed now; `code` is stable and listed in docs/protocol.md.
    """
    if state.programme is None:
        if not isinstance(command, c.PlanCeremony):
            raise Refused("ceremony.not_planned")
        phase: Phase = "planned"
    else:
        phase = phase_of(state, now_ms)
    permit(actor.role, command.kind, phase)
    family = command.kind.partition(".")[0]
    if family == "floor":
        return hearing.decide(state, command, actor, now_ms)
    if family == "stage":
        return staging.decide(state, command, now_ms)
    if family in ("wreath", "candle", "wish"):
        return laying.decide(state, command, actor, now_ms)
    if family in ("person", "names"):
        return erasing.decide(state, command, actor)
    return conducting.decide(state, command, now_ms, actor.lag_ms)


def evolve(state: CeremonyState, recorded: e.Recorded) -> CeremonyState:
    """The state after one more event; never fails on an event that `decide` has made."""
    if recorded.seq != state.seq + 1:
        raise ValueError(f"event {recorded.seq} does not follow {state.seq}")
    state, event, at_ms = replace(state, seq=recorded.seq), recorded.event, recorded.at_ms
    match event.kind.partition(".")[0]:
        case "floor":
            return replace(state, floor=_floor(state.floor, event, at_ms))
        case "stage":
            return replace(state, stage=staging.after(state.stage, event))
        case "wreath" | "wish":
            return replace(state, tributes=_tributes(state.tributes, event, at_ms))
        case _ if isinstance(event, e.DoorSet):
            return replace(state, door=event.policy)
        case "person" | "names":
            return replace(
                state,
                floor=erasing.floor_after(state.floor, event, at_ms),
                stage=erasing.stage_after(state.stage, event),
                tributes=erasing.tributes_after(state.tributes, event),
            )
        case _:
            if isinstance(event, e.CeremonyPlanned):
                state = replace(state, programme=event.programme)
            return replace(state, progress=_progress(state.progress, event, at_ms))


def fold(state: CeremonyState, history: tuple[e.Recorded, ...] | list[e.Recorded]) -> CeremonyState:
    """The state after all of `history`."""
    for recorded in history:
        state = evolve(state, recorded)
    return state


def _progress(progress: Progress, event: e.Event, at_ms: int) -> Progress:
    match event:
        case e.CeremonyOpened():
            return replace(progress, opened_ms=at_ms)
        case e.CeremonyClosed():
            return replace(progress, closed_ms=at_ms, runs=tuple(r for r in progress.runs if r.start_ms <= at_ms))
        case e.ItemCued(item_id=item_id, start_ms=start_ms, cue=cue):
            skipped = tuple(i for i in progress.skipped if i != item_id)
            return replace(progress, runs=(*progress.runs, Run(cue, item_id, start_ms)), cues=cue, skipped=skipped)
        case e.CueCancelled(cue=cue):
            return replace(progress, runs=tuple(r for r in progress.runs if r.cue != cue))
        case e.ItemHeld(cue=cue, from_ms=from_ms):
            return _with_run(progress, cue, lambda run: with_hold(run, from_ms))
        case e.ItemResumed(cue=cue, to_ms=to_ms):
            return _with_run(progress, cue, lambda run: resumed(run, to_ms))
        case e.ItemStepped(cue=cue, step=step, step_ms=step_ms):
            return _with_run(progress, cue, lambda run: replace(run, steps=(*run.steps, StepAnchor(step, step_ms))))
        case e.ItemSkipped(item_id=item_id):
            return replace(progress, skipped=(*progress.skipped, item_id))
        case e.ItemRestored(item_id=item_id):
            return replace(progress, skipped=tuple(i for i in progress.skipped if i != item_id))
        case e.AutopilotSet(on=on, since_ms=since_ms):
            return replace(progress, autopilot=on, autopilot_since_ms=since_ms)
        case e.PictureHeld(from_ms=from_ms):
            return replace(progress, holding_since_ms=from_ms)
        case e.PictureReleased():
            return replace(progress, holding_since_ms=None)
    return progress


def _with_run(progress: Progress, cue: int, change: Callable[[Run], Run]) -> Progress:
    return replace(progress, runs=tuple(change(run) if run.cue == cue else run for run in progress.runs))


def _floor(floor: Floor, event: e.Event, at_ms: int) -> Floor:
    match event:
        case e.AskingSet(on=on):
            return replace(floor, asking=on)
        case e.FloorRequested(entry=entry):
            return replace(floor, entries=(*floor.entries, entry))
        case e.FloorChanged(entry=entry):
            return changed(floor, entry.id, lambda _: entry)
        case e.FloorReordered(order=order):
            return reordered(floor, order)
        case e.FloorCalled(entry=entry):
            return changed(floor, entry.id, lambda _: entry)
        case e.FloorGranted(entry=entry):
            holder = floor.holder()
            if holder is not None and holder.id != entry.id:
                floor = _set(floor, holder.id, "done", at_ms)
            return changed(floor, entry.id, lambda _: entry)
        case e.FloorDeferred(entry_id=entry_id):
            floor = _set(floor, entry_id, "accepted", at_ms)
            last = [entry for entry in floor.entries if entry.id == entry_id]
            return replace(floor, entries=(*(entry for entry in floor.entries if entry.id != entry_id), *last))
        case e.FloorAccepted(entry_id=entry_id):
            return _set(floor, entry_id, "accepted", at_ms)
        case e.FloorDeclined(entry_id=entry_id):
            return _set(floor, entry_id, "declined", at_ms)
        case e.FloorReadied(entry_id=entry_id):
            return _set(floor, entry_id, "ready", at_ms)
        case e.FloorYielded(entry_id=entry_id):
            return _set(floor, entry_id, "done", at_ms)
        case e.FloorAbsent(entry_id=entry_id):
            return _set(floor, entry_id, "not_here", at_ms)
        case e.FloorWithdrawn(entry_id=entry_id):
            return _set(floor, entry_id, "withdrawn", at_ms)
    return floor


def _set(floor: Floor, entry_id: str, state: EntryState, at_ms: int) -> Floor:
    return changed(floor, entry_id, lambda entry: replace(entry, state=state, since_ms=at_ms))


def _tributes(tributes: Tributes, event: e.Event, at_ms: int) -> Tributes:
    match event:
        case e.WreathLaid(item_id=item_id, wreath=wreath):
            return replace(tributes, laid=(*tributes.laid, Laid(item_id, wreath, at_ms)))
        case e.WishOffered(wish=wish):
            return replace(tributes, wishes=(*tributes.wishes, wish))
        case e.WishReleased(wish=wish):
            # In the order of release, which is the order in which the audience gets them.
            return replace(tributes, wishes=(*(w for w in tributes.wishes if w.id != wish.id), wish))
        case e.WishRemoved(wish_id=wish_id):
            return replace(tributes, wishes=tuple(w for w in tributes.wishes if w.id != wish_id))
        case e.WishWithheld(wish_id=wish_id):
            return replace(
                tributes,
                wishes=tuple(replace(w, state="withheld") if w.id == wish_id else w for w in tributes.wishes),
            )
    return tributes
