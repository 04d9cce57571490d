"""Names are kept for so many days, and then erased: once, by whoever wakes first, whatever restarts."""

from dataclasses import replace

import pytest

from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.items import Closing
from memorata.domain.programme import Programme
from memorata.services.live import LiveCeremonies
from memorata.services.ports import Participant
from memorata.services.retention import DAY_MS, Retention, names_due_ms
from tests.builders import START_MS, a_ceremony, a_programme, an_item, text
from tests.fakes import FakeAlarm, FakeClock, MemoryLog, MemoryParticipants, MemoryPeople, RecordingPublisher

ID = "remembrance-2027"
CHIYO_ID = "chiyo-of-22-characters"
CHIYO = c.Actor(CHIYO_ID, "participant", "request-of-chiyo", name="Chiyo", community="Osaka")
ENDS_MS = START_MS + sum(item.planned_s for item in a_programme().conducted()) * 1000
DAYS = 30
AFTER_THE_BOOK_MS = 1_809_896_400_000
"""10 May 2027, 00:00 in Moscow."""


class House:
    """One process on a store that others may share."""

    def __init__(self, log: MemoryLog, participants: MemoryParticipants, clock: FakeClock, days: int = DAYS) -> None:
        self.log, self.participants, self.clock, self.publisher = log, participants, clock, RecordingPublisher()
        self.people = log.people = log.people or MemoryPeople(participants)
        self.forgotten: list[str | None] = []
        self.ceremonies = LiveCeremonies(
            log, clock, self.publisher, forgotten=lambda _, participant_id: self.forgotten.append(participant_id)
        )
        self.alarm = FakeAlarm(clock)
        self.retention = Retention(self.ceremonies, self.people, clock, self.alarm, days)

    def again(self, days: int = DAYS) -> "House":
        """Another process on the same store, or the same one after a restart."""
        return House(self.log, self.participants, self.clock, days)

    def names(self) -> list[str]:
        return [who.name for who, _ in self.participants.known.values()]

    def erasures(self) -> int:
        return [one.event.kind for one in self.log.written[ID]].count("names.erased")


def a_house(programme: Programme | None = None) -> House:
    made = House(MemoryLog(), MemoryParticipants(), FakeClock(START_MS - 600_000))
    made.ceremonies.plan(programme or a_programme())
    made.ceremonies.settle(ID)
    made.participants.add(Participant(CHIYO_ID, ID, "participant", name="Chiyo", consent="full"), "device", 0)
    made.people.mails[ID] = ["chiyo@example.org"]
    made.ceremonies.handle(ID, c.RequestFloor("memory", "Chiyo", "Osaka", text="The well"), CHIYO, "request-of-chiyo")
    return made


@pytest.fixture
def house() -> House:
    return a_house()


def test_names_are_kept_for_so_many_days_after_the_planned_end_and_no_longer(house: House) -> None:
    house.clock.at_ms = ENDS_MS + DAYS * DAY_MS - 1
    house.retention.scan()
    assert (house.names(), house.erasures()) == (["Chiyo"], 0)
    assert house.retention.keeping(ID).until_ms == house.clock.at_ms + 1
    house.clock.forward(1)
    house.retention.scan()
    assert (house.names(), house.erasures()) == ([""], 1)
    assert house.ceremonies.state(ID).floor.entries[0].name == ""
    assert "Chiyo" not in repr(house.log.written)
    assert (house.forgotten, house.publisher.erasures) == ([None], [None])
    assert house.retention.keeping(ID).erased_ms == house.clock.at_ms
    assert house.people.purged == 2  # after the mails, and after the names


def test_the_days_count_from_the_close_where_somebody_closed_it(house: House) -> None:
    house.clock.at_ms = ENDS_MS + 3_600_000
    house.ceremonies.handle(ID, c.CloseCeremony(), c.Actor("hana", "host"), "")
    assert house.retention.keeping(ID).until_ms == house.clock.at_ms + DAYS * DAY_MS
    assert names_due_ms(a_ceremony(e.CeremonyClosed()), 1) == START_MS + DAY_MS


def test_the_lines_of_a_guest_book_stay_until_it_closes() -> None:
    closing = an_item("farewell", Closing(words=text("Farewell."), guest_book_until="2027-05-09"), 30)
    programme = a_programme()
    house = a_house(replace(programme, items=(*programme.items[:-1], closing)))
    for item_id in ("wishes", "farewell"):
        actor = replace(CHIYO, request_id=f"wish-for-{item_id}")
        house.ceremonies.handle(ID, c.OfferWish(item_id, f"Words for {item_id}"), actor, actor.request_id)

    def written() -> list[str]:
        return [wish.text for wish in house.ceremonies.state(ID).tributes.wishes]

    house.clock.at_ms = ENDS_MS + DAYS * DAY_MS
    house.retention.scan()
    assert (house.names(), written()) == ([""], ["Words for farewell"])
    house.clock.at_ms = AFTER_THE_BOOK_MS - 1
    house.retention.scan()
    assert (written(), house.erasures()) == (["Words for farewell"], 1)
    house.clock.forward(1)
    house.retention.scan()
    assert (written(), house.erasures()) == ([], 2)
    assert "Words for" not in repr(house.log.written)


def test_mails_go_when_the_ceremony_is_over(house: House) -> None:
    house.clock.at_ms = ENDS_MS - 1
    house.retention.scan()
    assert house.people.mails
    house.clock.forward(1)
    house.retention.scan()
    assert (house.people.mails, house.names()) == ({}, ["Chiyo"])


def test_once_whatever_restarts_and_however_many_processes(house: House) -> None:
    other = house.again()
    house.clock.at_ms = ENDS_MS + DAYS * DAY_MS
    for each in (house, other, house, house.again(), other):
        each.retention.scan()
        each.clock.forward(60_000)
    assert house.erasures() == 1
    assert other.ceremonies.state(ID).floor.entries[0].name == ""


def test_two_processes_that_wake_together_do_it_once(house: House) -> None:
    other = house.again()
    house.clock.at_ms = ENDS_MS + DAYS * DAY_MS
    house.log.before_append = other.retention.scan
    house.retention.scan()
    assert (house.erasures(), house.names()) == (1, [""])
    assert house.ceremonies.state(ID).floor == other.ceremonies.state(ID).floor
    assert house.ceremonies.state(ID).floor.entries[0].name == ""


def test_whoever_comes_later_is_not_kept_longer_than_a_day(house: House) -> None:
    house.clock.at_ms = ENDS_MS + DAYS * DAY_MS
    house.retention.scan()
    house.participants.add(Participant("bruno", ID, "participant", name="Bruno"), "another", 0)
    house.clock.forward(DAY_MS - 1)
    house.retention.scan()
    assert "Bruno" in house.names()
    house.clock.forward(1)
    house.retention.scan()
    assert (house.names(), house.erasures()) == (["", ""], 2)
    house.clock.forward(10 * DAY_MS)
    house.retention.scan()
    assert house.erasures() == 2


def test_a_store_that_cannot_write_is_asked_again(house: House) -> None:
    house.clock.at_ms = ENDS_MS + DAYS * DAY_MS
    house.log.busy = True
    house.retention.scan()
    assert (house.erasures(), house.names()) == (0, ["Chiyo"])
    house.log.busy = False
    house.retention.scan()
    assert (house.erasures(), house.names()) == (1, [""])


def test_files_that_somebody_is_reading_are_purged_at_the_next_look(house: House) -> None:
    house.clock.at_ms = ENDS_MS + DAYS * DAY_MS
    house.people.read_elsewhere = True
    house.retention.scan()
    house.people.read_elsewhere = False
    house.retention.scan()
    house.retention.scan()
    assert house.people.purged == 1


def test_it_is_looked_soon_after_the_start_and_each_minute(house: House) -> None:
    house.clock.at_ms = ENDS_MS + DAYS * DAY_MS
    house.retention.start()
    house.alarm.pass_time(2_000)
    assert house.erasures() == 1
    assert list(house.alarm.repeated) == ["retention"]


def test_a_ceremony_without_a_programme_is_no_fault(house: House) -> None:
    house.log.create("never-planned", "epoch")
    house.retention.scan()
    assert house.retention.keeping("never-planned").until_ms is None
