"""Keeps a record of a ceremony when it is over: numbers and what its programme says, nothing of who was there."""

import json
from dataclasses import asdict, dataclass
from typing import Protocol

from memorata.domain.items import Closing, Gallery, Testimony
from memorata.domain.programme import Programme
from memorata.services.agenda import Agenda, Hopeless, Later
from memorata.services.live import LiveCeremonies
from memorata.services.planning_ports import ArchiveRow, Archives, Due
from memorata.services.plans import Photograph, Record
from memorata.services.ports import Clock
from memorata.services.retention import over_ms

AGAIN_MS = 3_600_000
LONGEST_MS = 86_400_000
"""When nobody has closed a ceremony a day after its planned end, it is over all the same."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many came: people, by country with the most first, and communities."""

    people: int = 0
    countries: tuple[tuple[str, int], ...] = ()
    communities: int = 0


class Tallies(Protocol):
    def tally(self, ceremony_id: str) -> Tally:
        """Of those who were let in. Raises: StoreBusy."""


class Archiving:
    def __init__(
        self, ceremonies: LiveCeremonies, archives: Archives, tallies: Tallies, agenda: Agenda, clock: Clock
    ) -> None:
        self._ceremonies = ceremonies
        self._archives = archives
        self._tallies = tallies
        self._clock = clock
        agenda.on("archive", self.archive)

    def archive(self, due: Due) -> list[Due]:
        """Write the record, once the ceremony is over. Raises: Later, Hopeless."""
        state = self._ceremonies.state(due.subject)
        programme, now_ms = state.programme, self._clock.now_ms()
        if programme is None or programme.cancelled is not None:
            raise Hopeless("It was not held.")
        ended_ms = over_ms(state) or now_ms
        if state.progress.closed_ms is None and state.progress.runs and now_ms < ended_ms + LONGEST_MS:
            raise Later(now_ms + AGAIN_MS, "It is still being held.")
        if not state.progress.runs:
            raise Hopeless("It was not held.")
        counts = self._ceremonies.counts(due.subject)
        tally = self._tallies.tally(due.subject)
        record = Record(
            title=programme.title,
            date=programme.date,
            zone=programme.zone,
            starts_ms=state.progress.runs[0].start_ms,
            ended_ms=ended_ms,
            number=programme.number,
            place=programme.place,
            people=tally.people,
            countries=tally.countries,
            communities=tally.communities,
            candles=sum(counts.candles.values()),
            wreaths=len(state.tributes.laid),
            speakers=_speakers(programme),
            photographs=_photographs(programme),
        )
        row = ArchiveRow(due.subject, programme.series, now_ms, json.dumps(asdict(record), ensure_ascii=False))
        self._archives.add(row)
        return []


def _speakers(programme: Programme) -> tuple[str, ...]:
    """Whose testimonies were in the programme, as their names are written first."""
    named = [
        next(iter(witness.name.values()), "")
        for item in programme.items
        if isinstance(item.detail, Testimony)
        for witness in item.detail.speakers
    ]
    return tuple(name for name in named if name)


def _photographs(programme: Programme) -> tuple[Photograph, ...]:
    """Those that everybody may take home."""
    found: list[Photograph] = []
    for item in programme.items:
        match item.detail:
            case Gallery(downloadable=True, images=images):
                found += [Photograph(image.url, image.caption) for image in images if image.consent]
            case Closing(downloads=downloads):
                pictures = [one for one in downloads if one.url.lower().endswith((".jpg", ".jpeg", ".png", ".webp"))]
                found += [Photograph(one.url, one.label) for one in pictures]
    return tuple({one.url: one for one in found}.values())
