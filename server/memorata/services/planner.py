"""Keeps what is planned in step with the rules: the next ceremony of each series, its instants, what comes due for it.

Civil time and zone are the truth. Instants are derived again at each look, so that a change of the rule, of the hour or
of the zone data moves what follows from them: the ceremony, its reminders, the calendars; and people are told.
"""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta

import structlog

from memorata import green
from memorata.domain.anniversary import (
    Occurrence,
    Series,
    agenda,
    is_only_of_year,
    occurrence_of,
    occurrences,
    sittings,
)
from memorata.domain.civil import civil
from memorata.domain.errors import Refused
from memorata.domain.planning import ceremony_id, ceremony_name, programme_for, start_ms, total_s
from memorata.domain.programme import Programme
from memorata.domain.state import CeremonyState
from memorata.services.agenda import Agenda
from memorata.services.live import LiveCeremonies
from memorata.services.planbook import PlanBook, ceremonies_of, civil_of, instants_of, row_of
from memorata.services.planning_ports import (
    Due,
    DueKind,
    OccurrenceRow,
    SeriesRow,
    SeriesStore,
    Trail,
    TrailEntry,
)
from memorata.services.ports import Alarm, Clock, StoreBusy

log = structlog.get_logger(__name__)

SCAN_S = 60.0
FIRST_S = 0.1

TELL_AFTER_MS = 600_000
"""How long a change of time rests before people are told: of three changes in a row they hear once."""

LINKS_BEFORE_MS = {"24h": 86_400_000, "15min": 900_000}
ARCHIVE_AFTER_MS = 3_600_000
"""How long after the planned end the record of a ceremony is made."""

OF_ITSELF = "memorata"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the ceremonies of one series."""

    series: str
    programmes: tuple[Programme, ...] = ()
    changed: bool = False
    anew: bool = False
    """Whether what was changed had been planned before."""
    refused: str = ""


def subject_of(series_id: str, key: str) -> str:
    """How due work names an occurrence."""
    return f"{series_id}/{key}"


def upcoming(series: Series, now_ms: int) -> Occurrence | None:
    """The next occurrence that is not over anywhere."""
    ahead = occurrences(series, _lately(now_ms), 4)
    return next((found for found in ahead if ends_ms(series, found) > now_ms), None)


def _lately(now_ms: int) -> date:
    """Two days ago, for zones behind UTC and ceremonies that go past midnight."""
    return civil(now_ms, "UTC").date() - timedelta(days=2)


def ends_ms(series: Series, occurrence: Occurrence) -> int:
    """When the last of its ceremonies is planned to end, counted from the time of the series."""
    return max(held.instant_ms for held in sittings(series, occurrence)) + total_s(series.items) * 1000


class Planner:
    """`tzdata` is the version of the zone data in use."""

    def __init__(
        self,
        store: SeriesStore,
        book: PlanBook,
        ceremonies: LiveCeremonies,
        agenda: Agenda,
        trail: Trail,
        clock: Clock,
        alarm: Alarm,
        tzdata: str,
    ) -> None:
        self._store = store
        self._book = book
        self._ceremonies = ceremonies
        self._agenda = agenda
        self._trail = trail
        self._clock = clock
        self._alarm = alarm
        self.tzdata = tzdata

    def start(self) -> None:
        self._alarm.once(FIRST_S, self.scan)
        self._alarm.each(SCAN_S, "planner", self.scan)

    def scan(self) -> None:
        """Look through all that is published; of several processes that do it at once, no harm comes."""
        try:
            rows = self._store.all()
        except StoreBusy as busy:
            log.warning("planner.store_busy", reason=str(busy))
            return
        for row in rows:
            if row.published_ms is None:
                continue
            green.sleep(0)  # nobody's clock waits until all have been looked through
            try:
                self.plan(row)
            except StoreBusy as busy:
                log.warning("planner.store_busy", series=row.id, reason=str(busy))
            except Refused as refused:
                log.warning("planner.refused", series=row.id, code=refused.code)
            except Exception:
                # One series that cannot be planned must not keep the others from it.
                log.exception("planner.defect", series=row.id)

    def plan(self, row: SeriesRow) -> Loaded:
        """Plan what is ahead of one published series; doing it again changes nothing.

        Raises: StoreBusy
        """
        series = self._book.parsed(row)
        if series is None:
            return Loaded(row.id, refused="schedule.faulty")
        now_ms = self._clock.now_ms()
        kept = self._rekeyed(series, {one.key: one for one in self._store.occurrences(row.id)}, now_ms)
        coming = upcoming(series, now_ms)
        # What was made before its turn, or is not held after all, is looked after as well.
        made = (found for key in kept if (found := occurrence_of(series, key)) is not None)
        wanted = [coming] if coming is not None else []
        wanted += [found for found in made if found.date >= _lately(now_ms) and found != coming]
        loaded = [self._occurrence(row, found, kept.get(found.key), now_ms) for found in wanted]
        self._gone(series, kept, now_ms)
        return Loaded(
            row.id,
            tuple(programme for one in loaded for programme in one.programmes),
            any(one.changed for one in loaded),
            any(one.anew for one in loaded),
            next((one.refused for one in loaded if one.refused), ""),
        )

    def call_off(self, row: SeriesRow) -> None:
        """The series is shown no more: what it has ahead is not held, and nobody is reminded of it."""
        now_ms = self._clock.now_ms()
        series = self._book.parsed(row)
        for kept in self._store.occurrences(row.id):
            if max(kept.instants.values(), default=0) < now_ms:
                continue
            self._agenda.drop(subject_of(row.id, kept.key), ("reminder", "mail", "change"))
            found = None if series is None else occurrence_of(series, kept.key)
            if series is not None and found is not None:
                for name in ceremonies_of(series, found).values():
                    self._called_off(name, kept.date)

    def made(self, row: SeriesRow, occurrence: Occurrence, series: Series) -> OccurrenceRow:
        """What is kept of an occurrence, made now if there was nothing. Raises: StoreBusy."""
        found = self._store.occurrence(row.id, occurrence.key)
        if found is None:
            self._store.add_occurrence(row_of(series, occurrence, self.tzdata))
            found = self._store.occurrence(row.id, occurrence.key)
        if found is None:
            raise StoreBusy("an occurrence was taken out a moment ago")
        return found

    # --- inside ---

    def _occurrence(self, row: SeriesRow, found: Occurrence, kept: OccurrenceRow | None, now_ms: int) -> Loaded:
        series = self._book.parsed(row, kept.programme if kept is not None else "") or self._book.parsed(row)
        assert series is not None  # noqa: S101 - it could be read a moment ago
        if kept is None:
            kept = self.made(row, found, series)
        kept = self._derived(series, found, kept, now_ms)
        loaded = self._planned(series, found, now_ms)
        if found.cancelled:
            self._drop(series, found)
        else:
            self._agenda.put(self._dues(series, found, now_ms))
        return loaded

    def _derived(self, series: Series, found: Occurrence, kept: OccurrenceRow, now_ms: int) -> OccurrenceRow:
        """The instants that follow today; where they are not those that were, everybody concerned hears of it."""
        instants, when = instants_of(series, found), civil_of(series, found)
        same = instants == dict(kept.instants)
        if same and when == (kept.date, kept.at, kept.zone) and found.cancelled == kept.cancelled:
            if kept.tzdata != self.tzdata:
                self._store.change_occurrence(replace(kept, tzdata=self.tzdata, version=kept.version + 1))
                kept = self._store.occurrence(kept.series, kept.key) or kept
            return kept
        by_zone_data = not same and when == (kept.date, kept.at, kept.zone) and set(instants) == set(kept.instants)
        moved = replace(
            kept,
            date=when[0],
            at=when[1],
            zone=when[2],
            tzdata=self.tzdata,
            instants=instants,
            cancelled=found.cancelled,
            sequence=kept.sequence + 1,
            version=kept.version + 1,
        )
        if not self._store.change_occurrence(moved):
            # Another process was faster, and has told it.
            return self._store.occurrence(kept.series, kept.key) or kept
        if by_zone_data:
            self._note_zone(series, kept, moved, now_ms)
        subject = subject_of(kept.series, kept.key)
        kind: DueKind = "cancel" if found.cancelled else "change"
        # Each change is another piece of work, known by the number that calendars see; whom it concerns is found then.
        self._agenda.put([Due(kind, subject, now_ms + TELL_AFTER_MS, recipient=str(moved.sequence))])
        return moved

    def _note_zone(self, series: Series, before: OccurrenceRow, after: OccurrenceRow, now_ms: int) -> None:
        site = next(iter(after.instants))
        log.warning("planner.zone_moved", series=series.id, key=after.key, tzdata=self.tzdata)
        self._trail.add(
            TrailEntry(
                now_ms,
                by=OF_ITSELF,
                by_name="",
                kind="zone.moved",
                series=series.id,
                about=after.key,
                facts={
                    "at": after.at,
                    "zone": after.zone,
                    "before_ms": before.instants.get(site, 0),
                    "after_ms": after.instants[site],
                    "tzdata_before": before.tzdata,
                    "tzdata": after.tzdata,
                },
            )
        )

    def _planned(self, series: Series, found: Occurrence, now_ms: int) -> Loaded:
        programmes: list[Programme] = []
        changed, anew, refused = False, False, ""
        for held in sittings(series, found):
            name = ceremony_id(series, found, held.site)
            programme = programme_for(series, found, name, sitting=held)
            if found.cancelled:
                programme = replace(programme, cancelled=found.reason)
            state = self._ceremonies.find(name) or CeremonyState()
            if state.programme is None and found.cancelled:
                continue
            programmes.append(programme)
            if state.programme == programme:
                continue
            if begun(state):
                refused = "ceremony.live"
                continue
            try:
                self._ceremonies.plan(programme)
                if programme.autopilot != state.progress.autopilot and programme.cancelled is None:
                    self._ceremonies.conduct(name, on=programme.autopilot)
                changed, anew = True, anew or state.programme is not None
            except Refused as refusal:
                refused = refusal.code
        return Loaded(series.id, tuple(programmes), changed, anew, refused)

    def _dues(self, series: Series, found: Occurrence, now_ms: int) -> list[Due]:
        """The work that is not there as it should be; most looks find none, and write nothing."""
        subject = subject_of(series.id, found.key)
        of_date = self._there(subject)
        dues: list[Due] = []

        def want(there: dict[tuple[str, str], Due], due: Due, *, late: bool) -> None:
            one = there.get((due.kind, due.recipient))
            if one is not None and one.state not in ("waiting", "dropped"):
                return
            waits = one is not None and one.state == "waiting"
            if one is not None and waits and (one.due_ms, one.data) == (due.due_ms, due.data):
                return
            if waits or late or due.due_ms > now_ms:
                dues.append(due)

        for held in sittings(series, found):
            name = ceremony_id(series, found, held.site)
            starts_ms = start_ms(series, held)
            for reminder in series.reminders:
                recipient = f"{reminder.before_s}" + (f"/{held.site}" if held.site else "")
                due_ms = starts_ms - reminder.before_s * 1000
                # One whose time was over before the ceremony was planned comes too late to be a reminder.
                want(of_date, Due("reminder", subject, due_ms, recipient, json.dumps({"site": held.site})), late=False)
            own = self._there(name)
            for recipient, before_ms in LINKS_BEFORE_MS.items():
                want(own, Due("link_check", name, starts_ms - before_ms, recipient), late=False)
            ends_ms = starts_ms + total_s(series.items) * 1000
            want(own, Due("archive", name, ends_ms + ARCHIVE_AFTER_MS), late=True)
        return dues

    def _there(self, subject: str) -> dict[tuple[str, str], Due]:
        return {(due.kind, due.recipient): due for due in self._agenda.of_subject(subject)}

    def _drop(self, series: Series, found: Occurrence) -> None:
        self._agenda.drop(subject_of(series.id, found.key), ("reminder",))
        for name in ceremonies_of(series, found).values():
            self._agenda.drop(name, ("link_check", "archive"))

    def _rekeyed(self, series: Series, kept: dict[str, OccurrenceRow], now_ms: int) -> dict[str, OccurrenceRow]:
        """After a change of the rule: this year's ceremony is the same one on another date, with its guests."""
        for key in [key for key in kept if _is_orphan(series, kept[key], now_ms)]:
            year = date(int(key[:4]), 1, 1)
            heirs = [found for found in agenda(series, year, year.replace(month=12, day=31)) if found.departure is None]
            alone = len(heirs) == 1 and heirs[0].key not in kept and is_only_of_year(series, heirs[0])
            if alone and self._store.rekey_occurrence(series.id, key, heirs[0].key):
                self._agenda.drop(subject_of(series.id, key), ("reminder", "mail", "change", "cancel"))
                kept = {one.key: one for one in self._store.occurrences(series.id)}
        return kept

    def _gone(self, series: Series, kept: dict[str, OccurrenceRow], now_ms: int) -> None:
        """Occurrences ahead that the rule does not have any more: their ceremonies are not held."""
        for key, row in kept.items():
            if row.cancelled or not _is_orphan(series, row, now_ms):
                continue
            for site in row.instants:
                for when in (key, key[:4]):
                    self._called_off(ceremony_name(series.id, when, site), row.date)
            self._agenda.drop(subject_of(series.id, key), ("reminder",))
            gone = replace(row, cancelled=True, sequence=row.sequence + 1, version=row.version + 1)
            if self._store.change_occurrence(gone):
                subject = subject_of(series.id, key)
                self._agenda.put([Due("cancel", subject, now_ms + TELL_AFTER_MS, recipient=str(gone.sequence))])

    def _called_off(self, name: str, day: str) -> None:
        state = self._ceremonies.find(name)
        programme = None if state is None else state.programme
        if state is None or programme is None or begun(state) or programme.date != day:
            return
        self._agenda.drop(name, ("link_check", "archive"))
        self._ceremonies.plan(replace(programme, cancelled={}))


def _is_orphan(series: Series, row: OccurrenceRow, now_ms: int) -> bool:
    """Whether it is ahead, and the rule does not have it any more."""
    return max(row.instants.values(), default=0) > now_ms and occurrence_of(series, row.key) is None


def begun(state: CeremonyState) -> bool:
    """Whether an item has been shown: from then on the programme is what it was."""
    return bool(state.progress.runs) or state.progress.closed_ms is not None
