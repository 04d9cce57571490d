"""Lists of people as CSV files: from whatever office programme wrote them, and back without doing harm there."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from memorata.services.inviting import Guest

FILE_MAX = 4 * 1024 * 1024
COLUMNS = ("name", "community", "country", "language", "role", "mail")
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


class FileFault(Exception):
    """A file that cannot be read as a list of people; the sentence names line and column."""


def guests(path: Path) -> list[Guest]:
    """The people of a file, each with the number of its line.

    UTF-8 with or without a mark at its beginning; comma, semicolon or tab between the cells. Lines that are empty are
    passed by.

    Raises: FileFault
    """
    if path.stat().st_size > FILE_MAX:
        raise FileFault(f"is larger than {FILE_MAX // 1024 // 1024} MiB.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise FileFault(f"line {line} is not UTF-8: save the file as `CSV UTF-8`.") from None
    return guests_in(text)


def guests_in(text: str) -> list[Guest]:
    """The same, of a text. Raises: FileFault"""
    return list(_guests(text.removeprefix("\ufeff")))


def _guests(text: str) -> Iterable[Guest]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] | None = None
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if names is None:
                names = [cell.lower() for cell in cells]
                unknown = [name for name in names if name not in COLUMNS]
                if unknown or "name" not in names or len({*names}) != len(names):
                    wanted = ", ".join(COLUMNS)
                    what = f"column {unknown[0]!r} is not known" if unknown else "needs one column `name`"
                    raise FileFault(f"line {rows.line_num}: {what}; the columns are {wanted}.")
                continue
            if len(cells) > len(names):
                raise FileFault(f"line {rows.line_num}: has {len(cells)} cells, and there are {len(names)} columns.")
            yield Guest(**dict(zip(names, cells, strict=False)), where=str(rows.line_num))
    except csv.Error as error:
        raise FileFault(f"line {rows.line_num}: {error}.") from None


def written(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """CSV with a head line. A cell that an office programme would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(row[column]) for column in columns])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_BEGINS_FORMULA) else cell
