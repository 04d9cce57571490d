"""The command line. Only click is imported at the top: help must be there at once, and a server must patch first."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from memorata.bootstrap import Services

F = TypeVar("F", bound=Callable[..., Any])


def setting(flag: str, name: str, text: str, **kwargs: Any) -> Callable[[F], F]:
    """An option that is one setting of the environment: given here, it is as if it stood there."""
    variable = f"MEMORATA_{name}"

    def keep(_context: click.Context, _option: click.Parameter, value: object) -> None:
        if value is not None:
            os.environ[variable] = str(value)

    return click.option(flag, envvar=variable, show_envvar=True, expose_value=False, callback=keep, help=text, **kwargs)


def settings(*wanted: tuple[str, str, str]) -> Callable[[F], F]:
    def decorate(command: F) -> F:
        for flag, name, text in reversed(wanted):
            command = setting(flag, name, text)(command)
        return command

    return decorate


STORE = (
    ("--data-dir", "DATA_DIR", "Folder of the database and the secret key. [default: var]"),
    ("--database-url", "DATABASE_URL", "Another database: postgresql+psycopg2://user:word@host/name."),
)
SCHEDULES = (("--schedules-dir", "SCHEDULES_DIR", "Folder of the schedule files. [default: those that are shipped]"),)
ADDRESS = (("--base-url", "BASE_URL", "Address under which people reach this server: https://memory.example.org"),)
SERVER = (
    ("--host", "HOST", "Address to listen at. [default: 127.0.0.1]"),
    ("--port", "PORT", "Port to listen at. [default: 5080]"),
    *ADDRESS,
    *STORE,
    *SCHEDULES,
    ("--origins", "ORIGINS", "Other addresses whose pages may connect, separated by commas."),
    ("--proxies", "PROXIES", "How many proxies of your own stand in front. [default: 0]"),
    ("--async-mode", "ASYNC_MODE", "eventlet, or threading for finding faults. [default: eventlet]"),
    ("--redis-url", "REDIS_URL", "Redis, for several servers side by side."),
    ("--janus-url", "JANUS_URL", "Janus, for many who speak with picture."),
    ("--log-level", "LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR. [default: INFO]"),
)


def stop(*sentences: str, code: int = 1) -> None:
    """Say what is wrong and end."""
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(code)


def house() -> "Services":
    """The services, built but not started."""
    from memorata.bootstrap import build
    from memorata.config import ConfigFault, Settings
    from memorata.logs import configure

    try:
        found = Settings.from_env()
    except ConfigFault as fault:
        stop("The settings are not right:", *(f"  {line}" for line in fault.lines), code=2)
        raise
    configure("WARNING")
    return build(found)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="memorata")
def main() -> None:
    """Memorata: online ceremonies of remembrance, together and in step.

    Every option can also be set by the environment variable that stands beside it.

    To look at it: memorata demo. To run it: memorata schedules load, then memorata serve.
    """


@main.command()
@settings(*SERVER)
def serve() -> None:
    """Run the server until it is told to stop.

    The secret key comes from MEMORATA_SECRET_KEY alone, or is made at the first start and kept in the data folder.
    """
    # A process of its own, in the place of this one: eventlet must patch before anything is loaded.
    os.execv(sys.executable, [sys.executable, "-m", "memorata.serve"])  # noqa: S606 - our own program


@main.command()
@click.option("--people", default=60, show_default=True, envvar="MEMORATA_DEMO_PEOPLE", show_envvar=True,
              type=click.IntRange(0, 1000), help="How many simulated people come.")  # fmt: skip
@click.option("--autopilot/--by-hand", default=False, envvar="MEMORATA_DEMO_AUTOPILOT", show_envvar=True,
              help="Let the programme go by its own times, or be the host yourself. [default: by hand]")  # fmt: skip
@click.option("--brisk", is_flag=True, envvar="MEMORATA_DEMO_BRISK", show_envvar=True,
              help="In about six minutes; the silence keeps its minute.")  # fmt: skip
@click.option("--start-in", "start_in_s", default=60, show_default=True, envvar="MEMORATA_DEMO_START_IN",
              show_envvar=True, type=click.IntRange(5, 86_400), help="Seconds until the ceremony begins.")  # fmt: skip
@click.option("--schedule", default="unconquered", show_default=True, envvar="MEMORATA_DEMO_SCHEDULE",
              show_envvar=True, help="Series to show: a name of the schedules folder, or a file.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, envvar="MEMORATA_HOST", show_envvar=True,
              help="Address to listen at; 0.0.0.0 lets other devices of your network in.")  # fmt: skip
@click.option("--port", default=8000, show_default=True, envvar="MEMORATA_PORT", show_envvar=True,
              type=click.IntRange(1, 65_535), help="Port; when it is taken, the next free one.")  # fmt: skip
@click.option("--data-dir", default=".demo", show_default=True, envvar="MEMORATA_DEMO_DATA_DIR", show_envvar=True,
              type=click.Path(path_type=Path, file_okay=False), help="Folder of the demonstration.")  # fmt: skip
@click.option("--keep", is_flag=True, envvar="MEMORATA_DEMO_KEEP", show_envvar=True,
              help="Go on with the folder of the last time instead of beginning anew.")  # fmt: skip
@click.option("--once", is_flag=True, envvar="MEMORATA_DEMO_ONCE", show_envvar=True,
              help="End when the ceremony is over and people have left.")  # fmt: skip
def demo(**options: Any) -> None:
    """Hold a whole ceremony on this machine, with simulated people from many countries.

    Prints the links to open: the host's, a participant's, a watcher's. Ctrl-C ends everything.
    """
    from memorata.demo.demo import Demo, Plan

    sys.exit(Demo(Plan(**options)).run())


@main.command()
@settings(*SERVER)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor(as_json: bool) -> None:
    """Look at everything that a ceremony needs, and say what is missing. Ends with 1 when something is."""
    from memorata.doctor import examine, printed

    findings = examine()
    click.echo(printed(findings, as_json=as_json))
    sys.exit(1 if any(found.state == "missing" for found in findings) else 0)


# --- schedules -------------------------------------------------------------------------------------------------------


@main.group()
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
    from memorata.adapters.schedule_files import read_all, read_file
    from memorata.services.planning import load

    if files:
        read = [read_file(path) for path in files]
        series = [found for found, _ in read if found is not None]
        faults = [fault for _, faults in read for fault in faults]
    else:
        series, faults = read_all(schedules_folder())
    for fault in faults:
        click.echo(str(fault), err=True)
    services = house()
    told = {
        "planned": "planned",
        "changed": "planned anew",
        "unchanged": "as it was",
        "kept": "kept as it is",
        "none": "no date ahead",
    }
    for result in load(services.ceremonies, series, services.clock.now_ms()):
        programme = result.programme
        name = programme.ceremony_id if programme is not None else result.series
        reason = f" ({result.reason})" if result.reason else ""
        click.echo(f"{name:<32} {starts(programme) if programme else '':<34} {told[result.outcome]}{reason}")
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


# --- ceremonies ------------------------------------------------------------------------------------------------------


@main.group()
def ceremony() -> None:
    """The ceremonies: what is planned, who may enter, what happened."""


def starts(programme: Any) -> str:
    from memorata.domain.civil import civil

    return f"{civil(programme.starts_ms, programme.zone):%a %Y-%m-%d %H:%M} {programme.zone}"


def known(services: "Services", ceremony_id: str) -> Any:
    """The state of a planned ceremony; says which there are when there is no such one."""
    ids = services.ceremonies.ids()
    if ceremony_id not in ids:
        stop(f"There is no ceremony {ceremony_id}. There are: {', '.join(ids) or 'none; memorata schedules load'}")
    return services.ceremonies.state(ceremony_id)


@ceremony.command("list")
@settings(*STORE)
def list_ceremonies() -> None:
    """All ceremonies, the next one first."""
    from memorata.domain.state import phase_of

    services = house()
    now_ms = services.clock.now_ms()
    states = [state for state in services.ceremonies.list() if state.programme is not None]
    for state in sorted(states, key=lambda state: state.programme.starts_ms if state.programme else 0):
        programme = state.programme
        if programme is not None:
            entered = services.participants.count(programme.ceremony_id)
            title = next(iter(programme.title.values()), "")
            phase = phase_of(state, now_ms)
            click.echo(f"{programme.ceremony_id:<32} {starts(programme):<34} {phase:<8} {entered:>6} entered  {title}")
    if not states:
        click.echo("No ceremony is planned. `memorata schedules load` plans the next of each series.", err=True)
    services.stop()


@ceremony.command("links")
@settings(*STORE, *ADDRESS)
@click.argument("ceremony_id")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show_links(ceremony_id: str, as_json: bool) -> None:
    """The addresses of a ceremony, to be handed on. The host's is a key: give it to the host alone."""
    import json

    from memorata.adapters.http.house import addresses

    services = house()
    known(services, ceremony_id)
    found = addresses(services.settings.base_url, ceremony_id, services.admission.links(ceremony_id))
    services.stop()
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for name, address in found.items():
        click.echo(f"{name:<12} {address}")


@ceremony.command("replay")
@settings(*STORE)
@click.argument("ceremony_id")
@click.option("--quiet", is_flag=True, help="Only say whether it adds up.")
def replay(ceremony_id: str, quiet: bool) -> None:
    """What happened in a ceremony, a line each, and whether the history adds up. Ends with 1 when it does not."""
    from memorata.adapters.history import DoesNotAddUp, folded, lines

    services = house()
    state = known(services, ceremony_id)
    history = services.log.events(ceremony_id, 0)
    if not quiet:
        zone = state.programme.zone if state.programme is not None else "UTC"
        names = {}
        for by in {recorded.by for recorded in history}:
            who = services.participants.find(by)
            if who is not None:
                names[by] = f"{who.role} {who.name or who.id[:8]}"
        for line in lines(history, zone, names):
            click.echo(line)
    services.stop()
    try:
        if folded(history) != state:
            raise DoesNotAddUp("folded once more, the history leads to another state")
    except DoesNotAddUp as fault:
        stop(f"{ceremony_id}: the history does not add up: {fault}.")
    click.echo(f"{ceremony_id}: {len(history)} events, and they add up.", err=True)


@ceremony.command("export")
@settings(*STORE)
@click.argument("ceremony_id")
@click.option("--output", "-o", type=click.File("w", encoding="utf-8"), default="-", help="File. [default: the screen]")
def export(ceremony_id: str, output: Any) -> None:
    """Everything that is kept of a ceremony as JSON: its programme, what happened, what was counted."""
    import json

    from memorata.adapters.codec import plain, recorded_message

    services = house()
    state = known(services, ceremony_id)
    counts = services.ceremonies.counts(ceremony_id)
    whole = {
        "ceremony": ceremony_id,
        "epoch": services.ceremonies.epoch(ceremony_id),
        "seq": state.seq,
        "exported_at_ms": services.clock.now_ms(),
        "programme": plain(state.programme),
        "events": [recorded_message(recorded) for recorded in services.log.events(ceremony_id, 0)],
        "counts": {
            "entered": services.participants.count(ceremony_id),
            "candles": counts.candles,
            "wreaths": counts.wreaths,
        },
    }
    services.stop()
    json.dump(whole, output, ensure_ascii=False, indent=1)
    output.write("\n")


# --- protocol --------------------------------------------------------------------------------------------------------


@main.group()
def protocol() -> None:
    """What travels between server and pages, for those who build upon it."""


@protocol.command("types")
def types() -> None:
    """The TypeScript types of everything that travels: client/src/wire.ts."""
    from memorata.adapters.sockets.typescript import render

    click.echo(render(), nl=False)


@protocol.command("schema")
def schema() -> None:
    """The same as JSON Schema."""
    import json

    from memorata.adapters.schema import document

    click.echo(json.dumps(document(), ensure_ascii=False, indent=2))
