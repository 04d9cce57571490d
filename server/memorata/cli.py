"""The command line. Only click is imported at the top: help must be there at once, and a server must patch first."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from memorata.desk.backup import backup, restore
from memorata.desk.ceremony import ceremony
from memorata.desk.invite import invite
from memorata.desk.options import SERVER, settings
from memorata.desk.organizer import organizer
from memorata.desk.privacy import privacy
from memorata.desk.protocol import protocol
from memorata.desk.restart import restart
from memorata.desk.schedules import schedules


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
    # A process of its own, in the place of this one: eventlet must patch before anything is loaded. A number that is no
    # number is told there.
    several = os.environ.get("MEMORATA_WORKERS", "").strip() not in ("", "0")
    program = "memorata.workers" if several else "memorata.serve"
    os.execv(sys.executable, [sys.executable, "-m", program])  # noqa: S606 - our own program


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


for command in (schedules, ceremony, invite, organizer, privacy, protocol, backup, restore, restart):
    main.add_command(command)
