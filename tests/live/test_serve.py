"""The server as a process: it may be killed at any instant, doubled, flooded, or told to stop."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from socketio.exceptions import SocketIOError

from tests.builders import a_programme, an_item
from tests.live.attacker import Attacker, frame
from tests.live.client import Person, eventually, new_cmd_id
from tests.live.conftest import Server, now_ms, tried
from tests.postgres import PostgreSQL

pytestmark = pytest.mark.live

People = Callable[..., Person]


def test_killed_and_risen_it_is_the_same_ceremony(own_server: Server, people: People) -> None:
    keys = own_server.plan(a_programme(at_ms=now_ms() + 600_000))
    host = people(own_server, keys["host"])
    chiyo = people(own_server, keys["participant"], name="Chiyo", country="JP", people=3)
    asked = chiyo.command("floor.request", entry_kind="poem", name="Chiyo", text="Snow")
    last = host.command("item.cue", item_id="words", aimed_cue=0)
    before = host.at(last["seq"]).picture()
    own_server.kill()
    eventually(lambda: not host.connected and not chiyo.connected, "the loss of the lines")
    own_server.start()
    for person in (host, chiyo):
        person.connect()
        assert person.welcomes[-1]["epoch"] == person.welcomes[0]["epoch"]
        assert person.welcomes[-1]["replay"] == []
    assert host.picture() == before
    assert [entry["id"] for entry in chiyo.you["entries"]] == [chiyo.state.floor.entries[0].id]
    assert asked["seq"] < last["seq"]
    eventually(lambda: host.presence["people"] == 4, "those who came back")
    fresh = people(own_server, keys["host"])
    assert fresh.picture() == before


def test_commands_in_flight_when_it_is_killed_are_done_once(own_server: Server, people: People) -> None:
    keys = own_server.plan(a_programme(at_ms=now_ms() + 600_000))
    host = people(own_server, keys["host"])
    presses = [new_cmd_id() for _ in range(60)]
    granted: dict[str, int] = {}

    def press_all() -> None:
        for n, press in enumerate(presses):
            try:
                answer = host.command("floor.add", cmd_id=press, entry_kind="wish", name=f"Guest {n}")
            except SocketIOError:
                return  # killed in the middle of it
            if answer["ok"]:
                granted[press] = answer["seq"]
            else:
                time.sleep(0.2)

    pressing = threading.Thread(target=press_all)
    pressing.start()
    eventually(lambda: len(granted) >= 20, "some to be granted")
    own_server.kill()
    pressing.join(30)
    own_server.start()
    host.connect()
    for n, press in enumerate(presses):
        answer = host.command("floor.add", cmd_id=press, entry_kind="wish", name=f"Guest {n}")
        assert answer["ok"], answer
        assert granted.get(press, answer["seq"]) == answer["seq"]
        time.sleep(0.05)
    host.sync()
    assert sorted(entry.id for entry in host.state.floor.entries) == sorted(presses)


def test_told_to_stop_it_closes_the_lines_and_ends_well(own_server: Server, people: People) -> None:
    keys = own_server.plan(a_programme(at_ms=now_ms() + 600_000))
    chiyo = people(own_server, keys["participant"])
    began = time.monotonic()
    assert own_server.stop() == 0
    assert time.monotonic() - began < 8
    eventually(lambda: not chiyo.connected, "the loss of the line", within_s=3)


def test_settings_that_cannot_be_are_told_and_nothing_starts(tmp_path: Path) -> None:
    refused = tried(MEMORATA_PORT="none", MEMORATA_ASYNC_MODE="gevent", MEMORATA_DATA_DIR=str(tmp_path))
    assert refused.returncode == 2
    assert "MEMORATA_PORT" in refused.stderr
    assert "MEMORATA_ASYNC_MODE" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.fixture
def workers(postgresql: PostgreSQL, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """Two processes on one database, each with its name."""
    url = postgresql.url()
    made = tuple(
        Server(tmp_path / name, MEMORATA_DATABASE_URL=url, MEMORATA_INSTANCE=name).start() for name in ("one", "two")
    )
    yield made[0], made[1]
    for worker in made:
        worker.stop()
        assert worker.defects() == []


def test_two_processes_hold_one_ceremony(workers: tuple[Server, Server], people: People) -> None:
    """A host at each, people at each: all see the same, each cue once, one of them killed in the middle."""
    one, two = workers
    silent = [an_item(f"item-{n}", planned_s=2, end="next") for n in range(10)]
    keys = one.plan(a_programme(at_ms=now_ms() + 600_000, items=[*silent, an_item("farewell", planned_s=600)]))
    hana, hugo = people(one, keys["host"]), people(two, keys["host"])
    chiyo, bruno = people(one, keys["participant"]), people(two, keys["participant"])
    answers: list[dict[str, Any]] = []

    def cue(host: Person) -> None:
        answers.append(host.command("item.cue", item_id="item-0", aimed_cue=0))

    presses = [threading.Thread(target=cue, args=(host,)) for host in (hana, hugo)]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    assert sorted(answer["ok"] for answer in answers) == [False, True]
    eventually(lambda: len(hugo.state.progress.runs) > 3, "the first items at the second process", within_s=30)
    one.kill()
    eventually(lambda: hugo.state.progress.runs[-1].item_id == "farewell", "the last item", within_s=40)
    runs = hugo.state.progress.runs
    assert [run.item_id for run in runs] == [*(item.id for item in silent), "farewell"]
    assert {later.start_ms - earlier.start_ms for earlier, later in pairwise(runs)} == {2_000}
    assert [run.cue for run in runs] == list(range(1, 12))
    bruno.at(hugo.state.seq)
    assert bruno.state.progress == hugo.state.progress
    one.start()
    chiyo.connect()
    chiyo.at(hugo.state.seq)
    assert chiyo.picture() == bruno.picture()


def test_in_plain_threads_it_does_the_same(tmp_path: Path, people: People) -> None:
    server = Server(tmp_path, MEMORATA_ASYNC_MODE="threading").start()
    try:
        keys = server.plan(a_programme(at_ms=now_ms() + 600_000))
        host = people(server, keys["host"])
        guests = [people(server, keys["participant"], country="JP") for _ in range(5)]
        last = host.command("item.cue", item_id="words", aimed_cue=0)["seq"]
        assert guests[0].command("item.cue", item_id="words", aimed_cue=1)["code"] == "role.not_allowed"
        assert [guest.at(last).state.progress for guest in guests] == [host.at(last).state.progress] * 5
        eventually(lambda: host.presence["people"] == 6, "everybody")
        assert guests[1].ask("clock", {"t0": 1.0})["t0"] == 1.0
    finally:
        status = server.stop()
    assert (status, server.defects()) == (0, [])


FLOODS = {
    "events": frame(1, b'42/live,1["clock",{"t0":1.0}]') * 500,
    "pings": frame(9) * 500,
    "pongs": frame(10) * 500,
    "empty fragments": frame(0, final=False) * 500,
    "one message without end": frame(0, b"x" * 1_000, final=False) * 100,
}


@pytest.mark.parametrize("kind", FLOODS)
def test_one_line_that_floods_holds_nobody_up(own_server: Server, people: People, kind: str) -> None:
    keys = own_server.plan(a_programme(at_ms=now_ms() + 600_000))
    chiyo = people(own_server, keys["participant"])
    mallory = own_server.person(keys["participant"]).enter()
    attacker = Attacker(own_server).join(mallory.token)
    if "fragment" in kind or "message" in kind:
        attacker.socket.sendall(frame(1, b"42", final=False))
    cut_after: list[float | None] = []
    attack = threading.Thread(target=lambda: cut_after.append(attacker.flood(FLOODS[kind], 20)))
    attack.start()
    waits = []
    while attack.is_alive() and len(waits) < 400:
        began = time.monotonic()
        assert chiyo.ask("clock", {"t0": 0.0}) is not None
        waits.append(time.monotonic() - began)
        time.sleep(0.04)
    attack.join()
    assert cut_after[0] is not None, "never cut"
    assert cut_after[0] < 15
    assert statistics.median(waits) < 0.1, waits
    assert mallory.connect().connected, "an honest page of the same person comes back"
    mallory.disconnect()


def test_a_line_that_joins_nothing_is_closed(own_server: Server) -> None:
    stranger = Attacker(own_server)
    stranger.socket.settimeout(20)
    began = time.monotonic()
    while True:
        if not stranger.socket.recv(4096):
            break
    assert 5 < time.monotonic() - began < 19


@pytest.mark.parametrize("data", [b"", b"zzz", b"\xff\xfe", b"6", b"b!!!", b"4", b"42/live", b"4" + b"9" * 90])
def test_what_is_no_packet_at_all_is_nothing_to_the_others(server: Server, people: People, data: bytes) -> None:
    """Nothing of it is told as a defect of ours, either: the fixture sees to that."""
    keys = server.plan(a_programme(f"garbled-{data.hex()[:8]}", at_ms=now_ms() + 600_000))
    chiyo = people(server, keys["participant"])
    for opcode in (1, 2):
        attacker = Attacker(server)
        for _ in range(4):
            try:
                attacker.socket.sendall(frame(opcode, data))
            except OSError:
                break
        time.sleep(0.2)
        attacker.socket.close()
    assert chiyo.ask("clock", {"t0": 1.0})["t0"] == 1.0
