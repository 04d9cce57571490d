"""memorata schedules: check the files, plan the next ceremonies, tell the dates to come."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memorata.desk.ceremony import starts
from memorata.desk.options import SCHEDULES, STORE, house, settings, stop

if TYPE_CHECKING:
    from memorata.domain.anniversary import Occurrence, Series
    from memorata.services.planning_ports import Managed


@click.group()
def schedules() -> None:
    """The series: what is remembered, when, and in which order."""


def schedules_folder() -> Path:
    from memorata.resources import schedules_dir

    named = os.environ.get("MEMORATA_SCHEDULES_DIR", "").strip()
    return Path(named).expanduser() if named else schedules_dir()


@schedules.command("check")
@settings(*SCHEDULES)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def check_files(files: tuple[Path, ...]) -> None:
    """Read schedule FILES, or whole folders, and name every fault with its line. Ends with 1 when there are faults."""
    from memorata.adapters.schedule_files import check

    wanted = files or (schedules_folder(),)
    found = check(wanted)
    for fault in found:
        click.echo(str(fault))
    faults = sum(fault.severity == "fault" for fault in found)
    names = [name for path in wanted for name in (sorted(path.glob("*.toml")) if path.is_dir() else [path])]
    counted = f"{len(names)} {'file' if len(names) == 1 else 'files'} read"
    click.echo(f"{counted}: {faults or 'no'} {'fault' if faults == 1 else 'faults'}.", err=True)
    sys.exit(1 if faults or not names else 0)


@schedules.command("load")
@settings(*SCHEDULES, *STORE)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def load_files(files: tuple[Path, ...]) -> None:
    """Plan the next ceremony of every series, or of those in FILES. Doing it again changes nothing."""
    from memorata.loading import take

    services = house()
    taken, faults = take(services, files or sorted(schedules_folder().glob("*.toml")))
    for fault in faults:
        click.echo(str(fault), err=True)
    told = {
        "planned": "planned",
        "changed": "planned anew",
        "unchanged": "as it was",
        "kept": "kept as it is",
        "site": "written on the site",
        "none": "no date ahead",
        "refused": "not loaded",
    }
    for one in taken:
        reason = f" ({one.reason})" if one.reason and one.outcome != "refused" else ""
        for programme in one.programmes or (None,):
            name = programme.ceremony_id if programme is not None else one.series
            click.echo(f"{name:<32} {starts(programme) if programme else '':<34} {told[one.outcome]}{reason}")
    services.stop()
    sys.exit(1 if any(fault.severity == "fault" for fault in faults) else 0)


@schedules.command("next")
@settings(*SCHEDULES)
@click.option("--years", default=5, show_default=True, type=click.IntRange(1, 100), help="How far to look ahead.")
@click.argument("names", nargs=-1)
def next_files(names: tuple[str, ...], years: int) -> None:
    """When the series are kept: all of them, or those NAMES (names of the folder, or files)."""
    from datetime import UTC, datetime, timedelta

    from memorata.adapters.schedule_files import read_all, read_file
    from memorata.domain.anniversary import agenda

    folder = schedules_folder()
    if names:
        paths = [Path(name) if name.endswith(".toml") else folder / f"{name}.toml" for name in names]
        read = [read_file(path) for path in paths]
        series, faults = [found for found, _ in read if found], [fault for _, faults in read for fault in faults]
    else:
        series, faults = read_all(folder)
    for fault in faults:
        if fault.severity == "fault":
            click.echo(str(fault), err=True)
    for each in series:
        click.echo(f"{each.id}: {next(iter(each.title.values()), '')}")
        today = datetime.now(UTC).date()
        for found in agenda(each, today, today + timedelta(days=round(years * 365.25) - 1)):
            click.echo(f"  {_line(each, found)}")
            for site in _sites(each, found):
                click.echo(f"      {site}")
    sys.exit(1 if any(fault.severity == "fault" for fault in faults) else 0)


def _line(series: "Series", found: "Occurrence") -> str:
    from memorata.domain.civil import civil

    local = civil(found.instant_ms, series.zone)
    number = f", {found.number} years" if found.number is not None else ""
    eve = f" (from {local.date()})" if local.date() != found.date else ""
    remarks = ["provisional, to be confirmed"] if found.provisional else []
    if found.departure == "moved":
        remarks.append("moved" if found.date.isoformat() == found.key else f"moved from {found.key}")
    elif found.departure is not None:
        remarks.append(found.departure)
    reason = next(iter(found.reason.values()), "")
    told = "".join(f"  {remark}" for remark in remarks) + (f": {reason}" if reason else "")
    return f"{found.date:%a} {found.date}{eve}  {local:%H:%M} {series.zone}{number}{told}"


def _sites(series: "Series", found: "Occurrence") -> list[str]:
    """Where each place has a ceremony of its own, at its hour there."""
    from memorata.domain.anniversary import sittings
    from memorata.domain.civil import civil

    held = sittings(series, found) if not found.cancelled else ()
    return [f"{one.site:<16} {civil(one.instant_ms, one.zone):%Y-%m-%d %H:%M} {one.zone}" for one in held if one.site]


@schedules.command("diff")
@settings(*SCHEDULES, *STORE)
@click.argument("names", nargs=-1)
def diff(names: tuple[str, ...]) -> None:
    """What the files say otherwise than the site: of all series, or of NAMES. Ends with 1 when anything differs."""
    import json

    from memorata.adapters.schedules.documents import difference
    from memorata.adapters.schedules.faults import Faulty
    from memorata.adapters.store.planning import SqlSeries

    folder = schedules_folder()
    services = house()
    store = SqlSeries(services.database)
    held = {row.id: row for row in store.all()}
    differs = False
    for name in names or sorted({*held, *(path.stem for path in folder.glob("*.toml"))}):
        path = folder / f"{name}.toml"
        row = held.get(name)
        if row is None or not path.is_file():
            there = "neither a file nor on the site" if row is None and not path.is_file() else (
                "a file alone: not loaded yet" if row is None else "on the site alone"
            )  # fmt: skip
            differs = differs or row is None or row.managed == "file"
            click.echo(f"{name}: {there}")
            continue
        try:
            changes = difference(row.text, path.read_text("utf-8"))
        except (Faulty, UnicodeDecodeError) as fault:
            differs = True
            click.echo(f"{name}: cannot be compared. {fault}")
            continue
        differs = differs or bool(changes)
        if changes:
            click.echo(f"{name} (managed by the {row.managed}):")
        for change in changes:
            before, after = (
                "nothing" if value is None else json.dumps(value, ensure_ascii=False)
                for value in (change.before, change.after)
            )
            click.echo(f"  {change.key}: on the site {before}, in the file {after}")
    services.stop()
    sys.exit(1 if differs else 0)


@schedules.command("adopt")
@settings(*STORE)
@click.argument("name")
@click.option("--by-file", is_flag=True, help="Give it back to its file, which the next load takes as it is.")
def adopt(name: str, by_file: bool) -> None:
    """Let the site write the series NAME from now on: its file is not loaded any more."""
    from dataclasses import replace

    from memorata.adapters.store.planning import SqlSeries

    services = house()
    store = SqlSeries(services.database)
    row = store.find(name)
    if row is None or row.removed_ms is not None:
        services.stop()
        stop(f"There is no series {name}.")
    managed: Managed = "file" if by_file else "site"
    if row.managed != managed:
        after = replace(row, managed=managed, version=row.version + 1, changed_ms=services.clock.now_ms())
        if not store.change(after):
            services.stop()
            stop("Somebody has changed it just now. Try it again.")
    services.stop()
    click.echo(f"{name} is managed by the {managed}.")


@schedules.command("export")
@settings(*STORE)
@click.argument("name")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of the screen.")
def export(name: str, output: Path | None) -> None:
    """The file of the series NAME as the site has it, comments included."""
    from memorata.adapters.store.planning import SqlSeries

    services = house()
    row = SqlSeries(services.database).find(name)
    services.stop()
    if row is None:
        stop(f"There is no series {name}.")
    if output is None:
        click.echo(row.text, nl=False)
        return
    try:
        output.write_text(row.text, "utf-8", newline="")
    except OSError as error:
        stop(f"{output} cannot be written: {error.strerror}.")
    click.echo(f"{output} is written.", err=True)


@schedules.command("schema")
def schema() -> None:
    """Print the JSON Schema of schedule files, for editors that help while one writes."""
    import json

    from memorata.adapters.schedules.grammar_json import json_schema

    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
