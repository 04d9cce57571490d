"""Work that comes due, each row once: a claim changes the row as it was found, or nothing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.services.planning_ports import LEASE_MS, Due, DueKind, DueState

_due = t.due.c

_WAITS = {"state": "waiting", "claimed_ms": None, "claimed_by": ""}


class SqlDues:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, dues: Sequence[Due]) -> None:
        if dues:
            with self._database.writing() as connection:
                self._put(connection, dues)

    def ripe(self, now_ms: int, most: int) -> tuple[Due, ...]:
        waits = and_(_due.state == "waiting", _due.due_ms <= now_ms)
        left_behind = and_(_due.state == "claimed", _due.claimed_ms <= now_ms - LEASE_MS)
        wanted = select(t.due).where(or_(waits, left_behind)).order_by(_due.due_ms, _due.id).limit(most)
        with self._database.reading() as connection:
            return tuple(_read(row) for row in connection.execute(wanted))

    def next_ms(self) -> int | None:
        wanted = select(func.min(_due.due_ms)).where(_due.state == "waiting")
        with self._database.reading() as connection:
            found: int | None = connection.execute(wanted).scalar()
        return found

    def overdue(self, kind: DueKind, now_ms: int) -> int:
        late = (_due.kind == kind, _due.state.in_(("waiting", "claimed")), _due.due_ms <= now_ms)
        with self._database.reading() as connection:
            found: int | None = connection.execute(select(func.count()).select_from(t.due).where(*late)).scalar()
        return found or 0

    def claim(self, due: Due, by: str, now_ms: int) -> bool:
        if due.state not in ("waiting", "claimed"):
            return False
        as_found = (
            _due.id == due.id,
            _due.state == due.state,
            _due.claimed_ms.is_(None) if due.claimed_ms is None else _due.claimed_ms == due.claimed_ms,
            _due.tries == due.tries,
            # Put off meanwhile, it is not due any more; told otherwise, it is not the same work.
            _due.due_ms == due.due_ms,
            _due.data == due.data,
        )
        mine = {"state": "claimed", "claimed_ms": now_ms, "claimed_by": by, "tries": _due.tries + 1}
        with self._database.writing() as connection:
            return connection.execute(update(t.due).where(*as_found).values(mine)).rowcount == 1

    def finish(self, due: Due, state: DueState, now_ms: int, said: str = "", then: Sequence[Due] = ()) -> None:
        ended = update(t.due).where(_due.id == due.id, _due.state == "claimed")
        with self._database.writing() as connection:
            new = {"state": state, "done_ms": now_ms, "said": said}
            if connection.execute(ended.values(new)).rowcount == 1 and then:
                self._put(connection, then)

    def again(self, due: Due, at_ms: int, said: str) -> None:
        given = update(t.due).where(_due.id == due.id, _due.state == "claimed")
        with self._database.writing() as connection:
            connection.execute(given.values(_WAITS | {"due_ms": at_ms, "said": said}))

    def revive(self, due_id: int, at_ms: int) -> Due | None:
        failed = update(t.due).where(_due.id == due_id, _due.state == "failed")
        anew = failed.values(_WAITS | {"due_ms": at_ms, "said": "", "tries": 0, "done_ms": None})
        with self._database.writing() as connection:
            row = connection.execute(anew.returning(*t.due.c)).first()
        return None if row is None else _read(row)

    def drop(self, subject: str, kinds: Sequence[DueKind]) -> int:
        nobody = update(t.due).where(_due.subject == subject, _due.kind.in_(kinds), _due.state == "waiting")
        with self._database.writing() as connection:
            return connection.execute(nobody.values(state="dropped")).rowcount

    def of_subject(self, subject: str) -> tuple[Due, ...]:
        wanted = select(t.due).where(_due.subject == subject).order_by(_due.due_ms, _due.id)
        with self._database.reading() as connection:
            return tuple(_read(row) for row in connection.execute(wanted))

    def _put(self, connection: Connection, dues: Sequence[Due]) -> None:
        dialect = sqlite if self._database.is_sqlite else postgresql
        made: Any = dialect.insert(t.due)
        new = made.excluded
        # What was tried and is to be tried again does not come sooner by it.
        rests = and_(_due.tries > 0, _due.due_ms > new.due_ms)
        due_ms = case((rests, _due.due_ms), else_=new.due_ms)
        made = made.on_conflict_do_update(
            index_elements=["kind", "subject", "recipient"],
            set_={"due_ms": due_ms, "data": new.data, "state": "waiting"},
            where=or_(
                and_(_due.state == "waiting", or_(_due.due_ms != due_ms, _due.data != new.data)),
                _due.state == "dropped",
            ),
        )
        # In one order, so that two processes that put the same do not wait for each other for ever.
        for due in sorted(dues, key=lambda one: (one.kind, one.subject, one.recipient)):
            connection.execute(made, _row(due))


def _row(due: Due) -> dict[str, Any]:
    return {
        "kind": due.kind,
        "subject": due.subject,
        "recipient": due.recipient,
        "due_ms": due.due_ms,
        "data": due.data,
    }


def _read(row: Any) -> Due:
    return Due(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        recipient=row.recipient,
        due_ms=row.due_ms,
        data=row.data,
        state=row.state,
        claimed_ms=row.claimed_ms,
        claimed_by=row.claimed_by,
        tries=row.tries,
        done_ms=row.done_ms,
        said=row.said,
    )
