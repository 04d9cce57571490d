"""Sites, dates that depart from the rule, reminders and autopilot of a schedule file."""

from datetime import date, time
from pathlib import Path

import pytest

from memorata.adapters.schedule_files import OWN_KEYS, load_file, read_series
from memorata.adapters.schedules.gatherings import site_id, written_before
from memorata.domain.anniversary import Departure, Reminder, Site
from tests.unit.adapters.test_schedule_files import HEAD, WELCOME, a_file, told

RIGA = """
[[date.sites]]
id = "old-town"
place = { en = "Riga", ru = "Рига" }
zone = "Europe/Riga"
time = "10:00"
community = { lv = "Latvijas biedrība" }
contact = "Anna"
telephone = "+371 00 000 000"
"""

ALMATY = """
[[date.sites]]
place = { en = "Almaty", ru = "Алматы" }
zone = "Asia/Almaty"
time = 09:30:00
"""

EXCEPTIONS = """
[[date.exceptions]]
kind = "moved"
day = 2029-01-27
to = 2029-01-26
time = "12:00"
reason = { en = "The hall is taken.", ru = "Зал занят." }

[[date.exceptions]]
kind = "cancelled"
day = "2030-01-27"

[[date.exceptions]]
kind = "extra"
day = 2029-05-09
"""


def test_sites(tmp_path: Path) -> None:
    series = load_file(a_file(tmp_path, 'reach = "per_site"\n', RIGA, ALMATY, WELCOME))
    assert series.sites == (
        Site(
            {"en": "Riga", "ru": "Рига"},
            "Europe/Riga",
            time(10),
            "old-town",
            {"lv": "Latvijas biedrība"},
            "Anna",
            "+371 00 000 000",
        ),
        Site({"en": "Almaty", "ru": "Алматы"}, "Asia/Almaty", time(9, 30), "almaty"),
    )


def test_a_site_without_a_time_keeps_that_of_the_series(tmp_path: Path) -> None:
    untimed = RIGA.replace('time = "10:00"\n', "")
    for reach in ("one_instant", "local_everywhere"):
        series = load_file(a_file(tmp_path, f'reach = "{reach}"\n', untimed, WELCOME))
        assert [(site.id, site.at) for site in series.sites] == [("old-town", None)]
    assert load_file(a_file(tmp_path, 'reach = "local_everywhere"\n', WELCOME)).sites == ()


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Riga", "riga"),
        ("America/Argentina/Buenos_Aires", "buenos-aires"),
        ("America/Port-au-Prince", "port-au-prince"),
        ("UTC", "utc"),
    ],
)
def test_the_name_of_a_site_comes_from_its_zone(zone: str, name: str) -> None:
    assert site_id(zone) == name


def test_exceptions(tmp_path: Path) -> None:
    series = load_file(a_file(tmp_path, EXCEPTIONS, WELCOME))
    assert series.departures == (
        Departure(
            "moved",
            date(2029, 1, 27),
            date(2029, 1, 26),
            time(12),
            {"en": "The hall is taken.", "ru": "Зал занят."},
        ),
        Departure("cancelled", date(2030, 1, 27)),
        Departure("extra", date(2029, 5, 9)),
    )


def test_a_day_that_was_shifted_is_called_by_its_date(tmp_path: Path) -> None:
    # 27 January 2030 is a Sunday.
    moved = '\n[[date.exceptions]]\nkind = "moved"\nday = 2030-01-28\ntime = "15:00"\n'
    path = a_file(tmp_path, "shift = { SU = 1 }\n", moved, WELCOME)
    assert load_file(path).departures == (Departure("moved", date(2030, 1, 28), None, time(15)),)
    assert told(path) == []


def test_reminders_and_autopilot(tmp_path: Path) -> None:
    above = (
        'reminders = ["1d", { before = "90 min", words = { en = "Soon.", ru = "Скоро." } }, "30d"]\nautopilot = true\n'
    )
    series = load_file(a_file(tmp_path, WELCOME, head=above + HEAD))
    assert series.reminders == (
        Reminder(30 * 86_400),
        Reminder(86_400),
        Reminder(90 * 60, {"en": "Soon.", "ru": "Скоро."}),
    )
    assert series.autopilot is True
    assert [written_before(reminder.before_s) for reminder in series.reminders] == ["30d", "1d", "90min"]
    plain = load_file(a_file(tmp_path, WELCOME))
    assert (plain.reminders, plain.autopilot) == ((), False)


PER_SITE = 'reach = "per_site"\n'


@pytest.mark.parametrize(
    ("text", "start", "key", "code"),
    [
        (HEAD + PER_SITE + RIGA.replace('time = "10:00"\n', "") + WELCOME, "[[date.sites]]", "date.sites[0].time",
         "schedule.missing_key"),
        (HEAD + RIGA + WELCOME, 'time = "10:00"', "date.sites[0].time", "schedule.time_not_kept"),
        (HEAD + PER_SITE + RIGA.replace('zone = "Europe/Riga"\n', "") + WELCOME, "[[date.sites]]",
         "date.sites[0].zone", "schedule.missing_key"),
        (HEAD + PER_SITE + RIGA.replace("Europe/Riga", "Europe/Rigga") + WELCOME, "zone", "date.sites[0].zone",
         "schedule.unknown_zone"),
        (HEAD + PER_SITE + RIGA.replace("old-town", "Old town") + WELCOME, 'id = "Old', "date.sites[0].id",
         "schedule.wrong_value"),
        (HEAD + PER_SITE + RIGA.replace("community", "comunity") + WELCOME, "comunity", "date.sites[0].comunity",
         "schedule.unknown_key"),
        (HEAD + PER_SITE + ALMATY + RIGA.replace("old-town", "almaty") + WELCOME, 'id = "almaty"',
         "date.sites[1].id", "schedule.duplicate_id"),
        (HEAD + EXCEPTIONS.replace("cancelled", "canceled") + WELCOME, 'kind = "canceled"',
         "date.exceptions[1].kind", "schedule.wrong_value"),
        (HEAD + EXCEPTIONS.replace("2030-01-27", "2029-01-27") + WELCOME, 'day = "2029-01-27"',
         "date.exceptions[1].day", "schedule.duplicate_day"),
        (HEAD + EXCEPTIONS.replace("2030-01-27", "2030-01-32") + WELCOME, 'day = "2030-01-32"',
         "date.exceptions[1].day", "schedule.impossible_date"),
        (HEAD + EXCEPTIONS.replace("2029-05-09", "2029-01-27").replace("2029-01-27", "2031-01-27", 1) + WELCOME,
         "day = 2029-01-27", "date.exceptions[2].day", "schedule.day_of_rule"),
        (HEAD + EXCEPTIONS.replace("2029-05-09", "9999-05-09") + WELCOME, "[[date.exceptions]]", "date.exceptions[2]",
         "schedule.out_of_bounds"),
        (HEAD + EXCEPTIONS.replace("2029-01-26", "0001-01-26") + WELCOME, "[[date.exceptions]]", "date.exceptions[0]",
         "schedule.out_of_bounds"),
        (HEAD + EXCEPTIONS + "to = 2029-05-10\n" + WELCOME, "to = 2029-05-10", "date.exceptions[2].to",
         "schedule.unknown_key"),
        (HEAD + EXCEPTIONS.replace("to = 2029-01-26", "").replace('time = "12:00"', "") + WELCOME,
         "[[date.exceptions]]", "date.exceptions[0].to", "schedule.missing_key"),
        ('reminders = ["7d", "168h"]\n' + HEAD + WELCOME, "reminders", "reminders[1]", "schedule.duplicate_reminder"),
        ('reminders = ["week"]\n' + HEAD + WELCOME, "reminders", "reminders[0]", "schedule.wrong_value"),
        ('reminders = ["0d"]\n' + HEAD + WELCOME, "reminders", "reminders[0]", "schedule.wrong_value"),
        ('reminders = ["367d"]\n' + HEAD + WELCOME, "reminders", "reminders[0]", "schedule.out_of_bounds"),
        ("reminders = [7]\n" + HEAD + WELCOME, "reminders", "reminders[0]", "schedule.wrong_type"),
        ('reminders = "7d"\n' + HEAD + WELCOME, "reminders", "reminders", "schedule.wrong_type"),
        ('reminders = [{ words = { en = "Soon.", ru = "Скоро." } }]\n' + HEAD + WELCOME, "reminders",
         "reminders[0].before", "schedule.missing_key"),
        ('reminders = [{ befor = "7d" }]\n' + HEAD + WELCOME, "reminders", "reminders[0].befor",
         "schedule.unknown_key"),
        ('autopilot = "yes"\n' + HEAD + WELCOME, "autopilot", "autopilot", "schedule.wrong_type"),
    ],
)  # fmt: skip
def test_one_fault(tmp_path: Path, text: str, start: str, key: str, code: str) -> None:
    found = told(a_file(tmp_path, text, head=""))
    [at] = [number for told_key, number, told_code in found if (told_key, told_code) == (key, code)]
    assert at is not None
    assert text.splitlines()[at - 1].startswith(start)
    assert {told_code for _, _, told_code in found} <= {code, "schedule.missing_key"}


@pytest.mark.parametrize(
    ("text", "key", "code", "hint"),
    [
        # 28 January is not the day; the file loads all the same, for rules change.
        (HEAD + EXCEPTIONS.replace("day = 2029-01-27", "day = 2029-01-28") + WELCOME, "date.exceptions[0].day",
         "schedule.unknown_day", "2029-01-27"),
        (HEAD + PER_SITE + RIGA + EXCEPTIONS + WELCOME, "date.exceptions[0].time", "schedule.time_not_kept", ""),
        (HEAD + PER_SITE + RIGA.replace('telephone = "+371 00 000 000"', "") + WELCOME, "date.sites[0].telephone",
         "schedule.no_telephone", ""),
    ],
)  # fmt: skip
def test_a_warning(tmp_path: Path, text: str, key: str, code: str, hint: str) -> None:
    series, [fault] = read_series("a-day", text, tmp_path)
    assert series is not None
    assert (fault.severity, fault.key, fault.code) == ("warning", key, code)
    assert hint in (fault.suggestion or "")


def test_an_occurrence_has_a_programme_of_its_own(tmp_path: Path) -> None:
    own = WELCOME.replace("welcome", "of-this-year")
    series, faults = read_series("a-day", HEAD + WELCOME, tmp_path, own=own)
    assert faults == []
    assert series is not None
    assert [item.id for item in series.items] == ["of-this-year"]
    assert series.title == {"en": "A day", "ru": "День"}


def test_faults_of_a_programme_of_its_own_have_its_lines(tmp_path: Path) -> None:
    series, [fault] = read_series("a-day", HEAD + WELCOME, tmp_path, own=WELCOME.replace("120", "-1"))
    assert series is None
    assert (fault.key, fault.line, fault.code) == ("items[0].planned_s", 6, "schedule.out_of_bounds")
    series, [fault] = read_series("a-day", HEAD + WELCOME, tmp_path, own='title = "Another"\n')
    assert (series, fault.key, fault.line, fault.code) == (None, "title", 1, "schedule.unknown_key")
    series, [fault] = read_series("a-day", HEAD + WELCOME, tmp_path, own="items = [\n")
    assert (series, fault.code) == (None, "schedule.syntax")
    assert OWN_KEYS == ("items", "delegations")
