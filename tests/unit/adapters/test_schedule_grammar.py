"""The grammar for programs: forms of an editor, and a JSON Schema that takes what the reader takes."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner

from memorata.adapters.schedules.documents import document_of, read_text
from memorata.adapters.schedules.grammar import item_keys
from memorata.adapters.schedules.grammar_json import forms, json_schema
from memorata.cli import main
from memorata.domain.items import DETAILS
from tests.unit.adapters.test_schedule_files import HEAD, SILENCE, WELCOME, WREATHS, wreath
from tests.unit.adapters.test_schedule_gatherings import ALMATY, EXCEPTIONS, PER_SITE, RIGA

SCHEDULES = Path(__file__).parents[3] / "schedules"
FILES = sorted(SCHEDULES.glob("*.toml"))

SCHEMA = jsonschema_rs.validator_for(json_schema())


def test_the_schema_is_one() -> None:
    assert jsonschema_rs.meta.is_valid(json_schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_file_is_valid(path: Path) -> None:
    assert [error.message for error in SCHEMA.iter_errors(document_of(path.read_text("utf-8")))] == []


ABOVE = 'reminders = ["30d", { before = "1h", words = { en = "Soon." } }]\nautopilot = true\ndoor = "open"\n'

RULES = [
    'rule = "nth_weekday"\nmonth = 11\nweekday = "SU"\nn = -1\n',
    'rule = "weekday_in_window"\nfirst = "11-13"\nlast = "11-19"\nweekday = "SU"\n',
    'rule = "easter"\nrite = "orthodox"\noffset_days = 9\n',
    'rule = "hebrew"\nmonth = "Nisan"\nday = 27\nshift = { FR = -1, SU = 1 }\neve = true\n',
    'rule = "islamic"\nmonth = "Muharram"\nday = 10\ndates = [2026-06-26]\n',
    'rule = "daily"\n',
    'rule = "dates"\ndates = [2027-05-08, "2028-05-12"]\n',
]


@pytest.mark.parametrize(
    "text",
    [
        ABOVE + HEAD + PER_SITE + RIGA + ALMATY + EXCEPTIONS + WELCOME,
        HEAD + 'reach = "local_everywhere"\n' + WELCOME + 'title = "x"\n'.replace("title", "presenter"),
        HEAD + WELCOME + 'media = { sources = [{ link = "https://e.org/a.m3u8", delay_s = 5 }], live = true }\n',
        HEAD + SILENCE + WREATHS + wreath("Kenya", "Кения") + 'country = "KE"\n',
        *(HEAD + rule + WELCOME for rule in RULES),
    ],
)
def test_what_the_reader_takes_the_schema_takes(text: str, tmp_path: Path) -> None:
    series, faults = read_text("a-day", text, tmp_path)
    assert series is not None, faults
    assert [error.message for error in SCHEMA.iter_errors(document_of(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        HEAD.replace("title", "titel") + WELCOME,
        HEAD.replace("languages", "language") + WELCOME,
        HEAD.replace("base = 1944-01-27\n", "") + WELCOME,
        HEAD.replace("1944-01-27", '"27.1.1944"') + WELCOME,
        HEAD.replace("14:00", "24:30") + WELCOME,
        HEAD.replace("14:00", "2 p.m.") + WELCOME,
        HEAD + 'rule = "fixt"\n' + WELCOME,
        HEAD + 'rule = "easter"\n' + WELCOME,
        HEAD + 'rule = "nth_weekday"\nmonth = 1\nweekday = "MO"\nn = 0\n' + WELCOME,
        HEAD + "n = 1\n" + WELCOME,
        HEAD + "shift = { SU = 9 }\n" + WELCOME,
        HEAD + PER_SITE + WELCOME,
        HEAD + PER_SITE + RIGA.replace('time = "10:00"\n', "") + WELCOME,
        HEAD + PER_SITE + RIGA.replace("old-town", "Old town") + WELCOME,
        HEAD + EXCEPTIONS.replace("to = 2029-01-26", "").replace('time = "12:00"', "") + WELCOME,
        HEAD + EXCEPTIONS + "to = 2029-05-10\n" + WELCOME,
        'reminders = ["week"]\n' + HEAD + WELCOME,
        'autopilot = "yes"\n' + HEAD + WELCOME,
        HEAD + WELCOME + "speeker = 3\n",
        HEAD + WELCOME + "bpm = 50\n",
        HEAD + WELCOME.replace("address", "adress"),
        HEAD + WELCOME.replace("planned_s = 120\n", ""),
        HEAD + WELCOME.replace("120", '"two minutes"'),
        HEAD + SILENCE + "bpm = 150\n",
        HEAD + WREATHS,
        HEAD + WREATHS + "wreaths = []\n",
        HEAD + WREATHS + '\n[[items.wreaths]]\ncountry = "KE"\n',
        HEAD,
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(text: str, tmp_path: Path) -> None:
    assert read_text("a-day", text, tmp_path)[0] is None
    assert not SCHEMA.is_valid(document_of(text))


def test_the_schema_is_printed() -> None:
    done = CliRunner().invoke(main, ["schedules", "schema"])
    assert done.exit_code == 0
    assert json.loads(done.output) == json_schema()


def keys(table: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {key["name"]: key for key in table}


def test_forms_name_every_key() -> None:
    found = forms()
    for kind in DETAILS:
        assert list(item_keys(kind)) == [key["name"] for key in (*found["item"], *found["kinds"][kind])]
    assert keys(found["kinds"]["silence"])["bpm"] == {
        "name": "bpm", "type": "integer", "required": False, "default": 50, "low": 40, "high": 60, "choices": None,
        "part": None,
    }  # fmt: skip
    assert keys(found["kinds"]["silence"])["sound"]["choices"] == ["none", "metronome", "bell", "recording"]
    assert [keys(found["item"])[name]["type"] for name in ("id", "title", "presenter", "language", "media")] == [
        "string", "text", "name", "language", "media",
    ]  # fmt: skip
    assert keys(found["kinds"]["closing"])["guest_book_until"]["type"] == "date_or_month_day"
    assert keys(found["kinds"]["names"])["readers"]["type"] == "names"
    assert keys(found["kinds"]["names"])["silences_at"]["part"] is None
    assert keys(found["media"])["still"]["type"] == "file"


def test_every_list_of_tables_has_its_part() -> None:
    found = forms()
    parts = {
        key["part"] for keys in (*found["kinds"].values(), found["media"]) for key in keys if key["part"] is not None
    }
    assert parts == found["parts"].keys() - {"Delegation", "Hall"}
    assert keys(found["parts"]["Wreath"])["country"]["type"] == "country"
    assert keys(found["parts"]["Witness"])["media"]["type"] == "media"
    # Everything goes over the wire as it is.
    assert json.loads(json.dumps(found)) == found
