"""T9: one part of the server asks other sites, whether a planned film is there; all else asks nobody."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.hostile

PACKAGE = Path(__file__).resolve().parents[2] / "server" / "memorata"
ASKING = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "ftplib", "urllib3", "pycurl", "websocket"}
OWN = {"doctor.py", "doctor_stage.py", "adapters/stun.py", "demo/demo.py", "demo/company.py", "demo/people.py"}
"""Programs of their own, which ask the server that the operator has named and run beside it, never in it."""

SERVICES = {
    "adapters/stage/janus_line.py": "the media server that the operator has named",
    "adapters/stage/janus_session.py": "the same",
}
"""What asks a service of the operator's own, at an address that no person writes."""

LINES = {"socket", "ssl", "smtplib", "asyncio"}
OPENING = {
    "green.py": "names and lines, for those that are named here",
    "serve.py": "listens",
    "workers.py": "listens, for its workers",
    "supervised.py": "the listener that it was handed",
    "adapters/transport/door.py": "takes in who comes to that listener",
    "adapters/transport/upgrade.py": "answers them",
    "adapters/transport/line.py": "the same, as long as they stay",
    "adapters/mail.py": "the mail server that the operator has named",
    "adapters/link_probe.py": "the hosts of links that organizers have planned",
    "adapters/store/instances.py": "the name of this machine",
    "adapters/stage/hls.py": "ports of this machine for its own encoder",
}
"""What may open a line, or could, and to whom."""


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
    assert asking <= OWN | set(SERVICES)


def test_lines_are_opened_by_those_that_are_named() -> None:
    opening = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(name.split(".")[0] in LINES for name in imports(path))
    }
    assert opening - OWN == set(OPENING) | {"demo/ground.py"}


def test_only_the_check_of_links_knows_how_to_call_a_name() -> None:
    calling = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.name != "green.py" and any(call in path.read_text() for call in ("green.addresses", "green.connected"))
    }
    assert calling == {"adapters/link_probe.py"}


def test_only_the_check_of_links_asks_it() -> None:
    """Whatever people write is in no programme; what calls by a programme has one way in, and one on the page."""
    asking = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(name.endswith(("link_probe", "link_probe.HttpsProbe")) for name in imports(path))
    }
    assert asking <= {"bootstrap.py"}
    looking = {
        path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if ".look(source)" in path.read_text()
    }
    assert looking == {"services/link_checks.py"}


def test_nothing_that_serves_imports_the_programs_that_ask() -> None:
    """What doctor and the demonstration may do, the server cannot reach."""
    serving = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in ("demo", "desk")]
    reached = {
        path.relative_to(PACKAGE).as_posix()
        for path in serving
        if path.name not in ("cli.py", "doctor.py", "doctor_stage.py")
        and any(name.startswith(("memorata.demo", "memorata.doctor", "memorata.desk")) for name in imports(path))
    }
    assert reached == set()
