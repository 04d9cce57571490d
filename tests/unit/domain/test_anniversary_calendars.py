"""Our Hebrew, Easter and Islamic arithmetic, against libraries that others maintain and against known days."""

from datetime import date
from itertools import pairwise

import dateutil.easter
import pytest
from pyluach.dates import HebrewDate

from memorata.domain.calendars import (
    hebrew_date,
    hebrew_month_lengths,
    is_hebrew_leap,
    islamic_year_at,
    orthodox_easter,
    tabular_islamic_date,
    western_easter,
)
from memorata.domain.rules import Hebrew, days_in


def test_every_hebrew_day_from_1950_to_2100() -> None:
    for year in range(5710, 5862):
        ours = {
            (month, day): hebrew_date(year, month, day)
            for month, days in hebrew_month_lengths(year).items()
            for day in range(1, days + 1)
        }
        theirs = {(month, day): HebrewDate(year, month, day).to_pydate() for month, day in ours}
        assert ours == theirs
        assert len(ours) in (353, 354, 355, 383, 384, 385)
        assert list(ours.values()) == sorted(ours.values())


def test_a_hebrew_day_that_does_not_exist() -> None:
    assert hebrew_month_lengths(5789)[8] == 29
    with pytest.raises(ValueError, match="no day 30 of month 8"):
        hebrew_date(5789, 8, 30)


@pytest.mark.parametrize("year", range(1950, 2101))
def test_easter(year: int) -> None:
    assert western_easter(year) == dateutil.easter.easter(year)
    assert orthodox_easter(year) == dateutil.easter.easter(year, dateutil.easter.EASTER_ORTHODOX)


def test_adar_of_a_leap_year_is_the_second() -> None:
    # 5787 (2027) is a leap year, 5788 (2028) is not.
    assert [is_hebrew_leap(5787), is_hebrew_leap(5788)] == [True, False]
    adar, first, second = Hebrew(12, 7), Hebrew(13, 7), Hebrew(14, 7)
    assert [day.date for day in days_in(adar, 2027)] == [HebrewDate(5787, 13, 7).to_pydate()]
    assert [day.date for day in days_in(first, 2027)] == [HebrewDate(5787, 12, 7).to_pydate()]
    assert days_in(second, 2027) == days_in(adar, 2027)
    assert days_in(adar, 2028) == days_in(first, 2028) == days_in(second, 2028)
    assert [day.date for day in days_in(adar, 2028)] == [HebrewDate(5788, 12, 7).to_pydate()]


def test_a_30th_that_not_every_year_has() -> None:
    # Cheshvan has 29 days in 5789, that is in the autumn of 2028.
    before, after = date(2028, 11, 18), date(2028, 11, 19)
    assert hebrew_date(5789, 8, 29) == before
    assert days_in(Hebrew(8, 30), 2028) == ()
    assert [day.date for day in days_in(Hebrew(8, 30, "previous_day"), 2028)] == [before]
    assert [day.date for day in days_in(Hebrew(8, 30, "next_day"), 2028)] == [after] == [hebrew_date(5789, 9, 1)]


def test_tabular_islamic_dates_run_without_gap_and_begin_where_they_should() -> None:
    # The first day of the calendar is 16 July 622 (Julian), 19 July by ours; a cycle of 30 years has 10631 days.
    assert tabular_islamic_date(1, 1, 1) == date(622, 7, 19)
    assert (tabular_islamic_date(31, 1, 1) - tabular_islamic_date(1, 1, 1)).days == 10631
    starts = [tabular_islamic_date(year, month, 1) for year in range(1440, 1480) for month in range(1, 13)]
    lengths = [(later - earlier).days for earlier, later in pairwise(starts)]
    assert set(lengths) == {29, 30}


@pytest.mark.parametrize("year", range(1950, 2101))
def test_the_islamic_year_at_new_year(year: int) -> None:
    found = islamic_year_at(year)
    assert tabular_islamic_date(found, 1, 1) <= date(year, 1, 1) < tabular_islamic_date(found + 2, 1, 1)
