"""A schedule is a document of plain values, and is written back with its comments and its layout."""

import copy
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memorata.adapters.schedules.documents import Change, difference, document_of, merged, read_text
from memorata.adapters.schedules.faults import Faulty
from tests.unit.adapters.test_schedule_files import HEAD, WELCOME

SCHEDULES = Path(__file__).parents[3] / "schedules"
FILES = sorted(SCHEDULES.glob("*.toml"))
TEXTS = {path.stem: path.read_text("utf-8") for path in FILES}

TOWN = """\
# The chronicle of the town.

title = { en = "Our town", ru = "Наш город" } # both names
languages = ["en", "ru"]
source = "the chronicle"

# When.
[date]
base = 1961-05-09 # a Tuesday
time = "11:00"
zone = "Europe/Riga"

# The words come first.
[[items]]
id = "words"
kind = "address"
title = { en = "Words", ru = "Слово" }
planned_s = 60 # one minute
text.en = '''
Dear friends.
'''

# Then silence.
[[items]]
id = "silence"
kind = "silence"
title = { en = "Silence", ru = "Молчание" }

# Those who come.

[[delegations]]
community = { en = "Riga", ru = "Рига" }

# They come every year.
[[delegations]]
community = { en = "Tartu", ru = "Тарту" }
"""


def comments(text: str) -> list[str]:
    return re.findall(r"#.*", text)


def test_dates_and_times_are_iso_strings() -> None:
    document = document_of("[date]\nbase = 1961-05-09\ntime = 11:00:00\nat = 2027-01-27T11:00:00Z\nodd = nan\n")
    assert document == {
        "date": {"base": "1961-05-09", "time": "11:00:00", "at": "2027-01-27T11:00:00+00:00", "odd": "nan"}
    }


@pytest.mark.parametrize("name", TEXTS)
def test_what_says_the_same_is_the_same_to_the_letter(name: str) -> None:
    text = TEXTS[name]
    document = document_of(text)
    assert merged(text, document) == text
    # What a browser makes of it: the keys in another order, whole numbers without their point, nothing as null.
    again = {key: document[key] for key in reversed(document)} | {"embed": None}
    assert merged(text, again) == text


@pytest.mark.parametrize("name", TEXTS)
def test_a_document_that_becomes_a_file(name: str) -> None:
    document = document_of(TEXTS[name])
    written = merged("", document)
    assert document_of(written) == document
    series, faults = read_text(name, written, SCHEDULES)
    assert (faults, series) == ([], read_text(name, TEXTS[name], SCHEDULES)[0])
    # Texts are lines that a person can read, and dates are dates.
    assert "\\n" not in written
    assert "[date]\n" in written
    base = tomllib.loads(TEXTS[name])["date"].get("base")
    assert tomllib.loads(written)["date"].get("base") == base


def test_a_value_changes_where_it_stands() -> None:
    document = document_of(TOWN)
    document["title"]["en"] = "Our old town"
    document["date"] |= {"base": "1961-05-10", "time": "12:00"}
    document["items"][0]["planned_s"] = 90
    document["items"][0]["text"]["en"] = "Dear friends.\n\nDear guests.\n"
    assert merged(TOWN, document) == (
        TOWN.replace('"Our town"', '"Our old town"')
        .replace("1961-05-09", "1961-05-10")
        .replace("11:00", "12:00")
        .replace("planned_s = 60", "planned_s = 90")
        .replace("'''\nDear friends.\n'''", '"""\nDear friends.\n\nDear guests.\n"""')
    )


def test_what_is_new_stands_with_its_kind() -> None:
    document = document_of(TOWN)
    document["organizer"] = "The museum"
    document["reminders"] = ["7d", {"before": "1h", "words": {"en": "Soon."}}]
    document["date"]["exceptions"] = [{"kind": "moved", "day": "2029-05-09", "to": "2029-05-10", "time": "12:00"}]
    document["items"][0]["text"]["ru"] = "Дорогие друзья.\nЗдравствуйте.\n"
    document["items"][1]["media"] = {"sources": ["media/a.mp4"], "live": True}
    document["delegations"].append({"community": {"en": "Liepāja"}, "country": "LV"})
    assert merged(TOWN, document) == (
        TOWN.replace(
            'source = "the chronicle"\n',
            'source = "the chronicle"\norganizer = "The museum"\n'
            'reminders = ["7d", { before = "1h", words = { en = "Soon." } }]\n',
        )
        .replace(
            'zone = "Europe/Riga"\n',
            'zone = "Europe/Riga"\n\n[[date.exceptions]]\nkind = "moved"\nday = 2029-05-09\nto = 2029-05-10\n'
            'time = "12:00"\n',
        )
        .replace("Dear friends.\n'''\n", 'Dear friends.\n\'\'\'\ntext.ru = """\nДорогие друзья.\nЗдравствуйте.\n"""\n')
        .replace(
            'title = { en = "Silence", ru = "Молчание" }\n',
            'title = { en = "Silence", ru = "Молчание" }\n\n[items.media]\nsources = ["media/a.mp4"]\nlive = true\n',
        )
        + '\n[[delegations]]\ncommunity = { en = "Liepāja" }\ncountry = "LV"\n'
    )


def test_comments_go_where_their_tables_go() -> None:
    document = document_of(TOWN)
    document["items"].reverse()
    document["delegations"].reverse()
    words, silence = TOWN.split("# The words come first.\n")[1].split("\n# Then silence.\n")
    silence = silence.split("\n# Those who come.")[0]
    assert merged(TOWN, document) == (
        TOWN.split("# The words come first.\n")[0]
        + f"# Then silence.\n{silence}\n# The words come first.\n{words}"
        + """
# Those who come.

# They come every year.
[[delegations]]
community = { en = "Tartu", ru = "Тарту" }

[[delegations]]
community = { en = "Riga", ru = "Рига" }
"""
    )


def test_what_is_taken_out_takes_its_own_comments_along() -> None:
    document = document_of(TOWN)
    del document["items"][0], document["delegations"][0]
    written = merged(TOWN, document)
    assert document_of(written) == document
    assert comments(written) == [
        "# The chronicle of the town.",
        "# both names",
        "# When.",
        "# a Tuesday",
        "# Then silence.",
        "# Those who come.",
        "# They come every year.",
    ]


def test_a_new_table_stands_where_it_belongs() -> None:
    document = document_of(TOWN)
    document["countries"] = {"KG": {"ru": "Кыргызстан"}}
    del document["delegations"]
    written = merged(TOWN, document)
    assert written.endswith('\n[countries]\nKG = { ru = "Кыргызстан" }\n')
    document["delegations"] = [{"community": "Riga"}]
    assert merged(written, document).endswith(
        '\n[[delegations]]\ncommunity = "Riga"\n\n[countries]\nKG = { ru = "Кыргызстан" }\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "a.b = 1\n[a.c]\nd = 1\n",
        "[a.b]\nx = 1\n[a]\ny = 2\n",
        "[[a.b]]\nx = 1\n[c]\ny = 2\n[[a.b]]\nx = 2\n",
        "[a.b.c]\nx = 1",
        "a = [\n  1, # one\n  2,\n]\nb = { c = 1, d = { e = 2 } }",
        "a = 1\r\n[b]\r\nc = 'x'\r\n",
        "'a b'.\"c.d\" = 1\n[\"e f\"]\n'' = 2\n",
        "[a] # here\n# nothing\n",
        "text.en = 'x'\nother = 1\ntext.ru = 'y'\n",
        "",
    ],
)
@pytest.mark.parametrize("change", ["add", "remove", "replace", "nest"])
def test_layouts_that_no_schedule_has(text: str, change: str) -> None:
    document = document_of(text)
    match change:
        case "add":
            for value in (document, *(inner for inner in document.values() if isinstance(inner, dict))):
                value["new"] = {"x": [1, "2"], "y": {}}
        case "remove":
            document = {key: {} if isinstance(value, dict) else [] for key, value in document.items()}
        case "replace":
            document = dict.fromkeys(document, 'a\n"""\\ b"')
        case "nest":
            document = {key: [{"x": value}, {"x": {"y": [value]}}] for key, value in document.items()}
    assert document_of(merged(text, document)) == document


WORDS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\"\\\n\t\r#'{}[]=,."), max_size=12).filter(
    lambda words: "\r\n" not in words
)
VALUES = st.recursive(
    WORDS | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def edited(document: Any, data: st.DataObject) -> Any:
    """The document with some values replaced, taken out, added, and some lists in another order."""
    if isinstance(document, dict):
        found = {
            key: edited(value, data) if data.draw(st.integers(0, 2)) == 0 else value
            for key, value in document.items()
            if data.draw(st.integers(0, 30))
        }
        if data.draw(st.integers(0, 8)) == 0:
            found[data.draw(WORDS | st.sampled_from(["media", "text", "note_host", "sites", "date"]))] = data.draw(
                VALUES
            )
        return found
    if isinstance(document, list):
        found_list = [edited(value, data) if data.draw(st.integers(0, 4)) == 0 else value for value in document]
        return data.draw(st.permutations(found_list)) if data.draw(st.integers(0, 4)) == 0 else found_list
    return data.draw(VALUES) if data.draw(st.integers(0, 3)) == 0 else document


SLOW = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SLOW
@given(name=st.sampled_from(sorted(TEXTS)), data=st.data())
def test_whatever_is_written_is_read_back(name: str, data: st.DataObject) -> None:
    document = edited(copy.deepcopy(document_of(TEXTS[name])), data)
    assert document_of(merged(TEXTS[name], document)) == document


@SLOW
@given(document=st.dictionaries(WORDS, VALUES, max_size=4), after=st.dictionaries(WORDS, VALUES, max_size=4))
def test_any_document_follows_any_other(document: dict[str, Any], after: dict[str, Any]) -> None:
    text = merged("", document)
    assert document_of(text) == document
    assert document_of(merged(text, after)) == after


@SLOW
@given(name=st.sampled_from(sorted(TEXTS)), data=st.data())
def test_comments_of_what_stays_stay(name: str, data: st.DataObject) -> None:
    """Whatever words and numbers are changed in the file, every comment is still there."""
    document = document_of(TEXTS[name])

    def respoken(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: inner if key in ("id", "kind") else respoken(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [respoken(inner) for inner in value]
        if isinstance(value, str) and data.draw(st.booleans()):
            return data.draw(st.sampled_from(["Words", "Слова\nв две строки\n", "#", '"""', "1944-01-27"]))
        return value

    changed = respoken(document)
    written = merged(TEXTS[name], changed)
    assert document_of(written) == changed
    for comment in comments(re.sub(r'"""(?s:.*?)"""|"(?:\\.|[^"\\\n])*"', "", TEXTS[name])):
        assert comment in written


def test_keys_come_and_go_without_a_comment_lost() -> None:
    document = document_of(TOWN)
    document["items"][0] |= {"title": {"en": "Welcome"}, "end": "next"}
    del document["items"][0]["text"]["en"]
    document["items"][0]["text"]["ru"] = "Слово"
    document["items"][1]["invitation"] = {"en": "Please\nrise", "ru": "Встаньте"}
    written = merged(TOWN, document)
    assert document_of(written) == document
    assert len(comments(written)) == len(comments(TOWN))


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ({"title": "\ud800"}, "title"),
        ({"items": [{"planned_s": 2**63}]}, "items[0].planned_s"),
        ({1: "x"}, ""),
        ({"items": [b"x"]}, "items[0]"),
    ],
)
def test_what_cannot_be_written_is_refused(document: dict[Any, Any], key: str) -> None:
    with pytest.raises(Faulty) as refused:
        merged(HEAD + WELCOME, document)
    [fault] = refused.value.faults
    assert (fault.key, fault.code) == (key, "schedule.unwritable")


def test_what_lies_too_deep_is_refused() -> None:
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    with pytest.raises(Faulty, match="too deep"):
        merged("", {"items": deep})


def test_what_is_no_toml_is_refused() -> None:
    for what in (lambda: document_of("a = = 1"), lambda: merged("a = = 1", {}), lambda: difference("", "a = = 1")):
        with pytest.raises(Faulty, match="not valid TOML"):
            what()


def test_what_differs() -> None:
    document = document_of(TOWN)
    document["date"]["time"] = "12:00"
    document["organizer"] = "The museum"
    document["items"][0]["title"]["ru"] = "Слова"
    document["items"].reverse()
    document["items"].append({"id": "closing", "kind": "closing"})
    del document["delegations"][0], document["source"]
    assert difference(TOWN, merged(TOWN, document)) == [
        Change("organizer", None, "The museum"),
        Change("date.time", "11:00", "12:00"),
        Change("items[words].title.ru", "Слово", "Слова"),
        Change("items[closing]", None, {"id": "closing", "kind": "closing"}),
        Change("items (order)", ["words", "silence"], ["silence", "words", "closing"]),
        Change("delegations[0]", {"community": {"en": "Riga", "ru": "Рига"}}, None),
        Change("source", "the chronicle", None),
    ]
    assert difference(TOWN, TOWN + "# more\n") == []
    assert difference("a = 1", "a = true") == [Change("a", 1, True)]
