"""What the services need of the world: a clock, a store, people's seats, a way to tell everybody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from memorata.domain.accounts import AccountRole
from memorata.domain.events import Event, Recorded
from memorata.domain.moderating import NameState, Standing
from memorata.domain.roles import Role

Consent = Literal["count", "first", "full"]
"""What others may see of a participant: a number, the first name and country, or everything."""

LinkRole = Literal["participant", "moderator", "host"]
LINK_ROLES: tuple[LinkRole, ...] = ("participant", "moderator", "host")


class StoreBusy(Exception):
    """The store cannot answer or write just now; nothing has been changed, and asking again later is right."""


class AlreadyErased(Exception):
    """Another process has claimed this erasure, or this one has before; nothing has been changed."""


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


Erased = Literal["names", "mails"]
"""What the scheduler erases of a ceremony when its time is over."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Due work, to be done by one process once; again only when the last time was not after `unless_since_ms`."""

    what: Erased
    now_ms: int
    unless_since_ms: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is erased with the event that says so, in one transaction.

    `change` makes of each earlier event what may stay of it; up to number `after` that has been done already.
    `participant_ids` and `invitation_ids` name whose rows are emptied; `None`: those of the whole ceremony.
    """

    change: Callable[[Event], Event]
    after: int = 0
    participant_ids: tuple[str, ...] | None = ()
    invitation_ids: tuple[str, ...] = ()
    claim: Claim | None = None


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
        answers: Sequence[Answer] = (),
        marks: Sequence[Mark] = (),
        erasure: Erasure | None = None,
    ) -> bool:
        """All or nothing, in one transaction; False when the head is no longer `expected` or an answer exists.

        Raises: AlreadyErased: the erasure has been claimed.
        """

    def rewrite(self, ceremony_id: str, after: int, change: Callable[[Event], Event]) -> int | None:
        """Change a portion of the events beyond `after`; the number of the last one looked at, `None` at the end."""

    def answer(self, ceremony_id: str, participant_id: str, cmd_id: str) -> Answer | None: ...

    def marks(self, ceremony_id: str) -> tuple[Mark, ...]: ...

    def forget_answers(self, before_ms: int) -> int:
        """Drop what nobody will repeat any more; returns how many."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was last decided about somebody, by whom, and how to undo it.

    `standing` and `name_state` are those before; `wishes` and `entries` are what left the screens, by id.
    """

    by: str
    kind: str
    at_ms: int
    standing: Standing
    name_state: NameState
    wishes: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()


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
    session: bytes | None = None
    """The hash of the session of somebody who signed in and came without a link; they are in as long as it lasts."""
    judged: Judgement | None = None
    hall: str = ""
    """The id of the hall of the programme that joins by this screen; empty for people. It tells of nobody."""


Queue = Literal["all", "door", "names", "out"]
"""People whom moderators look at: at the door, inside with a name that is held, both of these, or put out."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """A participant as they have been since `at_ms`."""

    at_ms: int
    participant: Participant


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people wait at the door, and how many names inside are held."""

    door: int
    names: int


@dataclass(frozen=True, slots=True)
class Device:
    """By what somebody is known again who comes to a ceremony in a role: the hash of their device, or of their seat."""

    ceremony_id: str
    role: Role
    hash: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who comes for the first time by this device, at `at_ms`."""

    participant: Participant
    device_hash: str
    at_ms: int


class Participants(Protocol):
    """Who has entered, by their devices. Every method may raise StoreBusy."""

    def find(self, participant_id: str) -> Participant | None: ...

    def find_all(self, participant_ids: Sequence[str]) -> dict[str, Participant]:
        """Those of them that there are."""

    def find_by_devices(self, devices: Sequence[Device]) -> dict[Device, Participant]:
        """Those of them that have come before."""

    def find_by_device(self, ceremony_id: str, role: Role, device_hash: str) -> Participant | None: ...

    def of_invitation(self, invitation_id: str) -> Participant | None: ...

    def add(self, participant: Participant, device_hash: str, now_ms: int) -> Participant:
        """The participant of this device: the one given, or another one that was added just before."""

    def add_all(self, newcomers: Sequence[Newcomer]) -> tuple[Participant, ...]:
        """The same for many, all or none of them, in their order."""

    def change(self, before: Participant, after: Participant, now_ms: int) -> bool:
        """Write what has changed, if nobody has changed words or standing meanwhile; False when somebody has."""

    def changed_since(self, at_ms: int) -> tuple[Stamped, ...]:
        """Who has entered or been changed since then, in order."""

    def queue(self, ceremony_id: str, queue: Queue, after: tuple[int, str] | None, most: int) -> tuple[Stamped, ...]:
        """Those whom moderators look at, the longest unchanged first; `after` is where the last page ended.

        A name is waited for only where its owner wants it to be seen.
        """

    def waiting(self, ceremony_id: str) -> Counts: ...

    def outside(self, ceremony_id: str) -> frozenset[str]:
        """The ids of those who have been put out."""

    def count(self, ceremony_id: str) -> int: ...

    def generations(self) -> dict[tuple[str, str], int]:
        """How often the link of a ceremony and role has been replaced; what is missing has its first."""

    def next_generation(self, ceremony_id: str, role: Role) -> int:
        """Replace the link of a role; returns the new generation."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A personal link and whom it is for. The link and its spoken code are derived from `id` and `turn`, not stored.

    `hall` is the id of the hall of the programme that joins by it; empty for people.
    """

    id: str
    ceremony_id: str
    role: Role
    name: str = ""
    community: str = ""
    country: str | None = None
    language: str = ""
    mail: str = ""
    turn: int = 0
    created_ms: int = 0
    revoked_ms: int | None = None
    hall: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An invitation as it is stored: with the hashes by which its link and its code are known again."""

    invitation: Invitation
    token_hash: bytes
    code_hash: bytes | None


class Invitations(Protocol):
    """Personal links. Every method may raise StoreBusy."""

    def find(self, invitation_id: str) -> Invitation | None: ...

    def by_token(self, token_hash: bytes) -> Invitation | None: ...

    def by_code(self, ceremony_id: str, code_hash: bytes) -> Invitation | None: ...

    def of_ceremony(self, ceremony_id: str) -> tuple[Invitation, ...]:
        """All of them, the revoked too, in the order in which they were made."""

    def codes(self, ceremony_id: str) -> frozenset[bytes]:
        """The hashes of the codes that are taken."""

    def add(self, sealed: Sequence[Sealed]) -> None:
        """All or none. Raises: StoreBusy: another process took one of the codes a moment ago."""

    def revoke(self, invitation_id: str, at_ms: int) -> bool:
        """Whether it was good until now; whoever came by it is removed with it."""

    def set_role(self, invitation_id: str, role: Role, at_ms: int) -> None:
        """Of the invitation and of whoever came by it."""

    def unused(self, ceremony_ids: Sequence[str]) -> int:
        """How many that are good nobody has entered by yet."""

    def claims(self, link_hash: bytes) -> frozenset[str]:
        """The hashes of the browsers in which a link has been exchanged."""

    def claim(self, link_hash: bytes, device_hash: str, at_ms: int, *, first: bool) -> bool:
        """Note a browser; of several that come `first`, only one is."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that the store keeps of people: rows by the names of their columns, without hashes and secrets.

    `contacts` and `guests` are what organizers keep of whom they invite each year; `recordings` tell of films, which
    lie on the disk.
    """

    participants: tuple[dict[str, object], ...] = ()
    invitations: tuple[dict[str, object], ...] = ()
    marks: tuple[dict[str, object], ...] = ()
    commands: tuple[dict[str, object], ...] = ()
    recordings: tuple[dict[str, object], ...] = ()
    contacts: tuple[dict[str, object], ...] = ()
    guests: tuple[dict[str, object], ...] = ()


class People(Protocol):
    """What is kept of the people of a ceremony beside its events. Every method may raise StoreBusy."""

    def known_as(self, ceremony_id: str, name: str) -> tuple[str, ...]:
        """The ids of participants who wrote this name, whatever its capitals."""

    def invited_as(self, ceremony_id: str, name: str) -> tuple[str, ...]:
        """The ids of invitations for this name."""

    def same_person(self, participant_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The participants that came by the same personal invitation, this one first, and that invitation."""

    def kept(self, participant_ids: Sequence[str], invitation_ids: Sequence[str]) -> Kept: ...

    def any_left(self, ceremony_id: str, what: Erased) -> bool:
        """Whether any name or community, or any mail, of the ceremony's people is kept."""

    def erased(self) -> dict[tuple[str, str], int]:
        """When what was erased of which ceremony last, server ms."""

    def erase_mails(self, ceremony_id: str, claim: Claim) -> None:
        """Raises: AlreadyErased"""

    def uninvite(self, invitation_ids: Sequence[str]) -> None:
        """Take name, community and mail off personal links, of whichever ceremonies."""

    def purge(self) -> bool:
        """Have what was erased overwritten in the files too, as far as the store can; False: later, somebody reads."""


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

    def put_out(self, participant_id: str) -> None:
        """What somebody may do has changed: their lines are closed, and told why where they may not come back."""

    def erased(self, ceremony_id: str, participant_id: str | None) -> None:
        """Somebody is kept no longer: their lines are closed. `None`: nobody's name is, and each is told their own."""

    def removed(self, ceremony_id: str, role: Role) -> None:
        """The link of a role has been replaced: those who came by it are told, and their lines are closed."""

    def ended(self, ceremony_id: str) -> None:
        """There is no such ceremony any more: the lines of all who are in it are closed."""

    def name_taken(self, ceremony_id: str, key: str) -> None:
        """A name is to leave every screen that shows it, at once; `key` is that of its row on the roster."""

    def waiting_changed(self, ceremony_id: str, changed: object) -> None:
        """To staff: what waits for moderators has changed."""

    def looking(self, ceremony_id: str, who: object) -> None:
        """To staff: which entry somebody is reading."""


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

    `soundless` counts those, of all three, whose sound does not run or is off, and `away` those whose line has been
    lost for less than half a minute; nobody is both.
    """

    ms5: int = 0
    ms20: int = 0
    unknown: int = 0
    soundless: int = 0
    away: int = 0


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
    """How a page fares; `bound_ms` is how far what it sounds or shows may be off, `None` when it does not know.

    `lag_ms` is the longest that a message was on its way to it since the last report, `None` when it cannot say.
    """

    bound_ms: float | None
    sound: Literal["running", "locked", "muted"]
    picture: bool
    lag_ms: float | None = None


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

    def forget(self, ceremony_id: str, participant_id: str | None) -> bool:
        """Free the seat of somebody who is kept no longer; `None`: take the names off all seats. Whether any was."""

    def drop(self, participant: Participant) -> bool:
        """Free the seat with all its tabs; whether there was one."""

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

    def has(self, ceremony_id: str, participant_id: str) -> bool:
        """Whether somebody has a seat, be it that their line is lost for a while."""

    def count(self) -> int:
        """How many seats are taken, those that are kept for lost lines among them."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in; without a password, by a link in a mail. `disabled_ms` is when that ended."""

    id: str
    mail: str
    name: str
    role: AccountRole
    created_ms: int
    password_hash: str | None = field(default=None, repr=False)
    disabled_ms: int | None = None


class Accounts(Protocol):
    """Who may sign in, and who has. Sessions, links and codes are known by their hashes alone.

    Every method may raise StoreBusy.
    """

    def empty(self) -> bool:
        """Whether there is no account at all."""

    def all(self) -> tuple[Account, ...]:
        """In the order in which they were made."""

    def find(self, account_id: str) -> Account | None: ...

    def find_by_mail(self, mail: str) -> Account | None: ...

    def add(self, account: Account) -> bool:
        """False when the mail address is somebody's already."""

    def add_first(self, account: Account, code_hash: bytes, now_ms: int) -> bool:
        """Use up all set-up codes; False when there is an account, or no such code that is still good."""

    def set_password(self, account_id: str, password_hash: str) -> None: ...

    def disable(self, account_id: str, now_ms: int) -> bool:
        """End the account and its sessions; False when it is the last admin who can sign in, or there is no such."""

    def enable(self, account_id: str) -> None: ...

    def open_session(self, session_hash: bytes, account_id: str, now_ms: int, expires_ms: int) -> bool:
        """False when the account has been disabled meanwhile."""

    def session(self, session_hash: bytes, now_ms: int) -> Account | None:
        """Whose session this is; `None` when it has ended, or its account has."""

    def prolong(self, session_hash: bytes, expires_ms: int) -> None:
        """Let a session last until then; one that has ended stays so."""

    def end_session(self, session_hash: bytes) -> None: ...

    def end_sessions(self, account_id: str, but: bytes | None = None) -> None:
        """All of an account's sessions, except perhaps one."""

    def add_link(self, link_hash: bytes, account_id: str | None, expires_ms: int) -> None:
        """A link to sign in; for no account, a code of the first set-up."""

    def link(self, link_hash: bytes, now_ms: int) -> Account | None:
        """Whose link this is, if it is still good."""

    def use_link(self, link_hash: bytes, now_ms: int) -> Account | None:
        """The same, and it is good no more; of two who use it at once one gets nothing."""

    def is_code(self, code_hash: bytes, now_ms: int) -> bool:
        """Whether this is a set-up code that is still good."""

    def end_link(self, link_hash: bytes) -> None: ...

    def forget(self, now_ms: int) -> None:
        """Drop the sessions and links that are over."""


class Passwords(Protocol):
    """Hashes that take their time, beside everything else; may raise Refused(`enter.busy`)."""

    def hash(self, password: str) -> str: ...

    def check(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is right; without a hash it never is, which is found out just as slowly."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with a mail; `parameters` stand behind its media type, as in text/calendar; method=PUBLISH."""

    name: str
    media_type: str
    content: bytes
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail: `html` says the same as `text` once more; `headers` are further ones, or in the place of usual ones."""

    to: str
    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


MailFaultKind = Literal["server", "later", "refused", "uncertain"]
"""No mail can be sent just now; not this one just now; this one never; this one has perhaps been sent."""


class MailFault(Exception):
    """A mail could not be sent; the text is one sentence for an organizer, without any address of a person."""

    def __init__(self, said: str, kind: MailFaultKind = "server") -> None:
        super().__init__(said)
        self.kind = kind


class Mailer(Protocol):
    """Sends mails; `configured` is False where they are only printed."""

    @property
    def configured(self) -> bool: ...

    def send(self, letter: Letter) -> None:
        """May take seconds. Raises: MailFault."""


class SecurityLog(Protocol):
    """What concerns safety, for whoever looks after this server; never fails and never waits long."""

    def note(self, what: str, /, address: str = "", **facts: object) -> None:
        """Write down that something happened: `what` is a short stable word like `join.refused`.

        Args: address: whose, as it came; it is never written. facts: plain values, no token and no person's words.
        """
