"""Two workers of one installation, on real PostgreSQL and Redis: what happens in one is seen at the other."""

import secrets
import statistics
import time
from collections.abc import Callable, Iterator

import pytest

from memorata import doctor
from memorata.config import Settings
from memorata.domain.items import Candle
from tests.builders import a_programme, an_item
from tests.live.client import Person, eventually
from tests.live.conftest import Server, now_ms
from tests.postgres import PostgreSQL
from tests.redis import Redis

pytestmark = pytest.mark.live

People = Callable[..., Person]
Pair = tuple[Server, Server]


@pytest.fixture(scope="module")
def pair(postgresql: PostgreSQL, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder, url = tmp_path_factory.mktemp("workers"), postgresql.url()
    one, two = (
        Server(
            folder,
            MEMORATA_DATABASE_URL=url,
            MEMORATA_REDIS_URL=redis_server.url,
            MEMORATA_INSTANCE=name,
        ).start()
        for name in ("main-1", "main-2")
    )
    for server in (one, two):
        eventually(lambda server=server: [line for line in server.lines if "bus.joined" in line], "the other one")
    yield one, two
    for server in (one, two):
        server.stop()
    for server in (one, two):
        # That the workers were apart is told, as it should be; one test sees to it.
        assert [line for line in server.defects() if '"workers.apart"' not in line] == []


def test_doctor_asks_redis_and_whether_postgresql_takes_all_lines(pair: Pair, redis_server: Redis) -> None:
    few = Settings.from_env({**pair[0].environment, "MEMORATA_WORKERS": "2"})
    many = Settings.from_env({**pair[0].environment, "MEMORATA_WORKERS": "20"})
    nobody = Settings.from_env({**pair[0].environment, "MEMORATA_REDIS_URL": "redis://127.0.0.1:1/0"})
    assert [doctor._database(one).state for one in (few, many)] == ["good", "missing"]
    assert "max_connections = 310" in doctor._database(many).hint
    assert [doctor._redis(one).state for one in (few, nobody)] == ["good", "missing"]


@pytest.fixture
def keys(pair: Pair) -> dict[str, str]:
    programme = a_programme(
        f"together-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000, items=[an_item("candles", Candle(), 600)]
    )
    keys = pair[0].plan(programme)
    return pair[1].plan(programme) and keys


def test_what_a_host_does_at_one_is_seen_at_the_other_at_once(pair: Pair, keys: dict[str, str], people: People) -> None:
    one, two = pair
    host, chiyo = people(one, keys["host"]), people(two, keys["participant"])
    late = []
    for turn in range(15):
        began = time.monotonic()
        seq = host.command("floor.set_asking", on=bool(turn % 2))["seq"]
        eventually(lambda seq=seq: chiyo.state.seq >= seq, "the other worker")
        late.append(time.monotonic() - began)
    print(f"from press to the other worker's page: median {statistics.median(late) * 1000:.0f} ms")
    # Without the hint each would wait for the other worker's look at the log, half a second in the middle.
    assert statistics.median(late) < 0.3, late
    assert chiyo.picture()["floor"] == host.picture()["floor"]


def test_candles_and_what_is_ones_own_are_the_same_at_both(pair: Pair, keys: dict[str, str], people: People) -> None:
    one, two = pair
    host = people(one, keys["host"])
    here = people(one, keys["participant"])
    there = Person(two.url, keys["participant"], device=here.device).connect()
    seq = host.command("item.cue", item_id="candles", aimed_cue=0)["seq"]
    here.at(seq)
    eventually(lambda: here.command("candle.light", item_id="candles")["ok"], "the item to be shown")
    eventually(lambda: there.you["lit"] == ["candles"], "the candle in the other tab")
    eventually(lambda: there.presence["candles"] == {"candles": 1}, "the count at the other worker")
    there.disconnect()


def test_everybody_counts_everybody_and_who_moves_keeps_the_seat(
    pair: Pair, keys: dict[str, str], people: People
) -> None:
    one, two = pair
    host = people(one, keys["host"], name="Hana")
    chiyo = people(one, keys["participant"], name="Chiyo", country="JP", consent="full")
    bruno = people(two, keys["participant"], name="Bruno", country="BR", consent="full", people=80)
    for who in (host, chiyo, bruno):
        eventually(lambda who=who: who.presence["people"] == 82, "all to be counted")
        assert who.presence["places"] == {"BR": 80, "JP": 1}
    assert sorted(row["name"] for row in host.roster()) == ["Bruno", "Chiyo", "Hana"]
    moved = Person(two.url, keys["participant"], device=chiyo.device, name="Chiyo", country="JP", consent="full")
    chiyo.disconnect()
    moved.connect()
    assert moved.participant_id == chiyo.participant_id
    eventually(lambda: all(row["online"] for row in host.roster()), "her to be there, seen from where she was")
    seen = len(host.presences)
    time.sleep(1.2)
    assert {presence["people"] for _, presence in host.presences[seen:]} <= {82}
    assert moved.ask("bye", {})["ok"]
    moved.disconnect()
    eventually(lambda: host.presence["people"] == 81, "her going to be seen at the other worker")


def test_what_moderators_decide_and_read_is_known_at_both(pair: Pair, keys: dict[str, str], people: People) -> None:
    one, two = pair
    hana, idris = people(one, keys["moderator"], name="Hana"), people(two, keys["moderator"], name="Idris")
    bruno = people(two, keys["participant"], name="Bruno", consent="full")

    def waits(moderator: Person) -> dict[str, str]:
        return {row["id"]: row["mark"] for row in moderator.waiting()["rows"] if row["name"] == "Bruno"}

    marks = eventually(lambda: waits(hana), "Bruno's name at the other worker")
    (entry,) = marks
    assert hana.ask("looking", {"entry": entry})["ok"]
    eventually(
        lambda: [told for _, name, told in idris.asides if name == "looking" and told["entry"] == entry], "who reads"
    )
    assert [look["name"] for look in idris.waiting()["others"]] == ["Hana"]
    hana.disconnect()
    eventually(lambda: idris.waiting()["others"] == [], "that she reads no more")
    hana.connect()
    who = bruno.participant_id
    rows = {row["person"]: row["mark"] for row in hana.waiting()["rows"]}
    assert hana.moderate("person.remove", id=who, aimed={who: rows[who]})["ok"]
    eventually(lambda: bruno.gone == ["person.removed"], "Bruno to be put out by the other worker", 5)


def test_a_link_replaced_at_one_puts_people_out_at_the_other(pair: Pair, people: People) -> None:
    one, two = pair
    programme = a_programme(f"renewed-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000)
    keys = one.plan(programme)
    two.plan(programme)
    bruno, chiyo = people(two, keys["moderator"]), people(two, keys["participant"])
    one.office.admission.renew(programme.ceremony_id, "moderator")
    eventually(lambda: bruno.gone == ["link.revoked"], "the line to be closed")
    assert chiyo.connected


def test_after_redis_was_away_nothing_is_missing(
    pair: Pair, keys: dict[str, str], people: People, redis_server: Redis
) -> None:
    one, two = pair
    host, chiyo = people(one, keys["host"]), people(two, keys["participant"])
    eventually(lambda: host.presence["people"] == chiyo.presence["people"] == 2, "both to be counted")
    redis_server.kill()
    try:
        began = time.monotonic()
        seq = host.command("floor.set_asking", on=False)["seq"]
        chiyo.at(seq)
        print(f"without Redis it took {time.monotonic() - began:.2f} s to the other worker's page")
        newcomer = people(two, keys["participant"])
        eventually(lambda: newcomer.presence["people"] == 3, "those at the other worker, who are known still")
        assert newcomer.picture() == chiyo.picture()
    finally:
        redis_server.start()
    eventually(
        lambda: all(len([line for line in server.lines if "bus.hears" in line]) > 1 for server in pair), "both to hear"
    )
    chiyo.at(host.command("floor.set_asking", on=True)["seq"])
    assert chiyo.picture()["floor"] == host.picture()["floor"]
