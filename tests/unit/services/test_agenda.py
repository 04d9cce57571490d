"""The agenda: each piece of work once, whoever wakes, whatever dies; later, hopeless and uncertain ones are told."""

from collections.abc import Callable, Sequence

import pytest

from memorata.domain.errors import Refused
from memorata.services.agenda import AT_ONCE, DEFECTS_MAX, PAUSES_MS, Agenda, Hopeless, Later
from memorata.services.planning_ports import LEASE_MS, Due
from memorata.services.ports import StoreBusy
from tests.fakes import FakeAlarm, FakeClock
from tests.fakes_planning import MemoryDues

NOW = 1_800_000_000_000


class Bench:
    """Two processes at one store."""

    def __init__(self) -> None:
        self.dues = MemoryDues()
        self.clock = FakeClock(NOW)
        self.did: list[str] = []
        self.left: list[Callable[[], None]] = []

    def process(self, name: str, *, dies: bool = False) -> Agenda:
        beside = self.left.append if dies else (lambda work: work())
        return Agenda(self.dues, self.clock, FakeAlarm(self.clock), name, beside)

    def note(self, name: str) -> Callable[[Due], Sequence[Due]]:
        def handler(due: Due) -> Sequence[Due]:
            self.did.append(f"{name}:{due.subject}")
            return ()

        return handler

    def states(self) -> list[tuple[str, str, str]]:
        return [(due.subject, due.state, due.said) for due in self.dues.rows.values()]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_of_two_processes_one_does_it_when_it_is_due(bench: Bench) -> None:
    first, second = bench.process("first"), bench.process("second")
    for name, agenda in (("first", first), ("second", second)):
        agenda.on("archive", bench.note(name))
    first.put([Due("archive", "a", NOW + 1_000)])
    first.scan()
    assert bench.did == []
    bench.clock.forward(1_000)
    second.scan()
    first.scan()
    assert bench.did == ["second:a"]
    assert bench.states() == [("a", "done", "")]


def test_what_follows_is_put_with_the_end_of_what_it_follows_from(bench: Bench) -> None:
    agenda = bench.process("one")
    agenda.on("reminder", lambda due: [Due("mail", due.subject, NOW, str(n)) for n in range(3)])
    agenda.on("mail", bench.note("mail"), once=True)
    agenda.put([Due("reminder", "a", NOW)])
    agenda.scan()
    agenda.scan()
    assert bench.did == ["mail:a"] * 3


def test_a_mail_that_a_dead_process_had_begun_is_not_sent_again(bench: Bench) -> None:
    dead, alive = bench.process("dead", dies=True), bench.process("alive")
    for name, agenda in (("dead", dead), ("alive", alive)):
        agenda.on("mail", bench.note(name), once=True)
        agenda.on("archive", bench.note(name))
    dead.put([Due("mail", "letter", NOW), Due("archive", "record", NOW)])
    dead.scan()
    alive.scan()
    assert bench.did == []
    bench.clock.forward(LEASE_MS)
    alive.scan()
    assert bench.did == ["alive:record"]
    assert bench.states() == [("letter", "failed", "uncertain"), ("record", "done", "")]
    # A person decides that it is sent once more.
    assert alive.again(1) is not None
    alive.scan()
    assert bench.did == ["alive:record", "alive:letter"]


def test_later_is_later_and_hopeless_is_the_end(bench: Bench) -> None:
    agenda = bench.process("one")

    def later(due: Due) -> Sequence[Due]:
        bench.did.append(due.subject)
        if len(bench.did) == 1:
            raise Later(NOW + 5_000, "The mail server does not answer.")
        return ()

    def hopeless(due: Due) -> Sequence[Due]:
        raise Hopeless("No such address.")

    agenda.on("mail", later, once=True)
    agenda.on("wipe", hopeless)
    agenda.put([Due("mail", "a", NOW), Due("wipe", "b", NOW)])
    agenda.scan()
    assert bench.states() == [("a", "waiting", "The mail server does not answer."), ("b", "failed", "No such address.")]
    bench.clock.forward(5_000)
    agenda.scan()
    assert bench.states()[0] == ("a", "done", "")


def test_a_defect_is_tried_again_and_given_up_and_keeps_nobody_else_from_their_turn(bench: Bench) -> None:
    agenda = bench.process("one")
    tries: list[int] = []

    def broken(due: Due) -> Sequence[Due]:
        tries.append(bench.clock.now_ms())
        raise ValueError("a defect")

    agenda.on("archive", broken)
    agenda.on("wipe", bench.note("wipe"))
    agenda.put([Due("archive", "a", NOW), Due("wipe", "b", NOW)])
    for _ in range(10):
        agenda.scan()
        bench.clock.forward(PAUSES_MS[-1])
    assert bench.did == ["wipe:b"]
    assert len(tries) == DEFECTS_MAX + 1
    assert bench.states()[0] == ("a", "failed", "defect")


def test_a_refusal_ends_it_and_a_busy_store_does_not(bench: Bench) -> None:
    agenda = bench.process("one")
    busy = [True]

    def refused(due: Due) -> Sequence[Due]:
        raise Refused("ceremony.unknown")

    def sometimes(due: Due) -> Sequence[Due]:
        if busy.pop():
            busy.append(False)
            raise StoreBusy("locked")
        return ()

    agenda.on("wipe", refused)
    agenda.on("archive", sometimes)
    agenda.put([Due("wipe", "a", NOW), Due("archive", "b", NOW)])
    agenda.scan()
    bench.clock.forward(PAUSES_MS[0])
    agenda.scan()
    assert bench.states() == [("a", "failed", "ceremony.unknown"), ("b", "done", "locked" if busy else "")]


def test_no_more_is_begun_at_once_than_there_are_hands(bench: Bench) -> None:
    agenda = bench.process("one", dies=True)
    agenda.on("mail", bench.note("mail"), once=True)
    agenda.put([Due("mail", str(n), NOW) for n in range(10)])
    agenda.scan()
    agenda.scan()
    assert len(bench.left) == AT_ONCE
    for work in list(bench.left):
        work()
    agenda.scan()
    assert len(bench.left) == 2 * AT_ONCE
    assert len(bench.did) == AT_ONCE
