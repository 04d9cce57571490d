"""Two workers of one installation that a test may harm, on real PostgreSQL and Redis."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from memorata.domain.programme import Programme
from memorata.domain.state import CeremonyState
from tests.faults.conftest import an_evening
from tests.faults.crowd import Crowd
from tests.live.client import eventually
from tests.live.conftest import Server
from tests.postgres import PostgreSQL
from tests.redis import Redis


@dataclass(frozen=True)
class Workers:
    one: Server
    two: Server
    redis: Redis

    @property
    def both(self) -> tuple[Server, Server]:
        return self.one, self.two

    def plan(self, programme: Programme) -> dict[str, str]:
        keys = self.one.plan(programme)
        self.two.plan(programme)
        return keys

    def begins(self, crowds: Iterable[Crowd], *, starts_in_s: float, **how: int) -> CeremonyState:
        """Everybody is in: the ceremony is put off to begin so soon, and goes by its own times, which all know."""
        office, pages = self.one.office.ceremonies, [page for crowd in crowds for page in crowd.pages]
        programme = an_evening(starts_in_s=starts_in_s, **how)
        office.plan(programme)
        office.conduct(programme.ceremony_id, on=True)
        seq = office.state(programme.ceremony_id).seq
        eventually(lambda: all(page.seq >= seq for page in pages), "all to know the times", 30)
        return pages[0].heard.state

    def heard(self, what: str) -> list[int]:
        """How often each has said it in its log."""
        return [len([line for line in server.lines if f'"event": "{what}"' in line]) for server in self.both]


@pytest.fixture
def workers(postgresql: PostgreSQL, redis_server: Redis, tmp_path: Path) -> Iterator[Workers]:
    url = postgresql.url()
    made = Workers(
        *(
            Server(
                tmp_path,
                MEMORATA_DATABASE_URL=url,
                MEMORATA_REDIS_URL=redis_server.url,
                MEMORATA_INSTANCE=name,
            )
            for name in ("main-1", "main-2")
        ),
        redis_server,
    )
    try:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(Server.start, made.both))
        eventually(lambda: min(made.heard("bus.joined")) >= 1, "the workers to hear each other")
        yield made
    finally:
        for server in made.both:
            server.stop()
    assert [line for server in made.both for line in server.lines if "Traceback" in line] == []
