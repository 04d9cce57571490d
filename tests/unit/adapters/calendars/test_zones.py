"""Zones as calendars get them, against the zone data: every change of the clock, to the second."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from icalendar import Timezone

from memorata.adapters.calendars.zones import vtimezone

ZONES = (
    "America/New_York", "Asia/Kathmandu", "Australia/Sydney", "Asia/Almaty", "Europe/Moscow", "Europe/Kyiv",
    "Asia/Yerevan", "Europe/London", "Europe/Dublin", "Asia/Jerusalem", "Australia/Lord_Howe", "America/Santiago",
    "Africa/Cairo", "Asia/Gaza", "Antarctica/Troll", "Africa/Casablanca",
)  # fmt: skip
LAST = datetime(2045, 1, 1)  # noqa: DTZ001 - civil time by its nature


def read(zone: str) -> Timezone:
    found = Timezone.from_ical(vtimezone(zone, 2026).to_ical())
    assert isinstance(found, Timezone)
    return found


def onsets(zone: Timezone) -> list[tuple[datetime, timedelta]]:
    """From which instant on which offset holds, read as RFC 5545, 3.6.5 has it: each by the offset before."""
    found: list[tuple[datetime, timedelta]] = []
    for part in zone.subcomponents:
        first = part["dtstart"].dt
        before, after = part["tzoffsetfrom"].td, part["tzoffsetto"].td
        local = [first]
        if "rrule" in part:
            rule = rrulestr(part["rrule"].to_ical().decode(), dtstart=first)
            local = list(rule.between(first, LAST, inc=True))
            assert local[0] == first  # an onset is one of its own rule
        if "rdate" in part:
            local += [each.dt for each in part["rdate"].dts]
        found += [((at - before).replace(tzinfo=UTC), after) for at in local]
    return sorted(found)


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_says_what_its_clocks_show(zone: str) -> None:
    told, real = onsets(read(zone)), ZoneInfo(zone)
    at = datetime(2026, 1, 2, tzinfo=UTC)
    while at.year < 2042:
        offset = [after for onset, after in told if onset <= at][-1]
        assert at.astimezone(real).utcoffset() == offset, at
        at += timedelta(hours=60)
    # And to the second, on either side of each change.
    for onset, after in told[1:]:
        assert onset.astimezone(real).utcoffset() == after, onset
        assert (onset - timedelta(seconds=1)).astimezone(real).utcoffset() != after, onset


@pytest.mark.parametrize(
    ("zone", "rules"),
    [
        ("America/New_York", ["BYDAY=2SU;BYMONTH=3", "BYDAY=1SU;BYMONTH=11"]),
        ("Europe/Paris", ["BYDAY=-1SU;BYMONTH=3", "BYDAY=-1SU;BYMONTH=10"]),
        ("Australia/Sydney", ["BYDAY=1SU;BYMONTH=4", "BYDAY=1SU;BYMONTH=10"]),
        ("Asia/Jerusalem", ["BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29;BYMONTH=3", "BYDAY=-1SU;BYMONTH=10"]),
        ("Asia/Almaty", []),
    ],
)
def test_clocks_that_follow_a_rule_are_told_by_it(zone: str, rules: list[str]) -> None:
    found = [part["rrule"].to_ical().decode() for part in read(zone).subcomponents if "rrule" in part]
    assert found == [f"FREQ=YEARLY;{rule}" for rule in rules]


def test_the_summer_of_new_york_begins_at_two() -> None:
    # As RFC 5545, 3.6.5 has it: by the clock that is about to change.
    summer = next(part for part in read("America/New_York").subcomponents if part.name == "DAYLIGHT")
    assert summer["dtstart"].dt == datetime(2026, 3, 8, 2)  # noqa: DTZ001 - civil time by its nature
