"""Reads the series that are kept: parsed from their text once for each version, with an occurrence's own programme."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from memorata.domain.anniversary import Occurrence, Series, occurrence_of, sittings
from memorata.domain.errors import Refused
from memorata.domain.planning import ceremony_id
from memorata.services.planning_ports import ArchiveRow, Archives, OccurrenceRow, SeriesRow, SeriesStore
from memorata.services.plans import Planned

KEPT = 500
"""How many parsed texts are remembered."""


class Texts(Protocol):
    """The TOML of series, read and written."""

    def read(self, series_id: str, text: str, own: str = "") -> tuple[Series | None, Sequence[Any]]:
        """The series, `None` when it is refused, and all that is to be said; keys of `own` take the place of others."""

    def document(self, text: str) -> dict[str, Any]:
        """As plain JSON values. Raises: Refused: `schedule.faulty`."""

    def merged(self, text: str, document: Mapping[str, Any]) -> str:
        """The text that says what the document says, with the comments of what stays."""


class PlanBook:
    """Implements `Plans` for pages, mails and calendars."""

    def __init__(self, store: SeriesStore, archives: Archives, texts: Texts) -> None:
        self._store = store
        self._archives = archives
        self._texts = texts
        self._parsed: dict[tuple[str, str, str], Series | None] = {}

    def row(self, series_id: str) -> SeriesRow:
        """Raises: Refused: `series.unknown`."""
        found = self._store.find(series_id)
        if found is None or found.removed_ms is not None:
            raise Refused("series.unknown", id=series_id)
        return found

    def parsed(self, row: SeriesRow, own: str = "") -> Series | None:
        """`None` when the text has a fault, as one may that an older version of this program has taken."""
        key = (row.id, row.text, own)
        if key not in self._parsed:
            if len(self._parsed) >= KEPT:
                self._parsed.clear()
            self._parsed[key] = self._texts.read(row.id, row.text, own)[0]
        return self._parsed[key]

    def series(self, series_id: str) -> Series:
        """Raises: Refused: `series.unknown`, `schedule.faulty`."""
        found = self.parsed(self.row(series_id))
        if found is None:
            raise Refused("schedule.faulty", id=series_id, faults=[])
        return found

    def published(self) -> tuple[Series, ...]:
        rows = (row for row in self._store.all() if row.published_ms is not None)
        return tuple(series for row in rows if (series := self.parsed(row)) is not None)

    def occurrence(self, series_id: str, key: str) -> Planned:
        """Raises: Refused: `series.unknown`, `schedule.faulty`, `plan.date_unknown`."""
        row = self.row(series_id)
        kept = self._store.occurrence(series_id, key)
        series = self.parsed(row, kept.programme if kept is not None else "")
        if series is None:
            # What was written for this year alone cannot be read any more: rather the series' own than nothing.
            series = self.series(series_id)
        found = occurrence_of(series, key)
        if found is None:
            raise Refused("plan.date_unknown", series=series_id, key=key)
        return Planned(series, found, kept)

    def kept(self, series_id: str) -> tuple[OccurrenceRow, ...]:
        return self._store.occurrences(series_id)

    def ceremonies(self, series_id: str, key: str) -> Mapping[str, str]:
        """By site; the empty one is that of all. Raises: as `occurrence`."""
        planned = self.occurrence(series_id, key)
        return ceremonies_of(planned.series, planned.occurrence)

    def archive(self, series_id: str) -> tuple[ArchiveRow, ...]:
        return self._archives.of_series(series_id)


def ceremonies_of(series: Series, occurrence: Occurrence) -> dict[str, str]:
    return {held.site: ceremony_id(series, occurrence, held.site) for held in sittings(series, occurrence)}


def instants_of(series: Series, occurrence: Occurrence) -> dict[str, int]:
    return {held.site: held.instant_ms for held in sittings(series, occurrence)}


def civil_of(series: Series, occurrence: Occurrence) -> tuple[str, str, str]:
    """Date, time of day and zone, as they are kept."""
    at = occurrence.at or series.at
    return occurrence.date.isoformat(), f"{at:%H:%M}", series.zone


def row_of(series: Series, occurrence: Occurrence, tzdata: str) -> OccurrenceRow:
    """What is kept of an occurrence when it is made."""
    day, at, zone = civil_of(series, occurrence)
    return OccurrenceRow(
        series.id,
        occurrence.key,
        day,
        at,
        zone,
        tzdata,
        instants=instants_of(series, occurrence),
        cancelled=occurrence.cancelled,
    )
