"""Whether the store is away: found out by the first who fails, told to all others at once, and looked after until it is
back. Otherwise each would wait for itself as long as it may, and those who wait for one of them longer still.
"""

import time
from collections.abc import Callable

import structlog

from memorata import green

log = structlog.get_logger("memorata.adapters.store.database")

LOOK_S = 0.5
"""How long after a look in vain the next one follows."""


class Absence:
    """`ask` asks the store anything and raises while it is away; `back` is called as soon as it has answered,
    before anybody else asks it.
    """

    def __init__(self, ask: Callable[[], object], back: Callable[[], object]) -> None:
        self._ask = ask
        self._back = back
        self.since_s: float | None = None
        """Since when it has been away, by the monotonic clock; `None` while it is there."""

    def begin(self, reason: str) -> None:
        """Somebody has failed in a way that tells of an absence."""
        if self.since_s is None:
            self.since_s = time.monotonic()
            log.error("store.away", reason=reason)
            green.spawn(self._look)

    def _look(self) -> None:
        while True:
            try:
                self._ask()
            except Exception:  # noqa: BLE001 - whatever it is, it is not there
                green.sleep(LOOK_S)
            else:
                break
        self._back()
        since_s, self.since_s = self.since_s or 0.0, None
        log.warning("store.back", after_s=round(time.monotonic() - since_s, 1))
