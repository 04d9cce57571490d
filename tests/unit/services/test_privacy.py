"""Somebody asks what is kept of them, and that nothing be."""

import pytest

from memorata.domain import commands as c
from memorata.domain.errors import Refused
from memorata.domain.events import PersonErased
from memorata.services.keys import Keys
from memorata.services.planning_ports import Contact, Guest, SeriesRow, TrailEntry
from memorata.services.ports import Participant
from memorata.services.privacy import Privacy, Somebody
from tests.builders import START_MS
from tests.fakes_planning import MemoryContacts, MemorySeries, MemoryTrail
from tests.unit.services.test_retention import CHIYO_ID, ID, House, a_house

AGAIN_ID, BRUNO_ID = "again-of-22-characters", "bruno-of-22-characters"
HOST = c.Actor("hana", "host")
BRUNO = c.Actor(BRUNO_ID, "participant", "request-of-bruno", name="Bruno")
KEYS = Keys(b"k" * 32)


class Office(Privacy):
    def __init__(self, house: House) -> None:
        self.house, self.later = house, 0
        self.book, self.trail = MemoryContacts(), MemoryTrail()
        self.series = MemorySeries(self.book)
        super().__init__(
            house.ceremonies,
            house.log,
            house.participants,
            house.people,
            self.series,
            self.book,
            self.trail,
            KEYS,
            house.clock,
            self._later,
        )

    def _later(self) -> None:
        self.later += 1


@pytest.fixture
def office() -> Office:
    """Chiyo has asked to speak, and on another device written a wish; Bruno and a Chiyo on the telephone are there."""
    house = a_house()
    for who, name, invitation in (
        (AGAIN_ID, "chiyo SATO", "card"),
        (BRUNO_ID, "Bruno", None),
        (CHIYO_ID, "Chiyo Sato", "card"),
    ):
        known = Participant(who, ID, "participant", name=name, invitation_id=invitation)
        house.participants.add(known, who, 0)
    again = c.Actor(AGAIN_ID, "participant", "wish-of-chiyo", name="Chiyo Sato")
    house.ceremonies.handle(ID, c.OfferWish("wishes", "Meet again"), again, "wish-of-chiyo")
    house.ceremonies.handle(ID, c.ReleaseWish("wish-of-chiyo"), HOST, "release")
    house.ceremonies.handle(ID, c.RequestFloor("poem", "Bruno"), BRUNO, "request-of-bruno")
    by_telephone = c.AddToFloor("memory", "Chiyo  Sato", note="+81 000")
    house.ceremonies.handle(ID, by_telephone, c.Actor("hana", "host", "added-by-hana"), "added-by-hana")
    return Office(house)


def left(office: Office) -> list[str]:
    state = office.house.ceremonies.state(ID)
    return [entry.name for entry in state.floor.entries] + [wish.text for wish in state.tributes.wishes]


def test_who_removes_themselves_is_gone_with_all_their_devices(office: Office) -> None:
    office.remove_me(KEYS.token(CHIYO_ID))
    assert left(office) == ["", "Bruno", "Chiyo Sato"]
    assert list(office.house.participants.known) == [BRUNO_ID]
    assert office.house.forgotten == [CHIYO_ID, AGAIN_ID]
    assert "Meet again" not in repr(office.house.log.written)
    assert (office.house.people.purged, office.later) == (1, 0)


def test_what_cannot_be_purged_now_is_purged_later(office: Office) -> None:
    office.house.people.read_elsewhere = True
    office.remove_me(KEYS.token(BRUNO_ID))
    assert office.later == 1


def test_a_token_that_is_nobodys_removes_nobody(office: Office) -> None:
    for token in ("", "x", KEYS.token("A" * 22), KEYS.token(CHIYO_ID)[:-1] + "!"):
        with pytest.raises(Refused, match=r"token\.unknown"):
            office.remove_me(token)
    assert len(office.house.participants.known) == 3


def test_a_second_press_finds_nobody(office: Office) -> None:
    token = KEYS.token(BRUNO_ID)
    office.remove_me(token)
    with pytest.raises(Refused, match=r"token\.unknown"):
        office.remove_me(token)


def test_not_in_the_silence(office: Office) -> None:
    house = office.house
    house.clock.at_ms = START_MS
    house.ceremonies.handle(ID, c.CueItem("minute", 0), HOST, "cue")
    house.clock.forward(40_000)
    with pytest.raises(Refused, match=r"silence\.locked"):
        office.remove_me(KEYS.token(BRUNO_ID))
    assert "Bruno" in left(office)


def test_what_belongs_to_somebody_is_found_by_id_and_by_name(office: Office) -> None:
    chiyo = Somebody(ID, (CHIYO_ID, AGAIN_ID), ("card",), ("request-of-chiyo",), ("wish-of-chiyo",))
    by_telephone = Somebody(ID, entries=("added-by-hana",))
    assert office.find(ID, CHIYO_ID) == chiyo
    found = office.named(ID, "CHIYO sato")
    assert [sorted(one.participants) for one in found] == [sorted(chiyo.participants), []]
    assert found[-1] == by_telephone
    assert office.named(ID, "Taisiya") == ()
    assert not office.find("another", CHIYO_ID)
    assert not office.find(ID, "nobody")


def test_everything_that_happened_by_somebody_is_told(office: Office) -> None:
    events = office.events(office.find(ID, CHIYO_ID))
    assert [one.event.kind for one in events] == ["floor.requested", "wish.offered", "wish.released"]


def test_an_operator_erases_by_name_whoever_had_no_screen(office: Office) -> None:
    for somebody in office.named(ID, "Chiyo Sato"):
        office.erase(somebody)
    assert left(office) == ["", "Bruno", ""]
    assert office.named(ID, "Chiyo Sato") == ()
    told = [one.event for one in office.house.log.written[ID] if isinstance(one.event, PersonErased)]
    assert {one.participant_id for one in told} == {CHIYO_ID, AGAIN_ID, None}


def test_an_operator_erases_all_names_as_often_as_is_wished(office: Office) -> None:
    office.erase_all(ID)
    office.erase_all(ID)
    assert left(office) == ["", "", ""]
    assert set(office.house.names()) == {""}
    assert office.house.people.claims[ID, "names"] == office.house.clock.at_ms


SERIES = "remembrance"
OF_CHIYO = Contact("chiyo-in-the-book", SERIES, "chiyo  SATO", mail="chiyo@example.org", telephone="+81 000")
OF_BRUNO = Contact("bruno-in-the-book", SERIES, "Bruno Silva", mail="bruno@example.org")


def with_book(office: Office) -> Office:
    """Chiyo is invited each year, this year by her personal link; Bruno is listed by a longer name, and a namesake."""
    office.series.add(SeriesRow(SERIES, "site", "", 1, 0))
    office.book.add([OF_CHIYO, OF_BRUNO, Contact("elsewhere", "another", "Chiyo Sato")])
    office.book.invite(
        [
            Guest(SERIES, "2027-01-27", OF_CHIYO.id, ID, "card"),
            Guest(SERIES, "2028-01-27", OF_CHIYO.id, "remembrance-2028", "card-of-2028"),
            Guest(SERIES, "2027-01-27", OF_BRUNO.id),
        ]
    )
    for about, name in ((OF_CHIYO.id, OF_CHIYO.name), (OF_BRUNO.id, OF_BRUNO.name)):
        office.trail.add(TrailEntry(0, "amina", "Amina", "person.changed", SERIES, about, {"name": name}, "{}"))
    return office


def test_an_address_book_is_part_of_what_belongs_to_somebody(office: Office) -> None:
    with_book(office)
    chiyo, by_telephone = office.named(ID, "Chiyo Sato")
    assert (sorted(chiyo.participants), chiyo.contacts) == (sorted([CHIYO_ID, AGAIN_ID]), (OF_CHIYO.id,))
    assert chiyo.invitations == ("card", "card-of-2028")
    assert by_telephone == Somebody(ID, entries=("added-by-hana",))
    assert office.named(ID, "bruno silva") == (Somebody(ID, contacts=(OF_BRUNO.id,)),)
    assert office.find(ID, OF_BRUNO.id) == Somebody(ID, contacts=(OF_BRUNO.id,))
    assert not office.find(ID, "elsewhere")
    kept = office.kept(chiyo)
    assert [(row["mail"], row["telephone"]) for row in kept.contacts] == [("chiyo@example.org", "+81 000")]
    assert [row["key"] for row in kept.guests] == ["2027-01-27", "2028-01-27"]


def test_whoever_is_erased_is_in_no_address_book(office: Office) -> None:
    with_book(office)
    for somebody in office.named(ID, "Chiyo Sato"):
        office.erase(somebody)
    assert office.named(ID, "Chiyo Sato") == ()
    assert office.book.of_series(SERIES) == (OF_BRUNO,)
    assert office.book.guests_of(OF_CHIYO.id) == ()
    assert [entry.facts for entry in office.trail.of_series(SERIES, 9)] == [{"name": "Bruno Silva"}, {}]
    assert [one.id for one in office.book.of_series("another")] == ["elsewhere"]


def test_whoever_never_came_is_erased_without_a_word_in_the_history(office: Office) -> None:
    with_book(office)
    before = len(office.house.log.written[ID])
    (bruno,) = office.named(ID, "Bruno Silva")
    office.erase(bruno)
    assert office.book.of_series(SERIES) == (OF_CHIYO,)
    assert len(office.house.log.written[ID]) == before


def test_the_address_book_of_a_series_is_asked_by_its_own_name(office: Office) -> None:
    with_book(office)
    assert (office.is_series(SERIES), office.is_series(ID)) == (True, False)
    (chiyo,) = office.listed(SERIES, "Chiyo Sato")
    assert chiyo == Somebody("", invitations=("card", "card-of-2028"), contacts=(OF_CHIYO.id,))
    assert office.listed_by_id(SERIES, OF_CHIYO.id) == chiyo
    assert not office.listed_by_id("another", OF_CHIYO.id)
    assert office.events(chiyo) == ()
    office.erase(chiyo)
    assert office.listed(SERIES, "Chiyo Sato") == ()
    assert office.house.people.uninvited == ["card", "card-of-2028"]
    assert len(office.house.participants.known) == 3


def test_in_the_silence_the_address_book_waits_as_well(office: Office) -> None:
    with_book(office)
    house = office.house
    house.clock.at_ms = START_MS
    house.ceremonies.handle(ID, c.CueItem("minute", 0), HOST, "cue")
    house.clock.forward(40_000)
    with pytest.raises(Refused, match=r"silence\.locked"):
        office.erase(office.named(ID, "Chiyo Sato")[0])
    assert OF_CHIYO in office.book.of_series(SERIES)
