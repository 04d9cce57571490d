"""A crowd that comes, goes and comes back: what it asks of the store, and what it gets when the store stands still."""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.builders import a_programme
from tests.live.client import eventually, fetch
from tests.live.conftest import Server, now_ms
from tests.live.counted import FILE
from tests.live.visitor import Visitor
from tests.postgres import PostgreSQL

pytestmark = pytest.mark.live

CROWD = 200
AT_ONCE = 25
MOST_RETURNING = 20
"""Statements that a crowd's return may cause in all, beside what the server asks each second anyway."""


class Counted:
    """A server whose statements are written down; `idle` are those that it says when nobody comes."""

    def __init__(self, server: Server, statements: Path) -> None:
        self.server, self._statements = server, statements
        self.key = server.plan(a_programme(f"remembrance-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000))[
            "participant"
        ]
        at = urlsplit(server.url).netloc
        self.crowd = [Visitor(at, number) for number in range(CROWD)]
        before = len(self._lines())
        time.sleep(2)
        self._idle = set(self._lines()[before:]) - {"COMMIT"}

    def asked(self, step: Callable[[Visitor], object]) -> Counter[str]:
        """What the store is asked while all of the crowd do this, and shortly after."""
        before = len(self._lines())
        with ThreadPoolExecutor(AT_ONCE) as hands:
            list(hands.map(step, self.crowd))
        time.sleep(0.3)
        return Counter(said for said in self._lines()[before:] if said not in self._idle)

    def _lines(self) -> list[str]:
        return self._statements.read_text().splitlines()


@pytest.fixture(params=["sqlite", "postgresql"])
def counted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counted]:
    environment = {FILE: str(tmp_path / "statements")}
    if request.param == "postgresql":
        environment["MEMORATA_DATABASE_URL"] = request.getfixturevalue("postgresql").url()
    server = Server(tmp_path / "data", **environment)
    server.module = "tests.live.counted"
    server.start()
    evening = Counted(server, tmp_path / "statements")
    yield evening
    for one in evening.crowd:
        one.close()
    server.stop()
    assert server.defects() == []


def test_a_crowd_comes_and_comes_back_without_asking_the_store_for_each(counted: Counted) -> None:
    entering = counted.asked(lambda one: one.enter(counted.key))
    assert sum(entering.values()) <= 3 * CROWD, entering.most_common(5)
    assert entering["COMMIT"] <= CROWD / 2, "those who enter together are written together"
    arriving = counted.asked(_arrive)
    assert sum(arriving.values()) <= MOST_RETURNING, arriving.most_common(5)
    for one in counted.crowd:
        one.close()
    returning = counted.asked(_arrive)
    assert sum(returning.values()) <= MOST_RETURNING, returning.most_common(5)
    counted.server.kill()
    counted.server.start()
    for one in counted.crowd:
        one.close()
    restored = counted.asked(Visitor.connect)
    assert sum(restored.values()) <= CROWD, restored.most_common(5)


def _arrive(visitor: Visitor) -> None:
    """With all that a page asks first."""
    visitor.connect()
    assert visitor.ask("stage_watch", {"picture": True})["ok"]
    assert visitor.ask("roster", {"after": None, "search": ""})["ok"]


def test_a_store_that_stands_still_keeps_nobody_out_who_is_known(tmp_path: Path, postgresql: PostgreSQL) -> None:
    server = Server(tmp_path, MEMORATA_DATABASE_URL=postgresql.url()).start()
    try:
        key = server.plan(a_programme(at_ms=now_ms() + 600_000))["participant"]
        at = urlsplit(server.url).netloc
        known, stranger = Visitor(at, 1), Visitor(at, 2)
        # What is remembered begins with the first look at what others have changed.
        eventually(lambda: server.lines, "the server to be at work")
        time.sleep(1.2)
        known.enter(key)
        known.connect()
        known.close()
        with postgresql.frozen():
            time.sleep(1)
            began = time.monotonic()
            known.connect()
            took_s = time.monotonic() - began
            status, refusal = fetch(
                f"{server.url}/api/enter", {"key": key, "device": f"visitor-{stranger.number:06}", "language": "en"}
            )
            assert (status, refusal["code"]) == (503, "store.busy")
        assert took_s < 8, "not as long as the store is away"
        eventually(lambda: _enters(stranger, key), "the stranger to be let in")
        stranger.connect()
        stranger.close()
        known.close()
    finally:
        server.stop()


def _enters(visitor: Visitor, key: str) -> bool:
    try:
        visitor.enter(key)
    except AssertionError:
        return False
    return True
