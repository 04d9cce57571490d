"""The laws of the emulated lines: how long a segment is on its way, and what a lost one does to those behind it."""

import math
import random
from dataclasses import dataclass, replace
from typing import Literal

SEGMENT = 1400
"""Bytes of one TCP segment on a line of today."""

SLOW_SHARE, SLOW_S = 0.5, 0.5
"""Half of the variance has a memory of half a second: queues fill and empty, they do not flicker."""

RTO_LEAST_MS, RTO_MOST_MS = 200.0, 60_000.0
"""Linux's bounds of the time after which TCP sends a segment again (RFC 6298 with a lower floor)."""

Law = Literal["lognormal", "normal"]


@dataclass(frozen=True, slots=True)
class OneWay:
    """Mean and standard deviation of the delay in ms, and the share of segments that are lost."""

    mean_ms: float
    sd_ms: float
    loss: float = 0.0
    law: Law = "lognormal"

    @property
    def floor_ms(self) -> float:
        return 0.0 if self.law == "normal" else max(0.0, self.mean_ms - self.sd_ms)


@dataclass(frozen=True, slots=True)
class Profile:
    """A line, and what happens on it while it is measured; instants are seconds after the client began."""

    up: OneWay
    down: OneWay
    says: str
    seconds: int = 96
    handover_s: float | None = None
    then: str = ""
    """The profile after the handover."""
    busy_s: tuple[float, float] | None = None
    step_s: float | None = None
    step_ms: float = 0.0


def _both(mean_ms: float, sd_ms: float, says: str, loss: float = 0.0, law: Law = "lognormal", **more: int) -> Profile:
    way = OneWay(mean_ms, sd_ms, loss, law)
    return Profile(way, way, says, **more)


LONG_S = 181
"""Where the figures after two minutes are wanted as well."""

_WIFI = _both(15, 5, "home Wi-Fi: 15 ± 5 ms each way", seconds=LONG_S)

PROFILES: dict[str, Profile] = {
    "lan": _both(1, 0.2, "a local network: 1 ± 0.2 ms each way"),
    "home-wifi": _WIFI,
    "far": _both(120, 10, "another continent: 120 ± 10 ms each way", seconds=LONG_S),
    "mobile": _both(60, 30, "mobile: 60 ± 30 ms each way, 1 % lost", loss=0.01, seconds=LONG_S),
    "bad-mobile": _both(100, 60, "bad mobile: 100 ± 60 ms each way, 3 % lost", loss=0.03, seconds=LONG_S),
    "asym": Profile(OneWay(60, 20), OneWay(20, 5), "asymmetric: 60 ± 20 ms up, 20 ± 5 ms down"),
    "busy": replace(
        _WIFI, says="home Wi-Fi, the server stopped 71 % of the time from 30 to 60 s", seconds=96, busy_s=(30.0, 60.0)
    ),
    "handover": replace(
        _WIFI, says="home Wi-Fi, at 45 s a handover to mobile", seconds=96, handover_s=45.0, then="mobile"
    ),
    "step": replace(
        _WIFI, says="home Wi-Fi, at 45 s the local clock jumps by +250 ms", seconds=96, step_s=45.0, step_ms=250.0
    ),
    "home-wifi-normal": _both(15, 5, "home Wi-Fi with symmetric (normal) jitter", law="normal"),
    "mobile-normal": _both(60, 30, "mobile with symmetric (normal) jitter, 1 % lost", loss=0.01, law="normal"),
}


class Way:
    """One direction of one connection; times are ms of any clock that does not run back."""

    __slots__ = ("_last_ms", "_random", "_rto_ms", "_slow", "_slow_ms", "_spec", "stalls")

    def __init__(self, spec: OneWay, back: OneWay, rng: random.Random) -> None:
        self._spec = spec
        self._random = rng
        self._slow = rng.gauss(0, 1)
        self._slow_ms: float | None = None
        self._last_ms = -math.inf
        # What TCP would have learned of this line: smoothed round trip, and four times its variation.
        sd_ms = math.hypot(spec.sd_ms, back.sd_ms)
        self._rto_ms = spec.mean_ms + back.mean_ms + max(RTO_LEAST_MS, 4 * sd_ms)
        self.stalls = 0

    def delay(self, now_ms: float) -> float:
        """One draw of the law, ms: floor = mean - s.d., above it a log-normal excess of mean and s.d. `sd_ms`."""
        spec = self._spec
        if spec.sd_ms <= 0:
            return spec.mean_ms
        if self._slow_ms is not None:
            kept = math.exp(-max(0.0, now_ms - self._slow_ms) / 1000 / SLOW_S)
            self._slow = kept * self._slow + math.sqrt(1 - kept * kept) * self._random.gauss(0, 1)
        self._slow_ms = now_ms
        z = math.sqrt(SLOW_SHARE) * self._slow + math.sqrt(1 - SLOW_SHARE) * self._random.gauss(0, 1)
        if spec.law == "normal":
            return max(0.0, spec.mean_ms + spec.sd_ms * z)
        sigma = math.sqrt(math.log(2))  # the s.d. of a log-normal law is then its mean
        return spec.floor_ms + spec.sd_ms * math.exp(-sigma * sigma / 2 + sigma * z)

    def due(self, now_ms: float, size: int = 1) -> float:
        """When what is sent now arrives: after a loss an RTO later (twice as long each time), and never before what was
        sent earlier."""
        due_ms = now_ms + self.delay(now_ms)
        segments = max(1, -(-size // SEGMENT))
        lost = 1 - (1 - self._spec.loss) ** segments
        rto_ms = self._rto_ms
        waited_ms = 0.0
        while lost > 0 and self._random.random() < lost:
            self.stalls += 1
            waited_ms += rto_ms
            rto_ms = min(2 * rto_ms, RTO_MOST_MS)
            due_ms = now_ms + waited_ms + self.delay(now_ms)
            lost = self._spec.loss
        self._last_ms = max(due_ms, self._last_ms + 0.001)
        return self._last_ms
