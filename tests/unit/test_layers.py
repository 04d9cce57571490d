"""Imports run one way: adapters to services to domain; eventlet is named in two files alone."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "server" / "memorata"
FRAMEWORKS = {"flask", "flask_socketio", "socketio", "engineio", "sqlalchemy", "alembic", "apscheduler", "eventlet"}


def imports(folder: str) -> Iterator[tuple[str, str]]:
    """(file, module) of every import below a folder of the package."""
    for path in sorted((PACKAGE / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            yield from ((path.relative_to(PACKAGE).as_posix(), name) for name in names)


def test_the_domain_needs_the_standard_library_alone() -> None:
    foreign = [
        (path, name)
        for path, name in imports("domain")
        if name.split(".")[0] in FRAMEWORKS | {"msgspec", "structlog", "babel"}
        or (name.startswith("memorata") and not name.startswith("memorata.domain"))
    ]
    assert foreign == []


def test_services_know_the_domain_and_their_ports_but_no_adapter() -> None:
    foreign = [
        (path, name)
        for path, name in imports("services")
        if name.split(".")[0] in FRAMEWORKS or name.startswith("memorata.adapters")
    ]
    assert foreign == []


def test_eventlet_is_named_in_two_files() -> None:
    assert {path for path, name in imports(".") if name.split(".")[0] == "eventlet"} <= {"green.py", "serve.py"}
