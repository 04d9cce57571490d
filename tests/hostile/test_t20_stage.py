"""T20: nobody is seen or heard who has not been called, however well their program speaks the language of the stage."""

import secrets

import pytest

from tests.live.client import Person
from tests.live.conftest import Server
from tests.live.staged import SENDS, TAKES, Evening, links, told


@pytest.fixture
def evening(server: Server) -> Evening:
    made = Evening(server, f"t20-{secrets.token_hex(4)}")
    made.speaks()
    return made


def refused(person: Person, event: str, **data: object) -> object:
    answer = person.ask(event, data)
    assert not answer["ok"], answer
    return answer["code"]


def test_who_watches_cannot_send(evening: Evening) -> None:
    chiyo = evening.chiyo
    (link,) = links(chiyo, "open")
    heard = len(told(evening.vera, "signal")) + len(told(evening.hana, "signal"))
    assert refused(chiyo, "stage_publish", picture=True, sound=True) == "stage.not_now"
    for kind in ("offer", "answer"):
        assert refused(chiyo, "stage_signal", kind=kind, link=link["link"], sdp=SENDS) == "stage.not_now"
        hidden = TAKES.replace("m=video", "a=sendrecv\r\nm=video", 1)
        assert refused(chiyo, "stage_signal", kind=kind, link=link["link"], sdp=hidden) == "stage.not_now"
    assert len(told(evening.vera, "signal")) + len(told(evening.hana, "signal")) == heard


def test_nobody_speaks_on_a_link_of_others(evening: Evening) -> None:
    (other,) = links(evening.hana, "open")
    for link in (other["link"], "", "nowhere", "x" * 200):
        assert refused(evening.chiyo, "stage_signal", kind="offer", link=link, sdp=SENDS) == "stage.unknown_link"
        assert (
            refused(evening.chiyo, "stage_signal", kind="candidate", link=link, candidate="candidate:1")
            == "stage.unknown_link"
        )


def test_who_has_been_heard_out_cannot_go_on(evening: Evening) -> None:
    vera = evening.vera
    (link, *_) = links(vera, "open")
    evening.do("floor.yield", entry_id=evening.entry)
    assert refused(vera, "stage_signal", kind="offer", link=link["link"], sdp=SENDS) in (
        "stage.not_now",
        "stage.unknown_link",
    )
    assert refused(vera, "stage_publish", picture=True, sound=True) == "stage.not_now"


@pytest.mark.parametrize(
    "sdp",
    ["", "hello", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", SENDS + SENDS, "x" * 14_001],
    ids=["empty", "no description", "data", "two people", "endless"],
)
def test_what_is_no_picture_of_one_person_goes_to_nobody(evening: Evening, sdp: str) -> None:
    vera = evening.vera
    (link, *_) = links(vera, "open")
    heard = len(told(evening.chiyo, "signal")) + len(told(evening.hana, "signal"))
    assert refused(vera, "stage_signal", kind="offer", link=link["link"], sdp=sdp) == "message.invalid"
    assert len(told(evening.chiyo, "signal")) + len(told(evening.hana, "signal")) == heard


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("stage_watch", {"picture": "yes"}),
        ("stage_publish", {"picture": True}),
        ("stage_publish", {"picture": True, "sound": True, "feed": "mine"}),
        ("stage_stop", {"what": "everything"}),
        ("stage_tell", {"camera": "hacked", "microphone": "on", "heard": True}),
        ("stage_signal", {"kind": "shout", "link": "x", "sdp": SENDS}),
        ("stage_signal", {"kind": "candidate", "link": "x", "candidate": "c" * 1_001}),
        ("stage_signal", {"kind": "candidate", "link": "x", "candidate": "", "line": -1}),
    ],
)
def test_a_broken_message_changes_nothing(evening: Evening, event: str, data: dict[str, object]) -> None:
    assert refused(evening.chiyo, event, **data) == "message.invalid"
    assert evening.chiyo.ask("stage_watch", {})["ok"]
