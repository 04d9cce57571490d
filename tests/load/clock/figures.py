"""What is told of a candidate's readings: statistics without a socket or a clock."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

Reading = float | None
"""Estimate minus truth, ms; None while the candidate has none."""

NEAR_MS = 5.0
WARM_S, LENGTH_S = 15.0, 60.0
LATE_S = 120.0
EARLY_S = 95.0
"""Messages, and the time to 5 ms, are counted in this many seconds."""


@dataclass(frozen=True, slots=True)
class Client:
    """One client's readings, on ticks common to all; `started_s` is when it began to connect."""

    candidate: str
    started_s: float
    errors: Sequence[Reading]
    messages: int
    """Requests in the first EARLY_S."""


def quantile(values: Sequence[float], q: float) -> float:
    """By linear interpolation; NaN of nothing."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    place = (len(ordered) - 1) * q
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def window(client: Client, ticks: Sequence[float], from_s: float, to_s: float) -> list[float]:
    """The readings of a client between two moments of its own life."""
    return [
        error
        for tick, error in zip(ticks, client.errors, strict=True)
        if error is not None and from_s <= tick - client.started_s < to_s
    ]


def pooled(clients: Sequence[Client], ticks: Sequence[float], from_s: float, to_s: float) -> list[float]:
    return [error for client in clients for error in window(client, ticks, from_s, to_s)]


def apart(clients: Sequence[Client], ticks: Sequence[float], from_s: float, to_s: float) -> list[float]:
    """|e_i - e_j| of all pairs at all ticks at which both are in the window: what two people hear of each other."""
    found = []
    for n, tick in enumerate(ticks):
        here = [error for c in clients if from_s <= tick - c.started_s < to_s and (error := c.errors[n]) is not None]
        found += [abs(a - b) for a, b in itertools.combinations(here, 2)]
    return found


def near(client: Client, ticks: Sequence[float], after_s: float = 0.0) -> tuple[float | None, float | None]:
    """Seconds after `after_s` until the error is below 5 ms: for the first time, and for good (until EARLY_S)."""
    first = good = None
    for tick, error in zip(ticks, client.errors, strict=True):
        at = tick - client.started_s
        if not after_s <= at <= EARLY_S:
            continue
        if error is None or abs(error) >= NEAR_MS:
            good = None
        else:
            first = at - after_s if first is None else first
            good = at - after_s if good is None else good
    return first, good


def _median(values: Sequence[float | None]) -> float | None:
    """Of those who got there, if they are at least half."""
    found = sorted(value for value in values if value is not None)
    return quantile(found, 0.5) if 2 * len(found) >= len(values) > 0 else None


def summary(
    clients: Sequence[Client], ticks: Sequence[float], length_s: float, marks: dict[str, tuple[float, float]]
) -> dict[str, Any]:
    """A row of the table. `marks`: further stretches, on the ticks' own time; recovery counts from their start."""
    warm = pooled(clients, ticks, WARM_S, WARM_S + LENGTH_S)
    sizes = [abs(error) for error in warm]
    firsts = [near(client, ticks) for client in clients]
    row: dict[str, Any] = {
        "readings": len(warm),
        "median_ms": quantile(sizes, 0.5),
        "p95_ms": quantile(sizes, 0.95),
        "max_ms": max(sizes, default=float("nan")),
        "bias_ms": quantile(warm, 0.5),
        "spread_ms": quantile(apart(clients, ticks, WARM_S, WARM_S + LENGTH_S), 0.95),
        "first_s": _median([first for first, _ in firsts]),
        "good_s": _median([good for _, good in firsts]),
        "good_of": sum(good is not None for _, good in firsts),
        "messages": quantile([client.messages for client in clients], 0.5),
        "messages_most": max((client.messages for client in clients), default=0),
    }
    if length_s > LATE_S + 10:
        late = [abs(error) for error in pooled(clients, ticks, LATE_S, LATE_S + LENGTH_S)]
        row["late_p95_ms"] = quantile(late, 0.95)
        row["late_spread_ms"] = quantile(apart(clients, ticks, LATE_S, LATE_S + LENGTH_S), 0.95)
    together = [replace(client, started_s=0.0) for client in clients]
    for name, (from_s, to_s) in marks.items():
        stretch = [abs(error) for error in pooled(together, ticks, from_s, to_s)]
        back = [near(client, ticks, from_s)[1] for client in together]
        row[name] = {
            "p95_ms": quantile(stretch, 0.95),
            "max_ms": max(stretch, default=float("nan")),
            "back_s": _median(back),
            "back_of": sum(good is not None for good in back),
        }
    return row


@dataclass(frozen=True, slots=True)
class Goal:
    what: str
    profile: str
    figure: str
    at_most: float


GOALS = (
    *(
        Goal("p95 of the error after 15 s", profile, "p95_ms", ms)
        for profile, ms in (("home-wifi", 0.7), ("far", 1.3), ("mobile", 3.5), ("bad-mobile", 5.0))
    ),
    *(
        Goal("p95 of the error after 120 s", profile, "late_p95_ms", ms)
        for profile, ms in (("home-wifi", 0.5), ("far", 0.8), ("mobile", 2.0), ("bad-mobile", 3.5))
    ),
    *(
        Goal("p95 of the spread between two clients", profile, "spread_ms", ms)
        for profile, ms in (("home-wifi", 0.9), ("far", 1.5), ("mobile", 4.5), ("bad-mobile", 6.5))
    ),
    *(
        Goal("messages in 95 s, most of any client", profile, "messages_most", 140)
        for profile in ("home-wifi", "far", "mobile", "bad-mobile")
    ),
    Goal("first estimate within 5 ms, s", "home-wifi", "first_s", 0.3),
)


def verdicts(profiles: dict[str, Any], ours: str, watcher: str) -> list[dict[str, Any]]:
    """Each goal beside what was measured, and beside the best of the others in the same run.

    Goals of profiles that were not run, or not long enough, are left out.
    """
    found = []
    for goal in GOALS:
        rows = profiles.get(goal.profile, {}).get("candidates", {})
        reached = rows.get(ours, {}).get(goal.figure)
        if reached is None:
            continue
        verdict = {"what": goal.what, "profile": goal.profile, "goal": goal.at_most, "reached": reached}
        others = {
            name: row[goal.figure]
            for name, row in rows.items()
            if name not in (ours, watcher) and row.get(goal.figure) is not None and row["readings"] > 0
        }
        if others and not goal.figure.startswith("messages"):
            best = min(others, key=lambda name: others[name])
            verdict |= {"best": best, "best_reached": others[best]}
        found.append(verdict | {"met": bool(reached <= goal.at_most)})
    for name, profile in profiles.items():
        rows = profile["candidates"]
        if ours in rows and watcher in rows and not profile["event"]:
            ratio = rows[watcher]["p95_ms"] / rows[ours]["p95_ms"]
            found.append(
                {"what": "watchers' p95 beside participants', ratio", "profile": name, "goal": 3.0, "reached": ratio}
                | {"met": bool(ratio <= 3)}
            )
    return found
