"""Stand-ins for the world that tests can see into and move by hand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from memorata.domain.events import Event, Recorded
from memorata.domain.moderating import OUTSIDE
from memorata.domain.roles import Role, is_staff
from memorata.domain.words import same_name
from memorata.services.ports import (
    Account,
    AlreadyErased,
    Answer,
    Claim,
    Counts,
    Device,
    Erased,
    Erasure,
    Head,
    Invitation,
    Kept,
    Letter,
    MailFault,
    Mark,
    Newcomer,
    Participant,
    Queue,
    Sealed,
    Stamped,
    StoreBusy,
)
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
        self.asked_for_marks: list[str] = []
        self.busy = False
        self.before_append: Callable[[], None] = lambda: None
        self.people: MemoryPeople | None = None

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
        answers: Sequence[Answer] = (),
        marks: Sequence[Mark] = (),
        erasure: Erasure | None = None,
    ) -> bool:
        meanwhile, self.before_append = self.before_append, lambda: None
        meanwhile()
        if self.busy:
            raise StoreBusy("the test says so")
        epoch, seq = self.seqs[ceremony_id]
        if seq != expected:
            return False
        if erasure is not None:
            if erasure.claim is not None and self.people is not None:
                self.people.claim(ceremony_id, erasure.claim)
            self.rewrite(ceremony_id, erasure.after, erasure.change)
            if self.people is not None:
                self.people.empty(ceremony_id, erasure)
        given = {(ceremony_id, answer.participant_id, answer.cmd_id): answer for answer in answers}
        if len(given) < len(answers) or given.keys() & self.answers:
            return False
        self.answers |= given
        self.written.setdefault(ceremony_id, []).extend(events)
        self.seqs[ceremony_id] = (epoch, seq + len(events))
        known = self.tributes.setdefault(ceremony_id, [])
        known += [mark for mark in dict.fromkeys(marks) if mark not in known]
        return True

    def rewrite(self, ceremony_id: str, after: int, change: Callable[[Event], Event]) -> int | None:
        past = self.written.get(ceremony_id, [])
        if after >= len(past):
            return None
        past[after:] = [replace(one, event=change(one.event)) for one in past[after:]]
        return len(past)

    def answer(self, ceremony_id: str, participant_id: str, cmd_id: str) -> Answer | None:
        return self.answers.get((ceremony_id, participant_id, cmd_id))

    def marks(self, ceremony_id: str) -> tuple[Mark, ...]:
        self.asked_for_marks.append(ceremony_id)
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
        self.changed_ms: dict[str, int] = {}
        self.before_change: Callable[[], None] = lambda: None

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
        there = self.find_by_device(participant.ceremony_id, participant.role, device_hash)
        if there is not None:
            return there
        self.known[participant.id] = (participant, device_hash)
        self.changed_ms[participant.id] = now_ms
        return participant

    def find_all(self, participant_ids: Sequence[str]) -> dict[str, Participant]:
        return {one: self.known[one][0] for one in participant_ids if one in self.known}

    def find_by_devices(self, devices: Sequence[Device]) -> dict[Device, Participant]:
        found = {device: self.find_by_device(device.ceremony_id, device.role, device.hash) for device in devices}
        return {device: who for device, who in found.items() if who is not None}

    def add_all(self, newcomers: Sequence[Newcomer]) -> tuple[Participant, ...]:
        return tuple(self.add(one.participant, one.device_hash, one.at_ms) for one in newcomers)

    def of_invitation(self, invitation_id: str) -> Participant | None:
        return next((who for who, _ in self.known.values() if who.invitation_id == invitation_id), None)

    def change(self, before: Participant, after: Participant, now_ms: int) -> bool:
        meanwhile, self.before_change = self.before_change, lambda: None
        meanwhile()
        stored, device = self.known[before.id]
        if (stored.standing, stored.name_state, stored.name, stored.community) != (
            before.standing, before.name_state, before.name, before.community
        ):  # fmt: skip
            return False
        self.known[before.id] = (after, device)
        self.changed_ms[before.id] = now_ms
        return True

    def changed_since(self, at_ms: int) -> tuple[Stamped, ...]:
        return tuple(stamped for stamped in self._stamped() if stamped.at_ms > at_ms)

    def queue(self, ceremony_id: str, queue: Queue, after: tuple[int, str] | None, most: int) -> tuple[Stamped, ...]:
        wanted = {"all": ("door", "names"), "door": ("door",), "names": ("names",), "out": ("out",)}[queue]
        found = [
            stamped for stamped in self._stamped()
            if stamped.participant.ceremony_id == ceremony_id and _queue_of(stamped.participant) in wanted
            and (after is None or (stamped.at_ms, stamped.participant.id) > after)
        ]  # fmt: skip
        return tuple(found[:most])

    def waiting(self, ceremony_id: str) -> Counts:
        queues = [_queue_of(who) for who, _ in self.known.values() if who.ceremony_id == ceremony_id]
        return Counts(queues.count("door"), queues.count("names"))

    def outside(self, ceremony_id: str) -> frozenset[str]:
        return frozenset(
            who.id for who, _ in self.known.values() if who.ceremony_id == ceremony_id and who.standing in OUTSIDE
        )

    def _stamped(self) -> list[Stamped]:
        stamped = [Stamped(self.changed_ms.get(who.id, 0), who) for who, _ in self.known.values()]
        return sorted(stamped, key=lambda one: (one.at_ms, one.participant.id))

    def count(self, ceremony_id: str) -> int:
        return sum(who.ceremony_id == ceremony_id for who, _ in self.known.values())

    def generations(self) -> dict[tuple[str, str], int]:
        return dict(self.replaced)

    def next_generation(self, ceremony_id: str, role: Role) -> int:
        self.replaced[ceremony_id, role] = self.replaced.get((ceremony_id, role), 0) + 1
        return self.replaced[ceremony_id, role]


def _queue_of(who: Participant) -> str:
    if is_staff(who.role):
        return ""
    if who.standing == "waiting":
        return "door"
    if who.standing in OUTSIDE:
        return "out"
    return "names" if who.name_state == "held" and who.consent != "count" and who.name else ""


class MemoryInvitations:
    """Personal links; `participants` are removed with theirs, as in the store."""

    def __init__(self, participants: MemoryParticipants | None = None) -> None:
        self.participants = participants or MemoryParticipants()
        self.made: dict[str, Sealed] = {}
        self.claimed: dict[bytes, set[str]] = {}

    def find(self, invitation_id: str) -> Invitation | None:
        return self.made[invitation_id].invitation if invitation_id in self.made else None

    def by_token(self, token_hash: bytes) -> Invitation | None:
        return next((one.invitation for one in self.made.values() if one.token_hash == token_hash), None)

    def by_code(self, ceremony_id: str, code_hash: bytes) -> Invitation | None:
        return next(
            (
                one.invitation
                for one in self.made.values()
                if (one.invitation.ceremony_id, one.code_hash) == (ceremony_id, code_hash)
            ),
            None,
        )

    def of_ceremony(self, ceremony_id: str) -> tuple[Invitation, ...]:
        return tuple(one.invitation for one in self.made.values() if one.invitation.ceremony_id == ceremony_id)

    def codes(self, ceremony_id: str) -> frozenset[bytes]:
        return frozenset(
            one.code_hash for one in self.made.values() if one.invitation.ceremony_id == ceremony_id and one.code_hash
        )

    def add(self, sealed: Sequence[Sealed]) -> None:
        self.made |= {one.invitation.id: one for one in sealed}

    def revoke(self, invitation_id: str, at_ms: int) -> bool:
        one = self.made[invitation_id]
        good = one.invitation.revoked_ms is None
        self.made[invitation_id] = replace(one, invitation=replace(one.invitation, revoked_ms=at_ms))
        came = self.participants.of_invitation(invitation_id)
        if came is not None and came.standing != "banned":
            self.participants.change(came, replace(came, standing="removed"), at_ms)
        return good

    def set_role(self, invitation_id: str, role: Role, at_ms: int) -> None:
        one = self.made[invitation_id]
        self.made[invitation_id] = replace(one, invitation=replace(one.invitation, role=role))
        came = self.participants.of_invitation(invitation_id)
        if came is not None:
            self.participants.change(came, replace(came, role=role), at_ms)

    def unused(self, ceremony_ids: Sequence[str]) -> int:
        good = [one.invitation for one in self.made.values() if one.invitation.revoked_ms is None]
        return sum(one.ceremony_id in ceremony_ids and self.participants.of_invitation(one.id) is None for one in good)

    def claims(self, link_hash: bytes) -> frozenset[str]:
        return frozenset(self.claimed.get(link_hash, ()))

    def claim(self, link_hash: bytes, device_hash: str, at_ms: int, *, first: bool) -> bool:
        claimed = self.claimed.setdefault(link_hash, set())
        if first and claimed:
            return device_hash in claimed
        claimed.add(device_hash)
        return True


class MemoryPeople:
    """What is kept of people beside the log; `mails` are those of invitations, by ceremony."""

    def __init__(self, participants: MemoryParticipants) -> None:
        self.participants = participants
        self.claims: dict[tuple[str, str], int] = {}
        self.mails: dict[str, list[str]] = {}
        self.uninvited: list[str] = []
        self.purged = 0
        self.read_elsewhere = False

    def known_as(self, ceremony_id: str, name: str) -> tuple[str, ...]:
        return tuple(who.id for who in self._of(ceremony_id) if who.name and same_name(who.name, name))

    def invited_as(self, ceremony_id: str, name: str) -> tuple[str, ...]:
        return ()

    def same_person(self, participant_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        who = self.participants.find(participant_id)
        if who is None or who.invitation_id is None:
            return (participant_id,), ()
        others = [one.id for one in self._of(who.ceremony_id) if one.invitation_id == who.invitation_id]
        return (participant_id, *sorted({*others} - {participant_id})), (who.invitation_id,)

    def kept(self, participant_ids: Sequence[str], invitation_ids: Sequence[str]) -> Kept:
        return Kept(tuple({"id": who} for who in participant_ids), tuple({"id": each} for each in invitation_ids))

    def any_left(self, ceremony_id: str, what: Erased) -> bool:
        if what == "mails":
            return bool(self.mails.get(ceremony_id))
        return any(who.name or who.community for who in self._of(ceremony_id))

    def erased(self) -> dict[tuple[str, str], int]:
        return dict(self.claims)

    def erase_mails(self, ceremony_id: str, claim: Claim) -> None:
        self.claim(ceremony_id, claim)
        self.mails.pop(ceremony_id, None)

    def uninvite(self, invitation_ids: Sequence[str]) -> None:
        self.uninvited.extend(invitation_ids)

    def purge(self) -> bool:
        self.purged += not self.read_elsewhere
        return not self.read_elsewhere

    def claim(self, ceremony_id: str, claim: Claim) -> None:
        before_ms = self.claims.get((ceremony_id, claim.what))
        if before_ms is not None and before_ms > claim.unless_since_ms:
            raise AlreadyErased
        self.claims[ceremony_id, claim.what] = claim.now_ms

    def empty(self, ceremony_id: str, erasure: Erasure) -> None:
        for who in self._of(ceremony_id):
            if erasure.participant_ids is None:
                self.participants.change(who, replace(who, name="", community="", language="", consent="count"), 0)
            elif who.id in erasure.participant_ids:
                del self.participants.known[who.id]

    def _of(self, ceremony_id: str) -> list[Participant]:
        return [who for who, _ in self.participants.known.values() if who.ceremony_id == ceremony_id]


@dataclass
class RecordingPublisher:
    """Remembers what was told, in order."""

    events: list[Recorded] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    presences: list[str] = field(default_factory=list)
    rosters: list[str] = field(default_factory=list)
    syncs: list[str] = field(default_factory=list)
    removals: list[tuple[str, str]] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    erasures: list[str | None] = field(default_factory=list)
    names_taken: list[str] = field(default_factory=list)
    endings: list[str] = field(default_factory=list)
    hints: list[Any] = field(default_factory=list)
    looks: list[Any] = field(default_factory=list)

    def publish(self, ceremony_id: str, events: Sequence[Recorded]) -> None:
        self.events.extend(events)

    def own_changed(self, ceremony_id: str, participant_id: str) -> None:
        self.own.append(participant_id)

    def presence(self, ceremony_id: str) -> None:
        self.presences.append(ceremony_id)

    def sync_changed(self, ceremony_id: str) -> None:
        self.syncs.append(ceremony_id)

    def put_out(self, participant_id: str) -> None:
        self.outside.append(participant_id)

    def roster_changed(self, ceremony_id: str) -> None:
        self.rosters.append(ceremony_id)

    def erased(self, ceremony_id: str, participant_id: str | None) -> None:
        self.erasures.append(participant_id)

    def removed(self, ceremony_id: str, role: Role) -> None:
        self.removals.append((ceremony_id, role))

    def ended(self, ceremony_id: str) -> None:
        self.endings.append(ceremony_id)

    def name_taken(self, ceremony_id: str, key: str) -> None:
        self.names_taken.append(key)

    def waiting_changed(self, ceremony_id: str, changed: object) -> None:
        self.hints.append(changed)

    def looking(self, ceremony_id: str, who: object) -> None:
        self.looks.append(who)


class MemoryAccounts:
    """Accounts, sessions and links; several desks may share them, as servers share a store."""

    def __init__(self) -> None:
        self.known: dict[str, Account] = {}
        self.sessions: dict[bytes, tuple[str, int]] = {}
        self.links: dict[bytes, tuple[str | None, int]] = {}

    def empty(self) -> bool:
        return not self.known

    def all(self) -> tuple[Account, ...]:
        return tuple(self.known.values())

    def find(self, account_id: str) -> Account | None:
        return self.known.get(account_id)

    def find_by_mail(self, mail: str) -> Account | None:
        return next((account for account in self.known.values() if account.mail == mail), None)

    def add(self, account: Account) -> bool:
        if self.find_by_mail(account.mail) is not None:
            return False
        self.known[account.id] = account
        return True

    def add_first(self, account: Account, code_hash: bytes, now_ms: int) -> bool:
        if not self.is_code(code_hash, now_ms):
            return False
        self.links = {link: whose for link, whose in self.links.items() if whose[0] is not None}
        return self.add(account)

    def set_password(self, account_id: str, password_hash: str) -> None:
        self.known[account_id] = replace(self.known[account_id], password_hash=password_hash)

    def disable(self, account_id: str, now_ms: int) -> bool:
        able = [one.id for one in self.known.values() if one.role == "admin" and one.disabled_ms is None]
        if able == [account_id]:
            return False
        self.known[account_id] = replace(self.known[account_id], disabled_ms=now_ms)
        self.end_sessions(account_id)
        self.links = {link: whose for link, whose in self.links.items() if whose[0] != account_id}
        return True

    def enable(self, account_id: str) -> None:
        self.known[account_id] = replace(self.known[account_id], disabled_ms=None)

    def open_session(self, session_hash: bytes, account_id: str, now_ms: int, expires_ms: int) -> bool:
        if self.known[account_id].disabled_ms is not None:
            return False
        self.sessions[session_hash] = (account_id, expires_ms)
        return True

    def session(self, session_hash: bytes, now_ms: int) -> Account | None:
        account_id, expires_ms = self.sessions.get(session_hash, ("", 0))
        account = self.known.get(account_id)
        return account if account is not None and account.disabled_ms is None and expires_ms > now_ms else None

    def prolong(self, session_hash: bytes, expires_ms: int) -> None:
        if session_hash in self.sessions:
            self.sessions[session_hash] = (self.sessions[session_hash][0], expires_ms)

    def end_session(self, session_hash: bytes) -> None:
        self.sessions.pop(session_hash, None)

    def end_sessions(self, account_id: str, but: bytes | None = None) -> None:
        self.sessions = {
            session: whose for session, whose in self.sessions.items() if whose[0] != account_id or session == but
        }

    def add_link(self, link_hash: bytes, account_id: str | None, expires_ms: int) -> None:
        self.links[link_hash] = (account_id, expires_ms)

    def link(self, link_hash: bytes, now_ms: int) -> Account | None:
        account_id, expires_ms = self.links.get(link_hash, (None, 0))
        account = None if account_id is None else self.known[account_id]
        return account if account is not None and account.disabled_ms is None and expires_ms > now_ms else None

    def use_link(self, link_hash: bytes, now_ms: int) -> Account | None:
        account = self.link(link_hash, now_ms)
        self.links.pop(link_hash, None)
        return account

    def is_code(self, code_hash: bytes, now_ms: int) -> bool:
        account_id, expires_ms = self.links.get(code_hash, ("", 0))
        return account_id is None and expires_ms > now_ms and self.empty()

    def end_link(self, link_hash: bytes) -> None:
        self.links.pop(link_hash, None)

    def forget(self, now_ms: int) -> None:
        self.sessions = {session: whose for session, whose in self.sessions.items() if whose[1] > now_ms}
        self.links = {link: whose for link, whose in self.links.items() if whose[1] > now_ms}


class FakePasswords:
    """Hashes that anybody can read; `checks` counts how often one was looked at."""

    def __init__(self) -> None:
        self.checks: list[str | None] = []

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def check(self, password_hash: str | None, password: str) -> bool:
        self.checks.append(password_hash)
        return password_hash == f"hash of {password}"


class FakeMailer:
    """Keeps what it was given; `fault` makes it refuse."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.configured = True
        self.fault = ""

    def send(self, letter: Letter) -> None:
        if self.fault:
            raise MailFault(self.fault)
        self.sent.append(letter)


@dataclass
class FakeSecurityLog:
    """Remembers what was noted, in order, without the addresses."""

    noted: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def note(self, what: str, /, address: str = "", **facts: object) -> None:
        self.noted.append((what, facts))
