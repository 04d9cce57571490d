"""Things to do in their order, away from whoever thought of them: what is called may wait, or call back."""

from collections import deque
from collections.abc import Callable

import structlog

from memorata import green

log = structlog.get_logger(__name__)


class Outbox:
    """A thread works while there is something to do, and none otherwise."""

    def __init__(self) -> None:
        self._lock = green.lock()
        self._todo: deque[Callable[[], None]] = deque()
        self._working = False

    def put(self, what: Callable[[], None]) -> None:
        with self._lock:
            self._todo.append(what)
            begin = not self._working
            self._working = True
        if begin:
            green.spawn(self._work)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._todo:
                    self._working = False
                    return
                what = self._todo.popleft()
            try:
                what()
            except Exception:
                log.exception("stage.defect")
