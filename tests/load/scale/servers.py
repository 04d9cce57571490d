"""The servers that are measured, each a process of its own on the core that is kept for it."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from sqlalchemy import insert

from memorata.adapters.store.tables import participant as participant_table
from memorata.bootstrap import build
from memorata.config import Settings
from memorata.services.keys import Keys, new_id
from tests.builders import a_programme
from tests.live.conftest import SECRET
from tests.load.machine import node
from tests.load.scale.placing import launch

HERE = Path(__file__).resolve().parent
OURS, OURS_PLAIN, BARE, NODE = "ours", "ours, plain", "bare", "node"
CANDIDATES = (OURS, OURS_PLAIN, BARE, NODE)
COUNTRIES = (
    "AM",
    "BR",
    "CA",
    "CZ",
    "DE",
    "FR",
    "GB",
    "GE",
    "IL",
    "IT",
    "JP",
    "KE",
    "KZ",
    "LV",
    "NL",
    "PL",
    "RO",
    "US",
    "UY",
    "ZA",
)


SEATS = 50_000
"""More than ever come: who has left keeps a seat for a while, and whoever found none would not be measured."""

WELCOME = '42/live,["welcome",{"snapshot":""}]'
EVENT = '42/live,["event",{"seq":10,"kind":"floor.asking_set","data":""}]'
"""What the others send, before it is filled up to the size of ours."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the texts of our two messages that the others send in the same size."""

    welcome: int
    event: int


@dataclass(frozen=True, slots=True)
class Running:
    pid: int
    port: int


def has_fast_transport() -> bool:
    return any(field.name == "transport" for field in fields(Settings))


class Hall:
    """A ceremony with its people on disk, copied for each server that is started, so that each begins alike."""

    def __init__(self, folder: Path, count: int) -> None:
        """Args: count: how many may come; the first one is a host."""
        self._folder = folder / "hall"
        self._folder.mkdir()
        settings = Settings.from_env(self.environment(self._folder))
        services = build(settings)
        try:
            now_ms = int(time.time() * 1000)
            came_ms = now_ms - 600_000  # not just now, as if they had been waiting for the doors
            ceremony_id = f"bench-{secrets.token_hex(4)}"
            programme = replace(a_programme(ceremony_id, at_ms=now_ms + 6 * 3_600_000), lobby_opens_ms=now_ms - 60_000)
            services.ceremonies.plan(programme)
            keys, rows = Keys(settings.secret_key), []
            for n in range(count):
                person = {"id": new_id(), "ceremony_id": ceremony_id, "role": "participant" if n else "host"}
                person |= {
                    "device_hash": keys.device(f"bench-device-{n}"),
                    "entered_ms": came_ms,
                    "changed_ms": came_ms,
                }
                person |= {"name": f"Guest {n}", "community": "Recife", "country": COUNTRIES[n % len(COUNTRIES)]}
                person |= {"consent": "full", "name_state": "released", "language": "en"}
                rows.append(person)
            with services.database.writing() as connection:
                connection.execute(insert(participant_table), rows)
            self.auths = [
                f'{{"token":"{keys.token(str(row["id"]))}","ceremony":"{ceremony_id}","epoch":"","seq":0,"tab":"t"}}'
                for row in rows
            ]
        finally:
            services.stop()

    @staticmethod
    def environment(folder: Path) -> dict[str, str]:
        return {
            "MEMORATA_DATA_DIR": str(folder),
            "MEMORATA_SECRET_KEY": SECRET,
            "MEMORATA_PORT": "0",
            "MEMORATA_LINK_CHECKS": "off",
            "MEMORATA_BALLAST_MB": "0",
            "MEMORATA_SEATS": str(SEATS),
        }

    def copy(self, folder: Path) -> dict[str, str]:
        shutil.copytree(self._folder, folder)
        return self.environment(folder)


@contextlib.contextmanager
def serving(candidate: str, hall: Hall, sizes: Sizes, folder: Path, core: int | None) -> Iterator[Running]:
    """A server that has just been started.

    What it calls a defect is told when it has ended.

    Raises: RuntimeError: it did not start.
    """
    environment: Mapping[str, str]
    if candidate in (OURS, OURS_PLAIN):
        command = [sys.executable, "-m", "memorata.serve"]
        environment = hall.copy(folder / "data")
        if has_fast_transport():
            environment |= {"MEMORATA_TRANSPORT": "plain" if candidate == OURS_PLAIN else "fast"}
    else:
        command = [sys.executable, str(HERE / "bare.py")] if candidate == BARE else [node(), str(HERE / "peer.mjs")]
        environment = {
            "BENCH_WELCOME": str(max(0, sizes.welcome - len(WELCOME))),
            "BENCH_EVENT": str(max(0, sizes.event - len(EVENT))),
        }
    said = folder / "stderr"
    with said.open("w") as stderr:
        process = launch(command, core, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=stderr)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        if "serving" not in ready:
            raise RuntimeError(f"{candidate} did not start:\n{said.read_text()[-2000:]}")
        yield Running(process.pid, int(ready.rsplit(maxsplit=1)[1]))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout is not None:
            process.stdout.close()
    defects = [line for line in said.read_text().splitlines() if "Traceback" in line or '"level": "error"' in line]
    if defects:
        print(f"  {candidate} says: {defects[0]}", file=sys.stderr)
