"""Lines without threads, as pages and proxies see them: mixed, changed on the way, read late, and many."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.builders import a_programme
from tests.live.attacker import Attacker, frame
from tests.live.client import Person, eventually
from tests.live.conftest import Server, now_ms
from tests.live.test_clock import RawLine, check, conducting

pytestmark = pytest.mark.live

People = Callable[..., Person]
Keys = dict[str, str]

COUNTS = """
import eventlet; eventlet.monkey_patch()
import gc, signal, sys
from greenlet import greenlet
from memorata.serve import main
def tell(*_):
    print("greenlets:", sum(isinstance(one, greenlet) and not one.dead for one in gc.get_objects()), flush=True)
signal.signal(signal.SIGUSR2, tell)
sys.exit(main())
"""
LINES = 300


class CountingServer(Server):
    """Tells how many green threads it has when it is asked."""

    program = ("-W", "ignore", "-c", COUNTS)

    def greenlets(self) -> int:
        before = len(self.console)
        os.kill(self.pid, signal.SIGUSR2)
        said = eventually(
            lambda: [line for line in self.console[before:] if line.startswith("greenlets: ")], "the count"
        )
        return int(said[0].split()[1])


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[CountingServer]:
    started = CountingServer(tmp_path)
    started.start()
    yield started
    started.stop()
    assert started.defects() == []


def test_an_open_page_has_no_thread(counting: CountingServer) -> None:
    keys = counting.plan(a_programme(at_ms=now_ms() + 600_000))
    host = counting.person(keys["host"]).connect()
    token = counting.person(keys["participant"]).enter().token
    quiet = counting.greenlets()
    lines = [RawLine(counting, token) for _ in range(LINES)]
    for n, line in enumerate(lines):
        line.ask(n, "clock", {"t0": float(n)})
    for line in lines:
        line.read_until(lambda line=line: line.answers)  # type: ignore[misc]
    eventually(lambda: counting.greenlets() <= quiet + 10, "no thread for a page that says nothing")
    assert host.command("floor.set_asking", on=False)["ok"]
    for line in lines:
        heard = line.events
        line.read_until(lambda line=line, heard=heard: line.events > heard)  # type: ignore[misc]
    for line in lines:
        line.socket.close()
    eventually(lambda: host.presence["seats"] <= 2, "their farewell", within_s=60)
    assert counting.greenlets() <= quiet + 10
    host.disconnect()


def test_by_any_transport_all_hear_the_same(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"])
    ways = {"polling": ("polling",), "websocket": ("websocket",), "upgraded": ("polling", "websocket")}
    guests = {way: server.person(ceremony["participant"]).connect(transports=chosen) for way, chosen in ways.items()}
    transports = {way: guest._socket.transport() for way, guest in guests.items()}
    assert transports == {"polling": "polling", "websocket": "websocket", "upgraded": "websocket"}
    with conducting(host):
        for n in range(10):
            for guest in guests.values():
                assert guest.ask("clock", {"t0": n})["t0"] == n
            time.sleep(0.05)
    seq = host.sync()["seq"]
    for guest in guests.values():
        guest.at(seq)
        assert guest.faults == []
        assert guest.state.floor == host.state.floor
    for guest in guests.values():
        guest.disconnect()
    eventually(lambda: host.presence["seats"] == 1, "their farewell", within_s=60)


def test_who_stops_reading_and_then_reads_on_has_missed_nothing(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"])
    line = RawLine(server, server.person(ceremony["participant"]).enter().token, buffer=2048)
    asked = list(range(1, 41))
    for number in asked:
        line.ask(number, "sync", {"epoch": "another", "seq": 0})
    told = host.state.seq
    with conducting(host):
        eventually(lambda: host.state.seq > told + 8, "some events")
    line.read_until(lambda: len(line.answers) == len(asked))
    assert [number for number, _ in line.answers] == asked
    line.ask(99, "clock", {"t0": 99.0})
    line.read_until(lambda: len(line.answers) == len(asked) + 1)
    check(line.answers[-1:], [99])


def test_a_request_in_pieces_opens_a_line_as_well(server: Server, ceremony: Keys) -> None:
    """What is not read at one go takes the web server's own way, to the same line."""
    for cut in (3, 40, -2):
        attacker = Attacker(server, cut)
        attacker.join(server.person(ceremony["participant"]).enter().token)
        attacker.socket.sendall(frame(1, b'42/live,1["clock",{"t0":5.0}]'))
        got = b""
        while b'43/live,1[{"t0":5.0' not in got:
            part = attacker.socket.recv(65_536)
            assert part
            got += part
        attacker.socket.close()


def test_what_is_not_masked_is_refused(server: Server, ceremony: Keys) -> None:
    attacker = Attacker(server).join(server.person(ceremony["participant"]).enter().token)
    attacker.socket.sendall(b"\x81\x01x")
    got = b""
    while part := attacker.socket.recv(65_536):
        got += part
    assert got.endswith(b"\x88\x02\x03\xea")
    attacker.socket.close()
