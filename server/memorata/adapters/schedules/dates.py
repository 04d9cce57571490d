"""The `[date]` table of a schedule: what is remembered when, by which rule, at what time of which place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from memorata.adapters.schedules.faults import Key
from memorata.adapters.schedules.gatherings import read_exceptions, read_sites
from memorata.adapters.schedules.grammar import keys_of
from memorata.adapters.schedules.reading import Reader
from memorata.domain.anniversary import Departure, Reach, Site
from memorata.domain.calendars import HEBREW_MONTHS, ISLAMIC_MONTHS
from memorata.domain.rules import (
    RULES,
    WEEKDAYS,
    Daily,
    Dates,
    Easter,
    Fixed,
    Hebrew,
    Islamic,
    NthWeekday,
    Rule,
    Shift,
    WeekdayInWindow,
)

KEY: Key = ("date",)

REACHES: tuple[Reach, ...] = ("one_instant", "local_everywhere", "per_site")

COMMON_KEYS = ("base", "rule", "time", "time_of", "zone", "shift", "eve", "reach", "sites", "exceptions")

RULE_KEYS: Mapping[str, tuple[str, ...]] = {
    "fixed": ("day", "leap"),
    "nth_weekday": ("month", "weekday", "n"),
    "weekday_in_window": ("first", "last", "weekday"),
    "easter": ("rite", "offset_days"),
    "hebrew": ("month", "day", "leap"),
    "islamic": ("month", "day", "dates"),
    "daily": (),
    "dates": ("dates",),
}

_LEAPS = ("previous_day", "next_day", "only")

# The months of the Hebrew calendar that have a 30th day in some years only; Adar (12) has one as Adar I alone.
_UNSURE_30TH = (8, 9, 13)
_NEVER_30 = (2, 4, 6, 10, 12, 14)


@dataclass(frozen=True, slots=True)
class When:
    """What `[date]` says; `rule`, `at` and `zone` are `None` when they cannot be read, and then there is a fault."""

    base: date | None = None
    rule: Rule | None = None
    at: time | None = None
    zone: str | None = None
    shift: Shift = field(default_factory=Shift)
    eve: bool = False
    time_of: str | None = None
    reach: Reach = "one_instant"
    sites: tuple[Site, ...] = ()
    departures: tuple[Departure, ...] = ()


def read_when(reader: Reader, value: object) -> When:
    table = reader.table(value, KEY)
    kind = table.get("rule", "fixed")
    if not isinstance(kind, str) or kind not in RULES:
        reader.choice(kind, RULES, (*KEY, "rule"))
        kind = None
    own = RULE_KEYS[kind] if kind is not None else tuple({key for keys in RULE_KEYS.values() for key in keys})
    reader.known(table, (*COMMON_KEYS, *own), KEY)
    base = reader.day(table["base"], (*KEY, "base")) if "base" in table else None
    at = reader.clock(table["time"], (*KEY, "time")) if "time" in table else None
    zone = reader.zone(table["zone"], (*KEY, "zone")) if "zone" in table else None
    for name, words in (("time", "the time of day, like 14:00"), ("zone", "an IANA zone, like Europe/Moscow")):
        if name not in table:
            reader.missing((*KEY, name), words)
    reach = reader.choice(table.get("reach", "one_instant"), REACHES, (*KEY, "reach"))
    sites = read_sites(reader, table.get("sites", []), reach, (*KEY, "sites"))
    if reach == "per_site" and not table.get("sites"):
        reader.missing((*KEY, "sites"), "each place with its time and zone")
    before = reader.refused()
    rule = None if kind is None else _rule(reader, kind, table, base)
    shift = _shift(reader, table)
    sound = rule if reader.refused() == before else None
    return When(
        base=base,
        rule=rule,
        at=at,
        zone=zone,
        shift=shift,
        eve=_eve(reader, table),
        time_of=reader.string(table["time_of"], (*KEY, "time_of")) if "time_of" in table else None,
        reach=reach or "one_instant",
        sites=sites,
        departures=read_exceptions(reader, table.get("exceptions", []), sound, shift, sites, (*KEY, "exceptions")),
    )


def _rule(reader: Reader, kind: str, table: Mapping[str, Any], base: date | None) -> Rule | None:
    match kind:
        case "fixed":
            return _fixed(reader, table, base)
        case "nth_weekday":
            rule = _plain(reader, table, NthWeekday)
            if isinstance(rule, NthWeekday) and rule.n == 0:
                reader.fault((*KEY, "n"), "schedule.out_of_bounds", "counts from 1, or from -1 for the last.")
            return rule
        case "weekday_in_window":
            return _window(reader, table)
        case "easter":
            return _plain(reader, table, Easter)
        case "hebrew" | "islamic":
            return _lunar(reader, kind, table)
        case "dates":
            return Dates(_dates(reader, table, needed=True))
    return Daily()


def _plain(reader: Reader, table: Mapping[str, Any], owner: type[Rule]) -> Rule | None:
    values = reader.values(table, keys_of(owner), KEY)
    return None if values is None else owner(**values)


def _fixed(reader: Reader, table: Mapping[str, Any], base: date | None) -> Rule | None:
    if "day" in table:
        found = reader.month_and_day(table["day"], (*KEY, "day"))
    elif base is not None:
        found = base.month, base.day
    else:
        if "base" not in table:
            reader.missing((*KEY, "base"), "the date of what is remembered, or day, like 01-27")
        return None
    leap = reader.choice(table["leap"], _LEAPS, (*KEY, "leap")) if "leap" in table else None
    if found == (2, 29) and "leap" not in table:
        reader.missing((*KEY, "leap"), "what happens in a year without 29 February: previous_day, next_day or only")
    return None if found is None else Fixed(*found, leap=leap or "only")


def _window(reader: Reader, table: Mapping[str, Any]) -> Rule | None:
    ends: dict[str, tuple[int, int] | None] = {}
    for name in ("first", "last"):
        if name not in table:
            reader.missing((*KEY, name), "month and day, like 11-13")
        ends[name] = reader.month_and_day(table[name], (*KEY, name)) if name in table else None
        if ends[name] == (2, 29):
            reader.fault((*KEY, name), "schedule.impossible_date", "29 February is not a day of every year.")
    if "weekday" not in table:
        reader.missing((*KEY, "weekday"), ", ".join(WEEKDAYS))
    weekday = reader.choice(table["weekday"], WEEKDAYS, (*KEY, "weekday")) if "weekday" in table else None
    first, last = ends["first"], ends["last"]
    if first is None or last is None or weekday is None:
        return None
    if last < first:
        reader.fault((*KEY, "last"), "schedule.out_of_bounds", "comes before first; both are days of one year.")
        return None
    return WeekdayInWindow(first, last, weekday)


def _lunar(reader: Reader, kind: str, table: Mapping[str, Any]) -> Rule | None:
    names = HEBREW_MONTHS if kind == "hebrew" else ISLAMIC_MONTHS
    owner: type[Rule] = Hebrew if kind == "hebrew" else Islamic
    for name, words in (("month", ", ".join(names)), ("day", "a day of the month")):
        if name not in table:
            reader.missing((*KEY, name), words)
    named = reader.choice(table["month"], names, (*KEY, "month")) if "month" in table else None
    day = reader.value(table["day"], keys_of(owner)["day"], (*KEY, "day")) if "day" in table else None
    leap = reader.choice(table["leap"], _LEAPS, (*KEY, "leap")) if "leap" in table else None
    dates = _dates(reader, table) if "dates" in table else ()
    if named is None or not isinstance(day, int):
        return None
    month = names.index(named) + 1
    if kind == "islamic":
        if day == 30 and month % 2 == 0 and month != 12:
            reader.fault((*KEY, "day"), "schedule.impossible_date", f"{named} is reckoned with 29 days.")
        return Islamic(month, day, dates)
    if day == 30 and month in _NEVER_30:
        reader.fault((*KEY, "day"), "schedule.impossible_date", f"{named} has 29 days.")
    if day == 30 and month in _UNSURE_30TH and "leap" not in table:
        reader.missing((*KEY, "leap"), "what happens in a year without that day: previous_day, next_day or only")
    return Hebrew(month, day, leap or "only")


def _dates(reader: Reader, table: Mapping[str, Any], needed: bool = False) -> tuple[date, ...]:
    key = (*KEY, "dates")
    if "dates" not in table:
        reader.missing(key, "the dates kept by hand")
        return ()
    days = [reader.day(day, (*key, index)) for index, day in enumerate(reader.array(table["dates"], key))]
    if needed and not days:
        reader.fault(key, "schedule.empty", "is empty: the dates kept by hand.")
    return tuple(sorted(day for day in days if day is not None))


def _shift(reader: Reader, table: Mapping[str, Any]) -> Shift:
    key = (*KEY, "shift")
    days: dict[Any, int] = {}
    for weekday, by in reader.table(table.get("shift", {}), key).items():
        if weekday not in WEEKDAYS:
            reader.choice(weekday, WEEKDAYS, (*key, weekday))
        elif isinstance(by, bool) or not isinstance(by, int) or not -6 <= by <= 6:
            reader.fault((*key, weekday), "schedule.out_of_bounds", "must be a whole number of days from -6 to 6.")
        else:
            days[weekday] = by
    return Shift(days)


def _eve(reader: Reader, table: Mapping[str, Any]) -> bool:
    eve = table.get("eve", False)
    if not isinstance(eve, bool):
        reader.fault((*KEY, "eve"), "schedule.wrong_type", "must be true or false.")
    return eve is True
