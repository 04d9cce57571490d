"""Who keeps: one at a time, another when that one is silent, and nobody twice because the store or Redis was away."""

from dataclasses import dataclass, field, replace

from memorata.services.keeping import LOOK_S, SILENT_S, Keeping, Lease
from memorata.services.ports import StoreBusy
from tests.fake_bus import FakeBus, Wire


class Row:
    """The row as the store has it."""

    def __init__(self) -> None:
        self.lease: Lease | None = None
        self.busy = False


class MemoryLeases:
    def __init__(self, row: Row, worker: str) -> None:
        self._row, self._worker = row, worker

    def read(self) -> Lease | None:
        self._look()
        return self._row.lease

    def take(self, before: Lease | None) -> int | None:
        self._look()
        if before != self._row.lease:
            return None
        term = 1 if before is None else before.term + 1
        self._row.lease = Lease(self._worker, f"process of {self._worker}", term, 0)
        return term

    def renew(self, term: int) -> bool:
        self._look()
        lease = self._row.lease
        if lease is None or (lease.worker, lease.term) != (self._worker, term):
            return False
        self._row.lease = replace(lease, beat=lease.beat + 1)
        return True

    def give(self, term: int) -> None:
        self._look()
        if self._row.lease is not None and (self._row.lease.worker, self._row.lease.term) == (self._worker, term):
            self._row.lease = replace(self._row.lease, worker="", process="")

    def _look(self) -> None:
        if self._row.busy:
            raise StoreBusy("away")


@dataclass
class Worker:
    keeping: Keeping
    bus: FakeBus
    heard: list[str] = field(default_factory=list)
    frozen: bool = False


class Crew:
    """Workers that look twice a second, as long as they live."""

    def __init__(self, *names: str) -> None:
        self.now_s = 100.0
        self.row, self.wire = Row(), Wire()
        self.dead: set[str] = set()
        self.workers = {name: self.worker(name) for name in names}

    def worker(self, name: str) -> Worker:
        bus = FakeBus(self.wire, name)
        keeping = Keeping(
            MemoryLeases(self.row, name), bus, lambda process: process not in self.dead and None, lambda: self.now_s
        )
        worker = Worker(keeping, bus)
        keeping.on_taken(lambda term: worker.heard.append(f"taken {term}"))
        keeping.on_lost(lambda: worker.heard.append("lost"))
        keeping.on_other(lambda other, term: worker.heard.append(f"{other} {term}"))
        return worker

    def go_by(self, seconds: float) -> None:
        for _ in range(round(seconds / LOOK_S)):
            self.now_s += LOOK_S
            for worker in self.workers.values():
                if not worker.frozen:
                    worker.keeping.look()
            self.wire.carry()

    def heard(self, name: str) -> list[str]:
        return self.workers[name].heard


def test_the_first_keeps_and_the_others_know_it() -> None:
    crew = Crew("one", "two")
    crew.go_by(5)
    assert (crew.heard("one"), crew.heard("two")) == (["taken 1"], ["one 1"])
    assert (crew.workers["one"].keeping.mine, crew.workers["two"].keeping.keeper) == (True, "one")


def test_a_silent_one_is_followed_by_one_other_and_steps_down_when_it_wakes() -> None:
    crew = Crew("one", "two", "three")
    crew.go_by(2)
    crew.workers["one"].frozen = True
    crew.go_by(SILENT_S - LOOK_S)
    assert crew.heard("two") == ["one 1"]
    crew.go_by(2 * LOOK_S)
    assert crew.heard("two") == ["one 1", "taken 2"]
    assert crew.heard("three") == ["one 1", "two 2"]
    crew.workers["one"].frozen = False
    crew.go_by(LOOK_S)
    assert crew.heard("one") == ["taken 1", "lost", "two 2"]
    assert not crew.workers["one"].keeping.mine


def test_a_dead_process_of_this_machine_is_followed_at_once() -> None:
    crew = Crew("one", "two")
    crew.go_by(2)
    crew.workers["one"].frozen = True
    crew.dead.add("process of one")
    crew.go_by(LOOK_S)
    assert crew.heard("two") == ["one 1", "taken 2"]


def test_who_goes_gives_it_back_and_is_followed_at_once() -> None:
    crew = Crew("one", "two")
    crew.go_by(2)
    crew.workers["one"].keeping.give()
    crew.wire.carry()
    assert crew.heard("two") == ["one 1", "taken 2"]
    crew.go_by(2)
    assert crew.heard("one") == ["taken 1", "two 2"], "who goes takes it no more, and knows who does"


def test_while_the_store_is_away_nobody_else_keeps_and_whoever_kept_goes_on() -> None:
    crew = Crew("one", "two")
    crew.go_by(2)
    crew.row.busy = True
    crew.go_by(60)
    assert crew.workers["one"].keeping.mine
    crew.row.busy = False
    # The other one is a moment faster to see it again, and must not take it for silent.
    crew.workers["two"].keeping.look()
    crew.go_by(5)
    assert (crew.heard("one"), crew.heard("two")) == (["taken 1"], ["one 1"])


def test_who_was_frozen_itself_takes_nobody_for_silent() -> None:
    crew = Crew("one", "two")
    crew.go_by(2)
    crew.workers["two"].frozen = True
    crew.go_by(10)
    crew.workers["one"].frozen = True  # only so that its beat is the one that was seen before
    lease = crew.row.lease
    crew.workers["two"].frozen = False
    crew.workers["two"].keeping.look()
    assert crew.row.lease == lease
    crew.workers["one"].frozen = False
    crew.go_by(5)
    assert crew.heard("two") == ["one 1"]
