"""The system clock: wall time at the start of the process, carried on by monotonic time, so that it never jumps."""

import json
import time
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

JUMP_MS = 250

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """A correction of the wall clock is reported and not followed: instants that have been announced stay true."""

    def __init__(self) -> None:
        self._wall_ms = time.time() * 1000
        self._started = time.perf_counter()
        self._reported_ms = 0.0
        self.moved_ms = 0.0
        """How far the wall clock had moved away when it was last looked at."""

    def now(self) -> float:
        return self._wall_ms + (time.perf_counter() - self._started) * 1000

    def now_ms(self) -> int:
        return int(self.now())

    def anchor(self) -> tuple[float, float]:
        """One instant on both clocks: server time in ms, and the monotonic clock of this machine in s.

        From these two numbers another process on the same machine knows server time exactly.
        """
        return self._wall_ms, self._started

    @property
    def has_jumped(self) -> bool:
        return abs(self.moved_ms) > JUMP_MS

    def watch(self) -> float:
        """How far the wall clock has moved away, ms; a new jump is reported once."""
        self.moved_ms = time.time() * 1000 - self.now()
        if abs(self.moved_ms - self._reported_ms) > JUMP_MS:
            log.warning("clock.wall_moved", by_ms=round(self.moved_ms))
            self._reported_ms = self.moved_ms
        return self.moved_ms

    def keep(self, path: Path) -> None:
        """Write down where this clock stands, for a process that takes over."""
        boot = _boot()
        if boot:
            with suppress(OSError):  # a full disk: then the next one goes by the wall clock
                fresh = path.with_name(path.name + ".new")
                fresh.write_text(json.dumps({"boot": boot, "wall_ms": self._wall_ms, "monotonic_s": self._started}))
                fresh.replace(path)

    @classmethod
    def kept(cls, path: Path) -> "SystemClock | None":
        """The clock of a process before us, carried on; `None` where there was none since this machine was started."""
        try:
            kept = json.loads(path.read_text())
            same = bool(kept["boot"]) and kept["boot"] == _boot()
            wall_ms, started = float(kept["wall_ms"]), float(kept["monotonic_s"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not same or started > time.perf_counter():
            return None
        before = cls()
        before._wall_ms, before._started = wall_ms, started
        return before

    def take_over(self, before: "SystemClock") -> None:
        """Go by the clock of a process before us; only while nobody has been told the time yet."""
        self._wall_ms, self._started = before.anchor()


def _boot() -> str:
    """Which start of the machine this is, for its monotonic clock begins anew with each; empty where it is not told."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
