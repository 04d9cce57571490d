"""Server time with no network in between: server and tests are on one machine, whose monotonic clock both can read."""

import json
import time
from dataclasses import dataclass

from tests.live.client import eventually
from tests.live.conftest import Server


@dataclass(frozen=True, slots=True)
class Truth:
    """Server time by the monotonic clock, as the server itself says."""

    clock_ms: float
    monotonic_s: float

    def at(self, monotonic_s: float) -> float:
        return self.clock_ms + (monotonic_s - self.monotonic_s) * 1000

    def now(self) -> float:
        return self.at(time.monotonic())


def truth_of(server: Server) -> Truth:
    def anchored() -> Truth | None:
        for line in server.lines:
            if "serve.ready" in line:
                said = json.loads(line)
                return Truth(said["clock_ms"], said["monotonic_s"])
        return None

    found: Truth = eventually(anchored, "the server to say where its clock stands")
    return found
