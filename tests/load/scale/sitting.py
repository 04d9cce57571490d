"""What one server is put through, and its figures: two sittings, each with a server that has just been started."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.load.scale.crowd import Crowd
from tests.load.scale.placing import cpu_s, disturbance_ms, memory_kb, queued_s
from tests.load.scale.servers import Running

Figures = dict[str, float]
"""By name, with its unit in the name; what could not be measured is left out."""

HOST = 0
ASKING = range(1, 11)
"""Those inside who ask for the time. They are ten, for a line of ours may send 20 messages a second in the long run."""
FIRST = ASKING.stop
ASKS_HZ, STORM_ASKS_HZ, EVENTS_HZ = 50.0, 100.0, 10.0
FAN_TIMES, FAN_GAP_MS = 15, 250.0
FLOW_S, ACKS_S = 5.0, 3.0
ACKS_HZ, ACKS_EACH_HZ = 1000.0, 10.0
IN_FLIGHT = 256
QUIET_SHARE, QUIET_S = 0.25, 0.2


def people(count: int) -> int:
    """How many a run of `count` needs: two crowds, those who ask, and a host."""
    return FIRST + 2 * count


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is measured: `None`: on any core."""

    server_core: int | None
    crowd_core: int | None
    program: Path


@dataclass(slots=True)
class Measured:
    """One measurement: its figures, what the server worked meanwhile, and how quiet the machine was."""

    name: str
    noise_ms: list[float]
    server_s: float = 0.0
    wall_s: float = 0.0
    queued_percent: float = 0.0
    """For how much of the time the server could have worked and did not get its core, or the crowd."""
    late_ms: float = 0.0
    """By how much the crowd asked later than it was due, p99."""
    figures: Figures = field(default_factory=dict)

    @property
    def cpu_percent(self) -> float:
        return 100 * self.server_s / self.wall_s

    def run(self) -> dict[str, Any]:
        return {
            "measured": self.name,
            "noise_ms": self.noise_ms,
            "queued_percent": self.queued_percent,
            "late_ms": self.late_ms,
            "figures": self.figures,
        }


class Sitting:
    """One server and one crowd before it."""

    def __init__(self, server: Running, auths: list[str], count: int, place: Place) -> None:
        self.server, self.count, self._place = server, count, place
        self.crowd = Crowd(place.program, server.port, auths, place.crowd_core)
        self.measurements: list[Measured] = []
        self._limit_s = 20 + count / 100

    def insiders(self) -> None:
        told = self.crowd.join(range(HOST, FIRST), within_s=20)
        if told["joined"] < FIRST:
            raise RuntimeError(f"{told['failed']} of the first {FIRST} did not get in")
        time.sleep(0.3)

    def quiet(self, within_s: float = 20.0) -> float:
        """Wait until the server has nothing more to do; seconds until then."""
        began = since = time.monotonic()
        spent = cpu_s(self.server.pid)
        while (now := time.monotonic()) - began < within_s:
            time.sleep(0.005)
            again = cpu_s(self.server.pid)
            if again - spent > QUIET_SHARE * (time.monotonic() - now):
                since = time.monotonic()
            elif now - since > QUIET_S:
                break
            spent = again
        return since - began

    @contextmanager
    def measured(self, name: str) -> Iterator[Measured]:
        """A measurement; what server and crowd worked is known when it is over."""
        noise_ms = self._noise_ms()
        one = Measured(name, [noise_ms])
        server, crowd = self.server.pid, self.crowd.pid
        queued = {pid: queued_s(pid) for pid in (server, crowd)}
        spent, crowd_spent, began = cpu_s(server), cpu_s(crowd), time.monotonic()
        yield one
        one.wall_s = time.monotonic() - began
        one.server_s = cpu_s(server) - spent
        one.queued_percent = max(0.0, *(100 * (queued_s(pid) - before) / one.wall_s for pid, before in queued.items()))
        one.figures[f"{name}_crowd_percent"] = 100 * (cpu_s(crowd) - crowd_spent) / one.wall_s
        self.measurements.append(one)

    def _noise_ms(self) -> float:
        """How the machine is now, which is also how it was at the end of what was measured last."""
        noise_ms = disturbance_ms(self._place.server_core)
        if self.measurements:
            self.measurements[-1].noise_ms.append(noise_ms)
        return noise_ms

    def arrive(self) -> None:
        """The join storm, and what each who came costs."""
        crowd = range(FIRST, FIRST + self.count)
        held_kb, came = memory_kb(self.server.pid), self.crowd.look()["all_bytes"]
        with self.measured("storm") as one:
            told = self.crowd.join(crowd, most=IN_FLIGHT, within_s=self._limit_s)
        joined = max(told["joined"], 1)
        self.quiet()
        one.figures |= {
            "joins_per_s": told["joined"] / max(told["last_s"], 1e-6),
            "join_p50_ms": told["p50_ms"] or 0.0,
            "join_p99_ms": told["p99_ms"] or 0.0,
            "join_cpu_us": one.server_s / joined * 1e6,
            "join_failed": told["failed"],
            "memory_kb": (memory_kb(self.server.pid) - held_kb) / joined,
            "join_wire_kb": (self.crowd.look()["all_bytes"] - came) / joined / 1000,
        }

    def hold(self, seconds: float) -> None:
        """They stay."""
        before = self.crowd.look()
        with self.measured("hold") as one:
            time.sleep(seconds)
        after = self.crowd.look()
        one.figures |= {
            "held": after["inside"],
            "hold_lost": after["lost"] - before["lost"],
            "hold_s": seconds,
            "idle_percent": one.cpu_percent,
        }

    def hear(self) -> None:
        """Single events to all, then ten a second with questions beside them, then a thousand questions a second."""
        with self.measured("fan") as one:
            told = self.crowd.fan(HOST, times=FAN_TIMES, gap_ms=FAN_GAP_MS, within_s=self._limit_s + FAN_TIMES * 3)
        one.figures["fan_missed"] = told["missed"]
        one.figures |= {
            f"fan_{name}": median(told[name]) for name in ("first_ms", "median_ms", "last_ms") if told[name]
        }
        self.quiet()

        with self.measured("flow") as one:
            self.crowd.ask(ASKING, hz=ASKS_HZ)
            told = self.crowd.flow(HOST, hz=EVENTS_HZ, seconds=FLOW_S, grace_s=5)
        asked = self.crowd.asked(within_s=5)
        one.late_ms = asked["late_p99_ms"]
        one.figures |= {
            "deliver_p50_ms": told["p50_ms"] or 0.0,
            "deliver_p99_ms": told["p99_ms"] or 0.0,
            "deliver_percent": 100 * told["got"] / max(told["wanted"], 1),
            "deliver_cpu_us": one.server_s / max(told["got"], 1) * 1e6,
            "flow_cpu_percent": one.cpu_percent,
            "clock_p50_ms": asked["p50_ms"],
            "clock_p99_ms": asked["p99_ms"],
            "clock_bad": asked["bad"] + asked["missing"] + asked["skipped"],
        }
        self.quiet()

        crowd = range(FIRST, FIRST + self.count)
        hz = min(ACKS_HZ, ACKS_EACH_HZ * self.count)
        with self.measured("acks") as one:
            self.crowd.ask(crowd, hz=hz)
            time.sleep(ACKS_S)
            asked = self.crowd.asked(within_s=10)
        one.late_ms = asked["late_p99_ms"]
        one.figures |= {
            "acks_per_s": hz,
            "ack_p50_ms": asked["p50_ms"],
            "ack_p99_ms": asked["p99_ms"],
            "ack_cpu_us": one.server_s / max(asked["answered"], 1) * 1e6,
            "ack_bad": asked["bad"] + asked["missing"] + asked["skipped"],
        }

    def go_and_come(self) -> None:
        """All leave at once; others come, all at once; those all lose their lines and come straight back."""
        first, second = (range(FIRST + n * self.count, FIRST + (n + 1) * self.count) for n in (0, 1))
        self.crowd.join(first, most=IN_FLIGHT, within_s=self._limit_s)
        self.quiet()

        with self.measured("leave") as one:
            self.crowd.ask(ASKING, hz=STORM_ASKS_HZ)
            self.crowd.leave(first)
            settled_s = self.quiet()
        asked = self.crowd.asked(within_s=20)
        one.late_ms = asked["late_p99_ms"]
        one.figures |= {"leave_settled_s": settled_s, "leave_stall_ms": asked["max_ms"]}
        self.quiet()

        with self.measured("stampede") as one:
            self.crowd.ask(ASKING, hz=STORM_ASKS_HZ)
            told = self.crowd.join(second, within_s=self._limit_s)
        asked = self.crowd.asked(within_s=20)
        one.late_ms = asked["late_p99_ms"]
        one.figures |= {
            "stampede_s": until(told),
            "stampede_failed": told["failed"],
            "stampede_clock_p50_ms": asked["p50_ms"],
            "stampede_clock_p99_ms": asked["p99_ms"],
            "stampede_asks": asked["count"],
        }
        self.quiet()

        with self.measured("return") as one:
            self.crowd.ask(ASKING, hz=STORM_ASKS_HZ)
            left = self.crowd.leave(second)
            told = self.crowd.join(second, within_s=self._limit_s)
        asked = self.crowd.asked(within_s=20)
        one.late_ms = asked["late_p99_ms"]
        one.figures |= {
            "return_s": left["took_s"] + until(told),
            "return_failed": told["failed"],
            "return_stall_ms": asked["max_ms"],
        }

    def end(self) -> list[dict[str, Any]]:
        """All that was measured."""
        self._noise_ms()
        if self.measurements:
            self.measurements[-1].figures["refused"] = self.crowd.look()["refused"]
        self.crowd.end()
        return [one.run() for one in self.measurements]


def until(joined: dict[str, Any]) -> float:
    """Seconds until the last one was in; where some did not get in, for how long it was waited."""
    seconds: float = joined["took_s"] if joined["failed"] else joined["last_s"]
    return seconds
