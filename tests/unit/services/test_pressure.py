"""What gives way when a process is hard pressed: the least first, one step at a time, and back when it is calm."""

import pytest

from memorata.adapters.presence.memory import MemorySeats
from memorata.services.ports import Participant
from memorata.services.presence import LATER_MS, ROSTER_SPACING_MS, SPACING_MS, PresenceDesk
from memorata.services.pressure import CALM, GAP_S, QUEUED_EACH, SELDOM_MS, Load, Pressure
from tests.fakes import FakeAlarm, FakeClock, RecordingPublisher

ID = "remembrance-2027"
HARD, EASY = Load(gap_s=GAP_S * 2), Load()


class Source:
    """What is to be carried, as the test says."""

    def __init__(self) -> None:
        self.load = EASY
        self.pressure = Pressure(lambda: self.load)

    def looks(self, load: Load, times: int = 1) -> list[int]:
        self.load = load
        levels = []
        for _ in range(times):
            self.pressure.look()
            levels.append(int(self.pressure.level))
        return levels


@pytest.mark.parametrize(
    ("load", "too_much"),
    [
        (Load(gap_s=GAP_S), False),
        (Load(gap_s=GAP_S + 0.01), True),
        (Load(queued=QUEUED_EACH * 300, lines=300), False),
        (Load(queued=QUEUED_EACH * 300 + 1, lines=300), True),
        (Load(queued=QUEUED_EACH), False),
    ],
)
def test_too_much_is_a_long_gap_or_many_messages_for_each_line(load: Load, too_much: bool) -> None:
    assert load.is_too_much is too_much


def test_up_at_each_look_and_down_after_a_calm_while() -> None:
    source = Source()
    assert source.looks(HARD) + source.looks(EASY) + source.looks(HARD) == [0, 0, 0], "one gap alone is soon over"
    assert source.looks(HARD, 5) == [1, 2, 3, 3, 3]
    assert source.looks(EASY, CALM) == [3] * (CALM - 1) + [2]
    assert source.looks(EASY, CALM - 1) == [2] * (CALM - 1)
    assert source.looks(HARD, 2) == [2, 3]
    assert source.looks(EASY, 4 * CALM)[CALM - 1 :: CALM] == [2, 1, 0, 0]


def test_names_give_way_first_then_counts_come_seldom_then_not_at_all() -> None:
    source = Source()
    source.looks(HARD)
    found = []
    for _ in range(4):
        found.append((source.pressure.names_spacing_ms(ROSTER_SPACING_MS), source.pressure.spacing_ms(SPACING_MS)))
        source.looks(HARD)
    assert found == [(ROSTER_SPACING_MS, SPACING_MS), (None, SPACING_MS), (None, SELDOM_MS), (None, None)]


def test_the_desk_tells_less_and_what_was_left_out_when_it_is_calm_again() -> None:
    source, clock, publisher = Source(), FakeClock(), RecordingPublisher()
    source.looks(HARD)  # already once
    alarm = FakeAlarm(clock)
    desk = PresenceDesk(MemorySeats(), publisher, clock, alarm, lambda _: False, pressure=source.pressure)

    def told(seconds: int) -> tuple[int, int]:
        """How often counts, and the news of names, are told while somebody comes ten times a second."""
        counts, names = len(publisher.presences), len(publisher.rosters)
        for n in range(seconds * 10):
            desk.join(Participant(f"{clock.at_ms}-{n}", ID, "participant"), "tab")
            alarm.pass_time(100)
        return len(publisher.presences) - counts, len(publisher.rosters) - names

    told(10)
    assert told(10) == (20, 5)
    source.looks(HARD)
    alarm.pass_time(LATER_MS)
    assert told(10) == (20, 0)
    source.looks(HARD)
    alarm.pass_time(LATER_MS)
    assert told(10) == (5, 0)
    source.looks(HARD)
    alarm.pass_time(LATER_MS)
    assert told(10) == (0, 0)
    source.looks(EASY, 3 * CALM)
    counts, names = len(publisher.presences), len(publisher.rosters)
    alarm.pass_time(LATER_MS)
    assert (len(publisher.presences), len(publisher.rosters)) == (counts + 1, names + 1)


def test_those_who_lead_hear_of_the_step_all_the_same() -> None:
    source, clock, publisher = Source(), FakeClock(), RecordingPublisher()
    alarm = FakeAlarm(clock)
    desk = PresenceDesk(MemorySeats(), publisher, clock, alarm, lambda _: False, pressure=source.pressure)
    source.looks(HARD, 4)
    chiyo = Participant("chiyo", ID, "participant")
    desk.join(chiyo, "tab")
    desk.leave(chiyo, "tab")
    alarm.pass_time(2_000)
    assert (publisher.presences, publisher.syncs) == ([], [ID])
