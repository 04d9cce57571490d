"""What is told of the sittings: medians, which of them can be believed, and the goals; without a server or a clock."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Run = dict[str, Any]
"""One measurement: its `figures` by name; `noise_ms`: how long the same work took before and after it;
`queued_percent`: for how much of the time the server or the generator had work to do and did not get its core;
`late_ms`: by how much the generator asked later than it was due, p99."""

DISTURBED = 1.5
QUEUED_PERCENT = 5.0
LATE_MS = 2.0
"""A machine on which that work takes so many times what it takes at best has other things to do; or on which a server
waits so long for its core, or a question is asked so late."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A candidate's figures: medians of its calm measurements, or where there is none, of all; those are `doubtful`."""

    figures: dict[str, float]
    doubtful: frozenset[str]
    runs: int
    disturbed: int


def quietest_ms(runs: Iterable[Run]) -> float:
    """How long the work took at best in all of them."""
    return min((noise for run in runs for noise in run["noise_ms"]), default=math.nan)


def is_disturbed(run: Run, best_ms: float) -> bool:
    return (
        run["queued_percent"] > QUEUED_PERCENT
        or run["late_ms"] > LATE_MS
        or any(noise > DISTURBED * best_ms for noise in run["noise_ms"])
    )


def summary(runs: Sequence[Run], best_ms: float) -> Summary:
    calm = [run for run in runs if not is_disturbed(run, best_ms)]
    figures, doubtful = {}, set()
    for name in dict.fromkeys(name for run in runs for name in run["figures"]):
        values = [run["figures"][name] for run in calm if name in run["figures"]]
        if not values:
            doubtful.add(name)
            values = [run["figures"][name] for run in runs if name in run["figures"]]
        figures[name] = median(values)
    return Summary(figures, frozenset(doubtful), len(runs), len(runs) - len(calm))


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound for ours: of the figure itself, or of its ratio to a peer's in the same run."""

    what: str
    figure: str
    least: float | None = None
    most: float | None = None
    than: str | None = None
    """The peer; `None`: the figure itself is bounded."""
    nobody: str | None = None
    """A figure that has to be 0 besides: those who were lost."""
    clients: tuple[int, float] = (1000, 1000)
    """For how many clients it is set."""

    @property
    def bound(self) -> float:
        return (self.least if self.least is not None else self.most) or 0.0


MANY = math.inf
GOALS = (
    Goal("joins a second", "joins_per_s", least=2.5, than="bare", nobody="join_failed", clients=(1000, 5000)),
    Goal("joins a second", "joins_per_s", least=1.25, than="node", nobody="join_failed", clients=(1000, 5000)),
    Goal("last receipt of an event", "fan_last_ms", most=0.25, than="bare", nobody="fan_missed", clients=(1000, MANY)),
    Goal("last receipt of an event", "fan_last_ms", most=0.65, than="node", nobody="fan_missed", clients=(1000, MANY)),
    Goal("clock answer during 10 events/s, p50, ms", "clock_p50_ms", most=0.8),
    Goal("clock answer during 10 events/s, p99, ms", "clock_p99_ms", most=6, nobody="clock_bad"),
    Goal("server meanwhile, % of a core", "flow_cpu_percent", most=20),
    Goal("clock answer of those inside in a stampede, p99, ms", "stampede_clock_p99_ms", most=20),
    Goal("memory for each participant, kB", "memory_kb", most=15, clients=(1000, MANY)),
    Goal("sent for each join, kB", "join_wire_kb", most=60),
    Goal("all drop and return at once, s", "return_s", most=0.35, than="bare", nobody="return_failed",
         clients=(5000, MANY)),
    Goal("held in one process", "held", least=10_000, nobody="hold_lost", clients=(10_000, MANY)),
)  # fmt: skip


def verdicts(summaries: dict[int, dict[str, Summary]], ours: str) -> list[dict[str, Any]]:
    """Each goal for each number of clients for which it is set and both sides were measured."""
    found = []
    for goal in GOALS:
        for clients, of in summaries.items():
            mine = of.get(ours)
            if not goal.clients[0] <= clients <= goal.clients[1] or mine is None or goal.figure not in mine.figures:
                continue
            reached = value = mine.figures[goal.figure]
            doubtful = goal.figure in mine.doubtful
            verdict = {"what": goal.what, "clients": clients, "figure": goal.figure, "ours": value}
            if goal.than is not None:
                peer = of.get(goal.than)
                if peer is None or not peer.figures.get(goal.figure):
                    continue
                reached = value / peer.figures[goal.figure]
                doubtful |= goal.figure in peer.doubtful
            met = reached >= goal.bound if goal.least is not None else reached <= goal.bound
            missing = int(mine.figures.get(goal.nobody, 0)) if goal.nobody else 0
            verdict |= {"than": goal.than, "at_least": goal.least is not None, "bound": goal.bound, "reached": reached}
            verdict |= {"met": bool(met and not missing), "missing": missing, "doubtful": doubtful}
            found.append(verdict)
    return found
