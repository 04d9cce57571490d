"""Which words people may write about themselves and to others, and how they are tidied.

There is no list of bad words: moderators read everything before it is shown, and a list teaches how to pass it.
"""

import re
import unicodedata

from memorata.domain.errors import Refused

NAME_MAX = 60
COMMUNITY_MAX = 80
NOTE_MAX = 500
TELEPHONE_MAX = 40
POEM_MAX = 4_000

_FORBIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Control and format characters (bidi and zero-width among them), private and unassigned ones."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\U0001d159\U00013441\U00013442")
"""Letters, marks and signs that draw nothing: Hangul fillers, the empty Braille cell and their like (UAX #44,
Default_Ignorable_Code_Point, and blank glyphs beyond it). A name made of them would be an empty place on the page."""

_SELECTORS = re.compile("[\u180b-\u180d\u180f\u20e3\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What asks for another drawing of the same sign: variation selectors, and the frame of a key cap. Telephones put them
behind hearts, suns and digits, so they are taken out rather than refused."""

MARKS_MAX = 4
"""Combining marks in a row. Hebrew with points and Tibetan stacks need up to four; a flood of them would write over the
lines above and below."""


def line(text: str, field: str, most: int, least: int = 1) -> str:
    """One line of text in Unicode NFKC with single spaces.

    Raises: Refused: `words.not_allowed` with `field` and `reason` (length, characters).
    """
    tidy = " ".join(unicodedata.normalize("NFKC", _SELECTORS.sub("", text[: most * 4])).split())
    if len(text) > most * 4 or not least <= len(tidy) <= most:
        raise Refused("words.not_allowed", field=field, reason="length", least=least, most=most)
    if not _drawn(tidy):
        raise Refused("words.not_allowed", field=field, reason="characters")
    return tidy


def _drawn(text: str) -> bool:
    """Whether every character is drawn, and drawn within its line."""
    marks = MARKS_MAX  # none may come without a letter before it
    for character in text:
        category = unicodedata.category(character)
        if category in _FORBIDDEN or category == "Me" or character in _BLANK:
            return False
        marks = marks + 1 if category == "Mn" else MARKS_MAX if character == " " else 0
        if category == "Mn" and marks > MARKS_MAX:
            return False
    return True


def passage(text: str, field: str, most: int, least: int = 0) -> str:
    """Several lines of text; each is tidied like `line`, blank lines inside are kept singly.

    Raises: Refused: `words.not_allowed` with `field` and `reason` (length, characters).
    """
    if len(text) > most * 2:
        raise Refused("words.not_allowed", field=field, reason="length", least=least, most=most)
    lines = [line(part, field, most, 0) for part in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept = [part for i, part in enumerate(lines) if part or (i and lines[i - 1])]
    tidy = "\n".join(kept).strip()
    if not least <= len(tidy) <= most:
        raise Refused("words.not_allowed", field=field, reason="length", least=least, most=most)
    return tidy


def same_name(one: str, other: str) -> bool:
    """Whether two names read alike: spaces and capitals do not count."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def language_tag(tag: str) -> str:
    """A tag as BCP 47 has it, or none at all. Which ones there are nobody asks here.

    Raises: Refused: `words.not_allowed`.
    """
    if tag and not _LANGUAGE.fullmatch(tag):
        raise Refused("words.not_allowed", field="language", reason="characters")
    return tag


def country_code(code: str | None) -> str | None:
    """An ISO 3166-1 alpha-2 code in capitals; empty means `None`. Whether it is assigned the adapters know.

    Raises: Refused: `words.not_allowed`.
    """
    if not code:
        return None
    if len(code) == 2 and code.isascii() and code.isalpha():
        return code.upper()
    raise Refused("words.not_allowed", field="country", reason="characters")
