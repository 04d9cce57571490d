"""The system clock: wall time at the start of the process, carried on by monotonic time, so that it never jumps."""

import time

import structlog

log = structlog.get_logger(__name__)

JUMP_MS = 250


class SystemClock:
    """A correction of the wall clock is reported and not followed: instants that have been announced stay true."""

    def __init__(self) -> None:
        self._wall_ms = time.time() * 1000
        self._started = time.perf_counter()
        self._reported_ms = 0.0

    def now(self) -> float:
        return self._wall_ms + (time.perf_counter() - self._started) * 1000

    def now_ms(self) -> int:
        return int(self.now())

    def anchor(self) -> tuple[float, float]:
        """One instant on both clocks: server time in ms, and the monotonic clock of this machine in s.

        From these two numbers another process on the same machine knows server time exactly.
        """
        return self._wall_ms, self._started

    def watch(self) -> float:
        """How far the wall clock has moved away, ms; a new jump is reported once."""
        moved_ms = time.time() * 1000 - self.now()
        if abs(moved_ms - self._reported_ms) > JUMP_MS:
            log.warning("clock.wall_moved", by_ms=round(moved_ms))
            self._reported_ms = moved_ms
        return moved_ms
