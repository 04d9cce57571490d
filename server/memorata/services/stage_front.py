"""The stage as one of several workers has it: its own lines, and what whoever keeps the stage lets them do.

By the rule of the silence it does not wait for anybody: while one holds a ceremony no grant is passed down, and those
that have been are taken back, whether or not the keeper is heard.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

import structlog

from memorata import green
from memorata.domain.errors import Refused
from memorata.domain.programme import moment
from memorata.domain.stage import next_change_ms, part_of
from memorata.domain.state import parts_of
from memorata.services.live import LiveCeremonies
from memorata.services.ports import Alarm, Clock, Participant, StoreBusy
from memorata.services.recording_ports import RecordingPages
from memorata.services.stage_ports import Signal, Way
from memorata.services.stage_told import Joined, Scene, StageGrant, StagePages

log = structlog.get_logger(__name__)

LOOK_S = 1.0

ANEW_AT_ONCE, ANEW_PAUSE_S = 25, 0.1
"""How many pages are told at once to begin anew, and the pause before the next: each asks whoever keeps the stage."""


class Lines(StagePages, RecordingPages, Protocol):
    """How this worker speaks to the pages that are connected to it, and to no others."""

    def anew(self, sid: str) -> None:
        """Let this page watch and publish anew; what it sees and sends goes on until that has taken its place."""


@dataclass(slots=True)
class _Person:
    """Somebody with lines here: what they were granted last, and what their pages know of it."""

    who: Participant
    sids: set[str] = field(default_factory=set)
    granted: StageGrant = field(default_factory=StageGrant)
    told: StageGrant = field(default_factory=StageGrant)
    words: int = 0


class StageFront:
    """Speaks to this worker's pages as `StagePages`; `heard` says whether the keeper is heard just now."""

    def __init__(
        self, lines: Lines, ceremonies: LiveCeremonies, clock: Clock, alarm: Alarm, heard: Callable[[], bool]
    ) -> None:
        self._lines = lines
        self._ceremonies = ceremonies
        self._clock = clock
        self._alarm = alarm
        self._heard = heard
        self._people: dict[str, _Person] = {}
        self._whose: dict[str, _Person] = {}
        self._sending: dict[tuple[str, str], str] = {}
        self._recorded: set[str] = set()
        self._versions: dict[str, int] = {}
        self._due_ms: dict[str, int] = {}
        self._turn = 0

    # --- lines ---

    def came(self, who: Participant, sid: str) -> None:
        """A page asks something of the stage, whether or not it is answered."""
        person = self._people.setdefault(who.id, _Person(who))
        person.sids.add(sid)
        self._whose[sid] = person

    def left(self, sid: str) -> bool:
        """The line is gone; False for one that had nothing to do with the stage."""
        person = self._whose.pop(sid, None)
        if person is None:
            return False
        person.sids.discard(sid)
        if not person.sids:
            self._people.pop(person.who.id, None)
        for known in [known for known in self._sending if known[0] == sid]:
            del self._sending[known]
        return True

    def here(self, sid: str) -> bool:
        return sid in self._whose

    def anew(self) -> None:
        """Let all pages begin anew, those first who may send."""
        self._turn += 1
        found = sorted(self._whose.items(), key=lambda known: known[1].granted.level is None)
        green.spawn(self._tell_anew, [sid for sid, _ in found], self._turn)

    def _tell_anew(self, sids: list[str], turn: int) -> None:
        for number, sid in enumerate(sids):
            if number and number % ANEW_AT_ONCE == 0:
                green.sleep(ANEW_PAUSE_S)
            if turn != self._turn:
                return
            if sid in self._whose:
                self._lines.anew(sid)

    def recorded(self, ceremony_id: str) -> bool:
        """Whether somebody is being recorded, by what was told last."""
        return ceremony_id in self._recorded

    def words(self, who: Participant) -> tuple[int, int]:
        """How much has been told of this stage and of what this person may; an answer that took longer may be older."""
        person = self._people.get(who.id)
        return self._versions.get(who.ceremony_id, 0), 0 if person is None else person.words

    def joined(self, who: Participant, joined: Joined) -> Joined:
        """The answer to a page, with no more than the rule grants."""
        person = self._people.get(who.id)
        grant = joined.grant
        if person is not None:
            person.granted = grant
            grant = person.told = self._allowed(person)
        return Joined(joined.version, joined.scene, grant)

    # --- what pages are told ---

    def link(self, sid: str, link_id: str, do: Literal["open", "move", "close"], way: Way, feed_id: str) -> None:
        if do == "close":
            self._sending.pop((sid, link_id), None)
        elif way == "send":
            self._sending[sid, link_id] = feed_id
        self._lines.link(sid, link_id, do, way, feed_id)

    def signal(self, sid: str, link_id: str, signal: Signal) -> None:
        self._lines.signal(sid, link_id, signal)

    def record(self, sid: str, part: str, key: str, feed_id: str, *, on: bool) -> None:
        self._lines.record(sid, part, key, feed_id, on=on)

    def shown(self, ceremony_id: str, version: int, scene: Scene, *, everybody: bool) -> None:
        self._versions[ceremony_id] = version
        (self._recorded.add if scene.recording else self._recorded.discard)(ceremony_id)
        self._lines.shown(ceremony_id, version, scene, everybody=everybody)

    def grant(self, participant_id: str, grant: StageGrant) -> None:
        person = self._people.get(participant_id)
        if person is None:
            return  # with none of their pages here; one that comes is told when it watches
        person.granted = grant
        person.words += 1
        person.told = self._allowed(person)
        # Said again it means something: whoever hears it sends again.
        self._lines.grant(participant_id, person.told)

    # --- the rule ---

    def start(self) -> None:
        self._alarm.each(LOOK_S, "stage of this worker", self.look)

    def look(self) -> None:
        """Take back what the rule does not grant any more, and give again what it does."""
        ceremonies = set()
        for person in tuple(self._people.values()):
            if person.granted.level is None and person.told.level is None:
                continue
            ceremonies.add(person.who.ceremony_id)
            allowed = self._allowed(person)
            if allowed != person.told:
                person.told = allowed
                self._lines.grant(person.who.id, allowed)
                if allowed.level is None:
                    self._close(person)
        for ceremony_id in ceremonies:
            self._wake(ceremony_id)

    def _close(self, person: _Person) -> None:
        for (sid, link_id), feed_id in list(self._sending.items()):
            if sid in person.sids:
                self.link(sid, link_id, "close", "send", feed_id)

    def _allowed(self, person: _Person) -> StageGrant:
        """What the keeper granted; in a silence nothing, and while it is not heard no more than our own state does."""
        granted, who = person.granted, person.who
        if granted.level is None:
            return granted
        try:
            if self._ceremonies.silent(who.ceremony_id):
                return StageGrant()
            if not self._heard():
                state = self._ceremonies.state(who.ceremony_id)
                if part_of(parts_of(state, self._clock.now_ms()), who.id, who.hall) is None:
                    return StageGrant()
        except Refused:
            return StageGrant()
        except StoreBusy:
            return person.told
        return granted

    def _wake(self, ceremony_id: str) -> None:
        """Look exactly when the clock changes something."""
        state = self._ceremonies.find(ceremony_id)
        if state is None or state.programme is None:
            return
        now_ms = self._clock.now_ms()
        shown = moment(state.programme, state.progress, now_ms)
        at_ms = next_change_ms(state.programme, shown, now_ms, autopilot=state.progress.autopilot)
        if at_ms is not None and at_ms - now_ms < LOOK_S * 1000 and at_ms != self._due_ms.get(ceremony_id):
            self._due_ms[ceremony_id] = at_ms
            self._alarm.once((at_ms - self._clock.now()) / 1000 + 0.001, self.look)
