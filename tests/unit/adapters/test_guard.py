"""The seams around the socket library, held against the real one: who gets in, how fast, and who is let go."""

import queue
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import socketio

from memorata.adapters.sockets import guard as guard_module
from memorata.adapters.sockets.direct import Lines
from memorata.adapters.sockets.guard import BURST, QUEUE_MAX, Guard
from memorata.adapters.sockets.publisher import NAMESPACE
from memorata.domain.errors import Refused
from memorata.services.ports import StoreBusy
from tests.fakes import FakeSecurityLog


class Line:
    """One engine connection of the library's, without a network."""

    def __init__(self, server: Any, name: str) -> None:
        self.server, self.name, self.said = server, name, []  # type: ignore[var-annotated]
        self.queue: queue.Queue[Any] = queue.Queue()
        self.closing = self.closed = False
        server.eio.sockets[name] = self

    def open(self) -> "Line":
        self.server.eio.handlers["connect"](self.name, {})
        self.hear(f"0{NAMESPACE},")
        return self

    def hear(self, packet: str) -> Any:
        """A packet from the client; what it was answered."""
        before = len(self.said)
        self.server.eio.handlers["message"](self.name, packet)
        return self.said[before:]

    def ask(self, *data: Any) -> dict[str, Any]:
        packet = f"2{NAMESPACE},7" + msgspec.json.encode(list(data)).decode()
        (answer,) = self.hear(packet)
        assert answer.startswith(f"3{NAMESPACE},7[")
        return msgspec.json.decode(answer.partition("7")[2])[0]  # type: ignore[no-any-return]

    def send(self, packet: Any) -> None:
        self.said.append(packet.data)

    def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        self.closing = self.closed = True


class Door:
    def __init__(self) -> None:
        from memorata.adapters.sockets import jsons

        self.server: Any = socketio.Server(async_mode="threading", async_handlers=False, json=jsons)
        self.joined: list[str] = []
        self.connected: list[str] = []
        self.left: list[str] = []
        self.server.on("connect", lambda sid, environ: self.connected.append(sid), namespace=NAMESPACE)
        self.server.on("disconnect", lambda sid, reason: self.left.append(sid), namespace=NAMESPACE)
        Guard(
            self.server,
            {"echo": lambda sid, data: data, "refuse": self.refuse, "busy": self.busy, "fail": self.fail},
            self.joined.append,
            Lines(self.server.eio, lambda: 0.0),
            FakeSecurityLog(),
        ).install()

    def line(self, name: str = "a line") -> Line:
        return Line(self.server, name).open()

    def refuse(self, sid: str, data: Any) -> object:
        raise Refused("cue.stale", current=3)

    def busy(self, sid: str, data: Any) -> object:
        raise StoreBusy("now")

    def fail(self, sid: str, data: Any) -> object:
        raise ZeroDivisionError


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is spawned is done at once, and what is for later never."""
    monkeypatch.setattr(guard_module.green, "spawn", lambda work, *args: work(*args))
    monkeypatch.setattr(guard_module.green, "spawn_after", lambda seconds, work: None)


def test_a_line_is_greeted_once_after_it_has_been_accepted(door: Door) -> None:
    line = door.line()
    assert (door.joined, door.connected) == ([door.joined[0]], [door.joined[0]])
    assert line.said[0].startswith(f"0{NAMESPACE},")
    line.hear(f"0{NAMESPACE},")
    assert len(door.joined) == 1


def test_named_events_are_answered(door: Door) -> None:
    assert door.line().ask("echo", {"x": 1}) == {"x": 1}


@pytest.mark.parametrize(
    ("event", "code", "facts"),
    [("refuse", "cue.stale", {"current": 3}), ("busy", "store.busy", {"after_s": 1}), ("fail", "defect", {})],
)
def test_what_goes_wrong_is_answered_in_one_shape(door: Door, event: str, code: str, facts: dict[str, Any]) -> None:
    answer = door.line().ask(event, {})
    assert (answer["ok"], answer["code"], answer["facts"]) == (False, code, facts)
    assert answer["message"]


@pytest.mark.parametrize("name", ["connect", "disconnect", "nothing", "message", "*", "__class__", ""])
def test_no_other_event_is_let_in(door: Door, name: str) -> None:
    line = door.line()
    assert line.ask(name, {})["code"] == "message.unknown"
    assert (len(door.connected), door.left) == (1, [])


@pytest.mark.parametrize("data", [["echo"], ["echo", {}, {}], ["echo", 1], ["echo", None], ["echo", []]])
def test_an_event_brings_one_object(door: Door, data: list[Any]) -> None:
    assert door.line().ask(*data)["code"] == "message.invalid"


@pytest.mark.parametrize("data", [[], [1, {}], [None], [["echo"], {}]])
def test_an_event_has_a_name(door: Door, data: list[Any]) -> None:
    assert door.line().ask(*data)["code"] == "message.unknown"


def test_a_long_message_is_refused_and_the_next_one_heard(door: Door) -> None:
    line = door.line()
    assert line.ask("echo", {"x": "y" * 17_000})["code"] == "message.too_large"
    assert line.ask("echo", {"x": "y"}) == {"x": "y"}


def test_events_before_joining_are_not_heard(door: Door) -> None:
    line = Line(door.server, "outside")
    line.server.eio.handlers["connect"](line.name, {})
    assert line.hear(f'2{NAMESPACE},7["echo",{{}}]') == []
    assert line.hear('27["echo",{}]') == []


def test_too_many_at_once_are_refused_for_a_moment(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(guard_module.time, "monotonic", lambda: now)
    line, other = door.line(), door.line("another")
    codes = [line.ask("echo", {}).get("code") for _ in range(int(BURST) + 3)]
    assert codes == [None] * int(BURST) + ["message.too_many"] * 3
    assert other.ask("echo", {}) == {}
    now += 0.5
    assert line.ask("echo", {}) == {}


def test_malformed_packets_close_the_line_at_the_third(door: Door) -> None:
    line = door.line()
    for packet in ("9", f'2{NAMESPACE},["echo",'):
        line.hear(packet)
        assert not line.closed
    line.hear("2" + "1" * 200)
    assert line.closed


def test_a_line_that_reads_nothing_is_let_go(door: Door) -> None:
    deaf, quick = door.line("deaf"), door.line("quick")
    for _ in range(QUEUE_MAX + 1):
        deaf.queue.put("a packet")
    door.server.emit("event", {}, namespace=NAMESPACE)
    assert deaf.closed
    assert not quick.closed
    assert quick.said[-1] == f'2{NAMESPACE},["event",{{}}]'


def test_who_joins_nothing_is_reaped(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    later: list[Callable[[], object]] = []
    monkeypatch.setattr(guard_module.green, "spawn_after", lambda seconds, work: later.append(work))
    stranger = Line(door.server, "stranger")
    door.server.eio.handlers["connect"]("stranger", {})
    guest = door.line("guest")
    for reap in later:
        reap()
    assert (stranger.closed, guest.closed) == (True, False)
