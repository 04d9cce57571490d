"""Takes back what an organizer has done, unless somebody has changed it since; that is itself a change with a name."""

import json

from memorata.domain.errors import Refused
from memorata.domain.roles import permit_deed
from memorata.services.contacts import ContactDesk
from memorata.services.ledger import Ledger
from memorata.services.occurrences import OccurrenceDesk
from memorata.services.planning_ports import SeriesStore, Trail, TrailEntry
from memorata.services.ports import Account, Clock
from memorata.services.series import SeriesDesk

MOST = 100


class UndoDesk:
    def __init__(
        self,
        trail: Trail,
        store: SeriesStore,
        series: SeriesDesk,
        occurrences: OccurrenceDesk,
        contacts: ContactDesk,
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self._trail = trail
        self._store = store
        self._series = series
        self._occurrences = occurrences
        self._contacts = contacts
        self._ledger = ledger
        self._clock = clock

    def trail(self, by: Account, series_id: str, before_id: int | None = None) -> tuple[TrailEntry, ...]:
        """The latest first; of all series where none is named. Raises: Refused: `role.not_allowed`."""
        permit_deed(by.role, "plan.see")
        return self._trail.of_series(series_id, MOST, before_id)

    def undo(self, by: Account, entry_id: int) -> TrailEntry:
        """Raises: Refused: `role.not_allowed`, `plan.undo_unknown`, `plan.undo_stale`, and as what is done."""
        permit_deed(by.role, "plan.write")
        entry = self._trail.find(entry_id)
        if entry is None or not is_undoable(entry):
            raise Refused("plan.undo_unknown")
        before = json.loads(entry.before)
        family = entry.kind.partition(".")[0]
        if "text" in before or family == "series":
            row = self._store.find(entry.series)
            if row is None or row.version != entry.after:
                raise Refused("plan.undo_stale")
            self._series.put_back(by, row, before)
        elif family in ("occurrence", "rehearsal"):
            self._occurrences.put_back(by, entry.series, entry.about, before, entry.after)
        else:
            self._contacts.put_back(entry.series, entry.about, before, entry.after)
        self._trail.undone(entry.id, self._clock.now_ms())
        facts = {"id": entry.id, "of": entry.kind, **{k: v for k, v in entry.facts.items() if k == "name"}}
        return self._ledger.note(by, "undone", entry.series, entry.about, facts)


def is_undoable(entry: TrailEntry) -> bool:
    return bool(entry.before) and entry.undone_ms is None
