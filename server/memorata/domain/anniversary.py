"""From a series to its occurrences: which civil dates it is kept on, at which instant, and which anniversary it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import islice
from typing import Literal

from memorata.domain.civil import civil, instant_ms
from memorata.domain.door import DoorPolicy
from memorata.domain.items import Item, Text
from memorata.domain.programme import Delegation
from memorata.domain.rules import Daily, Islamic, Rule, Shift, days_in, last_year

Reach = Literal["one_instant", "local_everywhere", "per_site"]
"""Whether all gather at one instant, each at the same time of their own clock, or every site at a time of its own."""

HORIZON_YEARS = 100
"""How far ahead occurrences are sought: a rule that never comes true again must not be sought for ever."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place that keeps the day at a time of its own."""

    place: Text
    at: time
    zone: str


@dataclass(frozen=True, slots=True)
class Series:
    """An anniversary kept by a rule.

    `base_date` is the date of what is remembered; `at` and `zone` are the civil time and the IANA zone of the ceremony,
    on the eve of the date when `eve`; the time is that of the item `time_of` (of a silence: of its first beat), or of
    the first item when it is `None`. The first of `languages` is the language of the ceremony. `id` is the name of the
    schedule file; `embed` are the https origins whose pages may show the ceremony in a frame.
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
    delegations: tuple[Delegation, ...] = ()
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
    """

    series: str
    date: date
    number: int | None
    instant_ms: int
    zone: str
    provisional: bool = False


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
    """The next occurrences whose date is `from_date` or later, oldest first; fewer when the series ends."""
    return tuple(islice(_occurrences(series, from_date), count))


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
        at, where = next(((site.at, site.zone) for site in series.sites if site.zone == zone), (at, where))
    return instant_ms(day - timedelta(days=1) if series.eve else day, at, where)


def _occurrences(series: Series, from_date: date) -> Iterator[Occurrence]:
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
