"""Feeds and files, read back as a calendar reads them: the instants are those of the domain, wherever the reader is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from memorata import i18n
from memorata.adapters import calendars
from memorata.adapters.calendars import Dated, Entry, Feed, Told, Yearly
from memorata.adapters.schedule_files import load_file
from memorata.domain.anniversary import Departure, Series, Site, agenda, sittings
from memorata.domain.civil import civil
from memorata.domain.planning import lead_in_s, total_s
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
from memorata.resources import schedules_dir
from memorata.services.planning_ports import OccurrenceRow
from tests.builders import a_silence, an_item

VIEWERS = ("America/New_York", "Asia/Kathmandu", "Australia/Sydney", "Asia/Almaty")
FIRST, TODAY = date(2026, 1, 1), date(2026, 11, 29)
CHANGED_MS = 1_795_000_000_000
TOLD = Told(lambda text: text.get("en", ""), i18n.catalogue("en"), "https://memory.example.org", CHANGED_MS, 1)


def a_series(rule: Rule, **given: Any) -> Series:
    said: dict[str, Any] = {"at": time(14), "zone": "Europe/Moscow", "items": (an_item("words", planned_s=600),)}
    return Series(id="s", title={"en": "S"}, languages=("en",), rule=rule, **{**said, **given})


def dated(series: Series) -> list[Dated]:
    return [Dated(series, found) for found in agenda(series, FIRST, calendars.until(series, TODAY))]


def told_of(series: Series, told: Told = TOLD, site: str = "") -> tuple[Entry | Yearly, ...]:
    return calendars.entries(told, series, dated(series), FIRST, calendars.until(series, TODAY), site)


def read(entries: Sequence[Entry | Yearly]) -> Calendar:
    body = calendars.feed(Feed("Ceremonies", "https://memory.example.org/calendar.ics", tuple(entries)))
    assert max(map(len, body.split(b"\r\n"))) <= 75
    found = Calendar.from_ical(body)
    assert isinstance(found, Calendar)
    return found


def seen(calendar: Calendar, series: Series) -> list[tuple[datetime, datetime]]:
    """Start and end of each that a calendar shows, by UTC."""
    last = calendars.until(series, TODAY)
    events = recurring_ical_events.of(calendar).between(FIRST - timedelta(days=2), last + timedelta(days=2))
    held = [event for event in events if event["status"] != "CANCELLED"]
    return sorted((event.start.astimezone(UTC), event.end.astimezone(UTC)) for event in held)


def meant(series: Series) -> list[tuple[datetime, datetime]]:
    """The same by the domain."""
    found = []
    for occurrence in agenda(series, FIRST, calendars.until(series, TODAY)):
        for held in () if occurrence.cancelled else sittings(series, occurrence):
            start_ms = held.instant_ms - lead_in_s(series) * 1000
            found.append((start_ms, start_ms + total_s(series.items) * 1000))
    return sorted((instant(start_ms), instant(end_ms)) for start_ms, end_ms in found)


def instant(at_ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)


@pytest.mark.parametrize("path", sorted(schedules_dir().glob("*.toml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("viewer", VIEWERS)
def test_each_shipped_series_is_where_it_is_for_every_viewer(path: Path, viewer: str) -> None:
    series = load_file(path)
    calendar = read(told_of(series))
    found, expected = seen(calendar, series), meant(series)
    assert len(expected) >= 10
    assert found == expected
    here = [start.astimezone(ZoneInfo(viewer)) for start, _ in found]
    assert [f"{at:%Y-%m-%d %H:%M}" for at in here] == [
        f"{civil(round(start.timestamp() * 1000), viewer):%Y-%m-%d %H:%M}" for start, _ in expected
    ]


ZONES = st.sampled_from(
    (*VIEWERS, "Europe/Paris", "Asia/Jerusalem", "Australia/Lord_Howe", "Africa/Casablanca", "Etc/UTC")
)
WEEKDAY = st.sampled_from(WEEKDAYS)
MONTH = st.integers(1, 12)
DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 31))


def window(first: date, length: int, weekday: Any) -> Rule:
    last = first + timedelta(days=length)
    if last.year != first.year:
        last = date(first.year, 12, 31)
    ends = [(each.month, each.day) if (each.month, each.day) != (2, 29) else (2, 28) for each in (first, last)]
    return WeekdayInWindow(ends[0], ends[1], weekday)


RULES = st.one_of(
    st.builds(
        lambda day, leap: Fixed(day.month, day.day, leap), DAYS, st.sampled_from(("previous_day", "next_day", "only"))
    ),
    st.builds(NthWeekday, MONTH, WEEKDAY, st.sampled_from((1, 2, 3, 4, 5, -1, -2))),
    st.builds(window, DAYS, st.integers(0, 20), WEEKDAY),
    st.builds(Easter, st.sampled_from(("western", "orthodox")), st.integers(-60, 60)),
    st.builds(Hebrew, st.integers(1, 13), st.integers(1, 29)),
    st.builds(Islamic, st.integers(1, 12), st.integers(1, 29)),
    st.just(Dates((date(2027, 3, 28), date(2029, 10, 28)))),
)
NIGHTLY = (time(0), time(0, 5), time(1, 30), time(2, 30), time(3, 5), time(23, 55))
CLOCK = st.one_of(st.sampled_from(NIGHTLY), st.times())


@st.composite
def made_up(draw: st.DrawFn) -> Series:
    at = draw(CLOCK).replace(second=0, microsecond=0, tzinfo=None)
    items = (an_item("words", planned_s=draw(st.sampled_from((60, 600, 3600)))), a_silence())
    series = a_series(
        draw(RULES),
        at=at,
        zone=draw(ZONES),
        eve=draw(st.booleans()),
        items=items,
        time_of=draw(st.sampled_from((None, "minute"))),
        base_date=draw(st.sampled_from((None, date(1944, 1, 27)))),
        shift=draw(st.sampled_from((Shift(), Shift({"SA": 1, "FR": -1})))),
    )
    days = [found.date for found in agenda(series, FIRST, calendars.until(series, TODAY))]
    departures = []
    if days and draw(st.booleans()):
        for day in draw(st.lists(st.sampled_from(days), max_size=3, unique=True)):
            kind = draw(st.sampled_from(("moved", "cancelled")))
            to = day + timedelta(days=draw(st.integers(-3, 3))) if kind == "moved" else None
            at_of = draw(st.sampled_from((None, time(2, 30), time(12)))) if kind == "moved" else None
            departures.append(Departure(kind, day, to, at_of))
        extra = days[0] + timedelta(days=100)
        if extra not in days:
            departures.append(Departure("extra", extra, at=time(9)))
    return replace(series, departures=tuple(departures))


# Its silence is at five past two, its first words come when it is one o'clock for the second time that night.
SECOND_ONE_O_CLOCK = a_series(
    Fixed(11, 1),
    at=time(2, 5),
    zone="America/New_York",
    items=(an_item("words", planned_s=600), a_silence()),
    time_of="minute",
)


@settings(max_examples=150, deadline=None)
@given(made_up())
@example(SECOND_ONE_O_CLOCK)
def test_whatever_the_rule_the_instants_are_those_of_the_domain(series: Series) -> None:
    assert seen(read(told_of(series)), series) == meant(series)


def rule_of(series: Series) -> str | None:
    """The RRULE of its feed, `None` where each date is told by itself."""
    rules = [event["rrule"].to_ical().decode() for event in read(told_of(series)).events if "rrule" in event]
    assert len(rules) < 2
    return rules[0] if rules else None


@pytest.mark.parametrize(
    ("series", "rule"),
    [
        (a_series(Fixed(1, 27)), "FREQ=YEARLY;BYMONTHDAY=27;BYMONTH=1"),
        (a_series(Fixed(1, 1), eve=True), "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=12"),
        (a_series(Fixed(3, 1), eve=True), None),
        (a_series(Fixed(2, 29)), "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2"),
        (a_series(Fixed(2, 29, "previous_day")), None),
        (a_series(Fixed(2, 29, "next_day")), None),
        (a_series(Fixed(1, 27), shift=Shift({"SU": 1})), None),
        (a_series(NthWeekday(11, "SU", 2)), "FREQ=YEARLY;BYDAY=2SU;BYMONTH=11"),
        (a_series(NthWeekday(5, "MO", -1)), "FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5"),
        (a_series(NthWeekday(11, "SU", 2), eve=True), "FREQ=YEARLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;BYMONTH=11"),
        (a_series(NthWeekday(11, "SU", 1), eve=True), None),
        (a_series(NthWeekday(5, "MO", -1), eve=True), None),
        (
            a_series(WeekdayInWindow((11, 13), (11, 19), "SU")),
            "FREQ=YEARLY;BYDAY=SU;BYMONTHDAY=13,14,15,16,17,18,19;BYMONTH=11",
        ),
        (a_series(WeekdayInWindow((11, 8), (11, 14), "SU")), "FREQ=YEARLY;BYDAY=2SU;BYMONTH=11"),
        (a_series(WeekdayInWindow((11, 28), (12, 4), "SU")), None),
        (a_series(Easter("orthodox", 9)), None),
        (a_series(Hebrew(1, 27)), None),
        (a_series(Islamic(1, 10)), None),
        (a_series(Dates((date(2027, 1, 1),))), None),
        (a_series(Daily()), "FREQ=DAILY"),
    ],
)
def test_a_rule_is_told_where_it_is_exact(series: Series, rule: str | None) -> None:
    assert rule_of(series) == rule


def test_a_rule_goes_on_after_the_ten_years_of_which_each_is_told() -> None:
    series = a_series(NthWeekday(11, "SA", 4), at=time(16), zone="Europe/Kyiv", base_date=date(1933, 11, 25))
    later = recurring_ical_events.of(read(told_of(series))).between(date(2060, 1, 1), date(2061, 1, 1))
    assert [(event.start, str(event["summary"])) for event in later] == [
        (datetime(2060, 11, 27, 16, tzinfo=ZoneInfo("Europe/Kyiv")), "S")
    ]


def test_each_year_has_its_number_and_the_rule_has_none() -> None:
    series = a_series(Fixed(1, 27), base_date=date(1944, 1, 27))
    told = replace(TOLD, catalogue=i18n.catalogue("ru"))
    titles = [str(event["summary"]) for event in read(told_of(series, told)).events]
    assert titles[:7] == ["S", *(f"S, {n}" for n in ("82 года", "83 года", "84 года", "85 лет", "86 лет", "87 лет"))]
    uids = {str(event["uid"]) for event in read(told_of(series)).events}
    assert uids == {"s/s@memory.example.org"}


def test_the_ceremony_is_entered_when_it_begins_not_when_its_silence_does() -> None:
    series = load_file(schedules_dir() / "22-june.toml")
    first = next(event for event in read(told_of(series)).events if "recurrence-id" in event)
    lead_s = lead_in_s(series)
    assert lead_s > 0
    assert first.start == datetime(2026, 6, 22, 12, 15, tzinfo=ZoneInfo("Europe/Moscow")) - timedelta(seconds=lead_s)


def test_what_departs_from_the_rule_is_told_and_its_sequence_rises() -> None:
    plain = a_series(Fixed(1, 27))
    changed = replace(
        plain,
        departures=(
            Departure("moved", date(2027, 1, 27), date(2027, 1, 26), time(12), {"en": "The hall is taken."}),
            Departure("cancelled", date(2028, 1, 27), reason={"en": "There is a flood."}),
            Departure("extra", date(2027, 9, 8), reason={"en": "The beginning."}),
        ),
    )
    later = replace(TOLD, version=2)

    def by_day(series: Series, told: Told) -> dict[str, Any]:
        events = read(told_of(series, told)).events
        return {f"{event.get('recurrence-id', event['dtstart']).dt:%Y-%m-%d}": event for event in events}

    before, after = by_day(plain, TOLD), by_day(changed, later)
    assert list(before) == ["2026-01-27"]
    moved, cancelled, extra = after["2027-01-27"], after["2028-01-27"], after["2027-09-08"]
    assert moved.start == datetime(2027, 1, 26, 12, tzinfo=ZoneInfo("Europe/Moscow"))
    assert "The hall is taken." in moved["description"]
    assert (cancelled["status"], str(cancelled["summary"])) == ("CANCELLED", "Cancelled: S")
    assert "There is a flood." in cancelled["description"]
    assert cancelled.alarms.times == []
    assert (extra["uid"], extra["status"]) == ("s-2027-09-08@memory.example.org", "CONFIRMED")
    assert before["2026-01-27"]["sequence"] == 0
    assert (moved["sequence"], cancelled["sequence"]) == (2, 2)
    # The calendar has it nowhere but in its new place.
    assert seen(read(told_of(changed, later)), changed) == meant(changed)


def test_one_that_is_moved_out_of_these_years_leaves_its_old_day_empty() -> None:
    last = calendars.until(a_series(Fixed(11, 28)), TODAY)
    day = date(last.year, 11, 28)
    assert FIRST < day < last
    series = a_series(Fixed(11, 28), departures=(Departure("moved", day, last + timedelta(days=5)),))
    assert [start for start, _ in seen(read(told_of(series)), series) if start.year == last.year] == []


def test_a_time_that_has_changed_has_a_higher_sequence() -> None:
    series = a_series(Dates((date(2027, 1, 27),)))
    [one] = dated(series)
    row = OccurrenceRow("s", one.occurrence.key, "2027-01-27", "14:00", "Europe/Moscow", "2026a", sequence=3)
    held = sittings(series, one.occurrence)[0]
    assert [calendars.entry_of(TOLD, each, held).sequence for each in (one, replace(one, kept=row))] == [0, 3]


def test_what_a_person_has_not_confirmed_is_tentative() -> None:
    assert {event["status"] for event in read(told_of(a_series(Islamic(1, 10)))).events} == {"TENTATIVE"}


def test_each_site_has_ceremonies_of_its_own() -> None:
    sites = (
        Site({"en": "Riga"}, "Europe/Riga", time(10), "riga"),
        Site({"en": "Almaty"}, "Asia/Almaty", time(12), "almaty"),
    )
    series = a_series(Fixed(5, 9), reach="per_site", sites=sites)
    assert seen(read(told_of(series)), series) == meant(series)
    almaty = read(told_of(series, site="almaty"))
    assert {(event["uid"], str(event["summary"]), event["location"]) for event in almaty.events} == {
        ("s/s/almaty@memory.example.org", "S (Almaty)", "Almaty")
    }
    assert [str(zone["tzid"]) for zone in almaty.timezones] == ["Asia/Almaty"]
    assert almaty.events[0].start == datetime(2026, 5, 9, 12, tzinfo=ZoneInfo("Asia/Almaty"))


def test_a_file_asks_to_be_shown_or_to_be_taken_out() -> None:
    entry = Entry("a@b", "Память; все, вместе", "https://b/c/a", 1_801_047_600_000, 1_801_050_000_000, "Europe/Moscow",
                  sequence=2, changed_ms=CHANGED_MS, description="Line\r\nUID:other")  # fmt: skip
    shown, out = (Calendar.from_ical(calendars.ceremony_file(each)) for each in (entry, replace(entry, cancelled=True)))
    assert (shown["method"], out["method"]) == ("PUBLISH", "CANCEL")
    [event] = shown.events
    assert event.start == datetime(2027, 1, 27, 14, tzinfo=ZoneInfo("Europe/Moscow"))
    assert (event["uid"], event["sequence"], str(event["summary"])) == ("a@b", 2, "Память; все, вместе")
    assert str(event["description"]) == "Line\nUID:other"
    assert [alarm["trigger"].dt for alarm in event.walk("VALARM")] == [timedelta(minutes=-30)]
    assert (out.events[0]["status"], out.events[0]["uid"], list(out.events[0].walk("VALARM"))) == (
        "CANCELLED",
        "a@b",
        [],
    )


def test_a_feed_says_its_name_and_when_to_come_again() -> None:
    calendar = read(told_of(a_series(Fixed(1, 27))))
    assert (str(calendar["name"]), str(calendar["x-wr-calname"])) == ("Ceremonies", "Ceremonies")
    assert (calendar["refresh-interval"].dt, str(calendar["x-published-ttl"])) == (timedelta(hours=6), "PT6H")


def test_one_uid_in_whatever_way_a_ceremony_comes() -> None:
    series = a_series(Easter("orthodox", 9))
    [first, *_] = dated(series)
    [told, *_] = told_of(series)
    assert isinstance(told, Entry)
    assert told.uid == calendars.uid_of("s-2026", "memory.example.org")
    assert told == calendars.entry_of(TOLD, first, sittings(series, first.occurrence)[0])
