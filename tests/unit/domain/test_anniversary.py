"""When commemorations recur: each row of the table of known dates, the shifts, the eves, and the numbers."""

from datetime import date, time

import pytest

from memorata.domain.anniversary import (
    DateRow,
    Series,
    Site,
    next_dates,
    occurrence_ms,
    occurrence_on,
    occurrences,
)
from memorata.domain.rules import (
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

YEARS = range(2026, 2031)


def a_series(rule: Rule, **given: object) -> Series:
    said = {"at": time(14), "zone": "Europe/Moscow", **given}
    return Series(id="s", title={"en": "S"}, languages=("en",), rule=rule, items=(), **said)  # type: ignore[arg-type]


def dates(series: Series) -> list[str]:
    return [found.date.isoformat() for found in occurrences(series, date(2026, 1, 1), 8) if found.date.year in YEARS]


def on(*days: str) -> list[str]:
    """Days of the years 2026 to 2030, `-` for none."""
    return [f"{year}-{day}" for year, day in zip(YEARS, days, strict=True) if day != "-"]


SHOAH = a_series(Hebrew(1, 27), shift=Shift({"FR": -1, "SU": 1}), at=time(20), zone="Asia/Jerusalem", eve=True)
ZIKARON = a_series(Hebrew(2, 4), shift=Shift({"TH": -1, "FR": -2, "SU": 1}), at=time(20), zone="Asia/Jerusalem",
                   eve=True)  # fmt: skip


@pytest.mark.parametrize(
    ("series", "days"),
    [
        (a_series(Fixed(1, 27)), on("01-27", "01-27", "01-27", "01-27", "01-27")),
        (a_series(Fixed(6, 22)), on("06-22", "06-22", "06-22", "06-22", "06-22")),
        (a_series(Fixed(4, 24)), on("04-24", "04-24", "04-24", "04-24", "04-24")),
        (a_series(Fixed(11, 11)), on("11-11", "11-11", "11-11", "11-11", "11-11")),
        (a_series(NthWeekday(11, "SU", 2)), on("11-08", "11-14", "11-12", "11-11", "11-10")),
        (a_series(NthWeekday(11, "SA", 4)), on("11-28", "11-27", "11-25", "11-24", "11-23")),
        (a_series(NthWeekday(5, "MO", -1)), on("05-25", "05-31", "05-29", "05-28", "05-27")),
        (a_series(WeekdayInWindow((11, 13), (11, 19), "SU")), on("11-15", "11-14", "11-19", "11-18", "11-17")),
        (SHOAH, on("04-14", "05-04", "04-24", "04-12", "04-30")),
        (ZIKARON, on("04-21", "05-11", "05-01", "04-18", "05-07")),
        (a_series(Easter("orthodox", 9)), on("04-21", "05-11", "04-25", "04-17", "05-07")),
        (a_series(Fixed(2, 29, "previous_day")), on("02-28", "02-28", "02-29", "02-28", "02-28")),
        (a_series(Fixed(2, 29, "next_day")), on("03-01", "03-01", "02-29", "03-01", "03-01")),
        (a_series(Fixed(2, 29, "only")), on("-", "-", "02-29", "-", "-")),
        (a_series(Islamic(1, 10)), on("06-25", "06-15", "06-03", "05-23", "05-13")),
    ],
)
def test_dates_of_five_years(series: Series, days: list[str]) -> None:
    assert dates(series) == days


@pytest.mark.parametrize(
    ("day", "base", "weekdays", "numbers"),
    [
        ((1, 27), 1944, "Tue Wed Thu Sat Sun", (82, 83, 84, 85, 86)),
        ((6, 22), 1941, "Mon Tue Thu Fri Sat", (85, 86, 87, 88, 89)),
        ((4, 24), 1915, "Fri Sat Mon Tue Wed", (111, 112, 113, 114, 115)),
        ((11, 11), 1918, "Wed Thu Sat Sun Mon", (108, 109, 110, 111, 112)),
    ],
)
def test_weekdays_and_numbers(day: tuple[int, int], base: int, weekdays: str, numbers: tuple[int, ...]) -> None:
    series = a_series(Fixed(*day), base_date=date(base, *day))
    rows = next_dates(series, 5, date(2026, 1, 1))
    assert [row.weekday for row in rows] == weekdays.split()
    assert tuple(row.number for row in rows) == numbers


def test_shifts_move_what_would_fall_on_a_weekday() -> None:
    unshifted = a_series(Hebrew(1, 27)), a_series(Hebrew(2, 4))
    assert dates(unshifted[0])[2] == "2028-04-23"
    assert dates(unshifted[1])[2:4] == ["2028-04-30", "2029-04-19"]


def test_a_day_that_begins_on_its_eve() -> None:
    # 20:00 in Jerusalem on 13 April 2026, which has summer time.
    [first] = occurrences(SHOAH, date(2026, 4, 14), 1)
    assert (first.date, first.instant_ms) == (date(2026, 4, 14), 1776099600000)
    [row] = next_dates(SHOAH, 1, date(2026, 1, 1))
    assert row == DateRow("2026-04-14", "Tue", None, 1776099600000, "2026-04-13", "20:00", "Asia/Jerusalem", False)


def test_a_rule_without_a_date_in_a_year_is_left_out() -> None:
    fifth = a_series(NthWeekday(2, "SU", 5))
    assert [found.date for found in occurrences(fifth, date(2026, 1, 1), 2)] == [date(2032, 2, 29), date(2060, 2, 29)]
    assert occurrences(a_series(WeekdayInWindow((11, 13), (11, 14), "SU")), date(2026, 1, 1), 1)[0].date == date(
        2027, 11, 14
    )


def test_the_number_is_that_of_the_year_of_the_rule_when_a_shift_crosses_new_year() -> None:
    series = a_series(Fixed(1, 1), base_date=date(1900, 1, 1), shift=Shift({"SA": -1}))
    # 1 January 2028 is a Saturday.
    kept = occurrence_on(series, date(2027, 12, 31))
    assert kept is not None
    assert kept.number == 128
    assert occurrence_on(series, date(2028, 1, 1)) is None


def test_nothing_is_kept_before_it_happened() -> None:
    series = a_series(Fixed(1, 27), base_date=date(1944, 1, 27))
    first, second = occurrences(series, date(1900, 1, 1), 2)
    assert (first.date, first.number) == (date(1944, 1, 27), None)
    assert (second.date, second.number) == (date(1945, 1, 27), 1)


def test_dates_kept_by_hand_end() -> None:
    series = a_series(Dates((date(2027, 5, 8), date(2028, 5, 12))), base_date=date(2000, 5, 1))
    found = occurrences(series, date(2027, 5, 9), 5)
    assert [(one.date, one.number) for one in found] == [(date(2028, 5, 12), 28)]


def test_daily_has_no_number() -> None:
    series = a_series(Daily(), base_date=date(2022, 3, 16), at=time(9), zone="Europe/Kyiv")
    found = occurrences(series, date(2026, 12, 31), 2)
    assert [(one.date, one.number) for one in found] == [(date(2026, 12, 31), None), (date(2027, 1, 1), None)]


def test_islamic_dates_are_provisional_until_a_person_lists_them() -> None:
    series = a_series(Islamic(1, 10, dates=(date(2026, 6, 26),)))
    found = occurrences(series, date(2026, 1, 1), 2)
    assert [(one.date, one.provisional) for one in found] == [(date(2026, 6, 26), False), (date(2027, 6, 15), True)]


def test_a_gregorian_year_may_hold_two_islamic_days() -> None:
    # The Islamic years 1429 and 1430 both began in 2008.
    found = occurrences(a_series(Islamic(1, 1)), date(2008, 1, 1), 2)
    assert [one.date.year for one in found] == [2008, 2008]


def test_one_instant_is_the_same_for_all() -> None:
    series = a_series(Fixed(6, 22), at=time(12, 15))
    # 09:15Z on 22 June 2027.
    assert occurrences(series, date(2027, 1, 1), 1)[0].instant_ms == 1813655700000
    assert occurrence_ms(series, date(2027, 6, 22), "Asia/Yekaterinburg") == 1813655700000


def test_the_same_local_time_everywhere() -> None:
    series = a_series(Fixed(11, 11), at=time(11), zone="Europe/London", reach="local_everywhere")
    day = date(2026, 11, 11)
    assert occurrence_ms(series, day) == 1794394800000
    assert occurrence_ms(series, day, "Europe/Paris") == 1794394800000 - 3_600_000
    assert occurrence_ms(series, day, "Asia/Tbilisi") == 1794394800000 - 4 * 3_600_000


def test_a_time_for_each_site() -> None:
    sites = (Site({"en": "Riga"}, "Europe/Riga", time(10)),)
    series = a_series(Fixed(11, 11), at=time(11), zone="Europe/London", reach="per_site", sites=sites)
    day = date(2026, 11, 11)
    assert occurrence_ms(series, day, "Europe/Riga") == 1794394800000 - 3 * 3_600_000
    assert occurrence_ms(series, day, "Asia/Tbilisi") == occurrence_ms(series, day)
