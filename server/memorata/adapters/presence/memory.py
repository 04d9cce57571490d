"""Who is there, in the memory of one process: seats, their tabs, and half a minute for a lost line to return."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from memorata import green
from memorata.domain.roles import is_staff
from memorata.services.ports import Participant, Report, SeatRow, SyncQuality, Totals

GRACE_MS = 30_000
TABS_MAX = 20
REPORT_MS = 60_000
"""Three reports missed: nothing is known of that page any more."""


@dataclass(frozen=True, slots=True)
class Held:
    """A seat as far as it is counted and shown; `step` is where it counts in the step of the audience."""

    participant: Participant
    number: int
    online: bool
    step: tuple[str, ...]


@dataclass(slots=True)
class _Seat:
    participant: Participant
    number: int
    tabs: set[str] = field(default_factory=set)
    lost_ms: int | None = None
    report: Report | None = None
    reported_ms: int = 0


class _Tally:
    """The totals of one ceremony, kept as seats come, change and go: a crowd is not counted anew at each telling."""

    def __init__(self) -> None:
        self._counted: dict[str, tuple[Participant, tuple[str, ...]]] = {}
        self._places: Counter[str | None] = Counter()
        self._quality: Counter[str] = Counter()
        self._communities: Counter[str] = Counter()

    def note(self, whose: str, seat: _Seat | None) -> None:
        """A seat is as it is now; `None`: it is free."""
        before = self._counted.pop(whose, None)
        after = None if seat is None else (seat.participant, _step(seat))
        if before is not None:
            self._add(*before, sign=-1)
        if after is not None:
            self._counted[whose] = after
            self._add(*after, sign=1)

    def _add(self, who: Participant, step: tuple[str, ...], *, sign: int) -> None:
        self._places[who.country] += sign * who.people
        if not self._places[who.country]:
            del self._places[who.country]
        for each in step:
            self._quality[each] += sign
        if who.community:
            key = who.community.casefold()
            self._communities[key] += sign
            if not self._communities[key]:
                del self._communities[key]

    def totals(self) -> Totals:
        return _totals(len(self._counted), self._places, self._quality, len(self._communities))


class MemorySeats:
    """Kept by ceremony and participant; a participant with several tabs has one seat.

    `touched` hears of each seat that may not be what it was, by the ids of ceremony and participant; it may not wait.
    """

    def __init__(self, touched: Callable[[str, str], object] = lambda _, __: None) -> None:
        self._tell = touched
        self._lock = green.lock()
        self._seats: dict[str, dict[str, _Seat]] = {}
        self._tallies: dict[str, _Tally] = {}
        self._number = 0

    def _touched(self, ceremony_id: str, whose: str) -> None:
        seats = self._seats.get(ceremony_id, {})
        tally = self._tallies.get(ceremony_id)
        if tally is None:
            tally = self._tallies[ceremony_id] = _Tally()
        tally.note(whose, seats.get(whose))
        if not seats:
            del self._tallies[ceremony_id]
        self._tell(ceremony_id, whose)

    def join(self, participant: Participant, tab: str, now_ms: int) -> bool:
        with self._lock:
            seats = self._seats.setdefault(participant.ceremony_id, {})
            seat = seats.get(participant.id)
            changed = seat is None or shows(seat.participant) != shows(participant)
            if seat is None:
                self._number += 1
                seat = seats[participant.id] = _Seat(participant, self._number)
            seat.participant = participant
            seat.tabs.add(tab)
            seat.lost_ms = None
            self._touched(participant.ceremony_id, participant.id)
            return changed

    def leave(self, participant: Participant, tab: str, now_ms: int, *, at_once: bool) -> bool:
        with self._lock:
            seats = self._seats.get(participant.ceremony_id, {})
            seat = seats.get(participant.id)
            if seat is None:
                return False
            seat.tabs.discard(tab)
            if seat.tabs:
                return False
            if at_once:
                del seats[participant.id]
            else:
                seat.lost_ms = now_ms if seat.lost_ms is None else seat.lost_ms
            self._touched(participant.ceremony_id, participant.id)
            return at_once

    def update(self, participant: Participant) -> bool:
        with self._lock:
            seat = self._seats.get(participant.ceremony_id, {}).get(participant.id)
            if seat is None or seat.participant == participant:
                return False
            seat.participant = participant
            self._touched(participant.ceremony_id, participant.id)
            return True

    def forget(self, ceremony_id: str, participant_id: str | None) -> bool:
        with self._lock:
            seats = self._seats.get(ceremony_id, {})
            if participant_id is not None:
                was = seats.pop(participant_id, None)
                self._touched(ceremony_id, participant_id)
                return was is not None
            for whose, seat in seats.items():
                seat.participant = nameless(seat.participant)
                self._touched(ceremony_id, whose)
            return bool(seats)

    def drop(self, participant: Participant) -> bool:
        with self._lock:
            was = self._seats.get(participant.ceremony_id, {}).pop(participant.id, None)
            self._touched(participant.ceremony_id, participant.id)
            return was is not None

    def report(self, participant: Participant, report: Report, now_ms: int) -> bool:
        with self._lock:
            seat = self._seats.get(participant.ceremony_id, {}).get(participant.id)
            if seat is None:
                return False
            before, seat.report, seat.reported_ms = _step(seat), report, now_ms
            if before == _step(seat):
                return False
            self._touched(participant.ceremony_id, participant.id)
            return True

    def forget_reports(self, now_ms: int) -> tuple[str, ...]:
        changed: dict[str, None] = {}
        with self._lock:
            for ceremony_id, seats in self._seats.items():
                for whose, seat in seats.items():
                    if seat.report is not None and now_ms - seat.reported_ms > REPORT_MS:
                        before, seat.report = _step(seat), None
                        if before != _step(seat):
                            changed[ceremony_id] = None
                            self._touched(ceremony_id, whose)
        return tuple(changed)

    def expire(self, now_ms: int) -> tuple[str, ...]:
        changed: list[str] = []
        with self._lock:
            for ceremony_id, seats in list(self._seats.items()):
                over = [
                    participant_id
                    for participant_id, seat in seats.items()
                    if seat.lost_ms is not None and now_ms - seat.lost_ms >= GRACE_MS
                ]
                for participant_id in over:
                    del seats[participant_id]
                    self._touched(ceremony_id, participant_id)
                if over:
                    changed.append(ceremony_id)
                if not seats:
                    del self._seats[ceremony_id]
        return tuple(changed)

    def totals(self, ceremony_id: str) -> Totals:
        with self._lock:
            tally = self._tallies.get(ceremony_id)
            return Totals() if tally is None else tally.totals()

    def rows(self, ceremony_id: str) -> tuple[SeatRow, ...]:
        with self._lock:
            seats = tuple(self._seats.get(ceremony_id, {}).values())
            return tuple(SeatRow(seat.participant, bool(seat.tabs), seat.number) for seat in seats)

    def has(self, ceremony_id: str, participant_id: str) -> bool:
        return participant_id in self._seats.get(ceremony_id, {})

    def count(self) -> int:
        with self._lock:
            return sum(map(len, self._seats.values()))

    def ceremonies(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(ceremony_id for ceremony_id, seats in self._seats.items() if seats)

    def moved(self, ceremony_id: str, participant_id: str) -> None:
        """Somebody is at another worker now: a seat that is kept here for their return is free."""
        with self._lock:
            seats = self._seats.get(ceremony_id, {})
            seat = seats.get(participant_id)
            if seat is not None and not seat.tabs:
                del seats[participant_id]
                self._touched(ceremony_id, participant_id)

    def held(self, ceremony_id: str) -> dict[str, Held]:
        """All seats of a ceremony, by participant."""
        with self._lock:
            return {whose: _held(seat) for whose, seat in self._seats.get(ceremony_id, {}).items()}

    def one(self, ceremony_id: str, participant_id: str) -> Held | None:
        """The seat of a participant."""
        with self._lock:
            seat = self._seats.get(ceremony_id, {}).get(participant_id)
            return None if seat is None else _held(seat)


def counted(seats: Iterable[tuple[Participant, tuple[str, ...]]]) -> Totals:
    """The totals of these people, each with where they count in the step of the audience."""
    number = 0
    places: Counter[str | None] = Counter()
    quality: Counter[str] = Counter()
    communities: set[str] = set()
    for participant, step in seats:
        number += 1
        places[participant.country] += participant.people
        quality.update(step)
        if participant.community:
            communities.add(participant.community.casefold())
    return _totals(number, places, quality, len(communities))


def _totals(seats: int, places: "Counter[str | None]", quality: "Counter[str]", communities: int) -> Totals:
    return Totals(
        people=places.total(),
        seats=seats,
        places=tuple(sorted((country, people) for country, people in places.items() if country is not None)),
        elsewhere=places[None],
        communities=communities,
        sync=SyncQuality(**quality),
    )


def nameless(participant: Participant) -> Participant:
    """Somebody of whom nothing is kept that tells who they are."""
    return replace(participant, name="", community="", language="", consent="count")


def _held(seat: _Seat) -> Held:
    return Held(seat.participant, seat.number, bool(seat.tabs), _step(seat))


def shows(participant: Participant) -> tuple[str | None, str, int]:
    """What of a participant shows in the totals."""
    return participant.country, participant.community, participant.people


def _step(seat: _Seat) -> tuple[str, ...]:
    """Where a seat counts in the step of the audience: nowhere for staff, who do not listen but conduct."""
    if is_staff(seat.participant.role):
        return ()
    report = seat.report
    if report is None or report.bound_ms is None or report.bound_ms > 20:
        near = "unknown"
    else:
        near = "ms5" if report.bound_ms <= 5 else "ms20"
    if seat.lost_ms is not None:
        return near, "away"
    return (near,) if report is None or report.sound == "running" else (near, "soundless")
