"""Stand-ins for the world that tests can see into and move by hand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from memorata.domain.events import Recorded
from memorata.domain.roles import Role
from memorata.services.ports import Answer, Head, Mark, Participant, StoreBusy
from tests.builders import START_MS


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, at_ms: int = START_MS) -> None:
        self.at_ms = at_ms

    def now(self) -> float:
        return float(self.at_ms)

    def now_ms(self) -> int:
        return self.at_ms

    def forward(self, ms: int) -> None:
        self.at_ms += ms


class FakeAlarm:
    """Rings when the test says that time has passed; `clock` moves with it."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._number = 0
        self.repeated: dict[str, Callable[[], object]] = {}

    def each(self, seconds: float, name: str, work: Callable[[], object]) -> None:
        self.repeated[name] = work

    def once(self, seconds: float, work: Callable[[], object]) -> Callable[[], None]:
        self._number += 1
        entry = (self.clock.at_ms + seconds * 1000, self._number, work)
        self._waiting.append(entry)
        return lambda: self._waiting.remove(entry) if entry in self._waiting else None

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def pass_time(self, ms: int) -> None:
        """Let so much time pass, ringing what falls into it, in order."""
        end_ms = self.clock.at_ms + ms
        while due := sorted(entry for entry in self._waiting if entry[0] <= end_ms):
            entry = due[0]
            self._waiting.remove(entry)
            self.clock.at_ms = max(self.clock.at_ms, int(entry[0]))
            entry[2]()
        self.clock.at_ms = end_ms


class MemoryLog:
    """The log of all ceremonies, as one database; several services may share it. `busy` makes it refuse to write."""

    def __init__(self) -> None:
        self.seqs: dict[str, tuple[str, int]] = {}
        self.written: dict[str, list[Recorded]] = {}
        self.answers: dict[tuple[str, str, str], Answer] = {}
        self.tributes: dict[str, list[Mark]] = {}
        self.busy = False
        self.before_append: Callable[[], None] = lambda: None

    def create(self, ceremony_id: str, epoch: str) -> None:
        self.seqs.setdefault(ceremony_id, (epoch, 0))

    def heads(self) -> tuple[Head, ...]:
        return tuple(Head(ceremony_id, *head) for ceremony_id, head in sorted(self.seqs.items()))

    def head(self, ceremony_id: str) -> Head | None:
        return Head(ceremony_id, *self.seqs[ceremony_id]) if ceremony_id in self.seqs else None

    def events(self, ceremony_id: str, after: int, limit: int | None = None) -> tuple[Recorded, ...]:
        return tuple(one for one in self.written.get(ceremony_id, ()) if one.seq > after)[:limit]

    def append(
        self,
        ceremony_id: str,
        expected: int,
        events: Sequence[Recorded],
        answer: Answer | None = None,
        mark: Mark | None = None,
    ) -> bool:
        meanwhile, self.before_append = self.before_append, lambda: None
        meanwhile()
        if self.busy:
            raise StoreBusy("the test says so")
        epoch, seq = self.seqs[ceremony_id]
        if seq != expected:
            return False
        if answer is not None:
            key = (ceremony_id, answer.participant_id, answer.cmd_id)
            if key in self.answers:
                return False
            self.answers[key] = answer
        self.written.setdefault(ceremony_id, []).extend(events)
        self.seqs[ceremony_id] = (epoch, seq + len(events))
        if mark is not None and mark not in self.tributes.setdefault(ceremony_id, []):
            self.tributes[ceremony_id].append(mark)
        return True

    def answer(self, ceremony_id: str, participant_id: str, cmd_id: str) -> Answer | None:
        return self.answers.get((ceremony_id, participant_id, cmd_id))

    def marks(self, ceremony_id: str) -> tuple[Mark, ...]:
        return tuple(self.tributes.get(ceremony_id, ()))

    def forget_answers(self, before_ms: int) -> int:
        old = [key for key, answer in self.answers.items() if answer.at_ms < before_ms]
        for key in old:
            del self.answers[key]
        return len(old)


class MemoryParticipants:
    def __init__(self) -> None:
        self.known: dict[str, tuple[Participant, str]] = {}
        self.replaced: dict[tuple[str, str], int] = {}

    def find(self, participant_id: str) -> Participant | None:
        return self.known[participant_id][0] if participant_id in self.known else None

    def find_by_device(self, ceremony_id: str, role: Role, device_hash: str) -> Participant | None:
        return next(
            (
                who
                for who, device in self.known.values()
                if (who.ceremony_id, who.role, device) == (ceremony_id, role, device_hash)
            ),
            None,
        )

    def add(self, participant: Participant, device_hash: str, now_ms: int) -> Participant:
        self.known[participant.id] = (participant, device_hash)
        return participant

    def save(self, participant: Participant) -> None:
        self.known[participant.id] = (participant, self.known[participant.id][1])

    def count(self, ceremony_id: str) -> int:
        return sum(who.ceremony_id == ceremony_id for who, _ in self.known.values())

    def generations(self) -> dict[tuple[str, str], int]:
        return dict(self.replaced)

    def next_generation(self, ceremony_id: str, role: Role) -> int:
        self.replaced[ceremony_id, role] = self.replaced.get((ceremony_id, role), 0) + 1
        return self.replaced[ceremony_id, role]


@dataclass
class RecordingPublisher:
    """Remembers what was told, in order."""

    events: list[Recorded] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    presences: list[str] = field(default_factory=list)
    rosters: list[str] = field(default_factory=list)
    syncs: list[str] = field(default_factory=list)
    removals: list[tuple[str, str]] = field(default_factory=list)

    def publish(self, ceremony_id: str, events: Sequence[Recorded]) -> None:
        self.events.extend(events)

    def own_changed(self, ceremony_id: str, participant_id: str) -> None:
        self.own.append(participant_id)

    def presence(self, ceremony_id: str) -> None:
        self.presences.append(ceremony_id)

    def sync_changed(self, ceremony_id: str) -> None:
        self.syncs.append(ceremony_id)

    def roster_changed(self, ceremony_id: str) -> None:
        self.rosters.append(ceremony_id)

    def removed(self, ceremony_id: str, role: Role) -> None:
        self.removals.append((ceremony_id, role))


@dataclass
class FakeSecurityLog:
    """Remembers what was noted, in order, without the addresses."""

    noted: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def note(self, what: str, /, address: str = "", **facts: object) -> None:
        self.noted.append((what, facts))
