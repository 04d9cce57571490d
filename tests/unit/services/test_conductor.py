"""What the clock brings about is written once, by whoever wakes, however late."""

from dataclasses import replace

import pytest

from memorata.domain import commands as c
from memorata.services.conductor import Conductor
from memorata.services.live import CONDUCTOR, LiveCeremonies
from tests.builders import START_MS, a_programme
from tests.fakes import FakeAlarm, FakeClock, MemoryLog, RecordingPublisher

ID = "remembrance-2027"
HOST = c.Actor("hana", "host")


class Process:
    def __init__(self, log: MemoryLog, clock: FakeClock) -> None:
        self.log, self.clock, self.alarm = log, clock, FakeAlarm(clock)
        self.publisher = RecordingPublisher()
        self.ceremonies = LiveCeremonies(log, clock, self.publisher)
        self.conductor = Conductor(self.ceremonies, clock, self.alarm, log.forget_answers, alone=False)

    def cues(self) -> list[tuple[str, int]]:
        return [
            (recorded.event.item_id, recorded.event.start_ms)
            for recorded in self.log.written[ID]
            if recorded.event.kind == "item.cued"
        ]


@pytest.fixture
def process() -> Process:
    made = Process(MemoryLog(), FakeClock(START_MS - 1_000_000))
    made.ceremonies.plan(a_programme())
    return made


def test_the_doors_open_at_their_time(process: Process) -> None:
    process.clock.at_ms = START_MS - 900_001
    process.conductor.start()
    assert len(process.log.written[ID]) == 1
    process.alarm.pass_time(1)
    opened = process.log.written[ID][-1]
    assert (opened.event.kind, opened.by) == ("ceremony.opened", CONDUCTOR)
    assert opened.at_ms == START_MS - 900_000


def test_each_item_of_an_autopilot_is_cued_once_by_two_processes(process: Process) -> None:
    other = Process(process.log, process.clock)
    process.ceremonies.handle(ID, c.SetAutopilot(True), HOST, "")
    while process.clock.at_ms < START_MS + 400_000:
        process.clock.forward(250)
        process.conductor.scan_due()
        other.conductor.scan_due()
    starts = [START_MS, 60_000, 150_000, 240_000, 260_000, 320_000, 380_000]
    assert process.cues() == [
        (item_id, start_ms if n == 0 else START_MS + start_ms)
        for n, (item_id, start_ms) in enumerate(
            zip(("words", "minute", "memories", "wreaths", "candles", "wishes", "farewell"), starts, strict=True)
        )
    ]
    assert [one.seq for one in process.publisher.events] == [one.seq for one in process.log.written[ID]]
    assert [one.seq for one in other.publisher.events][-1] == process.log.written[ID][-1].seq


def test_a_late_start_settles_everything_at_once(process: Process) -> None:
    process.ceremonies.handle(ID, c.SetAutopilot(True), HOST, "")
    process.clock.at_ms = START_MS + 200_000
    risen = Process(process.log, process.clock)
    risen.conductor.start()
    assert process.cues() == [("words", START_MS), ("minute", START_MS + 60_000), ("memories", START_MS + 150_000)]
    shown = risen.ceremonies.state(ID)
    assert shown.progress.runs[-1].item_id == "memories"


def test_an_autopilot_ceremony_ends_by_itself(process: Process) -> None:
    process.ceremonies.handle(ID, c.SetAutopilot(True), HOST, "")
    process.clock.at_ms = START_MS + 400_000
    process.conductor.scan_due()
    process.clock.at_ms = START_MS + 410_001
    process.conductor.scan_due()
    process.conductor.scan_due()
    assert [one.event.kind for one in process.log.written[ID]].count("ceremony.closed") == 1


def test_a_busy_store_is_tried_again(process: Process) -> None:
    process.clock.at_ms = START_MS - 800_000
    process.log.busy = True
    process.conductor.scan_due()
    assert len(process.log.written[ID]) == 1
    process.log.busy = False
    process.conductor.scan_due()
    assert process.log.written[ID][-1].event.kind == "ceremony.opened"


def test_a_damaged_ceremony_does_not_keep_the_others_from_beginning(process: Process) -> None:
    process.log.create("another", "epoch")
    process.log.written["another"] = [replace(process.log.written[ID][0], seq=2)]  # its first event is missing
    process.log.seqs["another"] = ("epoch", 2)
    process.clock.at_ms = START_MS - 800_000
    process.conductor.scan_due()
    assert process.log.written[ID][-1].event.kind == "ceremony.opened"
    assert [state.seq for state in process.ceremonies.list()] == [2]
    with pytest.raises(ValueError, match="does not follow"):
        process.ceremonies.state("another")


def test_answers_are_forgotten_after_a_day(process: Process) -> None:
    process.ceremonies.handle(ID, c.SetAsking(False), HOST, "press")
    process.clock.forward(23 * 3_600_000)
    process.conductor.scan_due()
    assert len(process.log.answers) == 1
    process.clock.forward(2 * 3_600_000)
    process.conductor.scan_due()
    assert process.log.answers == {}


def test_it_says_when_it_last_looked(process: Process) -> None:
    process.conductor.scan_due()
    assert process.conductor.scanned_ms == process.clock.at_ms
