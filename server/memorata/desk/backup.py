"""memorata backup and restore: everything that a server keeps, in one file and back again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from memorata.desk.options import STORE, settings, stop

if TYPE_CHECKING:
    from memorata.adapters.store.copies import Copy, Manifest
    from memorata.adapters.store.database import Database
    from memorata.adapters.store.restoring import Before
    from memorata.config import Settings

SECRET = "secret.key"  # noqa: S105 - the name of a file
FILM = "film.webm"
NAMED = "memorata-{stamp}.zip"


@contextmanager
def place() -> Iterator["tuple[Settings, Database]"]:
    """The settings and the store, which is opened as it is: no tables are made or changed."""
    from sqlalchemy.exc import DBAPIError

    from memorata.adapters.store.copies import CopyFault
    from memorata.adapters.store.database import Database
    from memorata.adapters.store.instances import Taken
    from memorata.config import ConfigFault, Settings
    from memorata.logs import configure
    from memorata.services.ports import StoreBusy

    try:
        found = Settings.from_env()
    except ConfigFault as fault:
        stop("The settings are not right:", *(f"  {line}" for line in fault.lines), code=2)
    configure("ERROR")
    database = Database(found.database_url)
    try:
        yield found, database
    except CopyFault as fault:
        stop(str(fault))
    except Taken as taken:
        stop(f"{taken}. Stop it first; nothing has been changed.")
    except (DBAPIError, StoreBusy) as fault:
        reason = str(getattr(fault, "orig", None) or fault).strip().partition("\n")[0]
        stop(f"The database does not answer as it should: {reason}")
    except OSError as fault:
        stop(f"{fault.filename or 'The file'}: {fault.strerror}.")
    finally:
        database.dispose()


@click.command("backup")
@settings(*STORE)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=True))
@click.option("--recordings", is_flag=True, help="With the films of those who spoke, which may be large.")
@click.option("--keep", type=click.IntRange(1, 10_000), metavar="N",
              help="Keep the newest N copies of that folder, and delete the older ones.")  # fmt: skip
def backup(file: Path | None, recordings: bool, keep: int | None) -> None:
    """Copy everything that is kept into one FILE, while the server goes on.

    FILE is a file, or a folder for files named by the time. [default: <data folder>/backups]

    The rows of the database as they are at one instant, and the secret key, from which all links are derived. Whoever
    has the file can come in by any of them: keep it as you keep the key.
    """
    with place() as (found, database):
        folder, path = _target(file or found.data_dir / "backups")
        folder.mkdir(parents=True, exist_ok=True)
        manifest = _take(found, database, path, recordings=recordings)
        click.echo(f"{path}: {told(manifest)}")
        if "files/" + SECRET not in manifest.parts:
            click.echo(
                "The secret key is not in it, since it is set by MEMORATA_SECRET_KEY: keep that apart.", err=True
            )
        if keep is not None:
            for old in sorted(folder.glob(NAMED.format(stamp="*")))[:-keep]:
                old.unlink()


def _target(wanted: Path) -> tuple[Path, Path]:
    """Folder and file; one that is there already is not written over."""
    if wanted.suffix == ".zip" and not wanted.is_dir():
        if wanted.exists():
            stop(f"{wanted} is there already; name another file.")
        return wanted.parent, wanted
    return wanted, wanted / NAMED.format(stamp=time.strftime("%Y-%m-%d-%H%M%S", time.gmtime()))


def _take(found: "Settings", database: "Database", path: Path, *, recordings: bool) -> "Manifest":
    from memorata.adapters.store.copies import take

    files = {}
    key = found.data_dir / SECRET
    if key.exists() and key.read_bytes().strip() == found.secret_key:
        files[SECRET] = key
    if recordings:
        films = sorted((found.data_dir / "recordings").glob(f"*/*/{FILM}"))
        files |= {film.relative_to(found.data_dir).as_posix(): film for film in films}
    return take(database, path, found.secret_key, files, int(time.time() * 1000))


def told(manifest: "Manifest") -> str:
    """What a copy holds, in words."""
    made = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(manifest.made_ms / 1000))
    films = sum(name.endswith(FILM) for name in manifest.parts)
    size = sum(part.bytes for part in manifest.parts.values())
    counts = [
        f"{manifest.rows('ceremony')} ceremonies",
        f"{manifest.rows('series')} series",
        f"{manifest.rows('participant')} people who entered",
        *([f"{films} films"] if films else []),
    ]
    return f"as of {made}, {', '.join(counts)}, {size / 1_000_000:.1f} MB before packing."


@click.command("restore")
@settings(*STORE)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", is_flag=True, help="Only read the whole copy and say what is in it.")
@click.option("--replace", is_flag=True, help="In the place of what is there; that is copied first.")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
def restore(file: Path, check: bool, replace: bool, yes: bool) -> None:
    """Put the copy in FILE back, while no server is running.

    Every ceremony gets a new epoch: pages that are open take the state of the copy as soon as the server is back. Names
    that were erased since the copy was made are erased again, where the present database can still tell which.
    """
    with place() as (found, database):
        from memorata.adapters.clock import SystemClock
        from memorata.adapters.store.copies import Copy
        from memorata.adapters.store.restoring import claimed, look

        with Copy(file) as copy:
            copy.check()
            click.echo(f"{file}: {told(copy.manifest)}")
            if check:
                return
            with claimed(database, found.instance, SystemClock()):
                before = look(database, copy.manifest.made_ms)
                if before.is_anything or not before.is_readable:
                    _may_replace(found, database, before, replace=replace, yes=yes)
                database.dispose()
                _put_back(found, copy, before)
        _forget_again(before)


def _may_replace(found: "Settings", database: "Database", before: "Before", *, replace: bool, yes: bool) -> None:
    there = f"{before.ceremonies} ceremonies" if before.is_readable else "a database that cannot be read"
    if not replace:
        stop(f"There are {there} here already. --replace puts the copy in their place; nothing has been changed.")
    if not yes:
        click.confirm(f"Put the copy in the place of {there}?", abort=True)
    if before.is_readable:
        folder, path = _target(found.data_dir / "backups")
        folder.mkdir(parents=True, exist_ok=True)
        path = path.with_name(f"before-restore-{path.name}")
        _take(found, database, path, recordings=False)
        click.echo(f"What was there is in {path}.")


def _put_back(found: "Settings", copy: "Copy", before: "Before") -> None:
    from memorata.adapters.store.copies import key_mark
    from memorata.adapters.store.restoring import put_back

    for name in copy.files():
        target = found.data_dir / name
        if name == SECRET and target.exists() and target.read_bytes().strip() != copy.read_file(name).strip():
            kept = target.with_name(f"{SECRET}.{int(time.time())}")
            target.rename(kept)
            click.echo(f"The key that was here belongs to other links; it is in {kept} now.")
        copy.write_file(name, target)
    count = put_back(copy, found.database_url, before, int(time.time() * 1000))
    click.echo(f"Restored: {count} ceremonies. Start the server again.")
    if SECRET not in copy.files() and key_mark(found.secret_key) != copy.manifest.key:
        click.echo("The links that were given out belong to another key: set MEMORATA_SECRET_KEY to it.", err=True)
    if not before.is_readable:
        click.echo(
            "What was sent since the copy was made is not known. Mails that were due wait at /plan for your word."
        )
        click.echo("Whoever asked since then to be erased is in it again: memorata privacy erase.", err=True)


def _forget_again(before: "Before") -> None:
    """Erase whom the ceremonies had to forget since the copy was made."""
    from memorata.desk.options import house
    from memorata.domain.errors import Refused
    from memorata.domain.events import PersonErased
    from memorata.services.ports import StoreBusy
    from memorata.services.privacy import Somebody

    if not before.erased:
        return
    services = house()
    again: dict[str, Any] = {}
    for ceremony_id, recorded in before.erased:
        event = recorded.event
        try:
            if isinstance(event, PersonErased):
                known = services.privacy.find(ceremony_id, event.participant_id) if event.participant_id else None
                whom = Somebody(ceremony_id) if known is None else known
                entries, wishes = {*whom.entries, *event.entries}, {*whom.wishes, *event.wishes}
                services.privacy.erase(
                    Somebody(ceremony_id, whom.participants, whom.invitations, tuple(entries), tuple(wishes))
                )
            else:
                services.privacy.erase_all(ceremony_id)
        except (Refused, StoreBusy):
            again[ceremony_id] = True
    services.privacy.purge()
    services.stop()
    if again:
        stop(f"Not everybody who had been erased could be erased again: memorata privacy erase {' '.join(again)}")
    click.echo(f"Erased again: {len(before.erased)}, as had been asked since the copy was made.")
