"""Dates that depart from the rule, the sites where an occurrence is held, and names of ceremonies that stay."""

from datetime import UTC, date, datetime, time

import pytest

from memorata.domain.anniversary import (
    Departure,
    Occurrence,
    Series,
    Site,
    agenda,
    occurrence_of,
    occurrence_on,
    occurrences,
    sittings,
)
from memorata.domain.planning import ceremony_id
from memorata.domain.rules import Daily, Fixed, Islamic, NthWeekday, Rule, Shift

MOVED = Departure("moved", date(2029, 1, 27), date(2029, 1, 26), time(12), {"en": "The hall is taken."})
LATER = Departure("moved", date(2029, 1, 27), None, time(16, 30))
CANCELLED = Departure("cancelled", date(2029, 1, 27), reason={"en": "Ice."})
EXTRA = Departure("extra", date(2029, 5, 9), None, time(10))


def a_series(*departures: Departure, rule: Rule | None = None, **given: object) -> Series:
    said = {"at": time(14), "zone": "Europe/Moscow", "base_date": date(1944, 1, 27), **given}
    return Series("s", {"en": "S"}, ("en",), rule or Fixed(1, 27), items=(), departures=departures, **said)  # type: ignore[arg-type]


def all_of(
    series: Series, first: str = "2028-06-01", last: str = "2030-06-01"
) -> list[tuple[str, str, str, int | None]]:
    """Key, instant, departure and number of each."""
    found = agenda(series, date.fromisoformat(first), date.fromisoformat(last))
    return [(one.key, utc(one.instant_ms), one.departure or "", one.number) for one in found]


def utc(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%dT%H:%MZ}"


PLAIN = ("2030-01-27", "2030-01-27T11:00Z", "", 86)


def test_another_day_and_hour() -> None:
    assert all_of(a_series(MOVED)) == [("2029-01-27", "2029-01-26T09:00Z", "moved", 85), PLAIN]
    [found] = occurrences(a_series(MOVED), date(2029, 1, 1), 1)
    assert (found.date, found.at, found.reason) == (date(2029, 1, 26), time(12), {"en": "The hall is taken."})
    assert occurrence_on(a_series(MOVED), date(2029, 1, 27)) is None


def test_another_hour_of_the_same_day() -> None:
    assert all_of(a_series(LATER)) == [("2029-01-27", "2029-01-27T13:30Z", "moved", 85), PLAIN]


def test_what_is_cancelled_is_told_and_not_held() -> None:
    series = a_series(CANCELLED)
    assert all_of(series) == [("2029-01-27", "2029-01-27T11:00Z", "cancelled", 85), PLAIN]
    assert [one.key for one in occurrences(series, date(2028, 6, 1), 1)] == ["2030-01-27"]
    found = occurrence_of(series, "2029-01-27")
    assert found is not None
    assert (found.cancelled, found.reason) == (True, {"en": "Ice."})


def test_one_more() -> None:
    assert all_of(a_series(EXTRA)) == [
        ("2029-01-27", "2029-01-27T11:00Z", "", 85),
        ("2029-05-09", "2029-05-09T07:00Z", "extra", 85),
        PLAIN,
    ]


def test_all_in_the_order_of_their_days() -> None:
    series = a_series(Departure("moved", date(2029, 1, 27), date(2029, 5, 10)), EXTRA)
    assert [key for key, *_ in all_of(series)] == ["2029-05-09", "2029-01-27", "2030-01-27"]


def test_over_new_year_the_number_stays() -> None:
    first = a_series(
        Departure("moved", date(2029, 1, 1), date(2028, 12, 31)), rule=Fixed(1, 1), base_date=date(1900, 1, 1)
    )
    assert all_of(first)[0] == ("2029-01-01", "2028-12-31T11:00Z", "moved", 129)
    assert [one.key for one in occurrences(first, date(2029, 1, 1), 1)] == ["2030-01-01"]
    last = a_series(
        Departure("moved", date(2028, 12, 31), date(2029, 1, 2)), rule=Fixed(12, 31), base_date=date(1900, 12, 31)
    )
    [found] = occurrences(last, date(2029, 1, 1), 1)
    assert (found.key, found.date, found.number) == ("2028-12-31", date(2029, 1, 2), 128)
    assert ceremony_id(last, found) == "s-2028"


def test_one_whose_date_is_past_and_that_is_moved_ahead() -> None:
    series = a_series(Departure("moved", date(2029, 1, 27), date(2029, 3, 1)))
    assert [one.key for one in occurrences(series, date(2029, 2, 1), 2)] == ["2029-01-27", "2030-01-27"]
    assert [one.key for one in occurrences(series, date(2029, 3, 2), 1)] == ["2030-01-27"]


def test_one_that_is_ahead_by_the_rule_and_past_by_its_move() -> None:
    assert [one.key for one in occurrences(a_series(MOVED), date(2029, 1, 27), 1)] == ["2030-01-27"]


def test_a_day_that_the_rule_does_not_have_is_not_moved() -> None:
    assert all_of(a_series(Departure("moved", date(2029, 1, 28), date(2029, 2, 1)))) == all_of(a_series())
    assert all_of(a_series(Departure("cancelled", date(2029, 1, 28)))) == all_of(a_series())


@pytest.mark.parametrize(
    ("departure", "key", "held"),
    [
        (MOVED, "2029-01-27", "2029-01-26T09:00Z"),
        (LATER, "2029-01-27", "2029-01-27T13:30Z"),
        (CANCELLED, "2029-01-27", "2029-01-27T11:00Z"),
        (EXTRA, "2029-05-09", "2029-05-09T07:00Z"),
        (MOVED, "2030-01-27", "2030-01-27T11:00Z"),
        (MOVED, "2029-01-26", None),
        (EXTRA, "2029-05-10", None),
        (EXTRA, "soon", None),
    ],
)
def test_by_its_key(departure: Departure, key: str, held: str | None) -> None:
    found = occurrence_of(a_series(departure), key)
    assert (None if found is None else utc(found.instant_ms)) == held


def test_a_shifted_day_is_moved_by_its_date() -> None:
    # 27 January 2030 is a Sunday, kept on Monday.
    series = a_series(Departure("moved", date(2030, 1, 28), date(2030, 1, 29)), shift=Shift({"SU": 1}))
    assert all_of(series, "2030-01-01") == [("2030-01-28", "2030-01-29T11:00Z", "moved", 86)]


def test_an_eve_is_before_the_day_it_is_moved_to() -> None:
    [(_, at, *_)] = all_of(a_series(MOVED, eve=True), "2029-01-01", "2029-12-31")
    assert at == "2029-01-25T09:00Z"


# --- where it is held ---

CANBERRA = Site({"en": "Canberra"}, "Australia/Sydney", None, "canberra")
LONDON = Site({"en": "London"}, "Europe/London", None, "london")
RIGA = Site({"en": "Riga"}, "Europe/Riga", time(10), "riga")

ARMISTICE = {"rule": Fixed(11, 11), "zone": "Europe/London", "at": time(11), "base_date": date(1918, 11, 11)}


def held(series: Series, at: int = 0) -> list[tuple[str, str]]:
    found = occurrences(series, date(2027, 1, 1), 1 + at)[at]
    return [(one.site, utc(one.instant_ms)) for one in sittings(series, found)]


def test_one_instant_is_held_once_whatever_the_sites() -> None:
    series = a_series(**ARMISTICE, sites=(CANBERRA, LONDON))
    assert held(series) == [("", "2027-11-11T11:00Z")]


def test_the_same_hour_of_every_clock() -> None:
    series = a_series(**ARMISTICE, reach="local_everywhere", sites=(CANBERRA, LONDON, RIGA))
    assert held(series) == [
        ("canberra", "2027-11-11T00:00Z"),
        ("london", "2027-11-11T11:00Z"),
        ("riga", "2027-11-11T08:00Z"),
    ]
    assert held(a_series(**ARMISTICE, reach="local_everywhere")) == [("", "2027-11-11T11:00Z")]


def test_every_site_at_its_own_hour() -> None:
    series = a_series(**ARMISTICE, reach="per_site", sites=(RIGA, LONDON))
    assert held(series) == [("riga", "2027-11-11T08:00Z"), ("london", "2027-11-11T11:00Z")]


def test_a_day_that_is_moved_is_moved_at_every_site_and_an_hour_where_none_is_its_own() -> None:
    moved = Departure("moved", date(2027, 11, 11), date(2027, 11, 12), time(15))
    series = a_series(moved, **ARMISTICE, reach="local_everywhere", sites=(CANBERRA, RIGA))
    assert held(series) == [("canberra", "2027-11-12T04:00Z"), ("riga", "2027-11-12T08:00Z")]


# --- names of ceremonies ---


def named(series: Series, key: str, site: str = "") -> str:
    found = occurrence_of(series, key)
    assert isinstance(found, Occurrence)
    return ceremony_id(series, found, site)


def test_a_ceremony_that_is_moved_keeps_its_name() -> None:
    for series in (a_series(), a_series(MOVED), a_series(LATER), a_series(CANCELLED)):
        assert named(series, "2029-01-27") == "s-2029"
        assert named(series, "2029-01-27", "riga") == "s-2029-riga"


def test_where_the_year_does_not_tell_the_whole_date_does() -> None:
    assert named(a_series(EXTRA), "2029-05-09") == "s-2029-05-09"
    assert named(a_series(EXTRA), "2029-01-27") == "s-2029"
    assert named(a_series(rule=Daily()), "2029-01-27", "riga") == "s-2029-01-27-riga"
    # Two of a year of twelve moons in one of ours.
    assert named(a_series(rule=Islamic(1, 1), base_date=None), "2008-12-29") == "s-2008-12-29"


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (NthWeekday(5, "MO", -1), "05-25 05-31 05-29 05-28 05-27"),
        (NthWeekday(11, "SU", 2), "11-08 11-14 11-12 11-11 11-10"),
    ],
)
def test_every_key_leads_to_its_occurrence(rule: Rule, days: str) -> None:
    series = a_series(MOVED, rule=rule, base_date=None)
    for year, day in zip(range(2026, 2031), days.split(), strict=True):
        found = occurrence_of(series, f"{year}-{day}")
        assert found is not None
        assert (found.key, found.date.isoformat()) == (f"{year}-{day}", f"{year}-{day}")
