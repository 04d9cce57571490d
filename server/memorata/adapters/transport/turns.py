"""Who gets a turn: lines that have something to be written, and work that has come in, in portions.

Between two portions everybody is heard who has asked meanwhile, so a crowd that arrives, or a message to thousands,
keeps nobody waiting for longer than a portion of each.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

import structlog

from memorata import green

log = structlog.get_logger(__name__)

PORTION_S = 0.002


class Due(Protocol):
    """A line; `is_due`: it waits for its turn to be told what goes to all."""

    is_due: bool

    def put(self, frame: bytes) -> None: ...

    def flush(self) -> None: ...


class Turns:
    """Called by the loop of all green threads: nothing here may wait, but the work that is started may."""

    def __init__(self, loop: green.Loop) -> None:
        self._loop = loop
        self._first: deque[Due] = deque()
        self._due: deque[Due] = deque()
        self._works: deque[Callable[[], object]] = deque()
        self._armed = self._is_writing = False

    def flush(self, line: Due) -> None:
        """Let a line write what it has, before those to whom what goes to all has still to be written."""
        self._first.append(line)
        self.arm()

    def tell(self, lines: Iterable[Due], frame: bytes) -> None:
        """Write one frame to many lines: to the first of them now, to the others in their turns."""
        now = time.monotonic
        # Whoever tells it has had a turn already, so it is half a portion.
        end_s = now() + (0.0 if self._is_writing or self._due else PORTION_S / 2)
        for line in lines:
            line.put(frame)
            if line.is_due:
                continue
            if now() < end_s:
                self._write(line)
            else:
                line.is_due = True
                self._due.append(line)
        if self._due:
            self.arm()

    def start(self, work: Callable[[], object]) -> None:
        """Do work that may wait, beside everything else."""
        self._works.append(work)
        self.arm()

    def arm(self) -> None:
        if not self._armed:
            self._armed = True
            self._loop.soon(self._turn)

    def _turn(self) -> None:
        self._armed = False
        try:
            self._write_some()
            now = time.monotonic
            end_s = now() + PORTION_S
            while self._works and now() < end_s:
                self._loop.start(partial(_safely, self._works.popleft()))
        finally:
            if self._first or self._due or self._works:
                self.arm()

    def _write_some(self) -> None:
        """A portion of what is to be written; gives nobody a turn meanwhile."""
        self._is_writing = True
        try:
            now = time.monotonic
            end_s = now() + PORTION_S
            while self._first and now() < end_s:
                self._write(self._first.popleft())
            while self._due and now() < end_s:
                line = self._due.popleft()
                line.is_due = False
                self._write(line)
        finally:
            self._is_writing = False

    def _write(self, line: Due) -> None:
        try:
            line.flush()
        except Exception:
            # One line that breaks must not keep the message from the others.
            log.exception("transport.flush")


def _safely(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        log.exception("transport.work")
