"""What the store keeps of people, and what it keeps no longer: on SQLite and on PostgreSQL alike."""

import secrets
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from memorata.adapters.history import folded
from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.adapters.store.event_log import PORTION, SqlEventLog
from memorata.adapters.store.participants import SqlParticipants
from memorata.adapters.store.people import SqlPeople
from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.floor import FloorEntry
from memorata.services.live import LiveCeremonies
from memorata.services.ports import AlreadyErased, Claim, Participant
from tests.builders import START_MS, a_programme, recorded
from tests.fakes import FakeClock, RecordingPublisher
from tests.unit.adapters.test_store import CHIYO, ID, database, log, url

__all__ = ["database", "log", "url"]

ADMIN = c.Actor("operator", "organizer")
DAY_MS = 86_400_000


@pytest.fixture
def people(database: Database, log: SqlEventLog) -> SqlPeople:
    participants = SqlParticipants(database)
    for n, who in enumerate((CHIYO, Participant("bruno", ID, "participant", name="БРУНО", invitation_id="card"))):
        participants.add(who, f"device-{n}", START_MS)
    participants.add(Participant("bruno-2", ID, "participant", invitation_id="card"), "device-2", START_MS)
    with database.writing() as connection:
        row = {"ceremony_id": ID, "role": "participant", "created_ms": START_MS}
        connection.execute(
            insert(t.invitation).values(
                id="card", token_hash=b"1" * 32, name="Бруно", community="Recife", mail="bruno@example.org", **row
            )
        )
    return SqlPeople(database)


def live(log: SqlEventLog) -> LiveCeremonies:
    made = LiveCeremonies(log, FakeClock(), RecordingPublisher())
    made.plan(a_programme())
    return made


def test_people_are_found_by_name_in_any_alphabet(people: SqlPeople) -> None:
    assert people.known_as(ID, "千代 sato") == ("chiyo",)
    assert people.known_as(ID, "  бруно ") == ("bruno",)
    assert people.invited_as(ID, "БРУНО") == ("card",)
    assert (people.known_as(ID, ""), people.known_as("another", "бруно")) == ((), ())


def test_the_devices_of_one_invitation_are_one_person(people: SqlPeople) -> None:
    assert people.same_person("bruno-2") == (("bruno-2", "bruno"), ("card",))
    assert people.same_person("chiyo") == (("chiyo",), ())
    assert people.same_person("nobody") == (("nobody",), ())


def test_what_is_kept_is_shown_without_hashes(people: SqlPeople) -> None:
    kept = people.kept(("bruno",), ("card",))
    assert [row["name"] for row in (*kept.participants, *kept.invitations)] == ["БРУНО", "Бруно"]
    assert kept.invitations[0]["mail"] == "bruno@example.org"
    assert not {"device_hash", "token_hash", "code_hash"} & {*kept.participants[0], *kept.invitations[0]}


def test_personal_links_lose_their_names(people: SqlPeople) -> None:
    people.uninvite(())
    assert people.invited_as(ID, "Бруно") == ("card",)
    people.uninvite(("card", "nothing"))
    (row,) = people.kept((), ("card",)).invitations
    assert (row["name"], row["community"], row["mail"]) == ("", "", "")


def test_one_person_is_erased_in_one_transaction_with_the_event(
    people: SqlPeople, log: SqlEventLog, database: Database
) -> None:
    ceremonies = live(log)
    bruno = c.Actor("bruno", "participant", "request", name="Benedita")
    ceremonies.handle(ID, c.RequestFloor("memory", "Benedita", text="The boat"), bruno, "request")
    ceremonies.erase(ID, c.ErasePerson("bruno"), ADMIN, ("card",))
    kept = people.kept(("bruno", "bruno-2"), ("card",))
    assert [row["id"] for row in kept.participants] == ["bruno-2"]
    assert [kept.invitations[0][name] for name in ("name", "community", "mail")] == ["", "", ""]
    assert kept.commands == ()
    assert "Benedita" not in repr(log.events(ID, 0))
    assert folded(log.events(ID, 0)) == ceremonies.state(ID)
    assert people.known_as(ID, "千代 Sato") == ("chiyo",)


def test_who_was_put_out_is_remembered_by_the_device_alone(
    people: SqlPeople, log: SqlEventLog, database: Database
) -> None:
    participants = SqlParticipants(database)
    banned = Participant("mallory", ID, "participant", name="Mallory", standing="banned")
    participants.add(banned, "device-of-mallory", START_MS)
    live(log).erase(ID, c.ErasePerson("mallory"), ADMIN)
    left = participants.find_by_device(ID, "participant", "device-of-mallory")
    assert left is not None
    assert (left.name, left.standing) == ("", "banned")


def test_all_names_go_and_the_history_adds_up(people: SqlPeople, log: SqlEventLog) -> None:
    ceremonies = live(log)
    head = ceremonies.head(ID)[1]
    entries = [
        e.FloorRequested(FloorEntry(f"entry-{n}", "memory", name=f"Valentina {n}")) for n in range(2 * PORTION + 3)
    ]
    assert log.append(ID, head, recorded(entries, after=head))
    ceremonies.follow()
    claim = Claim("names", START_MS, START_MS - DAY_MS)
    ceremonies.erase(ID, c.EraseNames(), ADMIN, claim=claim)
    assert "Valentina" not in repr(log.events(ID, 0))
    assert folded(log.events(ID, 0)) == ceremonies.state(ID)
    assert not people.any_left(ID, "names")
    assert people.erased() == {(ID, "names"): START_MS}
    with pytest.raises(AlreadyErased):
        ceremonies.erase(ID, c.EraseNames(), ADMIN, claim=claim)
    assert [one.event.kind for one in log.events(ID, head)].count("names.erased") == 1


def test_mails_go_once_and_names_stay(people: SqlPeople) -> None:
    people.erase_mails(ID, Claim("mails", START_MS, START_MS - DAY_MS))
    row = people.kept((), ("card",)).invitations[0]
    assert (row["mail"], row["name"]) == ("", "Бруно")
    with pytest.raises(AlreadyErased):
        people.erase_mails(ID, Claim("mails", START_MS + 1, START_MS + 1 - DAY_MS))
    people.erase_mails(ID, Claim("mails", START_MS + DAY_MS + 1, START_MS + 1))


def test_nothing_of_them_is_left_in_the_files(tmp_path: Path) -> None:
    """Many pages are written, split and freed: SQLite itself must overwrite what it frees, and the log beside it."""
    database = Database(f"sqlite:///{tmp_path}/memorata.sqlite")
    database.upgrade()
    log, participants, people = SqlEventLog(database), SqlParticipants(database), SqlPeople(database)
    ceremonies = LiveCeremonies(log, FakeClock(), RecordingPublisher())
    ceremonies.plan(a_programme())
    for n in range(400):
        name = f"Seeded-{n:03}-" + "я" * (n % 40)
        who = Participant(f"p{n}", ID, "participant", name=name, community="Seeded-town")
        participants.add(who, secrets.token_urlsafe(16), START_MS)
        # Written anew, longer and shorter, as people correct themselves.
        assert participants.change(who, replace(who, name=name + "x" * (n % 17)), START_MS)
        actor = c.Actor(f"p{n}", "participant", f"request-{n}", name=name)
        ceremonies.handle(ID, c.OfferWish("wishes", f"Seeded words {n} " + "w" * (n % 150)), actor, f"request-{n}")
    assert found(tmp_path) > 1000
    for n in range(0, 400, 2):
        ceremonies.erase(ID, c.ErasePerson(f"p{n}"), ADMIN)
    ceremonies.erase(ID, c.EraseNames(), ADMIN)
    assert people.purge()
    assert found(tmp_path) == 0
    database.dispose()
    assert found(tmp_path) == 0


def found(folder: Path) -> int:
    return sum(path.read_bytes().count(b"Seeded") for path in folder.iterdir() if path.is_file())


def test_what_people_wrote_stands_in_no_exception(people: SqlPeople, database: Database) -> None:
    """Exceptions come into the log; the library would put the values of the statement into their text."""
    with pytest.raises(IntegrityError) as told, database.writing() as connection:
        connection.execute(insert(t.participant).values(id="chiyo", ceremony_id=ID, name="Valentina"))
    assert "Valentina" not in str(told.value).partition("DETAIL")[0]
