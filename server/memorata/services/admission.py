"""Who enters by which link, as whom, and comes back after a lost connection."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from memorata.domain.errors import Refused
from memorata.domain.words import COMMUNITY_MAX, NAME_MAX, country_code, line
from memorata.services.keys import Keys, digest, new_id
from memorata.services.ports import LINK_ROLES, Clock, Consent, LinkRole, Participant, Participants

PEOPLE_MAX = 500
"""The most people behind one screen."""

PARTICIPANTS_MAX = 50_000
"""Who can enter one ceremony: a bound for the disk, far above what one server can hold."""

STALE_MS = 5_000
"""How long links are remembered before the store is asked whether one has been replaced."""

_DEVICE = re.compile(r"[A-Za-z0-9_.:-]{8,200}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
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


class Admission:
    """The doors. `changed` hears of every participant whose profile has changed; `removed` of replaced links."""

    def __init__(
        self,
        keys: Keys,
        participants: Participants,
        ceremony_ids: Callable[[], Iterable[str]],
        clock: Clock,
        is_country: Callable[[str], bool],
        changed: Callable[[Participant], None],
        removed: Callable[[str, LinkRole], None],
    ) -> None:
        self._keys = keys
        self._participants = participants
        self._ceremony_ids = ceremony_ids
        self._clock = clock
        self._is_country = is_country
        self._changed = changed
        self._removed = removed
        self._index: dict[bytes, tuple[str, LinkRole]] = {}
        self._generations: dict[tuple[str, str], int] = {}
        self._indexed_ms = -(10**9)

    def links(self, ceremony_id: str) -> dict[LinkRole, str]:
        """The keys of a ceremony's links, by role; never to be logged."""
        self._refresh(0)
        return {role: self._keys.link(ceremony_id, role, self._generation(ceremony_id, role)) for role in LINK_ROLES}

    def resolve(self, key: str) -> tuple[str, LinkRole]:
        """The ceremony and role of a link.

        Raises: Refused: `link.unknown`.
        """
        self._refresh(STALE_MS)
        wanted = digest(key)
        if wanted not in self._index:
            self._learn(self._index, self._generations)
        if wanted not in self._index:
            self._refresh(1_000)  # replaced a moment ago? a guesser makes us look once a second at most
        if wanted not in self._index:
            raise Refused("link.unknown")
        return self._index[wanted]

    def renew(self, ceremony_id: str, role: LinkRole) -> str:
        """Replace the link of a role; whoever came by the old one is put out. Returns the new key."""
        self._participants.next_generation(ceremony_id, role)
        key = self.links(ceremony_id)[role]
        self._removed(ceremony_id, role)
        return key

    def enter(self, key: str, device: str | None, profile: Profile) -> Entry:
        """Come in by a link: the same device is the same participant, with what is said anew.

        Raises: Refused: `link.unknown`, `words.not_allowed`, `ceremony.full`.
        """
        ceremony_id, role = self.resolve(key)
        if device is not None and not _DEVICE.fullmatch(device):
            raise Refused("words.not_allowed", field="device", reason="characters")
        device = device or new_id()
        device_hash = self._keys.device(device)
        found = self._participants.find_by_device(ceremony_id, role, device_hash)
        generation = self._generation(ceremony_id, role)
        if found is None:
            if self._participants.count(ceremony_id) >= PARTICIPANTS_MAX:
                raise Refused("ceremony.full")
            blank = Participant(id=new_id(), ceremony_id=ceremony_id, role=role, generation=generation)
            added = self._participants.add(self._said(blank, profile), device_hash, self._clock.now_ms())
            return Entry(self._keys.token(added.id), added, device)
        back = self._save(found, replace(self._said(found, profile), generation=generation))
        return Entry(self._keys.token(back.id), back, device)

    def authenticate(self, token: str) -> Participant:
        """Whose token this is.

        Raises: Refused: `link.unknown` when it is nobody's, `link.revoked` when the link has been replaced.
        """
        participant_id = self._keys.holder(token)
        if participant_id is None:
            raise Refused("link.unknown")
        return self.participant(participant_id)

    def participant(self, participant_id: str) -> Participant:
        """Who this is now.

        Raises: Refused: `link.unknown`; `link.revoked` when the link they came by has been replaced.
        """
        participant = self._find(participant_id)
        if not self.admitted(participant):
            raise Refused("link.revoked")
        return participant

    def admitted(self, participant: Participant) -> bool:
        """Whether the link that somebody came by is still good."""
        return participant.generation == self.generation(participant.ceremony_id, participant.role)

    def generation(self, ceremony_id: str, role: str) -> int:
        """How often the link of a role has been replaced, as known a few seconds ago at the latest."""
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
            self._participants.save(after)
            self._changed(after)
        return after

    def _find(self, participant_id: str) -> Participant:
        found = self._participants.find(participant_id)
        if found is None:
            raise Refused("link.unknown")
        return found

    def _said(self, participant: Participant, profile: Profile) -> Participant:
        """The participant with what the profile says, tidied and checked."""
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
            if profile.language and not _LANGUAGE.fullmatch(profile.language):
                raise Refused("words.not_allowed", field="language", reason="characters")
            participant = replace(participant, language=profile.language)
        return participant

    def _generation(self, ceremony_id: str, role: str) -> int:
        return self._generations.get((ceremony_id, role), 0)

    def _refresh(self, stale_ms: int) -> None:
        now_ms = self._clock.now_ms()
        if now_ms - self._indexed_ms <= stale_ms and stale_ms:
            return
        generations = self._participants.generations()
        index: dict[bytes, tuple[str, LinkRole]] = {}
        self._learn(index, generations)
        self._index, self._generations, self._indexed_ms = index, generations, now_ms

    def _learn(self, index: dict[bytes, tuple[str, LinkRole]], generations: dict[tuple[str, str], int]) -> None:
        """Add the ceremonies that are not in the index yet."""
        indexed = {ceremony_id for ceremony_id, _ in index.values()}
        for ceremony_id in self._ceremony_ids():
            if ceremony_id not in indexed:
                for role in LINK_ROLES:
                    key = self._keys.link(ceremony_id, role, generations.get((ceremony_id, role), 0))
                    index[digest(key)] = (ceremony_id, role)
