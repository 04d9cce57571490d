"""Who is there, told calmly: at most two messages a second, and none during a silence."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from memorata import green
from memorata.domain.moderating import NameState
from memorata.domain.roles import Role, is_staff
from memorata.services.lags import Lags
from memorata.services.meters import Meters
from memorata.services.ports import Alarm, Clock, Participant, Publisher, Report, SeatRow, Seats, Totals
from memorata.services.pressure import Pressure

SPACING_MS = 500
ROSTER_SPACING_MS = 2_000
SYNC_SPACING_MS = 1_000
LATER_MS = 2_000
"""How long until it is asked again whether anything may be told."""
PAGE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A seat as somebody may see it; what follows `key` is for staff. `key` names the row, and nobody by it."""

    name: str
    community: str
    country: str | None
    people: int
    online: bool
    key: str = ""
    participant_id: str | None = None
    role: Role | None = None
    name_state: NameState | None = None
    mark: str | None = None
    recording: bool | None = None


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Shown, ...]
    next: str | None


class _Told:
    """When one kind of message about a ceremony was last sent, and whether another waits."""

    def __init__(self) -> None:
        self.sent_ms = -(10**9)
        self.waiting = False


class PresenceDesk:
    """Takes seats, and tells the totals. `silent` says whether a silence holds a ceremony now."""

    def __init__(
        self,
        seats: Seats,
        publisher: Publisher,
        clock: Clock,
        alarm: Alarm,
        silent: Callable[[str], bool],
        meters: Meters | None = None,
        lags: Lags | None = None,
        pressure: Pressure | None = None,
    ) -> None:
        self._seats = seats
        self._publisher = publisher
        self._clock = clock
        self._alarm = alarm
        self._silent = silent
        self._meters = meters or Meters()
        self._lags = lags or Lags(clock)
        self._pressure = pressure or Pressure()
        self._lock = green.lock()
        self._totals_told: dict[str, _Told] = {}
        self._roster_told: dict[str, _Told] = {}
        self._sync_told: dict[str, _Told] = {}
        self._versions: dict[str, int] = {}

    def start(self) -> None:
        self._alarm.each(1.0, "seats", self.expire)

    def join(self, participant: Participant, tab: str) -> None:
        self._meters.joins += 1
        if self._seats.join(participant, tab, self._clock.now_ms()):
            self.touch(participant.ceremony_id)
        else:
            self._touch_sync(participant.ceremony_id)  # a line that was waited for
        self._touch_roster(participant.ceremony_id)

    def leave(self, participant: Participant, tab: str, *, at_once: bool = False) -> None:
        """A tab is gone. The seat is kept for half a minute, for a line that comes back, unless `at_once`."""
        if self._seats.leave(participant, tab, self._clock.now_ms(), at_once=at_once):
            self.touch(participant.ceremony_id)
        else:
            self._touch_sync(participant.ceremony_id)  # a line that is waited for
        self._touch_roster(participant.ceremony_id)

    def changed(self, participant: Participant) -> None:
        """What somebody says about themselves has changed."""
        if self._seats.update(participant):
            self.touch(participant.ceremony_id)
            self._touch_roster(participant.ceremony_id)

    def forget(self, ceremony_id: str, participant_id: str | None) -> None:
        """Somebody is kept no longer, or with `None` nobody's name is."""
        if self._seats.forget(ceremony_id, participant_id):
            self.touch(ceremony_id)
            self._touch_roster(ceremony_id)

    def put_out(self, participant: Participant) -> None:
        """Somebody is outside: the seat is free at once."""
        if self._seats.drop(participant):
            self.touch(participant.ceremony_id)
            self._touch_roster(participant.ceremony_id)

    def report(self, participant: Participant, report: Report) -> None:
        if report.bound_ms is None:
            self._meters.clock_unknown += 1
        else:
            self._meters.clock_bound_ms.note(report.bound_ms)
        if report.lag_ms is not None:
            self._lags.note(participant.ceremony_id, participant.id, report.lag_ms)
        if self._seats.report(participant, report, self._clock.now_ms()):
            self._touch_sync(participant.ceremony_id)

    def lead_changed(self, ceremony_id: str) -> None:
        """A press is announced further ahead, or less far, which those who lead are told."""
        self._touch_sync(ceremony_id)

    def heard(self, ceremony_id: str, what: Iterable[str]) -> None:
        """At other workers something is not what it was: totals, roster or step."""
        if "totals" in what:
            self.touch(ceremony_id)
        if "roster" in what:
            self._touch_roster(ceremony_id)
        if "step" in what:
            self._touch_sync(ceremony_id)

    def expire(self) -> None:
        now_ms = self._clock.now_ms()
        for ceremony_id in self._seats.expire(now_ms):
            self.touch(ceremony_id)
            self._touch_roster(ceremony_id)
        for ceremony_id in self._seats.forget_reports(now_ms):
            self._touch_sync(ceremony_id)

    def totals(self, ceremony_id: str) -> Totals:
        return self._seats.totals(ceremony_id)

    def version(self, ceremony_id: str) -> int:
        """Grows with every message about the ceremony; the latest wins."""
        return self._versions.get(ceremony_id, 0)

    def ceremonies(self) -> tuple[str, ...]:
        """Where somebody has a seat."""
        return self._seats.ceremonies()

    def halls_online(self, ceremony_id: str) -> frozenset[str]:
        """The ids of halls of which a page is open just now."""
        return frozenset(row.participant.hall for row in self._seats.rows(ceremony_id) if row.online) - {""}

    def roster(self, viewer: Participant, after: str | None = None, search: str = "") -> Page:
        """A page of who is there, by name; participants see those who consent to be seen, as far as they do."""
        staff = is_staff(viewer.role)
        shown = [(_sorted_by(seen, row), seen) for row in self._seats.rows(viewer.ceremony_id)
                 if (seen := _shown(row, staff)) is not None]  # fmt: skip
        wanted = search.casefold().strip()
        if wanted:
            shown = [
                (key, seen) for key, seen in shown
                if wanted in f"{seen.name}\n{seen.community}\n{seen.country or ''}".casefold()
            ]  # fmt: skip
        if after is not None:
            shown = [(key, seen) for key, seen in shown if key > after]
        shown.sort(key=lambda pair: pair[0])
        page = shown[:PAGE]
        return Page(tuple(seen for _, seen in page), page[-1][0] if len(shown) > PAGE else None)

    def touch(self, ceremony_id: str) -> None:
        """The totals, or the tributes counted, are not what was told last: tell soon."""
        spacing = lambda: self._pressure.spacing_ms(SPACING_MS)  # noqa: E731
        self._soon(self._totals_told, ceremony_id, spacing, self._tell_totals)

    def _touch_roster(self, ceremony_id: str) -> None:
        spacing = lambda: self._pressure.names_spacing_ms(ROSTER_SPACING_MS)  # noqa: E731
        self._soon(self._roster_told, ceremony_id, spacing, self._publisher.roster_changed)

    def _touch_sync(self, ceremony_id: str) -> None:
        # Those who lead are few, and have to know.
        self._soon(self._sync_told, ceremony_id, lambda: SYNC_SPACING_MS, self._tell_sync)

    def _tell_totals(self, ceremony_id: str) -> None:
        self._versions[ceremony_id] = self.version(ceremony_id) + 1
        self._publisher.presence(ceremony_id)

    def _tell_sync(self, ceremony_id: str) -> None:
        self._versions[ceremony_id] = self.version(ceremony_id) + 1
        self._publisher.sync_changed(ceremony_id)

    def _soon(
        self,
        told_by_id: dict[str, _Told],
        ceremony_id: str,
        spacing: Callable[[], int | None],
        tell: Callable[[str], None],
    ) -> None:
        """Args: spacing: how far apart, ms; `None`: not at all just now."""
        with self._lock:
            told = told_by_id.setdefault(ceremony_id, _Told())
            if told.waiting:
                return
            told.waiting = True
            # A little later even at first, so that people who come together are one message.
            wait_ms = max(50, told.sent_ms + (spacing() or LATER_MS) - self._clock.now_ms())

        def attempt() -> None:
            spacing_ms = spacing()
            if spacing_ms is None or self._silent(ceremony_id):
                self._alarm.once((spacing_ms or LATER_MS) / 1000, attempt)
                return
            with self._lock:
                told.waiting = False
                told.sent_ms = self._clock.now_ms()
            tell(ceremony_id)

        self._alarm.once(wait_ms / 1000, attempt)


def _shown(row: SeatRow, staff: bool) -> Shown | None:
    """What somebody may see of a seat: others only a name that has been released, and as far as its owner agrees."""
    who = row.participant
    key = row_key(who.id)
    if staff:
        return Shown(
            who.name, who.community, who.country, who.people, row.online, key, who.id, who.role, who.name_state,
            mark(who), who.recording,
        )  # fmt: skip
    if not is_shown(who):
        return None
    if who.consent == "first":
        return Shown(who.name.split()[0], "", who.country, who.people, row.online, key)
    return Shown(who.name, who.community, who.country, who.people, row.online, key)


def is_shown(who: Participant) -> bool:
    """Whether others see a name here."""
    return bool(who.name) and who.consent != "count" and who.standing == "admitted" and who.name_state == "released"


def row_key(participant_id: str) -> str:
    """Names a row of the roster to those who may not know the id."""
    return hashlib.blake2s(participant_id.encode(), digest_size=9, person=b"row").hexdigest()


def mark(who: Participant) -> str:
    """How somebody stands, words included: another mark means that a moderator has to look again."""
    words = "\0".join((who.name, who.community, who.country or ""))
    return f"{who.standing}.{who.name_state}.{hashlib.blake2s(words.encode(), digest_size=6).hexdigest()}"


def _sorted_by(seen: Shown, row: SeatRow) -> str:
    """By name, those without last; the seat's number makes it unique. Nothing is in it that is not shown."""
    return f"{'1' if not seen.name else '0'}{seen.name.casefold()}|{row.number:08}"
