"""How often somebody may be wrong: short numbers are only safe because few of them can be tried."""

import math
from collections import deque

from memorata.services.ports import Clock
from memorata.services.wrongs import Share, by_itself

KEYS_MAX = 10_000
"""What is remembered of; beyond that the oldest is forgotten."""


class Tries:
    """So many wrong answers within a time, for each key; right ones are not counted.

    Args: what, share: by which name they are counted together with other workers, and how.
    """

    def __init__(self, clock: Clock, most: int, within_ms: int, what: str = "", share: Share = by_itself) -> None:
        self._clock = clock
        self._most = most
        self._within_ms = within_ms
        self._wrong: dict[str, deque[int]] = {}
        self._count = share(what, self._count_here)

    def wait_s(self, key: str) -> int:
        """For how many seconds nothing more is tried for this key; 0 when the next answer is heard."""
        wrong = self._recent(key)
        if len(wrong) < self._most:
            return 0
        return math.ceil((wrong[0] + self._within_ms - self._clock.now_ms()) / 1000)

    def wrong(self, key: str) -> None:
        self._count(key)

    def _count_here(self, key: str) -> None:
        wrong = self._recent(key)
        wrong.append(self._clock.now_ms())
        self._wrong.pop(key, None)
        self._wrong[key] = wrong
        while len(self._wrong) > KEYS_MAX:
            self._wrong.pop(next(iter(self._wrong)))

    def right(self, key: str) -> None:
        self._wrong.pop(key, None)

    def _recent(self, key: str) -> deque[int]:
        wrong = self._wrong.get(key, deque())
        oldest = self._clock.now_ms() - self._within_ms
        while wrong and wrong[0] <= oldest:
            wrong.popleft()
        return wrong
