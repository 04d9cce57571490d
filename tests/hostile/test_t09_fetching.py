"""T9, a server that is talked into calling somebody: whatever people write, it never reaches out.

When it looks at the links of a ceremony, it calls those that its organizer has planned, and nobody else.

The server runs with an audit hook of the interpreter that notes every connection, datagram, look-up of a name and new
process (tests/hostile/outbound). A canary listens besides, for what no hook of Python would see.
"""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from memorata.adapters.store.archives import SqlArchives
from memorata.adapters.store.dues import SqlDues
from memorata.domain.broadcast import parse_link
from memorata.domain.items import Film, Media
from memorata.domain.programme import Programme
from memorata.services.planning_ports import Due
from tests.builders import a_programme, an_item
from tests.live.client import eventually, fetch
from tests.live.conftest import SECRET, Server, now_ms

pytestmark = pytest.mark.live

OUTBOUND = Path(__file__).parent / "outbound"


class Canary:
    """Listens on this machine and counts who calls."""

    def __init__(self) -> None:
        self.callers: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _listen(self) -> None:
        while True:
            try:
                line, caller = self._listener.accept()
            except OSError:
                return
            self.callers.append(str(caller))
            line.close()

    def close(self) -> None:
        # A thread that waits in accept is woken by a shutdown alone.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    found = Canary()
    yield found
    found.close()


def watched(notes: Path) -> dict[str, str]:
    """The environment of a process that notes whenever it reaches out."""
    path = os.pathsep.join([str(OUTBOUND), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {"PYTHONPATH": path, "MEMORATA_TEST_OUTBOUND": str(notes)}


def reached(notes: Path) -> list[list[str]]:
    return [json.loads(line) for line in notes.read_text().splitlines()]


def outward(notes: Path, canary: Canary) -> list[list[str]]:
    """Without the lines that a process has to itself: threads of eventlet's pool wake its loop over one.

    Nor what is said by a line that is there already: who opened it was noted then, unless they came to us.
    """
    own = re.compile(rf"\('127\.0\.0\.1', (?!{canary.port}\b)\d+\)")
    return [
        each
        for each in reached(notes)
        if not (each[0] == "socket.connect" and own.fullmatch(each[-1]))
        and not (each[0] == "socket.sendmsg" and each[-1] == "None")
    ]


def links(canary: Canary) -> list[str]:
    return [
        f"http://{canary.address}/preview",
        f"https://{canary.address}/a.mp4",
        f"//{canary.address}/oembed",
        f"http://localhost:{canary.port}/",
        "http://169.254.169.254/latest/meta-data/",
        "https://canary.example/a.mp4",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "ftp://canary.example/a",
        "file:///etc/passwd",
        "\\\\canary.example\\share",
        f"mailto:somebody@{canary.address}",
    ]


def a_shown_programme() -> Programme:
    """One that shows films of other places: pages name them, and browsers fetch them."""
    sources = (
        parse_link("https://canary.example/a.mp4"),
        parse_link("https://live.canary.example/hall.m3u8"),
        parse_link("https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    )
    film = an_item("film", Film(), 60, media=Media(sources=sources, still="https://canary.example/a.jpg"))
    programme = a_programme(at_ms=now_ms() + 600_000)
    return replace(programme, items=(*programme.items[:-1], film, programme.items[-1]))


@pytest.mark.parametrize("patched", [True, False])
def test_the_notes_would_show_it(tmp_path: Path, canary: Canary, patched: bool) -> None:
    notes = tmp_path / "reached"
    program = f"""
if {patched}:
    import warnings; warnings.simplefilter("ignore")
    import eventlet; eventlet.monkey_patch()
import socket, urllib.request
try:
    urllib.request.urlopen("http://{canary.address}/", timeout=5)
except OSError:
    pass
socket.getaddrinfo("localhost", 443)
"""
    subprocess.run([sys.executable, "-c", program], env={**os.environ, **watched(notes)}, check=True, timeout=60)
    told = outward(notes, canary)
    assert ["socket.connect", f"('127.0.0.1', {canary.port})"] in [
        [each[0], each[2]] for each in told if len(each) == 3
    ]
    assert len(canary.callers) == 1
    if not patched:
        assert ["socket.getaddrinfo", "'localhost'"] in [each[:2] for each in told]


def test_nothing_that_is_written_makes_the_server_call_anybody(tmp_path: Path, canary: Canary) -> None:
    notes = tmp_path / "reached"
    server = Server(tmp_path / "data", MEMORATA_SECURITY_CONTACT="https://canary.example/report", **watched(notes))
    server.start()
    programme = a_shown_programme()
    keys = server.plan(programme)
    try:
        before = len(outward(notes, canary))
        for link in links(canary):
            come_in(server, keys, link)
        ask_for_pages(server, programme.ceremony_id, keys, canary)
        assert outward(notes, canary)[before:] == []
    finally:
        server.stop()
    # Nor at the start, nor at the end.
    assert outward(notes, canary) == []
    assert canary.callers == []
    assert server.defects() == []


CANARIES = {"canary.example", "live.canary.example"}
"""The hosts of the programme below; nobody has these names, so that this test calls nobody either."""


@pytest.mark.parametrize(("setting", "called"), [("on", CANARIES), ("off", set())])
def test_of_itself_it_calls_the_hosts_that_are_planned_and_nobody_else(
    tmp_path: Path, canary: Canary, setting: str, called: set[str]
) -> None:
    notes = tmp_path / "reached"
    server = Server(tmp_path / "data", MEMORATA_LINK_CHECKS=setting, **watched(notes))
    server.start()
    sources = (parse_link("https://canary.example/a.mp4"), parse_link("https://live.canary.example/hall.m3u8"))
    film = an_item("film", Film(), 60, media=Media(sources=sources, still="https://canary.example/a.jpg"))
    programme = a_programme(at_ms=now_ms() + 600_000)
    keys = server.plan(replace(programme, items=(*programme.items[:-1], film, programme.items[-1])))
    name = programme.ceremony_id
    try:
        for link in links(canary):
            come_in(server, keys, link)
        assert outward(notes, canary) == []
        dues = SqlDues(server.office.database)
        dues.put([Due("link_check", name, now_ms(), "15min")])
        eventually(lambda: [due.state for due in dues.of_subject(name)] == ["done"], "the look", 30)
        told = outward(notes, canary)
        assert {each[0] for each in told} <= {"socket.getaddrinfo"}
        assert {each[1].strip("'") for each in told} == called
        checks = SqlArchives(server.office.database).checks(name)
        assert {urlsplit(check.link).hostname for check in checks} == called
        assert {check.said for check in checks} == ({"There is no such site."} if called else set())
    finally:
        server.stop()
    assert canary.callers == []
    assert server.defects() == []


def come_in(server: Server, keys: dict[str, str], link: str) -> None:
    """Enter, and write the link into all that a person can write."""
    person = server.person(keys["participant"], name=link[:60], community=link[:80], consent="full").connect()
    told = {"Authorization": f"Bearer {person.token}"}
    assert fetch(f"{server.url}/api/me", {"name": link[:60], "language": "en"}, told)[0] == 200
    wish = person.command("wish.offer", item_id="wishes", text=f"Look at {link}", name=link[:60])
    assert wish["ok"], wish
    asked = person.command("floor.request", entry_kind="poem", name=link[:60], community=link[:60], text=link)
    assert asked["ok"], asked
    person.disconnect()
    # Nor a device, a key, or a link in the place of a whole message.
    for body in (
        {"key": keys["participant"], "device": link},
        {"key": link},
        {"key": keys["participant"], "hall": link},
    ):
        assert fetch(f"{server.url}/api/enter", body)[0] in (400, 404, 422)


def ask_for_pages(server: Server, ceremony_id: str, keys: dict[str, str], canary: Canary) -> None:
    """Every page of the ceremony, and addresses that carry another one."""
    forged = {
        "Referer": f"http://{canary.address}/",
        "X-Forwarded-For": "canary.example",
        "From": "somebody@canary.example",
        "Via": f"1.1 {canary.address}",
    }
    for path in (
        "/",
        f"/c/{ceremony_id}",
        f"/c/{ceremony_id}/watch",
        f"/c/{ceremony_id}/programme.json",
        f"/c/{ceremony_id}/calendar.ics",
        f"/e/{keys['participant']}",
        f"/h/{keys['host']}",
        "/api/openapi.json",
        "/.well-known/security.txt",
    ):
        assert fetch(server.url + path, headers=forged)[0] == 200, path
    for link in links(canary):
        hidden = quote(link, safe="")
        for path in (f"/media/{hidden}", f"/c/{hidden}", f"/e/{hidden}", f"/?url={hidden}", f"/page/{hidden}"):
            assert fetch(server.url + path, headers=forged)[0] in (200, 404), path


def test_nor_does_the_check_of_schedules(tmp_path: Path, canary: Canary) -> None:
    notes = tmp_path / "reached"
    (tmp_path / "schedules").mkdir()
    sources = json.dumps(
        ["https://canary.example/a.mp4", "https://www.youtube.com/watch?v=dQw4w9WgXcQ", *links(canary)]
    )
    (tmp_path / "schedules/a-day.toml").write_text(
        'title = "A day"\nlanguages = ["en"]\nsource = "https://canary.example/minutes"\nholding_still = '
        '"https://canary.example/still.jpg"\n\n[date]\nbase = 1944-01-27\ntime = "14:00"\nzone = "Europe/Moscow"\n\n'
        f'[[items]]\nid = "film"\nkind = "film"\ntitle = "Film"\nplanned_s = 60\n[items.media]\nsources = {sources}\n'
    )
    for command in ("check", "load"):
        done = subprocess.run(
            [sys.executable, "-m", "memorata", "schedules", command],
            env={
                **os.environ,
                **watched(notes),
                "MEMORATA_DATA_DIR": str(tmp_path / "data"),
                "MEMORATA_SCHEDULES_DIR": str(tmp_path / "schedules"),
                "MEMORATA_SECRET_KEY": SECRET,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert f"'http://{canary.address}/preview' is neither" in done.stdout + done.stderr
    assert reached(notes) == []
    assert canary.callers == []
