"""On which days of a year a commemoration falls: the kinds of rule, and the shift that keeps it off some weekdays."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal

from memorata.domain.calendars import (
    hebrew_date,
    hebrew_month_lengths,
    is_hebrew_leap,
    islamic_year_at,
    orthodox_easter,
    tabular_islamic_date,
    western_easter,
)

Leap = Literal["previous_day", "next_day", "only"]
"""What happens in a year that does not have the day: the day before, the day after, or no occurrence."""

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
WEEKDAYS: tuple[Weekday, ...] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Rule:
    """What is particular to one kind of rule; every subclass is a frozen dataclass whose `kind` names it."""

    __slots__ = ()
    kind: str


@dataclass(frozen=True, slots=True)
class Fixed(Rule):
    """The same day of the Gregorian calendar; `leap` matters for 29 February alone."""

    month: int
    day: int
    leap: Leap = "only"
    kind: Literal["fixed"] = "fixed"


@dataclass(frozen=True, slots=True)
class NthWeekday(Rule):
    """The n-th weekday of a month; a negative n counts from its end. A fifth that does not exist is no occurrence."""

    month: int
    weekday: Weekday
    n: int
    kind: Literal["nth_weekday"] = "nth_weekday"


@dataclass(frozen=True, slots=True)
class WeekdayInWindow(Rule):
    """The first such weekday from one day to another, both included; each is (month, day), both of one year."""

    first: tuple[int, int]
    last: tuple[int, int]
    weekday: Weekday
    kind: Literal["weekday_in_window"] = "weekday_in_window"


@dataclass(frozen=True, slots=True)
class Easter(Rule):
    rite: Literal["western", "orthodox"]
    offset_days: int = 0
    kind: Literal["easter"] = "easter"


@dataclass(frozen=True, slots=True)
class Hebrew(Rule):
    """A day of the Hebrew calendar; `month` is its number from Nisan, 12 the last Adar, 13 Adar I, 14 Adar II.

    In a common year, which has one Adar, all three mean that one. `leap` matters for the 30th of a month that has it
    in some years only.
    """

    month: int
    day: int
    leap: Leap = "only"
    kind: Literal["hebrew"] = "hebrew"


@dataclass(frozen=True, slots=True)
class Islamic(Rule):
    """A day of the Islamic calendar. `dates` are those a person has confirmed; other years are provisional."""

    month: int
    day: int
    dates: tuple[date, ...] = ()
    kind: Literal["islamic"] = "islamic"


@dataclass(frozen=True, slots=True)
class Daily(Rule):
    kind: Literal["daily"] = "daily"


@dataclass(frozen=True, slots=True)
class Dates(Rule):
    """Dates kept by hand."""

    dates: tuple[date, ...]
    kind: Literal["dates"] = "dates"


RULES: Mapping[str, type[Rule]] = MappingProxyType(
    {
        "fixed": Fixed,
        "nth_weekday": NthWeekday,
        "weekday_in_window": WeekdayInWindow,
        "easter": Easter,
        "hebrew": Hebrew,
        "islamic": Islamic,
        "daily": Daily,
        "dates": Dates,
    }
)


@dataclass(frozen=True, slots=True)
class Shift:
    """By how many days an occurrence moves that would fall on a weekday; other weekdays stay."""

    days: Mapping[Weekday, int] = field(default_factory=dict)

    def of(self, day: date) -> date:
        return day + timedelta(days=self.days.get(WEEKDAYS[day.weekday()], 0))


@dataclass(frozen=True, slots=True)
class Day:
    """A date that a rule yields; `provisional` until a person confirms it."""

    date: date
    provisional: bool = False


def days_in(rule: Rule, year: int) -> tuple[Day, ...]:
    """The days of a Gregorian year on which the commemoration falls, before any shift, in their order."""
    return tuple(sorted(_days(rule, year), key=lambda day: day.date))


def last_year(rule: Rule) -> int | None:
    """The last year that can have an occurrence; `None` where there is no end."""
    if isinstance(rule, Dates):
        return max((day.year for day in rule.dates), default=0)
    return None


def _days(rule: Rule, year: int) -> Iterator[Day]:
    match rule:
        case Fixed():
            yield from map(Day, _fixed(rule, year))
        case NthWeekday():
            yield from map(Day, _nth_weekday(rule, year))
        case WeekdayInWindow():
            first, last = date(year, *rule.first), date(year, *rule.last)
            day = first + timedelta(days=(WEEKDAYS.index(rule.weekday) - first.weekday()) % 7)
            if day <= last:
                yield Day(day)
        case Easter():
            sunday = orthodox_easter(year) if rule.rite == "orthodox" else western_easter(year)
            yield Day(sunday + timedelta(days=rule.offset_days))
        case Hebrew():
            # A Gregorian year meets two Hebrew ones.
            found = (_hebrew(rule, year + offset) for offset in (3760, 3761))
            yield from (Day(day) for day in found if day is not None and day.year == year)
        case Islamic():
            yield from _islamic(rule, year)
        case Daily():
            start = date(year, 1, 1).toordinal()
            yield from (Day(date.fromordinal(ordinal)) for ordinal in range(start, date(year, 12, 31).toordinal() + 1))
        case Dates():
            yield from (Day(day) for day in rule.dates if day.year == year)


def _fixed(rule: Fixed, year: int) -> Iterator[date]:
    if (rule.month, rule.day) != (2, 29) or monthrange(year, 2)[1] == 29:
        yield date(year, rule.month, rule.day)
    elif rule.leap != "only":
        yield date(year, 2, 28) if rule.leap == "previous_day" else date(year, 3, 1)


def _nth_weekday(rule: NthWeekday, year: int) -> Iterator[date]:
    first_weekday, length = monthrange(year, rule.month)
    first = 1 + (WEEKDAYS.index(rule.weekday) - first_weekday) % 7
    days = range(first, length + 1, 7)
    index = rule.n - 1 if rule.n > 0 else len(days) + rule.n
    if 0 <= index < len(days):
        yield date(year, rule.month, days[index])


def _hebrew(rule: Hebrew, year: int) -> date | None:
    # 12 and 14 mean the last Adar, 13 the first; a common year has one.
    month = rule.month if rule.month < 12 else 12
    if is_hebrew_leap(year) and rule.month in (12, 14):
        month = 13
    if rule.day <= hebrew_month_lengths(year)[month]:
        return hebrew_date(year, month, rule.day)
    if rule.leap == "only":
        return None
    return hebrew_date(year, month, rule.day - 1) + timedelta(days=1 if rule.leap == "next_day" else 0)


def _islamic(rule: Islamic, year: int) -> Iterator[Day]:
    yield from (Day(day) for day in rule.dates if day.year == year)
    first = islamic_year_at(year)
    for islamic_year in range(first, first + 4):
        day = tabular_islamic_date(islamic_year, rule.month, rule.day)
        # A listed date takes the place of the computed one; they differ by days, a year of twelve moons by 354.
        if day.year == year and not any(abs((day - listed).days) < 30 for listed in rule.dates):
            yield Day(day, provisional=True)
