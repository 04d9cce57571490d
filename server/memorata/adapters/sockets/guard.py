"""What stands between the socket library and strangers: which events are let in, how many, and how big.

These are seams that python-socketio does not offer: the names below are private to it, so its version is pinned by the
lock and tests/live holds each of them.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
import structlog
from engineio.exceptions import EngineIOError

from memorata import green
from memorata.adapters.http.gate import ADDRESS
from memorata.adapters.sockets import jsons
from memorata.adapters.sockets.publisher import NAMESPACE
from memorata.adapters.sockets.wire import MESSAGE_MAX, Ack
from memorata.domain.errors import Refused, text_of
from memorata.services.ports import SecurityLog, StoreBusy

log = structlog.get_logger(__name__)

RATE, BURST = 20.0, 80.0
"""Messages a second of one line, and how many may come at once."""

COSTS = {"stage_signal": 0.25}
"""What counts for less: a speaker in a mesh says a dozen things to each of six pages at once, and each goes to one."""

ACK = 3
"""The number of the packet that answers an event (Socket.IO protocol 5)."""

MALFORMED_MAX = 3
QUEUE_MAX = 400
JOIN_S = 10.0

Handler = Callable[[str, Any], object]

PROMPT = "42/live,", '["clock",'
"""What a message of the engine begins with, and goes on with after its number, that is answered by a `Prompt`."""


class OpenLine(Protocol):
    def received(self) -> float | None:
        """When the message in hand came, ms of the server's clock, told once; `None`: nobody knows."""

    def send_now(self, make: Callable[[], str]) -> bool:
        """Write what `make` says past what waits; False, with nothing written, where it had to wait."""


class OpenLines(Protocol):
    """The WebSockets that can be written to directly."""

    def install(self, guards: "Guard") -> None: ...

    def get(self, eio_sid: str) -> OpenLine | None: ...

    def send(self, eio_sid: str, packet: Any) -> bool:
        """False where the engine has to do it."""

    def waiting(self, eio_sid: str) -> int:
        """How many packets have not been fetched."""


def is_prompt(message: str | bytes) -> bool:
    """Whether a message of the engine is answered without waiting for anything, not even for the store."""
    return isinstance(message, str) and message.startswith(PROMPT[0]) and PROMPT[1] in message[:32]


@dataclass(frozen=True, slots=True)
class Prompt:
    """An answer that does not wait for others, and is made as it goes.

    `make` is given when the question came, ms of the server's clock, or `None` where only its handling is known.
    """

    make: Callable[[float | None], object]


def refusal(code: str, /, **facts: object) -> Ack:
    return Ack(ok=False, code=code, message=text_of(code), facts=facts)


def invalid(error: msgspec.ValidationError) -> Ack:
    """Which field does not fit, and why."""
    reason, _, path = str(error).partition(" - at ")
    return refusal("message.invalid", path=path.strip("`"), reason=reason)


class _Bucket:
    __slots__ = ("level", "since")

    def __init__(self) -> None:
        self.level, self.since = BURST, time.monotonic()

    def take(self, cost: float = 1) -> bool:
        now = time.monotonic()
        self.level = min(BURST, self.level + (now - self.since) * RATE)
        self.since = now
        if self.level < cost:
            return False
        self.level -= cost
        return True


class Guard:
    """Lets in the named events with one dictionary each; `joined` is called when a line has been accepted."""

    def __init__(
        self,
        server: Any,
        handlers: dict[str, Handler],
        joined: Callable[[str], None],
        lines: OpenLines,
        security: SecurityLog,
    ) -> None:
        self._server = server
        self._handlers = handlers
        self._joined = joined
        self._lines = lines
        self._buckets: dict[str, _Bucket] = {}
        self._malformed: dict[str, int] = {}
        self._security = security
        self._addresses: dict[str, str] = {}
        self._told_s = -1e9
        self._untold = 0
        self._here = threading.local()
        self._unjoined: deque[tuple[float, str]] = deque()

    def install(self) -> None:
        self._lines.install(self)
        server = self._server
        self._inner_connect = server._handle_connect
        self._inner_message = server._handle_eio_message
        self._inner_opened = server._handle_eio_connect
        self._inner_closed = server._handle_eio_disconnect
        self._inner_send = server.eio.send_packet
        server._handle_connect = self._connect
        server._handle_event = self._event
        server.eio.send_packet = self._send
        server.eio.handlers.update(message=self._message, connect=self._opened, disconnect=self._closed)

    def _opened(self, eio_sid: str, environ: dict[str, Any]) -> Any:
        """A line that joins nothing is closed after a while."""
        self._addresses[eio_sid] = environ.get(ADDRESS, "")
        self._unjoined.append((time.monotonic() + JOIN_S, eio_sid))
        if len(self._unjoined) == 1:
            green.spawn_after(JOIN_S, self._reap)
        return self._inner_opened(eio_sid, environ)

    def _reap(self) -> None:
        """One alarm for all that have been opened: the first comes first."""
        unjoined, now = self._unjoined, time.monotonic()
        while unjoined and unjoined[0][0] <= now:
            eio_sid = unjoined.popleft()[1]
            if eio_sid in self._server.eio.sockets and not self._server.manager.sid_from_eio_sid(eio_sid, NAMESPACE):
                self._drop(eio_sid)
        if unjoined:
            green.spawn_after(unjoined[0][0] - now, self._reap)

    def _closed(self, eio_sid: str, reason: Any) -> Any:
        self._buckets.pop(eio_sid, None)
        self._malformed.pop(eio_sid, None)
        self._addresses.pop(eio_sid, None)
        return self._inner_closed(eio_sid, reason)

    def _connect(self, eio_sid: str, namespace: str, data: Any) -> None:
        before = self._server.manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        self._inner_connect(eio_sid, namespace, data)
        sid = self._server.manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        if sid != before and self._server.manager.is_connected(sid, NAMESPACE):
            self._joined(sid)

    def _message(self, eio_sid: str, data: str | bytes) -> None:
        line = self._lines.get(eio_sid)
        self._here.received = None if line is None else line.received()
        self._here.size = len(data)
        try:
            self._inner_message(eio_sid, data)
        except EngineIOError:
            pass  # the line is gone already
        except Exception as error:  # noqa: BLE001 - whatever a stranger's packet does to the library, it is told sparingly
            self._malformed_from(eio_sid, error)

    def _malformed_from(self, eio_sid: str, error: Exception) -> None:
        """Told once a minute for all; a line that goes on so is closed."""
        count = self._malformed[eio_sid] = self._malformed.get(eio_sid, 0) + 1
        self._untold += 1
        if time.monotonic() - self._told_s > 60:
            log.warning("socket.malformed", packets=self._untold, last=type(error).__name__)
            self._told_s, self._untold = time.monotonic(), 0
        if count >= MALFORMED_MAX:
            self.cut(eio_sid, "malformed")
            self._drop(eio_sid)

    def _event(self, eio_sid: str, namespace: str, number: int | None, data: Any) -> None:
        """Take the place of the library's own dispatch, by which clients could call `connect` and `disconnect`."""
        if (namespace or "/") != NAMESPACE:
            return
        sid = self._server.manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        if not self._server.manager.is_connected(sid, NAMESPACE):
            return
        answer = self._answer(eio_sid, sid, data)
        if number is None:
            return
        if isinstance(answer, Prompt):
            make, received = answer.make, getattr(self._here, "received", None)
            line = self._lines.get(eio_sid)
            if line is not None and line.send_now(lambda: _ack(number, make(received))):
                return
            answer = make(received)
        packet = self._server.packet_class(ACK, namespace=NAMESPACE, id=number, data=[answer])
        self._server._send_packet(eio_sid, packet)

    def _answer(self, eio_sid: str, sid: str, data: Any) -> object:
        name = data[0] if isinstance(data, list) and data and isinstance(data[0], str) else ""
        if not self._buckets.setdefault(eio_sid, _Bucket()).take(COSTS.get(name, 1)):
            return refusal("message.too_many")
        if getattr(self._here, "size", 0) > MESSAGE_MAX:
            return refusal("message.too_large", most=MESSAGE_MAX)
        handler = self._handlers.get(name)
        if handler is None:
            return refusal("message.unknown")
        if len(data) != 2 or not isinstance(data[1], dict):
            return refusal("message.invalid", path="$", reason="Expected one object")
        try:
            return handler(sid, data[1])
        except msgspec.ValidationError as error:
            return invalid(error)
        except Refused as refused:
            return refusal(refused.code, **refused.facts)
        except StoreBusy:
            return refusal("store.busy", after_s=1)
        except Exception:
            log.exception("socket.defect", message=data[0])
            return refusal("defect")

    def _send(self, eio_sid: str, packet: Any) -> None:
        """A page that answers pings but reads nothing would fill the memory."""
        if self._lines.waiting(eio_sid) > QUEUE_MAX:
            self.slow(eio_sid)
        elif not self._lines.send(eio_sid, packet):
            self._inner_send(eio_sid, packet)

    def slow(self, eio_sid: str) -> None:
        """Let go who does not fetch what it is told."""
        socket = self._server.eio.sockets.get(eio_sid)
        if socket is not None and not socket.closing and not socket.closed:
            log.warning("socket.slow_reader")
            self.cut(eio_sid, "slow_reader")
            green.spawn(self._abort, socket)

    def cut(self, eio_sid: str, kind: str) -> None:
        self._security.note("flood.cut", address=self._addresses.get(eio_sid, ""), kind=kind)

    def _abort(self, socket: Any) -> None:
        socket.close(wait=False, abort=True)

    def _drop(self, eio_sid: str) -> None:
        """Close the line so that an honest page would come back."""
        socket = self._server.eio.sockets.get(eio_sid)
        if socket is not None:
            green.spawn(self._abort, socket)


def _ack(number: int, answer: object) -> str:
    return f"{ACK}{NAMESPACE},{number}[{jsons.dumps(answer)}]"
