"""A real server in a process of its own, on a free port, with its data in a folder that the test throws away."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorata.bootstrap import Services, build
from memorata.config import Settings
from memorata.domain.programme import Programme
from memorata.services.keys import Keys
from tests import coturn
from tests.builders import a_programme
from tests.coturn import Coturn
from tests.live.client import PATIENCE_S, Person, eventually, fetch

SECRET = "a secret of the tests, thirty-two bytes at least"


class Server:
    """One server process; `office` are the same services in the test's process, on the same store."""

    program: tuple[str, ...] = ()
    """What Python is given in place of the module."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.environment = {
            "MEMORATA_DATA_DIR": str(data_dir),
            "MEMORATA_SECRET_KEY": SECRET,
            "MEMORATA_PORT": "0",
            "MEMORATA_BALLAST_MB": "0",
            **environment,
        }
        self.module = "memorata.serve"
        self.url = ""
        self.lines: list[str] = []
        self.console: list[str] = []
        """What it has printed since it said that it is ready."""
        self._process: subprocess.Popen[str] | None = None
        self._office: Services | None = None

    def start(self) -> "Server":
        self._process = subprocess.Popen(
            [sys.executable, *(self.program or ("-m", self.module))],
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=_read, args=(self._process.stderr, self.lines), daemon=True).start()
        assert self._process.stdout is not None
        ready = self._process.stdout.readline()
        assert ready.startswith("memorata: serving "), "\n".join(self.lines)
        threading.Thread(target=_read, args=(self._process.stdout, self.console), daemon=True).start()
        port = ready.rsplit(maxsplit=1)[1]
        self.url = f"http://127.0.0.1:{port}"
        self.environment["MEMORATA_PORT"] = port  # the same again after a restart
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """As a power cut does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """As an operator does; returns the exit status."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._office is not None:
            self._office.stop()
            self._office = None
        return self._process.returncode

    @property
    def office(self) -> Services:
        """A second process' view of the store, as a command line has it."""
        if self._office is None:
            self._office = build(Settings.from_env(self.environment))
        return self._office

    def plan(self, programme: Programme) -> dict[str, str]:
        """Plan a ceremony and wait until the server knows it; the keys of its links."""
        self.office.ceremonies.plan(programme)
        links = self.office.admission.links(programme.ceremony_id)
        eventually(lambda: knows(self.url, programme), "the server to know the ceremony")
        return dict(links)

    def person(self, key: str, **profile: Any) -> Person:
        return Person(self.url, key, pin=pin_of(key), **profile)

    def defects(self) -> list[str]:
        """What the server itself calls a defect."""
        return [line for line in self.lines if "Traceback" in line or '"level": "error"' in line]


def tried(**environ: str) -> "subprocess.CompletedProcess[str]":
    """A server that is expected to end by itself: its exit status, and what it said."""
    return subprocess.run(
        [sys.executable, "-m", "memorata.serve"],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )


def knows(url: str, programme: Programme) -> bool:
    """Whether the server there has heard of a ceremony, and of its doors where these are open."""
    opened = 2 if programme.lobby_opens_ms <= now_ms() else 1
    status, timeline = fetch(f"{url}/c/{programme.ceremony_id}/timeline.json")
    return bool(status == 200 and timeline["seq"] >= opened)


def _read(stream: Any, lines: list[str]) -> None:
    for line in stream:
        lines.append(line.rstrip())


def pin_of(key: str) -> str:
    """The PIN of a link of the staff, as it is sent apart."""
    return Keys(SECRET.encode()).pin(key)


def now_ms() -> int:
    return int(time.time() * 1000)


@pytest.fixture(scope="module")
def relay() -> Iterator[Coturn]:
    with coturn.running() as server:
        if server is None:
            pytest.skip("coturn is not installed (Debian: apt-get install coturn)")
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests of a module, each of which has ceremonies of its own."""
    started = Server(tmp_path_factory.mktemp("server")).start()
    yield started
    started.stop()
    assert started.defects() == []


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """One that a test may kill."""
    started = Server(tmp_path).start()
    yield started
    started.stop()
    assert started.defects() == []


@pytest.fixture
def people() -> Iterator[Callable[..., Person]]:
    """Makes people who have entered and are connected; they leave when the test is over, having seen no fault."""
    made: list[Person] = []

    def come(server: Server, key: str, **profile: Any) -> Person:
        person = server.person(key, **profile).connect()
        made.append(person)
        return person

    yield come
    for person in made:
        if person.connected:
            person.disconnect()
    assert [person.faults for person in made] == [[] for _ in made]


@pytest.fixture
def ceremony(server: Server) -> dict[str, str]:
    """The keys of a ceremony whose doors are open and whose programme begins in ten minutes, or when a host says."""
    return server.plan(a_programme(f"remembrance-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000))


__all__ = ["PATIENCE_S", "Server"]
