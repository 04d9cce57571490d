"""In which order a language puts names: one fixed order for everybody, decided here and not by each browser."""

import unicodedata
from collections.abc import Callable
from functools import cache

SortKey = tuple[tuple[tuple[int, str], ...], tuple[str, ...], str]

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"

# Letters that a language counts as letters of their own, after which one they come, as CLDR's collations have them.
# Whatever is not here sorts as its base letter, then by its accent: Ё after Е, É after E.
_OWN: dict[str, tuple[tuple[str, str], ...]] = {
    "cs": (("c", "č"), ("h", "ch"), ("r", "ř"), ("s", "š"), ("z", "ž")),
    "sk": (("c", "č"), ("h", "ch"), ("r", "ř"), ("s", "š"), ("z", "ž"), ("a", "ä"), ("o", "ô")),
    "fi": (("z", "å"), ("å", "ä"), ("ä", "ö")),
    "sv": (("z", "å"), ("å", "ä"), ("ä", "ö")),
    "et": (("s", "š"), ("š", "z"), ("z", "ž"), ("w", "õ"), ("õ", "ä"), ("ä", "ö"), ("ö", "ü")),
    "lv": (("c", "č"), ("g", "ģ"), ("k", "ķ"), ("l", "ļ"), ("n", "ņ"), ("s", "š"), ("z", "ž")),
    "lt": (("c", "č"), ("s", "š"), ("z", "ž")),
    "pl": (("a", "ą"), ("c", "ć"), ("e", "ę"), ("l", "ł"), ("n", "ń"), ("o", "ó"), ("s", "ś"), ("z", "ź"), ("ź", "ż")),
    "ro": (("a", "ă"), ("ă", "â"), ("i", "î"), ("s", "ș"), ("t", "ț")),
    "tr": (("c", "ç"), ("g", "ğ"), ("h", "ı"), ("o", "ö"), ("s", "ş"), ("u", "ü")),
    "az": (("c", "ç"), ("e", "ə"), ("g", "ğ"), ("h", "x"), ("x", "ı"), ("k", "q"), ("o", "ö"), ("s", "ş"), ("u", "ü")),
    "uz": (("z", "oʻ"), ("oʻ", "gʻ"), ("gʻ", "sh"), ("sh", "ch")),
    "tk": (("c", "ç"), ("e", "ä"), ("n", "ň"), ("o", "ö"), ("s", "ş"), ("u", "ü"), ("y", "ý"), ("j", "ž")),
    "uk": (("г", "ґ"), ("е", "є"), ("и", "і"), ("і", "ї")),
    "be": (("з", "і"), ("у", "ў")),
    "kk": (("а", "ә"), ("г", "ғ"), ("к", "қ"), ("н", "ң"), ("о", "ө"), ("у", "ұ"), ("ұ", "ү"), ("х", "һ"), ("ы", "і")),
    "ky": (("н", "ң"), ("о", "ө"), ("у", "ү")),
    "tg": (("г", "ғ"), ("и", "ӣ"), ("к", "қ"), ("у", "ӯ"), ("х", "ҳ"), ("ч", "ҷ")),
    "uz-Cyrl": (("я", "ў"), ("ў", "қ"), ("қ", "ғ"), ("ғ", "ҳ")),
}

# A language written in another script than Latin puts its own first.
_OWN_SCRIPT_FIRST = {"ru": "Ѐ", "uk": "Ѐ", "be": "Ѐ", "bg": "Ѐ", "kk": "Ѐ", "ky": "Ѐ", "tg": "Ѐ", "uz-Cyrl": "Ѐ",
                     "hy": "԰", "he": "֐", "ka": "Ⴀ"}  # fmt: skip


def sort_key(language: str) -> Callable[[str], SortKey]:
    """A key for `sorted`: letters first, accents only between equal letters, then the text itself."""
    letters, longest = _letters(language)
    first = _OWN_SCRIPT_FIRST.get(language) or _OWN_SCRIPT_FIRST.get(language.partition("-")[0])

    def rank(letter: str) -> tuple[int, str]:
        if letter in letters:
            place = letters[letter]
            return 2 if letter[0] in _LATIN and first else 1, f"{place:04d}"
        if letter.isdigit():
            return 0, letter
        block = 1 if first and first <= letter < chr(ord(first) + 0x100) else 3
        return block, letter

    def key(text: str) -> SortKey:
        folded = unicodedata.normalize("NFC", text).casefold()
        primary: list[tuple[int, str]] = []
        accents: list[str] = []
        at = 0
        while at < len(folded):
            known = next((n for n in range(longest, 0, -1) if folded[at : at + n] in letters), 0)
            if known:
                primary.append(rank(folded[at : at + known]))
                accents.append("")
                at += known
                continue
            taken_apart = unicodedata.normalize("NFD", folded[at])
            base, marks = taken_apart[0], taken_apart[1:]
            if base.isalnum():
                primary.append(rank(base))
                accents.append(marks)
            elif base.isspace():
                # Words before letters: "South Sudan" comes before "Southland".
                primary.append((-1, ""))
                accents.append("")
            at += 1
        return tuple(primary), tuple(accents), text

    return key


@cache
def _letters(language: str) -> tuple[dict[str, int], int]:
    """Each letter of the language's alphabet with its place, and the length of the longest."""
    own = _OWN.get(language) or _OWN.get(language.partition("-")[0], ())
    alphabet = [*_LATIN, *_CYRILLIC]
    for after, letter in own:
        if letter in alphabet:
            alphabet.remove(letter)
        alphabet.insert(alphabet.index(after) + 1, letter)
    return {letter: place for place, letter in enumerate(alphabet)}, max(map(len, alphabet))
