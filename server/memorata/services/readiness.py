"""Whether people may be sent to this process, and what it lacks where they may not."""

from collections.abc import Callable


class Readiness:
    """Questions by a word for what is missing where the answer is no; asked when somebody wants to know."""

    def __init__(self) -> None:
        self._asked: dict[str, Callable[[], bool]] = {}
        self._draining = False

    def needs(self, word: str, has: Callable[[], bool]) -> None:
        """Args: word: short and stable, as `store`; has: quick, and never fails."""
        self._asked[word] = has

    def drain(self) -> None:
        """Nobody new is to be sent here any more: the process is about to stop."""
        self._draining = True

    @property
    def draining(self) -> bool:
        return self._draining

    def lacks(self) -> tuple[str, ...]:
        """What is missing, in the order in which it was asked for; empty: people may come."""
        draining = ("draining",) if self._draining else ()
        return (*draining, *(word for word, has in self._asked.items() if not has()))
