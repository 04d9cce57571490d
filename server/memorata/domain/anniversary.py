"""From a series to its occurrences: which civil dates it is kept on, at which instant, and which anniversary it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from itertools import islice, takewhile
from typing import Literal

from memorata.domain.civil import civil, instant_ms
from memorata.domain.door import DoorPolicy
from memorata.domain.items import Item, Text
from memorata.domain.programme import Delegation, Hall
from memorata.domain.rules import Daily, Islamic, Rule, Shift, days_in, last_year

Reach = Literal["one_instant", "local_everywhere", "per_site"]
"""Whether all gather at one instant, each at the same time of their own clock, or every site at a time of its own."""

HORIZON_YEARS = 100
"""How far ahead occurrences are sought: a rule that never comes true again must not be sought for ever."""


DepartureKind = Literal["moved", "cancelled", "extra"]
"""One occurrence is held on another day or hour, is not held, or is held beside those of the rule."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place where people gather; `at` is its own time of day, `None` where it keeps that of the series.

    Where all gather at one instant, a site is a venue of link-ups; else it has a ceremony of its own. `id` is unique
    in the series and stays; `contact` and `telephone` are whom a host rings there.
    """

    place: Text
    zone: str
    at: time | None = None
    id: str = ""
    community: Text = field(default_factory=dict)
    contact: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Departure:
    """How one occurrence departs from the rule.

    `day` is the date by the rule, of an extra one its own; `to` the day it is moved to and `at` another time of day,
    each `None` where it stays.
    """

    kind: DepartureKind
    day: date
    to: date | None = None
    at: time | None = None
    reason: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A mail to the people invited, so long before the start; `words` are the organizer's own, before the facts."""

    before_s: int
    words: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Series:
    """An anniversary kept by a rule.

    `base_date` is the date of what is remembered; `at` and `zone` are the civil time and the IANA zone of the ceremony,
    on the eve of the date when `eve`; the time is that of the item `time_of` (of a silence: of its first beat), or of
    the first item when it is `None`. The first of `languages` is the language of the ceremony. `id` is the name of the
    schedule file; `embed` are the https origins whose pages may show the ceremony in a frame. With `autopilot` the
    ceremony begins and goes on by itself.
    """

    id: str
    title: Text
    languages: tuple[str, ...]
    rule: Rule
    at: time
    zone: str
    items: tuple[Item, ...]
    subject: Text = field(default_factory=dict)
    base_date: date | None = None
    shift: Shift = field(default_factory=Shift)
    eve: bool = False
    time_of: str | None = None
    reach: Reach = "one_instant"
    sites: tuple[Site, ...] = ()
    departures: tuple[Departure, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    autopilot: bool = False
    delegations: tuple[Delegation, ...] = ()
    halls: tuple[Hall, ...] = ()
    organizer: str = ""
    telephone: str = ""
    source: str = ""
    countries: Mapping[str, Text] | None = None
    holding_still: str | None = None
    door: DoorPolicy = "knock"
    embed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One dated instance of a series.

    `date` is the civil date that is kept, also when the gathering begins on its eve; `number` is the number of the
    anniversary, `None` where there is none; `instant_ms` the instant that the time of the series means, in its zone.
    `key` is the ISO date by the rule, which stays when the occurrence is moved. `at` is a time of its own, `None`
    where it is that of the series.
    """

    series: str
    date: date
    number: int | None
    instant_ms: int
    zone: str
    provisional: bool = False
    key: str = ""
    at: time | None = None
    departure: DepartureKind | None = None
    reason: Text = field(default_factory=dict)

    @property
    def cancelled(self) -> bool:
        return self.departure == "cancelled"


@dataclass(frozen=True, slots=True)
class Sitting:
    """Where and when an occurrence is held: once for all, `site` empty, or once for each site, at its own hour."""

    site: str
    place: Text
    zone: str
    instant_ms: int


@dataclass(frozen=True, slots=True)
class DateRow:
    """One line of a list of dates for people; dates are ISO, `local` is the civil time as HH:MM on `local_date`."""

    date: str
    weekday: str
    number: int | None
    instant_ms: int
    local_date: str
    local: str
    zone: str
    provisional: bool


def occurrences(series: Series, from_date: date, count: int) -> tuple[Occurrence, ...]:
    """The next occurrences that are held, from `from_date` on, oldest first; fewer when the series ends."""
    return tuple(islice((found for found in _occurrences(series, from_date) if not found.cancelled), count))


def agenda(series: Series, from_date: date, to_date: date) -> tuple[Occurrence, ...]:
    """All from one day to another, both included, oldest first; also those that are cancelled."""
    return tuple(takewhile(lambda found: found.date <= to_date, _occurrences(series, from_date)))


def occurrence_of(series: Series, key: str) -> Occurrence | None:
    """The one of a key, cancelled or not."""
    try:
        day = date.fromisoformat(key)
    except ValueError:
        return None
    days = [day, *(one.to for one in series.departures if one.day == day and one.to is not None)]
    return next((found for near in days for found in agenda(series, near, near) if found.key == key), None)


def sittings(series: Series, occurrence: Occurrence) -> tuple[Sitting, ...]:
    """Where and when it is held: at one place for all, or at each site in the order of the series."""
    if series.reach == "one_instant" or not series.sites:
        return (Sitting("", {}, series.zone, occurrence.instant_ms),)
    return tuple(
        Sitting(site.id, site.place, site.zone, _instant(series, occurrence.date, site.at or occurrence.at, site.zone))
        for site in series.sites
    )


def is_only_of_year(series: Series, occurrence: Occurrence) -> bool:
    """Whether the rule yields one date in that year, so that the year alone tells which is meant."""
    if occurrence.departure == "extra":
        return False
    year = date.fromisoformat(occurrence.key).year
    if isinstance(series.rule, Daily):
        return False
    # A shift or an offset may carry a date over New Year, where it meets another.
    days = (series.shift.of(day.date) for near in (year - 1, year, year + 1) for day in days_in(series.rule, near))
    return sum(day.year == year for day in days) < 2


def occurrence_on(series: Series, day: date) -> Occurrence | None:
    """The occurrence of that date, if there is one."""
    return next((found for found in occurrences(series, day, 1) if found.date == day), None)


def next_dates(series: Series, years: int, today: date) -> tuple[DateRow, ...]:
    """The dates of the next `years` years from `today` on."""
    rows: list[DateRow] = []
    for found in _occurrences(series, today):
        if found.date >= _years_later(today, years):
            break
        local = civil(found.instant_ms, series.zone)
        rows.append(
            DateRow(
                date=found.date.isoformat(),
                weekday=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[found.date.weekday()],
                number=found.number,
                instant_ms=found.instant_ms,
                local_date=local.date().isoformat(),
                local=f"{local:%H:%M}",
                zone=series.zone,
                provisional=found.provisional,
            )
        )
    return tuple(rows)


def occurrence_ms(series: Series, day: date, zone: str | None = None) -> int:
    """The instant that is kept on `day` by people in `zone` (`None`: where the ceremony is held).

    The zone matters only where the day is kept at the same local time everywhere, or at a site that has a time of its
    own.
    """
    at, where = series.at, series.zone
    if zone is not None and series.reach == "local_everywhere":
        where = zone
    if zone is not None and series.reach == "per_site":
        at, where = next(((site.at or at, site.zone) for site in series.sites if site.zone == zone), (at, where))
    return _instant(series, day, at, where)


def _instant(series: Series, day: date, at: time | None, zone: str) -> int:
    return instant_ms(day - timedelta(days=1) if series.eve else day, at or series.at, zone)


def _occurrences(series: Series, from_date: date) -> Iterator[Occurrence]:
    """By their dates, those that depart from the rule in their places."""
    departures = {departure.day: departure for departure in series.departures if departure.kind != "extra"}
    extra = [departure for departure in series.departures if departure.kind == "extra"]
    moved_in = [departure for departure in departures.values() if departure.kind == "moved" and departure.to]
    set_apart = sorted(
        (
            found
            for found in (
                *(_extra(series, departure) for departure in extra),
                *(_moved(series, departure) for departure in moved_in),
            )
            if found is not None and found.date >= from_date
        ),
        key=lambda found: (found.date, found.instant_ms),
    )
    for found in _by_rule(series, from_date):
        departure = departures.get(found.date)
        while set_apart and set_apart[0].date <= found.date:
            yield set_apart.pop(0)
        if departure is None:
            yield found
        elif departure.to is None:
            yield _departing(series, found, departure)
    yield from set_apart


def _by_rule(series: Series, from_date: date) -> Iterator[Occurrence]:
    end, final = from_date.year + HORIZON_YEARS, last_year(series.rule)
    # A year is sought on either side, for a shift or an offset may carry a date over New Year.
    for year in range(from_date.year - 1, (end if final is None else min(end, final)) + 1):
        for day in days_in(series.rule, year):
            shifted = series.shift.of(day.date)
            if shifted < from_date or (series.base_date is not None and day.date < series.base_date):
                continue
            yield Occurrence(
                series=series.id,
                date=shifted,
                number=_number(series, day.date),
                instant_ms=occurrence_ms(series, shifted),
                zone=series.zone,
                provisional=day.provisional,
                key=shifted.isoformat(),
            )


def _departing(series: Series, found: Occurrence, departure: Departure) -> Occurrence:
    """As the rule has it, but cancelled, or on another day or at another hour."""
    day = departure.to or found.date
    return replace(
        found,
        date=day,
        instant_ms=_instant(series, day, departure.at, series.zone),
        at=departure.at,
        departure=departure.kind,
        reason=departure.reason,
    )


def _moved(series: Series, departure: Departure) -> Occurrence | None:
    """`None` where the rule does not have the date that is moved."""
    found = next(_by_rule(series, departure.day), None)
    return None if found is None or found.date != departure.day else _departing(series, found, departure)


def _extra(series: Series, departure: Departure) -> Occurrence:
    return Occurrence(
        series=series.id,
        date=departure.day,
        number=_number(series, departure.day),
        instant_ms=_instant(series, departure.day, departure.at, series.zone),
        zone=series.zone,
        key=departure.day.isoformat(),
        at=departure.at,
        departure="extra",
        reason=departure.reason,
    )


def _number(series: Series, unshifted: date) -> int | None:
    """Occurrence year minus base year; the year is that of the rule, so that a shift over New Year keeps the number.

    A day kept daily has no number, nor has one of the Islamic calendar, whose years are shorter than those of the base.
    """
    if series.base_date is None or isinstance(series.rule, Daily | Islamic):
        return None
    years = unshifted.year - series.base_date.year
    return years if years > 0 else None


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)
