"""What moderators do with people, before and after others see them: each decision once, everywhere, and undone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import structlog

from memorata import green
from memorata.domain import commands as c
from memorata.domain import moderating as m
from memorata.domain.errors import Refused
from memorata.domain.floor import OPEN
from memorata.domain.roles import Phase, is_staff, permit
from memorata.domain.state import phase_of
from memorata.services.live import LiveCeremonies
from memorata.services.ports import (
    Alarm,
    Clock,
    Judgement,
    Participant,
    Participants,
    Publisher,
    Stamped,
    StoreBusy,
)
from memorata.services.presence import PresenceDesk, is_shown, mark, row_key
from memorata.services.waiting import Only, Waiting, WaitingCounts, WaitingRow

log = structlog.get_logger(__name__)

SPACING_MS = 500
FOLLOW_S = 1.0
SKEW_MS = 2_000
"""By so much the clocks of several processes may differ."""

LATE_MS = 10_000
"""By so much later than it says something may be written: a store that is busy lets nobody wait longer."""

TOLD_MAX = 50
"""How many changed rows one hint carries; who shows others finds out when acting on them."""

UNDONE = m.TAKING | {"person.release"}
"""What can be undone. Who was let in by mistake is put out, which closes the line too."""


@dataclass(frozen=True, slots=True)
class Look:
    """Which entry a moderator has open; `entry` is `None` when they have the page open and none of it."""

    by: str
    name: str
    entry: str | None


@dataclass(frozen=True, slots=True)
class WaitingList:
    rows: tuple[WaitingRow, ...]
    next: str | None
    counts: WaitingCounts
    others: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class WaitingHint:
    """What waits by now, and rows that are not what they were."""

    counts: WaitingCounts
    rows: tuple[WaitingRow, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The rows as they stand after an act, and those left alone because somebody else had been there."""

    rows: tuple[WaitingRow, ...]
    changed: tuple[WaitingRow, ...] = ()


class Moderation:
    """One desk for all moderators of this process; what the others decide is followed each second.

    `decided` hears of everybody about whom something was decided here, `looked` of what somebody here reads.
    """

    def __init__(
        self,
        participants: Participants,
        ceremonies: LiveCeremonies,
        presence: PresenceDesk,
        publisher: Publisher,
        clock: Clock,
        alarm: Alarm,
        decided: Callable[[Participant], None] = lambda _: None,
        looked: Callable[[str, Look], None] = lambda _, __: None,
    ) -> None:
        self._decided = decided
        self._looked = looked
        self._participants = participants
        self._ceremonies = ceremonies
        self._presence = presence
        self._publisher = publisher
        self._clock = clock
        self._alarm = alarm
        self._list = Waiting(participants, ceremonies, clock)
        self._lock = green.lock()
        self._since_ms = 0
        self._known: dict[str, tuple[int, Participant]] = {}
        self._untold: dict[str, dict[str, Stamped]] = {}
        self._told_ms: dict[str, int] = {}
        self._hinting: set[str] = set()
        self._looks: dict[str, dict[str, Look]] = {}
        self._owed: list[Callable[[], None]] = []

    def start(self) -> None:
        self._since_ms = self._clock.now_ms()
        self._alarm.each(FOLLOW_S, "moderation", self.follow)

    # --- acting ---

    def act(self, actor: Participant, act: m.Act) -> Done:
        """Do what a moderator asks, with each person only if they stand as the moderator saw them.

        Raises: Refused: not allowed; `person.unknown`, `person.leads`; `moderation.changed`: nothing was done.
        """
        permit(actor.role, act.kind, self._phase(actor.ceremony_id))
        if isinstance(act, m.AdmitAll):
            return self._admit_all(actor)
        ids = act.ids if isinstance(act, (m.AdmitPeople, m.RefusePeople, m.ReleaseNames, m.HideNames)) else _only(act)
        aimed = getattr(act, "aimed", {})
        done: list[WaitingRow] = []
        changed: list[WaitingRow] = []
        for number, who in enumerate([self._person(actor, person_id) for person_id in dict.fromkeys(ids)]):
            if number % 8 == 7:
                green.sleep(0)
            after = self._judge(actor, act.kind, who) if aimed.get(who.id) == mark(who) else None
            if after is None:
                changed.append(self._list.row(self._person(actor, who.id)))
            else:
                done.append(self._list.row(after))
        if not done:
            by, what = (changed[0].by, changed[0].done) if changed else ("", "")
            raise Refused("moderation.changed", by=by, what=what, rows=[_fact(row) for row in changed])
        return Done(tuple(done), tuple(changed))

    def _admit_all(self, actor: Participant) -> Done:
        done: list[WaitingRow] = []
        for number, stamped in enumerate(self._participants.queue(actor.ceremony_id, "door", None, 100_000)):
            if number % 8 == 7:
                green.sleep(0)
            after = self._judge(actor, "person.admit", stamped.participant)
            if after is not None and len(done) < TOLD_MAX:
                done.append(self._list.row(after))
        return Done(tuple(done))

    def _judge(self, actor: Participant, kind: str, who: Participant) -> Participant | None:
        """The person after the act; `None` when it does not follow from how they stand, or somebody else was first."""
        now_ms, before = self._clock.now_ms(), who.judged
        # What an earlier act took, and nobody has given back, stays with the one that follows it.
        kept = None if _is_heard(who) else before
        wishes = [] if kept is None else list(kept.wishes)
        entries = [] if kept is None else list(kept.entries)
        if kind == "person.restore":
            if before is None or before.kind not in UNDONE:
                return None
            after = replace(who, standing=before.standing, name_state=before.name_state)
            if _is_heard(after):
                wishes, entries = [], []
        else:
            try:
                standing, name_state = m.judged(kind, who.standing, who.name_state)
            except Refused:
                return None
            after = replace(who, standing=standing, name_state=name_state)
            if kind in m.TAKING:
                own = self._ceremonies.own(who.ceremony_id, who.id)
                wishes += [wish.id for wish in own.wishes if wish.state == "released"]
                entries += [entry.id for entry in own.entries if entry.state in OPEN]
            else:
                wishes, entries = [], []
        judgement = Judgement(actor.id, kind, now_ms, who.standing, who.name_state, tuple(wishes), tuple(entries))
        after = replace(after, judged=judgement)
        if not self._participants.change(who, after, now_ms):
            return None
        self._decided(after)
        self._heard(Stamped(now_ms, after), who)
        if kind in m.TAKING:
            self._surely(partial(self._take_away, actor, who))
        elif kind == "person.restore" and before is not None and _is_heard(after):
            self._surely(partial(self._give_back, actor, who, before))
        log.info("moderation", ceremony=actor.ceremony_id, what=kind, by=actor.id, person=who.id)
        return after

    def _take_away(self, actor: Participant, who: Participant) -> None:
        own = self._ceremonies.own(who.ceremony_id, who.id)
        for wish in own.wishes:
            if wish.state == "released":
                self._quietly(actor, c.WithholdWish(wish.id))
        for entry in own.entries:
            if entry.state in OPEN or entry.released:
                self._quietly(actor, c.WithdrawRequest(entry.id))

    def _give_back(self, actor: Participant, who: Participant, taken: Judgement) -> None:
        """What was taken from the screens returns to them; not into a silence, but right after it."""
        if self._ceremonies.silent(who.ceremony_id):
            self._owed.append(partial(self._give_back, actor, who, taken))
            return
        now = self._participants.find(who.id)
        if now is None or not _is_heard(now):
            return  # put out again meanwhile
        states = {wish.id: wish.state for wish in self._ceremonies.own(who.ceremony_id, who.id).wishes}
        for wish_id in taken.wishes:
            if states.get(wish_id) == "withheld":
                self._quietly(actor, c.ReleaseWish(wish_id))
        for entry_id in taken.entries:
            self._quietly(actor, c.AcceptEntry(entry_id))

    def _surely(self, work: Callable[[], None]) -> None:
        """Now, or as soon as the store has time: what has been decided is not left half done."""
        try:
            work()
        except StoreBusy:
            self._owed.append(work)

    def _quietly(self, actor: Participant, command: c.Command) -> None:
        """Part of an act; where things have moved on meanwhile, they stay as they are."""
        try:
            self._ceremonies.handle(actor.ceremony_id, command, c.Actor(actor.id, actor.role, name=actor.name), "")
        except Refused as refused:
            log.info("moderation.left", what=command.kind, code=refused.code)

    # --- following ---

    def changed(self, participant: Participant) -> None:
        """Somebody has said something about themselves, in this process."""
        known = self._known.get(participant.id)
        self._heard(Stamped(self._clock.now_ms(), participant), known[1] if known else None)

    def hear(self, person_id: str) -> None:
        """Another process says that something is new about somebody. Raises: StoreBusy."""
        now = self._participants.find(person_id)
        if now is not None:
            self._follow(Stamped(self._clock.now_ms(), now))

    def follow(self) -> None:
        """Hear what has been decided, and who has entered, wherever that was; give back what a silence kept."""
        began_ms, since_ms = self._clock.now_ms(), self._since_ms
        try:
            for number, stamped in enumerate(self._participants.changed_since(since_ms - SKEW_MS)):
                if number % 8 == 7:
                    green.sleep(0)
                self._follow(stamped)
                self._since_ms = max(self._since_ms, stamped.at_ms)
            if self._since_ms == since_ms:
                # Nothing new: a crowd that came a while ago need not be read again and again until somebody else comes.
                self._since_ms = max(since_ms, began_ms - LATE_MS)
            for person_id, (at_ms, _) in list(self._known.items()):
                if at_ms < self._since_ms - 2 * SKEW_MS:
                    del self._known[person_id]
        except StoreBusy:
            return  # it is asked again in a second
        owed, self._owed = self._owed, []
        for work in owed:
            self._surely(work)

    def _follow(self, stamped: Stamped) -> None:
        known = self._known.get(stamped.participant.id)
        if known is not None and known[1] == stamped.participant:
            if known[1].standing != "admitted":
                self._publisher.put_out(known[1].id)  # whoever was just coming in when the word fell
            return
        # Read anew: since the rows were read, somebody here may have decided, and old news must not undo that.
        now = self._participants.find(stamped.participant.id)
        known = self._known.get(stamped.participant.id)
        if now is not None and (known is None or known[1] != now):
            self._heard(Stamped(stamped.at_ms, now), known[1] if known else None)

    def touch(self, ceremony_id: str) -> None:
        """What waits is not what it was: tell staff soon, at most twice a second."""
        with self._lock:
            if ceremony_id in self._hinting:
                return
            self._hinting.add(ceremony_id)
            last_ms = self._told_ms.get(ceremony_id, -SPACING_MS)
            wait_ms = max(50, last_ms + SPACING_MS - self._clock.now_ms())
        self._alarm.once(wait_ms / 1000, lambda: self._hint(ceremony_id))

    def _heard(self, stamped: Stamped, before: Participant | None) -> None:
        """Let the screens of this process follow: seat, name, line."""
        who = stamped.participant
        self._known[who.id] = (stamped.at_ms, who)
        self._presence.changed(who)
        if who.standing != "admitted" or before is None or before.role != who.role:
            self._publisher.put_out(who.id)  # which closes no line of somebody who is inside as they were
        if who.standing != "admitted":
            self._presence.put_out(who)
        was_shown = is_shown(before) if before is not None else who.judged is not None and who.judged.kind in UNDONE
        if was_shown and not is_shown(who):
            self._publisher.name_taken(who.ceremony_id, row_key(who.id))
        if not is_staff(who.role):
            with self._lock:
                self._untold.setdefault(who.ceremony_id, {})[who.id] = stamped
            self.touch(who.ceremony_id)

    def _hint(self, ceremony_id: str) -> None:
        with self._lock:
            self._hinting.discard(ceremony_id)
            self._told_ms[ceremony_id] = self._clock.now_ms()
            untold = self._untold.pop(ceremony_id, {})
        rows = tuple(
            self._list.row(stamped.participant, stamped.at_ms) for stamped in list(untold.values())[-TOLD_MAX:]
        )
        try:
            self._publisher.waiting_changed(ceremony_id, WaitingHint(self._list.counts(ceremony_id), rows))
        except StoreBusy:
            self.touch(ceremony_id)

    # --- reading ---

    def waiting(self, viewer: Participant, after: str | None = None, only: Only = "all") -> WaitingList:
        """A page of what waits, the longest waiting first; `after` is the `next` of the page before.

        Raises: Refused: `role.not_allowed`.
        """
        if not is_staff(viewer.role):
            raise Refused("role.not_allowed", command="waiting", role=viewer.role)
        ceremony_id = viewer.ceremony_id
        rows, following = self._list.page(ceremony_id, after, only)
        others = tuple(look for look in self._looks.get(ceremony_id, {}).values() if look.by != viewer.id)
        return WaitingList(rows, following, self._list.counts(ceremony_id), others)

    def look(self, viewer: Participant, entry: str | None) -> None:
        """Somebody has opened an entry, or closed it; the others see who reads what.

        Raises: Refused: `role.not_allowed`.
        """
        if not is_staff(viewer.role):
            raise Refused("role.not_allowed", command="looking", role=viewer.role)
        look = Look(viewer.id, viewer.name, entry)
        self._looked(viewer.ceremony_id, look)
        self.hear_look(viewer.ceremony_id, look)

    def away(self, ceremony_id: str, participant_id: str) -> None:
        """Somebody reads nothing any more: the page has been left, or the line is lost."""
        if participant_id in self._looks.get(ceremony_id, {}):
            nothing = Look(participant_id, "", "")
            self._looked(ceremony_id, nothing)
            self.hear_look(ceremony_id, nothing)

    def hear_look(self, ceremony_id: str, look: Look) -> None:
        """What somebody reads, here or at another process; an entry that is empty: nothing any more."""
        looks = self._looks.setdefault(ceremony_id, {})
        if look.entry == "":
            looks.pop(look.by, None)
        else:
            looks[look.by] = look
        if not looks:
            del self._looks[ceremony_id]
        self._publisher.looking(ceremony_id, look)

    # --- inside ---

    def _phase(self, ceremony_id: str) -> Phase:
        state = self._ceremonies.state(ceremony_id)
        return "planned" if state.programme is None else phase_of(state, self._clock.now_ms())

    def _person(self, actor: Participant, person_id: str) -> Participant:
        found = self._participants.find(person_id)
        if found is None or found.ceremony_id != actor.ceremony_id:
            raise Refused("person.unknown", id=person_id)
        if is_staff(found.role):
            raise Refused("person.leads", id=person_id)
        return found


def _is_heard(who: Participant) -> bool:
    """Whether others may see what somebody says."""
    return who.standing == "admitted" and who.name_state != "hidden"


def _only(act: m.Act) -> tuple[str, ...]:
    return (act.id,) if isinstance(act, (m.RemovePerson, m.BanPerson, m.RestorePerson)) else ()


def _fact(row: WaitingRow) -> dict[str, object]:
    return {"id": row.id, "mark": row.mark, "name": row.name, "by": row.by, "what": row.done}
