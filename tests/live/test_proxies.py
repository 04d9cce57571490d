"""Two workers behind each proxy of docs/examples, with exactly that file: lines of both kinds, and who is where."""

import json
import secrets
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import proxies
from tests.builders import a_programme
from tests.live.client import Person, eventually, fetch
from tests.live.conftest import now_ms, pin_of
from tests.live.fleet import Fleet
from tests.postgres import PostgreSQL
from tests.proxies import EXAMPLES
from tests.redis import Redis

pytestmark = pytest.mark.live

COUNT = 12


@pytest.fixture(scope="module")
def fleet(postgresql: PostgreSQL, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    started = Fleet(
        tmp_path_factory.mktemp("fleet"),
        MEMORATA_DATABASE_URL=postgresql.url(),
        MEMORATA_REDIS_URL=redis_server.url,
        MEMORATA_PROXIES="1",
    ).start()
    yield started
    assert started.stop() == 0
    assert [line for line in started.lines if "Traceback" in line] == []


@pytest.fixture(params=["nginx", "haproxy", "caddy"])
def front(request: pytest.FixtureRequest, fleet: Fleet) -> Iterator[str]:
    """The address of a proxy before both workers; nothing is changed but ports, folders and the lines for TLS."""
    one, two = (url.removeprefix("http://") for url in fleet.urls)
    workers = {"127.0.0.1:5080": one, "127.0.0.1:5081": two}
    running = {
        "nginx": lambda: proxies.nginx({**workers, "listen 80;": "listen 127.0.0.1:{port};"}),
        "haproxy": lambda: proxies.haproxy(
            {
                **workers,
                "bind :80": "bind 127.0.0.1:{port}",
                "/run/haproxy/admin.sock": "{folder}/admin.sock",
                "maxconn 40000": "maxconn 2000",
            }
        ),
        "caddy": lambda: proxies.caddy({**workers, "memory.example.org": "http://127.0.0.1:{port}"}),
    }[request.param]
    with running() as proxy:
        if proxy is None:
            pytest.skip(f"{request.param} is not installed (Debian: apt-get install {request.param})")
        eventually(lambda: fetch(f"{proxy.url}/healthz")[0] == 200, "the workers behind it")
        yield proxy.url


def browser(front: str, key: str, **profile: object) -> Person:
    """Somebody who has opened a page, and keeps the cookie that came with it."""
    person = Person(front, key, pin=pin_of(key), **profile)
    with urllib.request.urlopen(f"{front}/", timeout=10) as answer:
        person.cookie = answer.headers.get("Set-Cookie", "").partition(";")[0]
    assert person.cookie.startswith("memorata_at=")
    return person


def lines(fleet: Fleet) -> list[int]:
    """How many are connected to each worker."""
    numbers = [fetch(f"{url}/metrics")[1] for url in fleet.urls]
    return [int(float(text.partition("\nmemorata_sockets_open ")[2].split("\n")[0])) for text in numbers]


def test_lines_of_both_kinds_come_to_both_workers_and_all_see_the_same(front: str, fleet: Fleet) -> None:
    keys = fleet.plan(a_programme(f"behind-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000))
    before = lines(fleet)
    host = browser(front, keys["host"]).connect()
    crowd = [browser(front, keys["participant"], country="JP") for _ in range(COUNT)]
    for number, person in enumerate(crowd):
        person.connect(transports=(("polling",), ("websocket",), ("polling", "websocket"))[number % 3])
    everybody = [host, *crowd]
    here = [now - then for now, then in zip(lines(fleet), before, strict=True)]
    assert sum(here) == COUNT + 1
    assert min(here) > 0, "both workers have people"
    seq = host.command("floor.set_asking", on=False)["seq"]
    for person in everybody:
        person.at(seq)
    assert len({json.dumps(person.picture()["floor"]) for person in everybody}) == 1
    for person in everybody:
        eventually(lambda person=person: person.presence["people"] == COUNT + 1, "all to be counted")
    assert len(host.roster()) == COUNT + 1

    # Who comes back, to whichever worker, has the seat that they had.
    mover = crowd[0]
    seen = len(host.presences)
    for _ in range(4):
        mover.disconnect()
        mover.cookie = browser(front, keys["participant"]).cookie
        mover.connect()
    assert {presence["people"] for _, presence in host.presences[seen:]} <= {COUNT + 1}
    eventually(lambda: sum(row["online"] for row in host.roster()) == COUNT + 1, "everybody to be there")
    for person in everybody:
        person.disconnect()
        assert person.faults == []
        assert not person.lost or set(person.lost) <= {"client disconnect"}, person.lost


def test_what_is_the_same_for_all_comes_without_a_cookie(front: str, fleet: Fleet) -> None:
    programme = a_programme(f"public-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000)
    fleet.plan(programme)
    with urllib.request.urlopen(f"{front}/c/{programme.ceremony_id}/timeline.json", timeout=10) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=2"
        # Caddy gives everybody its cookie; a CDN before it has to be told to leave it out.
        assert (answer.headers.get("Set-Cookie") is None) == ("Caddy" not in answer.headers.get("Server", ""))


def check(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_caddy_takes_its_file_as_it_is(tmp_path: Path) -> None:
    if shutil.which("caddy") is None:
        pytest.skip("Caddy is not installed (Debian: apt-get install caddy)")
    adapted = check("caddy", "adapt", "--adapter", "caddyfile", "--config", EXAMPLES / "Caddyfile")
    assert adapted.returncode == 0, adapted.stderr
    assert "memory.example.org" in adapted.stdout


def test_systemd_takes_its_units_as_they_are(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not here")
    for unit in (EXAMPLES / "systemd").glob("*.service"):
        # The program does not stand where an operator would put it.
        made = tmp_path / unit.name
        made.write_text(unit.read_text().replace("/srv/memorata/.venv/bin/memorata", "/bin/true"))
        verified = check("systemd-analyze", "verify", "--man=no", made)
        complaints = [line for line in verified.stderr.splitlines() if unit.name in line]
        assert complaints == [], verified.stderr
