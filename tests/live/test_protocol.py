"""What the socket promises, held by real clients against the real server: docs/protocol.md in tests."""

import json
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from socketio.exceptions import ConnectionError as ConnectionFailed

from memorata.domain.items import Candle
from memorata.services.snapshots import public_state
from tests.builders import a_programme, a_silence, an_item
from tests.live.client import Person, as_json, eventually, fetch, new_cmd_id
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.live

People = Callable[..., Person]
Keys = dict[str, str]


def the_law(server: Server, *everybody: Person) -> None:
    """Old snapshot + events = new snapshot: each page holds what the store, folded anew, says."""
    ceremony_id = everybody[0].ceremony
    server.office.ceremonies.follow()
    state = server.office.ceremonies.state(ceremony_id)
    for person in everybody:
        person.at(state.seq)
        assert person.picture() == as_json(state if person.view == "staff" else public_state(state))


def test_welcome_holds_the_whole_ceremony(server: Server, people: People, ceremony: Keys) -> None:
    before_ms = now_ms()
    chiyo = people(server, ceremony["participant"], name="Chiyo", country="JP", consent="first")
    (welcome,) = chiyo.welcomes
    assert welcome["view"] == "public"
    assert welcome["seq"] == welcome["snapshot"]["seq"]
    assert welcome["progress"] == welcome["snapshot"]["progress"]
    assert before_ms - 1 <= welcome["server_now"] <= now_ms() + 1
    assert welcome["you"]["participant"] == {
        "id": chiyo.participant_id, "role": "participant", "name": "Chiyo", "community": "", "country": "JP",
        "language": welcome["you"]["participant"]["language"], "consent": "first", "people": 1, "recording": False,
    }  # fmt: skip
    assert {item["note_host"] for item in welcome["snapshot"]["programme"]["items"]} == {""}


def test_staff_see_what_the_audience_does_not(server: Server, people: People, ceremony: Keys) -> None:
    host, chiyo = people(server, ceremony["host"]), people(server, ceremony["participant"], name="Chiyo")
    asked = chiyo.command("floor.request", entry_kind="memory", name="Chiyo", text="My mother's samovar")
    assert asked["ok"]
    eventually(lambda: chiyo.you["entries"], "her own entry")
    assert chiyo.you["entries"][0]["text"] == "My mother's samovar"
    host.at(asked["seq"])
    chiyo.at(asked["seq"])
    (seen,), (hidden,) = host.state.floor.entries, chiyo.state.floor.entries
    assert (seen.name, seen.text) == ("Chiyo", "My mother's samovar")
    assert (hidden.name, hidden.text) == ("", "")
    assert host.state.programme is not None
    assert host.state.programme.items[1].note_host == "Smile."
    assert {event["by"] for event in chiyo.events} == {""}
    the_law(server, host, chiyo)


def test_a_command_reaches_everybody_in_order(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"])
    everybody = [host, *(people(server, ceremony["participant"]) for _ in range(4))]
    first = host.command("item.cue", item_id="words", aimed_cue=0)
    assert first["ok"]
    for on in (True, False, True, False):
        assert host.command("floor.set_asking", on=not on)["ok"]
    the_law(server, *everybody)
    seqs = [[event["seq"] for event in person.events] for person in everybody]
    assert all(found == sorted(set(found)) for found in seqs)


def test_who_comes_back_gets_what_was_missed(server: Server, people: People, ceremony: Keys) -> None:
    host, chiyo = people(server, ceremony["host"]), people(server, ceremony["participant"])
    chiyo.disconnect()
    missed = [host.command("floor.set_asking", on=on)["seq"] for on in (False, True, False)]
    chiyo.connect()
    welcome = chiyo.welcomes[-1]
    assert welcome["snapshot"] is None
    assert [event["seq"] for event in welcome["replay"]] == missed
    the_law(server, host, chiyo)


def test_another_epoch_gets_a_snapshot(server: Server, people: People, ceremony: Keys) -> None:
    chiyo = people(server, ceremony["participant"])
    chiyo.disconnect()
    chiyo.connect(epoch="another history", seq=1)
    assert chiyo.welcomes[-1]["replay"] is None
    assert chiyo.welcomes[-1]["snapshot"]["seq"] == chiyo.state.seq


def test_a_number_from_the_future_gets_a_snapshot(server: Server, people: People, ceremony: Keys) -> None:
    chiyo = people(server, ceremony["participant"])
    chiyo.disconnect()
    chiyo.connect(seq=10_000)
    assert chiyo.welcomes[-1]["snapshot"] is not None


def test_the_beat_shows_the_loss_of_the_last_event(server: Server, people: People, ceremony: Keys) -> None:
    host, chiyo = people(server, ceremony["host"]), people(server, ceremony["participant"])
    chiyo.deaf = True
    lost = host.command("floor.set_asking", on=False)["seq"]
    beat = eventually(lambda: next((beat for beat in chiyo.beats if beat["seq"] == lost), None), "the beat")
    assert beat["epoch"] == chiyo.epoch
    assert abs(beat["now"] - now_ms()) < 60_000
    assert chiyo.state.seq < lost
    answer = chiyo.sync()
    assert [event["seq"] for event in answer["replay"]] == [lost]
    the_law(server, chiyo)


def test_a_repeated_command_gets_the_first_answer(server: Server, people: People, ceremony: Keys) -> None:
    chiyo = people(server, ceremony["participant"], name="Chiyo")
    press = new_cmd_id()
    first = chiyo.command("floor.request", cmd_id=press, entry_kind="poem", name="Chiyo")
    again = chiyo.command("floor.request", cmd_id=press, entry_kind="poem", name="Chiyo")
    assert first["ok"]
    assert again == first
    chiyo.at(first["seq"])
    assert [entry.id for entry in chiyo.state.floor.entries] == [press]


def test_a_command_repeated_on_a_new_line_gets_the_first_answer(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"])
    press = new_cmd_id()
    first = host.command("item.cue", cmd_id=press, item_id="words", aimed_cue=0)
    host.vanish()
    eventually(lambda: not host.connected, "the loss of the line")
    host.connect()
    assert host.command("item.cue", cmd_id=press, item_id="words", aimed_cue=0) == first
    assert host.state.progress.cues == 1


def test_two_hosts_who_press_together_advance_once(server: Server, people: People, ceremony: Keys) -> None:
    hosts = [people(server, ceremony["host"]) for _ in range(2)]
    answers: list[dict[str, Any]] = []

    def press(host: Person) -> None:
        answers.append(host.command("item.cue", item_id="words", aimed_cue=0))

    presses = [threading.Thread(target=press, args=(host,)) for host in hosts]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    granted, refused = sorted(answers, key=lambda answer: not answer["ok"])
    assert granted["ok"]
    assert (refused["code"], refused["facts"]) == ("cue.stale", {"aimed": 0, "current": 1})
    assert refused["message"]
    the_law(server, *hosts)
    assert [run.item_id for run in hosts[0].state.progress.runs] == ["words"]


def test_a_participant_may_not_lead(server: Server, people: People, ceremony: Keys) -> None:
    chiyo = people(server, ceremony["participant"])
    seq = chiyo.state.seq
    answer = chiyo.command("item.cue", item_id="words", aimed_cue=0)
    assert (answer["ok"], answer["code"]) == (False, "role.not_allowed")
    assert chiyo.sync()["seq"] == seq


def test_the_clock_is_answered(server: Server, people: People, ceremony: Keys) -> None:
    chiyo = people(server, ceremony["participant"])
    before = time.time() * 1000
    answers = [chiyo.ask("clock", {"t0": float(n)}) for n in range(10)]
    after = time.time() * 1000
    assert [answer["t0"] for answer in answers] == list(range(10))
    assert all(before - 5 <= answer["t1"] <= answer["t2"] <= after + 5 for answer in answers)


BAD: list[tuple[str, tuple[Any, ...], str]] = [
    ("no such message", ("nonsense", {}), "message.unknown"),
    ("calling the connect handler", ("connect", {"role": "host"}), "message.unknown"),
    ("calling the disconnect handler", ("disconnect", {}), "message.unknown"),
    ("a private name", ("__init__", {}), "message.unknown"),
    ("no argument", ("command",), "message.invalid"),
    ("two arguments", ("command", {}, {}), "message.invalid"),
    ("a list", ("command", [1]), "message.invalid"),
    ("a word", ("clock", "now"), "message.invalid"),
    ("nothing", ("clock", None), "message.invalid"),
    ("no kind", ("command", {"cmd_id": "a" * 16}), "message.invalid"),
    ("an unknown kind", ("command", {"cmd_id": "a" * 16, "kind": "ceremony.burn"}), "message.invalid"),
    ("planning by the wire", ("command", {"cmd_id": "a" * 16, "kind": "ceremony.plan", "programme": {}}),
     "message.invalid"),
    ("no cmd_id", ("command", {"kind": "picture.hold"}), "message.invalid"),
    ("a short cmd_id", ("command", {"cmd_id": "abc", "kind": "picture.hold"}), "message.invalid"),
    ("an odd cmd_id", ("command", {"cmd_id": "'; drop table--------", "kind": "picture.hold"}), "message.invalid"),
    ("a field too many", ("command", {"cmd_id": "a" * 16, "kind": "picture.hold", "role": "host"}), "message.invalid"),
    ("true for a number", ("command", {"cmd_id": "a" * 16, "kind": "item.hold", "aimed_cue": True}), "message.invalid"),
    ("a fraction", ("command", {"cmd_id": "a" * 16, "kind": "item.hold", "aimed_cue": 0.5}), "message.invalid"),
    ("a huge number", ("command", {"cmd_id": "a" * 16, "kind": "item.hold", "aimed_cue": 2**60}), "message.invalid"),
    ("text for a switch", ("command", {"cmd_id": "a" * 16, "kind": "autopilot.set", "on": "yes"}), "message.invalid"),
    ("a number for text", ("command", {"cmd_id": "a" * 16, "kind": "floor.call", "entry_id": 7}), "message.invalid"),
    ("an unknown choice", ("command", {"cmd_id": "a" * 16, "kind": "floor.request", "entry_kind": "rant", "name": "C"}),
     "message.invalid"),
    ("a name of nothing", ("command", {"cmd_id": "a" * 16, "kind": "floor.request", "entry_kind": "wish", "name": " "}),
     "words.not_allowed"),
    ("hidden letters",
     ("command", {"cmd_id": "a" * 16, "kind": "floor.request", "entry_kind": "wish", "name": "A\u202eB"}),
     "words.not_allowed"),
    ("no such country",
     ("command", {"cmd_id": "a" * 16, "kind": "floor.request", "entry_kind": "wish", "name": "C", "country": "ZZ"}),
     "words.not_allowed"),
    ("a clock of words", ("clock", {"t0": "soon"}), "message.invalid"),
    ("a number before the beginning", ("sync", {"epoch": "", "seq": -1}), "message.invalid"),
    ("sync without epoch", ("sync", {"seq": 0}), "message.invalid"),
    ("a search without end", ("roster", {"after": None, "search": "x" * 300}), "message.invalid"),
    ("a report of nothing", ("report", {}), "message.invalid"),
    ("bytes", ("command", {"cmd_id": b"0123456789abcdef", "kind": "picture.hold"}), "message.invalid"),
    ("17 kB", ("command", {"cmd_id": "a" * 16, "kind": "floor.request", "entry_kind": "wish", "name": "x" * 17_000}),
     "message.too_large"),
]  # fmt: skip


def test_bad_messages_are_refused_and_change_nothing(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"])
    seq = host.state.seq
    for what, (event, *data), code in BAD:
        answer = host.ask(event, *data)
        assert (what, answer["ok"], answer["code"]) == (what, False, code)
        assert answer["message"], what
        time.sleep(0.05)  # a person's pace: a flood is another matter
    assert host.connected
    assert host.sync()["seq"] == seq


def test_an_ill_typed_field_is_named(server: Server, people: People, ceremony: Keys) -> None:
    answer = people(server, ceremony["host"]).command("item.hold", aimed_cue="now")
    assert answer["facts"] == {"path": "$.aimed_cue", "reason": "Expected `int`, got `str`"}


def test_broken_packets_close_only_the_line_they_come_by(server: Server, people: People, ceremony: Keys) -> None:
    chiyo, mallory = people(server, ceremony["participant"]), people(server, ceremony["participant"])
    for packet in ('2/live,["', "2/live,", "2/live," + "[" * 5_000, "9", "5999-/live,[]", '2/live,1e999999["x"]'):
        mallory.raw(packet)
    eventually(lambda: not mallory.connected, "the line to be closed")
    assert chiyo.ask("clock", {"t0": 1.0})["t0"] == 1.0
    eventually(lambda: any("socket.malformed" in line for line in server.lines), "a line in the log")
    assert sum("socket.malformed" in line for line in server.lines) == 1
    mallory.connect()
    assert mallory.connected


def test_a_frame_without_end_cuts_the_line(server: Server, people: People, ceremony: Keys) -> None:
    chiyo, mallory = people(server, ceremony["participant"]), people(server, ceremony["participant"])
    mallory.raw('2/live,["command",{"x":"' + "x" * 200_000 + '"}]')
    eventually(lambda: not mallory.connected, "the line to be cut")
    assert chiyo.ask("clock", {"t0": 1.0})["t0"] == 1.0


@pytest.mark.parametrize(
    "auth", [{}, {"token": "nobody's"}, {"token": "A" * 22 + "." + "A" * 32}, {"token": 7}, {"x": 1}]
)
def test_a_stranger_is_refused(server: Server, ceremony: Keys, auth: dict[str, Any]) -> None:
    stranger = server.person(ceremony["participant"])
    stranger.token = "unused"
    socket = stranger._socket
    with pytest.raises(ConnectionFailed):
        socket.connect(server.url, auth=auth, namespaces=["/live"], transports=["websocket"], wait_timeout=5)
    refused = eventually(lambda: stranger.refused, "a refusal")
    assert refused["data"]["code"] == "link.unknown"


def test_a_token_is_good_for_its_own_ceremony_alone(server: Server, people: People, ceremony: Keys) -> None:
    server.plan(a_programme("another", at_ms=now_ms() + 600_000))
    chiyo = people(server, ceremony["participant"])
    chiyo.disconnect()
    chiyo.connect(ceremony="another")
    assert chiyo.refused["data"]["code"] == "link.unknown"


def test_an_unknown_link_opens_nothing(server: Server) -> None:
    status, answer = fetch(f"{server.url}/api/enter", {"key": "A" * 24})
    assert (status, answer["code"]) == (404, "link.unknown")


def test_a_replaced_link_puts_out_who_came_by_it(server: Server, people: People, ceremony: Keys) -> None:
    host, chiyo = people(server, ceremony["host"]), people(server, ceremony["participant"])
    key = server.office.admission.renew(chiyo.ceremony, "participant")
    eventually(lambda: chiyo.gone, "the farewell", within_s=30)
    assert chiyo.gone == ["link.revoked"]
    eventually(lambda: not chiyo.connected, "the line to be closed")
    chiyo.connect()
    assert chiyo.refused["data"]["code"] == "link.revoked"
    assert fetch(f"{server.url}/api/enter", {"key": ceremony["participant"]})[0] == 404
    assert host.command("floor.set_asking", on=False)["ok"]
    assert server.person(key, name="Chiyo").connect().connected


def test_one_person_in_two_tabs_takes_one_seat(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"])
    tabs = [people(server, ceremony["participant"], device="one-and-the-same-device", name="Chiyo") for _ in range(2)]
    assert tabs[0].participant_id == tabs[1].participant_id
    eventually(lambda: host.presence["seats"] == 2, "two seats")
    assert tabs[0].ask("bye", {}) == {"ok": True}
    bruno = people(server, ceremony["participant"], name="Bruno")
    eventually(lambda: host.presence["seats"] == 3, "three seats")
    assert tabs[1].ask("bye", {}) == {"ok": True}
    eventually(lambda: host.presence["seats"] == 2, "the seat to be free at once")
    assert bruno.presence["people"] == 2 or eventually(lambda: bruno.presence["people"] == 2)


def test_presence_counts_people_and_how_well_they_are_in_step(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"])
    people(server, ceremony["participant"], country="JP", community="Osaka", people=80)
    bruno = people(server, ceremony["participant"], country="BR", community="Recife")
    assert bruno.ask("report", {"bound_ms": 3.5, "sound": "running", "picture": True}) == {"ok": True}
    eventually(lambda: host.presence["sync"]["ms5"] == 1, "the report")
    seen = {key: host.presence[key] for key in ("people", "seats", "places", "elsewhere", "communities", "sync")}
    assert seen == {
        "people": 82, "seats": 3, "places": {"BR": 1, "JP": 80}, "elsewhere": 1, "communities": 2,
        "sync": {"ms5": 1, "ms20": 0, "unknown": 1, "soundless": 0, "away": 0},
    }  # fmt: skip
    eventually(lambda: bruno.presence["people"] == 82, "the totals")
    told = [bruno.welcomes[0]["presence"], *(presence for _, presence in bruno.presences)]
    assert [presence for presence in told if "sync" in presence] == []


def test_presence_is_told_at_most_twice_a_second(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"])
    for n in range(12):
        people(server, ceremony["participant"], country="JP", people=n + 1)
    eventually(lambda: host.presence["people"] == 1 + sum(range(1, 13)), "everybody")
    at = [when for when, _ in host.presences]
    assert all(later - earlier > 0.4 for earlier, later in pairwise(at)), at


def test_the_roster_shows_what_each_consents_to(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"], name="Hana")
    chiyo = people(server, ceremony["participant"], name="Chiyo Sato", community="Osaka", country="JP", consent="first")
    people(server, ceremony["participant"], name="Bruno Lima", community="Recife", country="BR", consent="full")
    people(server, ceremony["participant"], name="Amina", consent="count")
    assert chiyo.roster() == [], "nothing gets before the others unreleased"
    held = host.waiting("names")["rows"]
    assert host.moderate(
        "person.release", ids=[row["id"] for row in held], aimed={row["id"]: row["mark"] for row in held}
    )["ok"]
    rows = chiyo.roster()
    keys = [row.pop("key") for row in rows]
    assert rows == [
        {"name": "Bruno Lima", "community": "Recife", "country": "BR", "people": 1, "online": True},
        {"name": "Chiyo", "community": "", "country": "JP", "people": 1, "online": True},
    ]
    (seen,) = host.roster("osaka")
    assert seen.pop("mark").startswith("admitted.released.")
    assert seen == {
        "name": "Chiyo Sato", "community": "Osaka", "country": "JP", "people": 1, "online": True, "key": keys[1],
        "participant_id": chiyo.participant_id, "role": "participant", "name_state": "released", "recording": False,
    }  # fmt: skip
    assert len(host.roster()) == 4


def test_candles_are_counted_once_for_each(server: Server, people: People) -> None:
    keys = server.plan(a_programme("by-candlelight", at_ms=now_ms(), items=[an_item("candles", Candle(), 600)]))
    host, chiyo, bruno = (
        people(server, keys["host"]),
        people(server, keys["participant"]),
        people(server, keys["participant"]),
    )
    assert host.command("item.cue", item_id="candles", aimed_cue=0)["ok"]
    assert chiyo.command("candle.light", item_id="candles")["code"] == "phase.not_allowed"
    eventually(lambda: host.state.progress.runs and now_ms() >= host.state.progress.runs[0].start_ms, "the item")
    for _ in range(2):
        assert chiyo.command("candle.light", item_id="candles")["ok"]
    assert bruno.command("candle.light", item_id="candles")["ok"]
    eventually(lambda: host.presence["candles"] == {"candles": 2}, "two candles")
    eventually(lambda: chiyo.you["lit"] == ["candles"], "her own")
    assert host.you["lit"] == []
    the_law(server, host, chiyo, bruno)


def test_nothing_is_told_of_people_during_a_silence(server: Server, people: People) -> None:
    silence = a_silence(invitation_s=0, stillness_s=4, duration_s=15, quiet_after_s=1)
    keys = server.plan(a_programme("silence", at_ms=now_ms(), items=[silence, an_item("words")]))
    host = people(server, keys["host"])
    assert host.command("item.cue", item_id="minute", aimed_cue=0)["ok"]
    (run,) = host.at(host.sync()["seq"]).state.progress.runs
    eventually(lambda: now_ms() > run.start_ms + 700, "the stillness")
    told = len(host.presences)
    chiyo = people(server, keys["participant"], country="JP")
    assert host.command("picture.hold")["code"] == "silence.locked"
    assert chiyo.command("floor.request", entry_kind="wish", name="Chiyo")["ok"]
    time.sleep(2)
    assert len(host.presences) == told
    eventually(lambda: host.presence["people"] == 2, "the totals after the rest", within_s=30)
    assert now_ms() >= run.start_ms + 20_000


def test_polling_works_where_sockets_do_not(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"])
    chiyo = server.person(ceremony["participant"], name="Chiyo").connect(transports=("polling",))
    assert chiyo.command("floor.request", entry_kind="wish", name="Chiyo")["ok"]
    the_law(server, host, chiyo)
    chiyo.disconnect()


def test_another_process_is_heard(server: Server, people: People, ceremony: Keys) -> None:
    """What a command line plans anew, the pages get within a second or two."""
    chiyo = people(server, ceremony["participant"])
    server.office.ceremonies.plan(a_programme(chiyo.ceremony, at_ms=now_ms() + 1_200_000))
    the_law(server, chiyo)


def test_a_foreign_page_is_not_let_in(server: Server, ceremony: Keys) -> None:
    status, answer = fetch(
        f"{server.url}/socket.io/?EIO=4&transport=polling", headers={"Origin": "https://elsewhere.example"}
    )
    assert (status, answer["code"]) == (403, "request.origin_not_allowed")
    status, _ = fetch(f"{server.url}/socket.io/?EIO=4&transport=polling", headers={"Origin": server.url})
    assert status == 200


def test_nothing_secret_is_logged(server: Server, people: People, ceremony: Keys) -> None:
    chiyo = people(server, ceremony["participant"], name="Chiyo Sato")
    chiyo.command("floor.request", entry_kind="memory", name="Chiyo Sato", text="My mother's samovar")
    chiyo.command("nonsense")
    said = "\n".join(server.lines)
    for secret in (*ceremony.values(), chiyo.token, "Chiyo", "samovar"):
        assert secret not in said


def test_events_are_json_of_the_domain(server: Server, people: People, ceremony: Keys) -> None:
    host = people(server, ceremony["host"])
    seq = host.command("item.cue", item_id="words", aimed_cue=0)["seq"]
    host.at(seq)
    event = host.events[-1]
    assert event == {
        "seq": seq, "at_ms": event["at_ms"], "by": host.participant_id, "kind": "item.cued",
        "data": {"item_id": "words", "start_ms": event["at_ms"] + 3_000, "cue": 1},
    }  # fmt: skip
    assert json.loads(json.dumps(event)) == event
