"""How series, dates and people of planning are told to a page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from memorata.adapters.http.house import House, addresses
from memorata.adapters.http.planning import shapes
from memorata.adapters.http.showing import tongue
from memorata.adapters.schedules.rule_words import in_words
from memorata.domain.anniversary import Occurrence, Series, agenda, sittings
from memorata.domain.civil import civil
from memorata.domain.errors import Refused
from memorata.domain.planning import ceremony_id, start_ms, total_s
from memorata.domain.programme import moment
from memorata.services.planbook import PlanBook
from memorata.services.planner import subject_of, upcoming
from memorata.services.planning_ports import (
    Archives,
    Contact,
    Contacts,
    Dues,
    Guest,
    OccurrenceRow,
    Rehearsal,
    SeriesRow,
    SeriesStore,
    TrailEntry,
)
from memorata.services.plans import Planned
from memorata.services.ports import LinkRole
from memorata.services.series import told_of
from memorata.services.undoing import is_undoable

YEARS = 10
LEADING: tuple[LinkRole, ...] = ("host", "moderator")
DAY_FROM, DAY_TO = 8, 21
"""Hours at which people can be asked to come; others are marked."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """The stores that are only looked into."""

    store: SeriesStore
    contacts: Contacts
    dues: Dues
    archives: Archives


class Views:
    def __init__(self, house: House, book: PlanBook, shelves: Shelves) -> None:
        self._house = house
        self._book = book
        self._shelves = shelves

    @property
    def now_ms(self) -> int:
        return self._house.clock.now_ms()

    def today(self) -> date:
        return civil(self.now_ms, "UTC").date()

    # --- dates ---

    def rows(self, row: SeriesRow, series: Series, first: date, last: date) -> list[shapes.Row]:
        """All of some days, both included; of a daily series no more than there are in a year."""
        kept = {one.key: one for one in self._shelves.store.occurrences(row.id)}
        return [self._row(row, series, one, kept.get(one.key)) for one in agenda(series, first, last)[:400]]

    def of_agenda(self, rows: Iterable[SeriesRow], first: date, last: date) -> list[shapes.Row]:
        """Those of all series by their instants, each with what falls on the same day."""
        found: list[shapes.Row] = []
        for row in rows:
            series = self._book.parsed(row)
            if series is not None and row.removed_ms is None:
                found += self.rows(row, series, first, last)
        by_day: dict[str, set[str]] = {}
        for one in found:
            if one.departure != "cancelled":
                by_day.setdefault(one.date, set()).add(one.series)
        told = [_with_clashes(one, sorted(by_day.get(one.date, set()) - {one.series})) for one in found]
        return sorted(told, key=lambda one: (one.instant_ms, one.series))

    def row(self, row: SeriesRow, planned: Planned) -> shapes.Row:
        return self._row(row, planned.series, planned.occurrence, planned.row)

    def next(self, row: SeriesRow, series: Series) -> shapes.Row | None:
        found = upcoming(series, self.now_ms)
        if found is None:
            return None
        return self._row(row, series, found, self._shelves.store.occurrence(row.id, found.key))

    def _row(self, row: SeriesRow, series: Series, one: Occurrence, kept: OccurrenceRow | None) -> shapes.Row:
        local = civil(one.instant_ms, series.zone)
        held = [
            shapes.CeremonyOf(
                site=each.site,
                place=each.place,
                zone=each.zone,
                instant_ms=each.instant_ms,
                starts_ms=start_ms(series, each),
                ceremony_id=ceremony_id(series, one, each.site),
            )
            for each in sittings(series, one)
        ]
        guests = self._shelves.contacts.guests(row.id, one.key) if kept is not None else ()
        return shapes.Row(
            series=row.id,
            key=one.key,
            title=series.title,
            date=one.date.isoformat(),
            weekday=one.date.isoweekday(),
            number=one.number,
            instant_ms=one.instant_ms,
            zone=series.zone,
            local_date=local.date().isoformat(),
            local=f"{local:%H:%M}",
            provisional=one.provisional,
            departure=one.departure or "",
            reason=one.reason,
            state=self._state(series, held, kept),
            published=row.published_ms is not None,
            managed=row.managed,
            ceremonies=held,
            hours=self._hours(series, one),
            guests=len(guests),
            coming=sum(guest.answer == "coming" for guest in guests),
            cannot=sum(guest.answer == "cannot" for guest in guests),
        )

    def _state(self, series: Series, held: Sequence[shapes.CeremonyOf], kept: OccurrenceRow | None) -> shapes.RowState:
        now_ms = self.now_ms
        if max(each.starts_ms for each in held) + total_s(series.items) * 1000 < now_ms:
            return "over"
        planned = [shown for each in held if (shown := self._house.find(each.ceremony_id)) is not None]
        phases = [moment(shown.programme, shown.state.progress, now_ms).phase for shown in planned]
        if "lobby" in phases or "item" in phases:
            return "live"
        if planned:
            return "planned"
        return "made" if kept is not None else "computed"

    def _hours(self, series: Series, one: Occurrence) -> list[shapes.Hour]:
        """At the places of one ceremony for all; where each place has its own hour, these are its ceremonies."""
        if series.reach != "one_instant":
            return []
        here = civil(one.instant_ms, series.zone)
        found = []
        for site in series.sites:
            there = civil(one.instant_ms, site.zone)
            found.append(
                shapes.Hour(
                    place=site.place,
                    zone=site.zone,
                    local=f"{there:%H:%M}",
                    day=(there.date() - here.date()).days,
                    odd=not DAY_FROM <= there.hour < DAY_TO,
                )
            )
        return found

    # --- series ---

    def words(self, series: Series | None) -> str:
        if series is None:
            return ""
        return in_words(series, tongue().catalogue.gettext, tongue().locale)

    def line(self, row: SeriesRow) -> shapes.SeriesLine:
        series = self._book.parsed(row)
        return shapes.SeriesLine(
            id=row.id,
            title={} if series is None else series.title,
            managed=row.managed,
            published=row.published_ms is not None,
            removed=row.removed_ms is not None,
            version=row.version,
            languages=[] if series is None else list(series.languages),
            zone="" if series is None else series.zone,
            words=self.words(series),
            next=None if series is None or row.removed_ms is not None else self.next(row, series),
            faults=int(series is None),
        )

    def series(
        self, row: SeriesRow, document: Mapping[str, Any], faults: Sequence[Any], trail: int = 0
    ) -> shapes.SeriesTold:
        series = self._book.parsed(row)
        today = self.today()
        rows = [] if series is None else self.rows(row, series, today, _years_later(today))
        return shapes.SeriesTold(
            id=row.id,
            managed=row.managed,
            version=row.version,
            published_ms=row.published_ms,
            removed_ms=row.removed_ms,
            changed_ms=row.changed_ms,
            document=dict(document),
            text=row.text,
            faults=faults_told(faults),
            words=self.words(series),
            rows=rows,
            planned_s=0 if series is None else total_s(series.items),
            languages=[] if series is None else list(series.languages),
            trail=trail,
        )

    def previewed(self, row: SeriesRow, series: Series | None, faults: Sequence[Any]) -> shapes.Previewed:
        today = self.today()
        rows = [] if series is None else self.rows(row, series, today, _years_later(today))
        ends = []
        if series is not None and rows:
            whole_ms = total_s(series.items) * 1000
            ends = [shapes.End(each.site, each.starts_ms + whole_ms) for each in rows[0].ceremonies]
        planned_s = 0 if series is None else total_s(series.items)
        return shapes.Previewed(self.words(series), rows, faults_told(faults), planned_s, ends)

    # --- one date ---

    def occurrence(
        self,
        row: SeriesRow,
        planned: Planned,
        document: Mapping[str, Any],
        rehearsal: Rehearsal | None,
        trail: int = 0,
    ) -> shapes.OccurrenceTold:
        told = self.row(row, planned)
        ids = [each.ceremony_id for each in told.ceremonies]
        guests = self._shelves.contacts.guests(row.id, told.key)
        contacts = {one.id: one for one in self._shelves.contacts.of_series(row.id)}
        dues = list(self._shelves.dues.of_subject(subject_of(row.id, told.key)))
        for name in ids:
            dues += self._shelves.dues.of_subject(name)
        whole_ms = total_s(planned.series.items) * 1000
        return shapes.OccurrenceTold(
            row=told,
            version=planned.row.version if planned.row is not None else 1,
            series_version=row.version,
            own=bool(planned.row is not None and planned.row.programme),
            document=dict(document),
            notes=planned.row.notes if planned.row is not None else "",
            planned_s=total_s(planned.series.items),
            ends_ms=max(each.starts_ms for each in told.ceremonies) + whole_ms,
            links={name: self.links(name) for name in ids if self._house.find(name) is not None},
            rehearsal=None if rehearsal is None else self._rehearsal(rehearsal),
            dues=[
                shapes.DueTold(
                    due.id,
                    due.kind,
                    due.due_ms,
                    due.state,
                    due.done_ms,
                    due.recipient,
                    _named(contacts, due.recipient),
                    due.said,
                )
                for due in sorted(dues, key=lambda due: (due.due_ms, due.id))
            ],
            checks=[
                shapes.CheckTold(one.item_id, one.link, one.at_ms, one.ok, one.said)
                for name in ids
                for one in self._shelves.archives.checks(name)
            ],
            guests=[_guest(guest, contacts[guest.contact_id]) for guest in guests if guest.contact_id in contacts],
            trail=trail,
        )

    def links(self, name: str) -> shapes.LinksOf:
        keys = self._house.admission.links(name)
        pins: dict[str, str] = {role: self._house.admission.pin(keys[role]) for role in LEADING}
        return shapes.LinksOf(addresses(self._house.base_url, name, keys), pins)

    def _rehearsal(self, found: Rehearsal) -> shapes.RehearsalTold | None:
        try:
            links = self.links(found.ceremony_id)
        except Refused:
            return None
        return shapes.RehearsalTold(found.ceremony_id, found.created_ms, links.links, links.pins)


def faults_told(faults: Sequence[Any]) -> list[shapes.FaultTold]:
    return [shapes.FaultTold(**one) for one in told_of(faults)]


def person(contact: Contact) -> shapes.PersonTold:
    return shapes.PersonTold(
        id=contact.id,
        version=contact.version,
        name=contact.name,
        community=contact.community,
        country=contact.country,
        language=contact.language,
        zone=contact.zone,
        site=contact.site,
        mail=contact.mail,
        telephone=contact.telephone,
        role=contact.role,
        note=contact.note,
        in_memory=contact.in_memory_ms is not None,
        unsubscribed=contact.unsubscribed_ms is not None,
    )


def trail_told(entry: TrailEntry) -> shapes.TrailTold:
    return shapes.TrailTold(
        id=entry.id,
        at_ms=entry.at_ms,
        by_name=entry.by_name,
        kind=entry.kind,
        series=entry.series,
        about=entry.about,
        facts=dict(entry.facts),
        undoable=is_undoable(entry),
        undone_ms=entry.undone_ms,
    )


def _named(contacts: Mapping[str, Contact], recipient: str) -> str:
    """Whom a mail is for; empty for what is for all."""
    found = contacts.get(recipient.partition(":")[0])
    return "" if found is None else found.name


def _guest(guest: Guest, contact: Contact) -> shapes.GuestTold:
    return shapes.GuestTold(
        contact_id=contact.id,
        name=contact.name,
        community=contact.community,
        role=contact.role,
        mail=bool(contact.mail),
        answer=guest.answer,
        answered_ms=guest.answered_ms,
        in_memory=contact.in_memory_ms is not None,
        unsubscribed=contact.unsubscribed_ms is not None,
        invited=guest.invitation_id is not None,
    )


def _with_clashes(row: shapes.Row, clashes: list[str]) -> shapes.Row:
    return msgspec.structs.replace(row, clashes=clashes)


def _years_later(day: date) -> date:
    return day + timedelta(days=YEARS * 365 + YEARS // 4)
