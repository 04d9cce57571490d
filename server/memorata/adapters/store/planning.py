"""Series and their occurrences. Whoever writes one names the version they have read, or writes nothing."""

import json
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.services.planning_ports import OccurrenceRow, SeriesRow

_series, _held, _guest = t.series.c, t.occurrence.c, t.guest.c


class SqlSeries:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, *, removed: bool = False) -> tuple[SeriesRow, ...]:
        wanted = select(t.series).order_by(_series.id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted if removed else wanted.where(_series.removed_ms.is_(None))).all()
        # Not as the database sorts, which is by its locale.
        return tuple(sorted((_read_series(row) for row in rows), key=lambda one: one.id))

    def find(self, series_id: str) -> SeriesRow | None:
        with self._database.reading() as connection:
            row = connection.execute(select(t.series).where(_series.id == series_id)).first()
        return None if row is None else _read_series(row)

    def add(self, row: SeriesRow) -> bool:
        return self._added(insert(t.series).values(_series_row(row)))

    def change(self, row: SeriesRow) -> bool:
        before = update(t.series).where(_series.id == row.id, _series.version == row.version - 1)
        with self._database.writing() as connection:
            return connection.execute(before.values(_series_row(row))).rowcount == 1

    def occurrences(self, series_id: str) -> tuple[OccurrenceRow, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(select(t.occurrence).where(_held.series == series_id)).all()
        return tuple(sorted((_read(row) for row in rows), key=lambda one: one.key))

    def occurrence(self, series_id: str, key: str) -> OccurrenceRow | None:
        with self._database.reading() as connection:
            row = connection.execute(select(t.occurrence).where(*_named(series_id, key))).first()
        return None if row is None else _read(row)

    def add_occurrence(self, row: OccurrenceRow) -> bool:
        return self._added(insert(t.occurrence).values(_row(row)))

    def change_occurrence(self, row: OccurrenceRow) -> bool:
        before = update(t.occurrence).where(*_named(row.series, row.key), _held.version == row.version - 1)
        with self._database.writing() as connection:
            return connection.execute(before.values(_row(row))).rowcount == 1

    def rekey_occurrence(self, series_id: str, key: str, to: str) -> bool:
        theirs = update(t.guest).where(_guest.series == series_id, _guest.key == key)
        try:
            with self._database.writing() as connection:
                moved = update(t.occurrence).where(*_named(series_id, key))
                if connection.execute(moved.values(key=to, version=_held.version + 1)).rowcount != 1:
                    return False
                connection.execute(theirs.values(key=to))
        except IntegrityError:
            return False
        return True

    def remove_occurrence(self, series_id: str, key: str) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(t.guest).where(_guest.series == series_id, _guest.key == key))
            connection.execute(delete(t.occurrence).where(*_named(series_id, key)))

    def _added(self, insertion: Any) -> bool:
        try:
            with self._database.writing() as connection:
                connection.execute(insertion)
        except IntegrityError:
            return False
        return True


def _named(series_id: str, key: str) -> tuple[Any, Any]:
    return _held.series == series_id, _held.key == key


def _series_row(row: SeriesRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "managed": row.managed,
        "text": row.text,
        "version": row.version,
        "changed_ms": row.changed_ms,
        "published_ms": row.published_ms,
        "removed_ms": row.removed_ms,
    }


def _read_series(row: Any) -> SeriesRow:
    return SeriesRow(row.id, row.managed, row.text, row.version, row.changed_ms, row.published_ms, row.removed_ms)


def _row(row: OccurrenceRow) -> dict[str, Any]:
    return {
        "series": row.series,
        "key": row.key,
        "date": row.date,
        "at": row.at,
        "zone": row.zone,
        "tzdata": row.tzdata,
        "instants": json.dumps(dict(row.instants)),
        "told": json.dumps(dict(row.told)),
        "sequence": row.sequence,
        "cancelled": row.cancelled,
        "programme": row.programme,
        "notes": row.notes,
        "version": row.version,
    }


def _read(row: Any) -> OccurrenceRow:
    return OccurrenceRow(
        series=row.series,
        key=row.key,
        date=row.date,
        at=row.at,
        zone=row.zone,
        tzdata=row.tzdata,
        instants=json.loads(row.instants),
        told=json.loads(row.told),
        sequence=row.sequence,
        cancelled=row.cancelled,
        programme=row.programme,
        notes=row.notes,
        version=row.version,
    )
