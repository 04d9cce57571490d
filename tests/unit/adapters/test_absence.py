"""While the store is away everybody is told at once; as soon as it answers again it is there."""

import threading

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError

from memorata import green
from memorata.adapters.store import absence, database
from memorata.adapters.store.absence import Absence
from memorata.adapters.store.database import Database
from memorata.services.ports import StoreBusy
from tests.live.client import eventually


class Reason(Exception):
    """What a driver says; `pgcode` as the database names it."""

    def __init__(self, pgcode: str | None) -> None:
        super().__init__(pgcode)
        self.pgcode = pgcode


def test_it_is_looked_for_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(absence, "LOOK_S", 0.01)
    there, back, looks = threading.Event(), threading.Event(), 0

    def ask() -> None:
        nonlocal looks
        looks += 1
        if not there.is_set():
            raise OSError

    watched = Absence(ask, back.set)
    assert watched.since_s is None
    watched.begin("no answer")
    since_s = watched.since_s
    assert since_s is not None
    watched.begin("no answer either")
    eventually(lambda: looks >= 3, "looks in vain")
    assert (watched.since_s, back.is_set()) == (since_s, False)
    there.set()
    assert back.wait(5)
    eventually(lambda: watched.since_s is None, "its return")


def test_nobody_waits_for_a_database_that_is_known_to_be_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(absence, "LOOK_S", 3600.0)
    # A port at which nobody listens.
    away = Database("postgresql+psycopg2://memorata@127.0.0.1:1/none")
    with pytest.raises(StoreBusy, match="refused"), away.reading():
        pass
    assert away.away_s is not None
    with pytest.raises(StoreBusy, match="the database is away"), away.writing():
        pass


@pytest.mark.parametrize(
    ("error", "absent"),
    [
        (green.TimedOut("took longer"), True),
        (OperationalError("", {}, Reason(None)), True),
        (OperationalError("", {}, Reason("57P03")), True),
        (InterfaceError("", {}, Reason(None), connection_invalidated=True), True),
        (OperationalError("", {}, Reason("55P03")), False),
        (OperationalError("", {}, Reason("57014")), False),
        (database.PoolTimeout(), False),
    ],
    ids=["no answer", "no line", "starting", "line lost", "a lock", "a slow question", "many asking"],
)
def test_what_tells_of_an_absence(error: Exception, absent: bool) -> None:
    assert database._tells_of_absence(error) is absent
