"""Which process serves a store: one on SQLite, one under each name on PostgreSQL. A second one does not start.

Two that do not know of each other would share the people who come, or wait for each other's writing. The port tells
nothing of it where it is another one. Who only reads or plans, as a command line does, claims nothing.
"""

import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from memorata import green
from memorata.adapters.store.database import Database
from memorata.adapters.store.tables import instance
from memorata.services.ports import Clock, StoreBusy

log = structlog.get_logger(__name__)

BEAT_S = 5.0
STALE_S = 15.0
"""A process that has said nothing for so long is dead, or so slow that its place is free."""


class Taken(Exception):
    """Another living process serves the store; says which."""


class Instance:
    """The place of this process at the store."""

    def __init__(self, database: Database, name: str, clock: Clock) -> None:
        self._database = database
        self._name = name
        self._clock = clock
        self._process = own_process()
        self._lock: int | None = None
        self.is_held = False

    def claim(self, follows: int | None = None) -> None:
        """Take the place, which a dead process leaves at once where it can be seen to be dead.

        Args: follows: the number of a process of this machine which makes room for us.
        Raises: Taken, StoreBusy
        """
        if self._database.is_sqlite:
            self._lock = _locked(Path(self._database.engine.url.database or "").resolve())
        else:
            self._claim_row(follows)
        self.is_held = True

    def beat(self) -> None:
        """Say that we live."""
        if not self.is_held or self._database.is_sqlite:
            return
        with suppress(StoreBusy):  # told by the store itself
            with self._database.writing() as connection:
                ours = (instance.c.name == self._name) & (instance.c.process == self._process)
                done = connection.execute(update(instance).where(ours).values(beat_ms=self._clock.now_ms()))
            if done.rowcount:
                return
            # Our successor has the place, or one that died has left it to us again; else something is wrong.
            other = self._tried(silent=False)
            if other is not None and not _is_sibling(other[0]):
                # Each cue and each press still happens once, so what is going on goes on.
                log.error("instance.taken_over", name=self._name)

    def release(self) -> None:
        if not self.is_held:
            return
        self.is_held = False
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
            return
        with suppress(StoreBusy), self._database.writing() as connection:
            ours = (instance.c.name == self._name) & (instance.c.process == self._process)
            connection.execute(delete(instance).where(ours))

    def _claim_row(self, follows: int | None) -> None:
        seen_ms: int | None = None
        patience = time.monotonic() + STALE_S
        while (other := self._tried(silent=time.monotonic() > patience, follows=follows)) is not None:
            process, beat_ms = other
            if lives_here(process) or seen_ms not in (None, beat_ms):
                raise Taken(f"{told_of(process)} serves this database under the name {self._name!r}")
            seen_ms = beat_ms
            green.sleep(0.5)

    def _tried(self, *, silent: bool, follows: int | None = None) -> tuple[str, int] | None:
        """`None` when the place is ours; else who has it and its last beat. silent: nothing was heard of it."""
        own = {"process": self._process, "beat_ms": self._clock.now_ms()}
        named = instance.c.name == self._name
        with suppress(IntegrityError), self._database.writing() as connection:
            row: Any = connection.execute(select(instance).where(named).with_for_update()).one_or_none()
            if row is None:
                connection.execute(insert(instance).values(name=self._name, **own))
                return None
            stale = (
                silent
                or (follows is not None and _is_here(row.process, follows))
                or self._clock.now_ms() - row.beat_ms > STALE_S * 1000
            )
            if stale or lives_here(row.process) is False:
                connection.execute(update(instance).where(named).values(**own))
                return None
            return row.process, row.beat_ms
        return "", 0  # somebody was a moment faster: look once more


def _locked(database: Path) -> int:
    """A lock beside the database, which ends with the process, however it ends. Raises: Taken."""
    import fcntl  # where there is none there is no server of this kind either

    path = database.with_name(database.name + ".lock")
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        other = os.read(lock, 200).decode(errors="replace").strip()
        os.close(lock)
        raise Taken(f"{told_of(other)} serves {database}") from None
    with suppress(OSError):  # a full disk: then we hold it without a name
        os.ftruncate(lock, 0)
        os.pwrite(lock, own_process().encode(), 0)
    return lock


def own_process() -> str:
    """Host, number and start of this process: the number alone is given again one day."""
    return f"{socket.gethostname()[:60]} {os.getpid()} {_started(os.getpid())}"


def lives_here(process: str) -> bool | None:
    """Whether a process of this machine lives, but for ourselves; `None` for one of another machine."""
    host, _, rest = process.rpartition(" ")[0].rpartition(" ")
    if host != socket.gethostname()[:60] or not rest.isdigit():
        return None
    pid = int(rest)
    if pid == os.getpid():
        return False  # in a container every start has the same number: that one was before us
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return process.rpartition(" ")[2] == _started(pid)


def _is_here(process: str, pid: int) -> bool:
    """Whether it is the one of this number on this machine."""
    return process.rpartition(" ")[0] == f"{socket.gethostname()[:60]} {pid}"


def _is_sibling(process: str) -> bool:
    """Whether it has been started by whoever started us: our successor."""
    pid = process.rpartition(" ")[0].rpartition(" ")[2]
    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return False
    return parent == os.getppid() and _is_here(process, int(pid))


def _started(pid: int) -> str:
    """When it was started, in whatever the system counts; the same for all where it tells nothing."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return "0"


def told_of(process: str) -> str:
    """Which process that is, in words."""
    host, pid, *_ = [*process.split(" "), "", ""]
    return f"another memorata, process {pid} on {host}," if pid else "another memorata"
