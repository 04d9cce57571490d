"""Where news takes longer to many pages, instants are announced further ahead, and they too hear of it in time."""

import secrets
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.builders import a_programme
from tests.live.client import Person, eventually
from tests.live.conftest import Server, now_ms, pin_of
from tests.live.slowly import SlowProxy
from tests.live.test_watched import numbers

pytestmark = pytest.mark.live

DELAY_S = 2.0
FLOOR_MS = 3_000


class Timed(Person):
    """A page that notes when each event came, by the clock of this machine, which is the server's too."""

    def __init__(self, *args: Any, **profile: Any) -> None:
        self.came: list[tuple[float, dict[str, Any]]] = []
        self._told = 0
        super().__init__(*args, **profile)

    def _on_event(self, event: dict[str, Any]) -> None:
        self.came.append((time.time() * 1000, event))
        super()._on_event(event)

    def report(self) -> None:
        """The longest on its way since the last report."""
        fresh, self._told = self.came[self._told :], len(self.came)
        lag_ms = max((came - event["at_ms"] for came, event in fresh), default=None)
        message = {"bound_ms": 2.0, "sound": "running", "picture": True, "lag_ms": max(0.0, lag_ms or 0.0)}
        self.emit("report", message)  # its answer would take as long again


@pytest.fixture
def slow(server: Server) -> Iterator[SlowProxy]:
    with SlowProxy(urlsplit(server.url).port or 0) as proxy:
        yield proxy


def test_the_lead_grows_with_what_pages_tell(server: Server, slow: SlowProxy) -> None:
    links = server.plan(a_programme(f"remembrance-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000))
    prompt = [Timed(server.url, links["participant"]).connect() for _ in range(3)]
    late = [Timed(slow.url, links["participant"]).connect() for _ in range(3)]
    host = Timed(server.url, links["host"], pin=pin_of(links["host"])).connect()
    everybody = [host, *prompt, *late]
    try:
        cued = host.command("item.cue", item_id="words", aimed_cue=0)
        host.at(cued["seq"])
        assert lead_of(host.events[-1]) == FLOOR_MS
        slow.delay_s = DELAY_S
        for on in (False, True):
            seq = host.command("floor.set_asking", on=on)["seq"]
            for person in everybody:
                person.at(seq)
                if person is not host:
                    person.report()
        eventually(lambda: numbers(server)["memorata_delivery_p99_seconds"] > DELAY_S - 0.1, "the lag to be known")
        assert numbers(server)["memorata_lead_seconds"] > 3.4
        eventually(lambda: host.presence["lead_ms"] > FLOOR_MS, "the host to be told")
        cued = host.command("item.cue", item_id="wreaths", aimed_cue=1)
        for person in everybody:
            person.at(cued["seq"])
        assert DELAY_S * 1000 + 1_000 < lead_of(host.events[-1]) <= 10_000
        for person in late:
            came_ms, event = person.came[-1]
            assert came_ms < event["data"]["start_ms"]
        assert [person.faults for person in everybody] == [[] for _ in everybody]
    finally:
        slow.delay_s = 0
        for person in everybody:
            person.disconnect()


def lead_of(event: dict[str, Any]) -> int:
    assert event["kind"] == "item.cued"
    return int(event["data"]["start_ms"] - event["at_ms"])
