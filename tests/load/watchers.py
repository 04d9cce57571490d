"""What one who watches asks for, and what it costs whoever answers: `make bench-watchers`.

A real page in Chromium, the real server, a real nginx with the file of docs/examples. From these bytes, requests and
microseconds docs/capacity.md reckons what a ceremony with a million watchers takes.
"""

import argparse
import os
import platform
import re
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests import proxies
from tests.browser.conftest import FLAGS, WIDE, chromium_program
from tests.builders import a_programme, a_silence
from tests.live.conftest import Server, now_ms
from tests.load.clock.page import table
from tests.load.stage import work_s

PAGE = Path(__file__).resolve().parents[2] / "docs/capacity.md"
BEGIN, END = "<!-- watchers: begin -->", "<!-- watchers: end -->"
WATCHERS = 1_000_000
POINTS = 100
"""Places from which a CDN serves; each asks for itself."""

FRESH_S = 2
ARRIVE_S = 600
PORTION = 500
"""Questions by one line; nginx closes a line after a thousand."""

REQUEST = "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: br\r\n{more}\r\n"


@dataclass(slots=True)
class Traffic:
    """What a page asked for in some time; bytes as they came over the wire, heads included."""

    requests: int = 0
    bytes: int = 0
    timelines: int = 0
    clocks: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """One kind of answer: bytes on the wire, and what it costs who gives it, in microseconds of a core."""

    by: str
    what: str
    bytes: int
    work_us: float


@contextmanager
def house() -> Iterator[tuple[Server, proxies.Running]]:
    """With a ceremony whose silence is to come, and people in it."""
    with tempfile.TemporaryDirectory(prefix="memorata-watchers-") as folder:
        server = Server(Path(folder)).start()
        here = {
            "proxy_cache_path /var/cache/nginx/memorata": "proxy_cache_path {folder}/cache",
            "server 127.0.0.1:5080;": f"server {server.url.removeprefix('http://')};",
            "listen 80;": "listen 127.0.0.1:{port};",
        }
        with proxies.nginx(here, "nginx-watchers.conf") as front:
            assert front is not None, "nginx is not installed"
            try:
                yield server, front
            finally:
                server.stop()


def watched(server: Server, calm_s: int) -> dict[str, Traffic]:
    """One who watches: on arrival, in a calm minute, in the minute before a silence, and while it lasts."""
    at_ms = now_ms() + 3_600_000
    programme = a_programme("evening", at_ms=at_ms)
    minute = a_silence(invitation_s=60)
    items = tuple(minute if item.id == minute.id else item for item in programme.items)
    keys = server.plan(replace(programme, items=items))
    host = server.person(keys["host"]).connect()
    found: dict[str, Traffic] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=FLAGS)
        page = browser.new_context(locale="en", **WIDE).new_page()
        now = counted(page)
        page.goto(f"{server.url}/c/evening/watch?lang=en")
        page.wait_for_timeout(60_000)
        found["the first minute"] = now()
        page.wait_for_timeout(calm_s * 1000)
        calm = now()
        found["a calm minute"] = Traffic(
            *(round(x * 60 / calm_s) for x in (calm.requests, calm.bytes, calm.timelines, calm.clocks))
        )
        assert host.command("item.cue", item_id="minute", aimed_cue=0)["ok"]
        page.wait_for_timeout(75_000)
        found["the minute before a silence"] = now()
        page.wait_for_timeout(60_000)
        found["the minute of silence"] = now()
        browser.close()
    host.disconnect()
    return found


def counted(page: Page) -> Any:
    """Returns what gives the traffic since it was asked last."""
    kept = Traffic()
    addresses: dict[str, str] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def sent(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def done(event: dict[str, Any]) -> None:
        url = addresses.pop(event["requestId"], "")
        if url.startswith("http"):
            kept.requests += 1
            kept.bytes += int(event["encodedDataLength"])
            kept.timelines += "timeline.json" in url
            kept.clocks += "/clock" in url

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.loadingFinished", done)

    def now() -> Traffic:
        taken = replace(kept)
        kept.requests = kept.bytes = kept.timelines = kept.clocks = 0
        return taken

    return now


def answered(by: str, pids: list[int], port: int, what: str, path: str, times: int, more: str = "") -> Answered:
    """The same question again and again, many in one go, so that asking costs the answerer nothing."""
    request = REQUEST.format(path=path, host=f"127.0.0.1:{port}", more=more).encode()
    size = _ask(port, request, 1)
    _ask(port, request, PORTION)
    before = work_s(pids[0])
    for _ in range(times // PORTION):
        _ask(port, request, PORTION)
    work_us = (work_s(pids[0]) - before) / (times // PORTION * PORTION) * 1e6
    return Answered(by, what, size, work_us)


def _ask(port: int, request: bytes, times: int) -> int:
    """Bytes of the answers, which come by one line; all of them have been read."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.settimeout(30)
        line.sendall(request * times)
        buffer, size, left = b"", 0, times
        while left:
            block = line.recv(1 << 18)
            assert block, "the line was closed"
            buffer += block
            while left:
                head, sep, rest = buffer.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: (\d+)", head)
                body = int(length[1]) if length and b" 304 " not in head[:20] else 0
                if not sep or len(rest) < body:
                    break
                size += len(head) + 4 + body
                buffer, left = rest[body:], left - 1
    return size


def costs(server: Server, front: proxies.Running) -> list[Answered]:
    port = int(server.url.rsplit(":", 1)[1])
    found = []
    path = "/c/evening/timeline.json"
    for by, pids, where, times in (
        ("our server", [server.pid], port, 3_000), ("nginx", front.pids, front.port, 60_000)
    ):  # fmt: skip
        tag = _tag(where, path)
        found += [
            answered(by, pids, where, "the timeline", path, times),
            answered(by, pids, where, "the timeline, nothing new", path, times, f"If-None-Match: {tag}\r\n"),
            answered(by, pids, where, "the time", "/c/evening/clock?t0=12345.5", times),
        ]
    return found


def _tag(port: int, path: str) -> str:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(REQUEST.format(path=path, host=f"127.0.0.1:{port}", more="").encode())
        found = re.search(rb"(?i)etag: (.*?)\r", line.recv(1 << 16))
        assert found is not None
        return found[1].decode()


def document(traffic: dict[str, Traffic], answers: list[Answered], version: str) -> str:
    """The tables, and what they come to for a million."""
    day = datetime.now(UTC)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}"
    seen = table(
        ("one watcher", "requests", "kB", "timeline", "the time"),
        [
            (name, str(t.requests), f"{t.bytes / 1000:.1f}", str(t.timelines), str(t.clocks))
            for name, t in traffic.items()
        ],
    )
    given = table(
        ("answer", "bytes", "our server, µs", "nginx, µs"),
        [
            (ours.what, f"{ours.bytes} / {theirs.bytes}", f"{ours.work_us:.0f}", f"{theirs.work_us:.1f}")
            for ours, theirs in zip(answers[:3], answers[3:], strict=True)
        ],
    )
    return "\n\n".join(
        [
            f"Measured on {day.day} {day:%B %Y}: {machine}; Python {platform.python_version()}, Chromium {version}.",
            seen,
            given,
            reckoned(traffic, answers),
        ]
    )


def reckoned(traffic: dict[str, Traffic], answers: list[Answered]) -> str:
    first, calm = traffic["the first minute"], traffic["a calm minute"]
    busy, silent = traffic["the minute before a silence"], traffic["the minute of silence"]
    ours, nginx_time = answers[0], answers[5]

    def rate(count: float) -> str:
        return f"{count * WATCHERS / 60:,.0f}"

    rows = [
        ("first minute, if all come within ten", f"{first.bytes * WATCHERS * 8 / ARRIVE_S / 1e9:.1f} Gbit/s", "CDN"),
        ("requests each second, calm", rate(calm.timelines), "CDN"),
        ("bytes each second, calm", f"{calm.bytes * WATCHERS * 8 / 60 / 1e9:.2f} Gbit/s", "CDN"),
        ("requests for the timeline that reach the server", f"{POINTS / FRESH_S:.0f} a second", "our server"),
        ("their work", f"{POINTS / FRESH_S * ours.work_us / 1e6:.1%} of a core", "our server"),
        ("questions for the time, calm", f"{rate(calm.clocks)} a second", "nginx"),
        ("their work", f"{calm.clocks * WATCHERS / 60 * nginx_time.work_us / 1e6:.1f} cores", "nginx"),
        ("questions in the minute before a silence", f"{rate(busy.clocks)} a second", "nginx"),
        ("their work", f"{busy.clocks * WATCHERS / 60 * nginx_time.work_us / 1e6:.1f} cores", "nginx"),
        ("questions while it lasts", f"{rate(silent.clocks)} a second", "nginx"),
    ]  # fmt: skip
    return "### A million\n\n" + table(("what", "how much", "whose"), rows)


def write(path: Path, text: str) -> None:
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, f"{path} has no {BEGIN}"
    assert end, f"{path} has no {END}"
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-watchers", description=__doc__)
    parser.add_argument("--calm", type=int, default=120, help="seconds of calm that are watched")
    parser.add_argument("--write", action="store_true", help="renew the tables of docs/capacity.md")
    asked = parser.parse_args()
    with house() as (server, front):
        traffic = watched(server, asked.calm)
        answers = costs(server, front)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=FLAGS)
        version = browser.version
        browser.close()
    text = document(traffic, answers, version)
    print(text)
    if asked.write:
        write(PAGE, text)


if __name__ == "__main__":
    main()
