"""What many ask at once is done at once; each gets the same answer as alone, and nobody suffers for a neighbour."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorata.domain.errors import Refused
from memorata.services.at_once import AtOnce
from memorata.services.ports import StoreBusy


class Bench:
    """Answers ten times a number, but refuses odd ones; `calls` are what was asked at once. The first call waits."""

    def __init__(self, answer: Callable[[int], int], most: int = 100) -> None:
        self.answer = answer
        self.calls: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.at_once: AtOnce[int, int] = AtOnce(self.work, most)

    def work(self, asked: Sequence[int]) -> list[int]:
        self.calls.append(list(asked))
        if not self.begun.is_set():
            self.begun.set()
            assert self.go_on.wait(10)
        return [self.answer(one) for one in asked]

    def crowd(self, numbers: Sequence[int]) -> list[Any]:
        """The first is being answered while all the others ask."""
        found: list[Any] = [None] * len(numbers)

        def ask(at: int) -> None:
            try:
                found[at] = self.at_once.ask(numbers[at])
            except (Refused, StoreBusy, ValueError) as no:
                found[at] = (type(no), str(no))

        threads = [threading.Thread(target=ask, args=(at,)) for at in range(len(numbers))]
        threads[0].start()
        assert self.begun.wait(10)
        for thread in threads[1:]:
            thread.start()
        while len(self.at_once._waiting) < len(numbers) - 1:
            pass
        self.go_on.set()
        for thread in threads:
            thread.join(10)
        return found


def tenfold(number: int) -> int:
    if number % 2:
        raise Refused("words.not_allowed", number=number)
    if number > 90:
        raise ValueError(number)
    return number * 10


def alone(number: int) -> Any:
    try:
        return tenfold(number)
    except (Refused, ValueError) as no:
        return (type(no), str(no))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=8), st.integers(1, 9))
def test_each_gets_the_same_as_alone(numbers: list[int], most: int) -> None:
    assert Bench(tenfold, most).crowd(numbers) == [alone(number) for number in numbers]


def test_whoever_asks_meanwhile_is_answered_at_once() -> None:
    bench = Bench(tenfold)
    assert bench.crowd([2, 4, 6, 8]) == [20, 40, 60, 80]
    assert [sorted(call) for call in bench.calls] == [[2], [4, 6, 8]]


def test_no_more_than_so_many_at_once() -> None:
    bench = Bench(tenfold, most=2)
    assert bench.crowd([2, 4, 6, 8, 10, 12]) == [20, 40, 60, 80, 100, 120]
    assert [len(call) for call in bench.calls] == [1, 2, 2, 1]


def test_where_the_store_has_no_time_nobody_stands_in_a_row() -> None:
    def busy(_: int) -> int:
        raise StoreBusy("frozen")

    bench = Bench(busy, most=1)
    assert bench.crowd([2, 4, 6, 8]) == [(StoreBusy, "frozen")] * 4
    assert bench.calls == [[2]]


def test_whoever_is_ended_while_leading_leaves_nobody_behind() -> None:
    class Ended(BaseException):
        pass

    calls: list[list[int]] = []

    def work(asked: Sequence[int]) -> list[int]:
        calls.append(list(asked))
        if asked[0] == 1:
            raise Ended
        return list(asked)

    at_once: AtOnce[int, int] = AtOnce(work)
    with pytest.raises(Ended):
        at_once.ask(1)
    assert at_once.ask(2) == 2
    assert calls == [[1], [2]]
