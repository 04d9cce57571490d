"""The server's texts in the languages that there are catalogues for; English is the texts themselves."""

from collections.abc import Iterable
from functools import cache
from gettext import GNUTranslations, NullTranslations

from memorata.resources import locales_dir

SOURCE = "en"


@cache
def languages() -> tuple[str, ...]:
    """Every language spoken, as BCP 47 tags, the source language first."""
    found = (path.parts[-3].replace("_", "-") for path in locales_dir().glob("*/LC_MESSAGES/messages.mo"))
    return (SOURCE, *sorted(found))


def nearest(wanted: Iterable[str]) -> str:
    """The first of the `wanted` tags that is spoken here, or whose language is; else the source language."""
    spoken = {tag.lower(): tag for tag in languages()}
    for tag in wanted:
        lower = tag.lower().replace("_", "-")
        for candidate in (lower, lower.split("-")[0]):
            if candidate in spoken:
                return spoken[candidate]
    return SOURCE


@cache
def catalogue(language: str) -> NullTranslations:
    """What says texts in one of `languages()`: `.gettext`, `.ngettext`, `.pgettext`, `.npgettext`."""
    path = locales_dir() / language.replace("-", "_") / "LC_MESSAGES/messages.mo"
    if language == SOURCE or language not in languages():
        return NullTranslations()
    with path.open("rb") as opened:
        return GNUTranslations(opened)
