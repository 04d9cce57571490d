"""The store keeps to which hall a link and whoever came by it belong, through its migration and every erasure."""

from pathlib import Path

from alembic import command as alembic
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from memorata.adapters.store import database as of_database
from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.adapters.store.event_log import SqlEventLog
from memorata.adapters.store.invitations import SqlInvitations
from memorata.adapters.store.participants import SqlParticipants
from memorata.domain import events as e
from memorata.services.ports import Erasure, Invitation, Participant, Sealed
from tests.builders import START_MS, recorded
from tests.unit.adapters.test_store import ID, database, log, url

__all__ = ["database", "log", "url"]

CARD = Invitation("card", ID, "participant", name="Osaka", created_ms=START_MS, hall="osaka")
OSAKA = Participant("osaka-1", ID, "participant", name="Osaka", invitation_id="card", hall="osaka")
VERA = Participant("vera", ID, "participant", name="Vera")


def kept(database: Database, log: SqlEventLog) -> SqlParticipants:
    SqlInvitations(database).add([Sealed(CARD, b"t" * 32, b"c" * 32)])
    participants = SqlParticipants(database)
    participants.add(OSAKA, "screen", START_MS)
    participants.add(VERA, "device", START_MS)
    return participants


def test_a_hall_comes_back_as_one(database: Database, log: SqlEventLog) -> None:
    participants = kept(database, log)
    assert SqlInvitations(database).by_token(b"t" * 32) == CARD
    assert participants.find("osaka-1") == OSAKA
    assert participants.find("vera") == VERA


def test_names_are_erased_and_the_hall_stays(database: Database, log: SqlEventLog) -> None:
    participants = kept(database, log)
    everybody = Erasure(lambda event: event, participant_ids=None)
    assert log.append(ID, 0, recorded([e.NamesErased()]), erasure=everybody)
    found = participants.find("osaka-1")
    assert found is not None
    assert (found.name, found.hall) == ("", "osaka")


def test_the_migration_goes_back_and_forth(database: Database, log: SqlEventLog) -> None:
    participants = kept(database, log)
    config = Config()
    config.set_main_option("script_location", str(Path(of_database.__file__).parent / "migrations"))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        alembic.downgrade(config, "0003")
    with database.reading() as connection:
        columns = {column["name"] for column in inspect(connection).get_columns("participant")}
    assert "hall" not in columns
    database.upgrade()
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []
    # Who was there before there were halls belongs to none.
    assert participants.find("vera") == VERA
