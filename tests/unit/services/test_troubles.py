"""Troubles of the house: told when they begin and when they end, and to nobody in between."""

from memorata.services.troubles import Troubles
from tests.fakes import FakeAlarm, FakeClock


def test_they_are_told_when_there_are_others_than_before() -> None:
    told: list[tuple[str, ...]] = []
    troubles = Troubles(FakeAlarm(FakeClock()), lambda: told.append(troubles.now()))
    full, moved = False, False
    troubles.watch("disk.full", lambda: full)
    troubles.watch("clock.moved", lambda: moved)
    troubles.look()
    assert (troubles.now(), told) == ((), [])
    full = True
    troubles.look()
    troubles.look()
    moved = True
    troubles.look()
    full = False
    troubles.look()
    assert told == [("disk.full",), ("disk.full", "clock.moved"), ("clock.moved",)]
