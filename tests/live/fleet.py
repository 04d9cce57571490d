"""Several real workers under their supervisor, as `memorata serve --workers` runs them."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from memorata.bootstrap import Services, build
from memorata.config import Settings
from memorata.domain.programme import Programme
from tests.live.client import Person, eventually
from tests.live.conftest import SECRET, knows, pin_of


class Fleet:
    """A supervisor and its workers; `office` are the same services in the test's process, on the same store."""

    def __init__(self, data_dir: Path, workers: int = 2, **environment: str) -> None:
        self.data_dir = data_dir
        self.environment = {
            "MEMORATA_DATA_DIR": str(data_dir),
            "MEMORATA_SECRET_KEY": SECRET,
            "MEMORATA_PORT": "0",
            "MEMORATA_WORKERS": str(workers),
            "MEMORATA_DRAIN_S": "3",
            "MEMORATA_BALLAST_MB": "0",
            **environment,
        }
        self.lines: list[str] = []
        self.printed: list[str] = []
        self.urls: tuple[str, ...] = ()
        self._process: subprocess.Popen[str] | None = None
        self._office: Services | None = None

    def start(self) -> "Fleet":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "memorata", "serve"],
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        for stream, lines in ((self._process.stderr, self.lines), (self._process.stdout, self.printed)):
            threading.Thread(target=_read, args=(stream, lines), daemon=True).start()
        try:
            said = eventually(self._said, "the workers to serve", 60)
        except AssertionError:
            self.stop()
            raise AssertionError("\n".join([*self.printed, *self.lines])) from None
        self.urls = tuple(f"http://127.0.0.1:{port.strip()}" for port in said.rpartition("ports ")[2].split(","))
        eventually(lambda: self.state() is not None, "the state of the workers")
        return self

    def _said(self) -> str | None:
        assert self._process is not None
        assert self._process.poll() is None, "\n".join([*self.printed, *self.lines])
        return next((line for line in self.printed if "memorata: serving" in line), None)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def state(self) -> Any:
        try:
            return json.loads((self.data_dir / "workers.json").read_text())
        except FileNotFoundError:
            return None

    def pids(self) -> list[int]:
        return [worker["pid"] for worker in self.state()["workers"]]

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run `memorata …` beside it."""
        return subprocess.run(
            [sys.executable, "-m", "memorata", *words],
            env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def stop(self) -> int:
        assert self._process is not None
        if self._office is not None:
            self._office.stop()
            self._office = None
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        return self._process.returncode

    @property
    def office(self) -> Services:
        if self._office is None:
            self._office = build(Settings.from_env(self.environment))
        return self._office

    def plan(self, programme: Programme) -> dict[str, str]:
        """Plan a ceremony and wait until each worker knows it; the keys of its links."""
        self.office.ceremonies.plan(programme)
        for url in self.urls:
            eventually(lambda url=url: knows(url, programme), "each worker to know the ceremony")  # type: ignore[misc]
        return dict(self.office.admission.links(programme.ceremony_id))

    def person(self, worker: int, key: str, **profile: Any) -> Person:
        return Person(self.urls[worker], key, pin=pin_of(key), **profile)

    def worker(self, number: int) -> "One":
        return One(self, self.urls[number])

    def events(self, name: str) -> list[dict[str, Any]]:
        """The lines of the log of one kind."""
        found = [json.loads(line) for line in self.lines if f'"event": "{name}"' in line]
        return [line for line in found if line["event"] == name]

    def defects(self) -> list[str]:
        return [line for line in self.lines if "Traceback" in line or '"level": "error"' in line]


class One:
    """One of the workers, as a test sees a server."""

    def __init__(self, fleet: Fleet, url: str) -> None:
        self._fleet, self.url = fleet, url
        self.environment = {**fleet.environment, "MEMORATA_PORT": url.rpartition(":")[2]}

    @property
    def lines(self) -> list[str]:
        return self._fleet.lines

    @property
    def office(self) -> Services:
        return self._fleet.office


def _read(stream: Any, lines: list[str]) -> None:
    for line in stream:
        lines.append(line.rstrip())
