"""A crowd that comes, goes and comes back: what it asks of the store, and what it gets when the store stands still."""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from memorata.services.inviting import Guest
from tests.builders import a_programme
from tests.live.client import Person, eventually, fetch
from tests.live.conftest import Server, now_ms
from tests.live.counted import FILE
from tests.live.visitor import Visitor
from tests.postgres import PostgreSQL

pytestmark = pytest.mark.live

CROWD = 200
AT_ONCE = 25
MOST_RETURNING = 20
"""Statements that a crowd's return may cause in all, beside what the server asks each second anyway."""


class Counted:
    """A server whose statements are written down; `idle` are those that it says when nobody comes."""

    def __init__(self, server: Server, statements: Path) -> None:
        self.server, self._statements = server, statements
        self.key = server.plan(a_programme(f"remembrance-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000))[
            "participant"
        ]
        at = urlsplit(server.url).netloc
        self.crowd = [Visitor(at, number) for number in range(CROWD)]
        before = len(self._lines())
        time.sleep(2)
        self._idle = set(self._lines()[before:]) - {"COMMIT"}

    def asked(self, step: Callable[[Visitor], object]) -> Counter[str]:
        """What the store is asked while all of the crowd do this, and shortly after."""
        before = len(self._lines())
        with ThreadPoolExecutor(AT_ONCE) as hands:
            list(hands.map(step, self.crowd))
        time.sleep(0.3)
        return Counter(said for said in self._lines()[before:] if said not in self._idle)

    def _lines(self) -> list[str]:
        return self._statements.read_text().splitlines()


@pytest.fixture(params=["sqlite", "postgresql"])
def counted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counted]:
    environment = {FILE: str(tmp_path / "statements")}
    if request.param == "postgresql":
        environment["MEMORATA_DATABASE_URL"] = request.getfixturevalue("postgresql").url()
    server = Server(tmp_path / "data", **environment)
    server.module = "tests.live.counted"
    server.start()
    evening = Counted(server, tmp_path / "statements")
    yield evening
    for one in evening.crowd:
        one.close()
    server.stop()
    assert server.defects() == []


def test_a_crowd_comes_and_comes_back_without_asking_the_store_for_each(counted: Counted) -> None:
    entering = counted.asked(lambda one: one.enter(counted.key))
    assert sum(entering.values()) <= 3 * CROWD, entering.most_common(5)
    assert entering["COMMIT"] <= CROWD / 2, "those who enter together are written together"
    arriving = counted.asked(_arrive)
    assert sum(arriving.values()) <= MOST_RETURNING, arriving.most_common(5)
    for one in counted.crowd:
        one.close()
    returning = counted.asked(_arrive)
    assert sum(returning.values()) <= MOST_RETURNING, returning.most_common(5)
    counted.server.kill()
    counted.server.start()
    for one in counted.crowd:
        one.close()
    restored = counted.asked(Visitor.connect)
    assert sum(restored.values()) <= CROWD, restored.most_common(5)


def _arrive(visitor: Visitor) -> None:
    """With all that a page asks first."""
    visitor.connect()
    assert visitor.ask("stage_watch", {"picture": True})["ok"]
    assert visitor.ask("roster", {"after": None, "search": ""})["ok"]


def test_a_store_that_stands_still_keeps_nobody_out_who_is_known(tmp_path: Path, postgresql: PostgreSQL) -> None:
    server = Server(tmp_path, MEMORATA_DATABASE_URL=postgresql.url()).start()
    try:
        key = server.plan(a_programme(at_ms=now_ms() + 600_000))["participant"]
        at = urlsplit(server.url).netloc
        known, stranger = Visitor(at, 1), Visitor(at, 2)
        # What is remembered begins with the first look at what others have changed.
        eventually(lambda: server.lines, "the server to be at work")
        time.sleep(1.2)
        known.enter(key)
        known.connect()
        known.close()
        with postgresql.frozen():
            time.sleep(1)
            began = time.monotonic()
            known.connect()
            took_s = time.monotonic() - began
            status, refusal = fetch(
                f"{server.url}/api/enter", {"key": key, "device": f"visitor-{stranger.number:06}", "language": "en"}
            )
            assert (status, refusal["code"]) == (503, "store.busy")
        assert took_s < 8, "not as long as the store is away"
        eventually(lambda: _enters(stranger, key), "the stranger to be let in")
        stranger.connect()
        stranger.close()
        known.close()
    finally:
        server.stop()


def _enters(visitor: Visitor, key: str) -> bool:
    try:
        visitor.enter(key)
    except AssertionError:
        return False
    return True


def test_beyond_the_seats_people_watch_and_come_in_one_after_the_other(tmp_path: Path) -> None:
    server, ceremony_id = Server(tmp_path, MEMORATA_SEATS="3"), "remembrance-2027"
    programme = a_programme(ceremony_id, at_ms=now_ms() + 600_000)
    server.office.ceremonies.plan(programme)
    (invited,) = server.office.inviting.make(ceremony_id, [Guest("Amina")])
    try:
        keys = server.start().plan(programme)
        key = keys["participant"]
        # One seat of the three is kept for whoever was invited.
        bruno, chiyo = server.person(key, name="Bruno").connect(), server.person(key, name="Chiyo").connect()
        assert (bruno.refused, chiyo.refused) == (None, None)
        waiting = [server.person(key, name=name) for name in ("Daria", "Emil")]
        tickets = []
        for one in waiting:
            tickets.append(_entered(one)["waits"])
            one.connect()
            refusal = one.refused["data"]
            assert (refusal["code"], set(refusal["facts"])) == ("seats.full", {"ticket", "number"})
            assert refusal["message"]
        daria, emil = tickets
        assert daria["number"] < emil["number"]
        amina = server.person(invited.key).connect()
        host = server.person(keys["host"]).connect()
        assert (amina.refused, host.refused) == (None, None)
        eventually(lambda: host.presence.get("waiting") == 2, "the host to see how many wait")
        assert _seat(waiting[0], daria) == (409, "seats.full")

        # The line begins to move when those who were here before a start have had the time to come back.
        eventually(lambda: _timeline(server, ceremony_id)["called"] == 0, "the line")
        host.ask("bye", {})
        host.disconnect()
        chiyo.ask("bye", {})
        chiyo.disconnect()
        eventually(lambda: _timeline(server, ceremony_id)["called"] == daria["number"], "Daria to be called", 45)
        assert _seat(waiting[1], emil) == (409, "seats.full")
        assert _seat(waiting[0], daria)[0] == 200
        waiting[0].refused = None
        waiting[0].connect()
        assert waiting[0].refused is None
        assert waiting[0].you["participant"]["name"] == "Daria"
        for person in (bruno, amina, waiting[0]):
            person.disconnect()
    finally:
        server.stop()
    assert server.defects() == []


def _timeline(server: Server, ceremony_id: str) -> dict[str, Any]:
    status, found = fetch(f"{server.url}/c/{ceremony_id}/timeline.json")
    return found if status == 200 else {}


def _entered(person: Person) -> dict[str, Any]:
    status, answer = fetch(
        f"{person.base_url}/api/enter", {"key": person.key, "device": person.device, **person.profile}
    )
    assert status == 200, answer
    person.token, person.ceremony, person.participant_id = (
        answer["token"], answer["ceremony"], answer["participant"]["id"],
    )  # fmt: skip
    found: dict[str, Any] = answer
    return found


def _seat(person: Person, ticket: dict[str, Any]) -> tuple[int, str]:
    asked = {"ticket": ticket["ticket"]}
    status, answer = fetch(f"{person.base_url}/api/seat", asked, {"Authorization": f"Bearer {person.token}"})
    return status, answer.get("code", "")
