"""Writes down who changed what in planning, with what is needed to bring it back."""

import json
from collections.abc import Mapping

from memorata.services.planning_ports import Trail, TrailEntry
from memorata.services.ports import Account, Clock

KEPT_MS = 30 * 86_400_000
"""For how long a change can be undone; the line of the trail stays, what it held of people does not."""


class Ledger:
    def __init__(self, trail: Trail, clock: Clock) -> None:
        self._trail = trail
        self._clock = clock

    def note(
        self,
        by: Account,
        kind: str,
        series: str,
        about: str = "",
        facts: Mapping[str, str | int] | None = None,
        before: object = None,
        after: int = 0,
    ) -> TrailEntry:
        """Args: before: plain JSON values that bring it back, `None` where nothing can; after: the version it left."""
        return self._trail.add(
            TrailEntry(
                at_ms=self._clock.now_ms(),
                by=by.id,
                by_name=by.name or by.mail,
                kind=kind,
                series=series,
                about=about,
                facts=dict(facts or {}),
                before="" if before is None else json.dumps(before, ensure_ascii=False),
                after=after,
            )
        )

    def forget(self) -> None:
        """What is too old to be undone holds nobody's name any longer. Raises: StoreBusy."""
        self._trail.forget_before(self._clock.now_ms() - KEPT_MS)
