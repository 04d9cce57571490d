"""Reads the tables that people save from a spreadsheet, and names line and column of what it cannot read."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memorata.adapters.csv_out import BOM

SEPARATORS = (",", ";", "\t")
CELL_MAX = 10_000
ROWS_MAX = 50_000


class TableFault(Exception):
    """The table cannot be read; `line` counts from 1, `column` is a name, or a number from 1."""

    def __init__(self, sentence: str, line: int | None = None, column: str | int | None = None) -> None:
        at = "" if line is None else f"line {line}"
        at += "" if column is None else f"{', ' if at else ''}column {column}"
        super().__init__(f"{at}: {sentence}" if at else sentence)
        self.sentence, self.line, self.column = sentence, line, column


@dataclass(frozen=True, slots=True)
class Row:
    """One row by the names of its columns, in small letters; `line` is where it begins in the file."""

    line: int
    cells: Mapping[str, str]


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, with or without its mark.

    Raises: TableFault: another encoding; which one it looks like is said, for a name must not be guessed at.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TableFault("the file is in UTF-16; save it as “CSV UTF-8”.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        column = _column(data, fault.start)
        raise TableFault(
            f"the file is not in UTF-8{_looks_like(data)}; save it as “CSV UTF-8”.", line, column
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TableFault("a character without meaning (NUL); this is no table.", line)
    return text


def read(data: bytes, known: Sequence[str], required: Sequence[str] = ()) -> list[Row]:
    """The rows of a table whose first line names its columns, in any order and in capitals or not.

    Args: known: names of columns, in small letters; an empty line is left out.
    Raises: TableFault
    """
    text = decoded(data).removeprefix(BOM)
    head = text.lstrip("\r\n").partition("\n")[0]
    if not head.strip():
        raise TableFault("the file is empty; its first line names the columns.")
    separator = separator_of(head)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names: list[str] = []
    rows: list[Row] = []
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = _names(cells, line, known, required)
                continue
            rows.append(_row(cells, line, names))
            if len(rows) > ROWS_MAX:
                raise TableFault(f"more than {ROWS_MAX} rows.", line)
    except csv.Error as fault:
        raise TableFault(f"the quotes are not right ({fault}).", begins) from None
    return rows


def separator_of(head: str) -> str:
    """By what the cells of the first line are separated: comma, semicolon or tab, whichever stands outside quotes."""
    outside = "".join(head.split('"')[::2])
    return max(SEPARATORS, key=outside.count)


def _names(cells: list[str], line: int, known: Sequence[str], required: Sequence[str]) -> list[str]:
    names = [cell.strip().casefold() for cell in cells]
    while names and not names[-1]:
        names.pop()
    for number, name in enumerate(names, 1):
        if name not in known:
            raise TableFault(f"{name!r} is no column here; there are: {', '.join(known)}.", line, number)
        if name in names[: number - 1]:
            raise TableFault("this column is there twice.", line, name)
    for name in required:
        if name not in names:
            raise TableFault(f"the column {name!r} is missing.", line)
    return names


def _row(cells: list[str], line: int, names: list[str]) -> Row:
    if any(cell.strip() for cell in cells[len(names) :]):
        raise TableFault("more cells than the first line has columns.", line, len(names) + 1)
    for name, cell in zip(names, cells, strict=False):
        if len(cell) > CELL_MAX:
            raise TableFault(f"more than {CELL_MAX} characters.", line, name)
    # An apostrophe of ours, or of a spreadsheet, is no part of the text.
    found = {name: _bare(cell) for name, cell in zip(names, cells, strict=False)}
    return Row(line, {name: found.get(name, "") for name in names})


def _bare(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _column(data: bytes, at: int) -> int:
    """The number of the cell in which a byte stands, as far as one can tell without reading the file."""
    begin = data.rfind(b"\n", 0, at) + 1
    before = data[begin:at].decode("utf-8", "replace")
    first = data.partition(b"\n")[0].decode("utf-8", "replace")
    return before.count(separator_of(first)) + 1


def _looks_like(data: bytes) -> str:
    """Old code pages of Russian Windows and of DOS put the same letters elsewhere; most of a word's are small ones."""
    high = [byte for byte in data if byte >= 0x80]
    small_1251 = sum(byte >= 0xE0 for byte in high)
    small_866 = sum(0xA0 <= byte <= 0xAF or 0xE0 <= byte <= 0xEF for byte in high)
    if small_1251 * 2 > len(high) and small_1251 >= small_866:
        return " (it looks like Windows-1251)"
    if small_866 * 2 > len(high):
        return " (it looks like DOS code page 866)"
    return ""
