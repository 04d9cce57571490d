"""Which ceremonies a series becomes: the next one that has not been, under a name of its own, planned once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from memorata.domain.anniversary import Occurrence, Series, occurrences
from memorata.domain.errors import Refused
from memorata.domain.planning import ceremony_id, programme_for, total_s
from memorata.domain.programme import Programme
from memorata.services.live import LiveCeremonies

Outcome = Literal["planned", "changed", "unchanged", "kept", "none"]
"""Planned for the first time; planned anew; as it was; kept as it is because it cannot change now; no date ahead."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What became of one series; `reason` is the code of a refusal."""

    series: str
    outcome: Outcome
    programme: Programme | None = None
    reason: str = ""


def upcoming(series: Series, now_ms: int) -> Occurrence | None:
    """The next occurrence that is not over."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    length_ms = total_s(series.items) * 1000
    # The day before, for zones behind UTC and ceremonies that go past midnight.
    ahead = occurrences(series, today - timedelta(days=2), 4)
    return next((found for found in ahead if found.instant_ms + length_ms > now_ms), None)


def load(ceremonies: LiveCeremonies, all_series: Iterable[Series], now_ms: int) -> list[Planned]:
    """Plan the next ceremony of each series; doing it again changes nothing."""
    return [_load(ceremonies, series, now_ms) for series in all_series]


def _load(ceremonies: LiveCeremonies, series: Series, now_ms: int) -> Planned:
    occurrence = upcoming(series, now_ms)
    if occurrence is None:
        return Planned(series.id, "none")
    programme = programme_for(series, occurrence, ceremony_id(series, occurrence))
    before = None
    if programme.ceremony_id in ceremonies.ids():
        before = ceremonies.state(programme.ceremony_id).programme
    if before == programme:
        return Planned(series.id, "unchanged", before)
    try:
        ceremonies.plan(programme)
    except Refused as refused:
        return Planned(series.id, "kept", before, refused.code)
    return Planned(series.id, "planned" if before is None else "changed", programme)
