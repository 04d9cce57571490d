"""What is soaked: workers under their supervisor on PostgreSQL and Redis, or one server on SQLite."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from memorata.bootstrap import Services
from tests import postgres, redis
from tests.live.conftest import Server
from tests.live.fleet import Fleet
from tests.postgres import PostgreSQL
from tests.redis import Redis


class House:
    """The processes that serve; `ports` are theirs, one for each."""

    def __init__(self, folder: Path, serving: Fleet | Server, database: PostgreSQL | None, bus: Redis | None) -> None:
        self.folder = folder
        self.serving = serving
        self.database, self.redis = database, bus

    @property
    def urls(self) -> tuple[str, ...]:
        return self.serving.urls if isinstance(self.serving, Fleet) else (self.serving.url,)

    @property
    def office(self) -> Services:
        return self.serving.office

    def pids(self) -> list[int]:
        """Of those who serve just now."""
        if isinstance(self.serving, Fleet):
            return [pid for pid in self.serving.pids() if pid is not None]
        return [self.serving.pid]

    def kill_one(self) -> None:
        """The last of them, as by a power cut; it is followed by another one after a second."""
        if isinstance(self.serving, Fleet):
            os.kill(self.pids()[-1], signal.SIGKILL)
        else:
            self.serving.kill()
            time.sleep(1.0)
            self.serving.start()

    def stop(self) -> None:
        self.serving.stop()

    def defects(self) -> list[str]:
        return [line for line in self.serving.lines if "Traceback" in line]


@contextmanager
def running(folder: Path, workers: int) -> Iterator[House]:
    with ExitStack() as stack:
        if workers == 1:
            house = House(folder, Server(folder).start(), None, None)
        else:
            database, bus = stack.enter_context(postgres.running()), stack.enter_context(redis.running())
            if database is None or bus is None:
                raise SystemExit("several workers need PostgreSQL and Redis on this machine: --workers 1 needs neither")
            fleet = Fleet(folder, workers, MEMORATA_DATABASE_URL=database.url(), MEMORATA_REDIS_URL=bus.url)
            house = House(folder, fleet.start(), database, bus)
        try:
            yield house
        finally:
            house.stop()


def memory_mb(pid: int) -> float | None:
    """What a process holds in memory; `None` when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:")), None)
