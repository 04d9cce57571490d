"""Feels the pulse of a server: how long a line that asks for the time again and again waits for its answer."""

import asyncio
import time

from tests.faults.crowd import Crowd
from tests.faults.figures import quantile

EACH_S = 0.06


class Pulse:
    """While it lasts the first page of a crowd asks; of a crowd of its own, so that nobody holds it up here.

    What it waits for is an upper bound of how long the server's loop stood.
    """

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._over = False
        self.waits_s: list[float] = []
        self.unanswered = 0

    def __enter__(self) -> "Pulse":
        self._crowd.call(lambda: self._crowd.spawn(self._feel()))
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True

    @property
    def worst_ms(self) -> float:
        return max(self.waits_s) * 1000

    @property
    def p99_ms(self) -> float:
        return quantile(self.waits_s, 0.99) * 1000

    async def _feel(self) -> None:
        page = self._crowd.pages[0]
        while not self._over:
            asked_s = time.monotonic()
            answer = await page._ask("clock", {"t0": 0.0})
            if answer is not None and "t1" in answer:
                self.waits_s.append(time.monotonic() - asked_s)
            else:
                self.unanswered += 1
            await asyncio.sleep(EACH_S)
