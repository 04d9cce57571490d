"""Who enters by which link, as whom, and comes back after a lost connection."""

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from memorata.domain.door import DoorPolicy
from memorata.domain.errors import Refused
from memorata.domain.moderating import Standing
from memorata.domain.roles import Role, is_staff
from memorata.domain.words import COMMUNITY_MAX, NAME_MAX, country_code, language_tag, line
from memorata.services.keys import Keys, digest, new_id
from memorata.services.ports import (
    LINK_ROLES,
    Clock,
    Consent,
    Invitation,
    Invitations,
    LinkRole,
    Participant,
    Participants,
    StoreBusy,
)
from memorata.services.tries import Tries
from memorata.services.wrongs import Share, by_itself

PEOPLE_MAX = 500
"""The most people behind one screen."""

PARTICIPANTS_MAX = 50_000
"""Who can enter one ceremony: a bound for the disk, far above what one server can hold."""

STALE_MS = 800
"""How long links are remembered before the store is asked whether one has been replaced."""

PINS_WRONG, PINS_WITHIN_MS = 5, 15 * 60_000
"""How often a PIN may be wrong for one link before it rests: a million PINs would take a lifetime."""

_OUTSIDE: dict[Standing, str] = {
    "waiting": "door.waiting",
    "refused": "door.refused",
    "removed": "person.removed",
    "banned": "person.banned",
}
"""What somebody is told who is not inside."""

_DEVICE = re.compile(r"[A-Za-z0-9_.:-]{8,200}")
_CONSENTS: tuple[Consent, ...] = ("count", "first", "full")


@dataclass(frozen=True, slots=True)
class Profile:
    """What somebody says about themselves; `None` leaves it as it is, an empty country means none."""

    name: str | None = None
    community: str | None = None
    country: str | None = None
    consent: Consent | None = None
    people: int | None = None
    language: str | None = None
    recording: bool | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    token: str
    participant: Participant
    device: str


@dataclass(frozen=True, slots=True)
class Link:
    """What a key opens; `invitation` is whom it is for, when it is a personal one."""

    key: str
    ceremony_id: str
    role: Role
    invitation: Invitation | None = None

    @property
    def hash(self) -> bytes:
        return digest(self.key)


class Admission:
    """The doors. `changed` hears of every participant whose profile has changed; `removed` of replaced links.

    `door` says how uninvited people are met at a ceremony just now.
    `signed_in` says whether a session lasts, by its hash; by `share` wrong PINs are counted with other workers.
    """

    def __init__(
        self,
        keys: Keys,
        participants: Participants,
        invitations: Invitations,
        ceremony_ids: Callable[[], Iterable[str]],
        door: Callable[[str], DoorPolicy],
        clock: Clock,
        is_country: Callable[[str], bool],
        changed: Callable[[Participant], None],
        removed: Callable[[str, LinkRole], None],
        signed_in: Callable[[bytes], bool] = lambda _: False,
        share: Share = by_itself,
    ) -> None:
        self._keys = keys
        self._participants = participants
        self._invitations = invitations
        self._door = door
        self._pins = Tries(clock, PINS_WRONG, PINS_WITHIN_MS, "pin", share)
        self._ceremony_ids = ceremony_ids
        self._clock = clock
        self._is_country = is_country
        self._changed = changed
        self._removed = removed
        self._signed_in = signed_in
        self._index: dict[bytes, tuple[str, LinkRole]] = {}
        self._generations: dict[tuple[str, str], int] = {}
        self._indexed_ms: int | None = None
        self._lasted: set[bytes] = set()

    def links(self, ceremony_id: str) -> dict[LinkRole, str]:
        """The keys of a ceremony's links, by role; never to be logged."""
        self._refresh(0)
        return {role: self._keys.link(ceremony_id, role, self._generation(ceremony_id, role)) for role in LINK_ROLES}

    def pin(self, key: str) -> str:
        """What a second browser must know besides this link of somebody who leads; never to be logged."""
        return self._keys.pin(key)

    def resolve(self, key: str) -> Link:
        """What a key opens.

        Raises: Refused: `link.unknown`; `link.revoked` for a personal link that was taken back.
        """
        self._refresh(STALE_MS)
        wanted = digest(key)
        if wanted not in self._index:
            invitation = self._invitations.by_token(wanted)
            if invitation is not None and invitation.revoked_ms is not None:
                raise Refused("link.revoked")
            if invitation is not None:
                return Link(key, invitation.ceremony_id, invitation.role, invitation)
            self._learn(self._index, self._generations)
        if wanted not in self._index:
            self._refresh(1_000)  # replaced a moment ago? a guesser makes us look once a second at most
        if wanted not in self._index:
            raise Refused("link.unknown")
        return Link(key, *self._index[wanted])

    def renew(self, ceremony_id: str, role: LinkRole) -> str:
        """Replace the link of a role; whoever came by the old one is put out. Returns the new key."""
        self._participants.next_generation(ceremony_id, role)
        key = self.links(ceremony_id)[role]
        self._removed(ceremony_id, role)
        return key

    def enter(self, key: str, device: str | None, profile: Profile, pin: str = "") -> Entry:
        """Come in by a link, or come to the door: the same device is the same participant, with what is said anew.

        A personal link is the same person on whatever device. The link of somebody who leads is exchanged once, for
        the browser it is first opened in; another one must know its PIN too.

        Raises: Refused: `link.unknown`, `link.revoked`, `link.pin_needed`, `link.pin_wrong`, `link.pin_locked`,
            `words.not_allowed`, `ceremony.full`, `door.closed`, `person.banned`.
        """
        link = self.resolve(key)
        if device is not None and not _DEVICE.fullmatch(device):
            raise Refused("words.not_allowed", field="device", reason="characters")
        device = device or new_id()
        seat = self._keys.device(device)
        if is_staff(link.role):
            self._exchange(link, seat, pin)
        if link.invitation is not None:
            seat = self._keys.seat(link.invitation.id)
        found = self._participants.find_by_device(link.ceremony_id, link.role, seat)
        generation = self._generation(link.ceremony_id, link.role) if link.invitation is None else 0
        if found is None:
            if self._participants.count(link.ceremony_id) >= PARTICIPANTS_MAX:
                raise Refused("ceremony.full")
            newcomer = replace(self._newcomer(link), generation=generation)
            added = self._participants.add(self._said(newcomer, profile), seat, self._clock.now_ms())
            return Entry(self._keys.token(added.id), added, device)
        standing = self._standing_of(found)
        back = self._save(found, replace(self._said(found, profile), generation=generation, standing=standing))
        return Entry(self._keys.token(back.id), back, device)

    def enter_as(self, ceremony_id: str, role: Role, session: bytes, profile: Profile) -> Entry:
        """Come in without a link, as somebody who has signed in: good for as long as that session lasts.

        Args: session: its hash; the same session is the same participant.
        Raises: Refused: `words.not_allowed`.
        """
        device_hash = self._keys.device(f"session:{session.hex()}")
        found = self._participants.find_by_device(ceremony_id, role, device_hash)
        if found is None:
            blank = Participant(id=new_id(), ceremony_id=ceremony_id, role=role, session=session)
            found = self._participants.add(self._said(blank, profile), device_hash, self._clock.now_ms())
        back = self._save(found, self._said(found, profile))
        return Entry(self._keys.token(back.id), back, "")

    def standing(self, token: str) -> Participant:
        """How somebody stands who may be waiting at the door; opened meanwhile, it lets them in.

        Raises: Refused: `link.unknown`, `link.revoked`, `door.closed`.
        """
        found = self._find(self._holder(token))
        if not self._still_good(found):
            raise Refused("link.revoked")
        if found.standing != "waiting":
            return found
        return self._save(found, replace(found, standing=self._standing_of(found)))

    def _newcomer(self, link: Link) -> Participant:
        """Somebody as they come for the first time: known by their invitation, or by nothing yet."""
        blank = Participant(id=new_id(), ceremony_id=link.ceremony_id, role=link.role)
        invitation = link.invitation
        if invitation is not None:
            return replace(
                blank,
                invitation_id=invitation.id,
                name=invitation.name,
                community=invitation.community,
                country=invitation.country,
                language=invitation.language,
                hall=invitation.hall,
            )
        if is_staff(link.role):
            return blank
        return replace(blank, standing=self._met(link.ceremony_id), name_state="held")

    def _standing_of(self, known: Participant) -> Standing:
        """How somebody stands who comes again. Who has been inside comes in at any door; who was sent out knocks.

        Raises: Refused: `person.banned`, `door.closed`.
        """
        if known.standing == "banned":
            raise Refused("person.banned")
        if known.standing == "admitted":
            return "admitted"
        met = self._met(known.ceremony_id)
        return met if known.standing == "waiting" else "waiting"

    def _met(self, ceremony_id: str) -> Standing:
        policy = self._door(ceremony_id)
        if policy == "closed":
            raise Refused("door.closed", ceremony_id=ceremony_id)
        return "admitted" if policy == "open" else "waiting"

    def _exchange(self, link: Link, seat: str, pin: str) -> None:
        """Bind the link to this browser, if it is the first one or knows the PIN."""
        claims = self._invitations.claims(link.hash)
        if seat in claims:
            return
        now_ms = self._clock.now_ms()
        if not claims and self._invitations.claim(link.hash, seat, now_ms, first=True):
            return
        if after_s := self._pins.wait_s(link.hash.hex()):
            raise Refused("link.pin_locked", after_s=after_s)
        if not pin:
            raise Refused("link.pin_needed")
        if not secrets.compare_digest(pin.strip().encode(), self._keys.pin(link.key).encode()):
            self._pins.wrong(link.hash.hex())
            raise Refused("link.pin_wrong")
        self._pins.right(link.hash.hex())
        self._invitations.claim(link.hash, seat, now_ms, first=False)

    def authenticate(self, token: str) -> Participant:
        """Whose token this is.

        Raises: Refused: `link.unknown` when it is nobody's, `link.revoked` when the link has been replaced.
        """
        return self.participant(self._holder(token))

    def _holder(self, token: str) -> str:
        participant_id = self._keys.holder(token)
        if participant_id is None:
            raise Refused("link.unknown")
        return participant_id

    def participant(self, participant_id: str) -> Participant:
        """Who this is now, and inside.

        Raises: Refused: `link.unknown`; `link.revoked` when the link they came by has been replaced; `door.waiting`,
            `door.refused`, `person.removed` or `person.banned` when they are not inside.
        """
        return self._inside(self._find(participant_id))

    def participant_now(self, participant_id: str) -> Participant:
        """The same as the store has it in this very moment, whatever is remembered: for those who may do much.

        Raises: as `participant`, StoreBusy
        """
        found = self._participants.find_all((participant_id,)).get(participant_id)
        if found is None:
            raise Refused("link.unknown")
        return self._inside(found)

    def _inside(self, participant: Participant) -> Participant:
        if not self._still_good(participant):
            raise Refused("link.revoked")
        if participant.standing != "admitted":
            raise Refused(_OUTSIDE[participant.standing])
        return participant

    def _still_good(self, participant: Participant) -> bool:
        """Whether the link or the session that somebody came by is; an invitation taken back removes its person."""
        if participant.session is not None:
            return self._lasts(participant.session)
        if participant.invitation_id is not None:
            return True
        return participant.generation == self.generation(participant.ceremony_id, participant.role)

    def _lasts(self, session: bytes) -> bool:
        try:
            lasts = self._signed_in(session)
        except StoreBusy:
            # It did when somebody last knew; and what they might ask for, nobody can write now.
            if session in self._lasted:
                return True
            raise
        (self._lasted.add if lasts else self._lasted.discard)(session)
        return lasts

    def generation(self, ceremony_id: str, role: str) -> int:
        """How often the link of a role has been replaced, as known a second ago at the latest."""
        self._refresh(STALE_MS)
        return self._generation(ceremony_id, role)

    def update(self, participant: Participant, profile: Profile) -> Participant:
        """What somebody says about themselves, anew.

        Raises: Refused: `words.not_allowed`.
        """
        current = self._find(participant.id)
        return self._save(current, self._said(current, profile))

    def _save(self, before: Participant, after: Participant) -> Participant:
        if after != before:
            if not self._participants.change(before, after, self._clock.now_ms()):
                # A moderator's word must not be written over by what was read before it.
                raise StoreBusy("somebody has decided about this person meanwhile")
            self._changed(after)
        return after

    def _find(self, participant_id: str) -> Participant:
        found = self._participants.find(participant_id)
        if found is None:
            raise Refused("link.unknown")
        return found

    def _said(self, before: Participant, profile: Profile) -> Participant:
        """The participant with what the profile says, tidied and checked."""
        participant = before
        if profile.name is not None:
            participant = replace(participant, name=line(profile.name, "name", NAME_MAX, 0))
        if profile.community is not None:
            participant = replace(participant, community=line(profile.community, "community", COMMUNITY_MAX, 0))
        if profile.country is not None:
            code = country_code(profile.country)
            if code is not None and not self._is_country(code):
                raise Refused("words.not_allowed", field="country", reason="unknown")
            participant = replace(participant, country=code)
        if profile.consent is not None:
            if profile.consent not in _CONSENTS:
                raise Refused("words.not_allowed", field="consent", reason="unknown")
            participant = replace(participant, consent=profile.consent)
        if profile.people is not None:
            if not 1 <= profile.people <= PEOPLE_MAX:
                raise Refused("words.not_allowed", field="people", reason="range", least=1, most=PEOPLE_MAX)
            participant = replace(participant, people=profile.people)
        if profile.recording is not None:
            participant = replace(participant, recording=profile.recording)
        if profile.language is not None:
            participant = replace(participant, language=language_tag(profile.language))
        return _held_again(before, participant)

    def look_again(self) -> None:
        """Another process has replaced a link. Raises: StoreBusy."""
        self._refresh(0)

    def _generation(self, ceremony_id: str, role: str) -> int:
        return self._generations.get((ceremony_id, role), 0)

    def _refresh(self, stale_ms: int) -> None:
        """Ask which links have been replaced, unless that is known since then; 0: be that as it may.

        Raises: StoreBusy: and nothing is known, or it has to be now.
        """
        now_ms, before_ms = self._clock.now_ms(), self._indexed_ms
        if stale_ms and before_ms is not None:
            if now_ms - before_ms <= stale_ms:
                return
            self._indexed_ms = now_ms  # one asks; the others go by what is known, also where the store stands still
        try:
            generations = self._participants.generations()
        except StoreBusy:
            if stale_ms and before_ms is not None:
                return
            raise
        self._indexed_ms = now_ms
        if generations == self._generations:
            return  # each is in the index, or learned when it is asked for
        index: dict[bytes, tuple[str, LinkRole]] = {}
        self._learn(index, generations)
        self._index, self._generations = index, generations

    def _learn(self, index: dict[bytes, tuple[str, LinkRole]], generations: dict[tuple[str, str], int]) -> None:
        """Add the ceremonies that are not in the index yet."""
        indexed = {ceremony_id for ceremony_id, _ in index.values()}
        for ceremony_id in self._ceremony_ids():
            if ceremony_id not in indexed:
                for role in LINK_ROLES:
                    key = self._keys.link(ceremony_id, role, generations.get((ceremony_id, role), 0))
                    index[digest(key)] = (ceremony_id, role)


def _held_again(before: Participant, after: Participant) -> Participant:
    """New words about oneself wait for a moderator anew; those who lead need nobody to release theirs."""
    if is_staff(after.role) or (after.name, after.community) == (before.name, before.community):
        return after
    return replace(after, name_state="held")
