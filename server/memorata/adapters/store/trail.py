"""Who changed what in planning, in the order in which it was written."""

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.services.planning_ports import TrailEntry

_trail = t.trail.c

_NOTHING = {"before": "", "facts": "{}"}


class SqlTrail:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: TrailEntry) -> TrailEntry:
        row = {
            "at_ms": entry.at_ms,
            "by": entry.by,
            "by_name": entry.by_name,
            "kind": entry.kind,
            "series": entry.series,
            "about": entry.about,
            "facts": json.dumps(dict(entry.facts), ensure_ascii=False),
            "before": entry.before,
            "after": entry.after,
            "undone_ms": entry.undone_ms,
        }
        with self._database.writing() as connection:
            made = connection.execute(insert(t.trail).values(row).returning(_trail.id)).scalar_one()
        return replace(entry, id=made)

    def find(self, entry_id: int) -> TrailEntry | None:
        with self._database.reading() as connection:
            row = connection.execute(select(t.trail).where(_trail.id == entry_id)).first()
        return None if row is None else _read(row)

    def of_series(self, series_id: str, most: int, before_id: int | None = None) -> tuple[TrailEntry, ...]:
        wanted = select(t.trail).order_by(_trail.id.desc()).limit(most)
        if series_id:
            wanted = wanted.where(_trail.series == series_id)
        if before_id is not None:
            wanted = wanted.where(_trail.id < before_id)
        with self._database.reading() as connection:
            return tuple(_read(row) for row in connection.execute(wanted))

    def undone(self, entry_id: int, at_ms: int) -> bool:
        mine = update(t.trail).where(_trail.id == entry_id, _trail.undone_ms.is_(None))
        with self._database.writing() as connection:
            return connection.execute(mine.values(undone_ms=at_ms)).rowcount == 1

    def forget_before(self, at_ms: int) -> int:
        old = update(t.trail).where(_trail.at_ms < at_ms, _trail.before != "")
        with self._database.writing() as connection:
            return connection.execute(old.values(before="")).rowcount

    def forget_about(self, about: str) -> None:
        with self._database.writing() as connection:
            connection.execute(update(t.trail).where(_trail.about == about).values(_NOTHING))


def _read(row: Any) -> TrailEntry:
    return TrailEntry(
        id=row.id,
        at_ms=row.at_ms,
        by=row.by,
        by_name=row.by_name,
        kind=row.kind,
        series=row.series,
        about=row.about,
        facts=json.loads(row.facts),
        before=row.before,
        after=row.after,
        undone_ms=row.undone_ms,
    )
