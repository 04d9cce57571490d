"""Nobody is recorded without having said yes, and nobody hears what was not released."""

from dataclasses import replace

import pytest

from memorata.domain.errors import Refused
from memorata.domain.recording import judged, may_hear, outlasts_names, to_record
from memorata.domain.roles import RANKS, is_staff
from memorata.domain.stage import Part
from tests.builders import an_item

ITEM = an_item("memories", recording_allowed=True)
CHIYO = Part("ask", "speaker", "on_stage", "chiyo")


def keys(*parts: Part, item: object = ITEM, agreed: tuple[str, ...] = ("chiyo", "bruno")) -> list[str]:
    return [part.key for part in to_record(parts, item, lambda who: who in agreed)]  # type: ignore[arg-type]


def test_who_is_on_the_stage_and_has_agreed_is_recorded() -> None:
    guest = Part("guest-1", "guest", "on_stage", "bruno")
    assert keys(CHIYO, guest) == ["ask", "guest-1"]


@pytest.mark.parametrize(
    "part",
    [
        replace(CHIYO, level="on_deck"),
        replace(CHIYO, participant_id="amina"),
        replace(CHIYO, participant_id=None, via="telephone"),
        replace(CHIYO, kind="hall", hall="recife"),
    ],
    ids=["on deck", "has not agreed", "on the telephone", "a hall"],
)
def test_nobody_else_is(part: Part) -> None:
    assert keys(part) == []


def test_only_where_the_item_allows_it() -> None:
    assert keys(CHIYO, item=replace(ITEM, recording_allowed=False)) == []
    assert keys(CHIYO, item=None) == []


def test_a_finished_one_is_released_and_kept_back_as_often_as_somebody_likes() -> None:
    assert judged("held", "release") == judged("released", "release") == "released"
    assert judged("released", "hold") == judged("held", "hold") == "held"


@pytest.mark.parametrize("state", ["running", "working", "failed"])
@pytest.mark.parametrize("verdict", ["release", "hold"])
def test_one_that_is_not_finished_is_neither(state: object, verdict: object) -> None:
    with pytest.raises(Refused, match=r"recording\.not_ready"):
        judged(state, verdict)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", RANKS)
def test_who_may_hear_it(role: object) -> None:
    staff = is_staff(role)  # type: ignore[arg-type]
    assert may_hear(role, "bruno", "chiyo", "held") is staff  # type: ignore[arg-type]
    assert may_hear(role, "chiyo", "chiyo", "held")  # type: ignore[arg-type]
    assert may_hear(role, "bruno", "chiyo", "released")  # type: ignore[arg-type]


def test_what_was_released_outlasts_the_names() -> None:
    assert outlasts_names("released")
    assert not any(outlasts_names(state) for state in ("running", "working", "held", "failed"))  # type: ignore[arg-type]
