"""The alarm clock: APScheduler wakes the conductor each second. What is due it does not know; the store does."""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from memorata import green

log = structlog.get_logger(__name__)

WALL_EACH_S, WALL_BACK_S = 0.5, 0.2
"""How often it is looked whether the wall clock was put back, and from how far on that counts."""


class SystemAlarm:
    """Late rather than never, and each piece of work once at a time."""

    def __init__(self) -> None:
        # The defaults would drop a job that is a second late, and a stored one together with its row.
        self._scheduler: Any = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
            daemon=True,
        )
        self._running = threading.Event()
        self._each_s: dict[str, float] = {}

    def each(self, seconds: float, name: str, work: Callable[[], object]) -> None:
        self._each_s[name] = seconds
        # Who keeps the stages for a second time puts its work in the place of the first.
        self._scheduler.add_job(
            lambda: _safely(name, work), "interval", seconds=seconds, id=name, name=name, replace_existing=True
        )

    def once(self, seconds: float, work: Callable[[], object]) -> Callable[[], None]:
        return green.spawn_after(seconds, lambda: _safely("once", work))

    def start(self) -> None:
        if not self._running.is_set():
            self._running.set()
            self._scheduler.start()
            green.spawn(self._watch_the_wall)

    def _watch_the_wall(self) -> None:
        """The scheduler goes by the wall clock: when that is put back by a minute, it would rest for a minute."""
        before_s = time.time() - time.monotonic()
        while self._running.is_set():
            green.sleep(WALL_EACH_S)
            now_s = time.time() - time.monotonic()
            if before_s - now_s > WALL_BACK_S and self._running.is_set():
                for name, seconds in self._each_s.items():
                    self._scheduler.reschedule_job(name, trigger="interval", seconds=seconds)
            before_s = now_s

    def stop(self) -> None:
        if self._running.is_set():
            self._running.clear()
            self._scheduler.shutdown(wait=False)


def _safely(name: str, work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        log.exception("alarm.defect", work=name)
