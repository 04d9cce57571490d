"""Turns by a clock of the test's: portions of two milliseconds, whatever breaks, and everybody heard in between."""

from collections.abc import Callable
from typing import Any

import pytest

from memorata.adapters.transport import turns as turns_module
from memorata.adapters.transport.turns import PORTION_S, Turns


class Hall:
    """Each line takes a quarter of a portion to be written to, and so does each work."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, count: int = 0) -> None:
        self.now_s = 0.0
        self.turn = 0
        self.soon_calls: list[Callable[[], object]] = []
        self.done: list[tuple[int, str]] = []
        monkeypatch.setattr(turns_module.time, "monotonic", lambda: self.now_s)
        self.turns = Turns(self)  # type: ignore[arg-type]
        self.lines = [Line(self, f"line {n}") for n in range(count)]

    def soon(self, call: Callable[[], object]) -> None:
        self.soon_calls.append(call)

    def start(self, work: Callable[[], object]) -> None:
        work()

    def takes_time(self, what: str) -> None:
        self.now_s += PORTION_S / 4
        self.done.append((self.turn, what))

    def run(self) -> list[tuple[int, str]]:
        """In which turn of the loop what was done."""
        while self.soon_calls:
            self.turn += 1
            (call,) = self.soon_calls
            self.soon_calls.clear()
            call()
        return self.done


class Line:
    def __init__(self, hall: Hall, name: str) -> None:
        self.hall, self.name, self.is_due = hall, name, False
        self.frames: list[bytes] = []
        self.written: list[bytes] = []
        self.breaks = False

    def put(self, frame: bytes) -> None:
        self.frames.append(frame)

    def flush(self) -> None:
        if self.breaks:
            raise ZeroDivisionError
        self.hall.takes_time(self.name)
        self.written += self.frames
        self.frames.clear()


def test_some_are_told_at_once_and_the_others_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall(monkeypatch, 9)
    hall.turns.tell(iter(hall.lines), b"one")
    assert [turn for turn, _ in hall.run()] == [0] * 2 + [1] * 4 + [2] * 3
    assert [line.written for line in hall.lines] == [[b"one"]] * 9


def test_what_is_told_twice_comes_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall(monkeypatch, 9)
    hall.turns.tell(iter(hall.lines), b"one")
    hall.turns.tell(iter(hall.lines), b"two")
    hall.run()
    assert [line.written for line in hall.lines] == [[b"one", b"two"]] * 9


def test_who_is_told_alone_does_not_wait_for_what_goes_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall(monkeypatch, 20)
    alone = Line(hall, "alone")
    hall.turns.tell(iter(hall.lines), b"one")
    alone.put(b"hers")
    hall.turns.flush(alone)
    assert hall.run()[2] == (1, "alone")


def test_one_line_that_breaks_keeps_it_from_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall(monkeypatch, 10)
    hall.lines[1].breaks = hall.lines[7].breaks = True
    hall.turns.tell(iter(hall.lines), b"one")
    hall.run()
    assert [line.name for line in hall.lines if not line.written] == ["line 1", "line 7"]


def test_work_is_done_in_portions_too_and_beside_what_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall(monkeypatch, 10)
    hall.turns.tell(iter(hall.lines), b"one")

    def work(n: int) -> Callable[[], Any]:
        return lambda: hall.takes_time(f"work {n}")

    for n in range(6):
        hall.turns.start(work(n))
    done = hall.run()
    assert [what for turn, what in done if turn == 1] == [f"line {n}" for n in range(2, 6)] + [
        f"work {n}" for n in range(4)
    ]
    assert [what for turn, what in done if turn == 2] == [f"line {n}" for n in range(6, 10)] + ["work 4", "work 5"]


def test_work_that_breaks_keeps_nobody_from_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall(monkeypatch)
    hall.turns.start(lambda: 1 / 0)
    hall.turns.start(lambda: hall.takes_time("next"))
    assert [what for _, what in hall.run()] == ["next"]
