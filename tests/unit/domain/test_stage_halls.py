"""When a hall is on screen, when it stands by, and what stands in for it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memorata.adapters.codec import revive
from memorata.domain import items as i
from memorata.domain.broadcast import Source
from memorata.domain.programme import Hall, Moment, Programme, Progress, Run, StepAnchor, moment
from memorata.domain.stage import Stage, ahead, hall_on_screen, part_of, parts, stand_in
from tests.builders import START_MS, a_programme, a_silence, an_item, text

LINK = i.Media(sources=(Source("vk", "1_2", "https://vk.com/video1_2"),), live=True)
FILM = i.Media(sources=(Source("file", "a", "/media/a.mp4"),))

CALLED = i.RollCall(
    entries=(
        i.Place(text("Bishkek"), hall="bishkek", media=LINK),
        i.Place(text("Yerevan"), mode="picture"),
        i.Place(text("Jerusalem"), hall="jerusalem", media=FILM),
    ),
    slot_s=30,
)

HALLS = (
    Hall("bishkek", text("Bishkek"), country="KG"),
    Hall("jerusalem", text("Jerusalem"), country="IL"),
    Hall("manchester", text("Manchester"), country="GB"),
)


def the_programme(item_hall: str = "") -> Programme:
    items = (
        an_item("lobby", i.Lobby(), 900),
        an_item("words"),
        an_item("called", CALLED, 90, hall=item_hall),
        a_silence(),
        an_item("greeting", hall="manchester"),
    )
    return replace(a_programme(items=items), halls=HALLS)


PROGRAMME = the_programme()


def at(item_id: str, step: int = 0, *, programme: Programme = PROGRAMME, after_ms: int = 1_000) -> Moment:
    run = Run(1, item_id, START_MS, steps=(StepAnchor(step, START_MS),) if step else ())
    return moment(programme, Progress(runs=(run,), cues=1), START_MS + after_ms)


def levels(shown: Moment, *, programme: Programme = PROGRAMME, holding: bool = False) -> dict[str, str]:
    return {part.hall: part.level for part in parts(programme, Stage(), (), shown, holding=holding)}


STANDING_BY = {"bishkek": "on_deck", "jerusalem": "on_deck", "manchester": "on_deck"}


@pytest.mark.parametrize(
    ("item_id", "step", "on_screen"),
    [
        ("words", 0, ""),
        ("called", 0, "bishkek"),
        ("called", 1, ""),
        ("called", 2, "jerusalem"),
        ("greeting", 0, "manchester"),
    ],
)
def test_the_programme_puts_a_hall_on_screen(item_id: str, step: int, on_screen: str) -> None:
    shown = at(item_id, step)
    assert hall_on_screen(shown) == on_screen
    wanted = STANDING_BY | ({on_screen: "on_stage"} if on_screen else {})
    assert levels(shown) == wanted


def test_an_entry_without_a_hall_shows_that_of_its_item() -> None:
    programme = the_programme("manchester")
    seen = [hall_on_screen(at("called", step, programme=programme)) for step in range(3)]
    assert seen == ["bishkek", "manchester", "jerusalem"]


def test_in_the_lobby_halls_stand_by_and_before_it_there_are_none() -> None:
    lobby = moment(PROGRAMME, Progress(), START_MS - 60_000)
    assert (lobby.phase, levels(lobby)) == ("lobby", STANDING_BY)
    assert levels(moment(PROGRAMME, Progress(), START_MS - 3_600_000)) == {}
    assert levels(moment(PROGRAMME, Progress(closed_ms=START_MS), START_MS + 1)) == {}


def test_in_a_silence_no_hall_sends() -> None:
    assert at("minute", after_ms=21_000).silence == "stillness"
    assert levels(at("minute", after_ms=21_000)) == {}
    assert levels(at("minute", after_ms=5_000)) == STANDING_BY


def test_the_holding_picture_and_the_recorded_version_take_a_hall_off() -> None:
    assert levels(at("called"), holding=True) == STANDING_BY


def test_a_hall_holds_its_place_and_no_other() -> None:
    found = parts(PROGRAMME, Stage(), (), at("called"), holding=False)
    assert getattr(part_of(found, "somebody", "bishkek"), "level", None) == "on_stage"
    assert getattr(part_of(found, "somebody", "jerusalem"), "level", None) == "on_deck"
    assert part_of(found, "somebody", "narva") is None
    assert part_of(found, "somebody") is None


def test_what_stands_in_for_a_hall_is_a_recording_and_no_live_link() -> None:
    called = PROGRAMME.item("called")
    assert called is not None
    assert [stand_in(called, step) for step in range(3)] == [None, None, FILM]


SHARED = json.loads((Path(__file__).parents[1] / "client/halls_ahead.json").read_text("utf-8"))
"""The client's twin is tried on the same cases."""


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: f"{case['item']} {case['step']}")
def test_the_halls_that_are_still_wanted(case: dict[str, Any]) -> None:
    programme = revive(SHARED["programme"], Programme)
    shown = at(case["item"], case["step"], programme=programme)
    assert ahead(programme, shown) == tuple(case["ahead"])


def test_in_the_lobby_all_of_them_are() -> None:
    lobby = moment(PROGRAMME, Progress(), START_MS - 60_000)
    assert ahead(PROGRAMME, lobby) == ("bishkek", "jerusalem", "manchester")
