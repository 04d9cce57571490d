"""T13: the names of old people are kept as long as was said, and then nowhere: no log, no file, no export has them."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio
from requests.adapters import HTTPAdapter

from memorata.adapters.history import folded
from memorata.domain.programme import Programme
from tests.builders import a_programme
from tests.live.client import Person, eventually, fetch
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.live


DAY_MS = 86_400_000


class Evening:
    """A ceremony with everything in it that people write; `mark` is in all of their words, and in none of ours."""

    def __init__(self, server: Server, programme: Programme, come: Callable[..., Person]) -> None:
        self.server, self.ceremony_id = server, programme.ceremony_id
        mark = self.mark = "K" + secrets.token_hex(5)
        self.names = [f"{mark} Вера Сидоркина {mark}", f"Bruno {mark} Oliveira"]
        vera, bruno = ({"name": name, "community": f"Блокадники {mark}"} for name in self.names)
        self.keys = server.plan(programme)
        self.host = come(server, self.keys["host"], name="Hana")
        self.vera = come(server, self.keys["participant"], **vera, consent="full", country="AM", recording=True)
        self.bruno = come(server, self.keys["participant"], **bruno, consent="first", country="BR")
        self.chiyo = come(server, self.keys["participant"])
        entry, wish = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        words = {"entry_kind": "memory", "text": f"The sledge {mark}, and a well on the ice", "country": "AM"}
        self.granted(self.vera, "floor.request", cmd_id=entry, **vera, **words)
        self.granted(self.host, "floor.add", entry_kind="memory", name=f"Genrikh {mark}", note=f"+7 000 {mark}")
        self.granted(self.bruno, "wish.offer", cmd_id=wish, item_id="wishes", text=f"Meet again in May {mark}")
        self.granted(self.vera, "wish.offer", item_id="wishes", text=f"Never released {mark}")
        self.granted(self.host, "floor.edit", entry_id=entry, note=f"Speaks softly {mark}")
        self.granted(self.host, "floor.call", entry_id=entry)
        self.chiyo.at(self.granted(self.host, "wish.release", wish_id=wish))
        assert self.mark in told(self.chiyo.picture())
        assert self.mark in told(self.host.ask("roster", {}))

    def granted(self, who: Person, kind: str, **fields: Any) -> int:
        answer = who.command(kind, **fields)
        assert answer["ok"], answer
        return int(answer["seq"])

    def files(self, word: str = "") -> list[str]:
        """The files of the store in which a word of anybody, or this one, is still found."""
        folder = Path(self.server.environment["MEMORATA_DATA_DIR"])
        forms = [form for one in (word or self.mark,) for form in (one.encode(), one.encode("utf-16-le"), escaped(one))]
        found = [path for path in folder.rglob("*") if path.is_file()]
        assert found
        return [path.name for path in found if any(form in path.read_bytes() for form in forms)]

    def logged(self) -> list[str]:
        return [line for line in self.server.lines if self.mark in line]

    def holding(self, *who: Person) -> list[str]:
        """Who still holds, or got when they came, a word of anybody."""
        return [person.participant_id for person in who if self.mark in told(person.picture())]


def told(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def escaped(word: str) -> bytes:
    return json.dumps(word)[1:-1].encode()


def memorata(server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "memorata", *arguments],
        env={**os.environ, **server.environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def a_coming_programme() -> Programme:
    return a_programme(f"evening-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000)


def test_one_person_is_shown_what_is_kept_and_erased_while_the_server_runs(
    server: Server, people: Callable[..., Person]
) -> None:
    evening = Evening(server, a_coming_programme(), people)
    vera, bruno = evening.names
    exported = memorata(server, "privacy", "export", evening.ceremony_id, "--name", vera.upper())
    assert exported.returncode == 0, exported.stderr
    (kept,) = json.loads(exported.stdout)["people"]
    (row,) = kept["participants"]
    assert (row["name"], row["consent"], row["recording"]) == (vera, "full", True)
    kinds = {one["kind"] for one in kept["events"]}
    assert kinds == {"floor.requested", "floor.changed", "floor.called", "wish.offered"}
    assert "device_hash" not in exported.stdout
    erased = memorata(server, "privacy", "erase", evening.ceremony_id, "--person", evening.vera.participant_id, "--yes")
    assert erased.returncode == 0, erased.stderr
    # The server follows, tells everybody, and closes the lines of the one who is gone.
    eventually(lambda: evening.vera.gone == ["person.erased"], "the line to be closed")
    eventually(lambda: vera not in told(evening.host.picture()), "the host's queue to be without her")
    assert bruno in told(evening.chiyo.picture())
    assert evening.host.state.floor.entries[0].state == "withdrawn"
    assert [row["name"] for row in evening.host.ask("roster", {})["rows"]] == [bruno, "Hana", ""]
    status, answer = fetch(f"{server.url}/api/me", {}, {"Authorization": f"Bearer {evening.vera.token}"})
    assert (status, answer["code"]) == (401, "token.unknown")
    again = memorata(server, "privacy", "export", evening.ceremony_id, "--name", vera)
    assert (again.returncode, again.stdout) == (1, "")
    assert evening.files() != []
    assert [evening.files(word) for word in (vera, "The sledge " + evening.mark, "Never released " + evening.mark)] == [
        [], [], []
    ]  # fmt: skip


def test_after_the_names_of_all_are_erased_by_command_they_are_nowhere(
    server: Server, people: Callable[..., Person]
) -> None:
    evening = Evening(server, a_coming_programme(), people)
    everybody = (evening.host, evening.vera, evening.bruno, evening.chiyo)
    assert evening.files() != []
    erased = memorata(server, "privacy", "erase", evening.ceremony_id, "--ceremony-wide", "--yes")
    assert erased.returncode == 0, erased.stderr
    eventually(lambda: evening.holding(*everybody) == [], "every page to be without names")
    eventually(lambda: evening.bruno.you["participant"]["name"] == "", "people to be told that theirs is gone")
    late = people(server, evening.keys["host"])
    assert evening.mark not in told([late.welcomes, late.ask("roster", {}), late.picture()])
    # Who comes back after a lost line gets the past without the words, and comes to the same.
    assert people(server, evening.keys["participant"]).picture() == evening.chiyo.picture()
    exported = memorata(server, "ceremony", "export", evening.ceremony_id)
    replayed = memorata(server, "ceremony", "replay", evening.ceremony_id)
    assert (exported.returncode, replayed.returncode) == (0, 0), replayed.stderr
    assert evening.mark not in exported.stdout + replayed.stdout + erased.stdout + erased.stderr
    assert (evening.files(), evening.logged()) == ([], [])


def test_when_the_time_of_keeping_is_over_names_are_nowhere(own_server: Server, people: Callable[..., Person]) -> None:
    """A ceremony of forty days ago; its names are due the moment the server keeps them for a shorter time."""
    own_server.stop()
    own_server.environment["MEMORATA_NAMES_DAYS"] = "365"
    own_server.start()
    evening = Evening(own_server, a_programme("past", at_ms=now_ms() - 40 * DAY_MS), people)
    boot = page_boot(own_server, evening.keys["host"])
    assert (boot["keeping"]["erased_ms"], boot["keeping"]["until_ms"] > now_ms()) == (None, True)
    for person in (evening.host, evening.vera, evening.bruno, evening.chiyo):
        person.disconnect()
    own_server.stop()
    assert evening.files() != []
    own_server.environment["MEMORATA_NAMES_DAYS"] = "30"
    own_server.start()
    eventually(lambda: evening.files() == [], "the files to be without names", 20)
    boot = page_boot(own_server, evening.keys["host"])
    assert abs(boot["keeping"]["erased_ms"] - now_ms()) < 60_000
    # Once: neither another start nor another process does it again.
    own_server.stop()
    assert (evening.files(), evening.logged()) == ([], [])
    own_server.start()
    assert evening.holding(people(own_server, evening.keys["host"])) == []
    own_server.office.retention.scan()
    history = own_server.office.log.events(evening.ceremony_id, 0)
    assert [one.event.kind for one in history].count("names.erased") == 1
    assert folded(history) == own_server.office.ceremonies.state(evening.ceremony_id)


def page_boot(server: Server, key: str) -> dict[str, Any]:
    page = requests.get(f"{server.url}/h/{key}", timeout=10).text
    boot: dict[str, Any] = json.loads(page.split('id="boot">', 1)[1].split("</script>", 1)[0])
    return boot


def test_remove_me_takes_a_released_wish_off_every_screen_within_a_second(
    server: Server, people: Callable[..., Person]
) -> None:
    evening = Evening(server, a_coming_programme(), people)
    vera, bruno = evening.names
    second = people(server, evening.keys["participant"], device=evening.bruno.device)
    assert second.participant_id == evening.bruno.participant_id
    evening.granted(evening.host, "ceremony.close")
    bearer = {"Authorization": f"Bearer {evening.bruno.token}"}
    pressed = time.monotonic()
    status, answer = fetch(f"{server.url}/api/me/erase", {}, bearer)
    assert (status, answer) == (200, {"erased": True})
    eventually(lambda: evening.chiyo.state.tributes.wishes == (), "the wish to be off the screen")
    took_s = time.monotonic() - pressed
    print(f"a released wish was off the other screen {took_s * 1000:.0f} ms after the press")
    assert took_s < 2  # the aim is a second; the machines that run this are shared
    eventually(lambda: evening.bruno.gone + second.gone == ["person.erased"] * 2, "all lines of his to be closed")
    assert bruno not in told(evening.host.picture())
    assert vera in told(evening.host.picture())
    again = people(server, evening.keys["participant"], device=evening.bruno.device)
    assert (again.participant_id != evening.bruno.participant_id, again.you["participant"]["name"]) == (True, "")
    status, answer = fetch(f"{server.url}/api/me/erase", {}, bearer)
    assert (status, answer["code"]) == (401, "token.unknown")
    assert [evening.files(word) for word in (bruno, "Meet again in May " + evening.mark)] == [[], []]


@pytest.mark.parametrize("body", [None, "[]", '{"all": true}', "x"])
def test_nobody_is_removed_by_the_form_of_another_site(
    server: Server, ceremony: dict[str, str], body: str | None
) -> None:
    keys = ceremony
    guest = server.person(keys["participant"]).enter()
    told = {"Authorization": f"Bearer {guest.token}"}
    if body is None:
        answer = requests.post(f"{server.url}/api/me/erase", data={"all": "true"}, headers=told, timeout=10)
    else:
        told["Content-Type"] = "application/json"
        answer = requests.post(f"{server.url}/api/me/erase", data=body, headers=told, timeout=10)
    assert answer.status_code in (400, 415), answer.text
    assert fetch(f"{server.url}/api/me", {}, {"Authorization": f"Bearer {guest.token}"})[0] == 200


# --- addresses ---

JSON = b"Content-Type: application/json\r\n"
HERE = "127.0.0.9"
FORWARDED = ("203.0.113.77", "2001:db8::77:1")


@pytest.fixture(params=["eventlet", "threading"])
def proxied(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    started = Server(
        tmp_path, MEMORATA_PROXIES="1", MEMORATA_ASYNC_MODE=request.param, MEMORATA_LOG_LEVEL="DEBUG"
    ).start()
    yield started
    started.stop()


class _FromHere(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, source_address=(HERE, 0), **kwargs)


def test_no_address_of_anybody_is_written_down(proxied: Server) -> None:
    """Neither of those who behave, nor of those who send nonsense, whose addresses web servers like to keep."""
    keys = proxied.plan(a_programme("evening", at_ms=now_ms() + 600_000))
    port = int(proxied.environment["MEMORATA_PORT"])
    session = requests.Session()
    session.mount("http://", _FromHere())
    for forwarded in FORWARDED:
        told = {"X-Forwarded-For": forwarded, "X-Real-IP": forwarded, "Forwarded": f"for={forwarded}"}
        for path in ("/", f"/e/{keys['participant']}", "/nowhere", "/c/evening/timeline.json", "/e/unknown"):
            session.get(proxied.url + path, headers=told, timeout=10)
        session.post(f"{proxied.url}/api/enter", json={"key": keys["participant"]}, headers=told, timeout=10)
        session.post(f"{proxied.url}/api/enter", data=b"{", headers=told, timeout=10)
    line = socketio.Client(http_session=session, reconnection=False, handle_sigint=False)
    token = session.post(f"{proxied.url}/api/enter", json={"key": keys["participant"]}, timeout=10).json()["token"]
    line.connect(proxied.url, auth={"token": token}, namespaces=["/live"], transports=["polling"], wait_timeout=10)
    line.call("sync", {"epoch": "", "seq": 0}, namespace="/live", timeout=10)
    line.emit("command", {"kind": "nonsense"}, namespace="/live")
    line.disconnect()
    for nonsense in (
        b"GET / HTTP/9.9\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n",
        b"POST /api/enter HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" + JSON + b"\r\nzz\r\n",
        b"POST /api/enter HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        b"GET /socket.io/?EIO=4&transport=polling&sid=unknown HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ):
        with contextlib.closing(socket.create_connection(("127.0.0.1", port), 5, (HERE, 0))) as raw:
            raw.settimeout(0.5)
            raw.sendall(nonsense)
            with contextlib.suppress(OSError):
                raw.recv(2000)
    status, _ = fetch(f"{proxied.url}/health")
    assert status == 200
    proxied.stop()
    folder = Path(proxied.environment["MEMORATA_DATA_DIR"])
    kept = "\n".join(
        [*proxied.lines, *(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file())]
    )
    assert [address for address in (HERE, *FORWARDED) if address in kept] == []
    assert keys["participant"] not in "\n".join(proxied.lines)
    # A log that says nothing at all would pass, too.
    assert any("broken request" in line for line in proxied.lines)
