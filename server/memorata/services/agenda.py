"""Does what comes due, each piece once, by whichever process wakes first: rows in the store are the truth, not memory.

A piece is claimed by a compare-and-set before it is done, and what follows from it is written together with its end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from memorata import green
from memorata.domain.errors import Refused
from memorata.services.planning_ports import Due, DueKind, Dues
from memorata.services.ports import Alarm, Clock, StoreBusy

log = structlog.get_logger(__name__)

SCAN_S = 1.0
FIRST_S = 0.2
AT_ONCE = 4
"""How many pieces are done beside each other: mails wait for somebody else's server."""

DEFECTS_MAX = 3
PAUSES_MS = (60_000, 300_000, 1_800_000)
"""How long it is waited after a defect before it is tried again."""

UNCERTAIN = "uncertain"
"""Said of what was begun by a process that died, and must not be done twice."""


class Later(Exception):
    """Not now: try again at an instant; `said` is why, one sentence without anybody's address."""

    def __init__(self, at_ms: int, said: str) -> None:
        super().__init__(said)
        self.at_ms = at_ms
        self.said = said


class Hopeless(Exception):
    """It will not be done; the text says why, one sentence without anybody's address."""


class Settled(Exception):
    """It need not be done any more; the text is a word for why, and `then` is what follows instead."""

    def __init__(self, said: str, then: Sequence[Due] = ()) -> None:
        super().__init__(said)
        self.then = then


Handler = Callable[[Due], Sequence[Due]]
"""Does a piece of work and returns what follows; may raise Later, Settled, Hopeless, StoreBusy."""


@dataclass(frozen=True, slots=True)
class _Handled:
    handler: Handler
    once: bool


class Agenda:
    """`by` names this process in claims; `beside` runs a piece of work while others go on."""

    def __init__(
        self,
        dues: Dues,
        clock: Clock,
        alarm: Alarm,
        by: str,
        beside: Callable[[Callable[[], None]], Any] = green.spawn,
    ) -> None:
        self._dues = dues
        self._clock = clock
        self._alarm = alarm
        self._by = by
        self._beside = beside
        self._kinds: dict[DueKind, _Handled] = {}
        self._busy: set[int] = set()
        self.scanned_ms = 0
        """When a scan was last completed."""

    def on(self, kind: DueKind, handler: Handler, *, once: bool = False) -> None:
        """Say who does a kind of work.

        Args: once: what was begun and not ended is never begun again; it fails as `uncertain`, for a person to decide.
        """
        self._kinds[kind] = _Handled(handler, once)

    def start(self) -> None:
        self._alarm.once(FIRST_S, self.scan)
        self._alarm.each(SCAN_S, "agenda", self.scan)

    @property
    def idle(self) -> bool:
        """Whether nothing is being done just now."""
        return not self._busy

    def put(self, dues: Sequence[Due]) -> None:
        """Add work; it is found within a second of its instant."""
        if dues:
            self._dues.put(dues)

    def again(self, due_id: int) -> Due | None:
        """Let what has failed be done once more, now; `None` where nothing of that id has failed."""
        return self._dues.revive(due_id, self._clock.now_ms())

    def drop(self, subject: str, kinds: Sequence[DueKind]) -> None:
        """What still waits is not to be done any more."""
        self._dues.drop(subject, kinds)

    def of_subject(self, subject: str) -> tuple[Due, ...]:
        return self._dues.of_subject(subject)

    def scan(self) -> None:
        """Begin what is due, as much as there are hands for."""
        try:
            now_ms = self._clock.now_ms()
            # Those in our own hands are claimed and not left behind.
            for due in self._dues.ripe(now_ms, AT_ONCE + len(self._busy)):
                if due.id not in self._busy and len(self._busy) < AT_ONCE and due.kind in self._kinds:
                    self._begin(due, now_ms)
        except StoreBusy as busy:
            log.warning("agenda.store_busy", reason=str(busy))
            return
        self.scanned_ms = now_ms

    def _begin(self, due: Due, now_ms: int) -> None:
        left_behind = due.state == "claimed"
        if not self._dues.claim(due, self._by, now_ms):
            return
        handled = self._kinds[due.kind]
        if left_behind and handled.once:
            log.warning("agenda.uncertain", kind=due.kind, subject=due.subject)
            self._dues.finish(due, "failed", now_ms, UNCERTAIN)
            return
        self._busy.add(due.id)
        self._beside(lambda: self._do(due, handled))

    def _do(self, due: Due, handled: _Handled) -> None:
        try:
            self._done(due, handled.handler)
        except StoreBusy as busy:
            # The claim stays, and is taken up again when it is old; of work done once a person decides.
            log.warning("agenda.store_busy", kind=due.kind, reason=str(busy))
        finally:
            self._busy.discard(due.id)

    def _done(self, due: Due, handler: Handler) -> None:
        try:
            follows = handler(due)
        except Later as later:
            self._dues.again(due, later.at_ms, later.said)
        except Settled as settled:
            self._dues.finish(due, "done", self._clock.now_ms(), str(settled), settled.then)
        except Hopeless as hopeless:
            self._fail(due, str(hopeless))
        except StoreBusy as busy:
            self._dues.again(due, self._clock.now_ms() + PAUSES_MS[0], str(busy))
        except Refused as refused:
            self._fail(due, refused.code)
        except Exception:
            log.exception("agenda.defect", kind=due.kind, subject=due.subject)
            if due.tries >= DEFECTS_MAX:
                self._fail(due, "defect")
            else:
                self._dues.again(due, self._clock.now_ms() + PAUSES_MS[min(due.tries, len(PAUSES_MS) - 1)], "defect")
        else:
            self._dues.finish(due, "done", self._clock.now_ms(), "", follows)

    def _fail(self, due: Due, said: str) -> None:
        log.warning("agenda.failed", kind=due.kind, subject=due.subject, said=said)
        self._dues.finish(due, "failed", self._clock.now_ms(), said)
