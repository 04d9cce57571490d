"""Seats for people, of which an installation has so many: who sits down, who waits, who is called.

A page without a seat shows the ceremony as watchers see it. It hears whom the line has come to from the timeline that
it asks for anyway, so that a seat which falls free is asked for by one page and not by ten thousand.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

import structlog

from memorata.domain import seats as s
from memorata.domain.errors import Refused
from memorata.services.bus import Bus, Message
from memorata.services.keys import Keys
from memorata.services.ports import Alarm, Clock, Participant, Seats, StoreBusy

log = structlog.get_logger(__name__)

LOOK_S = 1.0
RESERVED_MS = 2_000
"""How old the number of invitations yet to come may be."""

HELD_MS = 20_000
"""For how long a seat is kept for somebody who has entered and whose line is about to open."""

WARM_MS, QUIET_MS = 30_000, 8_000
"""After a start those who were inside before come back first: as long as a seat is kept for a lost line, or until
nobody has come back for a while."""

WAITING_MAX = 50_000
"""Most who are remembered; whoever comes after them is told to wait all the same, and remembered later."""


class Expected(Protocol):
    """The invitations that somebody may still come by."""

    def unused(self, ceremony_ids: Sequence[str]) -> int:
        """How many good invitations there are by which nobody has entered. Raises: StoreBusy."""


class SeatingDesk:
    """The seats of all ceremonies together; those of several workers are one room, and each worker has its line."""

    def __init__(
        self,
        seats: Seats,
        each: int,
        bus: Bus,
        expected: Expected,
        held: Callable[[], Sequence[str]],
        silent: Callable[[str], bool],
        keys: Keys,
        clock: Clock,
        alarm: Alarm,
        touched: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Make the desk.

        Args:
            each: how many seats there are for each worker.
            held: the ids of the ceremonies that are being held, from the opening of their doors on.
            touched: hears of a ceremony at which another number waits.
        """
        self._seats = seats
        self._each = each
        self._bus = bus
        self._expected = expected
        self._held_now = held
        self._silent = silent
        self._keys = keys
        self._clock = clock
        self._alarm = alarm
        self._touched = touched
        self._line: dict[str, s.Waiting] = {}
        self._coming: dict[str, int] = {}
        self._reserved: tuple[int, int | None] = (0, None)
        self._started_ms = self._returned_ms = -(10**9)
        self._here: Counter[str] = Counter()
        """How many wait, by ceremony."""
        self._told: Counter[str] = Counter()
        self._called: dict[str, int] = {}
        self._called_elsewhere: dict[str, dict[str, int]] = {}
        """By worker: the ceremonies for which somebody waits there, and the number that their line has come to."""
        bus.on("seating", self._hear)
        bus.on_left(lambda worker: self._called_elsewhere.pop(worker, None))

    def start(self) -> None:
        self._started_ms = self._returned_ms = self._clock.now_ms()
        self._alarm.each(LOOK_S, "seating", self.look)

    # --- asked for people ---

    def keep(self, who: Participant, ticket: str = "") -> None:
        """Keep a seat for somebody who is coming in; it is theirs for a short while.

        Args: ticket: what they were given when there was none.
        Raises: Refused: `seats.full` with a `ticket`, and the `number` to which the line has to come.
        """
        if self._sits(who, ticket):
            self._coming[who.id] = self._clock.now_ms() + HELD_MS

    def sit(self, who: Participant, *, back: bool = False) -> None:
        """Let somebody sit down, whose line has opened.

        Args: back: whether they were inside a moment ago.
        Raises: Refused: as `keep`.
        """
        if not (back and self._clock.now_ms() - self._started_ms < WARM_MS):
            self._sits(who, "")
        elif self._is_warming():
            self._returned_ms = self._clock.now_ms()
        self._coming.pop(who.id, None)

    def leave(self, who: Participant) -> None:
        """Somebody waits no longer, nor comes."""
        self._leave(who.id)
        self._coming.pop(who.id, None)

    def _sits(self, who: Participant, ticket: str) -> bool:
        """Whether a seat has to be kept, which those have no need of who always sit. Raises: Refused: `seats.full`."""
        claim = s.claim_of(who.role, invited=who.invitation_id is not None, hall=bool(who.hall))
        if claim == "always":
            return False
        if self._seats.has(who.ceremony_id, who.id):
            self._leave(who.id)
            return False
        if who.id in self._coming:
            return True
        now_ms = self._clock.now_ms()
        waits = self._line.get(who.id)
        since_ms = self._keys.since_ms(ticket, who.id) if ticket else None
        number = s.number_of(now_ms if since_ms is None else since_ms, claim)
        if waits is not None:
            number = min(number, waits.number)
        if (waits is not None and waits.called_ms is not None) or self._has_room(claim, number):
            self._leave(who.id)
            return True
        if waits is not None:
            self._line[who.id] = replace(waits, number=number, seen_ms=now_ms)
        elif len(self._line) < WAITING_MAX:
            self._line[who.id] = s.Waiting(who.id, who.ceremony_id, claim, number, now_ms)
            self._here[who.ceremony_id] += 1
            self._called.setdefault(who.ceremony_id, 0)
        since_ms = number + (s.HEAD_START_MS if claim == "invited" else 0)
        raise Refused("seats.full", ticket=self._keys.ticket(who.id, since_ms), number=number)

    def _has_room(self, claim: s.Claim, number: int) -> bool:
        room = self._room()
        if not room.free(claim):
            return False
        before = sum(one.called_ms is not None or one.number < number for one in self._line.values())
        return s.may_sit(claim, room, before)

    # --- told ---

    def called(self, ceremony_id: str) -> int | None:
        """The number that the line of a ceremony has come to; `None` where nobody waits, 0: nobody is called now."""
        if self._is_silent(ceremony_id) or self._is_warming():
            return 0
        lines = [self._called, *self._called_elsewhere.values()]
        return max((line[ceremony_id] for line in lines if ceremony_id in line), default=None)

    def waiting(self, ceremony_id: str) -> int:
        """How many wait for a seat, as far as this process knows."""
        return self._here[ceremony_id]

    def all_waiting(self) -> int:
        """How many wait at all ceremonies."""
        return len(self._line)

    # --- each second ---

    def look(self) -> None:
        """Forget who has gone, and call as many as there are seats for."""
        now_ms = self._clock.now_ms()
        self._coming = {who: until_ms for who, until_ms in self._coming.items() if until_ms > now_ms}
        with suppress(StoreBusy):  # what was known last will do
            self._count_reserved(now_ms)
        if self._line and not self._is_warming():
            silent = {one for one in {waits.ceremony_id for waits in self._line.values()} if self._is_silent(one)}
            line = s.called(tuple(self._line.values()), self._room(), now_ms, silent, self._share(now_ms))
            self._line = {one.id: one for one in line}
        self._here = Counter(one.ceremony_id for one in self._line.values())
        self._called = dict.fromkeys(self._here, 0)
        for one in self._line.values():
            if one.called_ms is not None:
                self._called[one.ceremony_id] = max(one.number, self._called[one.ceremony_id])
        self._bus.tell("seating", self._called)
        before, self._told = self._told, self._here.copy()
        for ceremony_id in {*before, *self._told}:
            if before[ceremony_id] != self._told[ceremony_id]:
                self._touched(ceremony_id)

    # --- inside ---

    def _room(self) -> s.Room:
        now_ms = self._clock.now_ms()
        if self._reserved[1] is None:
            with suppress(StoreBusy):
                self._count_reserved(now_ms)
        return s.Room(
            self._each * (1 + len(self._bus.others())), self._seats.count(), len(self._coming), self._reserved[0]
        )

    def _count_reserved(self, now_ms: int) -> None:
        at_ms = self._reserved[1]
        if at_ms is None or now_ms - at_ms >= RESERVED_MS:
            held = self._held_now()
            self._reserved = (self._expected.unused(held) if held else 0, now_ms)

    def _share(self, now_ms: int) -> int | None:
        """Of the seats that are free, those that this worker's line may give: else each worker would give all."""
        if not self._bus.others():
            return None
        names = sorted((self._bus.me, *self._bus.others()))
        free = self._room().free("invited")
        # What does not divide goes to one after the other, for who waits may all be at one of them.
        turn = (names.index(self._bus.me) + now_ms // 5_000) % len(names)
        return free // len(names) + (turn < free % len(names))

    def _is_warming(self) -> bool:
        now_ms = self._clock.now_ms()
        return now_ms - self._started_ms < WARM_MS and now_ms - self._returned_ms < QUIET_MS

    def _leave(self, participant_id: str) -> None:
        left = self._line.pop(participant_id, None)
        if left is not None:
            self._here[left.ceremony_id] -= 1

    def _hear(self, worker: str, told: Message) -> None:
        self._called_elsewhere[worker] = dict(told)

    def _is_silent(self, ceremony_id: str) -> bool:
        try:
            return self._silent(ceremony_id)
        except Refused:
            return False  # a rehearsal that was wiped a moment ago
