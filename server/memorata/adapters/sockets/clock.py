"""Answers clock pings, as directly as may be, and nothing else."""

import math
from collections.abc import Callable

import msgspec

from memorata.adapters.sockets.guard import Prompt
from memorata.adapters.sockets.wire import ClockAnswer, ClockAsk
from memorata.services.ports import Clock


def clock_handler(clock: Clock) -> Callable[[str, object], Prompt]:
    """Raises: msgspec.ValidationError"""
    now = clock.now

    def answer(_sid: str, data: object) -> Prompt:
        heard = now()
        t0 = msgspec.convert(data, ClockAsk).t0
        if not math.isfinite(t0):
            raise msgspec.ValidationError("Expected a finite number - at `$.t0`")
        return Prompt(lambda received: ClockAnswer(t0, heard if received is None else received, now()))

    return answer
