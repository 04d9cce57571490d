"""How long names are kept, and the erasing of them when that time is over: once for each ceremony, by whoever wakes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

import structlog

from memorata.domain import commands as c
from memorata.domain.civil import instant_ms
from memorata.domain.errors import Refused
from memorata.domain.items import Closing
from memorata.domain.state import CeremonyState
from memorata.services.live import CONDUCTOR, LiveCeremonies
from memorata.services.ports import Alarm, AlreadyErased, Claim, Clock, Erased, People, StoreBusy

log = structlog.get_logger(__name__)

DAY_MS = 86_400_000
SCAN_S = 60.0
FIRST_S = 1.0
"""The first look comes right after the start: what came due while nobody was here is not left for a minute more."""

AGAIN_MS = DAY_MS
"""Who comes after the names have been erased, and writes one, is not kept longer than that."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Until when the names of a ceremony are kept, and when they were erased; server ms, or `None`."""

    until_ms: int | None
    erased_ms: int | None


def over_ms(state: CeremonyState) -> int | None:
    """When the ceremony ended: when it was closed, else its planned end; `None` for one that is not planned."""
    if state.progress.closed_ms is not None:
        return state.progress.closed_ms
    programme = state.programme
    if programme is None:
        return None
    return programme.starts_ms + sum(item.planned_s for item in programme.conducted()) * 1000


def names_due_ms(state: CeremonyState, names_days: int) -> int | None:
    """When the names are to be erased: so many days after the end; `None` for a ceremony that is not planned."""
    ended_ms = over_ms(state)
    return None if ended_ms is None else ended_ms + names_days * DAY_MS


def open_books(state: CeremonyState, now_ms: int) -> tuple[str, ...]:
    """The items whose guest books are still open: their lines were written under the promise of a later day."""
    programme = state.programme
    if programme is None:
        return ()
    found = []
    for item in programme.items:
        if isinstance(item.detail, Closing) and item.detail.guest_book_until is not None:
            # That day is the last one on which it is open.
            after = date.fromisoformat(item.detail.guest_book_until) + timedelta(days=1)
            if now_ms < instant_ms(after, time(), programme.zone):
                found.append(item.id)
    return tuple(found)


class Retention:
    """Looks once a minute what has come due; the claim is in the store: restarts and other processes do no harm.

    `names_days` are the days for which names are kept after the end of a ceremony.
    """

    def __init__(self, ceremonies: LiveCeremonies, people: People, clock: Clock, alarm: Alarm, names_days: int) -> None:
        self._ceremonies = ceremonies
        self._people = people
        self._clock = clock
        self._alarm = alarm
        self._names_days = names_days
        self._unpurged = False
        self._erased: dict[tuple[str, str], int] = {}

    def start(self) -> None:
        self._alarm.once(FIRST_S, self.scan)
        self._alarm.each(SCAN_S, "retention", self.scan)

    def keeping(self, ceremony_id: str) -> Keeping:
        """As the last look found it, which is at most a minute old.

        Raises: Refused: `ceremony.unknown`.
        """
        until_ms = names_due_ms(self._ceremonies.state(ceremony_id), self._names_days)
        return Keeping(until_ms, self._erased.get((ceremony_id, "names")))

    def purge_later(self) -> None:
        """The files still hold what was erased, because somebody was reading: try again at the next look."""
        self._unpurged = True

    def scan(self) -> None:
        """Erase what is due."""
        try:
            self._erased = self._people.erased()
            states = self._ceremonies.list()
        except StoreBusy as busy:
            log.warning("retention.store_busy", reason=str(busy))
            return
        now_ms = self._clock.now_ms()
        for state in states:
            if state.programme is None:
                continue
            ceremony_id = state.programme.ceremony_id
            ended_ms, due_ms = over_ms(state), names_due_ms(state, self._names_days)
            if ended_ms is not None and now_ms >= ended_ms:
                self._once(ceremony_id, "mails", now_ms, self._erase_mails)
            if due_ms is not None and now_ms >= due_ms:
                self._once(ceremony_id, "names", now_ms, self._erase_names)
        if self._unpurged:
            self._unpurged = not self._people.purge()

    def _once(self, ceremony_id: str, what: Erased, now_ms: int, erase: Callable[[str, Claim], None]) -> None:
        before_ms = self._erased.get((ceremony_id, what))
        if before_ms is not None and now_ms - before_ms < AGAIN_MS:
            return
        try:
            if before_ms is not None and not self._anything(ceremony_id, what, now_ms):
                return
            erase(ceremony_id, Claim(what, now_ms, now_ms - AGAIN_MS))
        except AlreadyErased:
            return
        except StoreBusy as busy:
            log.warning("retention.store_busy", ceremony=ceremony_id, reason=str(busy))
        except Refused as refused:
            log.warning("retention.refused", ceremony=ceremony_id, code=refused.code)
        except Exception:
            # One damaged ceremony must not keep the others' names for ever.
            log.exception("retention.defect", ceremony=ceremony_id)
        else:
            self._unpurged = True
            self._erased[ceremony_id, what] = now_ms
            log.info("retention.erased", ceremony=ceremony_id, what=what)

    def _anything(self, ceremony_id: str, what: Erased, now_ms: int) -> bool:
        """Whether somebody has come, or written, since it was erased; or a guest book has closed."""
        state = self._ceremonies.state(ceremony_id)
        kept = open_books(state, now_ms)
        written = any(entry.name or entry.text for entry in state.floor.entries)
        written = written or any(wish.item_id not in kept for wish in state.tributes.wishes)
        return (what == "names" and written) or self._people.any_left(ceremony_id, what)

    def _erase_mails(self, ceremony_id: str, claim: Claim) -> None:
        self._people.erase_mails(ceremony_id, claim)

    def _erase_names(self, ceremony_id: str, claim: Claim) -> None:
        kept_items = open_books(self._ceremonies.state(ceremony_id), claim.now_ms)
        self._ceremonies.erase(ceremony_id, c.EraseNames(kept_items), c.Actor(CONDUCTOR, "organizer"), claim=claim)
