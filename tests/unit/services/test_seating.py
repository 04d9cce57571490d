"""Seats, the line for them, and what a page without one is told."""

from collections.abc import Sequence

import pytest

from memorata.adapters.bus.alone import Alone
from memorata.adapters.presence.memory import GRACE_MS, MemorySeats
from memorata.domain import seats as s
from memorata.domain.errors import Refused
from memorata.services.keys import Keys
from memorata.services.ports import Participant, StoreBusy
from memorata.services.seating import HELD_MS, QUIET_MS, RESERVED_MS, WARM_MS, SeatingDesk
from tests.fakes import FakeAlarm, FakeClock

ID = "remembrance-2027"
AMINA, BRUNO, CHIYO, DARIA, EMIL = (
    Participant(name, ID, "participant") for name in ("amina", "bruno", "chiyo", "daria", "emil")
)
INVITED = Participant("invited", ID, "participant", invitation_id="invitation")
ANOTHER = Participant("another", ID, "participant", invitation_id="second")


class Invited:
    """How many are yet to come."""

    def __init__(self) -> None:
        self.left = 0
        self.busy = False

    def unused(self, ceremony_ids: Sequence[str]) -> int:
        if self.busy:
            raise StoreBusy("the test says so")
        return self.left if ID in ceremony_ids else 0


class House:
    """With so many seats; it has been open for longer than those who were here before need to come back."""

    def __init__(self, each: int = 2) -> None:
        self.clock, self.seats, self.invited = FakeClock(), MemorySeats(), Invited()
        self.is_silent = False
        self.touched: list[str] = []
        self.keys = Keys(b"k" * 32)
        self.desk = SeatingDesk(
            self.seats, each, Alone(), self.invited, lambda: [ID], lambda _: self.is_silent, self.keys, self.clock,
            FakeAlarm(self.clock), self.touched.append,
        )  # fmt: skip
        self.desk.start()
        self.later(WARM_MS)

    def come(self, *people: Participant) -> None:
        for who in people:
            self.desk.keep(who)
            self.sit(who)

    def sit(self, who: Participant, *, back: bool = False) -> None:
        self.desk.sit(who, back=back)
        self.seats.join(who, "tab", self.clock.at_ms)

    def go(self, who: Participant) -> None:
        self.seats.leave(who, "tab", self.clock.at_ms, at_once=True)

    def waits(self, who: Participant, ticket: str = "") -> tuple[str, int]:
        """Ticket and number."""
        with pytest.raises(Refused, match=r"seats\.full") as refused:
            self.desk.keep(who, ticket)
        return str(refused.value.facts["ticket"]), int(str(refused.value.facts["number"]))

    def later(self, ms: int = 1000) -> None:
        self.clock.forward(ms)
        self.seats.expire(self.clock.at_ms)
        self.desk.look()


@pytest.fixture
def house() -> House:
    return House()


def test_whoever_comes_beyond_the_seats_waits(house: House) -> None:
    house.come(AMINA, BRUNO)
    assert house.desk.called(ID) is None
    _, number = house.waits(CHIYO)
    assert number == house.clock.at_ms
    assert (house.desk.waiting(ID), house.desk.called(ID)) == (1, 0)
    house.later()
    assert (house.desk.called(ID), house.touched) == (0, [ID])


def test_the_longest_waiting_is_called_and_no_other(house: House) -> None:
    house.come(AMINA, BRUNO)
    _, chiyo = house.waits(CHIYO)
    house.later()
    _, daria = house.waits(DARIA)
    house.later()
    house.go(AMINA)
    house.later()
    assert chiyo < daria
    assert house.desk.called(ID) == chiyo
    house.waits(DARIA)
    house.waits(EMIL)  # nobody who comes now sits down before those who wait
    house.desk.keep(CHIYO)
    house.sit(CHIYO)
    house.later()
    assert (house.desk.called(ID), house.desk.waiting(ID)) == (0, 2)


def test_a_seat_is_kept_for_somebody_on_the_way_but_not_for_ever(house: House) -> None:
    house.come(AMINA)
    house.desk.keep(BRUNO)
    _, chiyo = house.waits(CHIYO)
    house.later(HELD_MS - 1)
    assert house.desk.called(ID) == 0
    house.later(1_001)
    assert house.desk.called(ID) == chiyo


def test_whoever_has_been_called_and_does_not_come_is_passed_over(house: House) -> None:
    house.come(AMINA, BRUNO)
    ticket, chiyo = house.waits(CHIYO)
    house.later()
    _, daria = house.waits(DARIA)
    house.go(AMINA)
    house.later()
    assert house.desk.called(ID) == chiyo
    house.later(s.CALLED_MS + 1)
    assert house.desk.called(ID) == daria
    assert house.waits(CHIYO, ticket) == (ticket, chiyo)  # and keeps their place, should they come back
    house.go(BRUNO)
    house.later()
    house.desk.keep(CHIYO, ticket)


def test_a_ticket_keeps_its_place_over_a_restart(house: House) -> None:
    house.come(AMINA, BRUNO)
    ticket, chiyo = house.waits(CHIYO)
    again = House()
    again.clock.forward(60_000)
    again.come(AMINA, BRUNO)
    _, daria = again.waits(DARIA)
    again.later()
    assert again.waits(CHIYO, ticket) == (ticket, chiyo)
    again.go(BRUNO)
    again.later()
    assert again.desk.called(ID) == chiyo < daria


def test_a_ticket_is_its_owner_s_and_cannot_be_made_up(house: House) -> None:
    house.come(AMINA, BRUNO)
    ticket, _ = house.waits(CHIYO)
    house.later()
    for forged in (ticket, "1.AAAAAAAAAAAAAAAA", "", "x" * 99):
        assert house.waits(DARIA, forged)[1] == house.clock.at_ms


def test_a_lost_line_keeps_its_seat_for_half_a_minute(house: House) -> None:
    house.come(AMINA, BRUNO)
    house.seats.leave(AMINA, "tab", house.clock.at_ms, at_once=False)
    house.waits(CHIYO)
    house.sit(AMINA)
    house.seats.leave(AMINA, "tab", house.clock.at_ms, at_once=False)
    house.later(GRACE_MS)
    assert house.desk.called(ID)


def test_a_second_page_of_somebody_needs_no_seat(house: House) -> None:
    house.come(AMINA, BRUNO)
    house.desk.keep(AMINA)
    house.sit(AMINA)
    assert house.seats.count() == 2


@pytest.mark.parametrize(
    "who",
    [
        Participant("host", ID, "host"),
        Participant("moderator", ID, "moderator"),
        Participant("speaker", ID, "speaker", invitation_id="third"),
        Participant("hall", ID, "participant", invitation_id="fourth", hall="recife"),
    ],
)
def test_staff_speakers_and_halls_always_sit(house: House, who: Participant) -> None:
    house.come(AMINA, BRUNO, who)
    assert house.seats.count() == 3


def test_invitations_yet_to_come_keep_their_seats(house: House) -> None:
    house.invited.left = 1
    house.later(RESERVED_MS)
    house.come(AMINA)
    house.waits(BRUNO)
    house.come(INVITED)
    house.invited.left = 0
    house.later(RESERVED_MS)
    assert house.desk.called(ID) == 0
    house.go(AMINA)
    house.later()
    assert house.desk.called(ID) != 0


def test_of_those_who_wait_the_invited_come_first(house: House) -> None:
    house.come(AMINA, INVITED)
    house.waits(BRUNO)
    house.later()
    _, another = house.waits(ANOTHER)
    house.go(AMINA)
    house.later()
    assert house.desk.called(ID) == another
    house.waits(BRUNO)
    house.desk.keep(ANOTHER)


def test_nobody_is_called_into_a_silence(house: House) -> None:
    house.come(AMINA, BRUNO)
    _, chiyo = house.waits(CHIYO)
    house.go(AMINA)
    house.is_silent = True
    house.later(60_000)
    assert house.desk.called(ID) == 0
    house.is_silent = False
    house.later()
    assert house.desk.called(ID) == chiyo


def test_after_a_start_those_who_were_inside_come_back_before_others(house: House) -> None:
    house.desk.start()
    house.come(CHIYO)
    for who in (AMINA, BRUNO):
        house.later(QUIET_MS - 1)
        house.sit(who, back=True)  # they had a seat, so there is one for them
    _, daria = house.waits(DARIA)
    for who in (AMINA, BRUNO):
        house.go(who)
    house.later(QUIET_MS - 1)
    assert house.desk.called(ID) == 0
    house.later(1)
    assert house.desk.called(ID) == daria


def test_somebody_who_comes_back_later_waits_like_others(house: House) -> None:
    house.come(AMINA, BRUNO)
    with pytest.raises(Refused, match=r"seats\.full"):
        house.desk.sit(CHIYO, back=True)


def test_a_store_that_stands_still_keeps_nobody_from_a_seat(house: House) -> None:
    house.invited.left = 1
    house.later(RESERVED_MS)
    house.invited.busy = True
    house.later(RESERVED_MS)
    house.come(AMINA)
    house.waits(BRUNO)
    house.come(INVITED)


def test_whoever_is_gone_is_forgotten_and_whoever_says_so_is_not(house: House) -> None:
    house.come(AMINA, BRUNO)
    ticket, _ = house.waits(CHIYO)
    house.waits(DARIA)
    for _ in range(3):
        house.later(s.GONE_MS // 2)
        house.waits(CHIYO, ticket)
    house.later()
    assert house.desk.waiting(ID) == 1


def test_whoever_leaves_the_line_is_not_called(house: House) -> None:
    house.come(AMINA, BRUNO)
    house.waits(CHIYO)
    house.later()
    _, daria = house.waits(DARIA)
    house.desk.leave(CHIYO)
    house.go(AMINA)
    house.later()
    assert (house.desk.called(ID), house.desk.waiting(ID)) == (daria, 1)
