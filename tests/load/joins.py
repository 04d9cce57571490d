"""What it costs to come in: statements of the store, bytes and CPU of the server for each step of a crowd's arrival.

    python -m tests.load.joins --people 500 [--postgres]

Real server, plain sockets. What the server does anyway each second is measured first and taken off.
"""

import argparse
import contextlib
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from memorata.domain import items as i
from memorata.domain.programme import Programme
from tests import postgres
from tests.builders import a_programme, an_item
from tests.live.client import eventually, new_cmd_id
from tests.live.conftest import Server, now_ms
from tests.live.counted import FILE
from tests.live.visitor import Visitor

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
AT_ONCE = 32


IDLE_S = 4


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    statements: float
    commits: float
    bytes: float
    cpu_ms: float
    seconds: float


class Evening:
    """A crowd before one server; `idle` are the statements of each second in which nobody comes."""

    def __init__(self, server: Server, statements: Path, key: str, people: int) -> None:
        self.server, self.statements, self.key = server, statements, key
        at = urlsplit(server.url).netloc
        self.visitors = [Visitor(at, number) for number in range(people)]
        self.idle: Counter[str] = Counter()
        self.rows: list[Row] = []

    def rest(self) -> None:
        before = len(self._lines())
        time.sleep(IDLE_S)
        self.idle = Counter(self._lines()[before:])
        del self.idle["COMMIT"]

    def step(self, what: str, work: Callable[[Visitor], object]) -> None:
        """Everybody does it, so many at once; the step is over when the last is done."""
        before, cpu_s, heard = len(self._lines()), self._cpu_s(), sum(one.heard for one in self.visitors)
        began_s = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as hands:
            list(hands.map(work, self.visitors))
        took_s = time.monotonic() - began_s
        caused = Counter(self._lines()[before:])
        for said in self.idle:
            caused.pop(said, None)
        people = len(self.visitors)
        self.rows.append(
            Row(
                what,
                (sum(caused.values()) - caused["COMMIT"]) / people,
                caused["COMMIT"] / people,
                (sum(one.heard for one in self.visitors) - heard) / people,
                (self._cpu_s() - cpu_s) * 1000 / people,
                took_s,
            )
        )
        for said, times in caused.most_common(8):
            print(f"    {times:6} {said[:150]}")
        print(self.rows[-1])

    def _lines(self) -> list[str]:
        return self.statements.read_text().splitlines()

    def _cpu_s(self) -> float:
        words = Path(f"/proc/{self.server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) * TICK_S


def an_evening() -> Programme:
    """Candles from now on, so that everybody may light one."""
    items = (an_item("lobby", i.Lobby(), 60), an_item("candles", i.Candle(), 3600))
    return a_programme("remembrance-crowd", at_ms=now_ms() + 1000, items=items)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {FILE: str(folder / "statements")}
        if asked.postgres:
            database = stack.enter_context(postgres.running())
            assert database is not None, "PostgreSQL is not installed"
            environment["MEMORATA_DATABASE_URL"] = database.url()
        server = Server(folder / "data", **environment)
        server.module = "tests.live.counted"
        stack.callback(server.start().stop)
        key = server.plan(an_evening())["participant"]
        server.office.ceremonies.conduct("remembrance-crowd", on=True)
        state = server.office.ceremonies
        eventually(lambda: (state.follow(), state.state("remembrance-crowd").progress)[1].runs, "the candles")
        evening = Evening(server, folder / "statements", key, asked.people)
        evening.rest()
        evening.step("the page", lambda one: one.http("GET", f"/e/{key}"))
        evening.step("entering, for the first time", lambda one: one.enter(key))
        evening.step("the line, until the greeting", Visitor.connect)
        evening.step("the stage", lambda one: one.ask("stage_watch", {"picture": True}))
        evening.step("the list of names", lambda one: one.ask("roster", {"after": None, "search": ""}))
        candle = lambda one: one.ask("command", {"cmd_id": new_cmd_id(), "kind": "candle.light", "item_id": "candles"})  # noqa: E731
        evening.step("a candle", candle)
        for one in evening.visitors:
            one.close()
        time.sleep(2)
        evening.step("coming back after a lost line", Visitor.connect)
        for one in evening.visitors:
            one.close()
        time.sleep(2)
        evening.step("entering again", lambda one: one.enter(key))
    print()
    store = "PostgreSQL" if asked.postgres else "SQLite"
    print(f"{asked.people} people, {AT_ONCE} at once, {store}; Python {platform.python_version()}\n")
    print("|  | statements | of them commits | bytes down | server's CPU, ms | all in, s |")
    print("|---|---:|---:|---:|---:|---:|")
    for row in evening.rows:
        print(
            f"| {row.what} | {row.statements:.2f} | {row.commits:.2f} | {row.bytes:.0f} "
            f"| {row.cpu_ms:.2f} | {row.seconds:.2f} |"
        )


if __name__ == "__main__":
    main()
