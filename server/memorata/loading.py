"""Takes the schedule files into the store: at each start where a folder is named, and by `memorata schedules load`."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from memorata.adapters.schedule_files import read_file
from memorata.adapters.schedules.faults import Fault
from memorata.bootstrap import Services
from memorata.domain.errors import Refused
from memorata.domain.programme import Programme
from memorata.services.planner import Loaded

TOGETHER_TRIES = 8

Outcome = Literal["planned", "changed", "unchanged", "kept", "site", "none", "refused"]
"""Planned, or anew; as it was; kept as it is, for it cannot change now; the site's own; no date ahead; faulty."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file; `reason` is the code of a refusal."""

    series: str
    outcome: Outcome
    programmes: tuple[Programme, ...] = ()
    reason: str = ""


def take(services: Services, files: Iterable[Path]) -> tuple[list[Taken], list[Fault]]:
    """Take them in, each by itself; doing it again changes nothing. Faults and warnings of all come with it."""
    taken: list[Taken] = []
    told: list[Fault] = []
    for path in files:
        series, faults = read_file(path)
        told += faults
        if series is None:
            taken.append(Taken(path.stem, "refused", reason="schedule.faulty"))
            continue
        try:
            loaded = _load(services, path.stem, path.read_text("utf-8"))
        except Refused as refused:
            taken.append(Taken(path.stem, "refused", reason=refused.code))
            continue
        if loaded is None:
            taken.append(Taken(path.stem, "site"))
        elif loaded.refused:
            taken.append(Taken(path.stem, "kept", loaded.programmes, loaded.refused))
        elif not loaded.programmes:
            taken.append(Taken(path.stem, "none"))
        else:
            outcome: Outcome = "changed" if loaded.anew else "planned" if loaded.changed else "unchanged"
            taken.append(Taken(path.stem, outcome, loaded.programmes))
    return taken, told


def _load(services: Services, series_id: str, text: str) -> Loaded | None:
    """Raises: StoreBusy; Refused: `plan.stale`, again and again."""
    for _ in range(TOGETHER_TRIES):
        # Several workers start at once, and each takes in what it finds: whoever comes second looks again.
        with suppress(Refused):
            return services.planning.series.load(series_id, text)[1]
    return services.planning.series.load(series_id, text)[1]
