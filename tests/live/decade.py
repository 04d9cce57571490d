"""A process of the server whose clock is moved by whoever started it: `python -m tests.live.decade`.

Reads an instant from each line (UTC ms), does all that is due by then, and answers with the instant at which something
will be due next, or with `-`. It is killed in the middle of its work as the test likes.
"""

import sys
import time

from memorata.adapters.clock import SystemClock
from memorata.bootstrap import Services, build
from memorata.config import Settings
from memorata.domain import conducting
from memorata.logs import configure

PLANNING_MS = 24 * 3_600_000
"""How often what is ahead is looked at: a server does it each minute, for which ten years have too many."""


class MovedClock(SystemClock):
    """Stands where it was moved to."""

    def __init__(self) -> None:
        super().__init__()
        self.at_ms = 0

    def now(self) -> float:
        return float(self.at_ms)


def due_next(services: Services, now_ms: int) -> int | None:
    instants = []
    for ceremony_id in services.ceremonies.ids():
        due_ms = conducting.next_due_ms(services.ceremonies.state(ceremony_id), now_ms)
        if due_ms is not None:
            instants.append(due_ms)
    waiting_ms = services.planning.shelves.dues.next_ms()
    if waiting_ms is not None:
        instants.append(waiting_ms)
    return min(instants, default=None)


def do_all(services: Services, *, planning: bool) -> None:
    services.conductor.scan_due()
    if planning:
        services.planner.scan()
    now_ms = services.clock.now_ms()
    dues = services.planning.shelves.dues
    while True:
        services.agenda.scan()
        if services.agenda.idle and not any(due.state == "waiting" for due in dues.ripe(now_ms, 50)):
            return
        while not services.agenda.idle:
            time.sleep(0.001)


def main() -> None:
    configure("ERROR")
    clock = MovedClock()
    services: Services | None = None
    planned_ms = 0
    for line in sys.stdin:
        clock.at_ms = int(line)
        if services is None:
            services = build(Settings.from_env(), clock)
        do_all(services, planning=clock.at_ms >= planned_ms + PLANNING_MS)
        if clock.at_ms >= planned_ms + PLANNING_MS:
            planned_ms = clock.at_ms
        due_ms = due_next(services, clock.at_ms)
        print("-" if due_ms is None else due_ms, flush=True)


if __name__ == "__main__":
    main()
