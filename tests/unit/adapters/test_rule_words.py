"""When a series is kept, in words."""

from datetime import date, time

import pytest
from babel import Locale

from memorata.adapters.schedules.rule_words import in_words
from memorata.domain.anniversary import Series
from memorata.domain.calendars import HEBREW_MONTHS, ISLAMIC_MONTHS
from memorata.domain.rules import (
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

GB = Locale.parse("en_GB")


def words(rule: Rule, shift: Shift | None = None, eve: bool = False, locale: Locale = GB) -> str:
    series = Series("s", {"en": "S"}, ("en",), rule, time(14), "UTC", (), shift=shift or Shift(), eve=eve)
    return in_words(series, lambda text: text, locale)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Fixed(1, 27), "27 January every year"),
        (Fixed(2, 29, "previous_day"), "29 February, in other years the day before"),
        (Fixed(2, 29, "next_day"), "29 February, in other years the day after"),
        (Fixed(2, 29), "29 February, in leap years only"),
        (NthWeekday(11, "SU", 2), "the second Sunday of November"),
        (NthWeekday(5, "MO", -1), "the last Monday of May"),
        (NthWeekday(5, "MO", -2), "the Monday before the last of May"),
        (WeekdayInWindow((11, 13), (11, 19), "SU"), "the Sunday from 13 November to 19 November"),
        (Easter("orthodox", 9), "9 days after Orthodox Easter"),
        (Easter("orthodox"), "Orthodox Easter"),
        (Easter("western", 1), "the day after Western Easter"),
        (Easter("western", -2), "2 days before Western Easter"),
        (Hebrew(1, 27), "27 Nisan"),
        (Islamic(1, 10), "10 Muharram"),
        (Daily(), "every day"),
        (Dates((date(2027, 5, 8), date(2028, 5, 12))), "by a list of dates: 8 May 2027 and 12 May 2028"),
        (
            Dates(tuple(date(2027 + n, 5, 8) for n in range(5))),
            "by a list of dates: 8 May 2027, 8 May 2028, 8 May 2029 and …",
        ),
    ],
)
def test_a_rule(rule: Rule, said: str) -> None:
    assert words(rule) == said


def test_shifts_and_the_eve() -> None:
    assert words(Hebrew(1, 27), Shift({"FR": -1, "SU": 1}), eve=True) == (
        "27 Nisan, a day earlier when it would be a Friday, a day later when it would be a Sunday, "
        "from the evening before"
    )
    assert words(Hebrew(2, 4), Shift({"TH": -1, "FR": -2, "SU": 1, "MO": 0})) == (
        "4 Iyar, a day earlier when it would be a Thursday, a day later when it would be a Sunday, "
        "2 days earlier when it would be a Friday"
    )


def test_every_rule_that_can_be_written_has_words() -> None:
    said = {words(NthWeekday(3, weekday, n)) for weekday in WEEKDAYS for n in range(-5, 6) if n}
    assert len(said) == 70
    assert len({words(Hebrew(n + 1, 1)) for n in range(len(HEBREW_MONTHS))}) == len(HEBREW_MONTHS)
    assert len({words(Islamic(n + 1, 1)) for n in range(len(ISLAMIC_MONTHS))}) == len(ISLAMIC_MONTHS)


def test_dates_are_said_as_the_language_says_them() -> None:
    assert words(Fixed(1, 27), locale=Locale.parse("ru")) == "27 января every year"
    assert words(Fixed(1, 27), locale=Locale.parse("de")) == "27. Januar every year"
