"""Writes tables that people open in a spreadsheet: nothing that somebody wrote is taken for a formula there."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""What makes a spreadsheet calculate, or begin a new cell, at the beginning of one (OWASP: CSV Injection)."""

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as the old code page of its machine."""


def cell(value: object) -> str:
    """The text of a cell; an apostrophe before what would be calculated, which spreadsheets do not show."""
    text = "" if value is None else str(value)
    # A formula hides behind blanks too; NUL ends the text for some readers.
    first = text.lstrip(" \u00a0\ufeff")[:1]
    text = text.replace("\0", "")
    return f"'{text}" if first in _FORMULA and first else text


def table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """The whole table with its head, separated by commas, lines ended as RFC 4180 has it."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow([cell(name) for name in columns])
    for row in rows:
        writer.writerow([cell(row.get(name)) for name in columns])
    return written.getvalue()
