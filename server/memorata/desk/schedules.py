"""memorata schedules: check the files, plan the next ceremonies, tell the dates to come."""

import os
import sys
from pathlib import Path

import click

from memorata.desk.ceremony import starts
from memorata.desk.options import SCHEDULES, STORE, house, settings


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
    from datetime import UTC, datetime

    from memorata.adapters.schedule_files import read_all, read_file
    from memorata.domain.anniversary import next_dates

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
        for row in next_dates(each, years, datetime.now(UTC).date()):
            number = f", {row.number} years" if row.number is not None else ""
            eve = f" (from {row.local_date})" if row.local_date != row.date else ""
            open_question = "  provisional, to be confirmed" if row.provisional else ""
            click.echo(f"  {row.weekday} {row.date}{eve}  {row.local} {row.zone}{number}{open_question}")
    sys.exit(1 if any(fault.severity == "fault" for fault in faults) else 0)


@schedules.command("schema")
def schema() -> None:
    """Print the JSON Schema of schedule files, for editors that help while one writes."""
    import json

    from memorata.adapters.schedules.grammar_json import json_schema

    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
