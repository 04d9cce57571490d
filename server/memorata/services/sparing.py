"""How seldom each of a crowd should ask, so that all together do not ask too often."""

WINDOW_MS = 5_000
LEAST_MS = 2_000
"""As often as a page asks at its busiest: a shorter rest would change nothing."""

MOST_MS = 60_000
"""A page whose clock has settled stays in step for a minute without an answer; longer would be heard."""

RISE, FALL = 4.0, 0.8
"""By how much the rest may change from one window to the next: those who rest already hear of it late."""


class Sparing:
    """Counts questions, and finds the rest that keeps them near `budget` a second; calm below, it fades away."""

    def __init__(self, budget: float) -> None:
        self._budget = budget
        self._began_ms = -float("inf")
        self._count = 0
        self._rest_ms = 0.0

    def asked(self, now_ms: float) -> int:
        """Note a question; returns for how many ms its asker should rest, 0 for as long as it likes."""
        passed_ms = now_ms - self._began_ms
        if passed_ms >= WINDOW_MS:
            share = self._count * 1000 / max(passed_ms, WINDOW_MS) / self._budget
            if share > 1:
                self._rest_ms = min(MOST_MS, max(self._rest_ms, LEAST_MS) * min(RISE, share))
            elif share < FALL:
                quiet = passed_ms / WINDOW_MS
                self._rest_ms *= FALL ** min(quiet, 100.0)
                if self._rest_ms < LEAST_MS:
                    self._rest_ms = 0.0
            self._began_ms, self._count = now_ms, 0
        self._count += 1
        return round(self._rest_ms)
