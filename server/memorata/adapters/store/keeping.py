"""The row that says which worker keeps the stages. No clock is in it: machines need not agree about the time."""

from contextlib import suppress
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from memorata.adapters.store.database import Database
from memorata.adapters.store.tables import keeping
from memorata.services.keeping import Lease

WHAT = "stage"


class SqlLeases:
    """Args: worker, process: who takes it."""

    def __init__(self, database: Database, worker: str, process: str) -> None:
        self._database = database
        self._worker = worker
        self._process = process

    def read(self) -> Lease | None:
        with self._database.reading() as connection:
            row: Any = connection.execute(select(keeping).where(keeping.c.what == WHAT)).one_or_none()
        return None if row is None else Lease(row.worker, row.process, row.term, row.beat)

    def take(self, before: Lease | None) -> int | None:
        ours = {"worker": self._worker, "process": self._process, "beat": 0}
        if before is None:
            with suppress(IntegrityError), self._database.writing() as connection:
                connection.execute(insert(keeping).values(what=WHAT, term=1, **ours))
                return 1
            return None
        unmoved = (keeping.c.what == WHAT) & (keeping.c.term == before.term) & (keeping.c.beat == before.beat)
        unmoved &= keeping.c.worker == before.worker
        with self._database.writing() as connection:
            done = connection.execute(update(keeping).where(unmoved).values(term=before.term + 1, **ours))
        return before.term + 1 if done.rowcount else None

    def renew(self, term: int) -> bool:
        with self._database.writing() as connection:
            done = connection.execute(update(keeping).where(self._is_ours(term)).values(beat=keeping.c.beat + 1))
        return bool(done.rowcount)

    def give(self, term: int) -> None:
        with self._database.writing() as connection:
            connection.execute(update(keeping).where(self._is_ours(term)).values(worker="", process=""))

    def _is_ours(self, term: int) -> Any:
        return (keeping.c.what == WHAT) & (keeping.c.term == term) & (keeping.c.worker == self._worker)
