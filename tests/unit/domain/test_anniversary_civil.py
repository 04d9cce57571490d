"""Civil time to instants: gaps, overlaps, and zones whose law has changed."""

from datetime import UTC, date, datetime, time

import pytest

from memorata.domain.civil import civil, instant_ms


@pytest.mark.parametrize(
    ("day", "at", "zone", "utc"),
    [
        ("2027-03-27", "09:00", "Europe/Kyiv", "2027-03-27T07:00"),
        ("2027-03-28", "09:00", "Europe/Kyiv", "2027-03-28T06:00"),
        ("2027-03-28", "02:30", "Europe/Paris", "2027-03-28T01:30"),  # does not exist: the offset before the gap
        ("2027-10-31", "02:30", "Europe/Paris", "2027-10-31T00:30"),  # occurs twice: the first
        ("2023-01-27", "16:00", "Asia/Almaty", "2023-01-27T10:00"),
        ("2027-01-27", "16:00", "Asia/Almaty", "2027-01-27T11:00"),
        ("2027-01-27", "14:00", "Europe/Moscow", "2027-01-27T11:00"),
        ("2027-06-22", "12:15", "Europe/Moscow", "2027-06-22T09:15"),
    ],
)
def test_instant_of_a_civil_time(day: str, at: str, zone: str, utc: str) -> None:
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert instant_ms(date.fromisoformat(day), time.fromisoformat(at), zone) == round(expected.timestamp() * 1000)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("America/Los_Angeles", "03:00"),
        ("America/New_York", "06:00"),
        ("Europe/London", "11:00"),
        ("Europe/Paris", "12:00"),
        ("Asia/Jerusalem", "13:00"),
        ("Europe/Riga", "13:00"),
        ("Asia/Yerevan", "15:00"),
        ("Asia/Almaty", "16:00"),
        ("Asia/Bishkek", "17:00"),
    ],
)
def test_two_in_the_afternoon_in_moscow_elsewhere(zone: str, shown: str) -> None:
    at_ms = instant_ms(date(2027, 1, 27), time(14), "Europe/Moscow")
    assert f"{civil(at_ms, zone):%Y-%m-%d %H:%M}" == f"2027-01-27 {shown}"
