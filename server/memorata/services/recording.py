"""Keeps what people say, from consent to archive: begins and ends, makes the film, lets go of it at a word."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from memorata import green
from memorata.domain.errors import Refused
from memorata.domain.recording import Verdict, judged, may_hear, outlasts_names
from memorata.domain.roles import is_staff
from memorata.services.ports import Alarm, Clock, Participant, Participants, StoreBusy
from memorata.services.recording_ports import (
    CannotJoin,
    Recording,
    RecordingFiles,
    Recordings,
    part_name,
    recording_of,
    resumed,
)

log = structlog.get_logger(__name__)

AGAIN_MS = 20_000
"""Whoever comes back within this time goes on in the same recording; after it the film is made."""

LOOK_S = 2.0
SWEEP_S = 600.0
SILENT_MS = 120_000
"""What belongs to no recording is removed once nobody has written to it for so long."""

EMPTY_MS = 10_000
"""When nothing has been written of somebody for so long, whoever looks after the server is told."""

BYTES_MAX = 1 << 30
"""Of one recording: more than three hours."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A recording as it is just now; `bytes` grows while it runs."""

    recording: Recording
    bytes: int


class RecordingDesk:
    """All recordings of this installation. It is the stage's Recorder.

    Args: keeps: whether this process is the one, of several, that has the recordings in hand: it makes the films.
    """

    def __init__(
        self,
        recordings: Recordings,
        files: RecordingFiles,
        participants: Participants,
        clock: Clock,
        alarm: Alarm,
        again_ms: int = AGAIN_MS,
        keeps: Callable[[], bool] = lambda: True,
    ) -> None:
        self._recordings = recordings
        self._files = files
        self._participants = participants
        self._clock = clock
        self._alarm = alarm
        self._again_ms = again_ms
        self._keeps = keeps
        self._joining = green.lock()
        self._receiving = green.lock()
        self._owed: set[str] = set()
        self._begun: set[str] = set()
        self._later: dict[str, str] = {}
        self._told: set[str] = set()

    def start(self) -> None:
        """Take up what was left when the server went down; whoever is still on the stage begins a new part."""
        self._alarm.once(LOOK_S, self.resume)
        self._alarm.each(LOOK_S, "recordings", self.work)
        self._alarm.each(SWEEP_S, "recordings left over", self.sweep)

    def take_over(self) -> None:
        """This process has the recordings in hand from now on: what the one before has left is taken up soon."""
        self._begun.clear()
        self._later.clear()
        self._alarm.once(LOOK_S, self.resume)

    # --- the stage ---

    def begin(
        self, ceremony_id: str, participant_id: str, key: str, name: str, community: str, item_id: str
    ) -> str | None:
        """As `Recorder.begin`; the consent is asked for once more, from the store."""
        try:
            who = self._participants.find(participant_id)
            if who is None or not who.recording or who.ceremony_id != ceremony_id:
                return None
            now_ms = self._clock.now_ms()
            for known in reversed(self._recordings.of_participant(participant_id)):
                if known.ceremony_id != ceremony_id or known.key != key:
                    continue
                going = known.state == "running"
                paused = known.state == "working" and now_ms - (known.ended_ms or 0) < self._again_ms
                if (going or paused) and self._recordings.change(known, again := resumed(known)):
                    self._begun.add(again.part)
                    return again.part
            fresh = Recording(
                id=secrets.token_hex(8),
                ceremony_id=ceremony_id,
                participant_id=participant_id,
                key=key,
                name=name,
                community=community,
                item_id=item_id,
                started_ms=now_ms,
            )
            self._recordings.add(fresh)
            self._begun.add(fresh.part)
        except StoreBusy as busy:
            log.warning("recording.store_busy", reason=str(busy))
            return None
        log.info("recording.begun", ceremony=ceremony_id, recording=fresh.id)
        return fresh.part

    def end(self, name: str) -> None:
        """As `Recorder.end`; the end of an earlier part leaves a later one alone."""
        while name in self._later:
            name = self._later.pop(name)
        self._begun.discard(name)
        try:
            known = self._recordings.find(recording_of(name))
            if known is not None and known.state == "running" and known.part == name:
                self._recordings.change(known, replace(known, state="working", ended_ms=self._clock.now_ms()))
        except StoreBusy as busy:
            # It is taken up at the next start at the latest.
            log.warning("recording.store_busy", reason=str(busy))

    def another(self, name: str) -> str | None:
        """The name of a further part, for whoever writes on in the place of who wrote until now; `None`: it is over.

        The end of the earlier one is then the end of this.
        """
        try:
            known = self._recordings.find(recording_of(name))
            if known is None or known.state != "running" or known.part != name:
                return None
            if not self._recordings.change(known, after := resumed(known)):
                return None
        except StoreBusy as busy:
            log.warning("recording.store_busy", reason=str(busy))
            return None
        self._begun.add(after.part)
        self._later[name] = after.part
        return after.part

    def withdraw(self, participant_id: str) -> None:
        """Delete everything recorded of somebody, released or not. Never fails: what must wait is done soon."""
        try:
            for known in self._recordings.of_participant(participant_id):
                self._remove(known)
        except StoreBusy as busy:
            self._owed.add(participant_id)
            log.warning("recording.store_busy", reason=str(busy))
        else:
            self._owed.discard(participant_id)

    def agreed(self, participant_id: str) -> bool:
        """Whether somebody agrees to be recorded, as the store has it now; while it cannot be asked, nobody does."""
        try:
            who = self._participants.find(participant_id)
        except StoreBusy:
            return False
        return who is not None and who.recording

    def changed(self, participant: Participant) -> None:
        """What somebody says of themselves has changed: without consent nothing of them stays."""
        if not participant.recording:
            self.withdraw(participant.id)

    def forget(self, ceremony_id: str, participant_id: str | None) -> None:
        """Somebody has been erased; or with `None` the names of a ceremony: what was given to the archive stays."""
        if participant_id is not None:
            self.withdraw(participant_id)
            return
        try:
            for known in self._recordings.of_ceremony(ceremony_id):
                if not outlasts_names(known.state):
                    self._remove(known)
        except StoreBusy as busy:
            # `work` finds them: their participants have no consent any more.
            log.warning("recording.store_busy", reason=str(busy))

    # --- pages that record ---

    def receive(self, who: Participant, part: str, offset: int, data: bytes, *, last: bool) -> int:
        """Take a piece of a part from a host's page; returns how much of it is there. A piece may come twice.

        Raises: Refused: `recording.unknown`: nobody wants it (any more); `recording.gap`; `recording.too_long`.
        """
        known = self._recordings.find(recording_of(part))
        names = () if known is None else tuple(part_name(known.id, n) for n in range(1, known.parts + 1))
        if known is None or known.ceremony_id != who.ceremony_id or part not in names:
            raise Refused("recording.unknown")
        if known.state not in ("running", "working"):
            raise Refused("recording.unknown")
        if self._files.written(known) + len(data) > BYTES_MAX:
            raise Refused("recording.too_long", most=BYTES_MAX)
        with self._receiving:
            size = self._files.append(known, part, offset, data)
        if last:
            self._files.finish(known, part)
        if self._recordings.find(known.id) is None:
            # Taken back while it was written.
            self._files.remove(known)
            raise Refused("recording.unknown")
        return size

    # --- people ---

    def heard_by(self, who: Participant) -> tuple[Standing, ...]:
        """Those that somebody may know of: moderators all of their ceremony, the others what was released."""
        found = self._recordings.of_ceremony(who.ceremony_id)
        if is_staff(who.role):
            return tuple(Standing(one, self._size(one)) for one in found)
        return tuple(Standing(one, one.bytes) for one in found if one.state == "released")

    def released(self, ceremony_id: str) -> tuple[Recording, ...]:
        return tuple(one for one in self._recordings.of_ceremony(ceremony_id) if one.state == "released")

    def own(self, participant_id: str) -> tuple[Standing, ...]:
        found = self._recordings.of_participant(participant_id)
        return tuple(Standing(one, self._size(one)) for one in found)

    def film(self, who: Participant, recording_id: str) -> tuple[Recording, str]:
        """A finished recording, and where its file is.

        Raises: Refused: `recording.unknown`, also where it is not for this person; `recording.not_ready`.
        """
        found = self._recordings.find(recording_id)
        if found is None or found.ceremony_id != who.ceremony_id:
            raise Refused("recording.unknown")
        if not may_hear(who.role, who.id, found.participant_id, found.state):
            raise Refused("recording.unknown")
        path = self._files.film(found) if found.state in ("held", "released") else None
        if path is None:
            raise Refused("recording.not_ready", state=found.state)
        return found, path

    def judge(self, who: Participant, recording_id: str, verdict: Verdict) -> Standing:
        """A moderator releases a recording to the archive, or keeps it back.

        Raises: Refused: `recording.unknown`, `recording.not_ready`; StoreBusy.
        """
        found = self._of(who, recording_id)
        after = replace(found, state=judged(found.state, verdict))
        if after != found and not self._recordings.change(found, after):
            raise StoreBusy("somebody has decided about this meanwhile")
        return Standing(after, after.bytes)

    def delete(self, who: Participant, recording_id: str) -> None:
        """Raises: Refused: `recording.unknown`; `recording.not_ready` while somebody speaks."""
        found = self._of(who, recording_id)
        if found.state == "running":
            raise Refused("recording.not_ready", state=found.state)
        self._remove(found)

    # --- what comes due ---

    def resume(self) -> None:
        """After a start: nobody knows any more what was running, and what failed may succeed today."""
        if not self._keeps():
            return
        try:
            for known in self._recordings.in_state("running", "failed"):
                left = known.state == "running" and known.part not in self._begun
                if left or (known.state == "failed" and self._files.written(known)):
                    ended_ms = known.ended_ms or self._clock.now_ms()
                    self._recordings.change(known, replace(known, state="working", ended_ms=ended_ms))
        except StoreBusy as busy:
            log.warning("recording.store_busy", reason=str(busy))
            self._alarm.once(LOOK_S, self.resume)

    def work(self) -> None:
        """Make the films of what has ended, one after the other; let go of what nobody agrees to any more."""
        if not self._joining.acquire(blocking=False):
            return
        try:
            for participant_id in tuple(self._owed):
                self.withdraw(participant_id)
            if not self._keeps():
                return
            for known in self._recordings.in_state("running", "working", "held", "failed"):
                if not self._agreed(known):
                    self._remove(known)
                elif known.state == "working":
                    self._make(known)
                elif known.state == "running":
                    self._watch(known)
        except StoreBusy as busy:
            log.warning("recording.store_busy", reason=str(busy))
        finally:
            self._joining.release()

    def sweep(self) -> None:
        """Remove files of recordings that are not in the store: of a wiped rehearsal, or of a deletion cut short."""
        if not self._keeps():
            return
        try:
            known = self._recordings.ids()
        except StoreBusy:
            return
        if count := self._files.sweep(known, SILENT_MS):
            log.info("recording.swept", count=count)

    def _make(self, known: Recording) -> None:
        if self._clock.now_ms() - (known.ended_ms or 0) < self._again_ms or not self._files.is_whole(known):
            return
        try:
            made = self._files.join(known)
        except CannotJoin as fault:
            log.warning("recording.failed", ceremony=known.ceremony_id, recording=known.id, reason=str(fault))
            after = replace(known, state="failed")
        except OSError as fault:
            log.warning("recording.later", recording=known.id, reason=str(fault))
            return
        else:
            log.info("recording.made", ceremony=known.ceremony_id, recording=known.id, bytes=made.bytes)
            kind = "video/webm" if made.picture else "audio/webm"
            after = replace(known, state="held", bytes=made.bytes, duration_ms=made.duration_ms, media_type=kind)
        if not self._recordings.change(known, after) and self._recordings.find(known.id) is None:
            # Taken back while it was made.
            self._files.remove(known)

    def _watch(self, known: Recording) -> None:
        if known.part in self._told or self._clock.now_ms() - known.started_ms < EMPTY_MS:
            return
        if not self._files.written(known):
            self._told.add(known.part)
            log.warning("recording.nothing_written", ceremony=known.ceremony_id, recording=known.id)

    def _agreed(self, known: Recording) -> bool:
        """Raises: StoreBusy."""
        who = self._participants.find(known.participant_id)
        return who is not None and who.recording

    def _of(self, who: Participant, recording_id: str) -> Recording:
        found = self._recordings.find(recording_id)
        if found is None or found.ceremony_id != who.ceremony_id:
            raise Refused("recording.unknown")
        return found

    def _size(self, known: Recording) -> int:
        return known.bytes or self._files.written(known)

    def _remove(self, known: Recording) -> None:
        """The row first: what is written meanwhile finds none, and files without a row are swept."""
        self._recordings.remove(known.id)
        self._files.remove(known)
        log.info("recording.removed", ceremony=known.ceremony_id, recording=known.id)
