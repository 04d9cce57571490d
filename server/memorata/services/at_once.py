"""What many ask for at about the same time is done at once: one reading for all, one writing for all."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from memorata import green
from memorata.services.ports import StoreBusy

A = TypeVar("A")
R = TypeVar("R")


@dataclass(slots=True)
class _Asked(Generic[A, R]):
    what: A
    done: Any = field(default_factory=green.event)
    answer: R | None = None
    fault: BaseException | None = None

    def end(self, answer: R | None, fault: BaseException | None = None) -> None:
        self.answer, self.fault = answer, fault
        self.done.set()


class AtOnce(Generic[A, R]):
    """Whoever asks first does it for all who ask meanwhile, and each gets their own answer.

    `work` answers several at once, in their order, all or none of them. Where it fails, each is tried alone, so that
    nobody suffers for a neighbour; but where the store has no time, nobody stands in a row for that: all hear it.
    """

    def __init__(self, work: Callable[[Sequence[A]], Sequence[R]], most: int = 100) -> None:
        """Args: most: how many at once; the others of this process wait as long as that takes."""
        self._work = work
        self._most = most
        self._lock = green.lock()
        self._waiting: deque[_Asked[A, R]] = deque()
        self._busy = False

    def ask(self, what: A) -> R:
        """The answer to `what`. Raises: whatever `work` raises for it."""
        mine: _Asked[A, R] = _Asked(what)
        with self._lock:
            self._waiting.append(mine)
            leads, self._busy = not self._busy, True
        if leads:
            self._lead(mine)
        mine.done.wait()
        if isinstance(mine.fault, StoreBusy):
            raise StoreBusy(str(mine.fault)) from mine.fault
        if mine.fault is not None:
            raise mine.fault
        return cast(R, mine.answer)

    def _lead(self, mine: _Asked[A, R]) -> None:
        """Until one's own is done; who comes after that is seen to by somebody who does nothing else."""
        try:
            while not mine.done.is_set():
                green.sleep(0)  # whoever is about to ask is heard first
                self._do_some()
        finally:
            with self._lock:
                self._busy = bool(self._waiting)
                others = self._busy
            if others:
                green.spawn(self._do_rest)

    def _do_rest(self) -> None:
        while True:
            self._do_some()
            with self._lock:
                if not self._waiting:
                    self._busy = False
                    return
            green.sleep(0)

    def _do_some(self) -> None:
        with self._lock:
            these = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            self._do(these)
        finally:
            for one in these:
                if not one.done.is_set():  # whoever leads is being ended; the others must not wait for ever
                    one.end(None, StoreBusy("interrupted"))

    def _do(self, these: list[_Asked[A, R]]) -> None:
        if not these:
            return
        try:
            answers = self._work([one.what for one in these])
            if len(answers) != len(these):
                raise AssertionError(f"{len(answers)} answers to {len(these)} questions")
        except StoreBusy as busy:
            with self._lock:
                these += self._waiting
                self._waiting.clear()
            for one in these:
                one.end(None, busy)
        except Exception as fault:  # noqa: BLE001 - whoever asked gets it
            if len(these) == 1:
                these[0].end(None, fault)
                return
            for one in these:
                self._do([one])
        else:
            for one, answer in zip(these, answers, strict=True):
                one.end(answer)
