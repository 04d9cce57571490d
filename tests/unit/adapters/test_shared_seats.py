"""Seats over several workers: told in portions, merged, kept while nobody is heard."""

from dataclasses import replace

import pytest

from memorata.adapters.presence.memory import GRACE_MS
from memorata.adapters.presence.shared import COUNT_EACH, SharedSeats, What
from memorata.domain.moderating import NameState
from memorata.services.ports import Judgement, Participant, Report, SyncQuality
from tests.fake_bus import FakeBus, Wire
from tests.fakes import FakeClock

ID = "remembrance-2027"
CHIYO = Participant("chiyo", ID, "participant", name="Chiyo Sato", community="Osaka", country="JP", consent="first")
BRUNO = Participant("bruno", ID, "participant", name="Bruno Lima", community="Recife", country="BR", consent="full")
HALL = Participant("hall", ID, "participant", community="Osaka", country="JP", people=80)


class Worker:
    """Seats at one worker, and what it heard of the others' seats."""

    def __init__(self, wire: Wire, name: str, clock: FakeClock) -> None:
        self.bus, self.clock, self.heard = FakeBus(wire, name), clock, list[tuple[str, set[What]]]()
        self.seats = SharedSeats(self.bus, clock.now_ms, lambda one, what: self.heard.append((one, what)))

    def join(self, who: Participant, tab: str = "tab") -> bool:
        return self.seats.join(who, tab, self.clock.now_ms())

    def leave(self, who: Participant, tab: str = "tab", *, at_once: bool = False) -> bool:
        return self.seats.leave(who, tab, self.clock.now_ms(), at_once=at_once)

    def online(self) -> dict[str, bool]:
        return {row.participant.id: row.online for row in self.seats.rows(ID)}


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def pair(wire: Wire) -> tuple[Worker, Worker]:
    clock = FakeClock()
    return Worker(wire, "one", clock), Worker(wire, "two", clock)


def told(*workers: Worker) -> None:
    """Half a second goes by, and everything arrives."""
    for worker in workers:
        worker.seats.flush()
    workers[0].bus.wire.carry()


def test_both_count_everybody_and_hear_only_what_changes(pair: tuple[Worker, Worker]) -> None:
    one, two = pair
    assert one.join(CHIYO)
    assert two.join(BRUNO)
    assert two.join(HALL)
    told(one, two)
    assert one.seats.totals(ID) == two.seats.totals(ID)
    totals = one.seats.totals(ID)
    assert (totals.people, totals.seats, totals.places, totals.communities) == (82, 3, (("BR", 1), ("JP", 81)), 2)
    assert one.seats.ceremonies() == two.seats.ceremonies() == (ID,)
    assert one.heard == [(ID, {"totals", "roster", "step"})]
    told(one, two)
    assert len(one.heard) == len(two.heard) == 1, "nothing has changed, nothing is said"


def test_somebody_at_two_workers_has_one_seat(pair: tuple[Worker, Worker]) -> None:
    one, two = pair
    one.join(CHIYO)
    told(one, two)
    assert not two.join(CHIYO, "another tab"), "the totals are what they were"
    told(one, two)
    assert one.seats.totals(ID).seats == two.seats.totals(ID).seats == 1
    assert not one.leave(CHIYO, at_once=True), "there is the other tab"
    told(one, two)
    assert one.online() == two.online() == {"chiyo": True}
    assert two.leave(CHIYO, "another tab", at_once=True)
    told(one, two)
    assert one.online() == two.online() == {}


@pytest.mark.parametrize("noticed", ["before", "after"])
def test_who_moves_to_another_worker_keeps_the_seat(pair: tuple[Worker, Worker], noticed: str) -> None:
    one, two = pair
    one.join(CHIYO)
    told(one, two)
    if noticed == "before":
        one.leave(CHIYO)
        told(one, two)
        assert one.online() == two.online() == {"chiyo": False}
    two.join(CHIYO)
    told(one, two)
    if noticed == "after":
        one.leave(CHIYO)
    told(one, two)
    assert one.online() == two.online() == {"chiyo": True}
    two.leave(CHIYO, at_once=True)
    told(one, two)
    assert one.online() == two.online() == {}, "whoever says goodbye where they are now is gone"


def test_the_people_of_a_worker_that_died_have_half_a_minute(pair: tuple[Worker, Worker]) -> None:
    one, two = pair
    one.join(CHIYO)
    one.join(BRUNO)
    told(one, two)
    two.heard.clear()
    one.bus.leaves()
    assert two.online() == {"chiyo": False, "bruno": False}
    assert two.heard == [(ID, {"roster", "step"})]
    two.join(CHIYO)
    two.clock.forward(GRACE_MS - 1)
    assert two.seats.expire(two.clock.now_ms()) == ()
    two.clock.forward(1)
    assert two.seats.expire(two.clock.now_ms()) == (ID,)
    assert two.online() == {"chiyo": True}


def test_while_nobody_is_heard_what_was_known_stays_and_joins_go_on(wire: Wire, pair: tuple[Worker, Worker]) -> None:
    one, two = pair
    one.join(CHIYO)
    told(one, two)
    one.join(BRUNO)
    one.leave(CHIYO, at_once=True)
    two.join(HALL)
    one.seats.flush()
    two.seats.flush()
    wire.lose()
    assert one.online() == {"bruno": True}
    assert two.online() == {"chiyo": True, "hall": True}
    two.bus.gap()  # it hears again, and was told that it has missed something
    wire.carry()
    told(one, two)
    assert one.online() == two.online() == {"bruno": True, "hall": True}


def test_what_was_missed_without_a_word_mends_itself(wire: Wire, pair: tuple[Worker, Worker]) -> None:
    one, two = pair
    one.join(CHIYO)
    one.seats.flush()
    wire.lose()
    for _ in range(COUNT_EACH + 1):
        told(one, two)
    assert two.online() == {"chiyo": True}


def test_a_worker_that_comes_later_learns_of_everybody(wire: Wire, pair: tuple[Worker, Worker]) -> None:
    one, two = pair
    crowd = [replace(CHIYO, id=f"guest {n}") for n in range(450)]
    for who in crowd:
        one.join(who)
    two.join(BRUNO)
    told(one, two)
    three = Worker(wire, "three", one.clock)
    three.bus.gap()  # as at each beginning
    wire.carry()
    assert three.seats.totals(ID).seats == 0
    told(one, two, three)
    assert three.seats.totals(ID) == one.seats.totals(ID) == two.seats.totals(ID)
    assert three.seats.totals(ID).seats == 451
    one.leave(crowd[0], at_once=True)
    one.bus.gap()
    wire.carry()
    told(one, two, three)
    assert three.seats.totals(ID).seats == two.seats.totals(ID).seats == 450


@pytest.mark.parametrize("state", ["held", "released", "hidden"])
def test_how_a_name_stands_is_the_same_at_both(pair: tuple[Worker, Worker], state: NameState) -> None:
    one, two = pair
    judged = Judgement("hana", "person.hide", 5, "admitted", "released")
    who = replace(BRUNO, name_state=state, session=b"hash", judged=judged, hall="recife", recording=True)
    one.join(who)
    told(one, two)
    (row,) = two.seats.rows(ID)
    assert row.participant == replace(who, session=None, judged=None)


def test_who_is_put_out_erased_or_renamed_is_so_before_their_worker_says_it(pair: tuple[Worker, Worker]) -> None:
    one, two = pair
    for who in (CHIYO, BRUNO, HALL):
        one.join(who)
    told(one, two)
    assert two.seats.update(replace(CHIYO, name="Chi"))
    assert not two.seats.update(replace(CHIYO, name="Chi"))
    assert two.seats.drop(BRUNO)
    assert two.seats.forget(ID, "hall")
    assert [(row.participant.name, row.participant.community) for row in two.seats.rows(ID)] == [("Chi", "Osaka")]
    assert two.seats.forget(ID, None)
    assert [(row.participant.name, row.participant.community) for row in two.seats.rows(ID)] == [("", "")]


def test_the_step_of_the_audience_is_that_of_all(pair: tuple[Worker, Worker]) -> None:
    one, two = pair
    one.join(CHIYO)
    two.join(BRUNO)
    told(one, two)
    two.heard.clear()
    one.seats.report(CHIYO, Report(3.0, "running", True), one.clock.now_ms())
    two.seats.report(BRUNO, Report(30.0, "muted", True), one.clock.now_ms())
    told(one, two)
    assert two.heard == [(ID, {"step"})]
    assert one.seats.totals(ID).sync == two.seats.totals(ID).sync == SyncQuality(ms5=1, unknown=1, soundless=1)
    one.bus.leaves()
    assert two.seats.totals(ID).sync == SyncQuality(unknown=1, soundless=1)
