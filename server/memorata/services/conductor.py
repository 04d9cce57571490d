"""Sees to it that what the clock brings about is written down, each thing once, by whichever process wakes first."""

from collections.abc import Callable

import structlog

from memorata.domain.errors import Refused
from memorata.services.live import LiveCeremonies
from memorata.services.ports import Alarm, Clock, StoreBusy

log = structlog.get_logger(__name__)

SCAN_S = 1.0
RECOUNT_MS = 5_000
KEPT_MS = 24 * 3_600_000
FORGET_EACH_MS = 3_600_000


class Conductor:
    """Wakes each second, and exactly when the next cue is due."""

    def __init__(
        self,
        ceremonies: LiveCeremonies,
        clock: Clock,
        alarm: Alarm,
        forget: Callable[[int], object],
        *,
        alone: bool,
    ) -> None:
        self._ceremonies = ceremonies
        self._clock = clock
        self._alarm = alarm
        self._forget = forget
        self._alone = alone
        self._recounted_ms = 0
        self._forgot_ms = 0
        self._cancel: Callable[[], None] | None = None
        self.scanned_ms = 0
        """When a scan was last completed; a health check compares it with now."""

    def start(self) -> None:
        """Settle what came due while nobody was here, then keep doing so."""
        self.scan_due()
        self._alarm.each(SCAN_S, "cues", self.scan_due)

    def scan_due(self) -> None:
        """Write down what has come due in any ceremony; read what other processes wrote."""
        try:
            ids = self._ceremonies.follow()
            now_ms = self._clock.now_ms()
            if not self._alone and now_ms - self._recounted_ms >= RECOUNT_MS:
                self._ceremonies.recount()
                self._recounted_ms = now_ms
            if now_ms - self._forgot_ms >= FORGET_EACH_MS:
                self._forget(now_ms - KEPT_MS)
                self._forgot_ms = now_ms
        except StoreBusy as busy:
            log.warning("conductor.store_busy", reason=str(busy))
            return
        dues = [due_ms for ceremony_id in ids if (due_ms := self._settle(ceremony_id)) is not None]
        self.scanned_ms = self._clock.now_ms()
        self._wake_at(min(dues, default=None))

    def _settle(self, ceremony_id: str) -> int | None:
        try:
            return self._ceremonies.settle(ceremony_id)
        except StoreBusy as busy:
            log.warning("conductor.store_busy", ceremony=ceremony_id, reason=str(busy))
        except Refused as refused:
            log.warning("conductor.refused", ceremony=ceremony_id, code=refused.code)
        except Exception:
            # One damaged ceremony must not keep the others from beginning.
            log.exception("conductor.defect", ceremony=ceremony_id)
        return None

    def _wake_at(self, due_ms: int | None) -> None:
        """Between two scans, when something is due before the next."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        if due_ms is not None and due_ms - self._clock.now() < SCAN_S * 1000:
            self._cancel = self._alarm.once(max(0.001, (due_ms - self._clock.now()) / 1000), self.scan_due)
