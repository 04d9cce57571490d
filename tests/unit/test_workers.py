"""The supervisor of several workers, whose processes die as often as a test wants."""

import socket
import time
from pathlib import Path
from typing import Any, cast

import pytest

from memorata import workers
from memorata.config import Settings
from memorata.serve import listen
from memorata.workers import HOPELESS, Supervisor, Worker


class Dead:
    """A process that has died as soon as it was started."""

    is_ready = False
    pid = 1

    def __init__(self) -> None:
        self.started_s = time.monotonic()

    def look(self) -> int:
        return -9


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.fixture
def worker() -> Worker:
    return Worker("main-1", "127.0.0.1", listen("127.0.0.1", 0))


def supervisor(tmp_path: Path, worker: Worker) -> Supervisor:
    settings = Settings(data_dir=tmp_path, database_url="postgresql+psycopg2://h/d", secret_key=b"k" * 32, workers=1)
    made = Supervisor(settings, [worker], lambda _: None)
    made._up = True
    return made


def test_who_comes_waits_at_the_door_of_a_dead_worker_but_not_for_ever(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = supervisor(tmp_path, worker)
    for death in range(1, HOPELESS + 1):
        worker.child = cast(Any, Dead())
        made._look()
        assert worker.deaths == death
        assert worker.again_s - time.monotonic() == pytest.approx(2 ** (death - 1), abs=0.5)
        assert answers(worker.port) == (death < HOPELESS)
    # The next one opens it again, even where its program then is not to be found.
    monkeypatch.setattr(workers, "command", lambda: ["/nowhere/memorata"])
    with pytest.raises(FileNotFoundError):
        worker.start({})
    assert answers(worker.port)


def test_a_port_that_somebody_took_meanwhile_is_asked_for_again(tmp_path: Path, worker: Worker) -> None:
    made = supervisor(tmp_path, worker)
    worker.shut()
    thief = listen("127.0.0.1", worker.port)
    made._look()
    assert worker.child is None
    assert worker.again_s > time.monotonic() + 20
    thief.close()
