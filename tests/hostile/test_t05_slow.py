"""T5: many lines that say nothing, or hardly anything, keep nobody out and do not stay."""

import select
import socket
import time

import pytest

from tests.builders import a_programme
from tests.hostile.raw import connect
from tests.live.attacker import Attacker
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.hostile

IDLE, SLOW = 300, 100
JOINED_S = 3.0
REAPED_S = 25.0


def test_idle_and_slow_lines_are_closed_while_others_join(own_server: Server) -> None:
    keys = own_server.plan(a_programme(at_ms=now_ms() + 600_000))
    began = time.monotonic()
    slow = [connect(own_server) for _ in range(SLOW)]
    for line in slow:
        line.sendall(b"GET / HTTP/1.1\r\nHost: ")
    idle = [Attacker(own_server).socket for _ in range(IDLE)]
    for line in (*idle, *slow):
        line.setblocking(False)
    asked = time.monotonic()
    chiyo = own_server.person(keys["participant"], name="Chiyo").connect()
    joined_s = time.monotonic() - asked
    open_lines: dict[int, socket.socket] = {line.fileno(): line for line in (*idle, *slow)}
    slow_numbers = {line.fileno() for line in slow}
    closed_s: dict[int, float] = {}
    while open_lines and time.monotonic() - began < REAPED_S:
        # Byte by byte, so that none of the slow ones is ever silent for long.
        for number in slow_numbers & open_lines.keys():
            try:
                open_lines[number].send(b"x")
            except BlockingIOError:
                continue
            except OSError:
                closed_s[number] = time.monotonic() - began
                del open_lines[number]
        poll = select.poll()
        for number in open_lines:
            poll.register(number, select.POLLIN)
        end = time.monotonic() + 0.5
        while open_lines and (left := end - time.monotonic()) > 0:
            for number, _ in poll.poll(left * 1000):
                try:
                    heard = open_lines[number].recv(65_536)
                except BlockingIOError:
                    continue
                except OSError:
                    heard = b""
                if not heard:
                    closed_s[number] = time.monotonic() - began
                    poll.unregister(number)
                    del open_lines[number]
    slowest = max((closed_s[n] for n in slow_numbers & closed_s.keys()), default=None)
    print(f"joined in {joined_s:.2f} s; all closed after {max(closed_s.values()):.1f} s, the slow ones after {slowest}")
    assert len(open_lines) == 0, f"{len(open_lines)} still open, {len(slow_numbers & open_lines.keys())} of them slow"
    assert chiyo.connected
    assert joined_s < 2 * JOINED_S
    chiyo.disconnect()
    for line in (*idle, *slow):
        line.close()
