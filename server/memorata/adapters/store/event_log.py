"""The log of each ceremony: append at an expected number, read from a number. The database is the truth."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import msgspec
from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from memorata.adapters.codec import event_payload, revive_event
from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.domain.events import Recorded
from memorata.services.ports import Answer, Head, Mark


class SqlEventLog:
    """Several processes may share it: only who names the true head moves it on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, ceremony_id: str, epoch: str) -> None:
        if self.head(ceremony_id) is None:
            with self._database.writing() as connection:
                connection.execute(self._unless_there(t.ceremony).values(id=ceremony_id, epoch=epoch, seq=0))

    def heads(self) -> tuple[Head, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(select(t.ceremony).order_by(t.ceremony.c.id)).all()
        return tuple(Head(row.id, row.epoch, row.seq) for row in rows)

    def head(self, ceremony_id: str) -> Head | None:
        with self._database.reading() as connection:
            row = connection.execute(select(t.ceremony).where(t.ceremony.c.id == ceremony_id)).first()
        return Head(row.id, row.epoch, row.seq) if row is not None else None

    def events(self, ceremony_id: str, after: int, limit: int | None = None) -> tuple[Recorded, ...]:
        wanted = (
            select(t.event)
            .where(t.event.c.ceremony_id == ceremony_id, t.event.c.seq > after)
            .order_by(t.event.c.seq)
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(
            Recorded(row.seq, row.at_ms, row.by, revive_event(row.kind, msgspec.json.decode(row.data))) for row in rows
        )

    def append(
        self,
        ceremony_id: str,
        expected: int,
        events: Sequence[Recorded],
        answer: Answer | None = None,
        mark: Mark | None = None,
    ) -> bool:
        head = t.ceremony.c
        moved = update(t.ceremony).where(head.id == ceremony_id, head.seq == expected)
        rows = [
            {
                "ceremony_id": ceremony_id,
                "seq": recorded.seq,
                "at_ms": recorded.at_ms,
                "by": recorded.by,
                "kind": recorded.event.kind,
                "data": msgspec.json.encode(event_payload(recorded.event)).decode(),
            }
            for recorded in events
        ]
        try:
            with self._database.writing() as connection:
                if connection.execute(moved.values(seq=expected + len(rows))).rowcount != 1:
                    return False
                if rows:
                    connection.execute(insert(t.event), rows)
                if answer is not None:
                    connection.execute(insert(t.command).values(ceremony_id=ceremony_id, **asdict(answer)))
                if mark is not None:
                    connection.execute(
                        self._unless_there(t.tribute_mark).values(
                            ceremony_id=ceremony_id,
                            item_id=mark.item_id,
                            key=mark.key,
                            participant_id=mark.participant_id,
                        )
                    )
        except IntegrityError:
            # The same press of a button, granted by another process a moment ago.
            return False
        return True

    def answer(self, ceremony_id: str, participant_id: str, cmd_id: str) -> Answer | None:
        given = t.command.c
        wanted = select(t.command).where(
            given.ceremony_id == ceremony_id, given.participant_id == participant_id, given.cmd_id == cmd_id
        )
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
        return Answer(row.participant_id, row.cmd_id, row.seq, row.at_ms) if row is not None else None

    def marks(self, ceremony_id: str) -> tuple[Mark, ...]:
        wanted = select(t.tribute_mark).where(t.tribute_mark.c.ceremony_id == ceremony_id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(Mark(row.item_id, row.key, row.participant_id) for row in rows)

    def forget_answers(self, before_ms: int) -> int:
        with self._database.writing() as connection:
            return connection.execute(delete(t.command).where(t.command.c.at_ms < before_ms)).rowcount

    def _unless_there(self, table: Table) -> Any:
        dialect = sqlite if self._database.is_sqlite else postgresql
        return dialect.insert(table).on_conflict_do_nothing()
