"""The answers to `clock` under load: in the order asked, true to their instants, never inside another message."""

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest

from memorata.domain import items as i
from tests.builders import a_programme, an_item, text
from tests.live.client import Person
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.live

People = Callable[..., Person]
Keys = dict[str, str]


class RawLine:
    """A page that decides itself when it reads: each message must arrive whole, one after the other."""

    def __init__(self, server: Server, token: str, *, buffer: int | None = None) -> None:
        """Args: buffer: bytes that the kernel keeps for it while it does not read."""
        self.socket = socket.socket()
        if buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", int(server.environment["MEMORATA_PORT"])))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {server.url[7:]}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self._got = b""
        while b"\r\n\r\n" not in self._got:
            self._got += self.socket.recv(4096)
        head, _, self._got = self._got.partition(b"\r\n\r\n")
        assert b" 101 " in head
        self.answers: list[tuple[int, Any]] = []
        self.events = 0
        self.send('40/live,{"token":"' + token + '"}')
        self.read_until(lambda: self.events > 0)

    def send(self, message: str) -> None:
        data = message.encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0xFE]) + len(data).to_bytes(2)
        self.socket.sendall(b"\x81" + size + b"\0\0\0\0" + data)

    def ask(self, number: int, event: str, message: dict[str, Any]) -> None:
        self.send(f"42/live,{number}{json.dumps([event, message])}")

    def read_until(self, done: Callable[[], bool]) -> None:
        while not done():
            message = self._message()
            if message.startswith("43/live,"):
                number, _, answer = message[len("43/live,") :].partition("[")
                self.answers.append((int(number), json.loads("[" + answer)[0]))
            elif message.startswith("42/live,"):
                assert json.loads(message[len("42/live,") :])
                self.events += 1
            elif message == "2":
                self.send("3")
            else:
                assert message[:2] in ("0{", "40"), message[:80]

    def drain(self) -> None:
        """Take in what has come by now."""
        self.socket.setblocking(False)
        try:
            while part := self.socket.recv(65_536):
                self._got += part
        except BlockingIOError:
            pass
        self.socket.settimeout(30)

    def _message(self) -> str:
        first, length = self._bytes(2)
        assert first == 0x81, f"not the beginning of a text frame: {first:#x}"
        if length == 126:
            length = int.from_bytes(self._bytes(2))
        elif length == 127:
            length = int.from_bytes(self._bytes(8))
        return self._bytes(length).decode()

    def _bytes(self, count: int) -> bytes:
        while len(self._got) < count:
            part = self.socket.recv(max(4096, count - len(self._got)))
            assert part, "the line was cut"
            self._got += part
        taken, self._got = self._got[:count], self._got[count:]
        return taken


@contextmanager
def conducting(host: Person) -> Iterator[None]:
    """Some ten broadcasts a second to everybody."""
    over = threading.Event()

    def conduct() -> None:
        on = False
        while not over.wait(0.1):
            host.command("floor.set_asking", on=on)
            on = not on

    thread = threading.Thread(target=conduct)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def check(answers: list[tuple[int, Any]], asked: list[int]) -> None:
    """In the order asked, each once, and each received when the one before had been sent."""
    assert [number for number, _ in answers] == asked
    assert [answer["t0"] for _, answer in answers] == asked
    assert all(answer["t1"] <= answer["t2"] for _, answer in answers)
    assert all(before["t2"] <= after["t1"] for (_, before), (_, after) in pairwise(answers))


def test_under_load_clocks_are_answered_in_the_order_asked(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"])
    lines = [RawLine(server, server.person(ceremony["participant"]).enter().token) for _ in range(20)]
    slow = RawLine(server, server.person(ceremony["participant"]).enter().token, buffer=4096)
    asked = list(range(1, 31))
    with conducting(host):
        for number in asked:
            for line in lines:
                line.ask(number, "clock", {"t0": float(number)})
            slow.ask(number, "clock", {"t0": float(number)})
            time.sleep(0.05)
        for line in lines:
            line.read_until(lambda line=line: len(line.answers) == len(asked))  # type: ignore[misc]
            check(line.answers, asked)
            assert line.events > 1, "there was something to overtake"
    slow.read_until(lambda: len(slow.answers) == len(asked))
    check(slow.answers, asked)


def test_many_clocks_at_once_are_told_when_each_came(server: Server, ceremony: Keys) -> None:
    line = RawLine(server, server.person(ceremony["participant"]).enter().token)
    asked = list(range(1, 41))
    for number in asked:
        line.ask(number, "clock", {"t0": float(number)})
    line.read_until(lambda: len(line.answers) == len(asked))
    check(line.answers, asked)


def test_who_reads_late_gets_every_answer_whole_and_once(server: Server, people: People) -> None:
    words = [
        an_item(f"poem-{n}", i.Reading(text("Amina"), text("Anonymous")), text=text("word " * 800)) for n in range(60)
    ]
    keys = server.plan(a_programme(f"long-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000, items=words))
    host = people(server, keys["host"])
    line = RawLine(server, server.person(keys["participant"]).enter().token, buffer=2048)
    # Whole snapshots are more than the kernel keeps, so that a frame is taken in part and the queue grows behind it.
    asked = list(range(1, 79))
    for number in asked:
        if number % 3 == 0:
            line.ask(number, "clock", {"t0": float(number)})
        else:
            line.ask(number, "sync", {"epoch": "another", "seq": 0})
    with conducting(host):
        time.sleep(1)
        line.read_until(lambda: len(line.answers) == len(asked) and line.events > 1)
    assert sorted(number for number, _ in line.answers) == asked
    clocks = [(number, answer) for number, answer in line.answers if number % 3 == 0]
    check(clocks, asked[2::3])
    assert all(answer["snapshot"]["seq"] == answer["seq"] for number, answer in line.answers if number % 3)


def test_by_long_polling_the_clock_is_answered_as_well(server: Server, ceremony: Keys) -> None:
    chiyo = server.person(ceremony["participant"]).enter().connect(transports=("polling",))
    try:
        answers = [(n, chiyo.ask("clock", {"t0": n})) for n in range(1, 6)]
        check(answers, list(range(1, 6)))
    finally:
        chiyo.disconnect()


SERVERS = {
    "eventlet": """
import eventlet; eventlet.monkey_patch()
import eventlet.wsgi
def serve(listener, app): eventlet.wsgi.server(listener, app, log_output=False)
""",
    "threading": """
from werkzeug.serving import make_server
def serve(listener, app): make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno()).serve_forever()
""",
}
TELLS_THE_OPTION = """
import gc, socket, sys
from memorata.serve import listen
def app(environ, start_response):
    port = int(environ["REMOTE_PORT"])
    for found in gc.get_objects():
        if isinstance(found, socket.SocketType) or type(found).__name__ == "socket":
            try:
                if found.fileno() >= 0 and found.getpeername()[1] == port:
                    start_response("200 OK", [("Content-Length", "1")])
                    return [str(found.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)).encode()]
            except OSError:
                pass
    start_response("500 Not found", [])
    return [b""]
listener = listen("127.0.0.1", 0)
print(listener.getsockname()[1], flush=True)
serve(listener, app)
"""


@pytest.mark.parametrize("mode", SERVERS)
def test_small_answers_are_not_held_back(mode: str) -> None:
    """The option is set on the listener alone; it counts on what that accepts."""
    program = SERVERS[mode] + TELLS_THE_OPTION
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            with socket.create_connection(("127.0.0.1", int(process.stdout.readline())), timeout=10) as page:
                page.sendall(f"GET /{secrets.token_hex(4)} HTTP/1.0\r\n\r\n".encode())
                answer = b""
                while part := page.recv(4096):
                    answer += part
        finally:
            process.kill()
    assert b" 200 OK" in answer
    assert answer.endswith(b"\r\n\r\n1")
