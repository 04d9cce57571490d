"""What becomes of commands to the speaker queue: who may ask, in which state what may follow."""

from dataclasses import replace

from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.errors import Refused
from memorata.domain.floor import OPEN, SLOT_S, WAITING, EntryState, FloorEntry
from memorata.domain.roles import is_staff
from memorata.domain.state import CeremonyState
from memorata.domain.words import (
    COMMUNITY_MAX,
    NAME_MAX,
    NOTE_MAX,
    POEM_MAX,
    TELEPHONE_MAX,
    country_code,
    line,
    passage,
)

Events = tuple[e.Event, ...]

QUEUE_MAX = 500
"""How many entries a queue may hold, done ones included."""


def decide(state: CeremonyState, command: c.Command, actor: c.Actor, now_ms: int) -> Events:
    """Answer a command to the floor; the role and phase have been checked."""
    match command:
        case c.SetAsking(on=on):
            return () if on == state.floor.asking else (e.AskingSet(on),)
        case c.RequestFloor():
            return _request(state, command, actor, now_ms)
        case c.AddToFloor():
            return _add(state, command, actor, now_ms)
        case c.EditEntry():
            return _edit(state, command)
        case c.ReorderFloor(order=order):
            return _reorder(state, order)
        case c.AcceptEntry(entry_id=entry_id):
            entry = _entry(state, entry_id, "asked", "accepted", "not_here", "next", "ready", "declined", "withdrawn")
            owner = entry.participant_id
            # They may have asked again meanwhile, and one person holds one place.
            if entry.state not in OPEN and owner is not None and state.floor.open_entry_of(owner) is not None:
                raise Refused("floor.already_asked")
            return () if entry.state == "accepted" else (e.FloorAccepted(entry_id),)
        case c.DeclineEntry(entry_id=entry_id):
            entry = _entry(state, entry_id, "asked", "accepted", "not_here", "declined")
            return () if entry.state == "declined" else (e.FloorDeclined(entry_id),)
        case c.CallNext(entry_id=entry_id):
            entry = _entry(state, entry_id, "asked", "accepted", "not_here", "next")
            return (
                ()
                if entry.state == "next"
                else (e.FloorCalled(replace(entry, state="next", since_ms=now_ms, released=True)),)
            )
        case c.ReadyToSpeak(entry_id=entry_id):
            entry = _entry(state, entry_id, "next", "ready")
            _own_or_staff(entry, actor)
            return () if entry.state == "ready" else (e.FloorReadied(entry_id),)
        case c.NotNow(entry_id=entry_id):
            entry = _entry(state, entry_id, "next", "ready", "speaking")
            _own_or_staff(entry, actor)
            return (e.FloorDeferred(entry_id),)
        case c.GrantFloor():
            return _grant(state, command, now_ms)
        case c.YieldFloor(entry_id=entry_id):
            entry = _entry(state, entry_id, "speaking", "done")
            _own_or_staff(entry, actor)
            return () if entry.state == "done" else (e.FloorYielded(entry_id),)
        case c.MarkAbsent(entry_id=entry_id):
            entry = _entry(state, entry_id, "next", "ready", "speaking", "not_here", "accepted")
            return () if entry.state == "not_here" else (e.FloorAbsent(entry_id),)
        case c.WithdrawRequest(entry_id=entry_id):
            # Staff also take back what is over, when a name has to leave the screens.
            over: tuple[EntryState, ...] = ("done", "declined") if is_staff(actor.role) else ()
            entry = _entry(state, entry_id, *OPEN, "withdrawn", *over)
            _own_or_staff(entry, actor)
            return () if entry.state == "withdrawn" else _withdraw(entry, now_ms)
    raise Refused("command.unknown", command=command.kind)


def _withdraw(entry: FloorEntry, now_ms: int) -> Events:
    """The request is over; a name that a call had released leaves every screen with it."""
    withdrawn = e.FloorWithdrawn(entry.id)
    if not entry.released:
        return (withdrawn,)
    return (withdrawn, e.FloorChanged(replace(entry, state="withdrawn", since_ms=now_ms, released=False)))


def _entry(state: CeremonyState, entry_id: str, *wanted: EntryState) -> FloorEntry:
    entry = state.floor.entry(entry_id)
    if entry is None:
        raise Refused("floor.unknown_entry", entry_id=entry_id)
    if entry.state not in wanted:
        raise Refused("floor.wrong_state", entry_id=entry_id, state=entry.state)
    return entry


def _own_or_staff(entry: FloorEntry, actor: c.Actor) -> None:
    if entry.participant_id != actor.participant_id and not is_staff(actor.role):
        raise Refused("floor.not_holder", entry_id=entry.id)


def _new_id(state: CeremonyState, actor: c.Actor) -> str:
    if not actor.request_id or state.floor.entry(actor.request_id) is not None:
        raise Refused("command.id_used")
    if len(state.floor.entries) >= QUEUE_MAX:
        raise Refused("floor.full")
    return actor.request_id


def _request(state: CeremonyState, command: c.RequestFloor, actor: c.Actor, now_ms: int) -> Events:
    if not state.floor.asking:
        raise Refused("floor.not_asking")
    if state.floor.open_entry_of(actor.participant_id) is not None:
        raise Refused("floor.already_asked")
    entry = FloorEntry(
        id=_new_id(state, actor),
        kind=command.entry_kind,
        slot_s=SLOT_S[command.entry_kind],
        since_ms=now_ms,
        participant_id=actor.participant_id,
        name=line(command.name, "name", NAME_MAX),
        community=line(command.community, "community", COMMUNITY_MAX, 0),
        country=country_code(command.country),
        text=passage(command.text, "text", POEM_MAX),
    )
    return (e.FloorRequested(entry),)


def _add(state: CeremonyState, command: c.AddToFloor, actor: c.Actor, now_ms: int) -> Events:
    if command.participant_id is not None and state.floor.open_entry_of(command.participant_id) is not None:
        raise Refused("floor.already_asked")
    entry = FloorEntry(
        id=_new_id(state, actor),
        kind=command.entry_kind,
        state="accepted",
        slot_s=SLOT_S[command.entry_kind],
        since_ms=now_ms,
        participant_id=command.participant_id,
        name=line(command.name, "name", NAME_MAX),
        community=line(command.community, "community", COMMUNITY_MAX, 0),
        country=country_code(command.country),
        text=passage(command.text, "text", POEM_MAX),
        via=command.via,
        note=line(command.note, "note", NOTE_MAX, 0),
        telephone=line(command.telephone, "telephone", TELEPHONE_MAX, 0),
    )
    if command.before is None:
        return (e.FloorRequested(entry),)
    _entry(state, command.before, *WAITING)
    waiting = [other.id for other in state.floor.entries if other.state in WAITING]
    at = waiting.index(command.before)
    return (e.FloorRequested(entry), e.FloorReordered((*waiting[:at], entry.id, *waiting[at:])))


def _edit(state: CeremonyState, command: c.EditEntry) -> Events:
    entry = _entry(state, command.entry_id, *OPEN)
    if command.slot_s is not None and not 10 <= command.slot_s <= 3600:
        raise Refused("words.not_allowed", field="slot_s", reason="range", least=10, most=3600)
    edited = replace(
        entry,
        name=entry.name if command.name is None else line(command.name, "name", NAME_MAX),
        community=entry.community
        if command.community is None
        else line(command.community, "community", COMMUNITY_MAX, 0),
        text=entry.text if command.text is None else passage(command.text, "text", POEM_MAX),
        note=entry.note if command.note is None else line(command.note, "note", NOTE_MAX, 0),
        slot_s=entry.slot_s if command.slot_s is None else command.slot_s,
        telephone=entry.telephone
        if command.telephone is None
        else line(command.telephone, "telephone", TELEPHONE_MAX, 0),
    )
    return () if edited == entry else (e.FloorChanged(edited),)


def _reorder(state: CeremonyState, order: tuple[str, ...]) -> Events:
    waiting = [entry.id for entry in state.floor.entries if entry.state in WAITING]
    if sorted(order) != sorted(waiting):
        raise Refused("floor.order_stale")
    return () if list(order) == waiting else (e.FloorReordered(order),)


def _grant(state: CeremonyState, command: c.GrantFloor, now_ms: int) -> Events:
    holder = state.floor.holder()
    if command.aimed_holder != (holder.id if holder else None):
        raise Refused("floor.holder_changed", holder=holder.id if holder else None)
    entry = _entry(state, command.entry_id, "asked", "accepted", "next", "ready", "not_here", "speaking")
    if entry.state == "speaking":
        return ()
    return (e.FloorGranted(replace(entry, state="speaking", since_ms=now_ms, released=True)),)
