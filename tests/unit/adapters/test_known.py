"""What is remembered of those who have entered is what the store holds, whoever changes it in whatever order."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorata.adapters.store.known import COUNT_MS, KnownParticipants
from memorata.services.ports import Device, Newcomer, Participant, StoreBusy
from tests.fakes import FakeClock, MemoryParticipants

ID = "remembrance-2027"
PEOPLE = [Participant(f"person-{n}", ID, "participant", name=f"Name {n}") for n in range(5)]


class Store(MemoryParticipants):
    """Counts what it is asked; `meanwhile` happens between a reading and its answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.counts = 0
        self.busy = False
        self.meanwhile: Callable[[], None] = lambda: None

    def find_all(self, participant_ids: Sequence[str]) -> dict[str, Participant]:
        self.asked += 1
        if self.busy:
            raise StoreBusy("the test says so")
        found = super().find_all(participant_ids)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return found

    def find_by_devices(self, devices: Sequence[Device]) -> dict[Device, Participant]:
        self.asked += 1
        return super().find_by_devices(devices)

    def count(self, ceremony_id: str) -> int:
        self.counts += 1
        return super().count(ceremony_id)


class House:
    def __init__(self, most: int = 100) -> None:
        self.store, self.clock = Store(), FakeClock()
        self.known = KnownParticipants(self.store, self.clock, most)
        self.known.changed_since(0)

    def enter(self, *people: Participant) -> None:
        self.known.add_all([Newcomer(who, f"device of {who.id}", self.clock.now_ms()) for who in people])


@pytest.fixture
def house() -> House:
    return House()


def test_who_has_entered_is_known_without_asking(house: House) -> None:
    house.enter(*PEOPLE)
    assert [house.known.find(who.id) for who in PEOPLE] == PEOPLE
    assert house.known.find_by_device(ID, "participant", "device of person-1") == PEOPLE[1]
    assert house.store.asked == 0


def test_who_is_not_known_is_asked_for_once(house: House) -> None:
    house.store.add(PEOPLE[0], "a device", 0)
    assert [house.known.find("person-0") for _ in range(3)] == [PEOPLE[0]] * 3
    assert house.store.asked == 1
    assert house.known.find("nobody") is None


def test_a_frozen_store_keeps_nobody_out_who_is_known(house: House) -> None:
    house.enter(PEOPLE[0])
    house.store.add(PEOPLE[1], "a device", 0)
    house.store.busy = True
    assert house.known.find("person-0") == PEOPLE[0]
    with pytest.raises(StoreBusy):
        house.known.find("person-1")


def test_what_another_process_has_changed_is_known_when_changes_are_read(house: House) -> None:
    house.enter(PEOPLE[0])
    banned = replace(PEOPLE[0], standing="banned")
    house.store.change(PEOPLE[0], banned, 5)
    house.known.changed_since(0)
    assert house.known.find("person-0") == banned
    assert house.store.asked == 0


def test_an_invitation_taken_back_is_known_when_its_person_is_looked_for(house: House) -> None:
    invited = replace(PEOPLE[0], invitation_id="invitation")
    house.enter(invited)
    removed = replace(invited, standing="removed")
    house.store.change(invited, removed, 5)
    assert house.known.of_invitation("invitation") == removed
    assert house.known.find("person-0") == removed


def test_somebody_erased_is_nobody(house: House) -> None:
    house.enter(PEOPLE[0])
    del house.store.known["person-0"]
    house.known.forget(ID, "person-0")
    assert house.known.find("person-0") is None
    assert house.known.find_by_device(ID, "participant", "device of person-0") is None


def test_names_that_are_erased_are_not_remembered(house: House) -> None:
    elsewhere = replace(PEOPLE[1], ceremony_id="another")
    house.enter(PEOPLE[0], elsewhere)
    house.known.forget(ID, None)
    assert house.known.find("person-0") == replace(PEOPLE[0], name="")
    assert house.known.find("person-1") == elsewhere
    assert house.store.asked == 0


def test_nobody_of_a_wiped_rehearsal_is_remembered(house: House) -> None:
    house.enter(PEOPLE[0])
    del house.store.known["person-0"]
    house.known.end(ID)
    assert house.known.find("person-0") is None


def test_who_has_become_something_else_is_not_found_by_what_they_were(house: House) -> None:
    house.enter(PEOPLE[0])
    speaker = replace(PEOPLE[0], role="speaker")
    house.store.change(PEOPLE[0], speaker, 5)
    house.known.changed_since(0)
    assert house.known.find_by_device(ID, "participant", "device of person-0") is None
    assert house.known.find_by_device(ID, "speaker", "device of person-0") == speaker


def test_a_reading_that_was_overtaken_is_not_remembered(house: House) -> None:
    house.store.add(PEOPLE[0], "a device", 0)
    after = replace(PEOPLE[0], standing="removed")
    house.store.meanwhile = lambda: _ignored(house.known.change(PEOPLE[0], after, 5))
    assert house.known.find("person-0") == PEOPLE[0]  # as it was when it was read
    assert house.known.find("person-0") == after


def test_an_erasure_overtakes_a_reading_too(house: House) -> None:
    house.store.add(PEOPLE[0], "a device", 0)

    def erase() -> None:
        del house.store.known["person-0"]
        house.known.forget(ID, "person-0")

    house.store.meanwhile = erase
    house.known.find("person-0")
    assert house.known.find("person-0") is None


def test_of_two_changes_at_once_the_store_knows_which_was_last(house: House) -> None:
    house.enter(PEOPLE[0])
    full, first = replace(PEOPLE[0], consent="full"), replace(PEOPLE[0], consent="first")
    house.store.before_change = lambda: _ignored(house.known.change(PEOPLE[0], full, 5))
    assert house.known.change(PEOPLE[0], first, 6)
    assert house.known.find("person-0") == house.store.find("person-0") == first


def test_where_a_change_may_have_failed_the_store_is_asked(house: House) -> None:
    house.enter(PEOPLE[0])

    def fails() -> None:
        raise StoreBusy("after it was written, perhaps")

    house.store.before_change = fails
    with pytest.raises(StoreBusy):
        house.known.change(PEOPLE[0], replace(PEOPLE[0], name="Other"), 5)
    assert house.known.find("person-0") == PEOPLE[0]
    assert house.store.asked == 1


def test_no_more_are_remembered_than_fit_and_those_who_ask_stay() -> None:
    house = House(most=3)
    house.enter(*PEOPLE[:3])
    house.known.find("person-0")
    house.enter(PEOPLE[3])
    assert [house.known.find(f"person-{n}") for n in (0, 2, 3)] == [PEOPLE[0], PEOPLE[2], PEOPLE[3]]
    assert house.store.asked == 0
    assert house.known.find("person-1") == PEOPLE[1]
    assert house.store.asked == 1


def test_where_nobody_follows_nothing_is_remembered() -> None:
    store = Store()
    known = KnownParticipants(store, FakeClock())
    known.add(PEOPLE[0], "a device", 0)
    assert [known.find("person-0") for _ in range(2)] == [PEOPLE[0]] * 2
    assert store.asked == 2


def test_people_are_counted_now_and_then_and_those_who_enter_here_at_once(house: House) -> None:
    house.enter(PEOPLE[0])
    assert house.known.count(ID) == 1
    house.enter(*PEOPLE[1:3])
    assert (house.known.count(ID), house.store.counts) == (3, 1)
    house.store.add(PEOPLE[3], "a device", 0)
    house.clock.forward(COUNT_MS + 1)
    assert (house.known.count(ID), house.store.counts) == (4, 2)


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["add", "find", "device", "name", "ban", "elsewhere", "erase", "names"]), st.integers(0, 4)
    ),
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(OPERATIONS, st.integers(1, 6))
def test_it_tells_what_the_store_would_tell(operations: list[tuple[str, int]], most: int) -> None:
    house = House(most)
    store, known = house.store, house.known
    for number, (what, n) in enumerate(operations, 1):
        who = store.find(f"person-{n}")
        match what:
            case "add":
                known.add(PEOPLE[n], f"device of person-{n}", number)
            case "name" if who is not None:
                assert known.change(who, replace(who, name=f"Name at {number}"), number)
            case "ban" if who is not None:
                assert known.change(who, replace(who, standing="banned"), number)
            case "elsewhere" if who is not None:
                store.change(who, replace(who, community=f"Changed at {number}"), number)
                known.changed_since(number - 1)
            case "erase" if who is not None:
                del store.known[who.id]
                known.forget(ID, who.id)
            case "names":
                for one, device in list(store.known.values()):
                    nobody = replace(one, name="", community="", language="", consent="count", recording=False)
                    store.known[one.id] = (nobody, device)
                known.forget(ID, None)
        assert known.find(f"person-{n}") == store.find(f"person-{n}")
        assert known.find_by_device(ID, "participant", f"device of person-{n}") == store.find_by_device(
            ID, "participant", f"device of person-{n}"
        )
        assert len(known._by_id) <= most
        assert set(known._device_of) <= set(known._by_id)


def _ignored(_: object) -> None: ...
