"""Plans that a test writes by hand."""

from collections.abc import Mapping
from dataclasses import replace

from memorata.domain.anniversary import Series, occurrence_of
from memorata.domain.errors import Refused
from memorata.services.planbook import ceremonies_of
from memorata.services.planning_ports import ArchiveRow, OccurrenceRow, SeriesRow
from memorata.services.plans import Planned


class MemoryPlans:
    """Implements `Plans`; `own` are series as they are on single dates, by id and key."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[SeriesRow, Series]] = {}
        self.occurrences: dict[tuple[str, str], OccurrenceRow] = {}
        self.own: dict[tuple[str, str], Series] = {}
        self.archived: list[ArchiveRow] = []

    def put(self, series: Series, *, published_ms: int | None = 1, changed_ms: int = 1, version: int = 1) -> None:
        row = SeriesRow(series.id, "site", "", version, changed_ms, published_ms)
        self.rows[series.id] = row, series

    def change(self, series: Series) -> None:
        """As somebody who saves it: one version later."""
        row, _ = self.rows[series.id]
        self.rows[series.id] = replace(row, version=row.version + 1, changed_ms=row.changed_ms + 60_000), series

    def row(self, series_id: str) -> SeriesRow:
        if series_id not in self.rows:
            raise Refused("series.unknown", id=series_id)
        return self.rows[series_id][0]

    def series(self, series_id: str) -> Series:
        self.row(series_id)
        return self.rows[series_id][1]

    def published(self) -> tuple[Series, ...]:
        return tuple(series for row, series in self.rows.values() if row.published_ms is not None)

    def occurrence(self, series_id: str, key: str) -> Planned:
        series = self.own.get((series_id, key), self.series(series_id))
        found = occurrence_of(series, key)
        if found is None:
            raise Refused("plan.date_unknown", series=series_id, key=key)
        return Planned(series, found, self.occurrences.get((series_id, key)))

    def kept(self, series_id: str) -> tuple[OccurrenceRow, ...]:
        return tuple(row for (of, _), row in sorted(self.occurrences.items()) if of == series_id)

    def ceremonies(self, series_id: str, key: str) -> Mapping[str, str]:
        planned = self.occurrence(series_id, key)
        return ceremonies_of(planned.series, planned.occurrence)

    def archive(self, series_id: str) -> tuple[ArchiveRow, ...]:
        found = [row for row in self.archived if row.series == series_id]
        return tuple(sorted(found, key=lambda row: row.at_ms, reverse=True))
