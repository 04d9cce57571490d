"""T12: links cannot be guessed: none of ten thousand guesses is right, and after a few the guesser is told to wait."""

import base64
import json
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.builders import a_programme
from tests.hostile.raw import ask, connect
from tests.live.client import fetch
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.hostile

GUESSES, AT_ONCE = 10_000, 100


def guess() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()


def statuses(answers: bytes) -> tuple[list[int], bytes]:
    """Of answers that come one after the other on one line, each with its length; and what is not whole yet."""
    found = []
    while True:
        head, end, rest = answers.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
        if not end or len(rest) < length:
            return found, answers
        found.append(int(lines[0].split()[1]))
        answers = rest[length:]


def asked(server: Server, paths: Iterator[str], *headers: str) -> Counter[int]:
    """The statuses of all these, asked on one line, some at once."""
    head = "".join(f"{header}\r\n" for header in (f"Host: {server.url[7:]}", "Accept: application/json", *headers))
    counted: Counter[int] = Counter()
    with connect(server) as line:
        while some := [*islice(paths, AT_ONCE)]:
            line.sendall("".join(f"GET {path} HTTP/1.1\r\n{head}\r\n" for path in some).encode())
            heard, missing = b"", len(some)
            while missing:
                part = line.recv(1 << 16)
                assert part, "the line was closed"
                found, heard = statuses(heard + part)
                counted.update(found)
                missing -= len(found)
    return counted


def test_ten_thousand_guesses_open_nothing_and_trip_the_limiter(own_server: Server) -> None:
    keys = own_server.plan(a_programme(at_ms=now_ms() + 600_000))
    began = time.monotonic()
    counted = asked(own_server, (f"/{'he'[n % 2]}/{guess()}" for n in range(GUESSES)))
    print(f"{GUESSES} guesses in {time.monotonic() - began:.1f} s: {dict(counted)}")
    assert set(counted) == {404, 429}
    assert counted[404] <= 45
    # Whoever has the right link comes in from the same house all the same, by the page and by the program.
    assert ask(own_server, "GET", "/c/remembrance-2027").status == 200
    assert fetch(f"{own_server.url}/api/enter", {"key": keys["participant"]})[0] == 200
    told = ask(
        own_server, "POST", "/api/enter", {"Content-Type": "application/json"}, json.dumps({"key": "x"}).encode()
    )
    assert told.status == 429
    assert json.loads(told.body)["code"] == "request.too_many"
    assert 0 < int(told.headers["Retry-After"]) <= 300
    log = (Path(own_server.environment["MEMORATA_DATA_DIR"]) / "security.log").read_text()
    assert '"what": "limiter.tripped"' in log
    assert len(log) < 100_000
    assert len(own_server.lines) < 100, "guessing must not fill the log"


def test_what_there_is_not_and_what_one_may_not_see_are_said_alike(server: Server, ceremony: dict[str, str]) -> None:
    wrong = ask(server, "GET", "/h/" + guess(), {"Accept": "application/json"})
    not_theirs = ask(server, "GET", "/h/" + ceremony["participant"], {"Accept": "application/json"})
    assert (wrong.status, wrong.body) == (not_theirs.status, not_theirs.body)


def test_two_hundred_people_of_one_house_come_in_at_once(tmp_path: Path) -> None:
    """Behind one address: the page, a file, the entry, the timeline, for each of them."""
    server = Server(tmp_path, MEMORATA_PROXIES="1").start()
    try:
        keys = server.plan(a_programme(at_ms=now_ms() + 600_000))
        house = {"X-Forwarded-For": "203.0.113.7"}
        paths = (f"/e/{keys['participant']}", "/page/page.css", "/c/remembrance-2027/timeline.json")
        came = asked(server, (path for _ in range(200) for path in paths), *(f"{k}: {v}" for k, v in house.items()))
        assert came == {200: 600}
        for n in range(200):
            body = {"key": keys["participant"], "name": f"Guest {n}"}
            assert fetch(f"{server.url}/api/enter", body, house)[0] == 200
    finally:
        server.stop()
    assert server.defects() == []
    assert not any("203.0.113" in line for line in server.lines)
    assert "limiter.tripped" not in (tmp_path / "security.log").read_text()
