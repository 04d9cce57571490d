"""Words that come through are drawn, within their line, and the same whoever tidies them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorata.domain.errors import Refused
from memorata.domain.words import MARKS_MAX, NAME_MAX, line, passage


def refused(text: str) -> str:
    with pytest.raises(Refused) as told:
        line(text, "name", NAME_MAX)
    return str(told.value.facts["reason"])


NAMES = [
    "Вера Соколова", "Nguyễn Thị Hương", "千代 Sato", "ქეთევანი", "Հայկ", "שָׁלוֹם", "مُحَمَّد", "นภา", "बिन्दु", "བསྟན་འཛིན་རྒྱ་མཚོ",
    "ស្រីមុំ", "Ó Súilleabháin", "O’Brien-Smith", "Zoë ☀",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_many_scripts_stay_as_they_are(name: str) -> None:
    assert line(name, "name", NAME_MAX) == unicodedata.normalize("NFKC", name)


HOSTILE = {
    "a flood of marks": "Z" + "\u0301" * 6,
    "marks without a letter": "\u0301Anna",
    "marks after a space": "Anna \u0336Orlova",
    "enclosing marks": "A\u20dd",
    "hangul fillers": "\u3164",
    "a choseong filler": "\u115f\u1160",
    "a halfwidth filler": "\uffa0\uffa0",
    "the empty braille cell": "\u2800\u2800",
    "khmer vowels that are not drawn": "\u1780\u17b4",
    "the grapheme joiner": "A\u034fB",
    "an object replacement": "\ufffc",
    "tags": "A\U000e0041\U000e0042",
    "a zero-width space": "A\u200bB",
    "a joiner": "A\u200dB",
    "an override": "A\u202eB",
    "an isolate": "A\u2067B",
    "an Arabic letter mark": "A\u061cB",
    "the mongolian vowel separator": "A\u180eB",
    "a soft hyphen": "A\u00adB",
    "a byte order mark": "A\ufeffB",
    "a lone surrogate": "A\ud800",
    "a null": "A\x00",
    "a private letter": "A\ue000",
    "one that is not assigned": "A\u0378",
    "an invisible operator": "A\u2062B",
    "a musical nothing": "\U0001d159",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_not_drawn_within_its_line_is_refused(text: str) -> None:
    assert refused(text) == "characters"


def test_emptiness_in_disguise_is_empty() -> None:
    for text in ("\u00a0", "\u3000\u2003", "\ufe0f", "\u2028"):
        assert refused(text) == "length"


def test_what_telephones_put_behind_a_heart_is_taken_out() -> None:
    assert line("With love \u2764\ufe0f", "text", 80) == "With love \u2764"
    assert line("1\ufe0f\u20e3 wish", "text", 80) == "1 wish"
    assert line("渡邊\U000e0100", "name", NAME_MAX) == "渡邊"


def test_look_alikes_become_plain() -> None:
    assert line("Ｖｅｒａ", "name", NAME_MAX) == "Vera"
    assert line("ﷺ", "name", NAME_MAX) == unicodedata.normalize("NFKC", "ﷺ")


anything = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("".join(HOSTILE.values())),
        st.sampled_from("abcЖשم \u0300\u0327\u0651\u05b8\ufe0f"),
    ),
    max_size=NAME_MAX,
)


@given(anything)
def test_whatever_comes_through_is_drawn(text: str) -> None:
    try:
        tidy = line(text, "name", NAME_MAX)
    except Refused:
        return
    assert 1 <= len(tidy) <= NAME_MAX
    assert tidy == tidy.strip() == " ".join(tidy.split())
    assert tidy.encode().decode() == tidy
    run = MARKS_MAX
    for character in tidy:
        category = unicodedata.category(character)
        assert category not in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp", "Me"}
        run = run + 1 if category == "Mn" else MARKS_MAX if character == " " else 0
        assert category != "Mn" or run <= MARKS_MAX
    assert not set(tidy) & set("\u3164\u2800\u115f\u1160\uffa0\u034f")
    assert any(unicodedata.category(character)[0] in "LNPS" or character.isprintable() for character in tidy)


@given(anything)
def test_tidying_again_changes_nothing(text: str) -> None:
    try:
        tidy = line(text, "name", NAME_MAX, 0)
    except Refused:
        return
    assert line(tidy, "name", NAME_MAX, 0) == tidy


@given(st.lists(anything, max_size=4))
def test_each_line_of_a_passage_is_tidied(lines: list[str]) -> None:
    try:
        tidy = passage("\n".join(lines), "text", 500)
    except Refused:
        return
    assert all(line(part, "text", 500, 0) == part for part in tidy.split("\n"))
