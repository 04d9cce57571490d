"""How long the answer to `clock` takes while ten events a second go to everybody: opt-in, prints its numbers.

    make load                          300 pages, 10 s
    PAGES=1000 SECONDS=20 make load    needs `ulimit -n` beyond the pages

Each page is a real WebSocket that reads all it is sent. One more asks for the time fifty times a second, at uneven
moments, from a process of its own, so that the reading does not hold it up.
"""

import json
import os
import random
import secrets
import selectors
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.builders import a_programme
from tests.live.conftest import Server, now_ms
from tests.live.test_clock import RawLine, conducting

pytestmark = pytest.mark.load

PAGES, SECONDS, ASKS_HZ = int(os.environ.get("PAGES", "300")), float(os.environ.get("SECONDS", "10")), 50

# The bucket of one line lets in twenty a second, so several lines ask in turn.
PROBE = """
import json, random, sys, time
from tests.live.conftest import Server
from tests.live.test_clock import RawLine
from pathlib import Path
port, token, seconds, hz = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
server = Server(Path(), MEMORATA_PORT=port)
lines = [RawLine(server, token) for _ in range(4)]
waits, began = [], time.monotonic()
while time.monotonic() - began < seconds:
    line = lines[len(waits) % len(lines)]
    # What else came meanwhile is not the answer's fault: it is read away first.
    line.drain()
    asked = time.perf_counter()
    line.ask(len(waits) + 1, "clock", {"t0": 0.0})
    line.read_until(lambda: len(line.answers) * len(lines) > len(waits))
    waits.append((time.perf_counter() - asked) * 1000)
    time.sleep(random.uniform(0.5, 1.5) / hz)
print(json.dumps(waits))
"""


def drain(lines: list[RawLine], over: threading.Event) -> int:
    """Read away all that comes; how many bytes it was."""
    read = 0
    with selectors.DefaultSelector() as selector:
        for line in lines:
            line.socket.setblocking(False)
            selector.register(line.socket, selectors.EVENT_READ)
        while not over.is_set():
            for key, _ in selector.select(0.1):
                read += len(key.fileobj.recv(65_536))  # type: ignore[union-attr]
    return read


def test_clock_answers_during_broadcasts(tmp_path: Path) -> None:
    server = Server(tmp_path).start()
    try:
        keys = server.plan(a_programme(f"load-{secrets.token_hex(4)}", at_ms=now_ms() + 3_600_000))
        token = server.person(keys["participant"]).enter().token
        lines = [RawLine(server, token) for _ in range(PAGES)]
        over, read = threading.Event(), [0]
        draining = threading.Thread(target=lambda: read.__setitem__(0, drain(lines, over)))
        draining.start()
        host = server.person(keys["host"]).connect()
        time.sleep(1 + random.random())
        with conducting(host):
            events = len(host.events)
            port = server.environment["MEMORATA_PORT"]
            done = subprocess.run(
                [sys.executable, "-c", PROBE, port, token, str(SECONDS), str(ASKS_HZ)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                capture_output=True, text=True, timeout=SECONDS + 60, check=True,
            )  # fmt: skip
            events = len(host.events) - events
        over.set()
        draining.join()
        waits = sorted(json.loads(done.stdout))
        cut = statistics.quantiles(waits, n=100)
        print(
            f"\nclock answers beside {PAGES} pages and {events / SECONDS:.1f} events/s ({read[0] / 1e6:.1f} MB read): "
            f"p50 {cut[49]:.2f} ms, p95 {cut[94]:.2f} ms, p99 {cut[98]:.2f} ms, most {waits[-1]:.2f} ms of {len(waits)}"
        )
        assert len(waits) > 10
        assert events > 0
        host.disconnect()
    finally:
        assert server.stop() == 0
