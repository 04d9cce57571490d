"""A whole ceremony on one machine: the real server, simulated people, and what happens told on the terminal."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import requests

from memorata.adapters.codec import revive
from memorata.adapters.http.client import bundle
from memorata.adapters.http.house import addresses
from memorata.bootstrap import build
from memorata.config import ConfigFault, Settings
from memorata.demo.company import cast
from memorata.demo.ground import (
    CannotStart,
    end_with_parent,
    free_port,
    make_folder,
    reachable_name,
    read_series,
    tail,
)
from memorata.demo.scene import Scene
from memorata.domain.anniversary import Series, occurrences
from memorata.domain.civil import civil
from memorata.domain.commands import Actor, SetAutopilot
from memorata.domain.items import steps
from memorata.domain.planning import brisk, programme_for, total_s
from memorata.domain.programme import Moment, Programme, Progress
from memorata.logs import configure
from memorata.resources import web_dir
from memorata.services.inviting import Guest

PEOPLE_EACH = 100
"""How many simulated people share one process."""

LOOK_S = 1.0
READY_S = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for on the command line."""

    people: int = 60
    autopilot: bool = False
    brisk: bool = False
    start_in_s: int = 60
    schedule: str = "unconquered"
    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path(".demo")
    keep: bool = False
    once: bool = False


class Demo:
    """One demonstration, from the first line to the last."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.folder = plan.data_dir.absolute()
        self.scene = Scene()
        self.stopped = threading.Event()
        self.server: subprocess.Popen[bytes] | None = None
        self.people: list[subprocess.Popen[str]] = []
        self.url = ""
        self.ceremony_id = ""
        self.pin = ""
        self.came = False

    def run(self) -> int:
        """Until Ctrl-C, or the end of the ceremony when it is to be held once; returns the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stopped.set())
        try:
            series = read_series(self.plan.schedule)
            port = free_port(self.plan.host, self.plan.port)
            if port != self.plan.port:
                click.echo(f"Port {self.plan.port} is taken; this is at port {port}.")
            make_folder(self.folder, keep=self.plan.keep)
            environment = self.environment(port)
            programme, keys = self.prepare(series, environment)
            self.serve(environment, port)
            self.invite()
            self.greet(programme, keys)
            return self.follow(programme)
        except CannotStart as fault:
            click.echo(f"The demonstration cannot start: {fault}", err=True)
            return 1
        finally:
            self.end()

    # --- setting up ----------------------------------------------------------------------------------------------

    def environment(self, port: int) -> dict[str, str]:
        """The server's environment: its own folder, and nothing of another installation's."""
        kept = ("MEMORATA_SCHEDULES_DIR", "MEMORATA_ASYNC_MODE", "MEMORATA_LOG_LEVEL")
        found = {name: value for name, value in os.environ.items() if not name.startswith("MEMORATA_") or name in kept}
        found.setdefault("MEMORATA_LOG_LEVEL", "WARNING")
        shown = reachable_name(self.plan.host)
        self.url = f"http://{shown}:{port}"
        return found | {
            "MEMORATA_DATA_DIR": str(self.folder),
            "MEMORATA_BALLAST_MB": "0",
            "MEMORATA_HOST": self.plan.host,
            "MEMORATA_PORT": str(port),
            "MEMORATA_HOSTS": shown.strip("[]"),
        }

    def prepare(self, series: Series, environment: Mapping[str, str]) -> tuple[Programme, dict[Any, str]]:
        """Plan the ceremony into the store, through the same services that the server has."""
        configure("ERROR")
        try:
            services = build(Settings.from_env(environment))
        except ConfigFault as fault:
            raise CannotStart("; ".join(fault.lines)) from None
        try:
            now_ms = services.clock.now_ms()
            self.ceremony_id = f"{series.id}-demo"
            if self.ceremony_id not in services.ceremonies.ids():
                services.ceremonies.plan(self.programme(series, now_ms))
                if self.plan.autopilot:
                    host = Actor(participant_id="operator", role="host")
                    services.ceremonies.handle(self.ceremony_id, SetAutopilot(on=True), host, "")
            programme = services.ceremonies.state(self.ceremony_id).programme
            if programme is None:
                raise CannotStart(f"{self.folder} holds no programme; leave out --keep.")
            keys = services.admission.links(self.ceremony_id)
            self.pin = services.admission.pin(keys["host"])
            if self.plan.people:
                guests = [
                    Guest(who.name, who.community, who.country or "", who.language) for who in cast(self.plan.people)
                ]
                issued = services.inviting.make(self.ceremony_id, guests)
                self.invitations.write_text("\n".join(one.key for one in issued), encoding="utf-8")
            return programme, dict(keys)
        finally:
            services.stop()

    def programme(self, series: Series, now_ms: int) -> Programme:
        """The next occurrence of the series, but soon, with its doors open at once."""
        today = civil(now_ms, series.zone).date()
        following = occurrences(series, today, 1)
        if not following:
            raise CannotStart(f"{series.id} has no date ahead.")
        programme = programme_for(series, following[0], self.ceremony_id, now_ms + self.plan.start_in_s * 1000)
        programme = replace(programme, lobby_opens_ms=min(now_ms, programme.lobby_opens_ms), door="open")
        return brisk(programme) if self.plan.brisk else programme

    def serve(self, environment: Mapping[str, str], port: int) -> None:
        """Start the server, as `memorata serve` does, and wait until it answers."""
        log = self.folder / "server.log"
        with log.open("ab") as written:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "memorata.serve"],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                # Ctrl-C goes to this process alone, which then ends the others in their order.
                start_new_session=True,
                preexec_fn=end_with_parent if sys.platform == "linux" else None,
            )
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline and not self.stopped.is_set():
            if self.server.poll() is not None:
                raise CannotStart(f"the server ended by itself. {log} ends with:\n{tail(log)}")
            try:
                if requests.get(f"{self.url}/health", timeout=2).ok:
                    return
            except requests.RequestException:
                self.stopped.wait(0.1)
        if not self.stopped.is_set():
            raise CannotStart(f"the server did not answer within {READY_S:.0f} s. {log} ends with:\n{tail(log)}")

    @property
    def invitations(self) -> Path:
        """The personal links of the simulated people, a line each."""
        return self.folder / "people.links"

    def invite(self) -> None:
        """Start the simulated people, each with a link of their own; they come one by one."""
        count, shift = self.plan.people, 0
        arrival_s = min(30, max(5, self.plan.start_in_s // 2))
        while count > 0 and not self.stopped.is_set():
            some = min(PEOPLE_EACH, count)
            self.people.append(
                subprocess.Popen(
                    [sys.executable, "-m", "memorata.demo.company", "--url", self.url, "--keys", str(self.invitations),
                     "--people", str(some), "--shift", str(shift), "--arrival", str(arrival_s)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=(self.folder / "people.log").open("ab"),
                    text=True,
                    start_new_session=True,
                )
            )  # fmt: skip
            count, shift = count - some, shift + some

    def greet(self, programme: Programme, keys: Mapping[Any, str]) -> None:
        links = addresses(self.url, self.ceremony_id, keys)
        at = civil(programme.starts_ms, programme.zone)
        here = time.strftime("%H:%M:%S", time.localtime(programme.starts_ms / 1000))
        title = next(iter(programme.title.values()), self.ceremony_id)
        minutes = round(total_s(programme.items) / 60)
        click.echo()
        click.echo(f"  {click.style(title, bold=True)}: begins at {here}, lasts about {minutes} minutes.")
        click.echo(f"  ({at:%H:%M} in {programme.zone}; {self.plan.people} simulated screens are on their way.)")
        click.echo()
        for label, name in (
            ("Host", "host"),
            ("Participant", "participant"),
            ("Watcher", "watch"),
            ("Programme", "programme"),
            ("Hall", "hall"),
        ):
            click.echo(
                f"  {label:<12} {click.style(links[name] + ('?people=80' if name == 'hall' else ''), underline=True)}"
            )
        click.echo()
        if not bundle(web_dir(), "participant", "en").entry:
            click.echo("  The pages have not been built: they show the programme only. `make built` builds them.")
        if self.plan.autopilot:
            click.echo("  The programme goes by its own times. As the host you can take over at any moment.")
        else:
            click.echo("  You are the host: open the host's link and press Go. (--autopilot lets it go by itself.)")
        click.echo(f"  The host's link opens in one browser. In a second one its PIN opens it too: {self.pin}")
        click.echo("  Ctrl-C ends everything.")
        click.echo()

    # --- while it goes on ----------------------------------------------------------------------------------------

    def follow(self, programme: Programme) -> int:
        """Tell each moment of the ceremony in a line, as a watcher sees it."""
        told: object = None
        counts: dict[str, Any] = {}
        version = -1
        over_since: float | None = None
        while not self.stopped.wait(LOOK_S):
            if self.server is not None and self.server.poll() is not None:
                click.echo(f"The server ended by itself. It said:\n{tail(self.folder / 'server.log')}", err=True)
                return 1
            try:
                file = requests.get(f"{self.url}/c/{self.ceremony_id}/timeline.json", timeout=5).json()
                if file["programme_seq"] != version:
                    version = file["programme_seq"]
                    programme = self.read_programme(version)
            except (requests.RequestException, ValueError, KeyError):
                continue
            counts = file["counts"]
            self.scene.watched(programme, revive(file["progress"], Progress), file["now"])
            shown = self.scene.shown()
            if shown is None:
                continue
            item_id = shown.item.id if shown.item else ""
            key = (shown.phase, item_id, shown.step, shown.silence, shown.held, self.all_here(shown, counts))
            if key != told:
                told = key
                self.tell(shown, counts)
            if shown.phase == "closed":
                over_since = over_since or time.monotonic()
                if self.plan.once and (not self.living() or time.monotonic() - over_since > 90):
                    return 0
        return 0

    def read_programme(self, version: int) -> Programme:
        answer = requests.get(f"{self.url}/c/{self.ceremony_id}/programme.json?v={version}", timeout=5)
        return revive(answer.json()["programme"], Programme)

    def tell(self, shown: Moment, counts: Mapping[str, Any]) -> None:
        clock = time.strftime("%H:%M:%S")
        here = f"{counts['people']} people, {len(counts['places'])} countries" if counts["people"] else "nobody yet"
        if shown.phase == "item" and shown.item is not None:
            what = next(iter(shown.item.title.values()), shown.item.id)
            count, _ = steps(shown.item)
            if shown.silence is not None:
                what = f"{what}: {shown.silence}"
            elif count > 1:
                what = f"{what}, {shown.step + 1} of {count}"
            if shown.held:
                what = f"{what} (on hold)"
            candles = counts["candles"].get(shown.item.id)
            if candles:
                here = f"{here}, {candles} candles"
        else:
            what = {"planned": "The doors are closed", "lobby": "The doors are open", "closed": "The ceremony is over"}[
                shown.phase
            ]
            if self.all_here(shown, counts):
                what = "Everybody is here"
        click.echo(f"  {clock}  {what:<52} {here}")
        if shown.phase == "closed" and not self.plan.once:
            click.echo("            The guest book stays open. Ctrl-C ends everything.")

    def all_here(self, shown: Moment, counts: Mapping[str, Any]) -> bool:
        """Whether the simulated people have come while the doors are open; who loses the line meanwhile has come."""
        self.came = self.came or 0 < self.plan.people <= counts["seats"]
        return self.came and shown.phase == "lobby"

    def living(self) -> bool:
        return any(company.poll() is None for company in self.people)

    # --- the end -------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """People first, then the server; whoever does not end in time is ended."""
        tallies = [tally for company in self.people if (tally := _dismissed(company)) is not None]
        if tallies:
            click.echo(f"  {summary(tallies)}")
            # All of it, refusals and failures too, for whoever wants to know.
            (self.folder / "people.json").write_text(json.dumps(tallies, ensure_ascii=False, indent=1))
        if self.server is not None and self.server.poll() is None:
            self.server.terminate()
            try:
                self.server.wait(5)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()


def _dismissed(company: subprocess.Popen[str]) -> dict[str, Any] | None:
    """Send a company home; what it lived through, when it could still tell."""
    if company.poll() is None:
        company.terminate()
    try:
        told, _ = company.communicate(timeout=8)
    except subprocess.TimeoutExpired:
        company.kill()
        told, _ = company.communicate()
    try:
        tally: dict[str, Any] = json.loads(told.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return None
    return tally


def summary(tallies: list[dict[str, Any]]) -> str:
    """What the simulated people lived through, in a sentence."""
    done: Counter[str] = Counter()
    for tally in tallies:
        done.update(tally["done"])
    entered, returned = (sum(tally[name] for tally in tallies) for name in ("entered", "returned"))
    parts = [f"{entered} screens came"]
    if returned:
        parts.append(f"{returned} came back after losing the line")
    for kind, words in (
        ("floor.request", "asked to speak"),
        ("wreath.lay", "laid a wreath"),
        ("candle.light", "lit a candle"),
        ("wish.offer", "wrote"),
    ):
        if done[kind]:
            parts.append(f"{done[kind]} {words}")
    return ", ".join(parts) + "."
