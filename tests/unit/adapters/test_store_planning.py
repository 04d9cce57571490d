"""The store of planning, in memory, on SQLite and on PostgreSQL alike: what was read is changed, and done once."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from alembic import command as alembic
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import func, insert, inspect, select

from memorata.adapters.store import database as of_database
from memorata.adapters.store import tables as t
from memorata.adapters.store.archives import SqlArchives
from memorata.adapters.store.contacts import SqlContacts
from memorata.adapters.store.database import Database
from memorata.adapters.store.dues import SqlDues
from memorata.adapters.store.event_log import SqlEventLog
from memorata.adapters.store.invitations import SqlInvitations
from memorata.adapters.store.participants import SqlParticipants
from memorata.adapters.store.planning import SqlSeries
from memorata.adapters.store.recordings import SqlRecordings
from memorata.adapters.store.trail import SqlTrail
from memorata.domain import events as e
from memorata.services.planning_ports import (
    LEASE_MS,
    ArchiveRow,
    Archives,
    Contact,
    Contacts,
    Due,
    Dues,
    Guest,
    LinkCheck,
    OccurrenceRow,
    Rehearsal,
    SeriesRow,
    SeriesStore,
    Trail,
    TrailEntry,
)
from memorata.services.ports import Answer, Invitation, Mark, Participant, Sealed, StoreBusy
from memorata.services.recording_ports import Recording
from tests.builders import recorded
from tests.fakes_planning import MemoryArchives, MemoryContacts, MemoryDues, MemorySeries, MemoryTrail

NOW = 1_800_000_000_000
REMEMBRANCE = SeriesRow("remembrance", "site", 'title = "День памяти"\n', 1, NOW)
IN_2027 = OccurrenceRow("remembrance", "2027-01-27", "2027-01-27", "12:00", "Europe/Riga", "2026a", {"": NOW + 5_000})
AMINA = Contact(
    "amina", "remembrance", "Amina Otieno", "Kisumu", "KE", "sw", "Africa/Nairobi", "kisumu", "amina@example.org",
    "+254 700", "speaker", "reads the names", created_ms=NOW,
)  # fmt: skip
BRUNO = Contact("bruno", "remembrance", "Bruno", created_ms=NOW)
SUBJECT = "remembrance/2027-01-27"
REMINDER = Due("reminder", SUBJECT, NOW + 1_000, "86400", '{"site": ""}')


@dataclass(frozen=True)
class Store:
    series: SeriesStore
    contacts: Contacts
    dues: Dues
    trail: Trail
    archives: Archives


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/memorata.sqlite"
    found: str = request.getfixturevalue("postgresql").url()
    return found


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    opened.upgrade()
    yield opened
    opened.dispose()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """With one series in it, to which all else belongs."""
    if request.param == "memory":
        contacts = MemoryContacts()
        made = Store(MemorySeries(contacts), contacts, MemoryDues(), MemoryTrail(), MemoryArchives())
        assert made.series.add(REMEMBRANCE)
        yield made
        return
    found = f"sqlite:///{tmp_path}/memorata.sqlite"
    if request.param == "postgresql":
        found = request.getfixturevalue("postgresql").url()
    opened = Database(found)
    opened.upgrade()
    made = sql_store(opened)
    assert made.series.add(REMEMBRANCE)
    yield made
    opened.dispose()


def sql_store(opened: Database) -> Store:
    return Store(SqlSeries(opened), SqlContacts(opened), SqlDues(opened), SqlTrail(opened), SqlArchives(opened))


# --- series and occurrences ---


def test_series_come_back_as_they_were(store: Store) -> None:
    gone = SeriesRow("a-removed-one", "file", "", 4, NOW, NOW + 1, NOW + 2)
    assert store.series.add(gone)
    assert store.series.find("remembrance") == REMEMBRANCE
    assert store.series.find("nothing") is None
    assert store.series.all() == (REMEMBRANCE,)
    assert store.series.all(removed=True) == (gone, REMEMBRANCE)


def test_an_id_is_taken_for_good(store: Store) -> None:
    removed = replace(REMEMBRANCE, version=2, removed_ms=NOW)
    assert store.series.change(removed)
    assert not store.series.add(replace(REMEMBRANCE, text="another"))
    assert store.series.find("remembrance") == removed


def test_a_series_is_changed_by_who_has_read_it(store: Store) -> None:
    second = replace(REMEMBRANCE, text="second", version=2, published_ms=NOW)
    assert store.series.change(second)
    assert not store.series.change(replace(REMEMBRANCE, text="too late", version=2))
    assert not store.series.change(replace(REMEMBRANCE, id="nothing", version=2))
    assert store.series.find("remembrance") == second


def test_occurrences_come_back_as_they_were(store: Store) -> None:
    later = replace(
        IN_2027,
        key="2028-01-27",
        instants={"riga": NOW, "kisumu": NOW + 1},
        told={"riga": NOW},
        sequence=3,
        cancelled=True,
        programme='[[items]]\nkind = "silence"\n',
        notes="Ключ у Бруно",
        version=7,
    )
    assert store.series.add_occurrence(later)
    assert store.series.add_occurrence(IN_2027)
    assert not store.series.add_occurrence(replace(IN_2027, notes="again"))
    assert store.series.occurrences("remembrance") == (IN_2027, later)
    assert store.series.occurrence("remembrance", "2028-01-27") == later
    assert store.series.occurrence("remembrance", "2029-01-27") is None
    assert store.series.occurrences("nothing") == ()


def test_an_occurrence_is_changed_by_who_has_read_it(store: Store) -> None:
    store.series.add_occurrence(IN_2027)
    moved = replace(IN_2027, date="2027-01-26", sequence=1, version=2)
    assert store.series.change_occurrence(moved)
    assert not store.series.change_occurrence(replace(IN_2027, notes="too late", version=2))
    assert store.series.occurrences("remembrance") == (moved,)


def test_an_occurrence_becomes_that_of_another_date_with_its_guests(store: Store) -> None:
    store.series.add_occurrence(IN_2027)
    store.contacts.add([AMINA, BRUNO])
    store.contacts.invite([Guest("remembrance", "2027-01-27", "amina"), Guest("remembrance", "2028-01-27", "bruno")])
    assert store.series.rekey_occurrence("remembrance", "2027-01-27", "2027-01-28")
    assert store.series.occurrences("remembrance") == (replace(IN_2027, key="2027-01-28", version=2),)
    assert store.contacts.guests("remembrance", "2027-01-28") == (Guest("remembrance", "2027-01-28", "amina"),)
    assert store.contacts.guests("remembrance", "2027-01-27") == ()
    assert store.contacts.guests("remembrance", "2028-01-27") == (Guest("remembrance", "2028-01-27", "bruno"),)
    assert not store.series.rekey_occurrence("remembrance", "2027-01-27", "2027-01-29")


def test_no_occurrence_takes_the_place_of_another(store: Store) -> None:
    other = replace(IN_2027, key="2027-01-28")
    for row in (IN_2027, other):
        store.series.add_occurrence(row)
    assert not store.series.rekey_occurrence("remembrance", "2027-01-27", "2027-01-28")
    assert store.series.occurrences("remembrance") == (IN_2027, other)


def test_an_occurrence_is_taken_out_with_its_guests(store: Store) -> None:
    other = replace(IN_2027, key="2028-01-27")
    for row in (IN_2027, other):
        store.series.add_occurrence(row)
    store.contacts.add([AMINA])
    store.contacts.invite([Guest("remembrance", key, "amina") for key in ("2027-01-27", "2028-01-27")])
    store.series.remove_occurrence("remembrance", "2027-01-27")
    assert store.series.occurrences("remembrance") == (other,)
    assert store.contacts.guests("remembrance", "2027-01-27") == ()
    assert store.contacts.guest("remembrance", "2028-01-27", "amina") is not None


# --- contacts and guests ---


def test_contacts_come_back_as_they_were(store: Store) -> None:
    store.contacts.add([BRUNO, AMINA])
    store.contacts.add([replace(AMINA, name="again")])
    store.contacts.add([])
    assert store.contacts.of_series("remembrance") == (AMINA, BRUNO)
    assert store.contacts.find("amina") == AMINA
    assert (store.contacts.find("chiyo"), store.contacts.of_series("another")) == (None, ())


def test_a_contact_is_changed_by_who_has_read_it(store: Store) -> None:
    store.contacts.add([AMINA])
    changed = replace(AMINA, mail="", in_memory_ms=NOW + 1, unsubscribed_ms=NOW + 2, version=2)
    assert store.contacts.change(changed)
    assert not store.contacts.change(replace(AMINA, name="too late", version=2))
    assert not store.contacts.change(replace(BRUNO, version=2))
    assert store.contacts.of_series("remembrance") == (changed,)


def test_inviting_again_changes_nothing(store: Store) -> None:
    store.contacts.add([AMINA, BRUNO])
    asked = Guest("remembrance", "2027-01-27", "amina")
    store.contacts.invite([asked])
    store.contacts.answer("remembrance", "2027-01-27", "amina", "coming", NOW)
    store.contacts.invite([asked, Guest("remembrance", "2027-01-27", "bruno")])
    store.contacts.invite([])
    assert store.contacts.guests("remembrance", "2027-01-27") == (
        replace(asked, answer="coming", answered_ms=NOW),
        Guest("remembrance", "2027-01-27", "bruno"),
    )


def test_who_is_no_contact_is_not_invited(store: Store) -> None:
    store.contacts.add([AMINA])
    store.contacts.invite([Guest("remembrance", "2027-01-27", who) for who in ("amina", "chiyo")])
    assert [one.contact_id for one in store.contacts.guests("remembrance", "2027-01-27")] == ["amina"]


def test_a_personal_link_is_made_once(store: Store) -> None:
    store.contacts.add([AMINA])
    asked = Guest("remembrance", "2027-01-27", "amina")
    made = replace(asked, ceremony_id="remembrance-2027", invitation_id="card")
    assert not store.contacts.set_invitation(made)
    store.contacts.invite([asked])
    store.contacts.answer("remembrance", "2027-01-27", "amina", "cannot", NOW)
    assert store.contacts.set_invitation(made)
    assert not store.contacts.set_invitation(replace(made, invitation_id="another"))
    assert store.contacts.guest("remembrance", "2027-01-27", "amina") == replace(made, answer="cannot", answered_ms=NOW)


def test_what_somebody_was_invited_to_is_found(store: Store) -> None:
    store.contacts.add([AMINA, BRUNO])
    later = Guest("remembrance", "2028-01-27", "amina", "remembrance-2028", "card")
    sooner = Guest("remembrance", "2027-01-27", "amina")
    store.contacts.invite([later, sooner, Guest("remembrance", "2027-01-27", "bruno")])
    assert store.contacts.guests_of("amina") == (sooner, later)
    assert store.contacts.by_invitation("card") == later
    assert (store.contacts.guests_of("chiyo"), store.contacts.by_invitation("another")) == ((), None)


def test_a_contact_goes_with_what_was_asked_and_answered(store: Store) -> None:
    store.contacts.add([AMINA, BRUNO])
    store.contacts.invite([Guest("remembrance", "2027-01-27", who) for who in ("amina", "bruno")])
    store.contacts.invite([Guest("remembrance", "2028-01-27", "amina")])
    store.contacts.remove("amina")
    store.contacts.remove("nobody")
    assert store.contacts.of_series("remembrance") == (BRUNO,)
    assert store.contacts.guests("remembrance", "2028-01-27") == ()
    store.contacts.uninvite("remembrance", "2027-01-27", "bruno")
    assert store.contacts.guests("remembrance", "2027-01-27") == ()


# --- due work ---


def only(store: Store) -> Due:
    (found,) = store.dues.of_subject(SUBJECT)
    return found


def claimed(store: Store, at_ms: int = NOW + 1_000) -> Due:
    """The one piece that is due, as it was found, and taken."""
    (found,) = store.dues.ripe(at_ms, 10)
    assert store.dues.claim(found, "process-1", at_ms)
    return found


def test_what_is_put_twice_is_one_piece(store: Store) -> None:
    store.dues.put([REMINDER, replace(REMINDER, due_ms=NOW + 2_000, data="new")])
    found = only(store)
    assert replace(found, id=0) == replace(REMINDER, due_ms=NOW + 2_000, data="new")
    assert found.id > 0
    store.dues.put([replace(REMINDER, recipient="604800", due_ms=NOW)])
    assert [due.recipient for due in store.dues.of_subject(SUBJECT)] == ["604800", "86400"]
    assert store.dues.next_ms() == NOW


def test_nothing_is_due_where_nothing_waits(store: Store) -> None:
    store.dues.put([])
    assert (store.dues.next_ms(), store.dues.ripe(NOW, 10), store.dues.of_subject(SUBJECT)) == (None, (), ())


def test_what_is_due_comes_oldest_first_and_not_all_at_once(store: Store) -> None:
    store.dues.put([Due("mail", "s", NOW + 3 - n, str(n)) for n in range(5)])
    assert [due.recipient for due in store.dues.ripe(NOW + 2, 10)] == ["4", "3", "2", "1"]
    assert [due.recipient for due in store.dues.ripe(NOW + 2, 2)] == ["4", "3"]
    assert store.dues.ripe(NOW - 2, 10) == ()


def test_a_piece_is_taken_once(store: Store) -> None:
    store.dues.put([REMINDER])
    found = claimed(store)
    assert not store.dues.claim(found, "process-2", NOW + 1_000)
    assert only(store) == replace(found, state="claimed", claimed_ms=NOW + 1_000, claimed_by="process-1", tries=1)
    assert store.dues.ripe(NOW + 1_000 + LEASE_MS - 1, 10) == ()
    assert store.dues.next_ms() is None


def test_what_was_put_off_meanwhile_is_not_taken(store: Store) -> None:
    store.dues.put([REMINDER])
    (found,) = store.dues.ripe(NOW + 1_000, 1)
    store.dues.put([replace(REMINDER, due_ms=NOW + 9_000)])
    assert not store.dues.claim(found, "process-1", NOW + 1_000)
    store.dues.put([replace(REMINDER, data="told otherwise")])
    assert not store.dues.claim(found, "process-1", NOW + 1_000)
    store.dues.put([REMINDER])
    assert store.dues.claim(found, "process-1", NOW + 1_000)


def test_what_a_dead_process_left_is_taken_up_once(store: Store) -> None:
    store.dues.put([REMINDER])
    claimed(store)
    late = NOW + 1_000 + LEASE_MS
    (left,) = store.dues.ripe(late, 10)
    assert (left.state, left.claimed_by, left.tries) == ("claimed", "process-1", 1)
    assert store.dues.claim(left, "process-2", late)
    assert not store.dues.claim(left, "process-3", late)
    assert (only(store).claimed_by, only(store).tries) == ("process-2", 2)
    assert store.dues.ripe(late, 10) == ()


def test_what_is_done_stays_done(store: Store) -> None:
    store.dues.put([REMINDER])
    found = claimed(store)
    store.dues.finish(found, "done", NOW + 2_000, "sent")
    store.dues.put([replace(REMINDER, due_ms=NOW + 9_000, data="again")])
    done = only(store)
    assert (done.state, done.done_ms, done.said, done.due_ms) == ("done", NOW + 2_000, "sent", NOW + 1_000)
    assert not store.dues.claim(done, "process-2", NOW + 9_000)
    store.dues.again(done, NOW + 9_000, "")
    store.dues.finish(done, "failed", NOW + 9_000)
    assert store.dues.drop(SUBJECT, ["reminder"]) == 0
    assert only(store) == done
    assert store.dues.ripe(NOW + LEASE_MS * 9, 10) == ()


def test_what_follows_is_put_with_the_end(store: Store) -> None:
    store.dues.put([REMINDER])
    found = claimed(store)
    store.dues.put([Due("mail", SUBJECT, NOW + 7_000, "bruno:r")])
    follows = [Due("mail", SUBJECT, NOW + 2_000, f"{who}:r") for who in ("amina", "bruno")]
    store.dues.finish(found, "done", NOW + 2_000, then=follows)
    assert [(due.recipient, due.state, due.due_ms) for due in store.dues.of_subject(SUBJECT)] == [
        ("86400", "done", NOW + 1_000),
        ("bruno:r", "waiting", NOW + 2_000),
        ("amina:r", "waiting", NOW + 2_000),
    ]


def test_nothing_follows_from_what_was_ended_by_another(store: Store) -> None:
    store.dues.put([REMINDER])
    found = claimed(store)
    store.dues.finish(found, "failed", NOW + 2_000, "uncertain")
    store.dues.finish(found, "done", NOW + 3_000, then=[Due("mail", SUBJECT, NOW)])
    assert (only(store).state, only(store).said) == ("failed", "uncertain")


def test_what_is_given_back_is_tried_at_its_instant(store: Store) -> None:
    store.dues.put([REMINDER])
    store.dues.again(claimed(store), NOW + 5_000, "the post is closed")
    given = only(store)
    assert (given.state, given.said, given.claimed_ms, given.claimed_by) == (
        "waiting", "the post is closed", None, "",
    )  # fmt: skip
    assert store.dues.ripe(NOW + 4_999, 10) == ()
    store.dues.put([REMINDER])
    assert only(store).due_ms == NOW + 5_000
    store.dues.put([replace(REMINDER, due_ms=NOW + 6_000)])
    assert only(store).due_ms == NOW + 6_000
    found = claimed(store, NOW + 6_000)
    assert found.tries == 1


def test_what_has_failed_can_be_tried_again_by_a_person(store: Store) -> None:
    store.dues.put([REMINDER])
    taken = claimed(store)
    assert store.dues.revive(taken.id, NOW + 2_000) is None
    store.dues.finish(taken, "failed", NOW + 2_000, "uncertain")
    store.dues.again(only(store), NOW + 2_500, "")
    assert only(store).state == "failed"
    revived = store.dues.revive(taken.id, NOW + 3_000)
    assert revived == replace(REMINDER, due_ms=NOW + 3_000, id=taken.id) == only(store)
    assert store.dues.revive(taken.id, NOW + 4_000) is None
    assert store.dues.revive(taken.id + 1, NOW + 4_000) is None
    assert claimed(store, NOW + 3_000) == revived


def test_only_what_waits_is_dropped(store: Store) -> None:
    store.dues.put([REMINDER])
    claimed(store)
    store.dues.put([replace(REMINDER, recipient=str(n), due_ms=NOW + 9_000) for n in range(2)])
    store.dues.put([Due("mail", SUBJECT, NOW + 9_000), Due("reminder", "another", NOW + 9_000)])
    assert store.dues.drop(SUBJECT, ["reminder", "change"]) == 2
    assert [(due.kind, due.state) for due in store.dues.of_subject(SUBJECT)] == [
        ("reminder", "claimed"), ("reminder", "dropped"), ("reminder", "dropped"), ("mail", "waiting"),
    ]  # fmt: skip
    assert store.dues.of_subject("another")[0].state == "waiting"
    assert store.dues.drop(SUBJECT, []) == 0


def test_what_was_dropped_waits_again_when_it_is_put(store: Store) -> None:
    store.dues.put([REMINDER])
    store.dues.drop(SUBJECT, ["reminder"])
    store.dues.put([replace(REMINDER, due_ms=NOW + 7_000)])
    assert [(due.state, due.due_ms) for due in store.dues.of_subject(SUBJECT)] == [("waiting", NOW + 7_000)]


def race(url: str, pieces: int, racers: int) -> list[list[int]]:
    """What each racer got, all of them grasping at the same pieces in the same order, with connections of their own."""
    got: list[list[int]] = [[] for _ in range(racers)]
    start = threading.Barrier(racers)

    def grasp(number: int) -> None:
        own = Database(url)
        mine = SqlDues(own)
        found = mine.ripe(NOW, pieces)
        start.wait()
        for due in found:
            while True:
                try:
                    if mine.claim(due, f"process-{number}", NOW):
                        got[number].append(due.id)
                    break
                except StoreBusy:
                    time.sleep(0.01)
        own.dispose()

    threads = [threading.Thread(target=grasp, args=(number,)) for number in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_of_racing_processes_exactly_one_gets_each_piece(url: str, database: Database) -> None:
    dues = SqlDues(database)
    dues.put([Due("mail", SUBJECT, NOW - n, str(n)) for n in range(12)])
    got = race(url, 12, 6)
    everything = sorted(number for mine in got for number in mine)
    assert everything == sorted(due.id for due in dues.of_subject(SUBJECT))
    for number, mine in enumerate(got):
        assert {due.id for due in dues.of_subject(SUBJECT) if due.claimed_by == f"process-{number}"} == set(mine)
    assert {due.tries for due in dues.of_subject(SUBJECT)} == {1}


def test_processes_that_put_the_same_at_once_put_it_once(url: str, database: Database) -> None:
    start = threading.Barrier(4)
    faults: list[Exception] = []

    def put(number: int) -> None:
        own = Database(url)
        pieces = [Due("mail", SUBJECT, NOW + number, str(n)) for n in range(8)]
        start.wait()
        for _ in range(40):
            try:
                SqlDues(own).put(pieces if number % 2 else pieces[::-1])
                break
            except StoreBusy:
                time.sleep(0.01)
        else:
            faults.append(AssertionError("always busy"))
        own.dispose()

    threads = [threading.Thread(target=put, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(due.recipient for due in SqlDues(database).of_subject(SUBJECT)) == [str(n) for n in range(8)]


def test_an_end_without_what_follows_is_no_end(database: Database) -> None:
    """A process that dies between the two leaves neither."""
    dues = SqlDues(database)
    dues.put([REMINDER])
    (found,) = dues.ripe(NOW + 1_000, 1)
    assert dues.claim(found, "process-1", NOW + 1_000)
    broken = replace(REMINDER, recipient="amina:r", due_ms=None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"(?i)null"):
        dues.finish(found, "done", NOW + 2_000, then=[broken])
    assert [(due.state, due.recipient) for due in dues.of_subject(SUBJECT)] == [("claimed", "86400")]


# --- the trail ---


def entry(about: str, **fields: object) -> TrailEntry:
    made = TrailEntry(NOW, "hana", "Hana", "contact.removed", "remembrance", about, {"name": "Amina", "n": 2}, "{}", 3)
    return replace(made, **fields)  # type: ignore[arg-type]


def test_the_trail_is_read_from_its_end(store: Store) -> None:
    made = [store.trail.add(entry(f"contact-{n}", series="another" if n == 2 else "remembrance")) for n in range(4)]
    assert made[0] == entry("contact-0", id=made[0].id)
    assert store.trail.find(made[1].id) == made[1]
    assert store.trail.find(made[3].id + 1) is None
    assert store.trail.of_series("", 10) == tuple(reversed(made))
    assert store.trail.of_series("remembrance", 2) == (made[3], made[1])
    assert store.trail.of_series("remembrance", 10, made[1].id) == (made[0],)


def test_a_change_is_undone_once(store: Store) -> None:
    made = store.trail.add(entry("amina"))
    assert store.trail.undone(made.id, NOW + 1)
    assert not store.trail.undone(made.id, NOW + 2)
    assert not store.trail.undone(made.id + 1, NOW)
    assert store.trail.find(made.id) == replace(made, undone_ms=NOW + 1)


def test_what_would_bring_it_back_is_forgotten_in_time(store: Store) -> None:
    old, undone, nothing, young = (
        store.trail.add(entry("amina", at_ms=NOW - 1)),
        store.trail.add(entry("amina", at_ms=NOW - 1, before="")),
        store.trail.add(entry("amina", at_ms=NOW - 1, before="", facts={"n": 2})),
        store.trail.add(entry("amina")),
    )
    assert store.trail.forget_before(NOW) == 2
    left = (young, nothing, replace(undone, facts={"n": 2}), replace(old, before="", facts={"n": 2}))
    assert store.trail.of_series("", 10) == left
    assert store.trail.forget_before(NOW) == 0


def test_what_is_said_of_somebody_is_forgotten(store: Store) -> None:
    amina, bruno, guest, named, other = (
        store.trail.add(entry("amina")),
        store.trail.add(entry("bruno", facts={"name": "Amina B"})),
        store.trail.add(entry("2027-01-27", before='{"uninvited": {"contact_id": "amina"}}')),
        store.trail.add(entry("2027-01-27", before="", facts={"name": 'Amina "100%" Отиено'})),
        store.trail.add(entry("2027-01-27", before='{"uninvited": {"contact_id": "amina-b"}}', facts={})),
    )
    store.trail.forget_about("amina", 'Amina "100%" Отиено')
    gone = [replace(each, before="", facts={}) for each in (amina, guest, named)]
    assert store.trail.of_series("", 10) == (other, gone[2], gone[1], bruno, gone[0])
    store.trail.forget_about("bruno")
    assert store.trail.of_series("", 10)[3] == replace(bruno, before="", facts={})


# --- records, links, rehearsals ---


def test_the_first_record_stays(store: Store) -> None:
    first, later = (
        ArchiveRow("r-2026", "remembrance", NOW, '{"people": 12}'),
        ArchiveRow("r-2027", "remembrance", NOW + 1, "{}"),
    )
    for row in (first, later, replace(first, data="another")):
        store.archives.add(row)
    assert store.archives.of_series("remembrance") == (later, first)
    assert store.archives.of_series("another") == ()


def test_the_last_look_at_a_link_counts(store: Store) -> None:
    film = LinkCheck("r-2027", "film", "https://media.example/film.mp4", NOW, ok=False, said="It is not there.")
    song = LinkCheck("r-2027", "film", "https://media.example/a.mp3", NOW, ok=True)
    store.archives.put_checks([])
    store.archives.put_checks([film, song, replace(film, ceremony_id="another")])
    seen = replace(film, at_ms=NOW + 1, ok=True, said="")
    store.archives.put_checks([seen])
    assert store.archives.checks("r-2027") == (song, seen)
    assert store.archives.checks("nothing") == ()


REHEARSAL = Rehearsal("remembrance-2027-trial", "remembrance", "2027-01-27", "hana", NOW)


def test_a_rehearsal_is_wiped_and_brought_back(store: Store) -> None:
    other = replace(REHEARSAL, ceremony_id="a-later-one", created_ms=NOW + 1)
    for one in (other, REHEARSAL):
        store.archives.add_rehearsal(one)
    assert store.archives.wipe(REHEARSAL.ceremony_id, NOW + 5)
    assert not store.archives.wipe("remembrance-2027", NOW + 5)
    assert store.archives.rehearsals() == (replace(REHEARSAL, wiped_ms=NOW + 5), other)
    assert store.archives.wipe(REHEARSAL.ceremony_id, None)
    store.archives.delete_ceremony(other.ceremony_id)
    assert store.archives.rehearsals() == (REHEARSAL,)


def lived(database: Database, ceremony_id: str) -> None:
    """A ceremony of which every table has something."""
    log = SqlEventLog(database)
    log.create(ceremony_id, "epoch")
    assert log.append(
        ceremony_id,
        0,
        recorded([e.AskingSet(True)]),
        [Answer("chiyo", "press", 1, NOW)],
        [Mark("candles", "", "chiyo")],
    )
    SqlParticipants(database).add(Participant(ceremony_id[-22:], ceremony_id, "participant"), "device", NOW)
    token = ceremony_id.encode().ljust(32)[:32]
    card = Invitation(ceremony_id[-22:], ceremony_id, "participant", name="Chiyo", created_ms=NOW)
    invitations = SqlInvitations(database)
    invitations.add([Sealed(card, token, None)])
    invitations.claim(token, "device", NOW, first=True)
    with database.writing() as connection:
        connection.execute(insert(t.link).values(ceremony_id=ceremony_id, role="host", generation=1))
        connection.execute(insert(t.erasure).values(ceremony_id=ceremony_id, what="mails", at_ms=NOW))
    SqlDues(database).put([Due("link_check", ceremony_id, NOW, "24h")])
    archives = SqlArchives(database)
    archives.put_checks([LinkCheck(ceremony_id, "film", "https://media.example/a.mp4", NOW, ok=True)])
    archives.add(ArchiveRow(ceremony_id, "remembrance", NOW, "{}"))
    SqlRecordings(database).add(Recording(ceremony_id[-16:], ceremony_id, "chiyo", "ask", "Chiyo", "", "poems", NOW))


def rows(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in t.metadata.sorted_tables
        }


def test_of_a_rehearsal_nothing_stays(database: Database) -> None:
    archives = SqlArchives(database)
    lived(database, "remembrance-2027")
    before = rows(database)
    lived(database, REHEARSAL.ceremony_id)
    archives.add_rehearsal(REHEARSAL)
    assert all(count > before[name] for name, count in rows(database).items() if before[name])
    archives.delete_ceremony(REHEARSAL.ceremony_id)
    assert rows(database) == before


def test_no_ceremony_that_people_came_to_is_deleted(database: Database) -> None:
    lived(database, "remembrance-2027")
    before = rows(database)
    SqlArchives(database).delete_ceremony("remembrance-2027")
    assert rows(database) == before


# --- the tables ---


def test_the_tables_of_planning_can_be_taken_away_and_built_again(database: Database) -> None:
    lived(database, "remembrance-2027")
    config = Config()
    config.set_main_option("script_location", str(Path(of_database.__file__).parent / "migrations"))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        alembic.downgrade(config, "0002")
    with database.reading() as connection:
        left = set(inspect(connection).get_table_names())
    planning = {"series", "occurrence", "contact", "guest", "due", "trail", "link_check", "archive", "rehearsal"}
    later = {"recording", "keeping"}
    assert left == {table.name for table in t.metadata.sorted_tables} - planning - later | {"alembic_version"}
    database.upgrade()
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []
    assert SqlEventLog(database).events("remembrance-2027", 0) != ()
