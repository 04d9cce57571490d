"""Halls of a schedule file: what they say of themselves, and who names one that there is not."""

from pathlib import Path

import pytest

from memorata.adapters.schedule_files import load_file, read_file, read_series
from memorata.adapters.schedules.documents import difference, document_of, merged
from memorata.adapters.schedules.grammar_json import forms
from memorata.domain.items import RollCall
from memorata.domain.programme import Hall
from tests.unit.adapters.test_schedule_files import HEAD, WELCOME, a_file

RIGA = """
[[halls]]
id = "riga"
place = { en = "Riga", ru = "Рига" }
community = { lv = "Latvijas biedrība" }
country = "LV"
contact = "Anna"
telephone = "+371 00 000 000"
"""

OSH = """
[[halls]]
id = "osh"
place = { en = "Osh", ru = "Ош" }
"""

CALLED = """
[[items]]
id = "called"
kind = "roll_call"
title = { en = "Called", ru = "Перекличка" }
hall = "osh"

[[items.entries]]
place = { en = "Riga", ru = "Рига" }
hall = "riga"
media = { live = true, sources = ["https://vk.com/video-217986831_456240041"] }

[[items.entries]]
place = { en = "Tartu", ru = "Тарту" }
"""


def told(path: Path) -> list[tuple[str, int | None, str, str | None]]:
    return [(fault.key, fault.line, fault.code, fault.suggestion) for fault in read_file(path)[1]]


def test_halls(tmp_path: Path) -> None:
    series = load_file(a_file(tmp_path, RIGA, OSH, CALLED))
    assert series.halls == (
        Hall(
            "riga",
            {"en": "Riga", "ru": "Рига"},
            {"lv": "Latvijas biedrība"},
            "LV",
            "Anna",
            "+371 00 000 000",
        ),
        Hall("osh", {"en": "Osh", "ru": "Ош"}),
    )
    [item] = series.items
    assert isinstance(item.detail, RollCall)
    assert [item.hall, *(entry.hall for entry in item.detail.entries)] == ["osh", "riga", ""]


def test_a_broadcast_beside_a_hall_is_no_fault(tmp_path: Path) -> None:
    assert told(a_file(tmp_path, RIGA, OSH, CALLED)) == []


def line_of(path: Path, words: str, nth: int = 0) -> int:
    return [number for number, line in enumerate(path.read_text().splitlines(), 1) if line.startswith(words)][nth]


def test_a_hall_that_there_is_not(tmp_path: Path) -> None:
    path = a_file(tmp_path, OSH, CALLED.replace('"riga"', '"osch"'))
    assert told(path) == [
        ("items[0].entries[0].hall", line_of(path, 'hall = "osch"'), "schedule.unknown_hall", "Did you mean 'osh'?")
    ]
    path = a_file(tmp_path, WELCOME + 'hall = "narva"\n')
    assert told(path) == [("items[0].hall", line_of(path, 'hall = "narva"'), "schedule.unknown_hall", None)]


@pytest.mark.parametrize(
    ("halls", "key", "code"),
    [
        (RIGA + RIGA, "halls[1].id", "schedule.duplicate_id"),
        (OSH.replace('"osh"', '"Osh!"'), "halls[0].id", "schedule.wrong_value"),
        (OSH.replace('id = "osh"\n', ""), "halls[0].id", "schedule.missing_key"),
        ('\n[[halls]]\nid = "osh"\n', "halls[0].place", "schedule.missing_key"),
        (OSH + 'country = "KGZ"\n', "halls[0].country", "schedule.unknown_country"),
        (OSH + 'contact = "Anna"\n', "halls[0].telephone", "schedule.no_telephone"),
        (OSH + 'phone = "1"\n', "halls[0].phone", "schedule.unknown_key"),
    ],
)
def test_faults(halls: str, key: str, code: str, tmp_path: Path) -> None:
    assert [(each[0], each[2]) for each in told(a_file(tmp_path, halls, WELCOME))] == [(key, code)]


def test_one_that_cannot_be_read_is_told_alone(tmp_path: Path) -> None:
    path = a_file(tmp_path, RIGA, OSH.replace('id = "osh"\n', ""), CALLED)
    assert [each[0] for each in told(path)] == ["halls[1].id"]


def test_one_date_has_items_of_its_own_and_the_halls_of_every_year(tmp_path: Path) -> None:
    own = '[[items]]\nid = "words"\nkind = "address"\ntitle = { en = "Words", ru = "Слово" }\nplanned_s = 60\n'
    series, faults = read_series("a-day", HEAD + RIGA + WELCOME, tmp_path, own=own + 'hall = "riga"\n')
    assert not faults
    assert series is not None
    assert [item.hall for item in series.items] == ["riga"]


def test_halls_are_written_back_before_the_items() -> None:
    before = HEAD + WELCOME
    document = document_of(before)
    document["halls"] = [{"id": "osh", "place": {"en": "Osh", "ru": "Ош"}}]
    document["items"][0]["hall"] = "osh"
    after = merged(before, document)
    assert document_of(after) == document
    assert after.index("[[halls]]") < after.index("[[items]]")
    assert sorted(change.key for change in difference(before, after)) == ["halls", "items[welcome].hall"]


def test_a_hall_is_asked_for_as_one() -> None:
    asked = {
        *((kind, key["name"]) for kind in ("item",) for key in forms()[kind] if key["type"] == "hall"),
        *((part, key["name"]) for part, keys in forms()["parts"].items() for key in keys if key["type"] == "hall"),
    }
    assert asked == {("item", "hall"), ("Place", "hall")}
