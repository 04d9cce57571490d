"""The speaker queue, from asking to having finished."""

from dataclasses import replace

import pytest

from memorata.domain import commands as c
from memorata.domain.ceremony import decide
from memorata.domain.errors import Refused
from memorata.domain.floor import FloorEntry, place, wait_ms
from memorata.services.snapshots import public_state
from tests.histories import AMINA, BRUNO, CHIYO, HOST, MODERATOR, START_MS, History, a_programme


def a_queue() -> History:
    """In the programme; Bruno has asked for a poem, then Chiyo for a memory; both are accepted."""
    history = History()
    history.ask(c.PlanCeremony(a_programme()), AMINA, START_MS - 60_000)
    history.ask(c.CueItem("words", 0), HOST, START_MS - 60_000)
    poem = c.RequestFloor("poem", " Bruno  Silva ", "Recife", "br", "First line\r\nsecond line")
    history.ask(poem, replace(BRUNO, request_id="B"), START_MS)
    history.ask(c.RequestFloor("memory", "Chiyo"), replace(CHIYO, request_id="C"), START_MS)
    for entry_id in "BC":
        history.ask(c.AcceptEntry(entry_id), MODERATOR, START_MS)
    assert history.refused == []
    return history


def entry(history: History, entry_id: str) -> FloorEntry:
    found = history.state.floor.entry(entry_id)
    assert found is not None
    return found


def refusal(history: History, command: c.Command, actor: c.Actor) -> str:
    with pytest.raises(Refused) as no:
        decide(history.state, command, replace(actor, request_id="new"), START_MS + 1)
    return no.value.code


def order(history: History) -> str:
    return "".join(one.id for one in history.state.floor.entries)


def test_a_request_is_tidied_and_waits_in_the_order_of_asking() -> None:
    history = a_queue()
    bruno = entry(history, "B")
    assert (bruno.name, bruno.country, bruno.text, bruno.slot_s) == (
        "Bruno Silva",
        "BR",
        "First line\nsecond line",
        120,
    )
    assert [place(history.state.floor, one) for one in "BC"] == [1, 2]
    assert wait_ms(history.state.floor, "C", START_MS) == 120_000


def test_one_person_asks_once_at_a_time() -> None:
    history = a_queue()
    assert refusal(history, c.RequestFloor("wish", "Bruno"), BRUNO) == "floor.already_asked"
    history.ask(c.WithdrawRequest("B"), BRUNO, START_MS + 1)
    history.ask(c.RequestFloor("wish", "Bruno"), replace(BRUNO, request_id="B2"), START_MS + 2)
    assert order(history) == "BCB2"
    assert history.refused == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "Bru\u202eno", "Bru\u200bno", "a\x00b"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    history = a_queue()
    history.ask(c.WithdrawRequest("B"), BRUNO, START_MS + 1)
    assert refusal(history, c.RequestFloor("memory", name), BRUNO) == "words.not_allowed"


def test_from_called_to_finished() -> None:
    history = a_queue()
    for at, (command, actor) in enumerate(
        [
            (c.CallNext("C"), HOST),
            (c.ReadyToSpeak("C"), CHIYO),
            (c.GrantFloor("C"), HOST),
            (c.YieldFloor("C"), CHIYO),
        ]
    ):
        history.ask(command, actor, START_MS + at * 1000)
    assert history.refused == []
    assert [r.event.kind for r in history.recorded[-4:]] == [
        "floor.called",
        "floor.readied",
        "floor.granted",
        "floor.yielded",
    ]
    assert entry(history, "C").state == "done"


def test_granting_the_floor_ends_the_turn_of_whoever_had_it_and_two_hosts_grant_once() -> None:
    history = a_queue()
    history.ask(c.GrantFloor("B"), HOST, START_MS + 1)
    assert refusal(history, c.GrantFloor("C"), HOST) == "floor.holder_changed"
    history.ask(c.GrantFloor("C", "B"), HOST, START_MS + 2)
    assert (entry(history, "B").state, entry(history, "C").state) == ("done", "speaking")


def test_waiting_counts_the_rest_of_the_present_speakers_time() -> None:
    history = a_queue()
    history.ask(c.GrantFloor("B"), HOST, START_MS)
    assert wait_ms(history.state.floor, "C", START_MS + 30_000) == 90_000
    assert wait_ms(history.state.floor, "C", START_MS + 500_000) == 0


def test_not_now_keeps_a_place_at_the_end() -> None:
    history = a_queue()
    history.ask(c.CallNext("B"), HOST, START_MS + 1)
    history.ask(c.NotNow("B"), BRUNO, START_MS + 2)
    assert (order(history), entry(history, "B").state) == ("CB", "accepted")


def test_who_is_not_here_keeps_a_place_and_is_taken_up_again() -> None:
    history = a_queue()
    history.ask(c.CallNext("B"), HOST, START_MS + 1)
    history.ask(c.MarkAbsent("B"), HOST, START_MS + 2)
    assert entry(history, "B").state == "not_here"
    history.ask(c.AcceptEntry("B"), HOST, START_MS + 3)
    assert (order(history), place(history.state.floor, "B")) == ("BC", 1)


def test_only_the_person_or_the_staff_may_answer_for_an_entry() -> None:
    history = a_queue()
    history.ask(c.CallNext("B"), HOST, START_MS + 1)
    for command in (c.ReadyToSpeak("B"), c.NotNow("B"), c.WithdrawRequest("B")):
        assert refusal(history, command, CHIYO) == "floor.not_holder"
    assert refusal(history, c.GrantFloor("C"), CHIYO) == "role.not_allowed"
    history.ask(c.ReadyToSpeak("B"), HOST, START_MS + 2)
    assert entry(history, "B").state == "ready"


def test_a_host_adds_somebody_on_the_telephone_before_another() -> None:
    history = a_queue()
    added = c.AddToFloor("memory", "Genrikh", "Jerusalem", "IL", via="telephone", note="+7 000", before="C")
    history.ask(added, replace(HOST, request_id="G"), START_MS + 1)
    assert (order(history), entry(history, "G").state) == ("BGC", "accepted")


def test_the_order_is_changed_only_as_it_was_seen() -> None:
    history = a_queue()
    history.ask(c.ReorderFloor(("C", "B")), MODERATOR, START_MS + 1)
    assert order(history) == "CB"
    assert refusal(history, c.ReorderFloor(("C",)), MODERATOR) == "floor.order_stale"
    assert refusal(history, c.ReorderFloor(("C", "C")), MODERATOR) == "floor.order_stale"


def test_the_audience_learns_a_name_when_its_person_is_called_and_never_the_text() -> None:
    history = a_queue()
    assert [one.name for one in public_state(history.state).floor.entries] == ["", ""]
    history.ask(c.CallNext("B"), HOST, START_MS + 1)
    bruno = public_state(history.state).floor.entries[0]
    assert (bruno.name, bruno.community, bruno.text, bruno.participant_id) == ("Bruno Silva", "Recife", "", None)


def test_asking_may_be_closed() -> None:
    history = a_queue()
    history.ask(c.SetAsking(False), MODERATOR, START_MS + 1)
    assert refusal(history, c.RequestFloor("wish", "Amina"), AMINA) == "floor.not_asking"


def test_a_request_withdrawn_by_staff_takes_its_name_from_the_screens_and_may_come_back() -> None:
    history = a_queue()
    history.ask(c.CallNext("B"), HOST, START_MS + 1)
    assert public_state(history.state).floor.entries[0].name == "Bruno Silva"
    history.ask(c.WithdrawRequest("B"), MODERATOR, START_MS + 2)
    assert (entry(history, "B").state, entry(history, "B").released) == ("withdrawn", False)
    assert {one.name for one in public_state(history.state).floor.entries} == {""}
    history.ask(c.AcceptEntry("B"), MODERATOR, START_MS + 3)
    assert (entry(history, "B").state, entry(history, "B").name) == ("accepted", "Bruno Silva")
    assert history.refused == []


def test_what_was_said_is_taken_back_by_staff_alone() -> None:
    history = a_queue()
    history.ask(c.GrantFloor("B"), HOST, START_MS + 1)
    history.ask(c.YieldFloor("B"), BRUNO, START_MS + 2)
    assert refusal(history, c.WithdrawRequest("B"), BRUNO) == "floor.wrong_state"
    history.ask(c.WithdrawRequest("B"), MODERATOR, START_MS + 3)
    assert {one.name for one in public_state(history.state).floor.entries} == {""}


def test_one_person_holds_one_place_though_an_earlier_one_is_taken_up_again() -> None:
    history = a_queue()
    history.ask(c.WithdrawRequest("B"), BRUNO, START_MS + 1)
    history.ask(c.RequestFloor("wish", "Bruno"), replace(BRUNO, request_id="B2"), START_MS + 2)
    assert refusal(history, c.AcceptEntry("B"), MODERATOR) == "floor.already_asked"
