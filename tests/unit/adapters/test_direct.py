"""Writing past the queue, on eventlet's own WebSocket over a real connection: whole, in order, or not at all."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import socketio
from engineio.packet import MESSAGE, Packet
from eventlet.greenio import GreenSocket
from eventlet.queue import Queue
from eventlet.websocket import RFC6455WebSocket

from memorata.adapters.sockets import direct as direct_module
from memorata.adapters.sockets import guard as guard_module
from memorata.adapters.sockets import jsons
from memorata.adapters.sockets.clock import clock_handler
from memorata.adapters.sockets.direct import Line, Lines
from memorata.adapters.sockets.guard import Guard
from memorata.adapters.sockets.publisher import NAMESPACE
from tests.fakes import FakeClock, FakeSecurityLog


class Full:
    """A connection that can be read from only."""

    def __init__(self, raw: socket.socket) -> None:
        self.recv = raw.recv

    def send(self, data: bytes) -> int:
        raise BlockingIOError


class Wire:
    """A line of the server's and the page at its other end."""

    def __init__(self, now: Callable[[], float] = lambda: 0.0) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.page = socket.create_connection(listener.getsockname())
            self.raw, _ = listener.accept()
        self.page.settimeout(10)
        self.websocket = RFC6455WebSocket(GreenSocket(self.raw), {})
        self.queue: Any = Queue()
        self.line = Line(self.websocket, self.queue, now)

    def heard(self, count: int) -> list[str]:
        """So many whole messages, as a page reads them."""
        return [self._message() for _ in range(count)]

    def _message(self) -> str:
        first, length = self._bytes(2)
        assert first == 0x81, "a whole text frame"
        if length == 126:
            (length,) = struct.unpack("!H", self._bytes(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._bytes(8))
        return self._bytes(length).decode()

    def _bytes(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            part = self.page.recv(count - len(got))
            assert part, "cut off"
            got += part
        return got

    def fill(self) -> None:
        """From now on the kernel takes nothing more, as from a page that does not read."""
        self.websocket.socket.fd = Full(self.raw)

    def close(self) -> None:
        self.page.close()
        self.raw.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What was started beside everything else, to be run when the test says."""
    works: list[Callable[[], object]] = []
    monkeypatch.setattr(direct_module.green, "spawn", lambda work, *args: works.append(lambda: work(*args)))
    monkeypatch.setattr(guard_module.green, "spawn_after", lambda seconds, work: None)
    return works


def test_a_message_is_written_at_once(wire: Wire) -> None:
    assert wire.line.send_now(lambda: "one")
    assert wire.line.send_now(lambda: "two")
    wire.line.send("4three")
    assert wire.heard(3) == ["4one", "4two", "4three"]


def test_nothing_is_written_or_made_into_a_frame_that_has_been_begun(wire: Wire) -> None:
    made: list[str] = []
    wire.websocket._sendlock.acquire()
    assert not wire.line.send_now(lambda: made.append("made") or "")
    wire.websocket._sendlock.release()
    wire.line.send("4after")
    assert (made, wire.heard(1)) == ([], ["4after"])


def test_who_waits_for_the_lock_is_not_passed(wire: Wire) -> None:
    wire.websocket._sendlock._waiters.append(object())
    assert not wire.line.send_now(lambda: "one")
    wire.websocket._sendlock._waiters.clear()
    assert wire.line.send_now(lambda: "two")
    assert wire.heard(1) == ["4two"]


def test_a_full_line_is_left_to_the_queue(wire: Wire, later: list[Callable[[], object]]) -> None:
    wire.fill()
    assert not wire.line.send_now(lambda: "one")
    assert (later, wire.websocket._sendlock.locked()) == ([], False)


def test_a_frame_taken_in_part_is_finished_before_the_next(wire: Wire, later: list[Callable[[], object]]) -> None:
    long = "y" * 20_000_000  # more than the kernel keeps for one line
    assert wire.line.send_now(lambda: long)
    assert not wire.line.send_now(lambda: "too early")
    heard: list[str] = []
    reading = threading.Thread(target=lambda: heard.extend(wire.heard(2)))
    reading.start()
    (finish,) = later
    finish()
    assert wire.line.send_now(lambda: "next")
    reading.join(20)
    assert [len(message) for message in heard] == [len(long) + 1, 5]
    assert heard[1] == "4next"


def test_a_line_that_dies_amid_a_frame_is_closed(wire: Wire, later: list[Callable[[], object]]) -> None:
    assert wire.line.send_now(lambda: "y" * 20_000_000)
    wire.page.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.page.close()
    (finish,) = later
    finish()
    assert wire.raw.fileno() == -1
    assert not wire.websocket._sendlock.locked()
    assert not wire.line.send_now(lambda: "one")


def test_a_closed_line_and_one_that_compresses_are_not_written_to(wire: Wire) -> None:
    wire.websocket.extensions = {"permessage-deflate": {}}
    assert not wire.line.send_now(lambda: "one")
    wire.websocket.extensions = {}
    wire.websocket.websocket_closed = True
    assert not wire.line.send_now(lambda: "two")


def test_when_a_message_came_is_told_once() -> None:
    clock = FakeClock()
    wire = Wire(lambda: float(clock.now_ms()))
    mask = b"\x81\x82" + b"\0" * 4 + b"42"
    wire.page.sendall(mask + mask)
    assert (wire.line.wait(), wire.line.received()) == ("42", float(clock.now_ms()))
    assert wire.line.received() is None
    wire.line.wait()
    wire.page.shutdown(socket.SHUT_WR)
    assert wire.line.wait() is None
    wire.close()


def queued(wire: Wire, *messages: str) -> None:
    for message in messages:
        wire.line.queue(Packet(MESSAGE, message))


def test_what_is_queued_is_handed_out_in_its_order(wire: Wire) -> None:
    queued(wire, "one", "two", "three")
    wire.line.hand_out()
    assert wire.heard(3) == ["4one", "4two", "4three"]
    assert (wire.queue.qsize(), wire.queue.unfinished_tasks) == (0, 0)


def test_what_everybody_gets_is_packed_once() -> None:
    wires = [Wire(), Wire()]
    packet = Packet(MESSAGE, "to all")
    for wire in wires:
        wire.line.queue(packet)
        wire.line.hand_out()
    assert [wire.heard(1) for wire in wires] == [["4to all"], ["4to all"]]
    assert packet.frame == b"\x81\x074to all"
    for wire in wires:
        wire.close()


class Writer:
    """The engine's writer, as it waits for the queue."""

    def __init__(self, queue: Any) -> None:
        self.woken = 0
        queue.getters.add(self)
        queue._schedule_unlock = self.wake

    def wake(self) -> None:
        self.woken += 1


def test_a_line_that_takes_nothing_more_is_left_to_its_writer(wire: Wire) -> None:
    writer = Writer(wire.queue)
    queued(wire, "one", "two")
    wire.fill()
    wire.line.hand_out()
    assert (writer.woken, wire.queue.qsize()) == (1, 2)


def test_behind_a_frame_taken_in_part_the_writer_goes_on(wire: Wire, later: list[Callable[[], object]]) -> None:
    writer = Writer(wire.queue)
    queued(wire, "y" * 20_000_000, "next")
    wire.line.hand_out()
    assert (len(later), writer.woken, wire.queue.qsize()) == (1, 1, 1)
    assert wire.websocket._sendlock.locked()


def test_the_end_of_a_line_is_the_writer_s(wire: Wire) -> None:
    writer = Writer(wire.queue)
    queued(wire, "one")
    wire.queue.put(None)
    woken = writer.woken
    wire.line.hand_out()
    assert wire.heard(1) == ["4one"]
    assert (writer.woken, wire.queue.qsize()) == (woken + 1, 1)


class Engine:
    """With so many open lines, each with a page at its end."""

    async_mode = "eventlet"

    def __init__(self, count: int) -> None:
        self.sockets: dict[str, Any] = {}
        self.wires = [Wire() for _ in range(count)]
        self.lines = Lines(self, lambda: 0.0)
        for n, wire in enumerate(self.wires):
            self.sockets[str(n)] = type("Socket", (), {"upgraded": True, "closing": False, "closed": False})()
            self.lines._by_sid[str(n)] = wire.line


def test_many_lines_are_written_to_in_portions_and_in_order(
    monkeypatch: pytest.MonkeyPatch, later: list[Callable[[], object]]
) -> None:
    engine, now, turns = Engine(6), [0.0], []

    def passing() -> float:
        now[0] += direct_module.PORTION_S / 2
        return now[0]

    monkeypatch.setattr(direct_module.time, "monotonic", passing)
    monkeypatch.setattr(direct_module.green, "sleep", lambda seconds: turns.append(len(engine.lines._due)))
    for message in ("one", "two"):
        packet = Packet(MESSAGE, message)
        assert all(engine.lines.send(sid, packet) for sid in engine.sockets)
    assert not engine.lines.send("nobody", Packet(MESSAGE, "one"))
    (hand_out,) = later
    hand_out()
    assert turns == [5, 4, 3, 2, 1]
    assert [wire.heard(2) for wire in engine.wires] == [["4one", "4two"]] * 6
    assert engine.lines.send("0", Packet(MESSAGE, "three"))
    assert len(later) == 2, "and begins anew"
    for wire in engine.wires:
        wire.close()


def test_one_line_that_breaks_does_not_keep_the_others_from_theirs(later: list[Callable[[], object]]) -> None:
    engine = Engine(3)
    engine.wires[1].line._queue = None
    engine.lines._by_sid["1"].queue = lambda packet: None  # type: ignore[method-assign]
    for sid in engine.sockets:
        engine.lines.send(sid, Packet(MESSAGE, "one"))
    later[0]()
    assert [engine.wires[n].heard(1) for n in (0, 2)] == [["4one"], ["4one"]]
    for wire in engine.wires:
        wire.close()


class Connection:
    """The engine's own bookkeeping of one connection, as far as the guard looks at it."""

    def __init__(self, server: Any) -> None:
        self.sid, self.queue = "a line", Queue()
        self.closing = self.closed = False
        self.upgraded = True
        server.eio.sockets[self.sid] = self
        server.eio.handlers["connect"](self.sid, {})
        self.hear = lambda packet: server.eio.handlers["message"](self.sid, packet)
        self.hear(f"0{NAMESPACE},")

    @property
    def queued(self) -> list[str]:
        return [packet.data for packet in self.queue.queue]

    def send(self, packet: Any) -> None:
        self.queue.put(packet)

    def websocket_handler(self, line: Any) -> None:
        """What engineio runs for a WebSocket; here it only hears what the page has sent until now."""
        while (message := line.wait()) is not None:
            self.hear(message[1:])


def a_guarded_server(clock: FakeClock) -> tuple[Any, Lines]:
    server: Any = socketio.Server(async_mode="threading", async_handlers=False, json=jsons)
    server.on("connect", lambda sid, environ: None, namespace=NAMESPACE)
    lines = Lines(server.eio, clock.now)
    handlers = {"clock": clock_handler(clock), "echo": lambda sid, data: data}
    Guard(server, handlers, lambda sid: None, lines, FakeSecurityLog()).install()
    return server, lines


def masked(text: str) -> bytes:
    data = text.encode()
    return struct.pack("!BB", 0x81, 0x80 | len(data)) + b"\0" * 4 + data


def test_a_clock_is_answered_past_what_is_queued(wire: Wire) -> None:
    clock = FakeClock()
    server, lines = a_guarded_server(clock)
    page = Connection(server)
    queued = len(page.queued)
    wire.page.sendall(masked(f'42{NAMESPACE},1["echo",{{}}]') + masked(f'42{NAMESPACE},2["clock",{{"t0":1.5}}]'))
    wire.page.shutdown(socket.SHUT_WR)
    lines._noted(page.websocket_handler)(wire.websocket)
    (answer,) = wire.heard(1)
    assert answer.startswith(f"43{NAMESPACE},2[")
    assert json.loads(answer.partition(",2")[2]) == [{"t0": 1.5, "t1": clock.now(), "t2": clock.now()}]
    assert page.queued[queued:] == [f"3{NAMESPACE},1[{{}}]"], "and nothing of the clock's"
    assert lines.get(page.sid) is None, "the line is over"


@pytest.mark.parametrize("why", ["polling", "closing", "full"])
def test_a_clock_is_answered_by_the_queue_where_it_must_be(wire: Wire, why: str) -> None:
    clock = FakeClock()
    server, lines = a_guarded_server(clock)
    page = Connection(server)
    queued = len(page.queued)
    page.upgraded, page.closing = why != "polling", why == "closing"
    if why == "full":
        wire.fill()
    wire.page.sendall(masked(f'42{NAMESPACE},2["clock",{{"t0":1.5}}]'))
    wire.page.shutdown(socket.SHUT_WR)
    lines._noted(page.websocket_handler)(wire.websocket)
    (answer,) = page.queued[queued:]
    assert json.loads(answer.partition(",2")[2])[0]["t0"] == 1.5


def test_a_wrong_question_is_refused_by_the_queue(wire: Wire) -> None:
    server, lines = a_guarded_server(FakeClock())
    page = Connection(server)
    wire.page.sendall(masked(f'42{NAMESPACE},2["clock",{{"t0":"now"}}]'))
    wire.page.shutdown(socket.SHUT_WR)
    lines._noted(page.websocket_handler)(wire.websocket)
    assert json.loads(page.queued[-1].partition(",2")[2])[0]["code"] == "message.invalid"


def test_the_rate_holds_for_clocks_too(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_module.time, "monotonic", lambda: 1_000.0)
    server, lines = a_guarded_server(FakeClock())
    page = Connection(server)
    queued = len(page.queued)
    most = int(guard_module.BURST)
    wire.page.sendall(masked(f'42{NAMESPACE},2["clock",{{"t0":1.5}}]') * (most + 3))
    wire.page.shutdown(socket.SHUT_WR)
    lines._noted(page.websocket_handler)(wire.websocket)
    assert len(wire.heard(most)) == most
    refused = [json.loads(answer.partition(",2")[2])[0]["code"] for answer in page.queued[queued:]]
    assert refused == ["message.too_many"] * 3
