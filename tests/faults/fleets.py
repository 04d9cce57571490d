"""Two workers under their supervisor, with a crowd at each."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from tests.faults.crowd import Crowd, Page
from tests.live.fleet import Fleet
from tests.postgres import PostgreSQL
from tests.redis import Redis

Gather = Callable[..., Crowd]


@contextmanager
def two_workers(folder: Path, postgresql: PostgreSQL, redis: Redis, **environment: str) -> Iterator[Fleet]:
    fleet = Fleet(folder, MEMORATA_DATABASE_URL=postgresql.url(), MEMORATA_REDIS_URL=redis.url, **environment).start()
    try:
        yield fleet
    finally:
        fleet.stop()
    defects = [line for line in fleet.lines if "Traceback" in line]
    assert defects == [], "\n".join(defects)


def unique(name: str) -> str:
    return f"{name}-{secrets.token_hex(4)}"


def at_both(crowds: Gather, fleet: Fleet, key: str, each: int) -> list[Crowd]:
    return [crowds(cast(Any, fleet.worker(number)), key, each) for number in (0, 1)]


def pages_of(crowds: list[Crowd]) -> list[Page]:
    return [page for crowd in crowds for page in crowd.pages]
