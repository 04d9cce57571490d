"""memorata restart: the workers make room for successors one after the other; not while a ceremony is near."""

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from memorata.desk.options import STORE, house, settings, stop

if TYPE_CHECKING:
    from memorata.bootstrap import Services


@click.command()
@settings(*STORE)
@click.option("--force", is_flag=True, help="Also while a ceremony is being held, or begins soon.")
@click.option("--within", "within_min", default=60, show_default=True, help="How many minutes ahead count as soon.",
              type=click.IntRange(0, 10_080))  # fmt: skip
@click.option("--check", is_flag=True, help="Only say whether it could be done now; ends with 1 when not.")
def restart(force: bool, within_min: int, check: bool) -> None:
    """Start the workers of `memorata serve --workers` anew, one after the other, with nobody turned away.

    A new version that has been installed is taken up by it; another environment is not, which needs a restart of the
    service itself.
    """
    if not force:
        services = house()
        try:
            near = near_of(services, within_min * 60_000)
        finally:
            services.stop()
        if near:
            stop("Not now:", *(f"  {one}" for one in near), "With --force it is done all the same.")
    if check:
        return
    from memorata.config import Settings

    path = Settings.from_env().data_dir / "workers.json"
    before = _told(path)
    if before is None:
        stop(f"No supervisor of workers is at work here: there is no {path}. (`memorata serve --workers 2` is one.)")
    if before["restarting"]:
        stop("They are being restarted already.")
    from signal import SIGUSR2

    try:
        os.kill(before["pid"], SIGUSR2)
    except (ProcessLookupError, PermissionError) as error:
        stop(f"The supervisor, process {before['pid']}, cannot be told: {error.strerror}.")
    _follow(path, before)


def near_of(services: "Services", within_ms: int) -> list[str]:
    """What is being held, or begins soon, in one line each."""
    from memorata.desk.ceremony import starts
    from memorata.domain.state import phase_of

    now_ms = services.clock.now_ms()
    near = []
    for state in services.ceremonies.list():
        programme = state.programme
        if programme is None:
            continue
        phase = phase_of(state, now_ms)
        if phase in ("lobby", "live", "silence"):
            words = {"lobby": "its doors are open", "live": "it is being held", "silence": "its silence is being kept"}
            near.append(f"{programme.ceremony_id}: {words[phase]} ({starts(programme)})")
        elif phase == "planned" and now_ms <= programme.starts_ms <= now_ms + within_ms:
            near.append(f"{programme.ceremony_id}: it begins {starts(programme)}")
    return near


def _told(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None


def _follow(path: Path, before: Any) -> None:
    """Say how it goes until it is done."""
    pids = {worker["name"]: worker["pid"] for worker in before["workers"]}
    while (now := _told(path)) is not None:
        for worker in now["workers"]:
            if worker["pid"] not in (None, pids.get(worker["name"])):
                pids[worker["name"]] = worker["pid"]
                click.echo(f"{worker['name']}: process {worker['pid']} serves at port {worker['port']}")
        if now["restarts"] != before["restarts"]:
            if now["failed"]:
                stop(f"Not done: {now['failed']}.")
            return
        time.sleep(0.2)
    stop("The supervisor has ended meanwhile.")
