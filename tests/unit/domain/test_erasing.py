"""What is left of somebody who is kept no longer: nothing, in the state and in the history, which still adds up."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorata.adapters import codec
from memorata.adapters.history import folded
from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.ceremony import decide, evolve, fold
from memorata.domain.erasing import rewritten
from memorata.domain.errors import Refused
from memorata.domain.events import Recorded
from memorata.domain.floor import FloorEntry
from memorata.domain.state import CeremonyState
from memorata.domain.tributes import Tributes, Wish
from memorata.services.snapshots import public_event, public_state
from tests.builders import START_MS, a_ceremony
from tests.histories import AMINA, BRUNO, CHIYO, HOST, History, a_history

LATER_MS = START_MS + 7_200_000
SECRETS = ("A name", "A town", "Some", "Another", "By telephone", '"0001"', "Corrected", "A wish", "Chiyo", "Bruno")
"""What the people of the made-up histories write."""

VERA = FloorEntry(
    "vera", "memory", "done", since_ms=START_MS, participant_id="chiyo", name="Vera", community="Osaka", country="JP",
    text="The sledge", via="beside", note="Speaks softly", released=True,
)  # fmt: skip
GENRIKH = FloorEntry("genrikh", "memory", "accepted", name="Genrikh", via="telephone", note="+7 000")
WISH = Wish("wish", "wishes", "Meet again", "released", "chiyo", "Chiyo", "Osaka", "JP", START_MS)


def a_gathering() -> CeremonyState:
    state = a_ceremony(e.FloorRequested(VERA), e.FloorRequested(GENRIKH), e.WishOffered(replace(WISH, state="held")))
    return fold(state, [Recorded(state.seq + 1, START_MS, "milo", e.WishReleased(WISH))])


def after(state: CeremonyState, *events: e.Event, at_ms: int = LATER_MS) -> CeremonyState:
    return fold(state, [Recorded(state.seq + n, at_ms, "chiyo", event) for n, event in enumerate(events, 1)])


def test_one_person_is_taken_out_and_the_others_stay() -> None:
    state = a_gathering()
    (event,) = decide(state, c.ErasePerson("chiyo"), CHIYO, LATER_MS)
    assert event == e.PersonErased("chiyo", ("vera",), ("wish",))
    left = after(state, event)
    assert left.floor.entries == (FloorEntry("vera", "memory", "done", since_ms=START_MS), GENRIKH)
    assert left.tributes == Tributes()


def test_whoever_still_waited_waits_no_more() -> None:
    state = a_gathering()
    left = after(state, *decide(state, c.ErasePerson(None, ("genrikh",)), AMINA, LATER_MS))
    assert left.floor.entries[1] == FloorEntry("genrikh", "memory", "withdrawn", since_ms=LATER_MS)
    assert left.floor.entries[0] == VERA
    assert left.tributes == state.tributes


def test_the_names_of_all_go_together() -> None:
    state = a_gathering()
    left = after(state, *decide(state, c.EraseNames(), AMINA, LATER_MS))
    assert [(entry.name, entry.text, entry.note) for entry in left.floor.entries] == [("", "", "")] * 2
    assert left.tributes.wishes == ()


def test_lines_of_a_guest_book_that_is_still_open_stay() -> None:
    state = a_gathering()
    book = replace(WISH, id="line", item_id="farewell")
    state = after(state, e.WishReleased(book), at_ms=START_MS)
    left = after(state, *decide(state, c.EraseNames(("farewell",)), AMINA, LATER_MS))
    assert left.tributes.wishes == (book,)
    assert {entry.name for entry in left.floor.entries} == {""}


def test_the_speaker_who_is_taken_out_has_the_floor_no_more() -> None:
    state = a_ceremony(e.FloorRequested(replace(VERA, state="speaking")))
    left = after(state, *decide(state, c.ErasePerson("chiyo"), CHIYO, LATER_MS))
    assert left.floor.holder() is None


def test_the_audience_hears_of_it_only_where_there_was_something_to_see() -> None:
    state = a_gathering()
    event = Recorded(state.seq + 1, LATER_MS, "chiyo", e.PersonErased("chiyo", ("vera",), ("wish",)))
    seen = public_event(event)
    assert seen.event == e.PersonErased(None, ("vera",), ("wish",))
    assert evolve(public_state(state), seen) == public_state(evolve(state, event))
    assert public_event(replace(event, event=e.PersonErased("bruno", (), ()))).event == e.Hidden()


@pytest.mark.parametrize(
    ("command", "actor"),
    [
        (c.ErasePerson("chiyo"), BRUNO),
        (c.ErasePerson("chiyo"), HOST),
        (c.ErasePerson("bruno", ("vera",)), BRUNO),
        (c.ErasePerson(None, (), ("wish",)), BRUNO),
        (c.EraseNames(), HOST),
    ],
)
def test_nobody_but_an_operator_takes_out_somebody_else(command: c.Command, actor: c.Actor) -> None:
    with pytest.raises(Refused, match=r"role\.not_allowed"):
        decide(a_gathering(), command, actor, LATER_MS)


seeds = st.integers(min_value=0, max_value=1_000_000)


def erased_history(history: History, event: e.Event) -> list[Recorded]:
    """As the store keeps it: the past written anew, and the event behind it."""
    past = [replace(one, event=rewritten(one.event, event)) for one in history.recorded]
    return [*past, Recorded(history.state.seq + 1, history.recorded[-1].at_ms, "operator", event)]


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_history_written_anew_adds_up_to_what_everybody_holds(seed: int) -> None:
    history = a_history(seed)
    for command in (c.EraseNames(), c.ErasePerson("chiyo"), c.ErasePerson("bruno")):
        (event,) = decide(history.state, command, AMINA, LATER_MS)
        anew = erased_history(history, event)
        held = evolve(history.state, replace(anew[-1]))
        assert folded(anew) == held
        assert [(one.seq, one.at_ms, one.by, one.event.kind) for one in anew[:-1]] == [
            (one.seq, one.at_ms, one.by, one.event.kind) for one in history.recorded
        ]


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_no_word_of_anybody_is_left_in_it(seed: int) -> None:
    history = a_history(seed)
    anew = erased_history(history, e.NamesErased())
    written = json.dumps([codec.recorded_message(one) for one in anew if one.event.kind != "ceremony.planned"])
    assert [secret for secret in SECRETS if secret in written] == []


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_a_page_that_was_away_comes_to_the_same_by_what_it_missed(seed: int) -> None:
    """It knows the words; what it gets is the past written anew from where it was, and the event."""
    history = a_history(seed, 60)
    (event,) = decide(history.state, c.ErasePerson("chiyo"), AMINA, LATER_MS)
    anew = erased_history(history, event)
    for known in (1, len(history.recorded) // 2, len(history.recorded)):
        held = fold(CeremonyState(), history.recorded[:known])
        assert fold(held, anew[known:]) == folded(anew)
        seen = fold(CeremonyState(), [public_event(one) for one in history.recorded[:known]])
        assert fold(seen, [public_event(one) for one in anew[known:]]) == public_state(folded(anew))
