"""The log of each ceremony: append at an expected number, read from a number. The database is the truth."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import msgspec
from sqlalchemy import Connection, delete, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from memorata.adapters.codec import event_payload, revive_event
from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.adapters.store.people import claim_it, empty_rows, unless_there
from memorata.domain.events import Event, Recorded
from memorata.services.ports import Answer, Erasure, Head, Mark

PORTION = 200
"""How many events are rewritten in one transaction."""


_WIPED = t.ceremony.c.id.in_(select(t.rehearsal.c.ceremony_id).where(t.rehearsal.c.wiped_ms.is_not(None)))
"""Rehearsals that were wiped: there are none, until somebody wants one back or it is deleted."""

_WRITTEN = ("floor.", "wish.")
"""Families of events that hold what people have written."""


_AT_ONCE = text(
    """
    WITH moved AS (
        UPDATE ceremony SET seq = :head WHERE id = :ceremony AND seq = :expected RETURNING id
    ), written AS (
        INSERT INTO event (ceremony_id, seq, at_ms, "by", kind, data)
        SELECT moved.id, one.* FROM moved, unnest(
            CAST(:seqs AS integer[]), CAST(:times AS bigint[]), CAST(:bys AS text[]),
            CAST(:kinds AS text[]), CAST(:datas AS text[])
        ) AS one
    ), answered AS (
        INSERT INTO command (ceremony_id, participant_id, cmd_id, seq, at_ms)
        SELECT moved.id, one.* FROM moved, unnest(
            CAST(:whose AS text[]), CAST(:cmd_ids AS text[]),
            CAST(:answered_seqs AS integer[]), CAST(:answered_times AS bigint[])
        ) AS one
    ), paid AS (
        INSERT INTO tribute_mark (ceremony_id, item_id, key, participant_id)
        SELECT moved.id, one.* FROM moved, unnest(
            CAST(:items AS text[]), CAST(:keys AS text[]), CAST(:payers AS text[])
        ) AS one
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM moved
    """
)
"""One question to PostgreSQL, so that a process that stands still in the middle of it locks out nobody."""


class SqlEventLog:
    """Several processes may share it: only who names the true head moves it on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, ceremony_id: str, epoch: str) -> None:
        if self.head(ceremony_id) is None:
            with self._database.writing() as connection:
                connection.execute(unless_there(self._database, t.ceremony).values(id=ceremony_id, epoch=epoch, seq=0))

    def heads(self) -> tuple[Head, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(select(t.ceremony).where(~_WIPED).order_by(t.ceremony.c.id)).all()
        return tuple(Head(row.id, row.epoch, row.seq) for row in rows)

    def head(self, ceremony_id: str) -> Head | None:
        with self._database.reading() as connection:
            row = connection.execute(select(t.ceremony).where(t.ceremony.c.id == ceremony_id, ~_WIPED)).first()
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
        answers: Sequence[Answer] = (),
        marks: Sequence[Mark] = (),
        erasure: Erasure | None = None,
    ) -> bool:
        if erasure is None and not self._database.is_sqlite:
            return self._append_at_once(ceremony_id, expected, events, answers, marks)
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
                if erasure is not None:
                    self._erase(connection, ceremony_id, erasure)
                if rows:
                    connection.execute(insert(t.event), rows)
                if answers:
                    given = [{"ceremony_id": ceremony_id, **asdict(answer)} for answer in answers]
                    connection.execute(insert(t.command), given)
                if marks:
                    paid = [{"ceremony_id": ceremony_id, **asdict(mark)} for mark in marks]
                    connection.execute(unless_there(self._database, t.tribute_mark), paid)
        except IntegrityError:
            # The same press of a button, granted by another process a moment ago.
            return False
        return True

    def _append_at_once(
        self,
        ceremony_id: str,
        expected: int,
        events: Sequence[Recorded],
        answers: Sequence[Answer],
        marks: Sequence[Mark],
    ) -> bool:
        given = {
            "ceremony": ceremony_id,
            "expected": expected,
            "head": expected + len(events),
            "seqs": [recorded.seq for recorded in events],
            "times": [recorded.at_ms for recorded in events],
            "bys": [recorded.by for recorded in events],
            "kinds": [recorded.event.kind for recorded in events],
            "datas": [msgspec.json.encode(event_payload(recorded.event)).decode() for recorded in events],
            "whose": [answer.participant_id for answer in answers],
            "cmd_ids": [answer.cmd_id for answer in answers],
            "answered_seqs": [answer.seq for answer in answers],
            "answered_times": [answer.at_ms for answer in answers],
            "items": [mark.item_id for mark in marks],
            "keys": [mark.key for mark in marks],
            "payers": [mark.participant_id for mark in marks],
        }
        try:
            with self._database.asking() as connection:
                return bool(connection.execute(_AT_ONCE, given).scalar())
        except IntegrityError:
            return False  # as below, where it is several questions

    def rewrite(self, ceremony_id: str, after: int, change: Callable[[Event], Event]) -> int | None:
        with self._database.writing() as connection:
            return self._rewrite(connection, ceremony_id, after, change, PORTION)

    def _erase(self, connection: Connection, ceremony_id: str, erasure: Erasure) -> None:
        if erasure.claim is not None:
            claim_it(self._database, connection, ceremony_id, erasure.claim)
        after: int | None = erasure.after
        while after is not None:
            after = self._rewrite(connection, ceremony_id, after, erasure.change, PORTION)
        empty_rows(connection, ceremony_id, erasure)

    def _rewrite(
        self, connection: Connection, ceremony_id: str, after: int, change: Callable[[Event], Event], most: int
    ) -> int | None:
        """Only what people have written is looked at; the programme is the organizer's."""
        told = t.event.c
        wanted = (
            select(told.seq, told.kind, told.data)
            .where(told.ceremony_id == ceremony_id, told.seq > after)
            .where(or_(*(told.kind.startswith(family) for family in _WRITTEN)))
            .order_by(told.seq)
            .limit(most)
        )
        rows = connection.execute(wanted).all()
        for row in rows:
            past = revive_event(row.kind, msgspec.json.decode(row.data))
            left = change(past)
            if left != past:
                data = msgspec.json.encode(event_payload(left)).decode()
                moved = update(t.event).where(told.ceremony_id == ceremony_id, told.seq == row.seq)
                connection.execute(moved.values(data=data))
        return rows[-1].seq if rows else None

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
