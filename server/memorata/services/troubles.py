"""What is amiss with the house itself just now, and has to be told to those who lead and to whoever looks after it.

The ceremony goes on in each of these. Nobody in the audience hears of them.
"""

from collections.abc import Callable
from typing import Literal

import structlog

from memorata.services.ports import Alarm

log = structlog.get_logger(__name__)

LOOK_S = 1.0

Trouble = Literal[
    "store.away",
    "disk.full",
    "disk.short",
    "clock.moved",
    "workers.apart",
    "crowd.names",
    "crowd.seldom",
    "crowd.counts",
]
"""`crowd.…`: so many are here that names, then counts are told less often, then counts not at all."""


class Troubles:
    """Asks each second; `changed` is called when there is another answer than before."""

    def __init__(self, alarm: Alarm, changed: Callable[[], object]) -> None:
        self._alarm = alarm
        self._changed = changed
        self._asked: dict[Trouble, Callable[[], bool]] = {}
        self._now: tuple[Trouble, ...] = ()

    def watch(self, trouble: Trouble, there: Callable[[], bool]) -> None:
        """Args: there: whether there is this trouble; quick, and never fails."""
        self._asked[trouble] = there

    def start(self) -> None:
        self._alarm.each(LOOK_S, "troubles", self.look)

    def now(self) -> tuple[Trouble, ...]:
        """As they were found a second ago at the latest, in the order in which they are watched."""
        return self._now

    def look(self) -> None:
        before, self._now = self._now, tuple(trouble for trouble, there in self._asked.items() if there())
        if before == self._now:
            return
        for trouble in self._now:
            if trouble not in before:
                log.error("trouble.began", trouble=trouble)
        for trouble in before:
            if trouble not in self._now:
                log.warning("trouble.over", trouble=trouble)
        self._changed()
