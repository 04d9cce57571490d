"""The people of a series: whom its organizers invite each year, whom they remember, who has said that they come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from memorata.domain.accounts import mail_address
from memorata.domain.errors import Refused
from memorata.domain.roles import permit_deed
from memorata.domain.words import COMMUNITY_MAX, NAME_MAX, NOTE_MAX, country_code, language_tag, line, passage
from memorata.services.agenda import Agenda
from memorata.services.inviting import INVITED, Fault, refuse
from memorata.services.keys import new_id
from memorata.services.ledger import Ledger
from memorata.services.planbook import PlanBook
from memorata.services.planner import Planner
from memorata.services.planning_ports import Contact, Contacts, Due, Guest
from memorata.services.ports import Account, Clock

PEOPLE_MAX = 5_000
TELEPHONE_MAX = 40

FIELDS = ("name", "community", "country", "language", "zone", "site", "mail", "telephone", "role", "note")
"""What organizers write of a person."""


@dataclass(frozen=True, slots=True)
class Written:
    """A person after a change; `trail` is the entry by which it can be undone."""

    contact: Contact
    trail: int = 0


class ContactDesk:
    def __init__(
        self,
        contacts: Contacts,
        book: PlanBook,
        planner: Planner,
        agenda: Agenda,
        ledger: Ledger,
        clock: Clock,
        is_country: Callable[[str], bool],
        is_zone: Callable[[str], bool],
    ) -> None:
        self._contacts = contacts
        self._book = book
        self._planner = planner
        self._agenda = agenda
        self._ledger = ledger
        self._clock = clock
        self._is_country = is_country
        self._is_zone = is_zone

    def of_series(self, by: Account, series_id: str) -> tuple[Contact, ...]:
        """Raises: Refused: `role.not_allowed`, `series.unknown`."""
        permit_deed(by.role, "plan.see")
        self._book.row(series_id)
        return self._contacts.of_series(series_id)

    def add(self, by: Account, series_id: str, people: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
        """All of them, or none; returns how many, and the entry of the trail.

        Raises: Refused: as `of_series`; `invitation.invalid` with `faults` [{where, field, reason}].
        """
        permit_deed(by.role, "plan.write")
        sites = {site.id for site in self._book.series(series_id).sites}
        known = len(self._contacts.of_series(series_id))
        if not 1 <= len(people) <= PEOPLE_MAX - known:
            raise Refused("invitation.invalid", faults=[], least=1, most=PEOPLE_MAX - known)
        faults: list[Fault] = []
        now_ms = self._clock.now_ms()
        made = [
            self._checked(Contact(new_id(), series_id, "", created_ms=now_ms), each, sites, _where(each, i), faults)
            for i, each in enumerate(people, 1)
        ]
        refuse(faults)
        self._contacts.add(made)
        entry = self._ledger.note(
            by,
            "people.added",
            series_id,
            made[0].id if len(made) == 1 else "",
            {"people": len(made), **({"name": made[0].name} if len(made) == 1 else {})},
            {"added": [one.id for one in made]},
        )
        return len(made), entry.id

    def change(self, by: Account, series_id: str, contact_id: str, version: int, fields: Mapping[str, Any]) -> Written:
        """Raises: Refused: as `add`, `person.unknown`, `plan.stale`."""
        permit_deed(by.role, "plan.write")
        before = self._known(series_id, contact_id, version)
        faults: list[Fault] = []
        sites = {site.id for site in self._book.series(series_id).sites}
        after = self._checked(before, fields, sites, before.name, faults)
        refuse(faults)
        return self._write(by, before, after, "person.changed")

    def remember(self, by: Account, series_id: str, contact_id: str, version: int, *, in_memory: bool) -> Written:
        """Somebody has died, or that was a mistake: who is remembered gets no mail, at once; all else stays.

        Raises: Refused: as `change`.
        """
        permit_deed(by.role, "plan.write")
        before = self._known(series_id, contact_id, version)
        at_ms = self._clock.now_ms() if in_memory else None
        if (before.in_memory_ms is None) == (at_ms is None):
            return Written(before)
        kind = "person.remembered" if in_memory else "person.not_remembered"
        return self._write(by, before, replace(before, in_memory_ms=at_ms), kind)

    def remove(self, by: Account, series_id: str, contact_id: str, version: int) -> int:
        """Returns the entry of the trail. Raises: Refused: as `change`."""
        permit_deed(by.role, "plan.write")
        before = self._known(series_id, contact_id, version)
        self._contacts.remove(contact_id)
        facts = {"name": before.name}
        return self._ledger.note(by, "person.removed", series_id, contact_id, facts, {"contact": asdict(before)}).id

    def invite(self, by: Account, series_id: str, key: str, contact_ids: Sequence[str]) -> int:
        """To one date; who is invited already stays so, and who is remembered is not. Returns the entry of the trail.

        Raises: Refused: as `of_series`, `plan.date_unknown`, `person.unknown`.
        """
        permit_deed(by.role, "plan.write")
        planned = self._book.occurrence(series_id, key)
        self._planner.made(self._book.row(series_id), planned.occurrence, planned.series)
        of_series = {one.id: one for one in self._contacts.of_series(series_id)}
        unknown = [each for each in contact_ids if each not in of_series]
        if unknown:
            raise Refused("person.unknown", id=unknown[0])
        there = {guest.contact_id for guest in self._contacts.guests(series_id, key)}
        new = [each for each in contact_ids if each not in there and of_series[each].in_memory_ms is None]
        if not new:
            return 0
        self._contacts.invite([Guest(series_id, key, each) for each in new])
        facts = {"people": len(new)}
        return self._ledger.note(by, "people.invited", series_id, key, facts, {"invited": new}).id

    def uninvite(self, by: Account, series_id: str, key: str, contact_id: str) -> int:
        """Returns the entry of the trail. Raises: Refused: as `invite`."""
        permit_deed(by.role, "plan.write")
        guest = self._contacts.guest(series_id, key, contact_id)
        contact = self._contacts.find(contact_id)
        if guest is None or contact is None:
            raise Refused("person.unknown", id=contact_id)
        self._contacts.uninvite(series_id, key, contact_id)
        facts = {"name": contact.name}
        return self._ledger.note(by, "person.uninvited", series_id, key, facts, {"uninvited": asdict(guest)}).id

    def send(
        self,
        by: Account,
        series_id: str,
        key: str,
        contact_ids: Sequence[str],
        compose: Callable[[str, str, Sequence[str]], Sequence[Due]],
    ) -> None:
        """Invite these by mail, now; who is not invited yet is from now on.

        Raises: Refused: as `invite`, `plan.not_published`.
        """
        permit_deed(by.role, "plan.write")
        if self._book.row(series_id).published_ms is None:
            raise Refused("plan.not_published", id=series_id)
        self.invite(by, series_id, key, contact_ids)
        self._agenda.put(compose(series_id, key, contact_ids))
        self._ledger.note(by, "people.mailed", series_id, key, {"people": len(contact_ids)})

    def again(self, by: Account, due_id: int) -> None:
        """Do once more what has failed, a mail too of which nobody knows whether it went out.

        Raises: Refused: `role.not_allowed`, `plan.undo_unknown`.
        """
        permit_deed(by.role, "plan.write")
        found = self._agenda.again(due_id)
        if found is None:
            raise Refused("plan.undo_unknown", id=due_id)
        self._ledger.note(by, "due.again", found.subject.partition("/")[0][:40], found.subject, {"kind": found.kind})

    def put_back(self, series_id: str, about: str, before: Mapping[str, Any], after: int) -> None:
        """Undo a change of which `before` was kept. Raises: Refused: `plan.undo_stale`."""
        if "added" in before:
            for contact_id in before["added"]:
                self._contacts.remove(contact_id)
        elif "invited" in before:
            for contact_id in before["invited"]:
                self._contacts.uninvite(series_id, about, contact_id)
        elif "uninvited" in before:
            guest = Guest(**before["uninvited"])
            self._contacts.invite([guest])
            if guest.answer:
                self._contacts.answer(guest.series, guest.key, guest.contact_id, guest.answer, guest.answered_ms or 0)
        else:
            self._put_back(Contact(**before["contact"]), after)

    # --- inside ---

    def _put_back(self, contact: Contact, after: int) -> None:
        now = self._contacts.find(contact.id)
        if now is None:
            self._contacts.add([contact])
        elif now.version != after or not self._contacts.change(replace(contact, version=now.version + 1)):
            raise Refused("plan.undo_stale")

    def _known(self, series_id: str, contact_id: str, version: int) -> Contact:
        found = self._contacts.find(contact_id)
        if found is None or found.series != series_id:
            raise Refused("person.unknown", id=contact_id)
        if found.version != version:
            raise Refused("plan.stale", version=found.version)
        return found

    def _write(self, by: Account, before: Contact, after: Contact, kind: str) -> Written:
        after = replace(after, version=before.version + 1)
        if not self._contacts.change(after):
            raise Refused("plan.stale", version=after.version)
        facts = {"name": after.name}
        entry = self._ledger.note(by, kind, after.series, after.id, facts, {"contact": asdict(before)}, after.version)
        return Written(after, entry.id)

    def _checked(
        self, base: Contact, fields: Mapping[str, Any], sites: set[str], where: str, faults: list[Fault]
    ) -> Contact:
        """The person with these fields; what cannot be used is told."""

        def tidy(field: str, read: Callable[[str], Any]) -> Any:
            if field not in fields:
                return getattr(base, field)
            try:
                return read(str(fields[field] or ""))
            except Refused as refused:
                faults.append(Fault(where, field, str(refused.facts.get("reason", "unknown"))))
                return getattr(base, field)

        found = replace(
            base,
            name=tidy("name", lambda text: line(text, "name", NAME_MAX)),
            community=tidy("community", lambda text: line(text, "community", COMMUNITY_MAX, 0)),
            country=tidy("country", lambda text: country_code(text.strip())),
            language=tidy("language", lambda text: language_tag(text.strip())),
            zone=tidy("zone", str.strip),
            site=tidy("site", str.strip),
            mail=tidy("mail", lambda text: mail_address(text) if text.strip() else ""),
            telephone=tidy("telephone", lambda text: line(text, "telephone", TELEPHONE_MAX, 0)),
            note=tidy("note", lambda text: passage(text, "note", NOTE_MAX)),
            role=tidy("role", lambda text: text.strip() or "participant"),
        )
        if not found.name and not any(fault.where == where and fault.field == "name" for fault in faults):
            faults.append(Fault(where, "name", "length"))
        for field, wrong in (
            ("country", bool(found.country) and not self._is_country(found.country or "")),
            ("zone", bool(found.zone) and not self._is_zone(found.zone)),
            ("site", bool(found.site) and found.site not in sites),
            ("role", found.role not in INVITED),
        ):
            if wrong:
                faults.append(Fault(where, field, "unknown"))
        return found


def _where(fields: Mapping[str, Any], number: int) -> str:
    return str(fields.get("where") or number)
