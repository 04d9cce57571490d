"""Records of ceremonies, what was found of their links, and rehearsals: those alone can be deleted as a whole."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.adapters.store.people import unless_there
from memorata.services.planning_ports import ArchiveRow, LinkCheck, Rehearsal

_archive, _check, _rehearsal = t.archive.c, t.link_check.c, t.rehearsal.c

_OF_A_CEREMONY = (
    t.event, t.command, t.tribute_mark, t.participant, t.link, t.invitation, t.erasure, t.link_check, t.archive,
    t.recording, t.rehearsal,
)  # fmt: skip


class SqlArchives:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: ArchiveRow) -> None:
        values = {"ceremony_id": row.ceremony_id, "series": row.series, "at_ms": row.at_ms, "data": row.data}
        with self._database.writing() as connection:
            connection.execute(unless_there(self._database, t.archive).values(values))

    def of_series(self, series_id: str) -> tuple[ArchiveRow, ...]:
        wanted = select(t.archive).where(_archive.series == series_id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(_archive.at_ms.desc(), _archive.ceremony_id)).all()
        return tuple(ArchiveRow(row.ceremony_id, row.series, row.at_ms, row.data) for row in rows)

    def put_checks(self, checks: Sequence[LinkCheck]) -> None:
        dialect = sqlite if self._database.is_sqlite else postgresql
        made: Any = dialect.insert(t.link_check)
        new = made.excluded
        made = made.on_conflict_do_update(
            index_elements=["ceremony_id", "item_id", "link"],
            set_={"at_ms": new.at_ms, "ok": new.ok, "said": new.said},
        )
        if not checks:
            return
        with self._database.writing() as connection:
            for check in sorted(checks, key=lambda one: (one.ceremony_id, one.item_id, one.link)):
                connection.execute(made, _check_row(check))

    def checks(self, ceremony_id: str) -> tuple[LinkCheck, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(select(t.link_check).where(_check.ceremony_id == ceremony_id)).all()
        found = (LinkCheck(row.ceremony_id, row.item_id, row.link, row.at_ms, row.ok, row.said) for row in rows)
        return tuple(sorted(found, key=lambda one: (one.item_id, one.link)))

    def add_rehearsal(self, rehearsal: Rehearsal) -> None:
        row = {
            "ceremony_id": rehearsal.ceremony_id,
            "series": rehearsal.series,
            "key": rehearsal.key,
            "by": rehearsal.by,
            "created_ms": rehearsal.created_ms,
            "wiped_ms": rehearsal.wiped_ms,
        }
        with self._database.writing() as connection:
            connection.execute(insert(t.rehearsal).values(row))

    def rehearsals(self) -> tuple[Rehearsal, ...]:
        wanted = select(t.rehearsal).order_by(_rehearsal.created_ms, _rehearsal.ceremony_id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(
            Rehearsal(row.ceremony_id, row.series, row.key, row.by, row.created_ms, row.wiped_ms) for row in rows
        )

    def wipe(self, ceremony_id: str, at_ms: int | None) -> bool:
        mine = update(t.rehearsal).where(_rehearsal.ceremony_id == ceremony_id)
        with self._database.writing() as connection:
            return connection.execute(mine.values(wiped_ms=at_ms)).rowcount == 1

    def delete_ceremony(self, ceremony_id: str) -> None:
        with self._database.writing() as connection:
            mine = select(_rehearsal.ceremony_id).where(_rehearsal.ceremony_id == ceremony_id).with_for_update()
            if connection.execute(mine).first() is None:
                return
            # Locked, so that nobody adds to it meanwhile.
            connection.execute(select(t.ceremony.c.id).where(t.ceremony.c.id == ceremony_id).with_for_update())
            # Links of those who lead leave claims by their hash; those of personal ones can be told by it.
            tokens = select(t.invitation.c.token_hash).where(t.invitation.c.ceremony_id == ceremony_id)
            connection.execute(delete(t.claim).where(t.claim.c.link_hash.in_(tokens)))
            for table in _OF_A_CEREMONY:
                connection.execute(delete(table).where(table.c.ceremony_id == ceremony_id))
            connection.execute(delete(t.due).where(t.due.c.subject == ceremony_id))
            connection.execute(delete(t.ceremony).where(t.ceremony.c.id == ceremony_id))


def _check_row(check: LinkCheck) -> dict[str, Any]:
    return {
        "ceremony_id": check.ceremony_id,
        "item_id": check.item_id,
        "link": check.link,
        "at_ms": check.at_ms,
        "ok": check.ok,
        "said": check.said,
    }
