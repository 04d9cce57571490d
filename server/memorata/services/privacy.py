"""What is kept of one person, shown and erased on their own wish, by themselves or by the operator they ask."""

from collections.abc import Callable, Container
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, cast

from memorata.domain import commands as c
from memorata.domain.errors import Refused
from memorata.domain.events import Recorded
from memorata.domain.floor import FloorEntry
from memorata.domain.tributes import Wish
from memorata.domain.words import same_name
from memorata.services.keys import Keys
from memorata.services.live import OPERATOR, LiveCeremonies
from memorata.services.planning_ports import Contact, Contacts, SeriesStore, Trail
from memorata.services.ports import Claim, Clock, EventLog, Kept, Participants, People
from memorata.services.retention import AGAIN_MS


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person of a ceremony, by everything that belongs to them; the ids of requests and wishes are of the log.

    `contacts` are the lines of address books that they stand in; `ceremony_id` is empty of somebody who was found there
    alone.
    """

    ceremony_id: str
    participants: tuple[str, ...] = ()
    invitations: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.participants or self.invitations or self.entries or self.wishes or self.contacts)


class Privacy:
    """Asks no host: the right to be forgotten needs no permission, only a token that is somebody's."""

    def __init__(
        self,
        ceremonies: LiveCeremonies,
        log: EventLog,
        participants: Participants,
        people: People,
        series: SeriesStore,
        contacts: Contacts,
        trail: Trail,
        keys: Keys,
        clock: Clock,
        purge_later: Callable[[], None] = lambda: None,
    ) -> None:
        self._ceremonies = ceremonies
        self._log = log
        self._participants = participants
        self._people = people
        self._series = series
        self._contacts = contacts
        self._trail = trail
        self._keys = keys
        self._clock = clock
        self._purge_later = purge_later

    def remove_me(self, token: str) -> None:
        """Erase the person whose token this is, at once, even if their link has been replaced or they were put out.

        Raises: Refused: `token.unknown` when it is nobody's (any more), `silence.locked`.
        """
        participant_id = self._keys.holder(token)
        who = self._participants.find(participant_id) if participant_id is not None else None
        if who is None:
            raise Refused("token.unknown")
        participants, invitations = self._people.same_person(who.id)
        for each in participants:
            self._erase(who.ceremony_id, c.ErasePerson(each), c.Actor(each, who.role), invitations)
        if not self._people.purge():
            self._purge_later()

    def find(self, ceremony_id: str, person_id: str) -> Somebody:
        """What belongs to a participant, on all their devices, or to a contact; nothing of somebody of elsewhere."""
        who = self._participants.find(person_id)
        if who is not None and who.ceremony_id == ceremony_id:
            return self._of(ceremony_id, *self._people.same_person(person_id))
        contact = self._contacts.find(person_id)
        if contact is not None and contact.series == self._series_of(ceremony_id):
            return self._with_contact(Somebody(ceremony_id), contact)
        return Somebody(ceremony_id)

    def named(self, ceremony_id: str, name: str) -> tuple[Somebody, ...]:
        """Everybody of that name; whoever had no screen, or signed otherwise than they entered, comes last, as one."""
        found: dict[tuple[str, ...], Somebody] = {}
        for participant_id in self._people.known_as(ceremony_id, name):
            somebody = self.find(ceremony_id, participant_id)
            found.setdefault(tuple(sorted(somebody.participants)), somebody)
        there = {one for somebody in found.values() for one in somebody.contacts}
        everybody = [*found.values(), *self._listed(ceremony_id, self._series_of(ceremony_id), name, there)]
        known = {one for somebody in everybody for one in (*somebody.entries, *somebody.wishes)}
        known |= {one for somebody in everybody for one in somebody.invitations}
        entries, wishes = self._written(ceremony_id, lambda one: same_name(one.name, name))
        rest = Somebody(
            ceremony_id,
            invitations=tuple(i for i in self._people.invited_as(ceremony_id, name) if i not in known),
            entries=tuple(i for i in entries if i not in known),
            wishes=tuple(i for i in wishes if i not in known),
        )
        return (*everybody, *([rest] if rest else []))

    def is_series(self, name: str) -> bool:
        """Whether it is the id of a series, if only of one that was removed."""
        return self._series.find(name) is not None

    def listed(self, series_id: str, name: str) -> tuple[Somebody, ...]:
        """Everybody of that name in the address book of a series."""
        return self._listed("", series_id, name, set())

    def listed_by_id(self, series_id: str, contact_id: str) -> Somebody:
        contact = self._contacts.find(contact_id)
        if contact is None or contact.series != series_id:
            return Somebody("")
        return self._with_contact(Somebody(""), contact)

    def kept(self, somebody: Somebody) -> Kept:
        contacts = [one for each in somebody.contacts if (one := self._contacts.find(each)) is not None]
        guests = [guest for one in contacts for guest in self._contacts.guests_of(one.id)]
        return replace(
            self._people.kept(somebody.participants, somebody.invitations),
            contacts=tuple(asdict(one) for one in contacts),
            guests=tuple(asdict(one) for one in guests),
        )

    def events(self, somebody: Somebody) -> tuple[Recorded, ...]:
        """What happened by them or about them, in order."""
        if not somebody.ceremony_id:
            return ()
        ids = {*somebody.entries, *somebody.wishes}
        return tuple(
            recorded
            for recorded in self._log.events(somebody.ceremony_id, 0)
            if recorded.by in somebody.participants
            or any(one.id in ids for one in _words(recorded))
            or {getattr(recorded.event, "entry_id", None), getattr(recorded.event, "wish_id", None)} & ids
        )

    def erase(self, somebody: Somebody) -> None:
        """As an operator, for somebody who has asked for it; in address books and in what their changes left as well.

        Raises: Refused: `silence.locked`.
        """
        self._erase_in_ceremonies(somebody)
        for contact_id in somebody.contacts:
            contact = self._contacts.find(contact_id)
            if contact is not None:
                # The line itself goes last: whoever is stopped in the middle finds it again.
                self._trail.forget_about(contact_id, contact.name)
                self._contacts.remove(contact_id)

    def _erase_in_ceremonies(self, somebody: Somebody) -> None:
        operator = c.Actor(OPERATOR, "organizer")
        first, *others = somebody.participants or (None,)
        command = c.ErasePerson(first, somebody.entries, somebody.wishes)
        if somebody.ceremony_id and (first or somebody.entries or somebody.wishes or somebody.invitations):
            self._erase(somebody.ceremony_id, command, operator, somebody.invitations)
        else:
            self._people.uninvite(somebody.invitations)
        for each in others:
            self._erase(somebody.ceremony_id, c.ErasePerson(each), operator, ())

    def erase_all(self, ceremony_id: str) -> None:
        """All names of a ceremony, now.

        Raises: Refused: `silence.locked`, `ceremony.unknown`.
        """
        now_ms = self._clock.now_ms()
        # Said now, it holds whatever was claimed before.
        claim = Claim("names", now_ms, now_ms + AGAIN_MS)
        self._ceremonies.erase(ceremony_id, c.EraseNames(), c.Actor(OPERATOR, "organizer"), claim=claim)

    def purge(self) -> bool:
        """Whether the files hold nothing of what was erased any more; False while another process is reading them."""
        return self._people.purge()

    def _erase(self, ceremony_id: str, command: c.ErasePerson, actor: c.Actor, invitations: tuple[str, ...]) -> None:
        self._ceremonies.erase(ceremony_id, command, actor, invitations)

    def _of(self, ceremony_id: str, participants: tuple[str, ...], invitations: tuple[str, ...]) -> Somebody:
        entries, wishes = self._written(ceremony_id, lambda one: one.participant_id in participants)
        somebody = Somebody(ceremony_id, participants, invitations, entries, wishes)
        for invitation_id in invitations:
            guest = self._contacts.by_invitation(invitation_id)
            contact = self._contacts.find(guest.contact_id) if guest is not None else None
            if contact is not None:
                somebody = self._with_contact(somebody, contact)
        return somebody

    def _listed(self, ceremony_id: str, series_id: str, name: str, but: Container[str]) -> tuple[Somebody, ...]:
        """Those of an address book who are not known otherwise."""
        found = (one for one in self._contacts.of_series(series_id) if one.id not in but and same_name(one.name, name))
        return tuple(self._with_contact(Somebody(ceremony_id), one) for one in found)

    def _with_contact(self, somebody: Somebody, contact: Contact) -> Somebody:
        """With the personal links of all years, which bear the name too."""
        links = (guest.invitation_id for guest in self._contacts.guests_of(contact.id))
        invitations = dict.fromkeys((*somebody.invitations, *(link for link in links if link is not None)))
        return replace(somebody, invitations=tuple(invitations), contacts=(*somebody.contacts, contact.id))

    def _series_of(self, ceremony_id: str) -> str:
        programme = self._ceremonies.state(ceremony_id).programme if ceremony_id in self._ceremonies.ids() else None
        return programme.series if programme is not None else ""

    def _written(
        self, ceremony_id: str, wanted: Callable[[FloorEntry | Wish], bool]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The ids of requests and wishes, those of the past included that have been changed or taken out since."""
        entries: dict[str, None] = {}
        wishes: dict[str, None] = {}
        for recorded in self._log.events(ceremony_id, 0):
            for one in _words(recorded):
                if wanted(one):
                    (entries if isinstance(one, FloorEntry) else wishes)[one.id] = None
        return tuple(entries), tuple(wishes)


def _words(recorded: Recorded) -> list[FloorEntry | Wish]:
    values = (getattr(recorded.event, field.name) for field in fields(cast(Any, recorded.event)))
    return [value for value in values if isinstance(value, FloorEntry | Wish)]
