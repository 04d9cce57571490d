"""The history of a ceremony told in lines, and the proof that it adds up."""

from dataclasses import replace

import pytest

from memorata.adapters.history import DoesNotAddUp, folded, lines
from memorata.domain import events as e
from memorata.domain.ceremony import fold
from memorata.domain.floor import FloorEntry
from memorata.domain.state import CeremonyState
from memorata.domain.tributes import Wish
from tests.builders import START_MS, a_programme, recorded

CUED = e.ItemCued("words", START_MS + 3_000, 1)
ASKED = e.FloorRequested(FloorEntry("a" * 22, "poem", name="Chiyo", text="a poem", participant_id="p1"))
WISHED = e.WishOffered(Wish("w" * 22, "wishes", "Meet again\nin May", participant_id="p1", name="Chiyo"))
HISTORY = recorded(
    (e.CeremonyPlanned(a_programme()), CUED, ASKED, WISHED, e.WishReleased(replace(WISHED.wish, state="released")))
)


def test_a_history_folds_to_its_state() -> None:
    assert folded(HISTORY) == fold(CeremonyState(), HISTORY)
    assert folded([]) == CeremonyState()


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        ([HISTORY[0], HISTORY[2]], "event 3 follows 1"),
        ([HISTORY[0], replace(HISTORY[1], at_ms=1)], "event 2 is older than the one before it"),
    ],
)
def test_damage_is_named(history: list[e.Recorded], reason: str) -> None:
    with pytest.raises(DoesNotAddUp, match=reason):
        folded(history)


def test_each_event_is_one_line_with_time_number_who_and_what() -> None:
    told = [line.split("  ") for line in lines(HISTORY, "Europe/Moscow", {"operator": "operator"})]
    assert [parts[0] for parts in told] == ["2027-01-27 14:00:00.000"] * 5
    whole = list(lines(HISTORY, "Europe/Moscow", {}))
    assert whole[0].endswith("ceremony.planned 7 items from 2027-01-27 14:00 Europe/Moscow")
    assert whole[1].endswith("item.cued words  start 14:00:03.000  cue 1")
    assert whole[2].endswith(f"floor.requested poem by Chiyo [{'a' * 22}] asked")
    assert whole[3].endswith(f"wish.offered wishes by Chiyo [{'w' * 22}]: Meet again")
