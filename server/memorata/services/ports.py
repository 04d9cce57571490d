"""What the services need of the world: a clock, a store, people's seats, a way to tell everybody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from memorata.domain.events import Recorded
from memorata.domain.roles import Role

Consent = Literal["count", "first", "full"]
"""What others may see of a participant: a number, the first name and country, or everything."""

Standing = Literal["waiting", "admitted", "refused", "removed", "banned"]
"""Before the door or inside; the last three are outside, and the last does not come back by the same device."""

NameState = Literal["held", "released", "hidden"]
"""What somebody has written about themselves is seen by others once a moderator has released it."""

LinkRole = Literal["participant", "moderator", "host"]
LINK_ROLES: tuple[LinkRole, ...] = ("participant", "moderator", "host")


class StoreBusy(Exception):
    """The store cannot answer or write just now; nothing has been changed, and asking again later is right."""


class Clock(Protocol):
    """Server time, which never runs back: UTC milliseconds."""

    def now(self) -> float: ...

    def now_ms(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log of a ceremony stands; another `epoch` is another history under the same name."""

    ceremony_id: str
    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A tribute of one person, counted outside the log: a candle (`key` empty) or a wreath (`key` is its number)."""

    item_id: str
    key: str
    participant_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command got the first time, and gets at each repetition."""

    participant_id: str
    cmd_id: str
    seq: int
    at_ms: int


class EventLog(Protocol):
    """The truth. Every method may raise StoreBusy."""

    def create(self, ceremony_id: str, epoch: str) -> None:
        """Begin a history, unless there is one."""

    def heads(self) -> tuple[Head, ...]: ...

    def head(self, ceremony_id: str) -> Head | None: ...

    def events(self, ceremony_id: str, after: int, limit: int | None = None) -> tuple[Recorded, ...]:
        """Those with a number beyond `after`, in order."""

    def append(
        self,
        ceremony_id: str,
        expected: int,
        events: Sequence[Recorded],
        answer: Answer | None = None,
        mark: Mark | None = None,
    ) -> bool:
        """All or nothing, in one transaction; False when the head is no longer `expected` or the answer exists."""

    def answer(self, ceremony_id: str, participant_id: str, cmd_id: str) -> Answer | None: ...

    def marks(self, ceremony_id: str) -> tuple[Mark, ...]: ...

    def forget_answers(self, before_ms: int) -> int:
        """Drop what nobody will repeat any more; returns how many."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who came through a link; `generation` is that of the link. `people` sit behind this one screen."""

    id: str
    ceremony_id: str
    role: Role
    generation: int = 0
    name: str = ""
    community: str = ""
    country: str | None = None
    language: str = ""
    consent: Consent = "count"
    people: int = 1
    invitation_id: str | None = None
    standing: Standing = "admitted"
    name_state: NameState = "released"
    recording: bool = False
    """Whether they have agreed to be recorded when they speak."""


class Participants(Protocol):
    """Who has entered, by their devices. Every method may raise StoreBusy."""

    def find(self, participant_id: str) -> Participant | None: ...

    def find_by_device(self, ceremony_id: str, role: Role, device_hash: str) -> Participant | None: ...

    def add(self, participant: Participant, device_hash: str, now_ms: int) -> Participant:
        """The participant of this device: the one given, or another one that was added just before."""

    def save(self, participant: Participant) -> None: ...

    def count(self, ceremony_id: str) -> int: ...

    def generations(self) -> dict[tuple[str, str], int]:
        """How often the link of a ceremony and role has been replaced; what is missing has its first."""

    def next_generation(self, ceremony_id: str, role: Role) -> int:
        """Replace the link of a role; returns the new generation."""


class Publisher(Protocol):
    """Tells those who are connected; never fails and never waits long."""

    def publish(self, ceremony_id: str, events: Sequence[Recorded]) -> None:
        """Committed events, in order, to everybody in the form that each may see."""

    def own_changed(self, ceremony_id: str, participant_id: str) -> None:
        """Something of one person's own has changed: a request, a wish, a candle, the name."""

    def presence(self, ceremony_id: str) -> None:
        """The totals have changed."""

    def sync_changed(self, ceremony_id: str) -> None:
        """How well the audience keeps the step has changed, which is told to staff alone."""

    def roster_changed(self, ceremony_id: str) -> None: ...

    def removed(self, ceremony_id: str, role: Role) -> None:
        """The link of a role has been replaced: those who came by it are told, and their lines are closed."""


class Alarm(Protocol):
    """Wakes; late rather than never, and never twice at once."""

    def each(self, seconds: float, name: str, work: Callable[[], object]) -> None: ...

    def once(self, seconds: float, work: Callable[[], object]) -> Callable[[], None]:
        """After so long, once; returns what calls it off."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SyncQuality:
    """How many of the audience's seats keep the step to 5 ms, to 20 ms, or worse and unknown; staff are not among them.

    `soundless` counts those, of all three, whose sound does not run or is off.
    """

    ms5: int = 0
    ms20: int = 0
    unknown: int = 0
    soundless: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """Who is there, in numbers; `places` counts people by country, `elsewhere` those who named none."""

    people: int = 0
    seats: int = 0
    places: tuple[tuple[str, int], ...] = ()
    elsewhere: int = 0
    communities: int = 0
    sync: SyncQuality = SyncQuality()


@dataclass(frozen=True, slots=True)
class Report:
    """How a page fares; `bound_ms` is how far what it sounds or shows may be off, `None` when it does not know."""

    bound_ms: float | None
    sound: Literal["running", "locked", "muted"]
    picture: bool


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat on the roster; `number` counts the seats as they were taken."""

    participant: Participant
    online: bool
    number: int


class Seats(Protocol):
    """Who is there just now: one seat for each participant, however many tabs are open. Nothing of it is kept."""

    def join(self, participant: Participant, tab: str, now_ms: int) -> bool:
        """A tab is connected; whether the totals changed."""

    def leave(self, participant: Participant, tab: str, now_ms: int, *, at_once: bool) -> bool:
        """A tab is gone; the seat is kept for a while, or freed `at_once` with the last tab. Whether totals changed."""

    def update(self, participant: Participant) -> bool: ...

    def report(self, participant: Participant, report: Report, now_ms: int) -> bool:
        """Whether the audience's step changed by it."""

    def forget_reports(self, now_ms: int) -> tuple[str, ...]:
        """Trust no report of long ago; the ids of the ceremonies whose step changed."""

    def expire(self, now_ms: int) -> tuple[str, ...]:
        """Free the seats whose time of grace is over; the ids of the ceremonies that changed."""

    def totals(self, ceremony_id: str) -> Totals: ...

    def rows(self, ceremony_id: str) -> tuple[SeatRow, ...]: ...

    def ceremonies(self) -> tuple[str, ...]:
        """Where somebody has a seat."""


class SecurityLog(Protocol):
    """What concerns safety, for whoever looks after this server; never fails and never waits long."""

    def note(self, what: str, /, address: str = "", **facts: object) -> None:
        """Write down that something happened: `what` is a short stable word like `join.refused`.

        Args: address: whose, as it came; it is never written. facts: plain values, no token and no person's words.
        """
