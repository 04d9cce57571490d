"""Who is there, in the memory of one process: seats, their tabs, and half a minute for a lost line to return."""

from collections import Counter
from dataclasses import dataclass, field, replace

from memorata import green
from memorata.domain.roles import is_staff
from memorata.services.ports import Participant, Report, SeatRow, SyncQuality, Totals

GRACE_MS = 30_000
TABS_MAX = 20
REPORT_MS = 60_000
"""Three reports missed: nothing is known of that page any more."""


@dataclass(slots=True)
class _Seat:
    participant: Participant
    number: int
    tabs: set[str] = field(default_factory=set)
    lost_ms: int | None = None
    report: Report | None = None
    reported_ms: int = 0


class MemorySeats:
    """Kept by ceremony and participant; a participant with several tabs has one seat."""

    def __init__(self) -> None:
        self._lock = green.lock()
        self._seats: dict[str, dict[str, _Seat]] = {}
        self._number = 0

    def join(self, participant: Participant, tab: str, now_ms: int) -> bool:
        with self._lock:
            seats = self._seats.setdefault(participant.ceremony_id, {})
            seat = seats.get(participant.id)
            changed = seat is None or _counted(seat.participant) != _counted(participant)
            if seat is None:
                self._number += 1
                seat = seats[participant.id] = _Seat(participant, self._number)
            seat.participant = participant
            seat.tabs.add(tab)
            seat.lost_ms = None
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
                return True
            seat.lost_ms = now_ms if seat.lost_ms is None else seat.lost_ms
            return False

    def update(self, participant: Participant) -> bool:
        with self._lock:
            seat = self._seats.get(participant.ceremony_id, {}).get(participant.id)
            if seat is None or seat.participant == participant:
                return False
            seat.participant = participant
            return True

    def forget(self, ceremony_id: str, participant_id: str | None) -> bool:
        with self._lock:
            seats = self._seats.get(ceremony_id, {})
            if participant_id is not None:
                return seats.pop(participant_id, None) is not None
            for seat in seats.values():
                seat.participant = replace(seat.participant, name="", community="", language="", consent="count")
            return bool(seats)

    def drop(self, participant: Participant) -> bool:
        with self._lock:
            return self._seats.get(participant.ceremony_id, {}).pop(participant.id, None) is not None

    def report(self, participant: Participant, report: Report, now_ms: int) -> bool:
        with self._lock:
            seat = self._seats.get(participant.ceremony_id, {}).get(participant.id)
            if seat is None:
                return False
            before, seat.report, seat.reported_ms = _step(seat), report, now_ms
            return before != _step(seat)

    def forget_reports(self, now_ms: int) -> tuple[str, ...]:
        changed: dict[str, None] = {}
        with self._lock:
            for ceremony_id, seats in self._seats.items():
                for seat in seats.values():
                    if seat.report is not None and now_ms - seat.reported_ms > REPORT_MS:
                        before, seat.report = _step(seat), None
                        if before != _step(seat):
                            changed[ceremony_id] = None
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
                if over:
                    changed.append(ceremony_id)
                if not seats:
                    del self._seats[ceremony_id]
        return tuple(changed)

    def totals(self, ceremony_id: str) -> Totals:
        with self._lock:
            seats = [(seat.participant, _step(seat)) for seat in self._seats.get(ceremony_id, {}).values()]
        places: Counter[str | None] = Counter()
        quality: Counter[str] = Counter()
        communities: set[str] = set()
        for participant, step in seats:
            places[participant.country] += participant.people
            quality.update(step)
            if participant.community:
                communities.add(participant.community.casefold())
        return Totals(
            people=places.total(),
            seats=len(seats),
            places=tuple(sorted((country, people) for country, people in places.items() if country is not None)),
            elsewhere=places[None],
            communities=len(communities),
            sync=SyncQuality(**quality),
        )

    def rows(self, ceremony_id: str) -> tuple[SeatRow, ...]:
        with self._lock:
            seats = tuple(self._seats.get(ceremony_id, {}).values())
            return tuple(SeatRow(seat.participant, bool(seat.tabs), seat.number) for seat in seats)

    def ceremonies(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(ceremony_id for ceremony_id, seats in self._seats.items() if seats)


def _counted(participant: Participant) -> tuple[str | None, str, int]:
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
    return (near,) if report is None or report.sound == "running" else (near, "soundless")
