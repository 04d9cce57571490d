"""`memorata serve --workers`: several processes, one of which may die, and which make room for others."""

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import a_programme
from tests.live.client import Person, eventually, fetch
from tests.live.conftest import SECRET, now_ms
from tests.live.fleet import Fleet
from tests.postgres import PostgreSQL
from tests.redis import Redis

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def fleet(postgresql: PostgreSQL, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    started = Fleet(
        tmp_path_factory.mktemp("fleet"),
        MEMORATA_DATABASE_URL=postgresql.url(),
        MEMORATA_REDIS_URL=redis_server.url,
    ).start()
    yield started
    assert started.stop() == 0
    # A machine that others use too may keep the store waiting, which is told.
    assert [line for line in started.lines if "Traceback" in line] == []
    assert started.state() is None


def refused(**environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "memorata", "serve"],
        env={**os.environ, "MEMORATA_SECRET_KEY": SECRET, "MEMORATA_PORT": "0", **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_several_need_postgresql_and_redis(tmp_path: Path) -> None:
    answer = refused(MEMORATA_WORKERS="2", MEMORATA_DATA_DIR=str(tmp_path))
    assert answer.returncode == 2
    assert answer.stderr.splitlines() == [
        "memorata cannot start:",
        "  MEMORATA_WORKERS: several workers need one PostgreSQL, MEMORATA_DATABASE_URL: SQLite has one server.",
        "  MEMORATA_WORKERS: several workers need a Redis in which they meet, MEMORATA_REDIS_URL.",
    ]


def test_a_port_that_is_taken_keeps_all_from_starting(tmp_path: Path, fleet: Fleet) -> None:
    port = fleet.urls[0].rpartition(":")[2]
    answer = refused(**{**fleet.environment, "MEMORATA_DATA_DIR": str(tmp_path), "MEMORATA_PORT": port})
    assert answer.returncode == 3
    assert f"port {port} is taken" in answer.stderr
    assert fleet.pids()


def test_a_second_supervisor_on_the_same_store_ends_and_leaves_the_first_alone(tmp_path: Path, fleet: Fleet) -> None:
    pids = fleet.pids()
    answer = refused(**{**fleet.environment, "MEMORATA_DATA_DIR": str(tmp_path)})
    assert answer.returncode == 3
    assert "another memorata, process" in answer.stderr
    assert "main-1" in answer.stderr or "main-2" in answer.stderr
    assert fleet.pids() == pids
    assert all(fetch(f"{url}/readyz")[0] == 200 for url in fleet.urls)


def test_the_log_is_that_of_the_workers_line_by_line(fleet: Fleet) -> None:
    assert len(fleet.urls) == 2
    assert {line["pid"] for line in fleet.events("serve.ready")} >= set(fleet.pids())
    assert all(json.loads(line) for line in fleet.lines)
    codes = [line for line in fleet.printed if "set-up code" in line]
    assert len(codes) == 1, "one code for the first account, not one for each worker"


def test_a_worker_that_is_killed_is_followed_by_another_at_the_same_port(fleet: Fleet) -> None:
    first, second = fleet.pids()
    os.kill(first, signal.SIGKILL)
    # Whoever comes meanwhile waits at the door.
    assert fetch(f"{fleet.urls[0]}/healthz")[0] == 200
    eventually(lambda: fleet.pids()[0] not in (None, first), "another one")
    assert fleet.pids()[1] == second
    (died,) = [line for line in fleet.events("workers.died") if line["pid"] == first]
    assert (died["worker"], died["status"]) == ("main-1", -9)


def test_nothing_is_restarted_while_a_ceremony_is_near(fleet: Fleet) -> None:
    pids = fleet.pids()
    soon = a_programme(f"near-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000)
    fleet.plan(soon)
    answer = fleet.command("restart")
    assert answer.returncode == 1
    assert answer.stderr.startswith("Not now:\n")
    assert soon.ceremony_id in answer.stderr
    assert "--force" in answer.stderr
    fleet.signal(signal.SIGHUP)
    told = eventually(lambda: fleet.events("workers.restart_refused"), "the refusal", 30)
    assert soon.ceremony_id in told[-1]["reason"]
    assert fleet.pids() == pids


def test_with_force_one_after_the_other_makes_room_and_nobody_is_turned_away(fleet: Fleet) -> None:
    keys = fleet.plan(a_programme(f"rolled-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000))
    pids = fleet.pids()
    crowd = [Page(fleet, number % 2, keys["participant"]) for number in range(16)]
    host = Page(fleet, 0, keys["host"])
    pages = [*crowd, host]
    for page in pages:
        page.start()
    eventually(lambda: all(page.person.connected for page in pages), "everybody to be in", 30)
    over = threading.Event()
    requests: list[int] = []

    def ask() -> None:
        while not over.is_set():
            requests.extend(fetch(f"{url}/healthz")[0] for url in fleet.urls)
            time.sleep(0.02)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        answer = fleet.command("restart", "--force")
        assert answer.returncode == 0, answer.stderr
        assert [line.split(":")[0] for line in answer.stdout.splitlines()] == ["main-1", "main-2"]
        eventually(lambda: all(page.person.connected for page in pages), "everybody to be back", 30)
    finally:
        over.set()
        asking.join()
    assert set(requests) == {200}
    assert not set(fleet.pids()) & set(pids)
    for page in pages:
        page.stop()
    # Not by the server's word, after which a page would stay away.
    assert {reason for page in pages for reason in page.reasons} <= {"transport close", "transport error"}
    assert all(len(page.away_s) == 1 for page in pages), "each was let go once"
    away_s = max(max(page.away_s) for page in pages)
    print(f"each was away for {away_s:.1f} s at the most; {len(requests)} requests meanwhile, all answered")
    seqs = {page.person.at(host.person.state.seq).state.seq for page in pages}
    assert len(seqs) == 1
    assert [page.person.faults for page in pages] == [[] for _ in pages]


class Page(threading.Thread):
    """Somebody whose page comes back by itself, and who notes how long it was away and why."""

    def __init__(self, fleet: Fleet, worker: int, key: str) -> None:
        super().__init__(daemon=True)
        self.person: Person = fleet.person(worker, key)
        self.away_s: list[float] = []
        self.reasons: list[str] = []
        self._leaving = threading.Event()

    def run(self) -> None:
        self.person.connect()
        while not self._leaving.wait(0.02):
            if not self.person.connected:
                lost = time.monotonic()
                self.reasons.append(self.person.lost[-1] if self.person.lost else "")
                time.sleep(1.0)  # as pages wait
                while not self.person.connected and not self._leaving.is_set():
                    self.person.connect()
                self.away_s.append(time.monotonic() - lost)

    def stop(self) -> None:
        self._leaving.set()
        self.join()
