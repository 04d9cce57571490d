"""What is wrong with a schedule file, said so that the person who wrote it finds the place and knows what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Key = tuple[str | int, ...]
"""The way to a value: names of keys and indices of lists, counted from 0."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one file; a `warning` lets the file load.

    `key` is a path like `items[3].wreaths[2].community`, empty for the file as a whole; `line` counts from 1, `None`
    when nothing can be said; `suggestion` is a finished sentence or `None`.
    """

    file: str
    key: str
    line: int | None
    code: str
    message: str
    suggestion: str | None = None
    severity: Literal["fault", "warning"] = "fault"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f" {self.key}:" if self.key else ""
        kind = " warning:" if self.severity == "warning" else ""
        return f"{place}:{kind}{key} {self.message}" + (f" {self.suggestion}" if self.suggestion else "")


class Faulty(Exception):
    """A schedule file that cannot be loaded; `faults` are all that were found, in the order of their lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def written(key: Key) -> str:
    """The path as people read it: `items[3].title.en`."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    by_fold = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The suggestion for it."""
    close = closest(word, known)
    return None if close is None else f"Did you mean {close!r}?"
