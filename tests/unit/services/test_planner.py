"""The planner: the next ceremony of each series is there by itself, and follows the changes of its rule."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from memorata.domain import commands as c
from memorata.domain.civil import instant_ms
from memorata.services.planner import TELL_AFTER_MS
from tests.unit.services.planning_bench import AMINA, DAY_MS, REMEMBRANCE, PlanningBench

SUNDAY = instant_ms(date(2027, 11, 14), time(10, 55), "Europe/London")


@pytest.fixture
def bench(tmp_path: Path) -> PlanningBench:
    return PlanningBench(tmp_path)


def test_the_next_ceremony_is_there_once_a_series_is_published(bench: PlanningBench) -> None:
    bench.series.make(AMINA, "remembrance", REMEMBRANCE)
    bench.planner.scan()
    assert bench.ceremonies.ids() == ()
    bench.series.publish(AMINA, "remembrance", 1)
    assert bench.ceremonies.ids() == ("remembrance-2027",)
    programme = bench.planned()
    assert (programme.date, programme.starts_ms, programme.zone) == ("2027-11-14", SUNDAY, "Europe/London")
    row = bench.store.occurrence("remembrance", "2027-11-14")
    assert row is not None
    assert (row.at, row.zone, row.tzdata, dict(row.instants)) == ("10:55", "Europe/London", "2026a", {"": SUNDAY})
    assert bench.waiting() == [
        ("reminder", "2592000", SUNDAY - 30 * DAY_MS), ("reminder", "86400", SUNDAY - DAY_MS),
    ]  # fmt: skip
    assert [(kind, recipient) for kind, recipient, _ in bench.waiting("remembrance-2027")] == [
        ("link_check", "24h"), ("link_check", "15min"), ("archive", ""),
    ]  # fmt: skip


def test_looking_again_changes_nothing(bench: PlanningBench) -> None:
    bench.published()
    before = bench.ceremonies.head("remembrance-2027"), bench.store.occurrences("remembrance"), dict(bench.dues.rows)
    for _ in range(3):
        bench.planner.scan()
    assert before == (
        bench.ceremonies.head("remembrance-2027"), bench.store.occurrences("remembrance"), dict(bench.dues.rows),
    )  # fmt: skip


def test_when_one_is_over_the_next_is_there_with_its_number_one_higher(bench: PlanningBench) -> None:
    date_1919 = {**REMEMBRANCE["date"], "base": "1919-11-09"}
    bench.published(date=date_1919)
    assert bench.planned().number == 108
    bench.clock.at_ms = SUNDAY + 3_600_000
    bench.planner.scan()
    assert bench.planned("remembrance-2028").number == 109
    assert bench.planned("remembrance-2028").date == "2028-11-12"


def test_a_reminder_whose_time_was_over_before_it_was_planned_is_none(bench: PlanningBench) -> None:
    bench.clock.at_ms = SUNDAY - 10 * DAY_MS
    bench.published()
    assert [recipient for _, recipient, _ in bench.waiting()] == ["86400"]
    # One that came due while nobody was here is not lost.
    bench.clock.at_ms = SUNDAY - DAY_MS // 2
    bench.planner.scan()
    assert [recipient for _, recipient, _ in bench.waiting()] == ["86400"]


def test_another_hour_moves_ceremony_reminders_and_what_is_told(bench: PlanningBench) -> None:
    bench.published()
    later = {**REMEMBRANCE, "date": {**REMEMBRANCE["date"], "time": "11:55"}}
    bench.series.save(AMINA, "remembrance", bench.version(), later)
    assert bench.planned().starts_ms == SUNDAY + 3_600_000
    row = bench.store.occurrence("remembrance", "2027-11-14")
    assert row is not None
    assert (row.sequence, row.at) == (1, "11:55")
    assert bench.waiting() == [
        ("change", "1", bench.clock.now_ms() + TELL_AFTER_MS),
        ("reminder", "2592000", SUNDAY + 3_600_000 - 30 * DAY_MS),
        ("reminder", "86400", SUNDAY + 3_600_000 - DAY_MS),
    ]


def test_a_new_rule_moves_this_year_s_ceremony_with_its_people(bench: PlanningBench) -> None:
    bench.published()
    bench.people.add(AMINA, "remembrance", [{"name": "Bruno"}])
    (bruno,) = bench.contacts.of_series("remembrance")
    bench.people.invite(AMINA, "remembrance", "2027-11-14", [bruno.id])
    third = {**REMEMBRANCE, "date": {**REMEMBRANCE["date"], "n": 3}}
    bench.series.save(AMINA, "remembrance", bench.version(), third)
    assert bench.ceremonies.ids() == ("remembrance-2027",)
    assert bench.planned().date == "2027-11-21"
    assert bench.planned().cancelled is None
    assert [guest.contact_id for guest in bench.contacts.guests("remembrance", "2027-11-21")] == [bruno.id]
    assert [(kind, recipient) for kind, recipient, _ in bench.waiting()] == []
    assert [kind for kind, _, _ in bench.waiting("remembrance/2027-11-21")] == ["change", "reminder", "reminder"]


def test_new_zone_data_move_the_instant_and_the_organizer_is_told(bench: PlanningBench) -> None:
    """Almaty left UTC+6 for UTC+5: 16:00 there was 10:00Z and is 11:00Z."""
    when = {"rule": "fixed", "day": "01-27", "time": "16:00", "zone": "Asia/Almaty"}
    bench.published(date=when)
    row = bench.store.occurrence("remembrance", "2028-01-27")
    assert row is not None
    today = instant_ms(date(2028, 1, 27), time(11), "UTC")
    assert dict(row.instants) == {"": today}
    # As zone data of before 2024 had it.
    before = replace(row, tzdata="2023c", instants={"": today - 3_600_000}, version=row.version + 1)
    assert bench.store.change_occurrence(before)
    bench.with_zones("2026f").scan()
    row = bench.store.occurrence("remembrance", "2028-01-27")
    assert row is not None
    assert (row.tzdata, dict(row.instants), row.sequence) == ("2026f", {"": today}, 1)
    told = bench.trail.entries[-1]
    assert (told.kind, told.facts["before_ms"], told.facts["after_ms"]) == ("zone.moved", today - 3_600_000, today)
    assert (told.facts["tzdata_before"], told.facts["tzdata"]) == ("2023c", "2026f")
    assert bench.waiting("remembrance/2028-01-27")[0][0] == "change"


def test_zone_data_that_change_nothing_are_noted_and_nothing_else(bench: PlanningBench) -> None:
    bench.published()
    bench.with_zones("2027b").scan()
    row = bench.store.occurrence("remembrance", "2027-11-14")
    assert row is not None
    assert (row.tzdata, row.sequence) == ("2027b", 0)
    assert "zone.moved" not in bench.kinds()


def test_what_has_begun_stays_as_it_is(bench: PlanningBench) -> None:
    bench.published()
    bench.clock.at_ms = SUNDAY
    host = c.Actor("host", "host")
    bench.ceremonies.handle("remembrance-2027", c.CueItem("words", 0), host, "1")
    later = {**REMEMBRANCE, "date": {**REMEMBRANCE["date"], "time": "11:55"}}
    bench.series.save(AMINA, "remembrance", bench.version(), later)
    assert bench.planned().starts_ms == SUNDAY


def test_a_rolling_ceremony_has_one_for_each_place_at_its_own_hour(bench: PlanningBench) -> None:
    sites = [
        {"id": "london", "place": {"en": "London"}, "zone": "Europe/London"},
        {"id": "sydney", "place": {"en": "Sydney"}, "zone": "Australia/Sydney"},
    ]
    when = {
        "rule": "fixed", "day": "11-11", "time": "11:00", "zone": "Europe/London", "reach": "local_everywhere",
        "sites": sites,
    }  # fmt: skip
    bench.published(date=when, autopilot=True)
    assert bench.ceremonies.ids() == ("remembrance-2027-london", "remembrance-2027-sydney")
    london, sydney = bench.planned("remembrance-2027-london"), bench.planned("remembrance-2027-sydney")
    assert london.starts_ms == instant_ms(date(2027, 11, 11), time(11), "Europe/London")
    assert sydney.starts_ms == instant_ms(date(2027, 11, 11), time(11), "Australia/Sydney")
    assert (sydney.zone, sydney.place, sydney.autopilot) == ("Australia/Sydney", {"en": "Sydney"}, True)
    assert bench.ceremonies.state("remembrance-2027-sydney").progress.autopilot
    reminders = [recipient for kind, recipient, _ in bench.waiting("remembrance/2027-11-11") if kind == "reminder"]
    assert sorted(reminders) == ["2592000/london", "2592000/sydney", "86400/london", "86400/sydney"]


def test_a_broken_text_keeps_nobody_else_from_being_planned(bench: PlanningBench) -> None:
    bench.published("first")
    bench.published("second")
    row = bench.store.find("first")
    assert row is not None
    assert bench.store.change(replace(row, text="title = ", version=row.version + 1))
    bench.clock.at_ms = SUNDAY + 3_600_000
    bench.planner.scan()
    assert set(bench.ceremonies.ids()) == {"first-2027", "second-2027", "second-2028"}
