"""Keeps one line from taking all the time of the process, and one message from taking all its memory.

eventlet reads a WebSocket without giving anybody else a turn while there is something to read, and joins fragments
without bound. Its private names are replaced here; its version is pinned, and tests/live holds the attack.
"""

import time
from collections.abc import Callable
from typing import Any

RATE, BURST = 30.0, 120.0
"""Frames a second of one line, and how many may come at once: a burst of clock pings on joining is ten."""

HARD = 80
"""Frames beyond the rate until the line is cut; meanwhile each waits, the others do not."""


def guard_frames(
    websocket: Any, sleep: Any, message_max: int, cut: Callable[[str, dict[str, Any]], None] = lambda *_: None
) -> None:
    """Args:

    websocket: eventlet's module; sleep: its own; message_max: bytes of one message, in however many frames;
    cut: is told why a line is cut, with the request that opened it.
    """
    kind = websocket.RFC6455WebSocket
    receive, push = kind._recv_frame, kind.Message.push

    def guarded_receive(self: Any, message: Any = None) -> Any:
        # The others' turn comes before a frame is read and not after: what has been read is answered at once.
        level, last, debt = getattr(self, "_guard", (BURST, time.monotonic(), 0))
        sleep(min(2.0, -level / RATE) if level < 0 else 0)
        try:
            frame = receive(self, message=message)
        except websocket.FailedConnectionError:
            cut("frame", self.environ)
            raise
        now = time.monotonic()
        level = min(BURST, level + (now - last) * RATE) - 1
        if level >= BURST / 2:
            debt = 0  # forgiven once it has behaved for a while
        if level < 0:
            debt += 1
        self._guard = (level, now, debt)
        if debt > HARD:
            cut("frames", self.environ)
            raise websocket.FailedConnectionError(1008, "too many messages")
        return frame

    def guarded_push(self: Any, data: Any, final: bool = False) -> Any:
        self._total = getattr(self, "_total", 0) + len(data)
        if self._total > message_max:
            raise websocket.FailedConnectionError(1009, "message too long")
        return push(self, data, final=final)

    kind._recv_frame, kind.Message.push = guarded_receive, guarded_push
