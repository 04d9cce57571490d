"""Organizers' work on one date of a series: next year's ceremony, its own programme, moved or not held, rehearsed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from memorata.domain.anniversary import Occurrence, Series, occurrences, sittings
from memorata.domain.errors import Refused
from memorata.domain.planning import OWN_KEYS, ceremony_id, programme_for
from memorata.domain.roles import permit_deed
from memorata.domain.rules import Islamic
from memorata.services.agenda import Agenda
from memorata.services.ledger import Ledger
from memorata.services.live import LiveCeremonies
from memorata.services.planbook import PlanBook, Texts, ceremonies_of
from memorata.services.planner import Planner, begun, upcoming
from memorata.services.planning_ports import (
    Archives,
    Contacts,
    Due,
    Guest,
    OccurrenceRow,
    Rehearsal,
    SeriesRow,
    SeriesStore,
)
from memorata.services.plans import Planned
from memorata.services.ports import Account, Clock
from memorata.services.series import Saved, SeriesDesk, told_of

Leaving = Literal["moved", "cancelled", "extra", "confirmed", "by_rule"]

REHEARSAL_STARTS_MS = 300_000
"""How long after the press a rehearsal begins: time to open the links."""

KEPT_MS = 86_400_000
"""When a rehearsal that nobody has wiped is deleted all the same."""

WIPED_AFTER_MS = 3_600_000
"""For how long a rehearsal that was wiped can be brought back."""

NOTES_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Kept:
    """An occurrence after a change; `trail` as in `Saved`."""

    planned: Planned
    trail: int = 0


class OccurrenceDesk:
    def __init__(
        self,
        store: SeriesStore,
        contacts: Contacts,
        archives: Archives,
        book: PlanBook,
        texts: Texts,
        planner: Planner,
        agenda: Agenda,
        ceremonies: LiveCeremonies,
        series: SeriesDesk,
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self._store = store
        self._contacts = contacts
        self._archives = archives
        self._book = book
        self._texts = texts
        self._planner = planner
        self._agenda = agenda
        self._ceremonies = ceremonies
        self._series = series
        self._ledger = ledger
        self._clock = clock
        agenda.on("wipe", self._wipe_due)

    def at(self, by: Account, series_id: str, key: str) -> Planned:
        """Raises: Refused: `role.not_allowed`, `series.unknown`, `plan.date_unknown`, `schedule.faulty`."""
        permit_deed(by.role, "plan.see")
        return self._book.occurrence(series_id, key)

    def next(self, by: Account, series_id: str) -> Kept:
        """Make the next ceremony: with the programme and the notes of the last one, and the people of the last one
        invited, but for those who are remembered now.

        Raises: Refused: `role.not_allowed`, `series.unknown`, `plan.nothing_ahead`, `schedule.faulty`.
        """
        permit_deed(by.role, "plan.write")
        row = self._book.row(series_id)
        series = self._book.series(series_id)
        kept = {one.key: one for one in self._store.occurrences(series_id)}
        found = self._following(series, kept)
        if found is None:
            raise Refused("plan.nothing_ahead", series=series_id)
        earlier = [key for key in kept if key < found.key]
        last = kept[max(earlier)] if earlier else None
        made = self._planner.made(row, found, series)
        before = {"programme": made.programme, "notes": made.notes, "made": found.key not in kept}
        guests = self._carried(last, made)
        before["guests"] = [guest.contact_id for guest in guests]
        if last is not None and (last.notes or last.programme) and not (made.notes or made.programme):
            after = replace(made, programme=last.programme, notes=last.notes, version=made.version + 1)
            if self._store.change_occurrence(after):
                made = after
        self._contacts.invite(guests)
        entry = self._ledger.note(
            by,
            "occurrence.made",
            series_id,
            found.key,
            {"date": found.date.isoformat(), "people": len(guests)},
            before,
            made.version,
        )
        if row.published_ms is not None:
            self._planner.plan(row)
        return Kept(self._book.occurrence(series_id, found.key), entry.id)

    def save(
        self, by: Account, series_id: str, key: str, version: int, document: Mapping[str, Any] | None, notes: str
    ) -> Kept:
        """Its own programme, with `None` that of the series again; and the notes.

        Raises: Refused: as `next`, `plan.stale`, `schedule.faulty` with faults, `words.not_allowed`.
        """
        permit_deed(by.role, "plan.write")
        row = self._book.row(series_id)
        planned = self._book.occurrence(series_id, key)
        before = self._planner.made(row, planned.occurrence, planned.series)
        if before.version != version:
            raise Refused("plan.stale", version=before.version)
        if len(notes) > NOTES_MAX:
            raise Refused("words.not_allowed", field="notes", reason="length", least=0, most=NOTES_MAX)
        own = self._own(row, before.programme, document)
        if (own, notes) == (before.programme, before.notes):
            return Kept(planned)
        after = replace(before, programme=own, notes=notes, version=version + 1)
        if not self._store.change_occurrence(after):
            raise Refused("plan.stale", version=version + 1)
        entry = self._ledger.note(
            by,
            "occurrence.saved",
            series_id,
            key,
            {"own": int(bool(own))},
            {"programme": before.programme, "notes": before.notes},
            after.version,
        )
        if row.published_ms is not None:
            self._planner.plan(row)
        return Kept(self._book.occurrence(series_id, key), entry.id)

    def depart(
        self,
        by: Account,
        series_id: str,
        key: str,
        version: int,
        kind: Leaving,
        to: str | None = None,
        at: str | None = None,
        reason: Mapping[str, str] | None = None,
    ) -> Saved:
        """Move or cancel one date, hold one beside the rule, confirm a provisional one, or hold to the rule again.

        Raises: Refused: as `SeriesDesk.save`, `plan.date_unknown`, `ceremony.live`.
        """
        permit_deed(by.role, "plan.write")
        row = self._series.row(by, series_id)
        series = self._book.series(series_id)
        if kind != "extra":
            planned = self._book.occurrence(series_id, key)
            self._refuse_begun(planned)
        document = self._texts.document(row.text)
        when = document.setdefault("date", {})
        exceptions = [one for one in when.get("exceptions", []) if str(one.get("day")) != key]
        if kind == "confirmed":
            if isinstance(series.rule, Islamic):
                when["dates"] = sorted({*map(str, when.get("dates", [])), key})
        elif kind != "by_rule":
            made: dict[str, Any] = {"kind": kind, "day": key}
            made |= {name: value for name, value in (("to", to), ("time", at), ("reason", reason)) if value}
            exceptions.append(made)
        if exceptions:
            when["exceptions"] = sorted(exceptions, key=lambda one: str(one.get("day")))
        else:
            when.pop("exceptions", None)
        facts = {name: value for name, value in (("key", key), ("to", to or ""), ("time", at or "")) if value}
        return self._series.write(by, series_id, version, document, f"occurrence.{kind}", facts, key)

    # --- rehearsals ---

    def rehearse(self, by: Account, series_id: str, key: str) -> Kept:
        """A ceremony like this one, that begins in five minutes and that only those who have its links can see.

        Raises: Refused: as `at`.
        """
        permit_deed(by.role, "plan.write")
        planned = self._book.occurrence(series_id, key)
        if self.rehearsal(series_id, key) is not None:
            return Kept(planned)
        now_ms = self._clock.now_ms()
        held = sittings(planned.series, planned.occurrence)[0]
        name = f"{ceremony_id(planned.series, planned.occurrence, held.site)}-rehearsal-{secrets.token_hex(4)}"
        programme = programme_for(
            planned.series, planned.occurrence, name, starts_ms=now_ms + REHEARSAL_STARTS_MS, sitting=held
        )
        # The links of a rehearsal are known to those who rehearse: nobody has to wait at its door.
        self._archives.add_rehearsal(Rehearsal(name, series_id, key, by.id, now_ms))
        self._ceremonies.plan(replace(programme, rehearsal=True, door="open", autopilot=False, cancelled=None))
        self._agenda.put([Due("wipe", name, now_ms + KEPT_MS)])
        self._ledger.note(by, "rehearsal.made", series_id, key)
        return Kept(planned)

    def rehearsal(self, series_id: str, key: str) -> Rehearsal | None:
        """The one that goes on."""
        mine = [one for one in self._archives.rehearsals() if (one.series, one.key) == (series_id, key)]
        return next((one for one in mine if one.wiped_ms is None), None)

    def wipe(self, by: Account, series_id: str, key: str) -> Kept:
        """It is gone at once, and deleted an hour later. Raises: Refused: as `at`, `rehearsal.none`."""
        permit_deed(by.role, "plan.write")
        found = self.rehearsal(series_id, key)
        if found is None:
            raise Refused("rehearsal.none")
        now_ms = self._clock.now_ms()
        self._archives.wipe(found.ceremony_id, now_ms)
        self._agenda.put([Due("wipe", found.ceremony_id, now_ms + WIPED_AFTER_MS)])
        before = {"rehearsal": found.ceremony_id}
        entry = self._ledger.note(by, "rehearsal.wiped", series_id, key, before=before)
        return Kept(self._book.occurrence(series_id, key), entry.id)

    def put_back(self, by: Account, series_id: str, key: str, before: Mapping[str, Any], after: int) -> None:
        """Undo a change of which `before` was kept. Raises: Refused: `plan.undo_stale`, `plan.undo_unknown`."""
        if "rehearsal" in before:
            name = str(before["rehearsal"])
            if not self._archives.wipe(name, None):
                raise Refused("plan.undo_unknown")
            self._agenda.put([Due("wipe", name, self._clock.now_ms() + KEPT_MS)])
            return
        found = self._store.occurrence(series_id, key)
        if found is None or found.version != after:
            raise Refused("plan.undo_stale")
        for contact_id in before.get("guests", ()):
            self._contacts.uninvite(series_id, key, contact_id)
        back = replace(found, programme=before["programme"], notes=before["notes"], version=found.version + 1)
        if not self._store.change_occurrence(back):
            raise Refused("plan.undo_stale")
        row = self._book.row(series_id)
        if row.published_ms is not None:
            self._planner.plan(row)

    # --- inside ---

    def _following(self, series: Series, kept: Mapping[str, OccurrenceRow]) -> Occurrence | None:
        """The next that nobody has been invited to: the coming one, or after it the one after."""
        coming = upcoming(series, self._clock.now_ms())
        while coming is not None and coming.key in kept and self._contacts.guests(series.id, coming.key):
            coming = next(iter(occurrences(series, coming.date + timedelta(days=1), 1)), None)
        return coming

    def _carried(self, last: OccurrenceRow | None, made: OccurrenceRow) -> list[Guest]:
        if last is None:
            return []
        living = {one.id for one in self._contacts.of_series(made.series) if one.in_memory_ms is None}
        before = self._contacts.guests(last.series, last.key)
        return [Guest(made.series, made.key, one.contact_id) for one in before if one.contact_id in living]

    def _own(self, row: SeriesRow, text: str, document: Mapping[str, Any] | None) -> str:
        if document is None:
            return ""
        own = self._texts.merged(text, {name: document[name] for name in OWN_KEYS if name in document})
        series, told = self._texts.read(row.id, row.text, own)
        if series is None:
            raise Refused("schedule.faulty", faults=told_of(told))
        return own

    def _refuse_begun(self, planned: Planned) -> None:
        for name in ceremonies_of(planned.series, planned.occurrence).values():
            state = self._ceremonies.find(name)
            if state is not None and begun(state):
                raise Refused("ceremony.live", ceremony_id=name)

    def _wipe_due(self, due: Due) -> list[Due]:
        self._archives.delete_ceremony(due.subject)
        return []
