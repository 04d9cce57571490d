"""Which of several workers keeps what only one may: the stages, their streams, and the making of films.

A row in the store says who it is, and after how many takings over. Whoever keeps moves its beat on; when that stands
still another worker takes the row. Redis has no part in it, so that losing Redis makes no second keeper and loses none.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from memorata import green
from memorata.services.bus import Bus
from memorata.services.ports import StoreBusy

log = structlog.get_logger(__name__)

LOOK_S = 0.5

SILENT_S = 3.0
"""A beat that stands still for so long is that of a worker that is dead, or frozen, or cut off from the store."""

PAUSED_S = 1.5
"""Whoever has not looked for so long was frozen itself, and knows nothing of how long others were silent."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who keeps, by the name of the worker and of its process; an empty `worker`: nobody, it has been given back.

    `term` grows with each taking over, `beat` while one keeps.
    """

    worker: str
    process: str
    term: int
    beat: int


class Leases(Protocol):
    """The row. Every method may raise StoreBusy."""

    def read(self) -> Lease | None: ...

    def take(self, before: Lease | None) -> int | None:
        """Take it if it is as it was seen; the new term, or `None`: somebody was faster, or it has moved."""

    def renew(self, term: int) -> bool:
        """Move the beat on; False when another has taken it."""

    def give(self, term: int) -> None:
        """Give it back, if it is ours still."""


class Keeping:
    """Looks twice a second. `taken` and `lost` hear what becomes of us, `other` of another one that keeps from now on.

    Args: alive: whether the process of this name lives, by what this machine knows; `None`: it cannot know.
    """

    def __init__(
        self,
        leases: Leases,
        bus: Bus,
        alive: Callable[[str], bool | None],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._leases = leases
        self._bus = bus
        self._alive = alive
        self._now_s = now_s
        self._looking = green.lock()
        self._seen: Lease | None = None
        self._seen_s = 0.0
        self._looked_s = now_s()
        self._over = False
        self.term: int | None = None
        """Ours; `None` while another keeps, or nobody."""
        self.keeper = ""
        """The worker that keeps, as far as is known; empty for nobody."""
        self.keeper_term = 0
        self._taken: list[Callable[[int], object]] = []
        self._lost: list[Callable[[], object]] = []
        self._other: list[Callable[[str, int], object]] = []
        bus.on("keeper", lambda _sender, _told: self.look())
        bus.on_left(lambda worker: self.look() if worker == self.keeper else None)

    def on_taken(self, call: Callable[[int], object]) -> None:
        """Called with the term, before the others are told; it may wait for seconds."""
        self._taken.append(call)

    def on_lost(self, call: Callable[[], object]) -> None:
        self._lost.append(call)

    def on_other(self, call: Callable[[str, int], object]) -> None:
        """Called with the name of the worker and its term."""
        self._other.append(call)

    @property
    def mine(self) -> bool:
        return self.term is not None

    def look(self) -> None:
        """Say that we live, or see whether whoever keeps does."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            now_s, before_s = self._now_s(), self._looked_s
            self._looked_s = now_s
            if now_s - before_s > PAUSED_S:
                self._seen = None
            if self.term is not None and not self._leases.renew(self.term):
                self._lose()
            if self.term is None:
                self._seek(now_s)
        except StoreBusy as busy:
            # Nobody else can take it meanwhile; afterwards whoever keeps needs a moment to say so.
            log.debug("keeping.store_busy", reason=str(busy))
            self._seen = None
        finally:
            self._looking.release()

    def give(self) -> None:
        """We go: somebody else may keep from now on."""
        self._over = True
        term, self.term = self.term, None
        if term is None:
            return
        try:
            self._leases.give(term)
        except StoreBusy as busy:
            log.warning("keeping.store_busy", reason=str(busy))
        self._bus.tell("keeper", {})

    def _seek(self, now_s: float) -> None:
        found = self._leases.read()
        if found is not None and found.worker and self._alive(found.process) is not False:
            if found != self._seen:
                self._seen, self._seen_s = found, now_s
            if now_s - self._seen_s < SILENT_S:
                self._follow(found)
                return
        if self._over:
            return
        term = self._leases.take(found)
        if term is None:
            return
        log.info("keeping.taken", term=term, before="" if found is None else found.worker)
        self.term, self.keeper, self.keeper_term = term, self._bus.me, term
        for call in self._taken:
            call(term)
        self._bus.tell("keeper", {})

    def _follow(self, found: Lease) -> None:
        if (found.worker, found.term) != (self.keeper, self.keeper_term):
            self.keeper, self.keeper_term = found.worker, found.term
            log.info("keeping.other", worker=found.worker, term=found.term)
            for call in self._other:
                call(found.worker, found.term)

    def _lose(self) -> None:
        log.warning("keeping.lost", term=self.term)
        self.term, self._seen = None, None
        for call in self._lost:
            call()
