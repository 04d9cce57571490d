"""Starts a server whose wall clock a test can set: python tests/faults/skewed.py FILE.

FILE holds, as two doubles of this machine, by how many seconds the clock is put forward, and how much more each second
from now on (monotonic time of the last change is the third). Whatever asks for the time of day in this process gets it
so; monotonic time is as it is. Nobody else's clock is touched.
"""

import datetime
import mmap
import runpy
import struct
import sys
import time
from pathlib import Path

SHAPE = struct.Struct("ddd")


def set_clock(path: Path, by_s: float, more_each_s: float = 0.0) -> None:
    """Put the clock forward by so much from what it truly is, at once."""
    if not path.exists():
        path.write_bytes(bytes(SHAPE.size))
    with path.open("r+b") as file:
        file.write(SHAPE.pack(by_s, more_each_s, time.monotonic()))


def install(path: str) -> None:
    with open(path, "r+b") as file:
        told = mmap.mmap(file.fileno(), SHAPE.size)
    real, real_datetime, monotonic = time.time, datetime.datetime, time.monotonic

    def ahead_s() -> float:
        by_s, more_each_s, since_s = SHAPE.unpack(told[: SHAPE.size])
        return float(by_s + more_each_s * (monotonic() - since_s))

    class Skewed(real_datetime):  # type: ignore[misc,valid-type]
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> "datetime.datetime":
            found: datetime.datetime = real_datetime.now(tz) + datetime.timedelta(seconds=ahead_s())
            return found

    time.time = lambda: real() + ahead_s()
    import apscheduler.schedulers.base
    import apscheduler.triggers.interval

    for module in (apscheduler.schedulers.base, apscheduler.triggers.interval):
        module.datetime = Skewed


if __name__ == "__main__":
    import eventlet

    eventlet.monkey_patch()
    install(sys.argv[1])
    sys.path.pop(0)
    runpy.run_module("memorata.serve", run_name="__main__", alter_sys=True)
