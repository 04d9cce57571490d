"""Compares the ways of knowing the server's time, one emulated line after the other: `make bench-clock`."""

import argparse
import contextlib
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.builders import a_programme
from tests.live.client import eventually, fetch
from tests.live.conftest import Server, now_ms
from tests.load.clock import page
from tests.load.clock.figures import Client, quantile, summary, verdicts
from tests.load.clock.lines import PROFILES, Profile
from tests.load.machine import machine, node

HERE = Path(__file__).resolve().parent
OURS, WATCHER = "ours", "ours, watcher"
CANDIDATES = (
    OURS,
    WATCHER,
    "one sample",
    "min-RTT of 10",
    "timesync",
    "timesync, 2 Hz",
    "@ircam/sync",
    "@ircam/sync, tuned",
    "server-sent ticks",
)
APART_MS = 40.0
BLOCK_MS, BLOCK_MOST_MS, PAUSE_MS = 25.0, 250.0, 10.0
"""How long a busy server is away, and how long it is there in between: means of exponential laws."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-clock", description=__doc__)
    parser.add_argument("--profiles", default=",".join(PROFILES), help=f"of {', '.join(PROFILES)}; all by default")
    parser.add_argument("--candidates", default=";".join(CANDIDATES), help="names from the table, with ; between them")
    parser.add_argument("--seconds", type=int, help="length of each run; else the profile's own, 96 or 181")
    parser.add_argument("--clients", type=int, default=10, help="for each candidate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures")
    parser.add_argument("--read", type=Path, metavar="FILE", help="figures of an earlier run instead of a run")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="renew the tables in a page, as docs/performance.md")
    parser.add_argument(
        "--record", type=Path, metavar="FOLDER", help="every exchange of ours, with the truth, to replay"
    )
    options = parser.parse_args()
    options.profiles = options.profiles.split(",")
    options.candidates = options.candidates.split(";")
    for given, known in ((options.profiles, PROFILES), (options.candidates, CANDIDATES)):
        if unknown := [name for name in given if name not in known]:
            parser.error(f"unknown: {', '.join(unknown)}; there are: {', '.join(known)}")
    return options


def anchor_ms(server: Server) -> float:
    """Server time in ms when the monotonic clock was zero, from the line that the server logged at its start."""

    def ready() -> dict[str, Any] | None:
        told = [json.loads(line) for line in list(server.lines) if '"serve.ready"' in line]
        return told[0] if told else None

    line = eventually(ready, "the server to say that it is ready")
    return float(line["clock_ms"] - line["monotonic_s"] * 1000)


@contextlib.contextmanager
def child(*command: str, **how: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that talks with us line by line, and does not outlive us."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, **how)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def tell(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{word}\n")
    process.stdin.flush()


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has had; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def progress(line: str) -> None:
    """On a terminal only: in a log each second would be a line."""
    if sys.stderr.isatty():
        print(f"\r  {line:60}\r", end="", file=sys.stderr, flush=True)


def hasten(*pids: int) -> bool:
    """Let processes run before ordinary ones, so that other work is not measured; whether that was allowed."""
    try:
        for pid in pids:
            os.sched_setscheduler(pid, os.SCHED_RR, os.sched_param(5))
    except (AttributeError, OSError):
        return False
    return True


def keep_busy(pid: int, until: float, rng: random.Random) -> None:
    """Stop a process again and again, as its own work for others would: it answers late, and in bunches."""
    try:
        while time.monotonic() < until:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(min(rng.expovariate(1 / BLOCK_MS), BLOCK_MOST_MS) / 1000)
            os.kill(pid, signal.SIGCONT)
            time.sleep(rng.expovariate(1 / PAUSE_MS) / 1000)
    finally:
        os.kill(pid, signal.SIGCONT)


def run(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Measure all candidates on one line."""
    profile = PROFILES[name]
    seconds = options.seconds or profile.seconds
    with tempfile.TemporaryDirectory(prefix="bench-clock-") as folder:
        server = Server(Path(folder) / "server").start()
        try:
            told = measure(name, profile, seconds, options, server, Path(folder))
        finally:
            server.stop()
        if defects := server.defects():
            print(f"  the server says: {defects[0]}", file=sys.stderr)
    return told


def measure(
    name: str, profile: Profile, seconds: int, options: argparse.Namespace, server: Server, folder: Path
) -> dict[str, Any]:
    at_ms = now_ms() + 1_800_000
    programme = replace(a_programme(f"bench-{secrets.token_hex(4)}", at_ms=at_ms), lobby_opens_ms=now_ms() - 1000)
    key = server.plan(programme)["participant"]
    tokens = []
    for _ in range(options.clients * sum(candidate != WATCHER for candidate in options.candidates)):
        status, entered = fetch(f"{server.url}/api/enter", {"key": key, "device": secrets.token_urlsafe(16)})
        assert status == 200, entered
        tokens.append(entered["token"])
    late_s = APART_MS / 1000 * options.clients * len(options.candidates)
    """When the last client begins; what befalls all at once is counted from then."""
    config = {
        "ceremony": programme.ceremony_id,
        "tokens": tokens,
        "anchor_ms": anchor_ms(server),
        "candidates": options.candidates,
        "clients": options.clients,
        "seconds": seconds,
        "apart_ms": APART_MS,
        "seed": options.seed,
        "profile": name,
        "step_s": None if profile.step_s is None else profile.step_s + late_s,
        "step_ms": profile.step_ms,
        "record": None if options.record is None else str(options.record.resolve()),
    }
    port = server.url.rsplit(":", 1)[1]
    proxying = (sys.executable, "-m", "tests.load.clock.proxy", port, name, str(options.seed))
    with child(*proxying) as proxy:
        config["url"] = f"http://127.0.0.1:{heard(proxy)}"
        given, result = folder / "config.json", folder / "result.json"
        given.write_text(json.dumps(config))
        with child(node(), str(HERE / "client/bench.ts"), str(given), str(result)) as clients:
            assert heard(clients) == "ready", "the clients did not start"
            processes = {"server": server.pid, "clients": clients.pid, "proxy": proxy.pid}
            haste = hasten(server.pid, clients.pid)
            spent = {who: cpu_s(pid) for who, pid in processes.items()}
            tell(clients, "go")
            went = time.monotonic()
            events = sorted(
                [
                    *([(profile.handover_s + late_s, "handover")] if profile.handover_s else []),
                    *([(profile.busy_s[0] + late_s, "busy")] if profile.busy_s else []),
                ]
            )
            shares: dict[str, float] = {}
            while clients.poll() is None:
                gone = time.monotonic() - went
                while events and gone >= events[0][0]:
                    event = events.pop(0)[1]
                    if event == "handover":
                        tell(proxy, f"handover {profile.then}")
                        tell(clients, "online")
                    elif profile.busy_s:
                        until = went + profile.busy_s[1] + late_s
                        rng = random.Random(options.seed)
                        threading.Thread(target=keep_busy, args=(server.pid, until, rng), daemon=True).start()
                progress(f"{name}: {gone:4.0f} of {seconds + late_s:.0f} s")
                if gone < seconds:
                    shares = {who: 100 * (cpu_s(pid) - spent[who]) / max(gone, 1) for who, pid in processes.items()}
                time.sleep(max(0.01, min(1.0, events[0][0] - gone if events else 1.0)))
            progress("")
            assert clients.returncode == 0, f"the clients ended with {clients.returncode}"
        tell(proxy, "stop")
        account = json.loads(heard(proxy))
    return {"in_haste": haste, **told(profile, seconds, late_s, json.loads(result.read_text()), account, shares)}


def told(
    profile: Profile, seconds: int, late_s: float, measured: Any, account: Any, shares: dict[str, float]
) -> dict[str, Any]:
    ticks = measured["ticks"]
    event = "busy" if profile.busy_s else "handover" if profile.handover_s else "step" if profile.step_s else ""
    marks = {}
    if profile.busy_s:
        marks["busy"] = (profile.busy_s[0] + late_s, profile.busy_s[1] + late_s)
    elif event:
        at_s = (profile.handover_s or profile.step_s or 0.0) + late_s
        marks["after"] = (at_s, seconds + 0.0)
    rows: dict[str, Any] = {}
    for candidate in dict.fromkeys(client["candidate"] for client in measured["clients"]):
        given = [client for client in measured["clients"] if client["candidate"] == candidate]
        clients = [
            Client(candidate, client["started_s"], pad(client["errors"], len(ticks)), client["messages"])
            for client in given
        ]
        rows[candidate] = summary(clients, ticks, seconds, marks)
        if given[0]["costs_ms"] is not None:
            costs = [cost for client in given for cost in client["costs_ms"]]
            rows[candidate]["cost_ms"] = {
                "mean": sum(costs) / max(len(costs), 1),
                "p95": quantile(costs, 0.95),
                "max": max(costs, default=float("nan")),
            }
            pairs = [
                pair for client in given for pair in zip(client["bounds"][::2], client["bounds"][1::2], strict=True)
            ]
            rows[candidate]["bound"] = {
                "readings": len(pairs),
                "broken": sum(0 <= bound < error for error, bound in pairs),
                "median_ms": quantile([bound for _, bound in pairs if bound >= 0], 0.5),
            }
        if faults := [fault for client in given for fault in client["faults"]]:
            rows[candidate]["faults"] = faults[:20]
            print(f"  {candidate}: {len(faults)} faults, the first: {faults[0]}", file=sys.stderr)
    return {
        "says": profile.says,
        "seconds": seconds,
        "event": event,
        "proxy": account,
        "bracket_ms": {"p50": quantile(measured["brackets"], 0.5), "p99": quantile(measured["brackets"], 0.99)},
        "busy_percent": shares,
        "candidates": rows,
    }


def pad(errors: list[float | None], length: int) -> list[float | None]:
    return errors + [None] * (length - len(errors))


def main() -> None:
    options = arguments()
    # So that no process is left behind by a kill either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if options.read is not None:
        result = json.loads(options.read.read_text())
    else:
        if options.record is not None:
            options.record.mkdir(parents=True, exist_ok=True)
        result = {
            "date": f"{datetime.now(UTC):%d %B %Y}".lstrip("0"),
            "machine": machine(HERE / "package.json"),
            "clients": options.clients,
            "seed": options.seed,
            "profiles": {},
        }
        for n, name in enumerate(options.profiles, 1):
            print(f"{n} of {len(options.profiles)}: {name}, {options.seconds or PROFILES[name].seconds} s", flush=True)
            profile = result["profiles"][name] = run(name, options)
            print(f"{profile['says']}\n{page.profile_table(profile)}")
            print(*page.notes(profile), "", sep="\n", flush=True)
        if options.json is not None:
            options.json.write_text(json.dumps(result, indent=1) + "\n")
    result["goals"] = verdicts(result["profiles"], OURS, WATCHER)
    print(f"\n{page.goals_table(result['goals'])}")
    if options.write is not None:
        page.write(options.write, result)


if __name__ == "__main__":
    main()
