"""What the workers of one installation say to each other: hints, which may be lost. The store is the truth."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Message = Mapping[str, Any]
"""Plain values that JSON can carry."""

Hear = Callable[[str, Message], object]
"""Gets who says it, and what."""

ASK_S = 2.0
"""How long another worker is waited for."""


class NoAnswer(Exception):
    """A worker did not answer in time: it is gone, or busy, or the line is. What was asked may have been done."""


class Bus(Protocol):
    """Between the workers. What is said reaches each of the others at most once and in its order, or not at all.

    Who hears may wait: what is said of one topic is heard one after the other, of different topics side by side.
    """

    @property
    def me(self) -> str:
        """The name of this worker, which no other process ever has."""

    @property
    def connected(self) -> bool:
        """Whether we hear."""

    @property
    def returns(self) -> int:
        """How often hearing has begun again after it was lost; -1 until it has begun at all."""

    def others(self) -> tuple[str, ...]:
        """The other workers that live, sorted, as far as is known: while the line is lost, those known last."""

    def tell(self, topic: str, message: Message, to: str | None = None) -> None:
        """Say it to all others, or to one; never waits, never fails."""

    def on(self, topic: str, hear: Hear) -> None:
        """Whom to call when something is said of a topic; several hear it in the order in which they came."""

    def ask(self, worker: str, topic: str, message: Message, within_s: float = ASK_S) -> Message:
        """Ask one of the others, and wait for the answer.

        Raises: NoAnswer.
        """

    def answer(self, topic: str, give: Callable[[str, Message], Message]) -> None:
        """Who answers what is asked of a topic, each question in a thread of its own."""

    def on_gap(self, call: Callable[[], object]) -> None:
        """Whom to call when something may have been missed, once hearing has begun again."""

    def on_left(self, call: Callable[[str], object]) -> None:
        """Whom to call when a worker is gone: it said so, or has been silent for seconds while others were heard."""

    def start(self) -> None: ...

    def stop(self) -> None:
        """Say that we go, and hear no more."""
