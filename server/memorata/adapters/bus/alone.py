"""The bus of an installation that is one process: there is nobody else."""

from collections.abc import Callable

from memorata.services.bus import ASK_S, Hear, Message, NoAnswer


class Alone:
    """Nobody hears and nobody speaks."""

    me = "main"
    connected = True
    returns = 0

    def others(self) -> tuple[str, ...]:
        return ()

    def tell(self, topic: str, message: Message, to: str | None = None) -> None: ...

    def on(self, topic: str, hear: Hear) -> None: ...

    def ask(self, worker: str, topic: str, message: Message, within_s: float = ASK_S) -> Message:
        raise NoAnswer(worker)

    def answer(self, topic: str, give: Callable[[str, Message], Message]) -> None: ...

    def on_gap(self, call: Callable[[], object]) -> None: ...

    def on_left(self, call: Callable[[str], object]) -> None: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...
