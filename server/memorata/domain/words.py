"""Which words people may write about themselves and to others, and how they are tidied."""

import unicodedata

from memorata.domain.errors import Refused

NAME_MAX = 60
COMMUNITY_MAX = 80
NOTE_MAX = 500
POEM_MAX = 4_000

_FORBIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Control and format characters (bidi and zero-width among them), private and unassigned ones."""


def line(text: str, field: str, most: int, least: int = 1) -> str:
    """One line of text in Unicode NFKC with single spaces.

    Raises: Refused: `words.not_allowed` with `field` and `reason` (length, characters).
    """
    tidy = " ".join(unicodedata.normalize("NFKC", text[: most * 4]).split())
    if len(text) > most * 4 or not least <= len(tidy) <= most:
        raise Refused("words.not_allowed", field=field, reason="length", least=least, most=most)
    if any(unicodedata.category(c) in _FORBIDDEN for c in tidy):
        raise Refused("words.not_allowed", field=field, reason="characters")
    return tidy


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


def country_code(code: str | None) -> str | None:
    """An ISO 3166-1 alpha-2 code in capitals; empty means `None`. Whether it is assigned the adapters know.

    Raises: Refused: `words.not_allowed`.
    """
    if not code:
        return None
    if len(code) == 2 and code.isascii() and code.isalpha():
        return code.upper()
    raise Refused("words.not_allowed", field="country", reason="characters")
