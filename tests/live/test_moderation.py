"""Moderators and people, on real lines: who is put out is out everywhere, and comes back when that is undone."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from memorata.domain import moderating as m
from memorata.domain.items import Wishes
from memorata.services.ports import Participant
from memorata.services.presence import mark
from tests.builders import a_programme, an_item
from tests.live.client import Person, eventually, fetch
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.live

People = Callable[..., Person]
Keys = dict[str, str]


@pytest.fixture
def keys(server: Server, request: pytest.FixtureRequest) -> Keys:
    """A ceremony in which everybody may write."""
    wishes = an_item("wishes", Wishes(max_chars=200), 600)
    return server.plan(a_programme(f"moderated-{request.node.name[-40:]}", at_ms=now_ms() + 600_000, items=[wishes]))


def row_of(moderator: Person, who: Person, only: str = "all") -> dict[str, Any]:
    rows = {row["person"]: row for row in moderator.waiting(only)["rows"]}
    found: dict[str, Any] = rows[who.participant_id]
    return found


def mark_of(moderator: Person, who: Person) -> str:
    """As the people's list of the console has it."""
    rows = {row["participant_id"]: row["mark"] for row in moderator.roster()}
    return str(rows[who.participant_id])


def one(who: Person, seen: str) -> dict[str, Any]:
    return {"id": who.participant_id, "aimed": {who.participant_id: seen}}


def several(who: Person, seen: str) -> dict[str, Any]:
    return {"ids": [who.participant_id], "aimed": {who.participant_id: seen}}


def names(person: Person) -> list[str]:
    return [row["name"] for row in person.roster()]


def wish(author: Person, moderator: Person, text: str) -> str:
    """A wish that everybody may read."""
    offered = author.command("wish.offer", item_id="wishes", text=text)
    assert offered["ok"], offered
    moderator.at(offered["seq"])
    wish_id = moderator.state.tributes.wishes[-1].id
    assert moderator.command("wish.release", wish_id=wish_id, aimed="held")["ok"]
    return wish_id


def test_a_name_waits_is_released_hidden_and_back(server: Server, people: People, keys: Keys) -> None:
    hana, chiyo = people(server, keys["moderator"], name="Hana"), people(server, keys["participant"])
    bruno = people(server, keys["participant"], name="Bruno", consent="full")
    row = row_of(hana, bruno)
    assert (row["kind"], row["name"]) == ("name", "Bruno")
    assert names(chiyo) == []
    answer = hana.moderate("person.release", **several(bruno, row["mark"]))
    assert (answer["ok"], answer["rows"][0]["done"]) == (True, "person.release")
    (shown,) = chiyo.roster()
    assert shown["name"] == "Bruno"
    again = hana.moderate("person.release", **several(bruno, row["mark"]))
    assert (again["code"], again["facts"]["by"]) == ("moderation.changed", "Hana")
    assert hana.moderate("person.hide", **several(bruno, mark_of(hana, bruno)))["ok"]
    eventually(lambda: [a for a in chiyo.asides if a[1:] == ("name_taken", {"key": shown["key"]})], "the name to go")
    assert names(chiyo) == []
    assert bruno.connected
    assert bruno.gone == []
    assert hana.moderate("person.restore", **one(bruno, mark_of(hana, bruno)))["ok"]
    assert names(chiyo) == ["Bruno"]


@pytest.mark.parametrize("kind", ["person.remove", "person.ban"])
def test_who_is_put_out_is_gone_with_all_words_and_comes_back_by_undo(
    server: Server, people: People, keys: Keys, kind: str
) -> None:
    host, hana = people(server, keys["host"]), people(server, keys["moderator"], name="Hana")
    chiyo = people(server, keys["participant"])
    bruno = people(server, keys["participant"], name="Bruno", consent="full")
    second = Person(server.url, keys["participant"], device=bruno.device).connect()
    wish(bruno, hana, "To those who stayed")
    asked = bruno.command("floor.request", entry_kind="memory", name="Bruno")
    host.at(asked["seq"])
    assert host.command("floor.call", entry_id=host.state.floor.entries[-1].id)["ok"]
    assert hana.moderate("person.release", **several(bruno, row_of(hana, bruno)["mark"]))["ok"]
    eventually(lambda: [entry.name for entry in chiyo.state.floor.entries] == ["Bruno"], "the name of who is next")

    seen = mark_of(hana, bruno)
    assert hana.moderate(kind, **one(bruno, seen))["ok"]
    code = "person.banned" if kind == "person.ban" else "person.removed"
    eventually(lambda: bruno.gone == second.gone == [code], "both lines to be told")
    eventually(lambda: not bruno.connected and not second.connected, "the lines to be closed")
    eventually(lambda: not chiyo.state.tributes.wishes, "the wish to go")
    gone = [("", "withdrawn")]
    eventually(lambda: [(entry.name, entry.state) for entry in chiyo.state.floor.entries] == gone, "the name to go")
    assert names(chiyo) == []
    assert "Bruno" not in str(fetch(f"{server.url}/c/{chiyo.ceremony}/timeline.json")[1])
    assert bruno.connect().refused["data"]["code"] == code
    assert fetch(f"{server.url}/c/{chiyo.ceremony}")[0] == 200, "watching stays open to everybody"

    row = next(row for row in hana.waiting("out")["rows"] if row["id"] == bruno.participant_id)
    assert (row["by"], row["done"]) == ("Hana", kind)
    assert hana.moderate("person.restore", **one(bruno, row["mark"]))["ok"]
    bruno.refused = None
    assert bruno.connect().connected
    eventually(lambda: [w.text for w in chiyo.state.tributes.wishes] == ["To those who stayed"], "the wish again")
    eventually(lambda: [e.state for e in chiyo.state.floor.entries] == ["accepted"], "the place in the order again")
    assert names(chiyo) == ["Bruno"]
    bruno.disconnect()


def test_the_removed_wait_at_the_door_again_and_the_banned_do_not_get_so_far(
    server: Server, people: People, keys: Keys
) -> None:
    hana = people(server, keys["moderator"])
    for kind, status in (("person.remove", 200), ("person.ban", 403)):
        guest = people(server, keys["participant"], name="Guest", consent="full")
        assert hana.moderate(kind, **one(guest, mark_of(hana, guest)))["ok"]
        eventually(lambda guest=guest: guest.gone, "the line to be closed")
        entered, answer = fetch(f"{server.url}/api/enter", {"key": keys["participant"], "device": guest.device})
        assert entered == status, answer
        if status == 200:
            row = row_of(hana, guest, "door")
            assert row["kind"] == "door"
            assert hana.moderate("person.admit", **several(guest, row["mark"]))["ok"]
            assert fetch(f"{server.url}/api/me", {}, {"Authorization": f"Bearer {guest.token}"})[0] == 200
        else:
            assert answer["code"] == "person.banned"


def test_those_who_knock_are_let_in_one_by_one_or_all_and_the_hint_counts_them(server: Server, people: People) -> None:
    programme = replace(a_programme("knocking", at_ms=now_ms() + 600_000), door="knock")
    keys = server.plan(programme)
    hana = people(server, keys["moderator"], name="Hana")
    guests = [server.person(keys["participant"], name=f"Guest {n}", consent="full").enter() for n in range(4)]
    assert guests[0].connect().refused["data"]["code"] == "door.waiting"
    told = eventually(
        lambda: [a for _, name, a in hana.asides if name == "waiting_changed" and a["counts"]["door"] == 4], "the hint"
    )
    assert told[-1]["counts"] == {"door": 4, "names": 0, "wishes": 0}
    assert [row["name"] for row in hana.waiting("door")["rows"]] == [f"Guest {n}" for n in range(4)]
    assert hana.moderate("person.admit", **several(guests[0], row_of(hana, guests[0])["mark"]))["ok"]
    assert hana.moderate("person.refuse", **several(guests[1], row_of(hana, guests[1])["mark"]))["ok"]
    assert [guest.connect().connected for guest in guests] == [True, False, False, False]
    assert hana.moderate("person.admit_all")["ok"]
    assert [guest.connect().connected for guest in guests[2:]] == [True, True]
    assert guests[1].refused["data"]["code"] == "door.refused"
    assert guests[0].roster() == [], "let in, and their names are held"
    for guest in guests:
        guest.disconnect()


def test_two_moderators_see_what_the_other_reads_and_who_was_first(server: Server, people: People, keys: Keys) -> None:
    hana, idris = people(server, keys["moderator"], name="Hana"), people(server, keys["moderator"], name="Idris")
    bruno = people(server, keys["participant"], name="Bruno", consent="full")
    row = row_of(hana, bruno)
    assert hana.ask("looking", {"entry": row["id"]})["ok"]
    eventually(lambda: [a for _, name, a in idris.asides if name == "looking"], "what Hana reads")
    assert idris.waiting()["others"] == [{"by": hana.participant_id, "name": "Hana", "entry": row["id"]}]
    assert bruno.asides == []
    answers = [who.moderate("person.release", **several(bruno, row["mark"])) for who in (hana, idris)]
    assert [answer["ok"] for answer in answers] == [True, False]
    assert answers[1]["facts"]["by"] == "Hana"
    hint = eventually(
        lambda: next((a for _, name, a in idris.asides if name == "waiting_changed" and a["rows"]), None), "the hint"
    )
    assert hint["counts"] == {"door": 0, "names": 0, "wishes": 0}
    hana.disconnect()
    eventually(lambda: idris.waiting()["others"] == [], "Hana to be away")


def test_participants_get_nothing_of_moderating(server: Server, people: People, keys: Keys) -> None:
    chiyo, bruno = (
        people(server, keys["participant"]),
        people(server, keys["participant"], name="Bruno", consent="full"),
    )
    office = server.office
    who = office.participants.find(bruno.participant_id)
    assert who is not None
    for kind in m.ACTS:
        fields = {} if kind == "person.admit_all" else one(bruno, mark(who))
        if kind in ("person.admit", "person.refuse", "person.release", "person.hide"):
            fields = several(bruno, mark(who))
        assert chiyo.moderate(kind, **fields)["code"] == "role.not_allowed"
    assert chiyo.waiting()["code"] == "role.not_allowed"
    assert chiyo.ask("looking", {"entry": None})["code"] == "role.not_allowed"
    assert office.participants.find(bruno.participant_id) == who


def test_what_another_process_decides_reaches_the_lines_of_this_one_within_a_second(
    server: Server, people: People, keys: Keys
) -> None:
    hana, chiyo = people(server, keys["moderator"]), people(server, keys["participant"])
    bruno = people(server, keys["participant"], name="Bruno", consent="full")
    assert hana.moderate("person.release", **several(bruno, row_of(hana, bruno)["mark"]))["ok"]
    (shown,) = chiyo.roster()
    office = server.office
    who = office.participants.find(bruno.participant_id)
    assert who is not None
    began = time.monotonic()
    office.moderation.act(
        Participant("elsewhere", who.ceremony_id, "moderator"), m.BanPerson(who.id, {who.id: mark(who)})
    )
    eventually(lambda: bruno.gone == ["person.banned"], "the line to be closed")
    eventually(lambda: [a for a in chiyo.asides if a[1:] == ("name_taken", {"key": shown["key"]})], "the name to go")
    print(f"another process: the line closed after {bruno.gone_at - began:.2f} s")
    assert bruno.gone_at - began < 3, "a second, and the patience of a busy machine"
