"""T15, somebody who reads or writes the store: no data becomes code, and what is stored opens no door.

Nor does the server need a role of the database that may change tables: docs/operate.md says how it gets one.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import psycopg2.errors
import pytest

from memorata.bootstrap import build
from memorata.config import Settings
from tests.builders import a_programme
from tests.live.conftest import SECRET, Server, now_ms
from tests.postgres import PostgreSQL

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "server").rglob("*.py"))

UNPACKERS = {
    "pickle",
    "_pickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "jsonpickle",
    "joblib",
    "yaml",
    "code",
    "codeop",
}
"""Modules that make code or objects of any kind out of data."""

CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "pty.spawn", "subprocess.getoutput",
         "subprocess.getstatusoutput", "runpy.run_path", "runpy.run_module", "logging.config.listen"}  # fmt: skip

JOB_STORES = "apscheduler.jobstores"
"""Those that keep jobs unpickle them; all but the one that keeps them in memory."""


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def dangers(source: str) -> Iterator[str]:
    """Whatever in a module makes code out of data, or lets a shell read it."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                modules = [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names):
                modules = [module or "", *(f"{module}.{alias.name}" for alias in names)]
            case _:
                modules = []
        for module in modules:
            keeping = module.startswith(JOB_STORES) and not module.startswith(f"{JOB_STORES}.memory")
            if module.split(".")[0] in UNPACKERS or keeping or module in CALLS:
                yield f"import {module}"
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if name in CALLS:
                yield f"{name}()"
            if name.endswith("import_module") and not (node.args and isinstance(node.args[0], ast.Constant)):
                yield "import_module() of what is not written there"
            for keyword in node.keywords:
                if keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value):
                    yield f"{name}(shell=…)"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", ["import pickle"]),
        ("from pickle import loads", ["import pickle", "import pickle.loads"]),
        ("import yaml\nyaml.load('')", ["import yaml"]),
        ("from os import system", ["import os.system"]),
        ("eval(data)", ["eval()"]),
        ("exec(data)", ["exec()"]),
        ("import subprocess\nsubprocess.run(data, shell=True)", ["subprocess.run(shell=…)"]),
        ("import subprocess\nsubprocess.run(data, shell=wanted)", ["subprocess.run(shell=…)"]),
        ("import os\nos.popen(data)", ["os.popen()"]),
        (
            "from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore",
            ["import apscheduler.jobstores.sqlalchemy"],
        ),
        ("from apscheduler.jobstores.memory import MemoryJobStore", []),
        ("importlib.import_module(name)", ["import_module() of what is not written there"]),
        ("import re\nre.compile('x')\nsubprocess.run(['ls'], shell=False)\nimport_module('a.b')", []),
    ],
)
def test_the_gate_sees_what_it_is_for(source: str, found: list[str]) -> None:
    assert [each for each in dangers(source) if not each.endswith("SQLAlchemyJobStore")] == found


def test_no_data_becomes_code() -> None:
    assert len(SOURCES) > 100
    found = {path.relative_to(ROOT).as_posix(): list(dangers(path.read_text("utf-8"))) for path in SOURCES}
    assert {path: each for path, each in found.items() if each} == {}


def test_the_scheduler_keeps_its_jobs_in_memory(tmp_path: Path) -> None:
    services = build(Settings.from_env({"MEMORATA_DATA_DIR": str(tmp_path), "MEMORATA_SECRET_KEY": SECRET}))
    try:
        tables = set(services.database.engine.connect().exec_driver_sql("SELECT name FROM sqlite_master").scalars())
        assert not {name for name in tables if "job" in name}
        assert "event" in tables
    finally:
        services.stop()


def test_who_reads_the_store_finds_no_link_no_token_and_no_device(tmp_path: Path) -> None:
    server = Server(tmp_path).start()
    try:
        keys = server.plan(a_programme(at_ms=now_ms() + 600_000))
        host = server.person(keys["host"], name="Amina").connect()
        person = server.person(keys["participant"], name="Chiyo Tanaka", consent="full").connect()
        assert person.command("wish.offer", item_id="wishes", text="A lesson by letter")["ok"]
        secrets = [*keys.values(), host.token, person.token, host.device, person.device, SECRET]
        host.disconnect()
        person.disconnect()
    finally:
        server.stop()
    # The database with all that lies beside it: its log of writes, locks.
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("memorata.sqlite*"))
    # It is the right file, and texts can be found in it as they are.
    assert b"A lesson by letter" in stored
    assert b"Chiyo Tanaka" in stored
    assert [each for each in secrets if each.encode() in stored] == []
    # A token is an id, which is no secret, and its proof, which is.
    assert [each for each in secrets if each.rpartition(".")[2].encode() in stored] == []


def documented_roles() -> list[str]:
    """The statements that docs/operate.md gives to an operator for a role that may not change tables."""
    [block] = re.findall(r"```sql\n(.*?)```", (ROOT / "docs/operate.md").read_text("utf-8"), flags=re.S)
    return [statement.strip() for statement in block.split(";") if statement.strip()]


def as_role(postgresql: PostgreSQL, database: str, role: str) -> "psycopg2.extensions.connection":
    connection = psycopg2.connect(host="127.0.0.1", port=postgresql.port, user=role, dbname=database)
    connection.autocommit = True
    return connection


def test_a_ceremony_is_served_by_a_role_that_may_not_change_tables(postgresql: PostgreSQL, tmp_path: Path) -> None:
    url = postgresql.url()
    database = url.rpartition("/")[2]
    # The owner brings the tables up to date, as any command of memorata does.
    owner = {"MEMORATA_DATA_DIR": str(tmp_path), "MEMORATA_SECRET_KEY": SECRET, "MEMORATA_DATABASE_URL": url}
    build(Settings.from_env(owner)).stop()
    connection = as_role(postgresql, database, "memorata")
    for statement in documented_roles():
        connection.cursor().execute(statement.replace("DATABASE memorata", f"DATABASE {database}"))
    connection.close()

    server = Server(tmp_path, MEMORATA_DATABASE_URL=url.replace("memorata@", "memorata_run@")).start()
    try:
        keys = server.plan(a_programme(at_ms=now_ms() + 600_000))
        host, person = server.person(keys["host"]).connect(), server.person(keys["participant"], name="Chiyo").connect()
        offered = person.command("wish.offer", item_id="wishes", text="A lesson by letter")
        assert offered["ok"], offered
        released = host.at(offered["seq"]).command("wish.release", wish_id=host.state.tributes.wishes[0].id)
        assert released["ok"], released
        assert [wish.text for wish in person.at(released["seq"]).state.tributes.wishes] == ["A lesson by letter"]
        host.disconnect()
        person.disconnect()
    finally:
        server.stop()
    assert server.defects() == []

    cursor = as_role(postgresql, database, "memorata_run").cursor()
    for statement in (
        "CREATE TABLE mine (id int)",
        "ALTER TABLE event ADD COLUMN mine int",
        "DROP TABLE event",
        "TRUNCATE event",
        "UPDATE alembic_version SET version_num = '0'",
        "CREATE ROLE another",
        "COPY event TO PROGRAM 'true'",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(statement)


def test_the_documented_statements_are_those_of_this_test() -> None:
    statements = documented_roles()
    assert any(each.startswith("CREATE ROLE memorata_run") for each in statements)
    assert not any(
        re.search(r"\bGRANT\b.*\b(ALL PRIVILEGES|CREATE|TRUNCATE|REFERENCES|TRIGGER)\b", each) for each in statements
    )
