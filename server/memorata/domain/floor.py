"""The speaker queue: who asked, who is next, who has the floor. One order, the server's, for everybody."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

EntryState = Literal["asked", "accepted", "next", "ready", "speaking", "done", "not_here", "withdrawn", "declined"]
EntryKind = Literal["memory", "poem", "wish", "tribute"]
Via = Literal["self", "telephone", "beside", "hall"]

OPEN: frozenset[EntryState] = frozenset({"asked", "accepted", "next", "ready", "speaking", "not_here"})
"""States of an entry that still wants the floor; one person holds at most one such entry."""

WAITING: frozenset[EntryState] = frozenset({"asked", "accepted", "next", "ready"})
"""States that take a place in the order."""

SLOT_S = {"memory": 240, "poem": 120, "wish": 60, "tribute": 60}
"""The time offered for each kind, in seconds; a memory takes three to five minutes. Nobody is cut off."""


@dataclass(frozen=True, slots=True)
class FloorEntry:
    """One wish to speak.

    `participant_id` is `None` when a host added somebody who has no screen of their own; `via` says how the person is
    heard. `since_ms` is when the present state began. `released`: a host has called them, so everybody may know the
    name; until then the audience gets the entry with empty name and community, and never with text or note. `telephone`
    is the number at which hosts ring them, for hosts alone.
    """

    id: str
    kind: EntryKind
    state: EntryState = "asked"
    slot_s: int = 240
    since_ms: int = 0
    participant_id: str | None = None
    name: str = ""
    community: str = ""
    country: str | None = None
    text: str = ""
    via: Via = "self"
    note: str = ""
    released: bool = False
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Floor:
    """The entries in the order of the queue; those that are over stay where they were. `asking` lets people ask."""

    asking: bool = True
    entries: tuple[FloorEntry, ...] = ()

    def entry(self, entry_id: str) -> FloorEntry | None:
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def holder(self) -> FloorEntry | None:
        return next((entry for entry in self.entries if entry.state == "speaking"), None)

    def open_entry_of(self, participant_id: str) -> FloorEntry | None:
        return next((e for e in self.entries if e.participant_id == participant_id and e.state in OPEN), None)


def place(floor: Floor, entry_id: str) -> int:
    """The place in the order of those who wait, 1 for whoever is up next; 0 when the entry does not wait."""
    waiting = [entry.id for entry in floor.entries if entry.state in WAITING]
    return waiting.index(entry_id) + 1 if entry_id in waiting else 0


def wait_ms(floor: Floor, entry_id: str, now_ms: int) -> int:
    """About how long until this entry's turn: the rest of the present speaker's time and the slots of those ahead."""
    holder = floor.holder()
    total = max(0, holder.slot_s * 1000 - (now_ms - holder.since_ms)) if holder else 0
    for entry in floor.entries:
        if entry.id == entry_id:
            break
        if entry.state in WAITING:
            total += entry.slot_s * 1000
    return total


def public_entry(entry: FloorEntry) -> FloorEntry:
    """The entry as everybody may see it: the name once called, never the text, the note or the participant's id."""
    shown = entry.released
    return FloorEntry(
        id=entry.id,
        kind=entry.kind,
        state=entry.state,
        slot_s=entry.slot_s,
        since_ms=entry.since_ms,
        name=entry.name if shown else "",
        community=entry.community if shown else "",
        country=entry.country if shown else None,
        via=entry.via if shown else "self",
        released=shown,
    )


def changed(floor: Floor, entry_id: str, change: Callable[[FloorEntry], FloorEntry]) -> Floor:
    """The floor with one entry replaced in its place."""
    return replace(floor, entries=tuple(change(e) if e.id == entry_id else e for e in floor.entries))


def reordered(floor: Floor, order: Iterable[str]) -> Floor:
    """The floor with the named entries first among the places they held; entries not named keep theirs."""
    wanted = [entry_id for entry_id in order if floor.entry(entry_id) is not None]
    places = [i for i, entry in enumerate(floor.entries) if entry.id in wanted]
    entries = list(floor.entries)
    for i, entry_id in zip(places, wanted, strict=True):
        found = floor.entry(entry_id)
        if found is not None:
            entries[i] = found
    return replace(floor, entries=tuple(entries))
