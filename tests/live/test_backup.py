"""A copy taken in the middle of a silence, and put back; by the command line, as an operator does it."""

import json
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from memorata.adapters.store import tables as t
from memorata.adapters.store.copies import LEFT_OUT
from memorata.adapters.store.database import Database, migrate, newest_schema, schema_of
from memorata.bootstrap import Services, build
from memorata.config import Settings
from memorata.domain.commands import Actor, RequestFloor
from memorata.services.admission import Profile
from tests.builders import a_programme, a_silence
from tests.live.client import eventually
from tests.live.conftest import SECRET, Server, now_ms
from tests.postgres import PostgreSQL

pytestmark = pytest.mark.live


class House:
    """A folder and a database; `memorata` is the command line on them."""

    def __init__(self, folder: Path, url: str = "", secret: str = "") -> None:
        self.folder = folder
        self.environment = {"MEMORATA_DATA_DIR": str(folder)}
        self.environment |= {"MEMORATA_DATABASE_URL": url} if url else {}
        self.environment |= {"MEMORATA_SECRET_KEY": secret} if secret else {}

    def memorata(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "memorata", *map(str, arguments)],
            env={**os.environ, **self.environment, **more},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def database(self) -> Database:
        return Database(Settings.from_env(self.environment).database_url)

    def services(self) -> Services:
        return build(Settings.from_env(self.environment))

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows that a copy holds, but for the epochs."""
        database = self.database()
        with database.reading() as connection:
            found = {
                table.name: sorted(
                    (tuple(row) for row in connection.execute(select(*(c for c in table.c if c.name != "epoch")))),
                    key=repr,
                )
                for table in t.metadata.sorted_tables
                if table.name not in LEFT_OUT
            }
        database.dispose()
        return found


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Of a store; empty for the file in the data folder."""
    if request.param == "sqlite":
        return ""
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.url()


@pytest.fixture
def house(tmp_path: Path) -> House:
    """With a ceremony, somebody who has asked for the floor, and a key of its own."""
    found = House(tmp_path / "house")
    _fill(found)
    return found


def _fill(house: House) -> str:
    """Returns the id of whoever has asked for the floor."""
    services = house.services()
    programme = a_programme(at_ms=now_ms() + 60_000)
    services.ceremonies.plan(programme)
    key = services.admission.links(programme.ceremony_id)["participant"]
    who = services.admission.enter(key, "a-device-of-bruno", Profile(name="Bruno Almeida", country="BR")).participant
    actor = Actor(who.id, "participant", "bruno-asks", "Bruno Almeida")
    services.ceremonies.settle(programme.ceremony_id)
    asked = services.ceremonies.handle(
        programme.ceremony_id, RequestFloor("memory", "Bruno Almeida", text="Of my mother"), actor, "bruno-asks"
    )
    assert asked.ok
    services.stop()
    return who.id


@pytest.fixture
def running(tmp_path: Path, url: str) -> Iterator[Server]:
    started = Server(tmp_path / "data", **({"MEMORATA_DATABASE_URL": url} if url else {})).start()
    yield started
    started.stop()
    assert started.defects() == []


def test_a_copy_taken_in_mid_silence_is_put_back_while_the_silence_still_lasts(
    running: Server, url: str, tmp_path: Path
) -> None:
    house = House(tmp_path / "data", url, SECRET)
    programme = a_programme("evening", at_ms=now_ms() + 600_000)
    minute = a_silence(invitation_s=1, stillness_s=1)
    items = tuple(minute if item.id == minute.id else item for item in programme.items)
    keys = running.plan(replace(programme, items=items))
    hana = running.person(keys["host"], name="Hana").connect()
    chiyo = running.person(keys["participant"], name="Chiyo", country="JP").connect()
    assert chiyo.command("floor.request", entry_kind="poem", name="Chiyo", text="Snow")["ok"]
    assert hana.command("item.cue", item_id="minute", aimed_cue=0)["ok"]
    chiyo.at(hana.state.seq)
    ceremonies = running.office.ceremonies
    eventually(lambda: ceremonies.follow() and ceremonies.silent("evening"), "the silence")

    copied = house.memorata("backup", tmp_path / "copy.zip")
    assert copied.returncode == 0, copied.stderr
    pictures = [hana.picture(), chiyo.picture()]
    last, epoch = chiyo.state.seq, chiyo.epoch
    assert stat.S_IMODE((tmp_path / "copy.zip").stat().st_mode) == 0o600
    # Life goes on: this is lost with the store.
    bruno = running.person(keys["participant"], name="Bruno").connect()
    assert bruno.command("floor.request", entry_kind="memory", name="Bruno", text="Later")["ok"]

    refused = house.memorata("restore", tmp_path / "copy.zip", "--replace", "--yes")
    assert refused.returncode == 1
    assert f"process {running.pid}" in refused.stderr
    running.kill()
    restored = house.memorata("restore", tmp_path / "copy.zip", "--replace", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert "Restored: 1 ceremonies" in restored.stdout
    running.start()

    for person, picture in zip((hana, chiyo), pictures, strict=True):
        person.base_url = running.url
        person.connect()
        assert person.refused is None
        assert person.welcomes[-1]["snapshot"] is not None
        assert person.epoch != epoch
        assert person.state.seq == last
        assert person.picture() == picture
    running.office.ceremonies.follow()
    assert running.office.ceremonies.silent("evening")
    # Who came after the copy comes in by the link again, as whom nobody has met.
    bruno.token, bruno.base_url = "", running.url
    assert bruno.connect().command("floor.request", entry_kind="memory", name="Bruno", text="Once more")["ok"]
    hana.at(bruno.state.seq)
    assert [person.faults for person in (hana, chiyo)] == [[], []]


def test_a_copy_of_one_kind_of_database_fills_another(house: House, tmp_path: Path, url: str) -> None:
    assert house.memorata("backup", tmp_path).returncode == 0
    (copy,) = tmp_path.glob("memorata-*.zip")
    other = House(tmp_path / "other", url)
    done = other.memorata("restore", copy)
    assert done.returncode == 0, done.stderr
    assert other.everything() == house.everything()
    assert (other.folder / "secret.key").read_bytes() == (house.folder / "secret.key").read_bytes()
    # What is numbered by the database goes on from there.
    database = other.database()
    row = {"kind": "link_check", "subject": "x", "due_ms": 1}
    with database.writing() as connection:
        connection.execute(insert(t.due).values(row))
    database.dispose()


def test_nothing_is_replaced_unasked_and_what_was_there_is_kept(house: House, tmp_path: Path) -> None:
    assert house.memorata("backup", tmp_path / "copy.zip").returncode == 0
    before = house.everything()
    refused = house.memorata("restore", tmp_path / "copy.zip")
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    assert house.everything() == before
    assert house.memorata("restore", tmp_path / "copy.zip", "--replace", "--yes").returncode == 0
    (kept,) = (house.folder / "backups").glob("before-restore-*.zip")
    assert house.memorata("restore", kept, "--check").returncode == 0
    assert house.memorata("backup", tmp_path / "copy.zip").returncode == 1  # never written over


def test_whoever_was_erased_since_is_erased_again(tmp_path: Path) -> None:
    house = House(tmp_path / "house")
    bruno = _fill(house)
    assert house.memorata("backup", tmp_path / "copy.zip").returncode == 0
    done = house.memorata("privacy", "erase", "remembrance-2027", "--person", bruno, "--yes")
    assert done.returncode == 0, done.stderr
    restored = house.memorata("restore", tmp_path / "copy.zip", "--replace", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert "Erased again: 1" in restored.stdout
    left = {name: rows for name, rows in house.everything().items() if "Bruno A" in repr(rows)}
    assert left == {}


def test_a_mail_is_not_sent_twice(house: House, tmp_path: Path) -> None:
    def put(**fields: Any) -> None:
        database = house.database()
        with database.writing() as connection:
            connection.execute(insert(t.due).values(kind="mail", due_ms=now_ms() - 1_000, **fields))
        database.dispose()

    def states(of: House) -> dict[str, str]:
        database = of.database()
        with database.reading() as connection:
            rows = connection.execute(select(t.due.c.subject, t.due.c.state).where(t.due.c.kind == "mail")).all()
        database.dispose()
        return {row.subject: row.state for row in rows}

    put(subject="sent since", state="waiting")
    put(subject="still waits", state="waiting")
    assert house.memorata("backup", tmp_path / "copy.zip").returncode == 0
    database = house.database()
    with database.writing() as connection:
        connection.execute(text("UPDATE due SET state = 'done' WHERE subject = 'sent since'"))
    database.dispose()
    put(subject="made and sent since", state="done")
    assert house.memorata("restore", tmp_path / "copy.zip", "--replace", "--yes").returncode == 0
    assert states(house) == {"sent since": "done", "still waits": "waiting", "made and sent since": "done"}
    # Where the store is lost nobody knows: a person decides.
    lost = House(tmp_path / "lost")
    lost.folder.mkdir()
    (lost.folder / "memorata.sqlite").write_bytes(b"no database at all, as after a crash of the disk" * 100)
    assert lost.memorata("restore", tmp_path / "copy.zip").returncode == 1
    assert lost.memorata("restore", tmp_path / "copy.zip", "--replace", "--yes").returncode == 0
    assert states(lost) == {"sent since": "failed", "still waits": "failed"}


def test_a_copy_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    old, new = House(tmp_path / "old"), House(tmp_path / "new")
    old.folder.mkdir()
    database = old.database()
    with database.writing() as connection:
        migrate(connection, "0002")
        connection.execute(text("INSERT INTO ceremony (id, epoch, seq) VALUES ('long-ago', 'e', 0)"))
    database.dispose()
    assert old.memorata("backup", tmp_path / "copy.zip").returncode == 0
    assert new.memorata("restore", tmp_path / "copy.zip").returncode == 0
    database = new.database()
    with database.reading() as connection:
        assert schema_of(connection) == newest_schema()
        assert connection.execute(select(func.count()).select_from(t.ceremony)).scalar() == 1
    database.dispose()


def test_bad_copies_are_told_in_one_sentence_and_change_nothing(house: House, tmp_path: Path) -> None:
    good = tmp_path / "copy.zip"
    assert house.memorata("backup", good).returncode == 0
    before = house.everything()
    cut, other, newer, outside, changed = (
        tmp_path / f"{name}.zip" for name in ("cut", "other", "newer", "outside", "changed")
    )
    cut.write_bytes(good.read_bytes()[:-200])
    other.write_text("not a copy")

    def rewritten(path: Path, name: str, content: bytes) -> None:
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
            for entry in source.namelist():
                target.writestr(entry, content if entry == name else source.read(entry))

    with zipfile.ZipFile(good) as source:
        manifest = json.loads(source.read("manifest.json"))
    rewritten(newer, "manifest.json", json.dumps({**manifest, "schema": "9999"}).encode())
    escaping = {**manifest["parts"], "files/../../escaped": {"bytes": 0, "sha256": "0", "rows": None}}
    rewritten(outside, "manifest.json", json.dumps({**manifest, "parts": escaping}).encode())
    rewritten(changed, "tables/event.jsonl", b"{}\n")
    for path, word in (
        (cut, "no copy"),
        (other, "no copy"),
        (newer, "newer"),
        (outside, "damaged"),
        (changed, "damaged"),
    ):
        done = house.memorata("restore", path, "--replace", "--yes")
        assert (done.returncode, "Traceback" in done.stderr, word in done.stderr) == (1, False, True), done.stderr
    assert house.everything() == before
    assert not (tmp_path / "escaped").exists()


def test_only_the_newest_are_kept(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    for day in ("01", "02", "03"):
        (folder / f"memorata-2026-01-{day}-030000.zip").write_text("old")
    (folder / "mine.zip").write_text("somebody else's")
    assert house.memorata("backup", folder, "--keep", "2").returncode == 0
    left = sorted(path.name for path in folder.iterdir())
    assert left[0] == "memorata-2026-01-03-030000.zip"
    assert len(left) == 3
    assert "mine.zip" in left


def test_what_cannot_be_written_is_said(house: House, tmp_path: Path) -> None:
    full = House(tmp_path / "nothing-there")
    empty = full.memorata("backup", tmp_path / "copy.zip")
    assert empty.returncode == 1
    assert "nothing to copy" in empty.stderr
    in_the_way = house.memorata("backup", tmp_path / "house" / "secret.key" / "copy.zip")
    assert in_the_way.returncode == 1
    assert "Traceback" not in in_the_way.stderr
