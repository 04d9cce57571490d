"""How hard pressed this process is, and what is told less often so that all else goes on.

What gives way first is what is missed least: the news that names have changed, then counts, slower at first and then
not at all. The timeline, the hosts' actions and joining are never touched. Up a step at each look that finds too much
once more, down one after a calm while.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import structlog

from memorata.services.ports import Alarm

log = structlog.get_logger(__name__)

Level = Literal[0, 1, 2, 3]
"""Nothing is spared; names are not told as they change; counts are told seldom; counts are not told."""

LOOK_S = 1.0
GAP_S = 0.75
"""A sleeper that gets its turn so late once in a second: everybody is held up."""

QUEUED_EACH = 20
"""Messages that wait for each line that is open, on an average."""

LASTS = 2
"""Looks with too much, one after the other, until a step is taken: one gap alone is soon over."""

CALM = 10
"""Looks without any pressure until a step is taken back."""

SELDOM_MS = 2_000
NAMES_NEVER = 1
COUNTS_SELDOM = 2
COUNTS_NEVER = 3


@dataclass(frozen=True, slots=True)
class Load:
    """What was found since the last look: the longest gap, the messages that wait, the lines that are open."""

    gap_s: float = 0.0
    queued: int = 0
    lines: int = 0

    @property
    def is_too_much(self) -> bool:
        return self.gap_s > GAP_S or self.queued > QUEUED_EACH * max(1, self.lines)


class Pressure:
    """`level` is what is spared now."""

    def __init__(self, load: Callable[[], Load] = Load) -> None:
        """Args: load: what is to be carried, since it was asked last."""
        self._load = load
        self._pressed = self._calm = 0
        self.level: Level = 0

    def start(self, alarm: Alarm) -> None:
        alarm.each(LOOK_S, "pressure", self.look)

    def look(self) -> None:
        before = self.level
        if self._load().is_too_much:
            self._calm = 0
            self._pressed += 1
            if self._pressed >= LASTS:
                self.level = _step(self.level, 1)
        else:
            self._pressed = 0
            self._calm += 1
            if self._calm >= CALM:
                self._calm = 0
                self.level = _step(self.level, -1)
        if self.level != before:
            log.warning("pressure.changed", level=self.level, before=before)

    def spacing_ms(self, spacing_ms: int) -> int | None:
        """How far apart counts are to be told that usually are so; `None`: not at all now."""
        if self.level >= COUNTS_NEVER:
            return None
        return max(spacing_ms, SELDOM_MS) if self.level >= COUNTS_SELDOM else spacing_ms

    def names_spacing_ms(self, spacing_ms: int) -> int | None:
        """The same for the news that names have changed."""
        return None if self.level >= NAMES_NEVER else spacing_ms


def _step(level: Level, by: int) -> Level:
    levels: tuple[Level, ...] = (0, 1, 2, 3)
    return levels[min(3, max(0, level + by))]
