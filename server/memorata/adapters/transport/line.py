"""One WebSocket that is watched by the loop and has no thread: it hands up what it hears and writes without waiting.

Whatever is too much rests: the others do not. A line that sends too many frames is not read for a while, and is cut
when it goes on; so is one whose answers nobody fetches.
"""

import socket
import time
from collections.abc import Callable
from typing import Any, Protocol

from memorata import green
from memorata.adapters.sockets.frames import BURST, HARD, RATE
from memorata.adapters.transport import frames
from memorata.adapters.transport.turns import Turns

READ_MAX = 16_384
"""Bytes that are read at once."""

READ_COST = 0.05
"""What a reading counts for, in frames, by which no frame has become whole: bytes one by one are a flood too."""

UNREAD_HELD = 262_144
"""Bytes that wait for a line until it is not read any more: whoever asks for much has to fetch it."""

UNREAD_MAX = 4_000_000
"""Bytes that wait for a line until it is cut."""

PACKETS_MAX = 400
AT_ONCE = 64
LINGER_S = 1.0
"""How long a line is read to its end after the farewell, lest what was said last is lost with it."""

RATE_HELD, INBOX_HELD, UNREAD = 1, 2, 4
"""Why a line is not read; they add up."""


class Owner(Protocol):
    """Whose line it is. Called by the loop: it may not wait."""

    def heard(self, message: str | bytes) -> None: ...

    def cut(self, kind: str) -> None:
        """The line was closed for what it did."""

    def slow(self) -> None:
        """More waits than may."""

    def lost(self) -> None:
        """It is over, by whomever; told once."""


class _Nobody:
    """Owns a line that is over."""

    def heard(self, message: str | bytes) -> None: ...

    def cut(self, kind: str) -> None: ...

    def slow(self) -> None: ...

    def lost(self) -> None: ...


_NOBODY = _Nobody()


class Line:
    __slots__ = (
        "_begun", "_debt", "_ending", "_held", "_level", "_loop", "_out", "_owner", "_reader", "_reads", "_since_s",
        "_size", "_sock", "_turns", "_writes", "closed", "is_due",
    )  # fmt: skip

    def __init__(self, sock: socket.socket, owner: Owner, loop: green.Loop, turns: Turns, message_max: int) -> None:
        """Args: sock: not blocking, and nobody else's."""
        self._owner: Owner = owner
        self._sock, self._loop, self._turns = sock, loop, turns
        self._reader = frames.Reader(message_max)
        self._out: list[Any] | None = None
        self._size = 0
        self._begun = False  # whether a part of the first frame is written
        self._ending = False
        self._level, self._since_s, self._debt = BURST, time.monotonic(), 0
        self._held = 0
        self._reads: Any = None
        self._writes: Any = None
        self.closed = False
        self.is_due = False

    def watch(self) -> None:
        """Begin to hear."""
        self._reads = self._loop.on_readable(self._sock.fileno(), self._on_readable, self._lost)

    # --- writing ---

    @property
    def waiting(self) -> int:
        """How many packets have not been taken yet."""
        return 0 if self._out is None else len(self._out)

    def put(self, frame: bytes) -> None:
        """Behind what waits; somebody has to see to it that it is flushed."""
        if self.closed or self._ending:
            return
        if self._out is None:
            self._out = [frame]
        elif len(self._out) >= PACKETS_MAX or self._size > UNREAD_MAX:
            self._owner.slow()
            return
        else:
            self._out.append(frame)
        self._size += len(frame)
        if self._writes is not None and self._size > UNREAD_HELD:
            self._hold(UNREAD)

    def send_now(self, make: Callable[[], bytes]) -> bool:
        """Write in this very moment, past what waits; False, with nothing written, where it had to wait."""
        if self.closed or self._ending or self._writes is not None:
            return False
        frame = make()
        try:
            sent = self._sock.send(frame)
        except OSError:
            return False  # full, or dead: who writes next finds out which
        if sent < len(frame):
            self._out = [memoryview(frame)[sent:], *(self._out or ())]
            self._size += len(frame) - sent
            self._begun = True
            self._watch_writes()
        return True

    def flush(self) -> None:
        """Write what waits as far as the line takes it; the rest when it takes more."""
        if self._out is not None and self._writes is None and not self.closed:
            self._write()

    def _write(self) -> None:
        out = self._out
        while out:
            try:
                sent = self._sock.send(out[0]) if len(out) == 1 else self._sock.sendmsg(out[:AT_ONCE])
            except BlockingIOError:
                sent = 0
            except OSError:
                self._lost()
                return
            self._size -= sent
            done = 0
            for frame in out:
                if sent < len(frame):
                    break
                sent -= len(frame)
                done += 1
            is_full = done < min(len(out), AT_ONCE)
            if done:
                del out[:done]
                self._begun = False
            if sent:
                out[0] = memoryview(out[0])[sent:]
                self._begun = True
            if is_full:
                self._watch_writes()
                return
        self._out = None
        if self._writes is not None:
            self._loop.forget(self._writes)
            self._writes = None
        if self._held & UNREAD:
            self._release(UNREAD)
        if self._ending:
            self._said()

    def _watch_writes(self) -> None:
        if self._writes is None:
            self._writes = self._loop.on_writable(self._sock.fileno(), self._on_writable, self._lost)
        if self._size > UNREAD_HELD:
            self._hold(UNREAD)

    def _on_writable(self, _fd: int) -> None:
        if not self.closed:
            self._write()

    # --- reading ---

    def hold(self) -> None:
        """Read nothing more: who owns it has enough to do."""
        self._hold(INBOX_HELD)

    def release(self) -> None:
        if self._held & INBOX_HELD:
            self._release(INBOX_HELD)

    def _hold(self, why: int) -> None:
        self._held |= why
        if self._reads is not None and not self._ending:
            self._loop.forget(self._reads)
            self._reads = None

    def _release(self, why: int) -> None:
        self._held &= ~why
        if not self._held and self._reads is None and not self.closed:
            self.watch()
            self._take()

    def _on_readable(self, _fd: int) -> None:
        if self.closed:
            return
        try:
            data = self._sock.recv(READ_MAX)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost()
        elif not self._ending:
            self._reader.feed(data)
            if not self._take():
                self._spend(READ_COST)

    def _take(self) -> bool:
        """Hand up the frames that are whole, as many as may be; whether there were any."""
        found = False
        try:
            while not (self._held or self._ending or self.closed):
                frame = self._reader.next()
                if frame is None:
                    break
                found = True
                if not self._spend(1):
                    return True
                self._hear(frame)
        except frames.Broken as broken:
            self._owner.cut("frame")
            self.finish(broken.code)
        return found

    def _spend(self, cost: float) -> bool:
        """False: the line has been cut. Below nothing it rests until it has earned what it spent."""
        now = time.monotonic()
        self._level = min(BURST, self._level + (now - self._since_s) * RATE) - cost
        self._since_s = now
        if self._level >= BURST / 2:
            self._debt = 0  # forgiven once it has behaved for a while
        if self._level < 0:
            if cost >= 1:
                self._debt += 1
            if self._debt > HARD:
                self._owner.cut("frames")
                self.finish(1008)
                return False
            self._hold(RATE_HELD)
            self._loop.later(min(2.0, -self._level / RATE), lambda: self._release(RATE_HELD))
        return True

    def _hear(self, frame: frames.Frame) -> None:
        kind, data, text = frame
        if kind == frames.TEXT:
            self._owner.heard(text)
        elif kind == frames.BINARY:
            self._owner.heard(data)
        elif kind == frames.PING:
            self.put(frames.packed(data, frames.PONG))
            self._turns.flush(self)
        elif kind == frames.CLOSE:
            self.finish(int.from_bytes(data[:2]) if data else 1000)

    # --- ending ---

    def finish(self, code: int = 1000) -> None:
        """Say what is left to say, and farewell; the line is closed soon after."""
        if self.closed or self._ending:
            return
        self.put(frames.farewell(code))
        self._ending = True
        if self._reads is None:
            self.watch()
        self._loop.later(LINGER_S, self.drop)
        self.flush()

    def _said(self) -> None:
        """The other side closes when it has heard it."""
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._lost()

    def drop(self) -> None:
        """Close it at once; what the line takes yet is still said."""
        if self.closed:
            return
        if not self._ending:
            self.put(frames.farewell(1001))
            self._ending = True
        if self._writes is None:
            self._write()
        self._lost()

    def _lost(self) -> None:
        if self.closed:
            return
        self.closed = True
        for watched in (self._reads, self._writes):
            if watched is not None:
                self._loop.forget(watched)
        self._reads = self._writes = self._out = None
        self._sock.close()
        # They know each other, and would wait for the collector, which is seldom called.
        owner, self._owner = self._owner, _NOBODY
        owner.lost()
