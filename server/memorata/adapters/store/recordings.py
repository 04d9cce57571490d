"""Recordings as rows: whose, of what, and how far they have come; the files lie elsewhere."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select, update

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.domain.recording import RecordingState
from memorata.services.recording_ports import Recording

_row = t.recording.c


class SqlRecordings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, recording: Recording) -> None:
        with self._database.writing() as connection:
            connection.execute(insert(t.recording).values(asdict(recording)))

    def find(self, recording_id: str) -> Recording | None:
        return next(iter(self._all(_row.id == recording_id)), None)

    def of_ceremony(self, ceremony_id: str) -> tuple[Recording, ...]:
        return self._all(_row.ceremony_id == ceremony_id)

    def of_participant(self, participant_id: str) -> tuple[Recording, ...]:
        return self._all(_row.participant_id == participant_id)

    def in_state(self, *states: RecordingState) -> tuple[Recording, ...]:
        return self._all(_row.state.in_(states))

    def ids(self) -> frozenset[str]:
        with self._database.reading() as connection:
            return frozenset(connection.execute(select(_row.id)).scalars())

    def change(self, before: Recording, after: Recording) -> bool:
        known = (_row.id == before.id) & (_row.state == before.state) & (_row.parts == before.parts)
        with self._database.writing() as connection:
            return connection.execute(update(t.recording).where(known).values(asdict(after))).rowcount == 1

    def remove(self, recording_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(t.recording).where(_row.id == recording_id))

    def _all(self, wanted: Any) -> tuple[Recording, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(select(t.recording).where(wanted).order_by(_row.started_ms, _row.id)).mappings()
            return tuple(Recording(**row) for row in rows)
