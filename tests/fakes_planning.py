"""Stand-ins for the store of planning: the same contracts, in memory, held to them by the same tests."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from memorata.services.planning_ports import (
    LEASE_MS,
    Answer,
    ArchiveRow,
    Contact,
    Due,
    DueKind,
    DueState,
    Guest,
    LinkCheck,
    OccurrenceRow,
    Rehearsal,
    SeriesRow,
    TrailEntry,
)


class MemorySeries:
    """Series and occurrences; give it the contacts whose guests move with an occurrence."""

    def __init__(self, contacts: "MemoryContacts | None" = None) -> None:
        self.rows: dict[str, SeriesRow] = {}
        self.held: dict[tuple[str, str], OccurrenceRow] = {}
        self.contacts = contacts or MemoryContacts()

    def all(self, *, removed: bool = False) -> tuple[SeriesRow, ...]:
        return tuple(row for _, row in sorted(self.rows.items()) if removed or row.removed_ms is None)

    def find(self, series_id: str) -> SeriesRow | None:
        return self.rows.get(series_id)

    def add(self, row: SeriesRow) -> bool:
        return self.rows.setdefault(row.id, row) is row

    def change(self, row: SeriesRow) -> bool:
        before = self.rows.get(row.id)
        if before is None or before.version != row.version - 1:
            return False
        self.rows[row.id] = row
        return True

    def occurrences(self, series_id: str) -> tuple[OccurrenceRow, ...]:
        return tuple(row for (series, _), row in sorted(self.held.items()) if series == series_id)

    def occurrence(self, series_id: str, key: str) -> OccurrenceRow | None:
        return self.held.get((series_id, key))

    def add_occurrence(self, row: OccurrenceRow) -> bool:
        return self.held.setdefault((row.series, row.key), row) is row

    def change_occurrence(self, row: OccurrenceRow) -> bool:
        before = self.held.get((row.series, row.key))
        if before is None or before.version != row.version - 1:
            return False
        self.held[row.series, row.key] = row
        return True

    def rekey_occurrence(self, series_id: str, key: str, to: str) -> bool:
        if (series_id, key) not in self.held or (series_id, to) in self.held:
            return False
        row = self.held.pop((series_id, key))
        self.held[series_id, to] = replace(row, key=to, version=row.version + 1)
        for guest in self.contacts.guests(series_id, key):
            self.contacts.asked.pop((series_id, key, guest.contact_id))
            self.contacts.asked[series_id, to, guest.contact_id] = replace(guest, key=to)
        return True

    def remove_occurrence(self, series_id: str, key: str) -> None:
        self.held.pop((series_id, key), None)
        for guest in self.contacts.guests(series_id, key):
            self.contacts.uninvite(series_id, key, guest.contact_id)


class MemoryContacts:
    def __init__(self) -> None:
        self.known: dict[str, Contact] = {}
        self.asked: dict[tuple[str, str, str], Guest] = {}

    def of_series(self, series_id: str) -> tuple[Contact, ...]:
        found = (one for one in self.known.values() if one.series == series_id)
        return tuple(sorted(found, key=lambda one: (one.name, one.id)))

    def find(self, contact_id: str) -> Contact | None:
        return self.known.get(contact_id)

    def add(self, contacts: Sequence[Contact]) -> None:
        for contact in contacts:
            self.known.setdefault(contact.id, contact)

    def change(self, contact: Contact) -> bool:
        before = self.known.get(contact.id)
        if before is None or before.version != contact.version - 1:
            return False
        self.known[contact.id] = contact
        return True

    def remove(self, contact_id: str) -> None:
        self.known.pop(contact_id, None)
        self.asked = {name: one for name, one in self.asked.items() if one.contact_id != contact_id}

    def guests(self, series_id: str, key: str) -> tuple[Guest, ...]:
        return tuple(one for name, one in sorted(self.asked.items()) if name[:2] == (series_id, key))

    def guest(self, series_id: str, key: str, contact_id: str) -> Guest | None:
        return self.asked.get((series_id, key, contact_id))

    def guests_of(self, contact_id: str) -> tuple[Guest, ...]:
        found = (one for one in self.asked.values() if one.contact_id == contact_id)
        return tuple(sorted(found, key=lambda one: one.key))

    def by_invitation(self, invitation_id: str) -> Guest | None:
        return next((one for one in self.asked.values() if one.invitation_id == invitation_id), None)

    def invite(self, guests: Sequence[Guest]) -> None:
        for guest in guests:
            if guest.contact_id in self.known:
                self.asked.setdefault((guest.series, guest.key, guest.contact_id), guest)

    def set_invitation(self, guest: Guest) -> bool:
        before = self.guest(guest.series, guest.key, guest.contact_id)
        if before is None or before.invitation_id is not None:
            return False
        made = replace(before, ceremony_id=guest.ceremony_id, invitation_id=guest.invitation_id)
        self.asked[guest.series, guest.key, guest.contact_id] = made
        return True

    def answer(self, series_id: str, key: str, contact_id: str, answer: Answer, at_ms: int) -> None:
        before = self.guest(series_id, key, contact_id)
        if before is not None:
            self.asked[series_id, key, contact_id] = replace(before, answer=answer, answered_ms=at_ms)

    def uninvite(self, series_id: str, key: str, contact_id: str) -> None:
        self.asked.pop((series_id, key, contact_id), None)


class MemoryDues:
    """`busy` may be set to a call that raises StoreBusy, to see who bears it."""

    def __init__(self) -> None:
        self.rows: dict[int, Due] = {}
        self.busy: Callable[[], None] = lambda: None

    def put(self, dues: Sequence[Due]) -> None:
        self.busy()
        for due in dues:
            known = next((one for one in self.rows.values() if _named(one) == _named(due)), None)
            if known is None:
                number = len(self.rows) + 1
                self.rows[number] = Due(due.kind, due.subject, due.due_ms, due.recipient, due.data, number)
            elif known.state == "dropped":
                self.rows[known.id] = replace(known, state="waiting", due_ms=due.due_ms, data=due.data)
            elif known.state == "waiting":
                due_ms = max(known.due_ms, due.due_ms) if known.tries else due.due_ms
                self.rows[known.id] = replace(known, due_ms=due_ms, data=due.data)

    def ripe(self, now_ms: int, most: int) -> tuple[Due, ...]:
        self.busy()
        found = [
            due
            for due in self.rows.values()
            if (due.state == "waiting" and due.due_ms <= now_ms)
            or (due.state == "claimed" and due.claimed_ms is not None and due.claimed_ms <= now_ms - LEASE_MS)
        ]
        return tuple(sorted(found, key=_when)[:most])

    def overdue(self, kind: DueKind, now_ms: int) -> int:
        return sum(
            due.kind == kind and due.state in ("waiting", "claimed") and due.due_ms <= now_ms
            for due in self.rows.values()
        )

    def next_ms(self) -> int | None:
        return min((due.due_ms for due in self.rows.values() if due.state == "waiting"), default=None)

    def claim(self, due: Due, by: str, now_ms: int) -> bool:
        self.busy()
        if self.rows.get(due.id) != due or due.state not in ("waiting", "claimed"):
            return False
        self.rows[due.id] = replace(due, state="claimed", claimed_ms=now_ms, claimed_by=by, tries=due.tries + 1)
        return True

    def finish(self, due: Due, state: DueState, now_ms: int, said: str = "", then: Sequence[Due] = ()) -> None:
        self.busy()
        known = self.rows.get(due.id)
        if known is None or known.state != "claimed":
            return
        self.rows[due.id] = replace(known, state=state, done_ms=now_ms, said=said)
        self.put(then)

    def again(self, due: Due, at_ms: int, said: str) -> None:
        self.busy()
        known = self.rows.get(due.id)
        if known is not None and known.state == "claimed":
            given = replace(known, state="waiting", due_ms=at_ms, said=said)
            self.rows[due.id] = replace(given, claimed_ms=None, claimed_by="")

    def revive(self, due_id: int, at_ms: int) -> Due | None:
        known = self.rows.get(due_id)
        if known is None or known.state != "failed":
            return None
        self.rows[due_id] = Due(known.kind, known.subject, at_ms, known.recipient, known.data, due_id)
        return self.rows[due_id]

    def drop(self, subject: str, kinds: Sequence[DueKind]) -> int:
        found = [one for one in self.of_subject(subject) if one.kind in kinds and one.state == "waiting"]
        for due in found:
            self.rows[due.id] = replace(due, state="dropped")
        return len(found)

    def of_subject(self, subject: str) -> tuple[Due, ...]:
        return tuple(sorted((due for due in self.rows.values() if due.subject == subject), key=_when))


def _named(due: Due) -> tuple[str, str, str]:
    return due.kind, due.subject, due.recipient


def _when(due: Due) -> tuple[int, int]:
    return due.due_ms, due.id


class MemoryTrail:
    def __init__(self) -> None:
        self.entries: list[TrailEntry] = []

    def add(self, entry: TrailEntry) -> TrailEntry:
        made = replace(entry, id=len(self.entries) + 1)
        self.entries.append(made)
        return made

    def find(self, entry_id: int) -> TrailEntry | None:
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def of_series(self, series_id: str, most: int, before_id: int | None = None) -> tuple[TrailEntry, ...]:
        found = [entry for entry in reversed(self.entries) if series_id in ("", entry.series)]
        return tuple(entry for entry in found if before_id is None or entry.id < before_id)[:most]

    def undone(self, entry_id: int, at_ms: int) -> bool:
        entry = self.find(entry_id)
        if entry is None or entry.undone_ms is not None:
            return False
        self._write(replace(entry, undone_ms=at_ms))
        return True

    def forget_before(self, at_ms: int) -> int:
        old = [entry for entry in self.entries if entry.at_ms < at_ms and (entry.before or "name" in entry.facts)]
        for entry in old:
            facts = {key: value for key, value in entry.facts.items() if key != "name"}
            self._write(replace(entry, before="", facts=facts))
        return len(old)

    def forget_about(self, about: str, name: str = "") -> None:
        for entry in list(self.entries):
            named = bool(name) and entry.facts.get("name") == name
            if entry.about == about or json.dumps(about) in entry.before or named:
                self._write(replace(entry, before="", facts={}))

    def _write(self, entry: TrailEntry) -> None:
        self.entries[entry.id - 1] = entry


class MemoryArchives:
    """`deleted` are the rehearsals whose record was deleted."""

    def __init__(self) -> None:
        self.records: dict[str, ArchiveRow] = {}
        self.looked: dict[tuple[str, str, str], LinkCheck] = {}
        self.rehearsed: dict[str, Rehearsal] = {}
        self.deleted: list[str] = []

    def add(self, row: ArchiveRow) -> None:
        self.records.setdefault(row.ceremony_id, row)

    def of_series(self, series_id: str) -> tuple[ArchiveRow, ...]:
        found = (row for row in self.records.values() if row.series == series_id)
        return tuple(sorted(found, key=lambda row: (-row.at_ms, row.ceremony_id)))

    def put_checks(self, checks: Sequence[LinkCheck]) -> None:
        for check in checks:
            self.looked[check.ceremony_id, check.item_id, check.link] = check

    def checks(self, ceremony_id: str) -> tuple[LinkCheck, ...]:
        return tuple(check for name, check in sorted(self.looked.items()) if name[0] == ceremony_id)

    def add_rehearsal(self, rehearsal: Rehearsal) -> None:
        self.rehearsed[rehearsal.ceremony_id] = rehearsal

    def rehearsals(self) -> tuple[Rehearsal, ...]:
        return tuple(sorted(self.rehearsed.values(), key=lambda one: (one.created_ms, one.ceremony_id)))

    def wipe(self, ceremony_id: str, at_ms: int | None) -> bool:
        if ceremony_id not in self.rehearsed:
            return False
        self.rehearsed[ceremony_id] = replace(self.rehearsed[ceremony_id], wiped_ms=at_ms)
        return True

    def delete_ceremony(self, ceremony_id: str) -> None:
        if self.rehearsed.pop(ceremony_id, None) is None:
            return
        self.deleted.append(ceremony_id)
        self.records.pop(ceremony_id, None)
        self.looked = {name: check for name, check in self.looked.items() if name[0] != ceremony_id}
