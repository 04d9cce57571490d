"""Puts a copy back in the place of a store: whole or not at all, while no server uses it.

Each ceremony gets a new epoch, by which every page that was there learns that its history is another one now, and takes
the whole state anew. What must not happen twice is not left to chance: mails that the store before had sent stay sent,
and where that store is lost, those that have come due since the copy wait for a person's word.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Integer, MetaData, Table, func, insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from memorata.adapters.codec import revive_event
from memorata.adapters.store import tables as t
from memorata.adapters.store.copies import Copy, CopyFault
from memorata.adapters.store.database import Database, migrate, schema_of
from memorata.adapters.store.instances import STALE_S, Instance, Taken, told_of
from memorata.domain.events import NamesErased, PersonErased, Recorded
from memorata.services.agenda import UNCERTAIN
from memorata.services.ports import Clock

ONCE = ("reminder", "change", "cancel", "mail")
"""What people get: not twice."""


@dataclass(slots=True)
class Before:
    """What is asked of the store that is to be replaced, as far as it can still be read."""

    is_readable: bool = False
    is_anything: bool = False
    ceremonies: int = 0
    dues: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    """What had come due and was not waiting any more, by kind, subject and recipient."""
    erased: list[tuple[str, Recorded]] = field(default_factory=list)
    """Whom or what ceremonies had to forget since the copy was made."""


@contextmanager
def claimed(database: Database, name: str, clock: Clock) -> Iterator[None]:
    """The store is ours, and no server's. Raises: Taken, StoreBusy."""
    place = Instance(database, name, clock)
    if database.is_sqlite or _has(database, "instance"):
        place.claim()
        if not database.is_sqlite:
            _nobody_else(database, name, clock)
    try:
        yield
    finally:
        place.release()


def _has(database: Database, table: str) -> bool:
    with database.engine.connect() as connection:
        return table in _reflected(connection).tables


def _nobody_else(database: Database, name: str, clock: Clock) -> None:
    """Under other names of the same PostgreSQL. Raises: Taken."""
    with database.reading() as connection:
        rows = connection.execute(select(t.instance).where(t.instance.c.name != name)).all()
    for row in rows:
        if clock.now_ms() - row.beat_ms < STALE_S * 1000:
            raise Taken(f"{told_of(row.process)} serves this database under the name {row.name!r}")


def look(database: Database, since_ms: int) -> Before:
    """What the present store says; nothing of it has to be readable."""
    before = Before()
    try:
        with database.engine.connect() as connection:
            if schema_of(connection) is None:
                return Before(is_readable=True)
            before.ceremonies = connection.execute(select(func.count()).select_from(t.ceremony)).scalar_one()
            before.is_anything = before.ceremonies > 0 or any(
                connection.execute(select(table).limit(1)).first() is not None for table in (t.series, t.account)
            )
            for was in connection.execute(select(t.due).where(t.due.c.state != "waiting")).mappings():
                before.dues[was["kind"], was["subject"], was["recipient"]] = dict(was)
            told = t.event.c
            kinds = (PersonErased.kind, NamesErased.kind)
            for row in connection.execute(
                select(t.event).where(told.kind.in_(kinds), told.at_ms >= since_ms).order_by(told.at_ms)
            ):
                event = revive_event(row.kind, msgspec.json.decode(row.data))
                before.erased.append((row.ceremony_id, Recorded(row.seq, row.at_ms, row.by, event)))
        before.is_readable = True
    except (DBAPIError, ValueError):
        # A damaged file is what copies are for.
        return Before()
    return before


def put_back(copy: Copy, url: str, before: Before, now_ms: int) -> int:
    """Fill the store from the copy; returns how many ceremonies there are.

    Raises: CopyFault, sqlalchemy.exc.DBAPIError: the store is as it was.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(copy, Path(make_url(url).database or ""), before, now_ms)
    database = Database(url)
    try:
        with database.engine.connect() as connection, connection.begin():
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            _reflected(connection).drop_all(connection)
            return _fill(connection, copy, before, now_ms)
    finally:
        database.dispose()


def _sqlite(copy: Copy, target: Path, before: Before, now_ms: int) -> int:
    """Into a file beside it, which takes its place in one step."""
    fresh = target.with_name(f"{target.name}.restoring")
    for each in _files_of(fresh):
        each.unlink(missing_ok=True)
    database = Database(f"sqlite:///{fresh}")
    try:
        with database.writing() as connection:
            count = _fill(connection, copy, before, now_ms)
        if not database.checkpoint():
            raise CopyFault("The restored file could not be closed.")
    finally:
        database.dispose()
    main, *beside = _files_of(target)
    if main.exists():
        fresh.chmod(main.stat().st_mode)
    for each in beside:
        each.unlink(missing_ok=True)
    fresh.replace(main)
    for each in _files_of(fresh):
        each.unlink(missing_ok=True)
    return count


def _files_of(database: Path) -> tuple[Path, Path, Path]:
    return database, database.with_name(f"{database.name}-wal"), database.with_name(f"{database.name}-shm")


def _fill(connection: Connection, copy: Copy, before: Before, now_ms: int) -> int:
    """Tables as they were when the copy was made, their rows, and then all that has changed in tables since."""
    migrate(connection, copy.manifest.schema)
    for table in _reflected(connection).sorted_tables:
        for rows in copy.rows(table):
            connection.execute(insert(table), rows)
    migrate(connection)
    ids = list(connection.execute(select(t.ceremony.c.id)).scalars())
    for ceremony_id in ids:
        anew = update(t.ceremony).where(t.ceremony.c.id == ceremony_id)
        connection.execute(anew.values(epoch=secrets.token_urlsafe(12)))
    _settle_dues(connection, before, copy.manifest.made_ms, now_ms)
    for table in t.metadata.sorted_tables:
        _count_on(connection, table)
    return len(ids)


def _settle_dues(connection: Connection, before: Before, made_ms: int, now_ms: int) -> None:
    """What was done since the copy stays done; where that is not known, a person has to say that it be done."""
    due = t.due.c
    for (kind, subject, recipient), was in before.dues.items():
        same = update(t.due).where(due.kind == kind, due.subject == subject, due.recipient == recipient)
        if not connection.execute(same.values({name: was[name] for name in _OUTCOME})).rowcount:
            connection.execute(insert(t.due).values({name: was[name] for name in was if name != "id"}))
    if not before.is_readable:
        perhaps = update(t.due).where(due.kind.in_(ONCE), due.state.in_(("waiting", "claimed")), due.due_ms <= now_ms)
        connection.execute(perhaps.values(state="failed", done_ms=made_ms, said=UNCERTAIN))


_OUTCOME = ("state", "claimed_ms", "claimed_by", "tries", "done_ms", "said")


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows by a counter of its own, which has not seen these."""
    number = table.columns.get("id")
    if connection.dialect.name == "postgresql" and number is not None and isinstance(number.type, Integer):
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :next, false)"),
            {"table": table.name, "next": 1 + (connection.execute(select(func.max(number))).scalar() or 0)},
        )


def _reflected(connection: Connection) -> MetaData:
    metadata = MetaData()
    metadata.reflect(connection)
    return metadata
