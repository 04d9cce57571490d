"""The row that says who keeps: one of several takes it, and only as it was seen."""

from pathlib import Path

from memorata.adapters.store.database import Database
from memorata.adapters.store.keeping import SqlLeases
from memorata.services.keeping import Lease


def test_the_row_is_taken_renewed_and_given_by_one_at_a_time(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    database.upgrade()
    one, two = SqlLeases(database, "one", "process 1"), SqlLeases(database, "two", "process 2")
    assert one.read() is None
    assert (one.take(None), two.take(None)) == (1, None)
    seen = two.read()
    assert seen == Lease("one", "process 1", 1, 0)
    assert one.renew(1)
    assert two.take(seen) is None, "it has moved meanwhile"
    assert two.take(two.read()) == 2
    assert not one.renew(1)
    one.give(1)
    assert two.read() == Lease("two", "process 2", 2, 0), "what is not ours is not given"
    two.give(2)
    assert two.read() == Lease("", "", 2, 0)
    assert one.take(one.read()) == 3
    database.dispose()
