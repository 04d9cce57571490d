"""Lines that can be written to directly: WebSockets as the engine sees them, with their queue and past it.

The engine gives each line a queue and a writer of its own, which is woken for every message. Here messages to many are
handed out in portions, so that whoever asks meanwhile is heard between two of them, and an answer that may not wait
passes its queue. Only a line that takes nothing more is left to its writer. The names used here are private to engineio
and eventlet, so their versions are pinned by the lock, and tests/live holds them.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Any

import structlog

from memorata import green

log = structlog.get_logger(__name__)

MESSAGE = "4"
"""What a packet of the engine begins with that carries a message (Engine.IO protocol 4)."""

PORTION_S = 0.002


class Line:
    """One WebSocket: notes when each message came, and writes without waiting."""

    def __init__(self, websocket: Any, queue: Any, now: Callable[[], float]) -> None:
        """Args: queue: the engine's own for this line; now: ms of the server's clock."""
        self._websocket = websocket
        self._queue = queue
        self._now = now
        self._received: float | None = None
        self.is_due = False
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

        It may overtake what is queued.
        """
        return self._write(lambda: self._websocket._pack_message(MESSAGE + make()))

    def queue(self, packet: Any) -> None:
        """Put behind the others, and wake nobody: `hand_out` is to follow."""
        self._queue._put(packet)

    def hand_out(self) -> None:
        """Write what is queued, in its order, as far as the line takes it; the rest is the writer's."""
        queue = self._queue
        waiting = queue.queue
        # Nothing in the place of a packet closes the line, which is for the writer to do.
        while waiting and waiting[0] is not None and self._write(lambda: self._frame(waiting[0])):
            queue.get(block=False)
            queue.task_done()
        if waiting and queue.getters:
            queue._schedule_unlock()

    def _frame(self, packet: Any) -> bytes:
        """Packed once for all who get the same packet."""
        frame: bytes | None = getattr(packet, "frame", None)
        if frame is None:
            frame = packet.frame = self._websocket._pack_message(packet.encode())
        return frame

    def _write(self, make_frame: Callable[[], bytes]) -> bool:
        """Write a frame, or False where it had to wait. Nobody else gets a turn meanwhile.

        Nothing ever lies between the parts of a frame: one that is taken in part is finished before anything else.
        """
        websocket, lock = self._websocket, self._websocket._sendlock
        raw = getattr(websocket.socket, "fd", None)
        # Where frames are compressed, each belongs to its line, and one that was packed has to be sent.
        if raw is None or websocket.websocket_closed or getattr(websocket, "extensions", None):
            return False
        # Held: a frame is half written. Waited for: one is about to be.
        if lock.locked() or lock._waiters:
            return False
        frame = make_frame()
        try:
            written: int = raw.send(frame)
        except OSError:
            return False  # full, or dead: the writer finds out which
        if written < len(frame):
            lock.acquire(blocking=False)  # gives nobody a turn, for it is free
            green.spawn(self._finish, frame[written:])
        return True

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
        self._due: deque[Line] = deque()
        self._handing = False

    def install(self, _guards: object = None) -> None:
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

    def waiting(self, eio_sid: str) -> int:
        """How many packets a line has not fetched."""
        socket = self._engine.sockets.get(eio_sid)
        return 0 if socket is None else int(socket.queue.qsize())

    def send(self, eio_sid: str, packet: Any) -> bool:
        """Queue a packet and see to it that it is handed out soon; False where the engine has to do it."""
        line = self.get(eio_sid)
        if line is None:
            return False
        line.queue(packet)
        if not line.is_due:
            line.is_due = True
            self._due.append(line)
        if not self._handing:
            self._handing = True
            green.spawn(self._hand_out)
        return True

    def _hand_out(self) -> None:
        """Line after line, in the order in which they became due, with a turn for everybody else after each portion."""
        try:
            while self._due:
                end_s = time.monotonic() + PORTION_S
                while self._due and time.monotonic() < end_s:
                    line = self._due.popleft()
                    line.is_due = False
                    try:
                        line.hand_out()
                    except Exception:
                        # One line that breaks must not keep the message from the others.
                        log.exception("socket.hand_out")
                if self._due:
                    green.sleep(0)
        finally:
            self._handing = False

    def _noted(self, handler: Any) -> Callable[[Any], Any]:
        """The engine's handler of one WebSocket, a method of its connection, with the line in between."""
        connection = handler.__self__

        def handle(websocket: Any) -> Any:
            line = self._by_sid[connection.sid] = Line(websocket, connection.queue, self._now)
            try:
                return handler(line)
            finally:
                if self._by_sid.get(connection.sid) is line:
                    del self._by_sid[connection.sid]

        return handle
