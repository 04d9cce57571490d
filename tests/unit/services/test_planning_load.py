"""Which ceremony a series becomes next, and that loading twice plans once."""

from dataclasses import replace
from datetime import date, time

import pytest

from memorata.domain.anniversary import Series
from memorata.domain.commands import Actor, CloseCeremony
from memorata.domain.planning import ceremony_id
from memorata.domain.rules import Daily, Dates, Fixed, Rule
from memorata.services.live import LiveCeremonies
from memorata.services.planning import load, upcoming
from tests.builders import START_MS, an_item, text
from tests.fakes import FakeClock, MemoryLog, RecordingPublisher

HOUR_MS = 3_600_000


def a_series(rule: Rule | None = None) -> Series:
    return Series(
        id="our-town",
        title=text("Our town"),
        subject=text("The bridge"),
        languages=("en",),
        base_date=date(1944, 1, 27),
        rule=rule or Fixed(1, 27),
        at=time(14),
        zone="Europe/Moscow",
        items=(an_item("words", planned_s=1800),),
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START_MS - 24 * HOUR_MS)


@pytest.fixture
def ceremonies(clock: FakeClock) -> LiveCeremonies:
    return LiveCeremonies(MemoryLog(), clock, RecordingPublisher())


def test_the_next_occurrence_is_the_one_that_is_not_over() -> None:
    series = a_series()
    days = [
        found.date.year
        for now_ms in (START_MS - HOUR_MS, START_MS, START_MS + HOUR_MS // 2 - 1, START_MS + HOUR_MS // 2)
        if (found := upcoming(series, now_ms)) is not None
    ]
    assert days == [2027, 2027, 2027, 2028]


def test_a_ceremony_is_named_by_its_year_or_by_its_day_when_there_are_several() -> None:
    named = [
        ceremony_id(series, found)
        for series in (a_series(), a_series(Daily()))
        if (found := upcoming(series, START_MS)) is not None
    ]
    assert named == ["our-town-2027", "our-town-2027-01-27"]


def test_loading_twice_plans_once_and_a_change_is_planned_anew(ceremonies: LiveCeremonies, clock: FakeClock) -> None:
    series = a_series()
    outcomes = [load(ceremonies, [each], clock.now_ms())[0].outcome for each in (
        series, series, replace(series, title=text("Our village")), replace(series, title=text("Our village"))
    )]  # fmt: skip
    assert outcomes == ["planned", "unchanged", "changed", "unchanged"]
    assert ceremonies.head("our-town-2027")[1] == 2


def test_a_ceremony_that_has_been_closed_is_kept(ceremonies: LiveCeremonies, clock: FakeClock) -> None:
    load(ceremonies, [a_series()], clock.now_ms())
    ceremonies.handle("our-town-2027", CloseCeremony(), Actor("host", "host"), "")
    (kept,) = load(ceremonies, [replace(a_series(), title=text("Our village"))], clock.now_ms())
    assert (kept.outcome, kept.reason) == ("kept", "phase.not_allowed")
    assert ceremonies.state("our-town-2027").programme == kept.programme


def test_a_series_without_a_date_ahead_is_said_so(ceremonies: LiveCeremonies, clock: FakeClock) -> None:
    over = a_series(Dates((date(2001, 1, 1),)))
    assert [planned.outcome for planned in load(ceremonies, [over], clock.now_ms())] == ["none"]
