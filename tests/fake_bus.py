"""A bus between workers in one process, which carries what is said when a test lets it."""

from collections.abc import Callable
from typing import Any

import msgspec

from memorata.adapters.bus.alone import Alone
from memorata.services.bus import Hear, Message


class Wire:
    """Carries what is said when the test lets it."""

    def __init__(self) -> None:
        self.said: list[tuple[FakeBus, str, Message, str | None]] = []
        self.buses: list[FakeBus] = []
        self.told: list[Message] = []
        """All that has been said, oldest first."""

    def carry(self) -> None:
        """Until nobody has more to say."""
        while self.said:
            said, self.said = self.said, []
            for sender, topic, message, to in said:
                for bus in self.buses:
                    if bus is not sender and to in (None, bus.me):
                        for hear in bus.hearers.get(topic, []):
                            hear(sender.me, as_sent(message))

    def lose(self) -> None:
        """What has been said reaches nobody."""
        self.said.clear()


class FakeBus(Alone):
    def __init__(self, wire: Wire, me: str) -> None:
        self.wire, self.me = wire, me
        self.hearers: dict[str, list[Hear]] = {}
        self.gaps: list[Callable[[], object]] = []
        self.left: list[Callable[[str], object]] = []
        wire.buses.append(self)

    def tell(self, topic: str, message: Message, to: str | None = None) -> None:
        self.wire.said.append((self, topic, message, to))
        self.wire.told.append(message)

    def on(self, topic: str, hear: Hear) -> None:
        self.hearers.setdefault(topic, []).append(hear)

    def others(self) -> tuple[str, ...]:
        return tuple(bus.me for bus in self.wire.buses if bus is not self)

    def on_gap(self, call: Callable[[], object]) -> None:
        self.gaps.append(call)

    def on_left(self, call: Callable[[str], object]) -> None:
        self.left.append(call)

    def gap(self) -> None:
        for call in self.gaps:
            call()

    def leaves(self) -> None:
        """It is gone, and the others notice."""
        self.wire.buses.remove(self)
        for bus in self.wire.buses:
            for call in bus.left:
                call(self.me)


def as_sent(message: Message) -> Any:
    """What arrives when this is sent."""
    return msgspec.json.decode(msgspec.json.encode(message))
