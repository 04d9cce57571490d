"""Recordings in memory, for tests that need neither a store nor a disk."""

from memorata.domain.errors import Refused
from memorata.domain.recording import RecordingState
from memorata.services.ports import StoreBusy
from memorata.services.recording_ports import CannotJoin, Made, Recording


class MemoryRecordings:
    """`busy`: others keep writing."""

    def __init__(self) -> None:
        self.known: dict[str, Recording] = {}
        self.busy = False

    def add(self, recording: Recording) -> None:
        self._ask()
        self.known[recording.id] = recording

    def find(self, recording_id: str) -> Recording | None:
        self._ask()
        return self.known.get(recording_id)

    def of_ceremony(self, ceremony_id: str) -> tuple[Recording, ...]:
        return self._all(lambda one: one.ceremony_id == ceremony_id)

    def of_participant(self, participant_id: str) -> tuple[Recording, ...]:
        return self._all(lambda one: one.participant_id == participant_id)

    def in_state(self, *states: RecordingState) -> tuple[Recording, ...]:
        return self._all(lambda one: one.state in states)

    def ids(self) -> frozenset[str]:
        self._ask()
        return frozenset(self.known)

    def change(self, before: Recording, after: Recording) -> bool:
        self._ask()
        known = self.known.get(before.id)
        if known is None or (known.state, known.parts) != (before.state, before.parts):
            return False
        self.known[before.id] = after
        return True

    def remove(self, recording_id: str) -> None:
        self._ask()
        self.known.pop(recording_id, None)

    def _all(self, wanted: object) -> tuple[Recording, ...]:
        self._ask()
        assert callable(wanted)
        found = [one for one in self.known.values() if wanted(one)]
        return tuple(sorted(found, key=lambda one: (one.started_ms, one.id)))

    def _ask(self) -> None:
        if self.busy:
            raise StoreBusy("others kept writing")


class MemoryFiles:
    """`engine` is what an engine has written, by part; `spoilt`: nothing can be made of anything."""

    def __init__(self) -> None:
        self.sent: dict[str, bytes] = {}
        self.engine: dict[str, int] = {}
        self.films: dict[str, str] = {}
        self.finished: set[str] = set()
        self.removed: list[str] = []
        self.whole, self.spoilt = True, False

    def received(self, recording: Recording, part: str) -> int:
        return len(self.sent.get(part, b""))

    def append(self, recording: Recording, part: str, offset: int, data: bytes) -> int:
        size = self.received(recording, part)
        if offset > size:
            raise Refused("recording.gap", wanted=size)
        self.sent[part] = self.sent.get(part, b"") + data[size - offset :]
        return len(self.sent[part])

    def finish(self, recording: Recording, part: str) -> None:
        self.finished.add(part)

    def is_whole(self, recording: Recording) -> bool:
        return self.whole

    def written(self, recording: Recording) -> int:
        mine = [len(data) for part, data in self.sent.items() if part.startswith(recording.id)]
        return sum(mine) + sum(size for part, size in self.engine.items() if part.startswith(recording.id))

    def join(self, recording: Recording) -> Made:
        size = self.written(recording)
        if self.spoilt or not size:
            raise CannotJoin("nothing was written")
        self.films[recording.id] = f"/recordings/{recording.id}"
        return Made(size, 1000 * recording.parts, picture=True, sound=True)

    def film(self, recording: Recording) -> str | None:
        return self.films.get(recording.id)

    def remove(self, recording: Recording) -> None:
        self.removed.append(recording.id)
        self.films.pop(recording.id, None)
        for part in [one for one in (*self.sent, *self.engine) if one.startswith(recording.id)]:
            self.sent.pop(part, None)
            self.engine.pop(part, None)

    def sweep(self, known: frozenset[str], silent_ms: int) -> int:
        return 0
