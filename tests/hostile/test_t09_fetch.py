"""T9: the server asks no other site for anything, so nobody can send it anywhere."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.hostile

PACKAGE = Path(__file__).resolve().parents[2] / "server" / "memorata"
ASKING = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "ftplib", "urllib3", "pycurl", "websocket"}
OWN = {"doctor.py", "demo/demo.py", "demo/company.py", "demo/people.py"}
"""Programs of their own, which ask the server that the operator has named and run beside it, never in it."""


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def test_nothing_in_the_server_can_ask_another_site() -> None:
    asking = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(name in ASKING or name.split(".")[0] in ASKING for name in imports(path))
    }
    assert asking <= OWN


def test_nothing_that_serves_imports_the_programs_that_ask() -> None:
    """What doctor and the demonstration may do, the server cannot reach."""
    serving = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in ("demo", "desk")]
    reached = {
        path.relative_to(PACKAGE).as_posix()
        for path in serving
        if path.name not in ("cli.py", "doctor.py")
        and any(name.startswith(("memorata.demo", "memorata.doctor", "memorata.desk")) for name in imports(path))
    }
    assert reached == set()
