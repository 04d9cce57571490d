"""One ceremony, live, with one writer: settle what the clock brought about, decide, append, then tell everybody.

Other processes may write to the same log. Each append names the number it follows; whoever comes second reads what was
written meanwhile and decides again, so that a cue or a press of a button happens once.
"""

import secrets
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import structlog

from memorata import green
from memorata.domain import commands as c
from memorata.domain import conducting, erasing
from memorata.domain.ceremony import decide, evolve
from memorata.domain.errors import Refused
from memorata.domain.events import CeremonyPlanned, Event, NamesErased, PersonErased, Recorded
from memorata.domain.floor import FloorEntry
from memorata.domain.programme import Programme, silence_locked
from memorata.domain.state import CeremonyState, now_shown
from memorata.domain.tributes import Wish
from memorata.services.at_once import AtOnce
from memorata.services.meters import Meters
from memorata.services.ports import Answer, Claim, Clock, Erasure, EventLog, Head, Mark, Publisher, StoreBusy
from memorata.services.snapshots import public_state

log = structlog.get_logger(__name__)

CONDUCTOR = "conductor"
OPERATOR = "operator"

RECENT = 500
"""How many events are kept at hand for those who come back; who missed more gets a snapshot."""

_W = TypeVar("_W", FloorEntry, Wish)

_ATTEMPTS = 8
_SKEW_MS = 2_000


@dataclass(frozen=True, slots=True)
class Result:
    """A command that was granted; `seq` is the head of the log right after it."""

    ok: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Own:
    """What belongs to one participant: requests, candles lit (item ids), wreaths laid, wishes."""

    entries: tuple[FloorEntry, ...]
    lit: tuple[str, ...]
    laid: tuple[tuple[str, int], ...]
    wishes: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Tributes counted: candles by item, wreaths by item and number."""

    candles: dict[str, int]
    wreaths: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A command that somebody has sent."""

    command: c.Command
    actor: c.Actor
    cmd_id: str

    def answers(self, seq: int, now_ms: int) -> tuple[Answer, ...]:
        """What it gets from now on, however often it comes."""
        return (Answer(self.actor.participant_id, self.cmd_id, seq, now_ms),) if self.cmd_id else ()


class _Live:
    """What is remembered of one ceremony; `lock` is held while it changes and while its changes are told."""

    def __init__(self, ceremony_id: str, epoch: str) -> None:
        self.ceremony_id = ceremony_id
        self.epoch = epoch
        self.lock = green.lock()
        self.state = CeremonyState()
        self.last_ms = 0
        self.recent: deque[Recorded] = deque(maxlen=RECENT)
        self.marks: dict[str, set[Mark]] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        self.looked = (0, True)
        """The head, and whether an item was shown, when tributes were last looked for."""
        self.public: CeremonyState | None = None
        self.programme_seq = 0
        self._owned: _Owned | None = None
        self.tributes: AtOnce[_Asked, Result | Refused]

    def take(self, recorded: Recorded) -> None:
        if isinstance(recorded.event, CeremonyPlanned):
            self.programme_seq = recorded.seq
        self.state = evolve(self.state, recorded)
        self.last_ms = max(self.last_ms, recorded.at_ms)
        self.recent.append(recorded)
        if erasing.erases(recorded.event):
            # As in the store: whoever comes back gets the events since without the words that are gone.
            past = [replace(one, event=erasing.rewritten(one.event, recorded.event)) for one in self.recent]
            self.recent = deque(past, maxlen=RECENT)

    def mark(self, marks: Iterable[Mark]) -> bool:
        """Count tributes; whether any of them is new. They are kept by participant."""
        new = [mark for mark in marks if not self.marked(mark)]
        for mark in new:
            self.marks.setdefault(mark.participant_id, set()).add(mark)
        self.counts.update((mark.item_id, mark.key) for mark in new)
        return bool(new)

    def marked(self, mark: Mark) -> bool:
        return mark in self.marks.get(mark.participant_id, ())

    def written_by(self, participant_id: str) -> tuple[tuple[FloorEntry, ...], tuple[Wish, ...]]:
        """Somebody's requests and wishes; sorted out once for all who ask, until there is another one."""
        entries, wishes = self.state.floor.entries, self.state.tributes.wishes
        owned = self._owned
        if owned is None or owned.entries is not entries or owned.wishes is not wishes:
            owned = self._owned = _Owned(entries, wishes)
        return owned.entries_of.get(participant_id, ()), owned.wishes_of.get(participant_id, ())


class _Owned:
    """Requests and wishes by participant."""

    def __init__(self, entries: tuple[FloorEntry, ...], wishes: tuple[Wish, ...]) -> None:
        self.entries, self.wishes = entries, wishes
        self.entries_of = _by_owner(entries)
        self.wishes_of = _by_owner(wishes)


class LiveCeremonies:
    """All ceremonies of this installation.

    `counted` hears when the tributes of one have been counted anew, `written` when its wishes are not what they were,
    `forgotten` of a person, or with `None` of all people of a ceremony, whose words are kept no longer,
    `happened` after each event, while the ceremony is held: it may not wait. `appended` hears how far the log has come
    by what was done here, and `marked` of a tribute paid here; neither may wait. `ended` hears that there is no such
    ceremony any more.
    """

    def __init__(
        self,
        event_log: EventLog,
        clock: Clock,
        publisher: Publisher,
        counted: Callable[[str], None] = lambda _: None,
        forgotten: Callable[[str, str | None], None] = lambda _, __: None,
        written: Callable[[str], None] = lambda _: None,
        happened: Callable[[str], None] = lambda _: None,
        appended: Callable[[str, int], None] = lambda _, __: None,
        marked: Callable[[str, Mark], None] = lambda _, __: None,
        meters: Meters | None = None,
        lag: Callable[[str], int] = lambda _: 0,
        ended: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Args: lag: within what time news reaches nearly everybody in a ceremony, ms, as measured of late."""
        self._log = event_log
        self._clock = clock
        self._publisher = publisher
        self._counted = counted
        self._forgotten = forgotten
        self._written = written
        self._happened = happened
        self._appended = appended
        self._marked = marked
        self._meters = meters or Meters()
        self._lag = lag
        self._ended = ended
        self._all: dict[str, _Live] = {}
        self._loading = green.lock()
        self._damaged: dict[str, Head] = {}

    # --- reading ---

    def ids(self) -> tuple[str, ...]:
        """Every ceremony there is, in the store's order."""
        return tuple(head.ceremony_id for head in self._log.heads())

    def list(self) -> tuple[CeremonyState, ...]:
        """The state of every ceremony that has a programme."""
        states = (live.state for head in self._log.heads() if (live := self._readable(head)) is not None)
        return tuple(state for state in states if state.programme is not None)

    def known(self) -> tuple[CeremonyState, ...]:
        """The state of every ceremony that this process has in memory; the store is not asked."""
        return tuple(live.state for live in tuple(self._all.values()))

    def behind(self) -> int:
        """By how many events this process' memory is behind the store, in the ceremony where it is most.

        Raises: StoreBusy
        """
        heads = self._log.heads()
        lags = (head.seq - live.state.seq for head in heads if (live := self._all.get(head.ceremony_id)) is not None)
        return max(0, max(lags, default=0))

    def state(self, ceremony_id: str) -> CeremonyState:
        """As this process knows it, at most a second behind the others.

        Raises: Refused: `ceremony.unknown`.
        """
        return self._live(ceremony_id).state

    def find(self, ceremony_id: str) -> CeremonyState | None:
        """As `state`; `None` where there is no such ceremony."""
        try:
            return self.state(ceremony_id)
        except Refused:
            return None

    def public(self, ceremony_id: str) -> CeremonyState:
        """The state as the audience sees it; the same object until something changes."""
        live = self._live(ceremony_id)
        state, public = live.state, live.public
        if public is None or public.seq != state.seq:
            public = live.public = public_state(state)
        return public

    def epoch(self, ceremony_id: str) -> str:
        return self._live(ceremony_id).epoch

    def head(self, ceremony_id: str) -> tuple[str, int]:
        """Epoch and number of the last event."""
        live = self._live(ceremony_id)
        return live.epoch, live.state.seq

    def programme_seq(self, ceremony_id: str) -> int:
        """The number of the event that planned the ceremony last."""
        return self._live(ceremony_id).programme_seq

    def events_after(self, ceremony_id: str, seq: int, limit: int = RECENT) -> tuple[Recorded, ...]:
        """The events beyond `seq`, in order."""
        live = self._live(ceremony_id)
        recent = tuple(live.recent)
        if recent and recent[0].seq <= seq + 1:
            return tuple(recorded for recorded in recent if recorded.seq > seq)[:limit]
        if seq >= live.state.seq:
            return ()
        return self._log.events(ceremony_id, seq, limit)

    def own(self, ceremony_id: str, participant_id: str) -> Own:
        """What belongs to one participant."""
        live = self._live(ceremony_id)
        marks = sorted(live.marks.get(participant_id, ()), key=lambda mark: (mark.item_id, mark.key))
        entries, wishes = live.written_by(participant_id)
        return Own(
            entries=entries,
            lit=tuple(mark.item_id for mark in marks if not mark.key),
            laid=tuple((mark.item_id, int(mark.key)) for mark in marks if mark.key),
            wishes=wishes,
        )

    def counts(self, ceremony_id: str) -> Counts:
        """How many candles and wreaths."""
        candles: dict[str, int] = {}
        wreaths: dict[str, dict[str, int]] = {}
        for (item_id, key), count in sorted(self._live(ceremony_id).counts.items()):
            if key:
                wreaths.setdefault(item_id, {})[key] = count
            else:
                candles[item_id] = count
        return Counts(candles, wreaths)

    def silent(self, ceremony_id: str) -> bool:
        """Whether a silence holds the ceremony now, from its stillness to the end of its rest."""
        state = self.state(ceremony_id)
        return state.programme is not None and silence_locked(state.programme, state.progress, self._clock.now_ms())

    @contextmanager
    def still(self, ceremony_id: str) -> Iterator[None]:
        """While this is held nothing changes and nothing is told, so that a welcome fits between two events."""
        with self._live(ceremony_id).lock:
            yield

    # --- writing ---

    def plan(self, programme: Programme, actor_id: str = OPERATOR) -> Result:
        """Set the programme of a ceremony, which begins its history when there is none.

        Raises: Refused: `silence.locked`, `phase.not_allowed` after its end.
        """
        ceremony_id = programme.ceremony_id
        self._log.create(ceremony_id, secrets.token_urlsafe(12))
        actor = c.Actor(participant_id=actor_id, role="organizer")
        return self.handle(ceremony_id, c.PlanCeremony(programme), actor, "")

    def conduct(self, ceremony_id: str, *, on: bool) -> Result:
        """Let a ceremony go by its own times, or not. Raises: as `handle`."""
        return self.handle(ceremony_id, c.SetAutopilot(on), c.Actor(OPERATOR, "organizer"), "")

    def handle(self, ceremony_id: str, command: c.Command, actor: c.Actor, cmd_id: str) -> Result:
        """Answer a command; one with a `cmd_id` that was granted before gets the first answer and does nothing.

        Raises:
            Refused: not allowed now, or `ceremony.unknown`.
            StoreBusy: nothing has been changed; ask again.
        """
        began, outcome = self._clock.now(), "defect"
        try:
            result = self._handle(ceremony_id, command, actor, cmd_id)
            outcome = "granted"
            return result
        except Refused:
            outcome = "refused"
            raise
        except StoreBusy:
            outcome = "busy"
            raise
        finally:
            self._meters.commands[outcome] += 1
            self._meters.command_s.note((self._clock.now() - began) / 1000)

    def _handle(self, ceremony_id: str, command: c.Command, actor: c.Actor, cmd_id: str) -> Result:
        live = self._live(ceremony_id)
        asked = _Asked(command, replace(actor, lag_ms=self._lag(ceremony_id)), cmd_id)
        if _mark(command, actor) is None:
            return self._answer(live, asked)
        answer = live.tributes.ask(asked)
        if isinstance(answer, Refused):
            raise answer
        return answer

    def _answer(self, live: _Live, asked: _Asked) -> Result:
        """Raises: as `handle`."""
        command, actor, cmd_id = asked.command, asked.actor, asked.cmd_id
        with live.lock:
            for attempt in range(_ATTEMPTS):
                if attempt:
                    self._follow(live)
                now_ms = self._now_ms(live)
                if attempt or conducting.due(live.state, now_ms):
                    if (first := self._first(live, actor, cmd_id)) is not None:
                        return first
                    if not self._settle(live, now_ms):
                        continue
                try:
                    events = decide(live.state, command, actor, now_ms)
                except Refused:
                    # What was granted once is often refused the second time; the first answer is the right one.
                    if (first := self._first(live, actor, cmd_id)) is not None:
                        return first
                    raise
                mark = _mark(command, actor)
                answers = asked.answers(live.state.seq + len(events), now_ms)
                if self._append(live, events, actor.participant_id, now_ms, answers, () if mark is None else (mark,)):
                    return Result(True, live.state.seq)
            raise StoreBusy("others kept writing")

    def _answer_tributes(self, live: _Live, asked: Sequence[_Asked]) -> Sequence[Result | Refused]:
        """A crowd's candles in one writing; whatever is not as plain as that is answered by itself, as it came."""
        plain: list[_Asked] = []
        with live.lock:
            now_ms = self._now_ms(live)
            if len(asked) > 1 and not conducting.due(live.state, now_ms):
                plain = [one for one in asked if one.cmd_id and _is_plain(live.state, one, now_ms)]
                seq = live.state.seq
                answers = [answer for one in plain for answer in one.answers(seq, now_ms)]
                marks = [mark for one in plain if (mark := _mark(one.command, one.actor)) is not None]
                if not self._append(live, (), "", now_ms, answers, marks):
                    plain = []
        together = {id(one) for one in plain}
        return [Result(True, seq) if id(one) in together else self._answer_alone(live, one) for one in asked]

    def _answer_alone(self, live: _Live, asked: _Asked) -> Result | Refused:
        try:
            return self._answer(live, asked)
        except Refused as refused:
            return refused

    def _first(self, live: _Live, actor: c.Actor, cmd_id: str) -> Result | None:
        """What a command was answered that has been granted before."""
        first = self._log.answer(live.ceremony_id, actor.participant_id, cmd_id) if cmd_id else None
        return None if first is None else Result(True, first.seq)

    def erase(
        self,
        ceremony_id: str,
        command: c.ErasePerson | c.EraseNames,
        actor: c.Actor,
        invitation_ids: tuple[str, ...] = (),
        claim: Claim | None = None,
    ) -> Result:
        """Take words out of the ceremony, what came before included; everybody who is connected hears of it.

        Raises:
            Refused: not allowed now, or `ceremony.unknown`.
            AlreadyErased: the claim is another's.
            StoreBusy: the event has not been written; ask again.
        """
        live = self._live(ceremony_id)
        done = 0
        if isinstance(command, c.EraseNames):
            # Most of the past beforehand, in portions, so that nobody waits for all of it.
            change = _change((NamesErased(command.kept_items),))
            while (upto := self._log.rewrite(ceremony_id, done, change)) is not None:
                done = upto
                green.sleep(0)
        with live.lock:
            for attempt in range(_ATTEMPTS):
                if attempt:
                    self._follow(live)
                now_ms = self._now_ms(live)
                if not self._settle(live, now_ms):
                    continue
                events = decide(live.state, command, actor, now_ms)
                whose = None
                if isinstance(command, c.ErasePerson):
                    whose = () if command.participant_id is None else (command.participant_id,)
                erasure = Erasure(_change(events), done, whose, invitation_ids, claim)
                if self._append(live, events, actor.participant_id, now_ms, erasure=erasure):
                    return Result(True, live.state.seq)
            raise StoreBusy("others kept writing")

    def settle(self, ceremony_id: str) -> int | None:
        """Append what the clock has brought about; returns when it will next, server ms, if that is foreseeable."""
        live = self._live(ceremony_id)
        now_ms = self._clock.now_ms()
        due_ms = conducting.next_due_ms(live.state, now_ms)
        if due_ms is None or due_ms > now_ms:
            return due_ms
        with live.lock:
            for _ in range(_ATTEMPTS):
                now_ms = self._now_ms(live)
                if self._settle(live, now_ms):
                    return conducting.next_due_ms(live.state, now_ms)
                self._follow(live)
        return now_ms

    def follow(self) -> tuple[str, ...]:
        """Read what other processes have written, and tell it here; returns the ids of all that can be read."""
        found: list[str] = []
        heads = self._log.heads()
        for ceremony_id in set(self._all) - {head.ceremony_id for head in heads}:
            # A rehearsal that was wiped.
            del self._all[ceremony_id]
            self._ended(ceremony_id)
            self._publisher.ended(ceremony_id)
        for head in heads:
            live = self._readable(head)
            if live is not None:
                found.append(head.ceremony_id)
        return tuple(found)

    def catch_up(self, ceremony_id: str, seq: int) -> None:
        """Another process says that the log has come so far: read it, and tell it here.

        Raises: StoreBusy
        """
        live = self._all.get(ceremony_id)
        if live is not None and live.state.seq >= seq:
            return
        head = self._log.head(ceremony_id)
        if head is not None:
            self._readable(head)

    def hear_mark(self, ceremony_id: str, mark: Mark) -> None:
        """Another process says that a tribute has been paid."""
        live = self._all.get(ceremony_id)
        if live is not None and live.mark((mark,)):
            self._counted(ceremony_id)
            self._publisher.own_changed(ceremony_id, mark.participant_id)

    def recount(self) -> None:
        """Read the tributes that other processes have counted, where there may be new ones."""
        for live in tuple(self._all.values()):
            # Tributes are paid while an item is shown; one that came and went since the last look was cued meanwhile.
            before, live.looked = live.looked, (live.state.seq, self._held(live))
            if (before != live.looked or live.looked[1]) and live.mark(self._log.marks(live.ceremony_id)):
                self._counted(live.ceremony_id)

    # --- inside ---

    def _held(self, live: _Live) -> bool:
        return live.state.programme is not None and now_shown(live.state, self._clock.now_ms()).phase == "item"

    def _readable(self, head: Head) -> _Live | None:
        """The ceremony as far as `head`; `None` when its log is damaged, which must not keep the others from going on.

        Raises: StoreBusy
        """
        if self._damaged.get(head.ceremony_id) == head:
            return None
        try:
            live = self._live(head.ceremony_id)
            if head.seq != live.state.seq or head.epoch != live.epoch:
                with live.lock:
                    self._follow(live)
        except StoreBusy:
            raise
        except Exception:
            log.exception("log.damaged", ceremony=head.ceremony_id, seq=head.seq)
            self._damaged[head.ceremony_id] = head
            return None
        return live

    def _live(self, ceremony_id: str) -> _Live:
        live = self._all.get(ceremony_id)
        if live is not None:
            return live
        with self._loading:
            if ceremony_id not in self._all:
                head = self._log.head(ceremony_id)
                if head is None:
                    raise Refused("ceremony.unknown", ceremony_id=ceremony_id)
                self._all[ceremony_id] = self._load(_Live(ceremony_id, head.epoch))
        return self._all[ceremony_id]

    def _load(self, live: _Live) -> _Live:
        live.tributes = AtOnce(partial(self._answer_tributes, live))
        for recorded in self._log.events(live.ceremony_id, 0):
            live.take(recorded)
        live.mark(self._log.marks(live.ceremony_id))
        return live

    def _now_ms(self, live: _Live) -> int:
        """Now, not before the last event; a log from a clock far ahead is not followed there."""
        now_ms = self._clock.now_ms()
        if now_ms < live.last_ms:
            if live.last_ms - now_ms > _SKEW_MS:
                log.warning("clock.behind_log", ceremony=live.ceremony_id, by_ms=live.last_ms - now_ms)
                return now_ms
            return live.last_ms
        return now_ms

    def _settle(self, live: _Live, now_ms: int) -> bool:
        """Append what is due by the clock; False when somebody else wrote first."""
        for _ in range(_ATTEMPTS):
            events = conducting.due(live.state, now_ms)
            if not events:
                return True
            if not self._append(live, events, CONDUCTOR, now_ms):
                return False
        raise RuntimeError(f"the clock brings about ever more in {live.ceremony_id}")

    def _append(
        self,
        live: _Live,
        events: tuple[Event, ...],
        by: str,
        now_ms: int,
        answers: Sequence[Answer] = (),
        marks: Sequence[Mark] = (),
        erasure: Erasure | None = None,
    ) -> bool:
        """Write, then remember, then tell; False when the log had grown meanwhile, or somebody had been answered."""
        marks = [mark for mark in dict.fromkeys(marks) if not live.marked(mark)]
        if not events and not answers and not marks:
            return True
        seq = live.state.seq
        recorded = tuple(Recorded(seq + i, now_ms, by, event) for i, event in enumerate(events, 1))
        if not self._log.append(live.ceremony_id, seq, recorded, answers, marks, erasure):
            return False
        if recorded:
            self._appended(live.ceremony_id, recorded[-1].seq)
        self._took(live, recorded)
        if live.mark(marks):
            for mark in marks:
                self._marked(live.ceremony_id, mark)
            self._counted(live.ceremony_id)
            for participant_id in dict.fromkeys(mark.participant_id for mark in marks):
                self._publisher.own_changed(live.ceremony_id, participant_id)
        return True

    def _took(self, live: _Live, recorded: tuple[Recorded, ...]) -> None:
        if not recorded:
            return
        before = live.state
        for one in recorded:
            live.take(one)
        self._publisher.publish(live.ceremony_id, recorded)
        self._happened(live.ceremony_id)
        for participant_id in sorted(_owners(before, live.state)):
            self._publisher.own_changed(live.ceremony_id, participant_id)
        if before.tributes.wishes is not live.state.tributes.wishes:
            self._written(live.ceremony_id)
        for one in recorded:
            match one.event:
                case PersonErased(participant_id=str(whose)):
                    self._forget(live, whose)
                case NamesErased():
                    self._forget(live, None)

    def _forget(self, live: _Live, participant_id: str | None) -> None:
        self._forgotten(live.ceremony_id, participant_id)
        self._publisher.erased(live.ceremony_id, participant_id)

    def _follow(self, live: _Live) -> None:
        head = self._log.head(live.ceremony_id)
        if head is None:
            raise Refused("ceremony.unknown", ceremony_id=live.ceremony_id)
        if head.epoch != live.epoch or head.seq < live.state.seq:
            # Another history, restored from a copy: the pages learn it by the epoch in the next beat.
            log.warning("log.replaced", ceremony=live.ceremony_id, seq=head.seq)
            fresh = self._load(_Live(live.ceremony_id, head.epoch))
            live.epoch, live.state, live.last_ms = fresh.epoch, fresh.state, fresh.last_ms
            live.recent, live.marks, live.counts, live.public = fresh.recent, fresh.marks, fresh.counts, None
            live.programme_seq = fresh.programme_seq
            return
        self._took(live, self._log.events(live.ceremony_id, live.state.seq))


def _mark(command: c.Command, actor: c.Actor) -> Mark | None:
    match command:
        case c.LightCandle(item_id=item_id):
            return Mark(item_id, "", actor.participant_id)
        case c.LayWreath(item_id=item_id, wreath=wreath):
            return Mark(item_id, str(wreath), actor.participant_id)
    return None


def _by_owner(written: Iterable[_W]) -> dict[str, tuple[_W, ...]]:
    found: dict[str, list[_W]] = {}
    for one in written:
        if one.participant_id is not None:
            found.setdefault(one.participant_id, []).append(one)
    return {participant_id: tuple(theirs) for participant_id, theirs in found.items()}


def _is_plain(state: CeremonyState, asked: _Asked, now_ms: int) -> bool:
    """Whether a command is granted and nothing is told by it."""
    try:
        return not decide(state, asked.command, asked.actor, now_ms)
    except Refused:
        return False


def _change(events: tuple[Event, ...]) -> Callable[[Event], Event]:
    """What becomes of earlier events under these."""

    def change(past: Event) -> Event:
        for event in events:
            past = erasing.rewritten(past, event)
        return past

    return change


def _owners(before: CeremonyState, after: CeremonyState) -> set[str]:
    """Whose requests or wishes are not what they were."""
    changed: set[FloorEntry | Wish] = set()
    if before.floor is not after.floor:
        changed.update(set(before.floor.entries) ^ set(after.floor.entries))
    if before.tributes is not after.tributes:
        changed.update(set(before.tributes.wishes) ^ set(after.tributes.wishes))
    return {one.participant_id for one in changed if one.participant_id is not None}
