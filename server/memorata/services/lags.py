"""How long news takes to reach the pages of a ceremony: to all but the slowest hundredth, as they tell themselves.

Each page tells now and then the longest that a message was on its way. Once is no measure: a phone that slept, a lift.
So a page counts by the second longest of what it told in the last minutes, and of five pages and more the very slowest
is left out. What announcements reckon with rises at once and falls slowly, for a lead that jumps confuses a host.
"""

import math
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from memorata.domain.lead import LEAD_MAX_MS
from memorata.services.bus import Message
from memorata.services.meters import Meters
from memorata.services.ports import Clock

WINDOW_MS = 180_000
"""How old a page's word may be."""

KEPT = 9
"""Words of one page: one each 20 s."""

STEP_MS = 250
"""Lags are counted in steps of this, rounded up."""

LAG_MAX_MS = 15_000
"""Longer than any lead: whatever lies beyond is alike."""

SHARE = 0.99
LEAVE_OUT_FROM = 5
FALL_MS = 120_000
"""For how long it must have been better before announcements reckon with less."""

LOOK_S = 5.0
TELL_S = 10.0
OTHERS_MS = 60_000
"""For how long what another worker told is believed."""


@dataclass(slots=True)
class _Ceremony:
    """`pages` holds what each has told, with when; `measured` what came of it, as far back as FALL_MS."""

    pages: dict[str, deque[tuple[int, int]]] = field(default_factory=dict)
    measured: deque[tuple[int, int]] = field(default_factory=deque)
    used_ms: int = 0


def slowest(figures: Counter[int]) -> int:
    """Within what time news has reached all but the slowest hundredth, ms; 0 where nobody has said anything.

    Args: figures: how many pages by their lag, ms. Of five and more one at least is left out.
    """
    count = figures.total()
    if not count:
        return 0
    rank = math.ceil(SHARE * count)
    if count >= LEAVE_OUT_FROM:
        rank = min(rank, count - 1)
    for lag_ms in sorted(figures):
        rank -= figures[lag_ms]
        if rank <= 0:
            return lag_ms
    raise AssertionError


def figure(told: Iterable[int]) -> int | None:
    """The lag by which a page counts, of what it has told; `None` while it has told only once."""
    longest = sorted(told)[-2:]
    return longest[0] if len(longest) == 2 else None


def stepped(lag_ms: float) -> int:
    return min(LAG_MAX_MS, math.ceil(max(0.0, lag_ms) / STEP_MS) * STEP_MS)


class Lags:
    """Of all ceremonies; `of` is asked for at each command, `look` works it out every few seconds."""

    def __init__(
        self, clock: Clock, meters: Meters | None = None, changed: Callable[[str], object] = lambda _: None
    ) -> None:
        """Args: changed: hears of a ceremony whose announcements are to reckon with something else."""
        self._changed = changed
        self._clock = clock
        self._meters = meters or Meters()
        self._ceremonies: dict[str, _Ceremony] = {}
        self._others: dict[str, tuple[int, dict[str, Counter[int]]]] = {}

    def note(self, ceremony_id: str, page: str, lag_ms: float) -> None:
        """A page tells the longest that a message was on its way to it since it told the last time."""
        self._meters.delivery_ms.note(lag_ms)
        pages = self._ceremonies.setdefault(ceremony_id, _Ceremony()).pages
        pages.setdefault(page, deque(maxlen=KEPT)).append((self._clock.now_ms(), stepped(lag_ms)))

    def of(self, ceremony_id: str) -> int:
        """What announcements are to reckon with, ms; 0 where nothing is known."""
        ceremony = self._ceremonies.get(ceremony_id)
        return 0 if ceremony is None else ceremony.used_ms

    def longest(self) -> int:
        """Of all ceremonies, ms."""
        return max((ceremony.used_ms for ceremony in self._ceremonies.values()), default=0)

    def look(self) -> None:
        """Work out anew what to reckon with, from here and from the other workers."""
        now_ms = self._clock.now_ms()
        for name, (told_ms, _) in tuple(self._others.items()):
            if now_ms - told_ms > OTHERS_MS:
                del self._others[name]
        theirs = {ceremony_id for _, told in self._others.values() for ceremony_id in told}
        for ceremony_id in (*self._ceremonies, *(theirs - set(self._ceremonies))):
            ceremony = self._ceremonies.setdefault(ceremony_id, _Ceremony())
            figures = self._own(ceremony, now_ms)
            for _, told in self._others.values():
                figures.update(told.get(ceremony_id, {}))
            before = ceremony.used_ms
            _settle(ceremony, slowest(figures), now_ms)
            if ceremony.used_ms != before:
                self._changed(ceremony_id)
            if not ceremony.pages and not ceremony.used_ms and ceremony_id not in theirs:
                del self._ceremonies[ceremony_id]

    def told(self) -> Message:
        """What the other workers are told of the pages here."""
        now_ms = self._clock.now_ms()
        own = {ceremony_id: self._own(ceremony, now_ms) for ceremony_id, ceremony in self._ceremonies.items()}
        return {name: {str(lag): count for lag, count in sorted(found.items())} for name, found in own.items() if found}

    def hear(self, worker: str, told: Message) -> None:
        """What another worker tells of its pages."""
        read = {name: Counter({int(lag): int(count) for lag, count in found.items()}) for name, found in told.items()}
        self._others[worker] = self._clock.now_ms(), read

    def left(self, worker: str) -> None:
        self._others.pop(worker, None)

    def _own(self, ceremony: _Ceremony, now_ms: int) -> Counter[int]:
        figures: Counter[int] = Counter()
        for page, told in tuple(ceremony.pages.items()):
            while told and now_ms - told[0][0] > WINDOW_MS:
                told.popleft()
            if not told:
                del ceremony.pages[page]
            elif (found := figure(lag_ms for _, lag_ms in told)) is not None:
                figures[found] += 1
        return figures


def _settle(ceremony: _Ceremony, measured_ms: int, now_ms: int) -> None:
    """Up at once; down to the highest of two minutes."""
    ceremony.measured.append((now_ms, measured_ms))
    while now_ms - ceremony.measured[0][0] > FALL_MS:
        ceremony.measured.popleft()
    ceremony.used_ms = min(LEAD_MAX_MS, max(measured for _, measured in ceremony.measured))
