"""How soon a speaker is seen, and what each who sees them costs, by both engines in one run: `make bench-stage`.

The real server, real pages in Chromium, a real Janus. The speaker has a browser of its own, whose work is told apart.
"""

import argparse
import contextlib
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests import janus as media
from tests.browser.cameras import WATCH, frames, sent
from tests.browser.conftest import FLAGS, PATIENCE_MS, WIDE, chromium_program
from tests.browser.test_stage_mesh import Evening, linked, tried
from tests.janus import Janus
from tests.live.client import eventually
from tests.live.conftest import Server

SLOW_S = 90
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
AWAKE = [
    "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
    "--disable-background-timer-throttling", "--use-fake-ui-for-media-stream",
]  # fmt: skip
SPEAKER = "--memorata-bench=speaker"


@dataclass(frozen=True, slots=True)
class Row:
    engine: str
    viewers: int
    first_ms: list[float]
    last_ms: list[float]
    speaker_percent: float
    server_percent: float
    janus_percent: float | None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-stage", description=__doc__)
    parser.add_argument("--mesh", default="1,2,4", help="how many see the speaker, from page to page")
    parser.add_argument("--janus", default="1,4,8", help="the same by Janus")
    parser.add_argument("--seconds", type=float, default=10, help="for how long work is measured")
    return parser.parse_args()


class Sitting:
    """Who sits down first speaks; the others see, all in another browser."""

    def __init__(self, speaker: Browser, viewers: Browser) -> None:
        self._browsers = [speaker, viewers]
        self._contexts: list[Any] = []

    def __call__(self, url: str, locale: str = "en", **options: Any) -> Page:
        browser = self._browsers[min(1, len(self._contexts))]
        context = browser.new_context(locale=locale, **{**WIDE, **options})
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS * 2)
        page = context.new_page()
        page.goto(url)
        return page

    def leave(self) -> None:
        for context in self._contexts:
            context.close()


def main() -> None:
    asked = arguments()
    rows: list[Row] = []
    with sync_playwright() as playwright:

        def launch(*flags: str) -> Browser:
            return playwright.chromium.launch(executable_path=chromium_program(), args=[*FLAGS, *AWAKE, *flags])

        speaker, viewers = launch(SPEAKER), launch()
        for engine, sizes in (("mesh", asked.mesh), ("janus", asked.janus)):
            with house(engine) as (server, janus):
                for size in [int(one) for one in sizes.split(",") if one]:
                    sitting = Sitting(speaker, viewers)
                    try:
                        rows.append(measured(engine, size, server, janus, sitting, asked.seconds))
                        print(told(rows[-1]), flush=True)
                    finally:
                        sitting.leave()
        print(f"\n{speaker.version}, {platform.machine()}, {os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}\n")
        speaker.close()
        viewers.close()
    print(table(rows))


@contextlib.contextmanager
def house(engine: str) -> Iterator[tuple[Server, Janus | None]]:
    with tempfile.TemporaryDirectory(prefix="memorata-bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        janus = stack.enter_context(media.running(folder / "janus")) if engine == "janus" else None
        more = (
            {}
            if janus is None
            else {
                "MEMORATA_JANUS_URL": janus.url,
                "MEMORATA_JANUS_SECRET": janus.secret,
                "MEMORATA_JANUS_ADMIN_KEY": janus.admin_key,
            }
        )
        (folder / "house").mkdir()
        server = Server(folder / "house", **more).start()
        stack.callback(server.stop)
        yield server, janus


def measured(engine: str, size: int, server: Server, janus: Janus | None, sit: Sitting, seconds: float) -> Row:
    evening = Evening(server, sit, f"{engine}-{size}")
    viewers = [evening.guest() for _ in range(size)]
    evening.call()
    tried(evening.vera)
    evening.vera.get_by_role("button", name="I am ready").click()
    if janus is not None:
        eventually(lambda: sent(evening.vera)["video"] > 0, "her picture at the media server", SLOW_S)
    for viewer in viewers:
        eventually(lambda page=viewer: linked(page), "the link that waits", SLOW_S)  # type: ignore[misc]
        viewer.evaluate(WATCH)
    called_ms = time.time() * 1000
    evening.grant()
    for viewer in viewers:
        eventually(lambda page=viewer: frames(page)["first_ms"], "the first picture", SLOW_S)  # type: ignore[misc]
    first = [frames(viewer)["first_ms"] - called_ms for viewer in viewers]
    time.sleep(3)  # what a browser does at the start is not what it does all the time
    counted: list[Callable[[], float]] = [
        lambda: work_s(pid_of(SPEAKER)), lambda: work_s(server.pid), lambda: 0.0 if janus is None else work_s(janus.pid)
    ]  # fmt: skip
    before, began = [count() for count in counted], time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - began
    speaker, served, mediated = (100 * (count() - was) / took for count, was in zip(counted, before, strict=True))
    released_ms = time.time() * 1000
    evening.do("floor.yield", entry_id=evening.entry)
    time.sleep(2)
    last = [frames(viewer)["last_ms"] - released_ms for viewer in viewers]
    evening.host.disconnect()
    return Row(engine, size, first, last, speaker, served, None if janus is None else mediated)


def pid_of(flag: str) -> int:
    """The process that was started with this flag."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes().split(b"\0")
            if flag.encode() in words and not any(word.startswith(b"--type=") for word in words):
                return int(path.parent.name)
    raise AssertionError(f"nothing runs with {flag}")


def work_s(root: int) -> float:
    """Seconds of a core that a process and all below it have used."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            # The name in parentheses may hold blanks.
            words = path.read_text().rpartition(")")[2].split()
            pid = int(path.parent.name)
            parents[pid], used[pid] = int(words[1]), (int(words[11]) + int(words[12])) * TICK_S
    return sum(each for pid, each in used.items() if _below(pid, root, parents))


def _below(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid not in (root, 0):
        pid = parents.get(pid, 0)
    return pid == root


def told(row: Row) -> str:
    return f"{row.engine}, {row.viewers}: first picture after {statistics.median(row.first_ms):.0f} ms"


def table(rows: list[Row]) -> str:
    head = (
        "| engine | pages | called to first picture, ms: least / median / most | released to last, ms: most "
        "| speaker's browser, % of a core | our server | Janus | Janus for each page |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    lines = []
    for row in rows:
        first = f"{min(row.first_ms):.0f} / {statistics.median(row.first_ms):.0f} / {max(row.first_ms):.0f}"
        janus = "-" if row.janus_percent is None else f"{row.janus_percent:.1f}"
        each = "-" if row.janus_percent is None else f"{row.janus_percent / row.viewers:.2f}"
        lines.append(
            f"| {row.engine} | {row.viewers} | {first} | {max(0, *row.last_ms):.0f} "
            f"| {row.speaker_percent:.0f} | {row.server_percent:.1f} | {janus} | {each} |"
        )
    return "\n".join([head, *lines])


if __name__ == "__main__":
    main()
