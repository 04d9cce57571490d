"""A copy of everything that a store holds, in one file: taken while a server goes on, read for any kind of database.

A ZIP archive. `manifest.json` comes last and names what is inside; `tables/<name>.jsonl` has a table, a row a line,
bytes as base64; `files/…` are files of the data folder. The rows are of one instant: what is committed later is not
in it.
"""

import base64
import hashlib
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import msgspec
from sqlalchemy import Connection, LargeBinary, MetaData, Table, select, text

from memorata import __version__
from memorata.adapters.store.database import Database, newest_schema, schema_of

FORMAT = 1

LEFT_OUT = frozenset({"instance", "keeping", "account_session", "account_link", "alembic_version"})
"""Who serves just now, and who is signed in: a copy brings nobody back who has signed out since."""

_BUFFER = 1 << 20
_ROWS = 1_000


class CopyFault(Exception):
    """A copy cannot be used; the text is one sentence for the operator."""


class Part(msgspec.Struct, frozen=True):
    """One file of the archive; `rows` of a table."""

    bytes: int
    sha256: str
    rows: int | None = None


class Manifest(msgspec.Struct, frozen=True):
    """What a copy holds. `key` tells which secret key its links belong to, without telling the key."""

    format: int
    made_ms: int
    memorata: str
    schema: str
    key: str
    parts: dict[str, Part]

    def rows(self, table: str) -> int:
        """How many of a table; 0 where there is none of that name."""
        part = self.parts.get(_entry(table))
        return 0 if part is None or part.rows is None else part.rows


def key_mark(secret_key: bytes) -> str:
    """By which a key is known again."""
    return hashlib.blake2s(secret_key, digest_size=9, person=b"copy").hexdigest()


def take(database: Database, path: Path, secret_key: bytes, files: Mapping[str, Path], now_ms: int) -> Manifest:
    """Write a copy; readable by its owner alone, whole or not there at all.

    Args: files: of the data folder, by their names within it; one that goes away meanwhile is left out.
    Raises: OSError, sqlalchemy.exc.DBAPIError; CopyFault: there are no tables yet.
    """
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        with open(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as raw:
            manifest = _written(raw, database, secret_key, files, now_ms)
            raw.flush()
            os.fsync(raw.fileno())
        with Copy(unfinished) as read_back:
            read_back.check()
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def _written(raw: IO[bytes], database: Database, secret_key: bytes, files: Mapping[str, Path], now_ms: int) -> Manifest:
    parts: dict[str, Part] = {}
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        with database.engine.connect() as connection:
            schema = _one_instant(connection, database)
            metadata = MetaData()
            metadata.reflect(connection)
            for table in metadata.sorted_tables:
                if table.name not in LEFT_OUT:
                    parts[_entry(table.name)] = _table(archive, connection, table)
        for name, source in files.items():
            with suppress(FileNotFoundError):
                parts[f"files/{name}"] = _file(archive, f"files/{name}", source)
        manifest = Manifest(FORMAT, now_ms, __version__, schema, key_mark(secret_key), parts)
        archive.writestr("manifest.json", msgspec.json.encode(manifest))
    return manifest


def _one_instant(connection: Connection, database: Database) -> str:
    """Have everything read as it is now, however long it takes; returns the version of the tables."""
    if not database.is_sqlite:
        connection.execution_options(isolation_level="REPEATABLE READ")
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    schema = schema_of(connection)
    if schema is None:
        raise CopyFault("There is nothing to copy: this database has no tables of Memorata.")
    return schema


def _entry(table: str) -> str:
    return f"tables/{table}.jsonl"


def _table(archive: zipfile.ZipFile, connection: Connection, table: Table) -> Part:
    """Row by row, in the order of the key."""
    wanted = select(table).order_by(*table.primary_key.columns)
    found = connection.execution_options(stream_results=True).execute(wanted).yield_per(_ROWS)
    with archive.open(_entry(table.name), "w") as sink:
        counted = _Counted(sink)
        for row in found.mappings():
            counted.write(msgspec.json.encode(dict(row)) + b"\n")
    return Part(counted.bytes, counted.hash.hexdigest(), counted.writes)


def _file(archive: zipfile.ZipFile, name: str, source: Path) -> Part:
    # Films do not get smaller, and are large.
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.external_attr = 0o600 << 16
    with source.open("rb") as found, archive.open(info, "w", force_zip64=True) as sink:
        counted = _Counted(sink)
        while block := found.read(_BUFFER):
            counted.write(block)
    return Part(counted.bytes, counted.hash.hexdigest())


class _Counted:
    """Writes on, and knows how much it was."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink
        self.hash = hashlib.sha256()
        self.bytes = self.writes = 0

    def write(self, block: bytes) -> None:
        self._sink.write(block)
        self.hash.update(block)
        self.bytes += len(block)
        self.writes += 1


class Copy:
    """A copy, open for reading."""

    def __init__(self, path: Path) -> None:
        """Raises: CopyFault, OSError"""
        try:
            self._archive = zipfile.ZipFile(path)
            self.manifest = msgspec.json.decode(self._archive.read("manifest.json"), type=Manifest)
        except (zipfile.BadZipFile, KeyError, msgspec.MsgspecError, EOFError) as fault:
            raise CopyFault(f"{path} is no copy of Memorata, or is not whole.") from fault
        if self.manifest.format != FORMAT:
            raise CopyFault(f"{path} is of a kind ({self.manifest.format}) that this version cannot read.")
        if self.manifest.schema > newest_schema():
            raise CopyFault(f"{path} was made by Memorata {self.manifest.memorata}, which is newer than this one.")

    def __enter__(self) -> "Copy":
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def check(self) -> None:
        """Read all of it. Raises: CopyFault: something is damaged or missing."""
        for name, part in self.manifest.parts.items():
            found = hashlib.sha256()
            try:
                for block in self._blocks(name):
                    found.update(block)
            except (zipfile.BadZipFile, KeyError, EOFError, OSError) as fault:
                raise CopyFault(f"{name} in the copy is damaged.") from fault
            if found.hexdigest() != part.sha256:
                raise CopyFault(f"{name} in the copy is damaged.")

    def files(self) -> Sequence[str]:
        """The names within the data folder, none of which leads out of it. Raises: CopyFault."""
        names = [name.removeprefix("files/") for name in self.manifest.parts if name.startswith("files/")]
        if any(Path(name).is_absolute() or ".." in Path(name).parts for name in names):
            raise CopyFault("The copy names files outside of the data folder.")
        return names

    def write_file(self, name: str, target: Path) -> None:
        """One of the files, readable by its owner alone, whole or not there at all."""
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}.part")
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as sink:
            for block in self._blocks(f"files/{name}"):
                sink.write(block)
            sink.flush()
            os.fsync(sink.fileno())
        unfinished.replace(target)

    def read_file(self, name: str) -> bytes:
        return b"".join(self._blocks(f"files/{name}"))

    def rows(self, table: Table) -> Iterator[list[dict[str, Any]]]:
        """The rows of a table, so many at a time; none where the copy has no such table."""
        entry = _entry(table.name)
        if entry not in self.manifest.parts:
            return
        binary = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
        portion: list[dict[str, Any]] = []
        with self._archive.open(entry) as lines:
            for line in lines:
                row: dict[str, Any] = msgspec.json.decode(line)
                for name in binary:
                    if row[name] is not None:
                        row[name] = base64.b64decode(row[name])
                portion.append(row)
                if len(portion) == _ROWS:
                    yield portion
                    portion = []
        if portion:
            yield portion

    def _blocks(self, name: str) -> Iterator[bytes]:
        with self._archive.open(name) as source:
            while block := source.read(_BUFFER):
                yield block
