"""What recording needs of the store, of the disk, of the programs that put films together, and of pages.

A recording is what one person said in one turn. It may have several parts: each time the picture was lost and came
back a new one begins. Engines and pages know parts alone, by name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from memorata.domain.recording import RecordingState

MEDIA_TYPE = "video/webm"


@dataclass(frozen=True, slots=True)
class Recording:
    """`participant_id` is whose consent it hangs on; `ended_ms` is `None` while it runs.

    `parts` is how many have been begun; `bytes` and `duration_ms` are those of the finished file.
    """

    id: str
    ceremony_id: str
    participant_id: str
    key: str
    name: str
    community: str
    item_id: str
    started_ms: int
    ended_ms: int | None = None
    state: RecordingState = "running"
    parts: int = 1
    bytes: int = 0
    duration_ms: int = 0
    media_type: str = MEDIA_TYPE

    @property
    def part(self) -> str:
        """The name of the part that is written now: letters, digits, and one hyphen before its number."""
        return part_name(self.id, self.parts)


def part_name(recording_id: str, number: int) -> str:
    return f"{recording_id}-{number}"


def recording_of(part: str) -> str:
    """The id of the recording that a part belongs to."""
    return part.rpartition("-")[0]


def resumed(recording: Recording) -> Recording:
    """One that is about to be taken up again after a pause."""
    return replace(recording, state="running", ended_ms=None, parts=recording.parts + 1)


class Recordings(Protocol):
    """The rows. Every method may raise StoreBusy."""

    def add(self, recording: Recording) -> None: ...

    def find(self, recording_id: str) -> Recording | None: ...

    def of_ceremony(self, ceremony_id: str) -> tuple[Recording, ...]:
        """In the order in which they began."""

    def of_participant(self, participant_id: str) -> tuple[Recording, ...]: ...

    def in_state(self, *states: RecordingState) -> tuple[Recording, ...]: ...

    def ids(self) -> frozenset[str]: ...

    def change(self, before: Recording, after: Recording) -> bool:
        """Write what has changed, if its state is what it was; False when it is not, or it is gone."""

    def remove(self, recording_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Made:
    """A finished film."""

    bytes: int
    duration_ms: int
    picture: bool
    sound: bool


class CannotJoin(Exception):
    """Nothing that can be played could be made of what was written; says why."""


class RecordingFiles(Protocol):
    """What lies on the disk of a recording: what pages and engines have written, and the finished film."""

    def received(self, recording: Recording, part: str) -> int:
        """How many bytes of a part pages have sent."""

    def append(self, recording: Recording, part: str, offset: int, data: bytes) -> int:
        """Write at the end; what is there already is not written again. Returns the size afterwards.

        Raises: Refused: `recording.gap`, with the size as `wanted`.
        """

    def finish(self, recording: Recording, part: str) -> None:
        """A page has sent all of this part."""

    def is_whole(self, recording: Recording) -> bool:
        """Whether nobody writes to it any more, as far as can be seen: pages have finished, engines have closed."""

    def written(self, recording: Recording) -> int:
        """Bytes written so far, by pages and engines; grows while a recording runs."""

    def join(self, recording: Recording) -> Made:
        """Make one film of all parts, and remove these once it has been looked at. Takes as long as it takes.

        Raises: CannotJoin; OSError: not now.
        """

    def film(self, recording: Recording) -> str | None:
        """The path of the finished film; `None` when there is none."""

    def remove(self, recording: Recording) -> None:
        """All of it, whoever is writing; what is not there is no fault."""

    def sweep(self, known: frozenset[str], silent_ms: int) -> int:
        """Remove what belongs to no known recording and was not written to for so long; returns how many."""


class Recorder(Protocol):
    """What the stage asks for. Refusals are not raised here: the ceremony goes on without a recording."""

    def begin(
        self, ceremony_id: str, participant_id: str, key: str, name: str, community: str, item_id: str
    ) -> str | None:
        """Begin to record somebody, or go on after a pause; returns the bare name for the engine's files.

        Each call gives another name: a name is good for one feed. `None`: it cannot be recorded now.
        """

    def end(self, name: str) -> None:
        """Nothing more is written under this name; one that is not known is no fault."""

    def another(self, name: str) -> str | None:
        """A further part of the same recording, where another page goes on; `None`: it is over.

        The end of `name` is from now on the end of this one.
        """

    def withdraw(self, participant_id: str) -> None:
        """Their consent is taken back: everything recorded of them is deleted at once. End the engine's first."""


class RecordingPages(Protocol):
    """How a host's page is told to record what it receives. It does not wait, and a page that is gone is no fault."""

    def record(self, sid: str, part: str, key: str, feed_id: str, *, on: bool) -> None: ...


Part = Literal["sound", "picture"]


class Runner(Protocol):
    """Runs a program of the system to its end, while everybody else goes on."""

    def __call__(self, command: Sequence[str], seconds: float) -> tuple[int, str, str]:
        """Its status, and what it said on both outputs. Raises: OSError, TimeoutError."""
