"""Personal invitations: made for many at once, handed on as links, letters and spoken codes, taken back."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from memorata.domain.errors import Refused
from memorata.domain.items import Text
from memorata.domain.programme import Hall
from memorata.domain.roles import Role, is_staff
from memorata.domain.words import COMMUNITY_MAX, NAME_MAX, country_code, language_tag, line
from memorata.services.keys import Keys, digest, new_id
from memorata.services.ports import Clock, Invitation, Invitations, Participants, Sealed
from memorata.services.tries import Tries
from memorata.services.wrongs import Share, by_itself

INVITED: tuple[Role, ...] = ("participant", "speaker", "moderator", "host")
"""Whom one can be invited as; organizers have accounts."""

MOST_AT_ONCE = 2_000
FAULTS_TOLD = 20

CODES_WRONG, CODES_WITHIN_MS = 60, 3_600_000
"""Wrong codes in an hour before no more are heard at a ceremony: of 300 people invited, one is found in fifty hours.

It opens nothing but a participant's seat, from which nothing is shown to others unreleased.
"""

_MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom to invite, as somebody wrote it down; `where` names the line or row for faults."""

    name: str
    community: str = ""
    country: str = ""
    language: str = ""
    role: str = "participant"
    mail: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation with what is handed on: never to be logged. `pin` is for those who lead, `code` for the others."""

    invitation: Invitation
    key: str
    code: str | None
    pin: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    where: str
    field: str
    reason: str


def refuse(faults: Sequence[Fault]) -> None:
    """Raises: Refused: `invitation.invalid` with the first twenty faults, where there is any."""
    if faults:
        told = [{"where": one.where, "field": one.field, "reason": one.reason} for one in faults[:FAULTS_TOLD]]
        raise Refused("invitation.invalid", faults=told, more=max(0, len(faults) - FAULTS_TOLD))


class Inviting:
    """`put_out` closes the lines of a participant whose rights have changed."""

    def __init__(
        self,
        keys: Keys,
        store: Invitations,
        participants: Participants,
        clock: Clock,
        is_country: Callable[[str], bool],
        put_out: Callable[[str], None],
        share: Share = by_itself,
    ) -> None:
        self._keys = keys
        self._store = store
        self._participants = participants
        self._clock = clock
        self._is_country = is_country
        self._put_out = put_out
        self._codes = Tries(clock, CODES_WRONG, CODES_WITHIN_MS, "code", share)

    def make(self, ceremony_id: str, guests: Sequence[Guest]) -> tuple[Issued, ...]:
        """Invite all of them, or none.

        Raises: Refused: `invitation.invalid` with `faults` [{where, field, reason}], the first twenty of them.
        """
        if not 1 <= len(guests) <= MOST_AT_ONCE:
            raise Refused("invitation.invalid", faults=[], least=1, most=MOST_AT_ONCE)
        faults: list[Fault] = []
        now_ms = self._clock.now_ms()
        checked = [
            self._checked(ceremony_id, guest, guest.where or str(number), now_ms, faults)
            for number, guest in enumerate(guests, 1)
        ]
        refuse(faults)
        taken = set(self._store.codes(ceremony_id))
        sealed = [self._seal(invitation, taken) for invitation in checked]
        self._store.add(sealed)
        return tuple(self._issued(one.invitation) for one in sealed)

    def make_hall(self, ceremony_id: str, hall: Hall, languages: Sequence[str]) -> Issued:
        """The link of a hall, anew: the one before is good no longer, and whoever came by it is put out.

        Args: languages: those of the programme; the place is called as in the first of them.
        Raises: Refused: `invitation.invalid`.
        """
        guest = Guest(
            _said(hall.place, languages)[:NAME_MAX],
            _said(hall.community, languages)[:COMMUNITY_MAX],
            hall.country or "",
            languages[0] if languages else "",
            where=hall.id,
        )
        faults: list[Fault] = []
        before = max((one.created_ms for one in self._good(ceremony_id) if one.hall == hall.id), default=-1)
        at_ms = max(self._clock.now_ms(), before + 1)
        made = replace(self._checked(ceremony_id, guest, hall.id, at_ms, faults), hall=hall.id)
        refuse(faults)
        sealed = self._seal(made, set(self._store.codes(ceremony_id)))
        self._store.add([sealed])
        # Of two hosts who press at once the later one's link stays, whichever of them looks first.
        for other in self._good(ceremony_id):
            if other.hall == hall.id and (other.created_ms, other.id) < (made.created_ms, made.id):
                self.revoke(ceremony_id, [other.id])
        return self._issued(sealed.invitation)

    def halls(self, ceremony_id: str) -> dict[str, Issued]:
        """The links of halls that are good, by the id of the hall."""
        good = sorted(self._good(ceremony_id), key=lambda one: (one.created_ms, one.id))
        return {one.hall: self._issued(one) for one in good if one.hall}

    def issued(self, ceremony_id: str) -> tuple[Issued, ...]:
        """All of people that are good: list after list as they were made, each by name."""
        good = [one for one in self._good(ceremony_id) if not one.hall]
        return tuple(self._issued(one) for one in sorted(good, key=lambda one: (one.created_ms, one.name.casefold())))

    def good(self, ceremony_id: str, invitation_id: str) -> Issued | None:
        """One of them, unless it has been taken back."""
        found = self._store.find(invitation_id)
        if found is None or found.ceremony_id != ceremony_id or found.revoked_ms is not None:
            return None
        return self._issued(found)

    def revoke(self, ceremony_id: str, invitation_ids: Iterable[str]) -> int:
        """Take invitations back; whoever came by one is put out. Returns how many were good until now.

        Raises: Refused: `invitation.unknown`, before anything is done.
        """
        wanted = tuple(self._known(ceremony_id, each) for each in invitation_ids)
        now_ms = self._clock.now_ms()
        count = 0
        for invitation in wanted:
            count += self._store.revoke(invitation.id, now_ms)
            self._tell(invitation.id)
        return count

    def set_role(self, ceremony_id: str, invitation_id: str, role: Role) -> Issued:
        """Make somebody something else; their lines are closed and come back as that.

        Raises: Refused: `invitation.unknown`, `invitation.invalid`.
        """
        invitation = self._known(ceremony_id, invitation_id)
        if invitation.hall:
            raise Refused("invitation.unknown", id=invitation_id)
        if role not in INVITED:
            raise Refused("invitation.invalid", faults=[{"where": invitation_id, "field": "role", "reason": "unknown"}])
        self._store.set_role(invitation_id, role, self._clock.now_ms())
        self._tell(invitation_id)
        return self._issued(replace(invitation, role=role))

    def by_code(self, ceremony_id: str, code: str) -> str:
        """The key of the invitation that has this spoken code.

        Raises: Refused: `code.unknown`; `code.locked` with `after_s` when too many were wrong.
        """
        if after_s := self._codes.wait_s(ceremony_id):
            raise Refused("code.locked", after_s=after_s)
        digits = re.sub(r"[\s-]", "", code)
        found = None
        if _CODE.fullmatch(digits):
            found = self._store.by_code(ceremony_id, self._keys.code_hash(ceremony_id, digits))
        if found is None or found.revoked_ms is not None or is_staff(found.role):
            self._codes.wrong(ceremony_id)
            raise Refused("code.unknown")
        return self._keys.invitation(found.id)

    def _good(self, ceremony_id: str) -> list[Invitation]:
        return [one for one in self._store.of_ceremony(ceremony_id) if one.revoked_ms is None]

    def _checked(self, ceremony_id: str, guest: Guest, where: str, now_ms: int, faults: list[Fault]) -> Invitation:
        def tidy(field: str, read: Callable[[], str]) -> str:
            try:
                return read()
            except Refused as refused:
                faults.append(Fault(where, field, str(refused.facts.get("reason", "unknown"))))
                return ""

        name = tidy("name", lambda: line(guest.name, "name", NAME_MAX))
        community = tidy("community", lambda: line(guest.community, "community", COMMUNITY_MAX, 0))
        country = tidy("country", lambda: country_code(guest.country.strip()) or "")
        role, mail = guest.role.strip() or "participant", guest.mail.strip()
        if country and not self._is_country(country):
            faults.append(Fault(where, "country", "unknown"))
        if role not in INVITED:
            faults.append(Fault(where, "role", "unknown"))
        language = tidy("language", lambda: language_tag(guest.language.strip()))
        if mail and (len(mail) > 254 or not _MAIL.fullmatch(mail)):
            faults.append(Fault(where, "mail", "characters"))
        return Invitation(
            id=new_id(),
            ceremony_id=ceremony_id,
            role=role,  # type: ignore[arg-type]  # checked just above
            name=name,
            community=community,
            country=country or None,
            language=language,
            mail=mail,
            created_ms=now_ms,
        )

    def _seal(self, invitation: Invitation, taken: set[bytes]) -> Sealed:
        token_hash = digest(self._keys.invitation(invitation.id))
        if is_staff(invitation.role):
            return Sealed(invitation, token_hash, None)
        turn = 0
        while (hashed := self._code_hash(invitation, turn)) in taken:
            turn += 1
        taken.add(hashed)
        return Sealed(replace(invitation, turn=turn), token_hash, hashed)

    def _code_hash(self, invitation: Invitation, turn: int) -> bytes:
        return self._keys.code_hash(invitation.ceremony_id, self._keys.code(invitation.id, turn))

    def _issued(self, invitation: Invitation) -> Issued:
        key = self._keys.invitation(invitation.id)
        if is_staff(invitation.role):
            return Issued(invitation, key, None, self._keys.pin(key))
        return Issued(invitation, key, self._keys.code(invitation.id, invitation.turn), None)

    def _known(self, ceremony_id: str, invitation_id: str) -> Invitation:
        found = self._store.find(invitation_id)
        if found is None or found.ceremony_id != ceremony_id:
            raise Refused("invitation.unknown", id=invitation_id)
        return found

    def _tell(self, invitation_id: str) -> None:
        came = self._participants.of_invitation(invitation_id)
        if came is not None:
            self._put_out(came.id)


def _said(text: Text, languages: Sequence[str]) -> str:
    """A text in the first of these languages that it has, else in any."""
    return next((text[tag] for tag in (*languages, *text) if text.get(tag)), "")
