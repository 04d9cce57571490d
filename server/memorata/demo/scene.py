"""What simulated people know of their ceremony: the state as the audience gets it, followed event by event."""

import threading
import time
from dataclasses import replace
from typing import Any

from memorata.adapters.codec import revive, revive_recorded
from memorata.domain.ceremony import evolve
from memorata.domain.programme import Moment, Programme, Progress, moment
from memorata.domain.state import CeremonyState


class Scene:
    """One ceremony, seen by many from one process; whoever hears of an event first tells the others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = CeremonyState()
        self._epoch = ""
        self._ahead_ms: float | None = None

    @property
    def state(self) -> CeremonyState:
        return self._state

    def now_ms(self) -> int:
        """The server's time, as the answers to `clock` tell it."""
        return round(time.time() * 1000 + (self._ahead_ms or 0.0))

    def clock_told(self, ahead_ms: float, sure: bool) -> None:
        """The server's clock is this much ahead of this machine's; a guess never replaces a measurement."""
        if sure or self._ahead_ms is None:
            self._ahead_ms = ahead_ms

    def welcomed(self, message: dict[str, Any]) -> None:
        """Take over a welcome: a snapshot when it is news, or the events that were missed."""
        self.clock_told(message["server_now"] - time.time() * 1000, sure=False)
        with self._lock:
            if message.get("snapshot") is not None:
                if message["epoch"] != self._epoch or message["seq"] > self._state.seq:
                    self._state = revive(message["snapshot"], CeremonyState)
                    self._epoch = message["epoch"]
                return
        for event in message.get("replay") or ():
            self.happened(event)

    def happened(self, message: dict[str, Any]) -> None:
        with self._lock:
            if message["seq"] == self._state.seq + 1:
                self._state = evolve(self._state, revive_recorded(message))

    def watched(self, programme: Programme, progress: Progress, now_ms: float) -> None:
        """Take the timeline from the watchers' files, as one who has no seat."""
        self.clock_told(now_ms - time.time() * 1000, sure=False)
        with self._lock:
            self._state = replace(self._state, programme=programme, progress=progress)

    def shown(self) -> Moment | None:
        """What is shown now; `None` before anything is known."""
        state = self._state
        return None if state.programme is None else moment(state.programme, state.progress, self.now_ms())
