"""Wrong guesses, counted at all workers alike: whoever goes from one to the next has no more of them than at one.

While the workers do not hear each other each counts by itself: with N of them one may be wrong N times as often, and
nobody is kept out for it.
"""

from collections.abc import Callable
from typing import Any

from memorata.services.bus import Bus, Message

Count = Callable[..., object]
"""Counts one more; gets plain values."""

Share = Callable[[str, Count], Count]
"""Gets the name of a count and what counts here; returns what counts here and at the others."""


def by_itself(_what: str, count: Count) -> Count:
    """For a process that is alone."""
    return count


class Wrongs:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._counts: dict[str, Count] = {}
        bus.on("wrong", self._hear)

    def share(self, what: str, count: Count) -> Count:
        self._counts[what] = count

        def counted(*args: Any) -> None:
            count(*args)
            self._bus.tell("wrong", {"what": what, "args": args})

        return counted

    def _hear(self, _worker: str, told: Message) -> None:
        count = self._counts.get(told["what"])
        if count is not None:
            count(*told["args"])
