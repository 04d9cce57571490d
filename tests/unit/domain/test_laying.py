"""Wreaths laid by their delegations, candles, and words that wait for their release."""

from dataclasses import replace

import pytest

from memorata.domain import commands as c
from memorata.domain.ceremony import decide
from memorata.domain.errors import Refused
from memorata.services.snapshots import public_state
from tests.histories import AMINA, BRUNO, CHIYO, HOST, MODERATOR, START_MS, WATCHER, History, a_programme


def at_item(item_id: str) -> History:
    """The item went live at START_MS."""
    history = History()
    history.ask(c.PlanCeremony(a_programme()), AMINA, START_MS - 60_000)
    history.ask(c.CueItem(item_id, 0), HOST, START_MS - 3_000)
    return history


def refusal(history: History, command: c.Command, actor: c.Actor, at_ms: int) -> str:
    with pytest.raises(Refused) as no:
        decide(history.state, command, replace(actor, request_id="new"), at_ms)
    return no.value.code


def test_a_delegation_lays_its_own_wreath_once_and_in_its_turn() -> None:
    history = at_item("wreaths")
    assert refusal(history, c.LayWreath("wreaths", 0), CHIYO, START_MS) == "wreath.not_yours"
    assert refusal(history, c.LayWreath("wreaths", 1), CHIYO, START_MS) == "wreath.not_yet"
    history.ask(c.LayWreath("wreaths", 0), BRUNO, START_MS + 1_000)
    history.ask(c.LayWreath("wreaths", 0), BRUNO, START_MS + 2_000)
    history.ask(c.LayWreath("wreaths", 1), CHIYO, START_MS + 8_000)
    assert history.refused == []
    assert [(laid.wreath, laid.at_ms) for laid in history.state.tributes.laid] == [
        (0, START_MS + 1_000),
        (1, START_MS + 8_000),
    ]


def test_a_community_without_a_country_lays_by_its_name() -> None:
    history = at_item("wreaths")
    history.ask(c.LayWreath("wreaths", 2), replace(CHIYO, community="osaka", country=None), START_MS + 16_000)
    assert [laid.wreath for laid in history.state.tributes.laid] == [2]


def test_candles_are_lit_while_they_are_live_and_leave_no_event() -> None:
    history = at_item("candles")
    assert decide(history.state, c.LightCandle("candles"), CHIYO, START_MS) == ()
    assert refusal(history, c.LightCandle("words"), CHIYO, START_MS) == "item.not_live"
    assert refusal(history, c.LightCandle("candles"), WATCHER, START_MS) == "role.not_allowed"


def test_a_wish_is_seen_by_nobody_else_until_it_is_released_and_gone_when_withheld() -> None:
    history = at_item("wishes")
    history.ask(c.OfferWish("wishes", "Meet again in May"), replace(CHIYO, request_id="w"), START_MS)
    assert public_state(history.state).tributes.wishes == ()
    history.ask(c.ReleaseWish("w"), MODERATOR, START_MS + 1)
    shown = public_state(history.state).tributes.wishes
    assert [(wish.text, wish.name, wish.community, wish.participant_id) for wish in shown] == [
        ("Meet again in May", "Chiyo", "Osaka", None)
    ]
    history.ask(c.WithholdWish("w"), MODERATOR, START_MS + 2)
    assert public_state(history.state).tributes.wishes == ()


def test_wishes_have_bounds() -> None:
    history = at_item("wishes")
    assert refusal(history, c.OfferWish("wishes", "x" * 281), CHIYO, START_MS) == "words.not_allowed"
    assert refusal(history, c.OfferWish("wishes", " \n "), CHIYO, START_MS) == "words.not_allowed"
    assert refusal(history, c.OfferWish("words", "Hello"), CHIYO, START_MS) == "wish.not_here"
    for number in range(5):
        history.ask(c.OfferWish("wishes", f"Wish {number}"), replace(CHIYO, request_id=f"w{number}"), START_MS)
    assert refusal(history, c.OfferWish("wishes", "One more"), CHIYO, START_MS) == "wish.enough"


def test_the_guest_book_stays_open_after_the_end() -> None:
    history = at_item("closing")
    history.ask(c.CloseCeremony(), HOST, START_MS + 60_000)
    history.ask(c.OfferWish("closing", "Thank you"), replace(CHIYO, request_id="g"), START_MS + 900_000)
    assert [wish.text for wish in history.state.tributes.wishes] == ["Thank you"]


def test_two_moderators_never_decide_about_the_same_wish_unknowingly() -> None:
    history = at_item("wishes")
    history.ask(c.OfferWish("wishes", "Meet again in May"), replace(CHIYO, request_id="w"), START_MS)
    history.ask(c.WithholdWish("w", aimed="held"), MODERATOR, START_MS + 1)
    assert refusal(history, c.ReleaseWish("w", aimed="held"), MODERATOR, START_MS + 2) == "moderation.changed"
    history.ask(c.ReleaseWish("w", aimed="withheld"), MODERATOR, START_MS + 3)
    assert [wish.state for wish in history.state.tributes.wishes] == ["released"]
