"""The place of a process at its store: one has it, the dead and the silent lose it, the living keep it."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from memorata.adapters.store import instances
from memorata.adapters.store.database import Database
from memorata.adapters.store.instances import Instance, Taken, lives_here, own_process
from memorata.adapters.store.tables import instance
from tests.fakes import FakeClock
from tests.postgres import PostgreSQL

NOW_MS = 1_800_000_000_000


@pytest.fixture
def database(postgresql: PostgreSQL) -> Iterator[Database]:
    made = Database(postgresql.url())
    made.upgrade()
    yield made
    made.dispose()


def row(database: Database) -> tuple[str, int] | None:
    with database.reading() as connection:
        found = connection.execute(select(instance.c.process, instance.c.beat_ms)).one_or_none()
    return None if found is None else (found.process, found.beat_ms)


def held_by(database: Database, process: str, beat_ms: int = NOW_MS) -> None:
    with database.writing() as connection:
        connection.execute(insert(instance).values(name="main", process=process, beat_ms=beat_ms))


def test_one_has_the_place_and_leaves_it(database: Database) -> None:
    clock = FakeClock(NOW_MS)
    own = Instance(database, "main", clock)
    own.claim()
    assert row(database) == (own_process(), NOW_MS)
    clock.forward(5_000)
    own.beat()
    assert row(database) == (own_process(), NOW_MS + 5_000)
    own.release()
    assert row(database) is None


def test_a_living_process_of_this_machine_keeps_it(database: Database) -> None:
    parent = os.getppid()
    started = Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[19]
    held_by(database, f"{socket.gethostname()} {parent} {started}", NOW_MS)
    with pytest.raises(Taken, match=f"process {parent} on {socket.gethostname()}"):
        Instance(database, "main", FakeClock(NOW_MS)).claim()
    Instance(database, "second", FakeClock(NOW_MS)).claim()


@pytest.mark.parametrize("whose", ["nobody's", "ours"])
def test_a_dead_process_of_this_machine_loses_it_at_once(database: Database, whose: str) -> None:
    """Its number may be ours by now, as in a container, where every start has the same."""
    pid = os.getpid() if whose == "ours" else 4_194_304
    held_by(database, f"{socket.gethostname()} {pid} 1")
    Instance(database, "main", FakeClock(NOW_MS)).claim()
    assert row(database) == (own_process(), NOW_MS)


def test_another_machine_loses_it_when_it_is_silent(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    held_by(database, "elsewhere 1 1", NOW_MS - 16_000)
    Instance(database, "main", FakeClock(NOW_MS)).claim()
    with database.writing() as connection:
        connection.execute(update(instance).values(process="elsewhere 1 1", beat_ms=NOW_MS + 3_600_000))
    # Its clock may be wrong; that it says nothing is seen all the same.
    monkeypatch.setattr(instances, "STALE_S", 1.0)
    Instance(database, "main", FakeClock(NOW_MS)).claim()
    assert row(database) == (own_process(), NOW_MS)


def test_another_machine_keeps_it_while_it_beats(database: Database) -> None:
    held_by(database, "elsewhere 7 1")
    done = threading.Event()

    def beat() -> None:
        at_ms = NOW_MS
        while not done.is_set():
            at_ms += 1
            with database.writing() as connection:
                connection.execute(update(instance).values(beat_ms=at_ms))
            time.sleep(0.1)

    beating = threading.Thread(target=beat)
    beating.start()
    try:
        with pytest.raises(Taken, match="process 7 on elsewhere"):
            Instance(database, "main", FakeClock(NOW_MS)).claim()
    finally:
        done.set()
        beating.join()


def test_on_sqlite_a_lock_beside_the_file_is_held_by_the_living(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/memorata.sqlite"
    first, second = (Instance(Database(url), name, FakeClock(NOW_MS)) for name in ("main", "another"))
    first.claim()
    with pytest.raises(Taken, match=f"process {os.getpid()} on {socket.gethostname()}"):
        second.claim()
    first.release()
    second.claim()
    second.release()


def test_who_lives() -> None:
    assert lives_here(own_process()) is False  # before us it was somebody else
    assert lives_here("elsewhere 1 1") is None
    assert lives_here("") is None
