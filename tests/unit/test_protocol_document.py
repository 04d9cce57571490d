"""docs/protocol.md names every event, command and refusal code, and none that there is not."""

import ast
import re
from pathlib import Path

from memorata.adapters.http.errors import STATUS
from memorata.domain.commands import COMMANDS
from memorata.domain.errors import CODES
from memorata.domain.events import EVENTS
from memorata.domain.moderating import ACTS
from memorata.domain.roles import ALLOWED

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "protocol.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    section = DOCUMENT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| `")
    ]


def named(heading: str) -> list[str]:
    return [row[0].strip("`") for row in rows(heading)]


def refused_in_the_code() -> set[str]:
    """The codes that the source gives to Refused, where they stand there as they are."""
    found = set()
    for path in (ROOT / "server" / "memorata").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused" and node.args:
                literals = [n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant)]
                found.update(code for code in literals if re.fullmatch(r"[a-z_]+\.[a-z_]+", str(code)))
    return found


def test_events() -> None:
    assert named("Events") == list(EVENTS)


def test_commands_and_their_roles() -> None:
    assert [(row[0].strip("`"), row[2]) for row in rows("Commands")] == [(kind, ALLOWED[kind][0]) for kind in COMMANDS]


def test_acts_about_people() -> None:
    assert named("Moderating") == list(ACTS)


def test_refusals() -> None:
    assert sorted(named("Refusals")) == sorted(CODES)
    assert refused_in_the_code() <= set(CODES)


def test_the_status_of_a_refusal_over_http() -> None:
    told = {row[0].strip("`"): int(row[1]) for row in rows("Refusals") if row[1] != "-"}
    assert told == {code: STATUS.get(code, 409) for code in told}
    assert set(STATUS) <= set(told)
