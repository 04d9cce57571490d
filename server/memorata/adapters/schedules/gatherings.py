"""What a schedule says of single gatherings: the sites, the dates that depart from the rule, and the reminders."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from memorata.adapters.schedules.faults import Key
from memorata.adapters.schedules.reading import Reader
from memorata.domain.anniversary import Departure, DepartureKind, Reach, Reminder, Site
from memorata.domain.items import Text
from memorata.domain.rules import Rule, Shift, days_in

SITE_KEYS = ("id", "place", "zone", "time", "community", "contact", "telephone")

EXCEPTION_KEYS = ("kind", "day", "to", "time", "reason")

REMINDER_KEYS = ("before", "words")

DEPARTURES: tuple[DepartureKind, ...] = ("moved", "cancelled", "extra")

YEARS = range(1900, 3000)
"""The years in which a date may depart from its rule."""

LONGEST_BEFORE_S = 366 * 86_400

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_BEFORE = re.compile(r"([1-9][0-9]{0,5}) ?(d|h|min)")
_UNITS_S = {"d": 86_400, "h": 3600, "min": 60}

_NEAR = timedelta(days=200)


def site_id(zone: str) -> str:
    """What a site is called that has no id of its own: the last part of its zone, as in `buenos-aires`."""
    return re.sub(r"[^a-z0-9]+", "-", zone.rpartition("/")[2].lower()).strip("-")


def read_sites(reader: Reader, value: object, reach: Reach | None, key: Key) -> tuple[Site, ...]:
    """Args: reach: `None` when it cannot be read; then nothing is said of times."""
    found: list[Site] = []
    seen: dict[str, int] = {}
    for index, each in enumerate(reader.array(value, key)):
        here = (*key, index)
        table = reader.table(each, here)
        reader.known(table, SITE_KEYS, here)
        for name, words in (("place", "what the place is called"), ("zone", "an IANA zone, like Europe/Riga")):
            if name not in table:
                reader.missing((*here, name), words)
        if reach == "per_site" and "time" not in table:
            reader.missing((*here, "time"), "the time of day at this site, like 10:00")
        if reach == "one_instant" and "time" in table:
            reader.fault(
                (*here, "time"),
                "schedule.time_not_kept",
                "has no meaning where all gather at one instant.",
                'Write reach = "per_site", or leave it out.',
            )
        zone = reader.zone(table["zone"], (*here, "zone")) if "zone" in table else None
        own = reader.string(table["id"], (*here, "id")) if "id" in table else site_id(zone or "")
        if "id" in table and not _ID.fullmatch(own):
            reader.fault(
                (*here, "id"), "schedule.wrong_value", "must be small letters, digits and hyphens, at most 40."
            )
        elif own in seen:
            suggestion = None if "id" in table else "Two sites of one zone need an id each."
            where = f"sites[{seen[own]}]"
            reader.fault((*here, "id"), "schedule.duplicate_id", f"{own!r} is already the id of {where}.", suggestion)
        if own:
            seen.setdefault(own, index)
        site = Site(
            place=reader.text(table["place"], (*here, "place"), needed=True) if "place" in table else {},
            zone=zone or "",
            at=reader.clock(table["time"], (*here, "time")) if "time" in table else None,
            id=own,
            community=reader.name(table["community"], (*here, "community")) if "community" in table else {},
            contact=reader.string(table.get("contact", ""), (*here, "contact")),
            telephone=reader.string(table.get("telephone", ""), (*here, "telephone")),
        )
        if site.contact and not site.telephone:
            reader.warn((*here, "telephone"), "schedule.no_telephone", f"is missing: how {site.contact!r} is reached.")
        if zone is not None:
            found.append(site)
    return tuple(found)


def read_exceptions(
    reader: Reader, value: object, rule: Rule | None, shift: Shift, sites: tuple[Site, ...], key: Key
) -> tuple[Departure, ...]:
    """Args: rule: `None` when it cannot be read; then it is not asked whether it has a date."""
    found: list[Departure] = []
    seen: dict[date, int] = {}
    for index, each in enumerate(reader.array(value, key)):
        here = (*key, index)
        departure = _exception(reader, reader.table(each, here), here)
        if departure is None:
            continue
        day = departure.day
        if day.year not in YEARS or (departure.to is not None and departure.to.year not in YEARS):
            reader.fault(here, "schedule.out_of_bounds", f"is of another year than {YEARS[0]} to {YEARS[-1]}.")
            continue
        if day in seen:
            message = f"{day} departs from the rule already, in exceptions[{seen[day]}]."
            reader.fault((*here, "day"), "schedule.duplicate_day", message, "Say both in one.")
        seen.setdefault(day, index)
        if rule is not None:
            _check_day(reader, departure, _kept_near(rule, shift, day), here)
        if departure.at is not None and sites and all(site.at is not None for site in sites):
            reader.warn((*here, "time"), "schedule.time_not_kept", "changes nothing: every site has a time of its own.")
        found.append(departure)
    return tuple(found)


def _exception(reader: Reader, table: Mapping[str, Any], key: Key) -> Departure | None:
    reader.known(table, EXCEPTION_KEYS, key)
    for name, words in (("kind", ", ".join(DEPARTURES)), ("day", "the date by the rule, of an extra one its own")):
        if name not in table:
            reader.missing((*key, name), words)
    kind = reader.choice(table["kind"], DEPARTURES, (*key, "kind")) if "kind" in table else None
    day = reader.day(table["day"], (*key, "day")) if "day" in table else None
    for name, kinds in (("to", ("moved",)), ("time", ("moved", "extra"))):
        if name in table and kind is not None and kind not in kinds:
            message = f"is not a key of an exception that is {kind!r}."
            reader.fault((*key, name), "schedule.unknown_key", message, f"It belongs to: {', '.join(kinds)}.")
    if kind == "moved" and "to" not in table and "time" not in table:
        reader.missing((*key, "to"), "the day, or the time, to which it is moved")
    to = reader.day(table["to"], (*key, "to")) if "to" in table else None
    at = reader.clock(table["time"], (*key, "time")) if "time" in table else None
    reason: Text = reader.text(table["reason"], (*key, "reason")) if "reason" in table else {}
    return None if kind is None or day is None else Departure(kind, day, to, at, reason)


def _check_day(reader: Reader, departure: Departure, kept: tuple[date, ...], key: Key) -> None:
    day = departure.day
    if departure.kind == "extra" and day in kept:
        message = f"{day} is a day of the rule; an extra one is on another."
        reader.fault((*key, "day"), "schedule.day_of_rule", message, 'With another time it is kind = "moved".')
    if departure.kind != "extra" and day not in kept:
        # No fault: a rule that is changed later must not make the file unreadable.
        nearest = min(kept, key=lambda other: abs(other - day), default=None)
        suggestion = None if nearest is None else f"The nearest is {nearest}."
        message = f"{day} is not a day of the rule: this exception changes nothing."
        reader.warn((*key, "day"), "schedule.unknown_day", message, suggestion)


def _kept_near(rule: Rule, shift: Shift, day: date) -> tuple[date, ...]:
    years = range(day.year - 1, day.year + 2)
    found = {shift.of(kept.date) for year in years for kept in days_in(rule, year)}
    return tuple(sorted(kept for kept in found if abs(kept - day) <= _NEAR))


def read_reminders(reader: Reader, value: object) -> tuple[Reminder, ...]:
    """The earliest first."""
    key: Key = ("reminders",)
    found: list[Reminder] = []
    for index, each in enumerate(reader.array(value, key)):
        reminder = _reminder(reader, each, (*key, index))
        if reminder is None:
            continue
        if any(other.before_s == reminder.before_s for other in found):
            reader.fault((*key, index), "schedule.duplicate_reminder", "is sent at the same time as another.")
        found.append(reminder)
    return tuple(sorted(found, key=lambda reminder: -reminder.before_s))


def _reminder(reader: Reader, value: object, key: Key) -> Reminder | None:
    if isinstance(value, str):
        before_s = _before_s(reader, value, key)
        return None if before_s is None else Reminder(before_s)
    table = reader.table(value, key)
    reader.known(table, REMINDER_KEYS, key)
    if "before" not in table:
        if isinstance(value, dict):
            reader.missing((*key, "before"), "how long before the start, like 7d, 1h or 30min")
        return None
    before_s = _before_s(reader, table["before"], (*key, "before"))
    words = reader.text(table["words"], (*key, "words")) if "words" in table else {}
    return None if before_s is None else Reminder(before_s, words)


def _before_s(reader: Reader, value: object, key: Key) -> int | None:
    text = reader.string(value, key)
    if not isinstance(value, str):
        return None
    found = _BEFORE.fullmatch(text)
    if found is None:
        message = f"{text!r} is no time before the start: days, hours or minutes, like 7d, 1h or 30min."
        reader.fault(key, "schedule.wrong_value", message)
        return None
    before_s = int(found[1]) * _UNITS_S[found[2]]
    if before_s > LONGEST_BEFORE_S:
        reader.fault(key, "schedule.out_of_bounds", "is more than a year before the start.")
        return None
    return before_s


def written_before(before_s: int) -> str:
    """As it is written in a file: 7d, 1h, 90min."""
    unit = next(unit for unit in ("d", "h", "min") if before_s % _UNITS_S[unit] == 0)
    return f"{before_s // _UNITS_S[unit]}{unit}"
