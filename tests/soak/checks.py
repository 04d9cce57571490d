"""What must hold in every second of a soak."""

import json
import time
from collections import Counter, deque
from pathlib import Path

from memorata.domain import events as e
from memorata.domain.programme import moment
from memorata.domain.state import CeremonyState
from memorata.services.ports import EventLog
from tests.faults.crowd import Crowd, Heard, Page, Press
from tests.faults.watch import NEAR_MS, key_of
from tests.live.truth import Truth
from tests.soak.faults import Faults

EQUAL_S = 5.0
"""Within so long everybody has heard what one has heard, while nothing fails."""

BACK_S = 30.0
"""Within so long of a fault everybody is back."""

PHASE_MS = 150.0


def truth_in(folder: Path) -> Truth:
    """Server time, by what the servers keep beside their data."""
    kept = json.loads((folder / "clock").read_text())
    return Truth(kept["wall_ms"], kept["monotonic_s"])


class Checks:
    """`violations` are told once for each kind and minute; none of them is ever forgiven."""

    def __init__(self, crowd: Crowd, announced: CeremonyState, truth: Truth, faults: Faults) -> None:
        self._crowd, self._announced, self._truth, self._faults = crowd, announced, truth, faults
        self._digests: dict[tuple[str, int], str] = {}
        self._heads: deque[tuple[float, int]] = deque()
        self.violations: list[str] = []
        self.kinds: Counter[str] = Counter()
        self.looks = 0
        self.worst_ms = 0.0
        self.worst_back_s = 0.0

    @property
    def head(self) -> int:
        return max(page.seq for page in self._crowd.pages)

    def look(self) -> None:
        self.looks += 1
        now_s = time.monotonic()
        alike: dict[tuple[str, int], tuple[Heard, float, int]] = {}
        for page in self._crowd.pages:
            heard, offset_ms = page.heard, page.offset_ms
            self._same(page, heard)
            if offset_ms is not None:
                _, _, count = alike.get((heard.digest, round(offset_ms)), (heard, 0.0, 0))
                alike[(heard.digest, round(offset_ms))] = heard, offset_ms, count + 1
            for fault in page.faults:
                self._violated("a page", f"page {page.number}: {fault}")
            page.faults.clear()
        for heard, offset_ms, count in alike.values():
            self._shown(heard, offset_ms, count)
        self._heads.append((now_s, self.head))
        while len(self._heads) > 1 and self._heads[1][0] <= now_s - EQUAL_S:
            self._heads.popleft()
        quiet_s = self._faults.quiet_s()
        if quiet_s > BACK_S:
            self._all_there(now_s)
        elif self._crowd.inside < len(self._crowd.pages):
            self.worst_back_s = max(self.worst_back_s, quiet_s)

    def _same(self, page: Page, heard: Heard) -> None:
        """At the same number of the same history everybody holds the same."""
        if not heard.epoch:
            return
        digest = self._digests.setdefault((heard.epoch, heard.state.seq), heard.digest)
        if digest != heard.digest:
            self._violated("another state", f"page {page.number} at {heard.state.seq}")
        if len({epoch for epoch, _ in self._digests}) > 1:
            self._violated("another history", f"page {page.number}: {heard.epoch}")

    def _shown(self, heard: Heard, offset_ms: float, count: int) -> None:
        at_s = time.monotonic()
        truth_ms = self._truth.at(at_s)
        own_ms = at_s * 1000 + offset_ms
        self.worst_ms = max(self.worst_ms, abs(own_ms - truth_ms))
        if abs(own_ms - truth_ms) > PHASE_MS:
            self._violated("another time", f"{count} pages are {own_ms - truth_ms:.0f} ms off")
        shown = _key(heard.state, own_ms)
        expected = {_key(self._announced, truth_ms + near) for near in (-NEAR_MS, 0, NEAR_MS)}
        if shown not in expected:
            self._violated("another picture", f"{count} pages at {heard.state.seq} show {shown}, not {expected}")

    def _all_there(self, now_s: float) -> None:
        missing = [page for page in self._crowd.pages if not page.inside]
        if missing:
            self._violated("not back", f"{len(missing)} pages, the first is {missing[0].number}")
        since_s, known = self._heads[0]
        behind = [
            page for page in self._crowd.pages if page.inside and page.seq < known and page.welcomed_s[-1] < since_s
        ]
        if behind and now_s - since_s >= EQUAL_S:
            self._violated("left behind", f"{len(behind)} pages, the first is {behind[0].number} at {behind[0].seq}")

    def _violated(self, kind: str, what: str) -> None:
        self.kinds[kind] += 1
        if self.kinds[kind] <= 5:
            self.violations.append(f"{kind}: {what}")
            print(f"  VIOLATED: {kind}: {what}", flush=True)

    def at_the_end(self, log: EventLog, ceremony_id: str, host: Page, presses: list[Press]) -> None:
        """No press was lost, none was applied twice, and the history has no gap."""
        history = log.events(ceremony_id, 0)
        if [recorded.seq for recorded in history] != list(range(1, len(history) + 1)):
            self._violated("a gap", "in the history")
        made = Counter(r.event.entry.id for r in history if isinstance(r.event, e.FloorRequested))
        asking = sum(isinstance(r.event, e.AskingSet) for r in history)
        for press in presses:
            if press.answer is None:
                self._violated("unanswered", f"{press.kind} {press.cmd_id}, sent {press.sent} times")
            elif press.kind == "floor.request" and made[press.cmd_id] != press.ok:
                self._violated("twice or never", f"{press.kind} {press.cmd_id}: {made[press.cmd_id]} times")
        granted = sum(press.ok for press in presses if press.kind == "floor.set_asking")
        if asking != granted:
            self._violated("twice or never", f"asking was set {asking} times, and granted {granted} times")
        for page in (*self._crowd.pages, host):
            if page.seq != history[-1].seq:
                self._violated("left behind", f"page {page.number} at {page.seq} of {history[-1].seq} at the end")


def _key(state: CeremonyState, at_ms: float) -> tuple[object, ...]:
    assert state.programme is not None
    return key_of(moment(state.programme, state.progress, round(at_ms)))
