"""An IANA zone as a VTIMEZONE (RFC 5545, 3.6.5), for calendars that do not know the zone by its name.

Written from the zone data rather than by the library, whose onsets in spring lie an hour late (a clock that goes from
02:00 to 03:00 begins its summer at 02:00, by the offset before), and which lists single onsets where some calendars
want a rule.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from memorata.domain.rules import WEEKDAYS

SEEN_YEARS = 28
"""How many years are looked through for a rule: in as many, each weekday has stood on each day of a month."""

STEP = timedelta(days=5)
"""No zone changes its clock twice within so short a time."""


@dataclass(frozen=True, slots=True)
class Offset:
    """What a clock shows, and by which name."""

    utc: timedelta
    name: str


@dataclass(frozen=True, slots=True)
class Onset:
    """From when on another offset holds; `local` is told by the clock that is about to change."""

    before: Offset
    after: Offset
    local: datetime


@lru_cache(maxsize=256)
def vtimezone(zone: str, first_year: int) -> Timezone:
    """The zone from that year on: rules where the changes of the clock follow one, else each of `SEEN_YEARS`.

    The same object for the same arguments: do not change it.
    """
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(first_year + SEEN_YEARS, 1, 1, tzinfo=UTC)
    found = Timezone()
    found.add("tzid", zone)
    first = _offset(zone, start)
    found.add_component(_observance(first, first, [(start + first.utc).replace(tzinfo=None)], ruled=False))
    alike: dict[tuple[Offset, Offset], list[datetime]] = defaultdict(list)
    for onset in _onsets(zone, start, end):
        alike[onset.before, onset.after].append(onset.local)
    for (before, after), onsets in alike.items():
        # What goes on until the end of what was seen goes on for ever, as far as anybody knows.
        ruled = onsets[-1].year >= end.year - 1 and len(onsets) == onsets[-1].year - onsets[0].year + 1
        found.add_component(_observance(before, after, onsets, ruled))
    return found


def _observance(before: Offset, after: Offset, onsets: Sequence[datetime], ruled: bool) -> Component:
    # Whoever reads it takes the clock that is ahead for summer, also where the law calls winter the exception.
    part = TimezoneDaylight() if after.utc > before.utc else TimezoneStandard()
    part.add("dtstart", onsets[0])
    part.add("tzoffsetfrom", before.utc)
    part.add("tzoffsetto", after.utc)
    part.add("tzname", after.name)
    rule = _rule(onsets) if ruled else None
    if rule is not None:
        part.add("rrule", rule)
    elif onsets[1:]:
        part.add("rdate", list(onsets[1:]))
    return part


def _rule(onsets: Sequence[datetime]) -> vRecur | None:
    """The yearly rule that gives all of these, by weekday; `None` where there is none."""
    if len({(onset.month, onset.weekday(), onset.time()) for onset in onsets}) > 1:
        return None
    days = [onset.day for onset in onsets]
    month, weekday = onsets[0].month, WEEKDAYS[onsets[0].weekday()]
    low, high = min(days), max(days)
    if high - low != 6:
        return None
    if low % 7 == 1:
        return vRecur(freq="yearly", bymonth=month, byday=f"{low // 7 + 1}{weekday}")
    if month != 2 and high == monthrange(onsets[0].year, month)[1]:
        return vRecur(freq="yearly", bymonth=month, byday=f"-1{weekday}")
    return vRecur(freq="yearly", bymonth=month, bymonthday=list(range(low, high + 1)), byday=weekday)


def _onsets(zone: str, start: datetime, end: datetime) -> Iterator[Onset]:
    known, at = _offset(zone, start), start
    while at < end:
        after = _offset(zone, at + STEP)
        if after != known:
            changes = _between(zone, at, at + STEP)
            yield Onset(known, after, (changes + known.utc).replace(tzinfo=None))
        known, at = after, at + STEP


def _between(zone: str, low: datetime, high: datetime) -> datetime:
    """The instant of the one change between two."""
    before, second = _offset(zone, low), timedelta(seconds=1)
    while high - low > second:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: str, at: datetime) -> Offset:
    local = at.astimezone(ZoneInfo(zone))
    return Offset(local.utcoffset() or timedelta(), local.tzname() or zone)
