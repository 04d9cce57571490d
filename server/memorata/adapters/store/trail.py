"""Who changed what in planning, in the order in which it was written."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, or_, select, update

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.services.planning_ports import TrailEntry

_trail = t.trail.c

_NAME = '"name": '
"""How the facts of an entry that names somebody are told from others."""


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
            "facts": _written(entry.facts),
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
        named = _trail.facts.contains(_NAME)
        old = select(_trail.id, _trail.facts).where(_trail.at_ms < at_ms, or_(_trail.before != "", named))
        with self._database.writing() as connection:
            rows = connection.execute(old.with_for_update()).all()
            for row in rows:
                facts = {key: value for key, value in json.loads(row.facts).items() if key != "name"}
                mine = update(t.trail).where(_trail.id == row.id)
                connection.execute(mine.values(before="", facts=_written(facts)))
        return len(rows)

    def forget_about(self, about: str, name: str = "") -> None:
        theirs = [_trail.about == about, _trail.before.contains(json.dumps(about), autoescape=True)]
        if name:
            words = _written({"name": name})[1:-1]
            theirs.append(_trail.facts.contains(words, autoescape=True))
        with self._database.writing() as connection:
            connection.execute(update(t.trail).where(or_(*theirs)).values(before="", facts="{}"))


def _written(facts: Mapping[str, str | int]) -> str:
    return json.dumps(dict(facts), ensure_ascii=False)


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
