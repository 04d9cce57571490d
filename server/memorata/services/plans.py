"""What pages, mails and calendars ask of planning: series as they stand, one of their dates, what stayed of others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from memorata.domain.anniversary import Occurrence, Series
from memorata.domain.items import Text
from memorata.services.planning_ports import ArchiveRow, OccurrenceRow, SeriesRow


@dataclass(frozen=True, slots=True)
class Planned:
    """One date of a series: `series` has the programme of this very date; `row` is `None` before it has been made."""

    series: Series
    occurrence: Occurrence
    row: OccurrenceRow | None


class Plans(Protocol):
    """Every method may raise StoreBusy."""

    def row(self, series_id: str) -> SeriesRow:
        """Raises: Refused: `series.unknown`."""

    def series(self, series_id: str) -> Series:
        """Raises: Refused: `series.unknown`, `schedule.faulty`."""

    def published(self) -> tuple[Series, ...]: ...

    def occurrence(self, series_id: str, key: str) -> Planned:
        """Raises: Refused: `series.unknown`, `schedule.faulty`, `plan.date_unknown`."""

    def kept(self, series_id: str) -> tuple[OccurrenceRow, ...]:
        """What is kept of its dates, by key."""

    def ceremonies(self, series_id: str, key: str) -> Mapping[str, str]:
        """The ids of its ceremonies by site; the empty site is that of all."""

    def archive(self, series_id: str) -> tuple[ArchiveRow, ...]:
        """The latest first."""


@dataclass(frozen=True, slots=True)
class Photograph:
    url: str
    caption: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """What stays of a ceremony when the names are gone; `countries` are codes with how many people, the most first."""

    title: Text
    date: str
    zone: str
    starts_ms: int
    ended_ms: int
    number: int | None = None
    site: str = ""
    place: Text = field(default_factory=dict)
    people: int = 0
    countries: tuple[tuple[str, int], ...] = ()
    communities: int = 0
    candles: int = 0
    wreaths: int = 0
    speakers: tuple[str, ...] = ()
    photographs: tuple[Photograph, ...] = ()
