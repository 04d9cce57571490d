"""Tables of figures: for the terminal and, between two marks, for a page of the documentation."""

import math
from collections.abc import Sequence
from pathlib import Path


def number(value: float | None) -> str:
    """Two digits that matter, three for what is small."""
    if value is None or math.isnan(value):
        return "-"
    size = abs(value)
    if size >= 100:
        return f"{value:.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown, padded so that it reads well as it is; all columns but the first are numbers."""
    widths = [max(len(cells[n]) for cells in (head, *rows)) for n in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        padded = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
        return f"| {' | '.join([cells[0].ljust(widths[0]), *padded[1:]])} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([line(head), f"| {' | '.join(rule)} |", *(line(row) for row in rows)])


def renew(path: Path, begin: str, end: str, text: str) -> None:
    """Put `text` between the two marks of a page; all else is kept.

    Raises: ValueError: the page has no such marks.
    """
    before, found, rest = path.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{path} has no {begin} … {end}")
    path.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")
