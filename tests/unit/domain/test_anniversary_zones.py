"""F17: twenty zones and ten years, against another library's idea of civil time; and 29 February."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil import tz

from memorata.domain.anniversary import Series, occurrence_ms, occurrences
from memorata.domain.civil import civil
from memorata.domain.rules import Daily, Fixed, Leap, Rule

ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "Africa/Nairobi", "America/Argentina/Buenos_Aires", "America/Los_Angeles",
    "America/New_York", "America/Santiago", "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut", "Asia/Jerusalem",
    "Asia/Kolkata", "Asia/Tokyo", "Australia/Lord_Howe", "Europe/Berlin", "Europe/Kyiv", "Europe/London",
    "Europe/Moscow", "Pacific/Auckland", "Pacific/Chatham",
)  # fmt: skip
YEARS = range(2026, 2036)
AT = (time(0, 15), time(1, 30), time(2, 30), time(14))
"""In the hours in which clocks are changed, here or there, and in one in which they never are."""


@pytest.fixture(autouse=True)
def data_of_the_system() -> Iterator[None]:
    """Both reckon with the same data, whichever our own process would prefer: laws about clocks change every year."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


def a_series(rule: Rule, at: time, zone: str) -> Series:
    return Series(id="s", title={"en": "S"}, languages=("en",), rule=rule, items=(), at=at, zone=zone)


def days_of(zone: str) -> list[date]:
    """The first of each month, and the week around each change of the clocks."""
    other = tz.gettz(zone)
    every = [date(YEARS[0], 1, 1) + timedelta(days=n) for n in range(len(YEARS) * 365 + 2)]
    noons = [datetime.combine(day, time(12), other).utcoffset() for day in every]
    near = {n + k for n in range(1, len(every)) if noons[n] != noons[n - 1] for k in range(-3, 4)}
    return [day for n, day in enumerate(every) if n in near or day.day == 1]


@pytest.mark.parametrize("zone", ZONES)
def test_each_day_is_kept_at_its_local_time(zone: str) -> None:
    other = tz.gettz(zone)
    assert other is not None
    for at in AT:
        series = a_series(Daily(), at, zone)
        for day in days_of(zone):
            stated = datetime.combine(day, at)
            # What does not exist is moved on by as much as is left out; of what comes twice it is the first.
            meant = tz.resolve_imaginary(stated.replace(tzinfo=other, fold=0))
            found_ms = occurrence_ms(series, day)
            assert found_ms == round(meant.astimezone(UTC).timestamp() * 1000), (stated, zone)
            exists = tz.datetime_exists(stated, other)
            assert exists or at != time(14)
            found = civil(found_ms, zone).replace(tzinfo=None)
            assert found == stated if exists else found > stated


def test_some_of_these_times_do_not_exist_and_some_come_twice() -> None:
    """Else the table would be of no use."""
    stated = [(datetime.combine(day, at), tz.gettz(zone)) for zone in ZONES for day in days_of(zone) for at in AT]
    assert sum(not tz.datetime_exists(one, zone) for one, zone in stated) >= 5 * len(YEARS)
    assert sum(tz.datetime_ambiguous(one, zone) for one, zone in stated) >= 5 * len(YEARS)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("leap", "days"),
    [
        ("previous_day", {year: (2, 29 if year % 4 == 0 else 28) for year in YEARS}),
        ("next_day", {year: (2, 29) if year % 4 == 0 else (3, 1) for year in YEARS}),
        ("only", {year: (2, 29) for year in YEARS if year % 4 == 0}),
    ],
)
def test_the_29th_of_february_is_kept_as_was_decided(zone: str, leap: Leap, days: dict[int, tuple[int, int]]) -> None:
    series = a_series(Fixed(2, 29, leap), time(2, 30), zone)
    found = [one.date for one in occurrences(series, date(YEARS[0], 1, 1), 12) if one.date.year in YEARS]
    assert found == [date(year, month, day) for year, (month, day) in days.items()]
    for day in found:
        assert civil(occurrence_ms(series, day), zone).date() == day
