"""The engine's own socket, for all transports, with a line of ours where it is a WebSocket.

It takes the place of `engineio.socket.Socket` and keeps to what the engine expects of it. Names that are private to the
libraries are listed in docs/adr/0020-transport.md; their versions are pinned by the lock, and tests/live holds them.
"""

import base64
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import engineio.socket
import structlog
from engineio import exceptions
from engineio import packet as packets
from engineio.packet import Packet

from memorata import green
from memorata.adapters.transport import frames
from memorata.adapters.transport.line import Line

if TYPE_CHECKING:  # it makes what is here
    from memorata.adapters.transport.lines import Transport

log = structlog.get_logger(__name__)

INBOX_MAX = 8
"""Messages of one line that wait for the one before them; more are not read."""

ACCEPTED = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n"
)
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_PING = frames.packed(b"2")
KEPT = ("REMOTE_ADDR", "memorata.address", "flask.app", "PATH_INFO", "QUERY_STRING", "HTTP_HOST")
"""What is kept of a request for as long as its line is open."""


class Socket(engineio.socket.Socket):  # type: ignore[misc]
    """One connection. Messages of a WebSocket are handled one after the other, in a thread while one is worked at."""

    def __init__(self, server: Any, sid: str, transport: "Transport") -> None:
        # Not the library's: it would make a queue for each line.
        self.server, self.sid = server, sid
        self._transport = transport
        self._queue: Any = None
        self._early: list[Packet] = []
        self.connected = self.upgrading = self.upgraded = self.closing = self.closed = False
        self.session: dict[str, Any] = {}
        self.line: Line | None = None
        self._candidate: Line | None = None
        """A WebSocket that is to take the place of polling."""
        self._probed = False
        self._inbox: list[str | bytes] = []
        self._is_working = self._is_slow = False
        self._received_ms: float | None = None
        self.asked, self.answered_s = False, 0.0

    @property
    def queue(self) -> Any:
        """For polling, which waits at it."""
        if self._queue is None:
            self._queue = self.server.create_queue()
            for packet in self._early:
                self._queue.put(packet)
            self._early.clear()
        return self._queue

    @property
    def waiting(self) -> int:
        """How many packets have not been fetched."""
        if self.line is not None:
            return self.line.waiting
        return len(self._early) if self._queue is None else int(self._queue.qsize())

    # --- what the engine calls ---

    def check_ping_timeout(self) -> bool:
        if self.closed:
            raise exceptions.SocketIsClosedError()
        return True

    def schedule_ping(self) -> None:
        """The engine calls it when the connection begins, and at each answer."""
        if self.answered_s:
            self._transport.pings.heard(self)
        else:
            self._transport.pings.begin(self)

    def send(self, packet: Packet) -> None:
        self.check_ping_timeout()
        if self.line is not None:
            self.line.put(frame_of(packet))
            self._transport.turns.flush(self.line)
        elif self._queue is None and not self.connected:
            self._early.append(packet)
        else:
            self.queue.put(packet)

    def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        """Nobody waits until a WebSocket has fetched all: the line sees to its own end."""
        if self.closed or self.closing:
            return
        line = self.line
        if line is None:
            super().close(wait, abort, reason)
            if self._candidate is not None:
                self._candidate.drop()
        else:
            self.closing = True
            if abort:
                line.drop()
            self.server._trigger_event(
                "disconnect", self.sid, reason or self.server.reason.SERVER_DISCONNECT, run_async=False
            )
            if not abort:
                self.send(Packet(packets.CLOSE))
            self.closed = True
            line.finish()
        self._inbox.clear()
        self.server.sockets.pop(self.sid, None)

    def _upgrade_websocket(self, environ: dict[str, Any], start_response: Any) -> Any:
        key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
        if self.upgraded or self._candidate is not None or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or not key:
            return self.server._bad_request()
        transport = self._transport
        given = environ["eventlet.input"]
        if hasattr(given, "take"):
            sock = given.take()
        else:  # it came by the web server
            sock = green.taken(given.get_socket())
            green.answered()
        line = Line(sock, self, transport.loop, transport.turns, self.server.max_http_buffer_size)
        accept = base64.b64encode(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()).decode()
        line.put(ACCEPTED.format(accept).encode())
        if self.connected:
            self.upgrading, self._candidate, self._probed = True, line, False
        else:
            self.connected = self.upgraded = True
            self.line = line
            for packet in self._early:
                line.put(frame_of(packet))
            self._early.clear()
            kept = {name: environ[name] for name in KEPT if name in environ}
            environ.clear()
            environ.update(kept)
        line.flush()
        if not line.closed:
            line.watch()
        return []

    # --- what the pings call ---

    def ping(self) -> None:
        if self.line is not None:
            self.line.put(_PING)
            self._transport.turns.flush(self.line)
        elif not self.closing:
            self.queue.put(Packet(packets.PING))

    def silent(self) -> None:
        # Not cut off: a page that has been asleep is told that it has to come back.
        self._transport.turns.start(lambda: self.close(wait=False, abort=False, reason=self.server.reason.PING_TIMEOUT))

    # --- what the line calls ---

    def heard(self, message: str | bytes) -> None:
        if self.line is None:
            self._probe(message)
        elif message == "3":
            self._transport.pings.heard(self)
        elif not self._is_working and self._transport.is_prompt(message):
            self._handle(message)
        else:
            self._inbox.append(message)
            if len(self._inbox) >= INBOX_MAX:
                self.line.hold()
            if not self._is_working:
                self._is_working = True
                self._transport.turns.start(self._work)

    def cut(self, kind: str) -> None:
        self._transport.turns.start(lambda: self._transport.guards.cut(self.sid, kind))

    def slow(self) -> None:
        if not self._is_slow:
            self._is_slow = True
            self._transport.turns.start(lambda: self._transport.guards.slow(self.sid))

    def lost(self) -> None:
        if self.line is None:
            self.upgrading, self._candidate = False, None
        else:
            self._transport.turns.start(
                lambda: self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            )

    # --- what the guard asks ---

    def received(self) -> float | None:
        """When the message in hand came, told once."""
        received, self._received_ms = self._received_ms, None
        return received

    def send_now(self, make: Callable[[], str]) -> bool:
        """Write the message that `make` says past what waits; False, with nothing written, where it had to wait."""
        return self.line is not None and self.line.send_now(lambda: frames.packed(b"4" + make().encode()))

    # --- messages ---

    def _work(self) -> None:
        try:
            if self._inbox:
                self._handle(self._inbox.pop(0))
        finally:
            if self._inbox and not self.closed:
                self._transport.turns.start(self._work)
            else:
                self._is_working = False
            if self.line is not None:
                self.line.release()

    def _handle(self, message: str | bytes) -> None:
        self._received_ms = self._transport.now()
        try:
            if isinstance(message, str) and message[:1] == "4":
                self.server._trigger_event("message", self.sid, message[1:], run_async=False)
            else:
                self.receive(Packet(encoded_packet=message))
        except exceptions.EngineIOError:
            pass  # a packet of no known kind, or the line is gone
        except ValueError:
            self.cut("malformed")
            self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_ERROR)

    def _probe(self, message: str | bytes) -> None:
        """What a WebSocket says that is to take the place of polling (Engine.IO protocol 4, upgrading)."""
        line = self._candidate
        if line is None:
            return
        if message == "2probe" and not self._probed:
            self._probed = True
            line.put(frames.packed(b"3probe"))
            line.flush()
            self.queue.put(Packet(packets.NOOP))  # ends the poll
        elif message == "5" and self._probed:
            self.line, self._candidate = line, None
            self.upgraded, self.upgrading = True, False
            while self._queue.qsize():
                line.put(frame_of(self._queue.get(block=False)))
                self._queue.task_done()
            line.flush()
        else:
            line.finish(1002)


def frame_of(packet: Packet) -> bytes:
    """Packed once for all who get the same packet."""
    frame: bytes | None = getattr(packet, "frame", None)
    if frame is None:
        data = packet.encode()
        frame = frames.packed(data.encode()) if isinstance(data, str) else frames.packed(data, frames.BINARY)
        packet.frame = frame
    return frame
