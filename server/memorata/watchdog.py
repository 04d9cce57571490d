"""Notices when everybody was held up: how long, and by what.

A thread of the system looks on, for whoever runs on the green ones cannot see that they stand.
"""

import sys
import time

import structlog

from memorata import green
from memorata.services.meters import Spread

log = structlog.get_logger(__name__)

TICK_S = 0.05
GAP_S = 0.25
"""How long nobody may get a turn until it is told."""

SAME_S = 10.0
"""At most one line in so long; it has the longest gap of all."""

DEPTH = 8
"""How many of the innermost places are told."""


class Watchdog:
    """`largest_s` is the longest that everybody was held up, beyond the wait asked for."""

    def __init__(self, gaps_s: Spread | None = None) -> None:
        """Args: gaps_s: where each tick's delay is noted."""
        self.largest_s = 0.0
        self._gaps_s = gaps_s
        self._ticked_s = time.monotonic()
        self._ran: list[str] = []
        self._told_s = -SAME_S
        self._untold_s = 0.0
        self._stopped = False

    def start(self) -> None:
        if green.is_green():
            self._ticked_s = time.monotonic()
            green.spawn(self._tick)
            green.look_on(self._look, TICK_S * 2)

    def stop(self) -> None:
        self._stopped = True

    def _tick(self) -> None:
        while not self._stopped:
            green.sleep(TICK_S)
            now_s = time.monotonic()
            gap_s = now_s - self._ticked_s - TICK_S
            self._ticked_s = now_s
            if self._gaps_s is not None:
                self._gaps_s.note(max(0.0, gap_s))
            ran, self._ran = self._ran, []
            if gap_s > GAP_S:
                self._tell(now_s, gap_s, ran)

    def _tell(self, now_s: float, gap_s: float, ran: list[str]) -> None:
        self.largest_s = max(self.largest_s, gap_s)
        self._untold_s = max(self._untold_s, gap_s)
        if now_s - self._told_s >= SAME_S:
            log.warning("serve.held_up", ms=round(self._untold_s * 1000), ran=ran)
            self._told_s, self._untold_s = now_s, 0.0

    def _look(self, main: int) -> bool:
        """Seen from outside: what runs while nobody gets a turn. Returns whether to look again.

        Nothing here may wait or log: those are for the green threads.
        """
        if not self._ran and time.monotonic() - self._ticked_s > TICK_S + GAP_S:
            found: list[str] = []
            frame = sys._current_frames().get(main)
            while frame is not None and len(found) < DEPTH:
                code = frame.f_code
                found.append(f"{'/'.join(code.co_filename.split('/')[-2:])}:{frame.f_lineno} {code.co_name}")
                frame = frame.f_back
            self._ran = found
        return not self._stopped
