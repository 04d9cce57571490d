"""T4: one line that floods holds nobody up, takes no memory, and is cut."""

import os
import statistics
import threading
import time
from collections.abc import Callable

import pytest

from tests.builders import a_programme
from tests.hostile.raw import connect, exchange, memory_mb
from tests.live.attacker import Attacker, frame
from tests.live.client import Person
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.hostile

People = Callable[..., Person]

LONG = frame(1, b"42" + b" " * 1_000_000)
FLOODS = {
    "events": frame(1, b'42/live,1["clock",{"t0":1.0}]') * 500,
    "commands": frame(1, b'42/live,["command",{"cmd_id":"aaaaaaaaaaaaaaaaaaaaaa","kind":"candle.light"}]') * 500,
    "pings": frame(9) * 500,
    "endless fragments": frame(0, final=False) * 500,
    "a message without end": frame(0, b"x" * 1_000, final=False) * 100,
    "frames of 1 MB": LONG,
}
CUT_S = 5.0
MEMORY_MB = 20.0
P99_S = 0.2


def wait_s(person: Person) -> float:
    began = time.monotonic()
    assert person.ask("clock", {"t0": 0.0}) is not None
    return time.monotonic() - began


def p99(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=100)[-1]


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_is_cut_while_the_others_go_on(server: Server, people: People, kind: str) -> None:
    keys = server.plan(a_programme(f"flood-{kind.replace(' ', '-').lower()}", at_ms=now_ms() + 600_000))
    chiyo = people(server, keys["participant"])
    mallory = server.person(keys["participant"]).enter()
    quiet = []
    for _ in range(50):
        quiet.append(wait_s(chiyo))
        time.sleep(0.01)
    before_mb = memory_mb(server)
    attacker = Attacker(server).join(mallory.token)
    if "fragments" in kind or "message" in kind:
        attacker.socket.sendall(frame(1, b"42", final=False))
    cut_after: list[float | None] = []
    attack = threading.Thread(target=lambda: cut_after.append(attacker.flood(FLOODS[kind], 20)))
    attack.start()
    waits: list[float] = []
    most_mb = before_mb
    while attack.is_alive() or len(waits) < 60:
        waits.append(wait_s(chiyo))
        most_mb = max(most_mb, memory_mb(server))
        time.sleep(0.02)
    attack.join()
    cut_s = cut_after[0]
    print(
        f"{kind}: cut after {cut_s} s; others waited {statistics.median(waits) * 1000:.1f} ms, "
        f"p99 {p99(waits) * 1000:.1f} ms (before it {p99(quiet) * 1000:.1f}); memory +{most_mb - before_mb:.1f} MB"
    )
    assert cut_s is not None, "never cut"
    # A machine that is busy with other things is slow by itself, before the attack as well.
    assert p99(waits) < P99_S + 3 * p99(quiet)
    assert cut_s < CUT_S + 3
    assert most_mb - before_mb < MEMORY_MB
    assert mallory.connect().connected, "an honest page of the same person comes back"
    mallory.disconnect()


def test_requests_sent_without_waiting_for_answers_hold_nobody_up(server: Server, people: People) -> None:
    """A line on which there is always another request to read."""
    keys = server.plan(a_programme("flood-requests", at_ms=now_ms() + 600_000))
    chiyo = people(server, keys["participant"])
    request = f"GET /c/flood-requests/timeline.json HTTP/1.1\r\nHost: {server.url[7:]}\r\n\r\n".encode()
    stop = threading.Event()

    def swallow(line: object) -> None:
        while not stop.is_set():
            try:
                line.recv(1 << 20)  # type: ignore[attr-defined]
            except OSError:
                return

    with connect(server) as line:
        threading.Thread(target=swallow, args=(line,), daemon=True).start()
        line.settimeout(0.2)
        end = time.monotonic() + 4

        def flood() -> None:
            while time.monotonic() < end:
                try:
                    line.sendall(request * 200)
                except TimeoutError:
                    return  # cut off in the middle of a request, so that is all
                except OSError:
                    return

        attack = threading.Thread(target=flood)
        attack.start()
        waits = []
        while time.monotonic() < end:
            waits.append(wait_s(chiyo))
            time.sleep(0.02)
        attack.join()
        stop.set()
    print(f"requests: others waited {statistics.median(waits) * 1000:.1f} ms, p99 {p99(waits) * 1000:.1f} ms")
    assert statistics.median(waits) < 0.1
    assert len(waits) > 20


def test_a_body_without_end_is_not_read(server: Server) -> None:
    head = f"POST /api/enter HTTP/1.1\r\nHost: {server.url[7:]}\r\nContent-Type: application/json\r\n"
    endless = exchange(server, f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + b"4\r\nabcd\r\n" * 100)
    assert endless.startswith(b"HTTP/1.1 411 ")
    huge = exchange(server, f"{head}Content-Length: 100000000\r\n\r\n".encode() + os.urandom(1000))
    assert huge.startswith(b"HTTP/1.1 413 ")
