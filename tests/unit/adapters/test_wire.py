"""What travels is what the types say, and the client's twins are of today."""

import dataclasses
from pathlib import Path
from typing import Any

import msgspec
import pytest

from memorata.adapters.sockets.jsons import dumps, loads
from memorata.adapters.sockets.typescript import render
from memorata.adapters.sockets.wire import ACT_MESSAGES, IDS_MAX, MESSAGES, read_act, read_command
from memorata.domain import commands as c
from memorata.domain import moderating as m
from memorata.domain.errors import Refused

ROOT = Path(__file__).resolve().parents[3]
PRESS = "0123456789abcdef"


def test_the_client_s_types_are_of_today() -> None:
    """`memorata protocol types` writes them."""
    assert (ROOT / "client/src/wire.ts").read_text() == render()


def test_every_command_but_planning_travels() -> None:
    assert set(MESSAGES) == set(c.COMMANDS)
    assert "ceremony.plan" not in MESSAGES


@pytest.mark.parametrize(
    ("message", "command"),
    [
        ({"kind": "item.cue", "item_id": "words", "aimed_cue": 2}, c.CueItem("words", 2)),
        ({"kind": "picture.hold"}, c.HoldPicture()),
        ({"kind": "floor.grant", "entry_id": "e"}, c.GrantFloor("e", None)),
        ({"kind": "floor.reorder", "order": ["b", "a"]}, c.ReorderFloor(("b", "a"))),
        ({"kind": "floor.edit", "entry_id": "e", "slot_s": 90}, c.EditEntry("e", slot_s=90)),
        (
            {"kind": "floor.request", "entry_kind": "poem", "name": "Chiyo", "country": None},
            c.RequestFloor("poem", "Chiyo"),
        ),
    ],
)
def test_commands_are_read(message: dict[str, Any], command: c.Command) -> None:
    assert read_command({"cmd_id": PRESS, **message}) == (PRESS, command)


def test_each_command_is_read_back_as_itself() -> None:
    for kind, struct in MESSAGES.items():
        fields = {field.name for field in msgspec.structs.fields(struct)}
        assert fields == {"cmd_id", *(field.name for field in dataclasses.fields(c.COMMANDS[kind]))}  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, '{"a":1', "nul", b"\xff\xfe"])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="no JSON"):
        loads(text)


def test_what_is_encoded_already_is_passed_on() -> None:
    assert dumps(["welcome", {"snapshot": msgspec.Raw(b'{"seq":7}')}]) == '["welcome",{"snapshot":{"seq":7}}]'


def test_acts_are_read_and_no_command_among_them() -> None:
    assert set(ACT_MESSAGES) == set(m.ACTS)
    assert read_act({"kind": "person.admit_all"}) == m.AdmitAll()
    marks = {"chiyo": "waiting.held.00"}
    assert read_act({"kind": "person.admit", "ids": ["chiyo"], "aimed": marks}) == m.AdmitPeople(("chiyo",), marks)
    assert read_act({"kind": "person.ban", "id": "chiyo", "aimed": marks}) == m.BanPerson("chiyo", marks)
    for wrong in (
        {"kind": "wish.release", "wish_id": "w"},
        {"kind": "person.admit", "ids": ["chiyo"]},
        {"kind": "person.ban", "ids": ["chiyo"], "aimed": marks},
        {"kind": "person.ban", "id": "chiyo", "aimed": {"chiyo": 7}},
        {"kind": "person.restore", "id": "chiyo", "aimed": marks, "role": "host"},
        {},
    ):
        with pytest.raises(msgspec.ValidationError):
            read_act(wrong)
    with pytest.raises(Refused, match=r"message\.invalid"):
        read_act({"kind": "person.hide", "ids": [str(n) for n in range(IDS_MAX + 1)], "aimed": {}})
