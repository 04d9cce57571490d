"""Lines that can be written to at once, past their queue: WebSockets as the engine sees them.

What the engine sends waits in a queue for a writer of its own, behind all that is there and a turn of the loop later.
For the answer to a clock that is too late. The names used here are private to engineio and eventlet, so their versions
are pinned by the lock, and tests/live holds them.
"""

from collections.abc import Callable
from typing import Any

import structlog

from memorata import green

log = structlog.get_logger(__name__)

MESSAGE = "4"
"""What a packet of the engine begins with that carries a message (Engine.IO protocol 4)."""


class Line:
    """One WebSocket: notes when each message came, and writes now what may not wait."""

    def __init__(self, websocket: Any, now: Callable[[], float]) -> None:
        self._websocket = websocket
        self._now = now
        self._received: float | None = None
        self.socket = websocket.socket  # the engine sets its time-out

    def wait(self) -> Any:
        self._received = None
        message = self._websocket.wait()
        self._received = self._now()
        return message

    def send(self, message: str | bytes) -> None:
        self._websocket.send(message)

    def close(self) -> None:
        self._websocket.close()

    def received(self) -> float | None:
        """When the message in hand came, told once; `None` for one that came by another way."""
        received, self._received = self._received, None
        return received

    def send_now(self, make: Callable[[], str]) -> bool:
        """Write the message that `make` says, in this very moment; False, with nothing written, where it had to wait.

        Nobody else gets a turn meanwhile. It may overtake what is queued, and never lies between the parts of a frame:
        one that the kernel takes in part is finished before anything else is written.
        """
        websocket, lock = self._websocket, self._websocket._sendlock
        raw = getattr(websocket.socket, "fd", None)
        # Where frames are compressed, one that was packed has to be sent, for it changes those after it.
        if raw is None or websocket.websocket_closed or getattr(websocket, "extensions", None):
            return False
        # Held: a frame is half written. Waited for: one is about to be. Only else does `acquire` give nobody a turn.
        if lock.locked() or lock._waiters or not lock.acquire(blocking=False):
            return False
        frame: bytes = websocket._pack_message(MESSAGE + make())
        try:
            written: int = raw.send(frame)
        except OSError:
            # Full, or dead: the writer finds out which.
            written = 0
        if 0 < written < len(frame):
            green.spawn(self._finish, frame[written:])
        else:
            lock.release()
        return written > 0

    def _finish(self, rest: bytes) -> None:
        """Write the rest of a frame; the lock is held since it was begun."""
        websocket = self._websocket
        try:
            websocket.socket.sendall(rest)
        except OSError:
            # Whatever came after half a frame would be read as its other half.
            log.warning("socket.half_a_frame")
            websocket.websocket_closed = True
            websocket.close()
        finally:
            websocket._sendlock.release()


class Lines:
    """The open WebSockets by the engine's number. On plain threads there are none: who writes there may be halted."""

    def __init__(self, engine: Any, now: Callable[[], float]) -> None:
        """Args: engine: the Engine.IO server; now: when a message comes, in ms of the server's clock."""
        self._engine = engine
        self._now = now
        self._by_sid: dict[str, Line] = {}

    def install(self) -> None:
        if self._engine.async_mode != "eventlet":
            return
        plain = self._engine._async["websocket"]
        # A copy: the engine shares it with every other server of the process.
        self._engine._async = {
            **self._engine._async,
            "websocket": lambda handler, server: plain(self._noted(handler), server),
        }

    def get(self, eio_sid: str) -> Line | None:
        """The line, where it is a WebSocket and no other transport is in use."""
        line, socket = self._by_sid.get(eio_sid), self._engine.sockets.get(eio_sid)
        if line is None or socket is None or not socket.upgraded or socket.closing or socket.closed:
            return None
        return line

    def _noted(self, handler: Any) -> Callable[[Any], Any]:
        """The engine's handler of one WebSocket, a method of its connection, with the line in between."""
        eio_sid = handler.__self__.sid

        def handle(websocket: Any) -> Any:
            line = self._by_sid[eio_sid] = Line(websocket, self._now)
            try:
                return handler(line)
            finally:
                if self._by_sid.get(eio_sid) is line:
                    del self._by_sid[eio_sid]

        return handle
