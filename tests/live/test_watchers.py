"""Very many who watch, behind nginx with exactly the file of docs/examples: it keeps what is the same for all."""

import http.client
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import proxies
from tests.builders import a_programme
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.live


@pytest.fixture
def house(own_server: Server) -> Iterator[tuple[Server, proxies.Running]]:
    """A server, and nginx before it."""
    here = {
        "proxy_cache_path /var/cache/nginx/memorata": "proxy_cache_path {folder}/cache",
        "server 127.0.0.1:5080;": f"server {own_server.url.removeprefix('http://')};",
        "listen 80;": "listen 127.0.0.1:{port};",
    }
    with proxies.nginx(here, "nginx-watchers.conf") as running:
        if running is None:
            pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
        yield own_server, running


class Line:
    """One connection that stays open, as a browser's does."""

    def __init__(self, to: proxies.Running) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", to.port, timeout=10)

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        self._line.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = self._line.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def test_one_asks_the_server_for_all_who_watch_and_they_watch_on_without_it(
    house: tuple[Server, proxies.Running],
) -> None:
    server, front = house
    server.plan(a_programme("evening", at_ms=now_ms() + 600_000))
    line = Line(front)
    cached: Counter[str] = Counter()
    tags = set()
    for _ in range(300):
        status, heads, body = line.get("/c/evening/timeline.json")
        assert status == 200
        assert heads["cache-control"] == "public, max-age=2"
        cached[heads["x-cache"]] += 1
        tags.add(heads["etag"])
    assert cached["HIT"] >= 290
    assert len(tags) == 1
    known = json.loads(body)
    status, heads, body = line.get("/c/evening/timeline.json", If_None_Match=tags.pop())
    assert (status, body) == (304, b"")

    # What the host does is seen by all of them a moment later.
    keys = server.office.admission.links("evening")
    host = server.person(keys["host"]).connect()
    assert host.command("item.cue", item_id="words", aimed_cue=0)["ok"]
    eventually(lambda: json.loads(line.get("/c/evening/timeline.json")[2])["seq"] > known["seq"], "the cue")
    # Who takes part does so by the same door.
    guest = server.person(keys["participant"], name="Chiyo")
    guest.base_url = front.url
    guest.connect()
    assert guest.refused is None, guest.refused
    assert guest.command("floor.request", entry_kind="poem", name="Chiyo")["ok"]
    host.disconnect()
    guest.disconnect()

    server.kill()
    status, heads, body = line.get("/c/evening/timeline.json")
    assert status == 200
    assert json.loads(body)["progress"]
    eventually(lambda: line.get("/c/evening/timeline.json")[1]["x-cache"] in ("STALE", "UPDATING"), "the old one")
    assert line.get("/c/evening/clock?t0=1")[0] == 200
    server.start()


def test_the_time_is_told_at_the_door_and_is_the_servers(house: tuple[Server, proxies.Running]) -> None:
    server, front = house
    line = Line(front)
    near = 1e9
    for number in range(20):
        before = server.office.clock.now()
        status, heads, body = line.get(f"/c/evening/clock?t0={number}.5")
        after = server.office.clock.now()
        assert status == 200
        assert heads["cache-control"] == "no-store, no-transform"
        told = json.loads(body)
        assert set(told) == {"t0", "t1", "t2"}
        near = min(near, abs(told["t1"] - (before + after) / 2))
    assert near < 20


def test_files_of_the_client_are_kept_for_good_and_pages_of_one_person_are_not(
    house: tuple[Server, proxies.Running], tmp_path: Path
) -> None:
    server, front = house
    server.plan(a_programme("evening", at_ms=now_ms() + 600_000))
    line = Line(front)
    status, heads, page = line.get("/c/evening/watch?lang=en", Accept_Encoding="br")
    assert (status, heads["x-cache"]) == (200, "MISS")
    assert line.get("/c/evening/watch?lang=en", Accept_Encoding="br")[1]["x-cache"] == "HIT"
    script = page.decode().split('src="/assets/')[1].split('"')[0]
    for expected in ("MISS", "HIT"):
        status, heads, _ = line.get(f"/assets/{script}", Accept_Encoding="br")
        assert (status, heads["x-cache"], heads["content-encoding"]) == (200, expected, "br")
        assert "immutable" in heads["cache-control"]
    # Without a language in its address the page is each reader's own.
    for _ in range(2):
        assert line.get("/c/evening/watch", Accept_Language="ru")[1]["x-cache"] in ("MISS", "BYPASS")
    assert "x-cache" not in line.get("/health")[1]
