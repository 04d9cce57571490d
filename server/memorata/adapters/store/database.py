"""The connection to SQLite or PostgreSQL: how it is opened, how long it may take, how its tables are made."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from memorata import green
from memorata.adapters.store.absence import Absence
from memorata.services.meters import Meters
from memorata.services.ports import StoreBusy

log = structlog.get_logger(__name__)

UNIT_S = 1.5
"""How long a unit of work may take on PostgreSQL, which may be frozen without being dead."""

FULL_S = 5.0
"""For how long a disk counts as full after something could not be written."""

UPGRADE_S = 60
"""How long making the tables may take on PostgreSQL, or waiting for another process that makes them."""

_MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 7_345_020_641
_WRITING = {"memorata_writing": True}
_TRIES = 20
_PAUSE_S = 0.025
_DISCREET: Any = {"hide_parameters": True}
"""Else what people wrote would stand in the text of every exception, and so in the log."""


class Database:
    """One database. SQLite serves one process, or a few that write little; PostgreSQL as many as one likes."""

    def __init__(self, url: str, meters: Meters | None = None) -> None:
        self._meters = meters or Meters()
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine: Engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        # Within one process SQLite's own wait would hold the only thread, with the one who could give way inside it.
        self._writer: Any = green.lock() if self.is_sqlite else nullcontext()
        self._beside: Engine = self.engine if self.is_sqlite else _postgresql(url, poolclass=NullPool)
        self._absence = None if self.is_sqlite else Absence(self._ask, self.engine.dispose)
        self._full_s = -FULL_S

    @property
    def away_s(self) -> float | None:
        """For how long the database has not answered; `None` while it is there."""
        since_s = None if self._absence is None else self._absence.since_s
        return None if since_s is None else time.monotonic() - since_s

    @property
    def is_full(self) -> bool:
        """Whether something could not be written for want of room, a moment ago."""
        return time.monotonic() - self._full_s < FULL_S

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A short look. Raises: StoreBusy."""
        with self._metered(), self._told_as_busy(), self._limit(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed at the end; nothing inside it may wait for anything but the database.

        Raises: StoreBusy, IntegrityError
        """
        with (
            self._metered(),
            self._writer,
            self._told_as_busy(),
            self._limit(),
            self._open() as connection,
            self._begin(connection),
        ):
            yield connection

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """For one statement that is a transaction by itself, on PostgreSQL.

        Raises: StoreBusy, IntegrityError
        """
        with self._metered(), self._told_as_busy(), self._limit(), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def upgrade(self) -> None:
        """Bring the tables up to date; of several processes one does it, the others wait."""
        with self._writer, self._open() as connection, self._begin(connection):
            if not self.is_sqlite:
                # Tables take their time on a busy machine, and who waits for them has nothing else to do.
                for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
                    connection.execute(text(f"SET LOCAL {limit} = '{UPGRADE_S}s'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            if schema_of(connection) != newest_schema():
                migrate(connection)

    def checkpoint(self) -> bool:
        """Move SQLite's write-ahead log into the file and cut it off; False while another process reads or writes."""
        if not self.is_sqlite:
            return True
        with self._writer:
            raw = self.engine.raw_connection()
            try:
                cursor = raw.cursor()
                green.in_thread(cursor.execute, "PRAGMA wal_checkpoint(TRUNCATE)")
                (busy, _, _) = cursor.fetchone() or (1, 0, 0)
            except sqlite3.OperationalError:
                return False
            finally:
                raw.close()
        return not busy

    def wait(self, seconds: float) -> None:
        """Ask something that takes so long, where the database can wait; at the start, to see who waits with it."""
        with self.reading() as connection:
            if self.is_sqlite:
                connection.execute(text("SELECT 1"))
            else:
                connection.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})

    def dispose(self) -> None:
        self.engine.dispose()
        self._beside.dispose()

    def _open(self) -> Connection:
        return self.engine.connect().execution_options(**_WRITING)

    def _begin(self, connection: Connection) -> Any:
        """Begin; another process that is writing to SQLite is waited for outside of any transaction, in green."""
        for remaining in reversed(range(_TRIES)):
            try:
                return connection.begin()
            except DBAPIError as error:
                if not remaining or not (self.is_sqlite and _is_locked(error)):
                    raise
                connection.rollback()
            green.sleep(_PAUSE_S)
        raise AssertionError

    @contextmanager
    def _metered(self) -> Iterator[None]:
        began_s = time.perf_counter()
        try:
            yield
        except StoreBusy:
            self._meters.store_busy += 1
            raise
        finally:
            self._meters.store_s.note(time.perf_counter() - began_s)

    def _limit(self) -> Any:
        return nullcontext() if self.is_sqlite else green.at_most(UNIT_S)

    def _ask(self) -> None:
        """Ask on a line of its own: those that are kept may hang, and are of yesterday when it is back."""
        with green.at_most(UNIT_S), self._beside.connect() as connection:
            connection.execute(text("SELECT 1"))

    @contextmanager
    def _told_as_busy(self) -> Iterator[None]:
        if self._absence is not None and self._absence.since_s is not None:
            raise StoreBusy("the database is away")
        try:
            yield
        except IntegrityError:
            raise
        except (DBAPIError, PoolTimeout, green.TimedOut) as error:
            reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            log.error("store.busy", reason=reason)
            if _tells_of_want(error):
                self._full_s = time.monotonic()
            if self._absence is not None and _tells_of_absence(error):
                self._absence.begin(reason)
            raise StoreBusy(reason) from error


def _tells_of_want(error: Exception) -> bool:
    """Whether there was no room on the disk."""
    cause = getattr(error, "orig", None)
    return getattr(cause, "pgcode", None) == "53100" or "disk is full" in str(cause)


def _tells_of_absence(error: Exception) -> bool:
    """Whether nobody else would be answered now: no line, or none that answers; not: a lock, or a slow question."""
    if isinstance(error, green.TimedOut):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code: str | None = getattr(error.orig, "pgcode", None)
    # Without a code it is not the database who speaks; 57P: it is being shut down, or begins.
    return error.connection_invalidated or (isinstance(error, OperationalError) and (code or "57P").startswith("57P"))


def schema_of(connection: Connection) -> str | None:
    """The version of the tables that are there; `None` where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def newest_schema() -> str:
    """The last of the migrations, whose files are named by their numbers."""
    return max(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def migrate(connection: Connection, to: str = "head") -> None:
    """Bring the tables to a version, in the transaction that is open."""
    # Loaded here, since it would be a fifth of what every command loads, and most find their tables as they should be.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _is_locked(error: DBAPIError) -> bool:
    return "locked" in str(error.orig)


def _sqlite(url: str) -> Engine:
    database = make_url(url).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 0.05, "check_same_thread": False}, pool_size=5, **_DISCREET)
    dialect: Any = engine.dialect
    commit = dialect.do_commit
    # A commit waits for the disk, whose slowness is nobody else's; whoever wants to write meanwhile waits anyway.
    dialect.do_commit = lambda connection: green.in_thread(commit, connection)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        # What is erased is overwritten, not only given free: names of people must not stay in the file.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that begins by reading cannot become a writing one when somebody else wrote meanwhile.
        writing = connection.get_execution_options().get("memorata_writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql(url: str, **pooled: Any) -> Engine:
    options = "-c statement_timeout=2000 -c lock_timeout=1000 -c idle_in_transaction_session_timeout=5000"
    # A machine that is gone says nothing: without these its lines would be believed in for hours.
    alive = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 8_000}
    return create_engine(
        url,
        **(pooled or {"pool_size": 10, "max_overflow": 5, "pool_timeout": 1, "pool_pre_ping": True}),
        **_DISCREET,
        connect_args={"connect_timeout": 2, "options": options, **alive},
    )
