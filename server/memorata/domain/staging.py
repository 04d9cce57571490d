"""What becomes of a host's commands to the stage: guests beside the floor, the telephone, the recorded version."""

from dataclasses import replace
from hashlib import blake2s

from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.errors import Refused
from memorata.domain.floor import OPEN, Via
from memorata.domain.stage import GUESTS_MAX, Guest, Shown, Stage, stand_in
from memorata.domain.state import CeremonyState, now_shown
from memorata.domain.words import COMMUNITY_MAX, NAME_MAX, country_code, line

Events = tuple[e.Event, ...]


def decide(state: CeremonyState, command: c.Command, now_ms: int) -> Events:
    """Answer a command to the stage; the role and phase have been checked."""
    match command:
        case c.ByTelephone(entry_id=entry_id, on=on):
            return _by_telephone(state, entry_id, on)
        case c.InviteToStage():
            return _invite(state, command)
        case c.DismissFromStage(key=key):
            return (e.StageDismissed(key),) if state.stage.guest(key) is not None else ()
        case c.PlayRecorded() | c.ShowLive():
            return _stand_in(state, command, now_ms)
    raise Refused("command.unknown", command=command.kind)


def after(stage: Stage, event: e.Event) -> Stage:
    """The stage after one more event."""
    match event:
        case e.StageInvited(guest=guest):
            return replace(stage, guests=(*(one for one in stage.guests if one.key != guest.key), guest))
        case e.StageDismissed(key=key):
            return replace(stage, guests=tuple(one for one in stage.guests if one.key != key))
        case e.RecordedShown(cue=cue, step=step, from_ms=from_ms):
            return replace(stage, recorded=(*_others(stage, cue, step), Shown(cue, step, from_ms)))
        case e.LiveShown(cue=cue, step=step):
            return replace(stage, recorded=_others(stage, cue, step))
    return stage


def guest_key(participant_id: str) -> str:
    """Names a guest to those who may not know the id; the same for the same person."""
    return "guest-" + blake2s(participant_id.encode(), digest_size=9, person=b"guest").hexdigest()


def _others(stage: Stage, cue: int, step: int) -> tuple[Shown, ...]:
    return tuple(one for one in stage.recorded if (one.cue, one.step) != (cue, step))


def _by_telephone(state: CeremonyState, entry_id: str, on: bool) -> Events:
    entry = state.floor.entry(entry_id)
    if entry is None:
        raise Refused("floor.unknown_entry", entry_id=entry_id)
    if entry.state not in OPEN:
        raise Refused("floor.wrong_state", entry_id=entry_id, state=entry.state)
    if not on and entry.participant_id is None:
        raise Refused("stage.no_screen", entry_id=entry_id)
    via: Via = "telephone" if on else "self"
    return () if entry.via == via else (e.FloorChanged(replace(entry, via=via)),)


def _invite(state: CeremonyState, command: c.InviteToStage) -> Events:
    key = guest_key(command.participant_id)
    guest = Guest(
        key,
        command.participant_id,
        line(command.name, "name", NAME_MAX),
        line(command.community, "community", COMMUNITY_MAX, 0),
        country_code(command.country),
    )
    if state.stage.guest(key) == guest:
        return ()
    if state.stage.guest(key) is None and len(state.stage.guests) >= GUESTS_MAX:
        raise Refused("stage.full", most=GUESTS_MAX + 1)
    return (e.StageInvited(guest),)


def _stand_in(state: CeremonyState, command: c.PlayRecorded | c.ShowLive, now_ms: int) -> Events:
    if command.aimed_cue != state.progress.cues:
        raise Refused("cue.stale", aimed=command.aimed_cue, current=state.progress.cues)
    shown = now_shown(state, now_ms)
    if shown.run is None or shown.item is None:
        raise Refused("item.not_live")
    if shown.step != command.aimed_step:
        raise Refused("step.stale", aimed=command.aimed_step, current=shown.step)
    now = state.stage.recorded_at(shown)
    if isinstance(command, c.ShowLive):
        return () if now is None else (e.LiveShown(now.cue, now.step),)
    if stand_in(shown.item, shown.step) is None:
        raise Refused("stage.no_recording", item_id=shown.item.id)
    return () if now is not None else (e.RecordedShown(shown.run.cue, shown.step, now_ms),)
