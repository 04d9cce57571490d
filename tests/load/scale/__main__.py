"""Measures what a server holds, and how soon everybody hears, beside bare peers in the same run: `make bench`."""

import argparse
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.load.machine import machine
from tests.load.scale import page
from tests.load.scale.crowd import compiled
from tests.load.scale.figures import is_disturbed, quietest_ms
from tests.load.scale.placing import disk_ms, goes_first
from tests.load.scale.servers import (
    CANDIDATES,
    OURS,
    OURS_PLAIN,
    Hall,
    Sizes,
    has_fast_transport,
    serving,
)
from tests.load.scale.sitting import FIRST, HOST, Place, Sitting, people

HERE = Path(__file__).resolve().parent
SITTINGS = ("stay", "go")
HOLD_FROM, HOLD_S = 5000, 25.0
"""From how many clients on it is looked whether they stay, through two rounds of the pings of all servers."""
LOOK = 100
"""So many come to see how long our messages are."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--clients", default="1000", help="how many come; several numbers with , between them")
    parser.add_argument("--repeats", type=int, default=3, help="rounds, of whose figures medians are told")
    parser.add_argument("--candidates", default=";".join(CANDIDATES), help="names from the table, with ; between them")
    parser.add_argument("--sittings", default=",".join(SITTINGS), help="stay: they come and stay; go: they go and come")
    parser.add_argument(
        "--again", type=int, default=0, metavar="N", help="repeat what was disturbed, N times at the most"
    )
    parser.add_argument("--hold", type=float, metavar="S", help=f"stay so long; else {HOLD_S:.0f} from {HOLD_FROM} on")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures")
    parser.add_argument("--read", type=Path, metavar="FILE", nargs="+", help="figures of earlier runs instead of a run")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="renew the tables in a page, as docs/performance.md")
    options = parser.parse_args()
    options.clients = [int(one) for one in options.clients.split(",")]
    options.candidates = [one.strip() for one in options.candidates.split(";")]
    options.sittings = options.sittings.split(",")
    for given, known in ((options.candidates, CANDIDATES), (options.sittings, SITTINGS)):
        if unknown := [name for name in given if name not in known]:
            parser.error(f"unknown: {', '.join(unknown)}; there are: {', '.join(known)}")
    if OURS_PLAIN in options.candidates and not has_fast_transport():
        options.candidates.remove(OURS_PLAIN)  # there is only one way then
    return options


def ready(clients: list[int]) -> None:
    """As many files may be open as the system allows.

    Raises: SystemExit: those are too few.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < max(clients) + 200:
        raise SystemExit(f"bench: {max(clients)} clients need as many open files, and this system allows {most}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def cores() -> tuple[int | None, int | None]:
    """Which core the servers get, and which the generator; `None` twice where there is one only."""
    there = sorted(os.sched_getaffinity(0))
    return (there[0], there[1]) if len(there) > 1 else (None, None)


def measured(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    server_core, crowd_core = cores()
    place = Place(server_core, crowd_core, compiled(folder))
    result: dict[str, Any] = {
        "date": f"{datetime.now(UTC):%d %B %Y}".lstrip("0"),
        "machine": machine(HERE / "package.json"),
        "cores": {"server": server_core, "crowd": crowd_core},
        "in_haste": goes_first(),
        "disk_ms": disk_ms(folder),
        "rounds": {str(clients): options.repeats for clients in options.clients},
        "sizes": {},
    }
    sizes = look(folder, place)
    result["messages"] = {"welcome": sizes.welcome, "event": sizes.event}
    if crowd_core is not None:
        os.sched_setaffinity(0, {crowd_core})
    for clients in options.clients:
        with tempfile.TemporaryDirectory(prefix="hall-", dir=folder) as at:
            hall = Hall(Path(at), people(clients))
            runs: dict[str, list[Any]] = {candidate: [] for candidate in options.candidates}
            result["sizes"][str(clients)] = runs
            for turn, candidate, sitting in sittings(options):
                for _ in range(options.again + 1):
                    began = time.monotonic()
                    told = sit(candidate, sitting, clients, hall, sizes, place, options.hold)
                    runs[candidate] += told
                    took = f"{time.monotonic() - began:.0f} s"
                    if disturbed := doubtful(told, result):
                        took += ", disturbed"
                    print(f"  {clients} clients, round {turn + 1}, {candidate}, {sitting}: {took}", flush=True)
                    if not disturbed:
                        break
    return result


def sittings(options: argparse.Namespace) -> Iterator[tuple[int, str, str]]:
    """Round, candidate and sitting, in their order: nobody always comes first, or always after the same one."""
    for turn in range(options.repeats):
        shift = turn % len(options.candidates)
        for candidate in options.candidates[shift:] + options.candidates[:shift]:
            for sitting in options.sittings:
                yield turn, candidate, sitting


def doubtful(told: list[dict[str, Any]], result: dict[str, Any]) -> bool:
    """Whether any of these measurements was disturbed, as far as the run has shown how quiet the machine can be."""
    best_ms = quietest_ms(run for of in result["sizes"].values() for runs in of.values() for run in runs)
    return any(is_disturbed(run, best_ms) for run in told)


def look(folder: Path, place: Place) -> Sizes:
    """How long our messages are, which the others send in the same size."""
    with tempfile.TemporaryDirectory(prefix="look-", dir=folder) as at:
        hall = Hall(Path(at), people(LOOK))
        with serving(OURS, hall, Sizes(0, 0), Path(at), place.server_core) as server:
            sitting = Sitting(server, hall.auths, LOOK, place)
            sitting.insiders()
            sitting.crowd.join(range(FIRST, FIRST + LOOK), within_s=30)
            sitting.crowd.fan(HOST, times=1, gap_ms=500, within_s=10)
            told = sitting.crowd.look()
            sitting.end()
    if not told["welcome_size"] or not told["event_size"]:
        raise SystemExit("bench: our server has sent no event")
    return Sizes(told["welcome_size"], told["event_size"])


def sit(
    candidate: str, name: str, clients: int, hall: Hall, sizes: Sizes, place: Place, hold_s: float | None
) -> list[dict[str, Any]]:
    """One sitting, with a server of its own; what could not be measured is told and left out."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as at,
        serving(candidate, hall, sizes, Path(at), place.server_core) as server,
    ):
        sitting = Sitting(server, hall.auths, clients, place)
        try:
            sitting.insiders()
            if name == "go":
                sitting.go_and_come()
            else:
                sitting.arrive()
                stay_s = hold_s if hold_s is not None else HOLD_S if clients >= HOLD_FROM else 0
                if stay_s:
                    sitting.hold(stay_s)
                sitting.hear()
        except RuntimeError as fault:
            print(f"  {candidate}: {fault}", file=sys.stderr)
        finally:
            measurements = sitting.end()
    return measurements


def merged(paths: list[Path]) -> dict[str, Any]:
    """Runs for different numbers of clients as one; the machine and the date are the last one's."""
    results = [json.loads(path.read_text()) for path in paths]
    whole: dict[str, Any] = results[-1]
    for part in ("sizes", "rounds"):
        parts = {clients: of for result in results for clients, of in result[part].items()}
        whole[part] = dict(sorted(parts.items(), key=lambda pair: int(pair[0])))
    return whole


def main() -> None:
    options = arguments()
    # So that no process is left behind by a kill either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if options.read:
        result = merged(options.read)
    else:
        ready(options.clients)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            result = measured(options, Path(folder))
        if options.json is not None:
            options.json.write_text(json.dumps(result, indent=1) + "\n")
    print(f"\n{page.document(result)}")
    if options.write is not None:
        page.write(options.write, result)


if __name__ == "__main__":
    main()
