"""T6: the library's own events cannot be called from outside, and whatever else comes is refused or read with care."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import a_programme
from tests.live.attacker import Attacker, frame
from tests.live.client import Person, eventually, fetch
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.hostile

RESERVED = ("connect", "disconnect", "__init__", "__class__", "__disconnect_final", "*", "message", "welcome", "")


def standing(server: Server, ceremony_id: str) -> tuple[int, int]:
    """What must not change: the number of the last event, and how many people are there."""
    _, file = fetch(f"{server.url}/c/{ceremony_id}/timeline.json")
    return file["seq"], file["counts"]["people"]


@pytest.fixture(scope="module")
def host(server: Server) -> Iterator[Person]:
    """A host whose ceremony somebody else attends, so that there is something to spoil."""
    keys = server.plan(a_programme("events", at_ms=now_ms() + 600_000))
    host, chiyo = server.person(keys["host"]).connect(), server.person(keys["participant"]).connect()
    eventually(lambda: standing(server, "events")[1] == 2, "both to be counted")
    yield host
    assert host.faults == chiyo.faults == []
    for person in (host, chiyo):
        assert person.connected
        person.disconnect()


def told(host: Person, name: str, *data: Any) -> dict[str, Any]:
    """What is answered, once the tests before it have left some of the line's rate."""

    def answered() -> Any:
        answer = host.ask(name, *data)
        return answer if answer.get("code") != "message.too_many" else None

    answer: dict[str, Any] = eventually(answered, "an answer")
    return answer


@pytest.mark.parametrize("name", RESERVED)
def test_reserved_and_unknown_names_do_nothing(server: Server, host: Person, name: str) -> None:
    before = standing(server, host.ceremony)
    for data in ({}, {"token": host.token, "role": "admin"}):
        assert told(host, name, data)["code"] == "message.unknown"
        host.emit(name, data)
    assert told(host, "clock", {"t0": 1.0})["t0"] == 1.0
    assert host.connected
    assert standing(server, host.ceremony) == before


@pytest.mark.parametrize("count", [0, 2, 9])
@pytest.mark.parametrize("name", ["command", "sync", "report", "roster", "clock", "bye"])
def test_any_other_number_of_arguments_is_refused(server: Server, host: Person, name: str, count: int) -> None:
    host.raw(f"2/live,7{json.dumps([name, *({} for _ in range(count))])}")
    answer = told(host, name, *({} for _ in range(count)))
    assert (answer["ok"], answer["code"]) == (False, "message.invalid")
    assert host.connected


@pytest.mark.parametrize(
    "value", [None, True, 7, 1e308, "text", [], [[]], {"cmd_id": 7}, {"kind": "__init__"}, {"cmd_id": "x" * 50_000}]
)
def test_values_of_any_kind_are_refused_by_name(host: Person, value: Any) -> None:
    answer = told(host, "command", value)
    assert answer["ok"] is False
    assert answer["code"] in ("message.invalid", "command.unknown", "message.too_large")
    assert "Traceback" not in json.dumps(answer)


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


PACKETS = {
    "5,000-deep lists": b'42/live,1["command",' + deep(5_000) + b"]",
    "5,000-deep objects": b'42/live,1["command",' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"]",
    "a deep connect": b"40/live," + deep(5_000),
    "a number without end": b'42/live,1["clock",{"t0":' + b"9" * 5_000 + b"}]",
    "a binary event": b'451-/live,1["command",{"_placeholder":true,"num":0}]',
    "ten attachments": b'4510-/live,1["command",{"_placeholder":true,"num":0}]',
    "attachments by the million": b'45999999999-/live,["command"]',
    "an acknowledgement of nothing": b'43/live,99["x"]',
    "a name that is no text": b'42/live,1[{"toString":1},{}]',
    "another namespace": b'42/admin,1["command",{}]',
    "half a text": b'42/live,["command",{"a":"\xf0\x9f',
}


@pytest.mark.parametrize("kind", PACKETS)
def test_packets_made_by_hand_change_nothing(server: Server, host: Person, kind: str) -> None:
    before = standing(server, host.ceremony)[0]
    mallory = server.person(host.key).enter()
    attacker = Attacker(server).join(mallory.token)
    for opcode in (1, 2):
        for _ in range(3):
            try:
                attacker.socket.sendall(frame(opcode, PACKETS[kind]))
            except OSError:
                break  # cut, which is an answer too
    began = time.monotonic()
    assert told(host, "clock", {"t0": 1.0})["t0"] == 1.0
    assert time.monotonic() - began < 2
    attacker.socket.close()
    assert standing(server, host.ceremony)[0] == before
    assert host.connected
