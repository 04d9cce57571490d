"""Organizers' work on series: made, written, published, taken out; each change under a name, and to be undone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from memorata.domain.anniversary import Series
from memorata.domain.errors import Refused
from memorata.domain.roles import permit_deed
from memorata.services.ledger import Ledger
from memorata.services.planbook import PlanBook, Texts
from memorata.services.planner import Loaded, Planner
from memorata.services.planning_ports import SeriesRow, SeriesStore
from memorata.services.ports import Account, Clock

ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Saved:
    """A series as it is after a change; `trail` is the entry by which the change can be undone, 0 where none was."""

    row: SeriesRow
    trail: int = 0


class SeriesDesk:
    def __init__(
        self, store: SeriesStore, book: PlanBook, texts: Texts, planner: Planner, ledger: Ledger, clock: Clock
    ) -> None:
        self._store = store
        self._book = book
        self._texts = texts
        self._planner = planner
        self._ledger = ledger
        self._clock = clock

    def all(self, by: Account) -> tuple[SeriesRow, ...]:
        """Those that were removed as well. Raises: Refused: `role.not_allowed`."""
        permit_deed(by.role, "plan.see")
        return self._store.all(removed=True)

    def row(self, by: Account, series_id: str) -> SeriesRow:
        """Also of one that was removed. Raises: Refused: `role.not_allowed`, `series.unknown`."""
        permit_deed(by.role, "plan.see")
        found = self._store.find(series_id)
        if found is None:
            raise Refused("series.unknown", id=series_id)
        return found

    def faults(self, row: SeriesRow) -> Sequence[Any]:
        """What is to be said about its text."""
        return self._texts.read(row.id, row.text)[1]

    def document(self, row: SeriesRow) -> dict[str, Any]:
        return self._texts.document(row.text)

    def preview(self, series_id: str, document: Mapping[str, Any], row: SeriesRow | None) -> tuple[Series | None, Any]:
        """The series that a document would be, and what is to be said about it."""
        text = self._texts.merged("" if row is None else row.text, document)
        return self._texts.read(series_id or "new", text)

    def make(self, by: Account, series_id: str, document: Mapping[str, Any]) -> Saved:
        """A draft, seen by organizers alone.

        Raises: Refused: `role.not_allowed`, `series.exists`, `words.not_allowed`, `schedule.faulty`.
        """
        permit_deed(by.role, "plan.write")
        if not ID.fullmatch(series_id):
            raise Refused("words.not_allowed", field="id", reason="characters")
        text = self._checked(series_id, "", document)
        row = SeriesRow(series_id, "site", text, 1, self._clock.now_ms())
        if not self._store.add(row):
            raise Refused("series.exists", id=series_id)
        entry = self._ledger.note(by, "series.made", series_id, before={"removed": True}, after=1)
        return Saved(row, entry.id)

    def save(self, by: Account, series_id: str, version: int, document: Mapping[str, Any]) -> Saved:
        """What is published is planned anew at once.

        Raises: Refused: `role.not_allowed`, `series.unknown`, `plan.managed_by_file`, `plan.stale`, `schedule.faulty`,
            `ceremony.live`.
        """
        return self.write(by, series_id, version, document, "series.saved", {})

    def write(
        self,
        by: Account,
        series_id: str,
        version: int,
        document: Mapping[str, Any],
        kind: str,
        facts: Mapping[str, str | int],
        about: str = "",
    ) -> Saved:
        """As `save`, under the name of what is really done. Raises: as `save`."""
        permit_deed(by.role, "plan.write")
        before = self._at(series_id, version)
        if before.managed == "file":
            raise Refused("plan.managed_by_file", id=series_id)
        text = self._checked(series_id, before.text, document)
        if text == before.text:
            return Saved(before)
        after = self._changed(replace(before, text=text))
        entry = self._ledger.note(by, kind, series_id, about, facts, {"text": before.text}, after.version)
        self._plan(after)
        return Saved(after, entry.id)

    def publish(self, by: Account, series_id: str, version: int) -> Saved:
        """Its next ceremony is planned and shown from now on. Raises: Refused: as `save`."""
        permit_deed(by.role, "plan.write")
        before = self._at(series_id, version)
        if before.published_ms is not None:
            return Saved(before)
        self._checked(series_id, before.text, self._texts.document(before.text))
        after = self._changed(replace(before, published_ms=self._clock.now_ms()))
        entry = self._ledger.note(by, "series.published", series_id, before={"published": False}, after=after.version)
        self._plan(after)
        return Saved(after, entry.id)

    def unpublish(self, by: Account, series_id: str, version: int) -> Saved:
        """Nothing of it is shown any more; ceremonies ahead are not held. Raises: Refused: as `save`."""
        permit_deed(by.role, "plan.write")
        before = self._at(series_id, version)
        if before.published_ms is None:
            return Saved(before)
        after = self._changed(replace(before, published_ms=None))
        self._planner.call_off(after)
        entry = self._ledger.note(
            by,
            "series.unpublished",
            series_id,
            before={"published": True, "published_ms": before.published_ms},
            after=after.version,
        )
        return Saved(after, entry.id)

    def remove(self, by: Account, series_id: str, version: int) -> Saved:
        """Take it out of every list; what has been stays. Raises: Refused: as `save`."""
        permit_deed(by.role, "plan.write")
        before = self._at(series_id, version)
        if before.removed_ms is not None:
            return Saved(before)
        after = self._changed(replace(before, removed_ms=self._clock.now_ms()))
        if before.published_ms is not None:
            self._planner.call_off(after)
        entry = self._ledger.note(by, "series.removed", series_id, before={"removed": False}, after=after.version)
        return Saved(after, entry.id)

    def restore(self, by: Account, series_id: str, version: int) -> Saved:
        """Raises: Refused: as `save`."""
        permit_deed(by.role, "plan.write")
        before = self._at(series_id, version)
        if before.removed_ms is None:
            return Saved(before)
        after = self._changed(replace(before, removed_ms=None))
        entry = self._ledger.note(by, "series.restored", series_id, before={"removed": True}, after=after.version)
        self._plan(after)
        return Saved(after, entry.id)

    def adopt(self, by: Account, series_id: str, version: int) -> Saved:
        """From now on it is written here, and no more by its file. Raises: Refused: as `save`."""
        permit_deed(by.role, "plan.write")
        before = self._at(series_id, version)
        if before.managed == "site":
            return Saved(before)
        after = self._changed(replace(before, managed="site"))
        entry = self._ledger.note(by, "series.adopted", series_id, before={"managed": "file"}, after=after.version)
        return Saved(after, entry.id)

    def put_back(self, by: Account, row: SeriesRow, before: Mapping[str, Any]) -> None:
        """Undo a change of which `before` was kept. Raises: Refused: `plan.stale`."""
        fields: dict[str, Any] = {name: before[name] for name in ("text", "managed") if name in before}
        now_ms = self._clock.now_ms()
        if "removed" in before:
            fields["removed_ms"] = now_ms if before["removed"] else None
        if "published" in before:
            fields["published_ms"] = before.get("published_ms", now_ms) if before["published"] else None
        after = self._changed(replace(row, **fields))
        if after.published_ms is None or after.removed_ms is not None:
            self._planner.call_off(after)
        else:
            self._plan(after)

    def load(self, series_id: str, text: str) -> tuple[SeriesRow, Loaded | None]:
        """What a file says, published at once; one that the site has taken over stays as it is, `None`.

        Raises: StoreBusy, Refused: `plan.stale`.
        """
        found = self._store.find(series_id)
        now_ms = self._clock.now_ms()
        if found is None:
            self._store.add(SeriesRow(series_id, "file", text, 1, now_ms, published_ms=now_ms))
            found = self._store.find(series_id)
        if found is None or found.managed == "site":
            return found or SeriesRow(series_id, "file", text, 1, now_ms), None
        if found.text != text or found.published_ms is None or found.removed_ms is not None:
            published_ms = found.published_ms or now_ms
            found = self._changed(replace(found, text=text, published_ms=published_ms, removed_ms=None))
        return found, self._planner.plan(found)

    # --- inside ---

    def _at(self, series_id: str, version: int) -> SeriesRow:
        found = self._store.find(series_id)
        if found is None:
            raise Refused("series.unknown", id=series_id)
        if found.version != version:
            raise Refused("plan.stale", version=found.version)
        return found

    def _changed(self, row: SeriesRow) -> SeriesRow:
        after = replace(row, version=row.version + 1, changed_ms=self._clock.now_ms())
        if not self._store.change(after):
            raise Refused("plan.stale", version=after.version)
        return after

    def _checked(self, series_id: str, text: str, document: Mapping[str, Any]) -> str:
        written = self._texts.merged(text, document)
        series, told = self._texts.read(series_id, written)
        if series is None:
            raise Refused("schedule.faulty", faults=told_of(told))
        return written

    def _plan(self, row: SeriesRow) -> None:
        if row.published_ms is not None and row.removed_ms is None:
            self._planner.plan(row)


def told_of(told: Sequence[Any]) -> list[dict[str, Any]]:
    """What was found in a text, as plain values."""
    names = ("key", "line", "code", "message", "suggestion", "severity")
    return [{name: getattr(one, name) for name in names} for one in told]
