"""What this process counts of itself, in plain numbers: cheap to note, read by whoever watches over it.

Nobody's name, link or id is ever a key here, and no service knows who reads.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

PEAKS_S = 30.0
"""How often `turn` is to be called."""


class Spread:
    """How often values lay within which bounds, their sum, and the largest of the last half minute to minute."""

    __slots__ = ("_before", "_now", "_since", "bounds", "counts", "total")

    def __init__(self, *bounds: float) -> None:
        """Args: bounds: ascending; a value that is equal to one lies within it."""
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0
        self._now = self._before = self._since = 0.0

    def note(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value
        if value > self._now:
            self._now = value
        if value > self._since:
            self._since = value

    @property
    def count(self) -> int:
        return sum(self.counts)

    @property
    def peak(self) -> float:
        return max(self._now, self._before)

    def take(self) -> float:
        """The largest since this was asked last; for one who asks."""
        largest, self._since = self._since, 0.0
        return largest

    def turn(self) -> None:
        self._before, self._now = self._now, 0.0


@dataclass(slots=True)
class Meters:
    """Counts since the start of the process; what ends in `_s` and `_ms` is spread over those units."""

    joins: int = 0
    """Lines that have been let into a ceremony, those that came back too."""
    notes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What the security log was told: its word, and the code of the refusal where there is one."""
    commands: Counter[str] = field(default_factory=Counter)
    """By how they ended: granted, refused, busy, defect."""
    command_s: Spread = field(default_factory=lambda: Spread(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5))
    store_s: Spread = field(default_factory=lambda: Spread(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5))
    """Units of work of the store, waiting for it included."""
    store_busy: int = 0
    """Units of work that it could not do."""
    delivery_ms: Spread = field(
        default_factory=lambda: Spread(25, 50, 100, 250, 500, 1_000, 1_500, 2_000, 3_000, 5_000, 8_000, 12_000)
    )
    """The longest that a message was on its way, as pages tell at each report."""
    loop_gap_s: Spread = field(default_factory=lambda: Spread(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5))
    """How much later than asked a sleeper got its turn."""
    clock_bound_ms: Spread = field(default_factory=lambda: Spread(0.5, 1, 2, 5, 10, 20, 50, 100, 250))
    """How far off pages say that what they sound and show may be, at each report."""
    clock_unknown: int = 0
    """Reports of pages that did not know."""

    def turn(self) -> None:
        """Forget the peaks of before the last turn."""
        for spread in (self.command_s, self.store_s, self.delivery_ms, self.loop_gap_s, self.clock_bound_ms):
            spread.turn()
