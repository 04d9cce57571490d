"""The totals over a real line: changes that add up, the whole for whoever missed one, and lines that are waited for."""

import secrets

import pytest

from tests.builders import a_programme
from tests.live.client import counted_on, eventually
from tests.live.conftest import Server, now_ms
from tests.live.test_serve import People

pytestmark = pytest.mark.live


def test_changes_add_up_and_whoever_missed_one_gets_the_whole(server: Server, people: People) -> None:
    keys = server.plan(a_programme(f"remembrance-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000))
    bruno = people(server, keys["participant"], country="BR")
    before = bruno.presence
    people(server, keys["participant"], country="JP", people=3)
    eventually(lambda: bruno.presence["places"] == {"BR": 1, "JP": 3}, "those from Japan")
    missed = bruno.presence
    people(server, keys["participant"], country="KE", people=2)
    eventually(lambda: bruno.presence["places"] == {"BR": 1, "JP": 3, "KE": 2}, "those from Kenya")
    assert bruno.presence["version"] > missed["version"] > before["version"]
    # A page that had missed the first of them cannot make anything of the second, and is given the whole.
    change = {"base": missed["version"], "version": missed["version"] + 1, "people": 6}
    assert counted_on(before, change) is None
    assert bruno.ask("presence", {}) == {"ok": True, "presence": bruno.presence}
    assert bruno.sync()["presence"] == bruno.presence
    assert people(server, keys["participant"]).welcomes[0]["presence"]["version"] >= bruno.presence["version"]


def test_staff_see_a_line_that_is_waited_for(server: Server, people: People) -> None:
    keys = server.plan(a_programme(f"remembrance-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000))
    host, chiyo = people(server, keys["host"]), people(server, keys["participant"])
    eventually(lambda: host.presence["seats"] == 2, "both seats")
    assert (host.presence["sync"]["away"], host.presence["waiting"]) == (0, 0)
    assert "troubles" in host.presence
    assert host.presence["lead_ms"] == 3_000
    chiyo.vanish()
    eventually(lambda: host.presence["sync"]["away"] == 1, "the lost line to be told")
    assert host.presence["seats"] == 2
    chiyo.connect()
    eventually(lambda: host.presence["sync"]["away"] == 0, "the line to be back")
    assert "sync" not in chiyo.presence
