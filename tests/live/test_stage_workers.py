"""The stage over two workers, on real PostgreSQL and Redis: one keeps it, and whoever is at the other sees the same."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from memorata.adapters.store.recordings import SqlRecordings
from memorata.services.recording import LOOK_S as RECORDING_LOOK_S
from tests.builders import a_programme, a_silence, an_item
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms, pin_of
from tests.live.staged import SENDS, TAKES, Attending, links, told
from tests.live.test_recordings import post, put
from tests.postgres import PostgreSQL
from tests.redis import Redis

pytestmark = pytest.mark.live

Starting = Callable[[str], Server]


@pytest.fixture(scope="module")
def starting(
    postgresql: PostgreSQL, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Starting]:
    """Starts workers of one installation, each under a name of its own."""
    folder, url = tmp_path_factory.mktemp("stage-workers"), postgresql.url()
    started: list[Server] = []

    def start(name: str) -> Server:
        server = Server(
            folder, MEMORATA_DATABASE_URL=url, MEMORATA_REDIS_URL=redis_server.url, MEMORATA_INSTANCE=name
        ).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()
    assert [line for server in started for line in server.lines if "Traceback" in line] == []


@dataclass
class Pair:
    """Two workers; the keeper of the stage, and the other one."""

    keeper: Server
    other: Server

    def turned(self) -> "Pair":
        return Pair(self.other, self.keeper)


@pytest.fixture(scope="module")
def pair(starting: Starting) -> Pair:
    one, two = starting("main-1"), starting("main-2")
    for server in (one, two):
        heard(server, "bus.joined")
    heard(one, "stage.kept_here")
    heard(two, "keeping.other")
    return Pair(one, two)


def heard(server: Server, what: str, count: int = 1) -> None:
    eventually(lambda: len([line for line in server.lines if what in line]) >= count, f"{what} at {server.url}")


class Evening:
    """A host, who conducts; Vera, who is to speak, and two who look on, each at the worker that a test wants."""

    def __init__(self, host_at: Server, vera_at: Server, near: Server, far: Server, *, recorded: bool = False) -> None:
        items = [
            replace(an_item("words", planned_s=600), recording_allowed=True),
            a_silence(invitation_s=1, stillness_s=1, duration_s=2, quiet_after_s=1),
        ]
        programme = a_programme(f"crew-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000, items=items)
        keys = host_at.plan(programme)
        for server in (vera_at, near, far):
            server.plan(programme)
        self.hana = come(host_at, keys["host"], name="Hana").attend()
        self.vera = come(vera_at, keys["participant"], name="Vera", recording=recorded).attend(sends=True)
        self.near = come(near, keys["participant"]).attend()
        self.far = come(far, keys["participant"]).attend()
        self.people = (self.hana, self.vera, self.near, self.far)
        self.entry = secrets.token_urlsafe(16)
        answer = self.vera.command("floor.request", cmd_id=self.entry, entry_kind="memory", name="Vera")
        assert answer["ok"], answer
        self.hana.at(answer["seq"])

    def do(self, kind: str, **fields: Any) -> None:
        answer = self.hana.command(kind, **fields)
        assert answer["ok"], answer

    def speaks(self) -> str:
        """Vera has the floor and is seen by everybody; her feed."""
        self.do("floor.grant", entry_id=self.entry)
        eventually(lambda: self.vera.feeds, "her page to send")
        self.all_see()
        return self.vera.feeds[-1]

    def all_see(self, within_s: float = 15) -> None:
        """Everybody is told of the feed that her page sends, and has a link that is to carry it."""
        for person in (self.hana, self.near, self.far):
            eventually(
                lambda person=person: self.vera.feeds and person.sees() == self.vera.feeds[-1], "the feed", within_s
            )
            eventually(lambda person=person: carried_to(person, self.vera.feeds[-1]), "a link of it", within_s)
        eventually(lambda: len(self.vera.open_links("send")) >= 3, "her own ends of the links", within_s)

    def leave(self) -> None:
        assert [person.faults for person in self.people] == [[] for _ in self.people]
        for person in self.people:
            person.sends = False
            if person.connected:
                person.disconnect()


def come(server: Server, key: str, **profile: Any) -> Attending:
    person = Attending(server.url, key, pin=pin_of(key), **profile)
    person.connect(tab=secrets.token_hex(4))
    return person


def carried_to(person: Attending, feed: str) -> list[dict[str, Any]]:
    """The links that were opened for this feed."""
    return [link for link in links(person, "open") if (link["feed"], link["way"]) == (feed, "recv")]


def test_who_is_at_another_worker_than_the_speaker_sees_and_is_seen(pair: Pair) -> None:
    evening = Evening(pair.other, pair.keeper, pair.keeper, pair.other)
    feed = evening.speaks()
    # What the ends of a link say comes through, whichever worker they are at.
    (link,) = carried_to(evening.far, feed)
    assert evening.vera.ask("stage_signal", {"kind": "offer", "link": link["link"], "sdp": SENDS}) == {"ok": True}
    offer = {"kind": "offer", "link": link["link"], "sdp": SENDS}
    eventually(lambda: told(evening.far, "signal") == [offer], "the offer at the other worker")
    assert evening.far.ask("stage_signal", {"kind": "answer", "link": link["link"], "sdp": TAKES}) == {"ok": True}
    found = {"kind": "candidate", "link": link["link"], "candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host"}
    assert evening.far.ask("stage_signal", {**found, "mid": "0", "line": 0}) == {"ok": True}
    eventually(lambda: len(told(evening.vera, "signal")) == 2, "answer and candidate")
    # Who has no right is refused there too, and by the same words.
    refused = evening.far.ask("stage_publish", {"picture": True, "sound": True})
    assert refused["code"] == "stage.not_now"
    sending = {"kind": "answer", "link": link["link"], "sdp": SENDS}
    assert evening.far.ask("stage_signal", sending)["code"] == "stage.not_now"
    assert evening.near.ask("stage_signal", offer)["code"] == "stage.unknown_link"
    # The host at the other worker is told how many watch, and who stands by with what.
    deck = eventually(lambda: told(evening.hana, "stage")[-1]["deck"], "the deck")
    assert [one["online"] for one in deck] == [True]
    evening.do("floor.yield", entry_id=evening.entry)
    for person in (evening.far, evening.near):
        eventually(lambda person=person: person.open_links("recv") == [], "the links to be closed")
    eventually(lambda: evening.vera.grant["level"] is None, "the right to be taken back")
    evening.leave()


def test_a_speaker_at_another_worker_is_seen_and_a_silence_takes_every_grant(pair: Pair) -> None:
    evening = Evening(pair.keeper, pair.other, pair.keeper, pair.other)
    evening.do("item.cue", item_id="words", aimed_cue=0)
    evening.speaks()
    evening.do("item.cue", item_id="minute", aimed_cue=1)
    eventually(lambda: evening.vera.grant["level"] is None, "the silence", 20)
    eventually(lambda: evening.far.open_links("recv") == [], "nothing to be seen")
    eventually(lambda: evening.vera.open_links("send") == [], "nothing to be sent")
    assert evening.vera.ask("stage_publish", {"picture": True, "sound": True})["code"] == "stage.not_now"
    feeds = len(evening.vera.feeds)
    eventually(lambda: len(evening.vera.feeds) > feeds, "the right to come back after it", 30)
    evening.all_see()
    evening.leave()


def test_a_recording_goes_on_whoever_starts_and_ends_with_a_consent_taken_back_at_another_worker(
    pair: Pair, starting: Starting
) -> None:
    evening = Evening(pair.other, pair.other, pair.keeper, pair.other, recorded=True)
    evening.do("item.cue", item_id="words", aimed_cue=0)
    evening.speaks()
    # Her words are recorded by a host's page at another worker than the keeper's, and sent there.
    (record,) = eventually(lambda: told(evening.hana, "record"), "the host's page to record")
    part = record["recording"]
    assert put(pair.other, evening.hana, part, 0, b"a" * 1000).status == 200
    # A piece that comes once more, at the other worker, is there once.
    assert put(pair.keeper, evening.hana, part, 0, b"a" * 1000).json == {"size": 1000}
    third = starting("main-3")
    heard(third, "keeping.other")
    time.sleep(2 * RECORDING_LOOK_S)
    recordings = SqlRecordings(pair.keeper.office.database)
    (running,) = recordings.of_ceremony(evening.vera.ceremony)
    assert running.state == "running", "who starts ends nothing that others have in hand"
    assert put(third, evening.hana, part, 1000, b"b" * 500).json == {"size": 1500}
    third.stop()
    assert post(pair.other, evening.vera, "/api/me/recordings/withdraw").json == {"deleted": 1}
    assert recordings.of_ceremony(evening.vera.ceremony) == ()
    eventually(lambda: [one["on"] for one in told(evening.hana, "record")] == [True, False], "the page to stop")
    assert put(pair.keeper, evening.hana, part, 1500, b"c").status == 404
    folder = Path(pair.keeper.environment["MEMORATA_DATA_DIR"]) / "recordings" / evening.vera.ceremony
    assert list(folder.rglob("*.received")) == []
    evening.leave()


def test_when_the_keeper_dies_the_other_worker_takes_over(pair: Pair, tmp_path: Path) -> None:
    evening = Evening(pair.other, pair.other, pair.other, pair.keeper)
    before = evening.speaks()
    began = time.monotonic()
    pair.keeper.kill()
    heard(pair.other, "stage.kept_here")
    print(f"another worker kept the stage {time.monotonic() - began:.1f} s after the death of the first")
    eventually(lambda: evening.vera.feeds[-1] != before, "her page to send anew")
    # The page of the worker that died comes to the other one by itself.
    evening.far.base_url = pair.other.url
    eventually(lambda: not evening.far.connected, "the line to be lost")
    evening.far.connect(tab="far")
    evening.far.watch()
    evening.all_see()
    print(f"all saw the speaker again {time.monotonic() - began:.1f} s after it")
    assert links(evening.near, "close") == [], "the picture of before may not be taken before there is another"
    # The first one comes back, and finds the stage kept.
    pair.keeper.start()
    newcomer = come(pair.keeper, evening.near.key).attend()
    eventually(lambda: newcomer.sees() == evening.vera.feeds[-1], "the same speaker")
    newcomer.disconnect()
    evening.leave()
