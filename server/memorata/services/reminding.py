"""Mails to the people of a series, each sent once: invitations, reminders, changes, cancellations; and their answers.

What comes due for all becomes a piece of work for each person, and its row is the record of what they were told. From
it follows whom a change concerns. The instant of each mail is written beside it, so that it never says another one than
the one that holds when it is sent.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, Self

from memorata.domain.anniversary import Occurrence, Series, Sitting, sittings
from memorata.domain.errors import Refused
from memorata.domain.items import Text
from memorata.domain.planning import ceremony_id, lead_in_s, start_ms, total_s
from memorata.services.agenda import UNCERTAIN, Hopeless, Later, Settled
from memorata.services.inviting import Guest as Invited
from memorata.services.inviting import Inviting, Issued
from memorata.services.keys import Keys, digest
from memorata.services.planning_ports import (
    Answer,
    Contact,
    Contacts,
    Due,
    Dues,
    Guest,
    OccurrenceRow,
    SeriesStore,
)
from memorata.services.plans import Planned, Plans
from memorata.services.ports import Clock, Letter, Mailer, MailFault, StoreBusy

What = Literal["invitation", "reminder", "change", "cancel"]

PAUSES_MS = (60_000, 120_000, 300_000, 900_000, 1_800_000, 3_600_000)
"""How long a mail waits before it is tried again, each time longer."""

DOWN_MS = 60_000
"""For how long nothing is tried at a mail server that takes nothing: one mail finds out for all."""

CANCELLED = 0
"""In the place of an instant: told that it is not held."""

TRIES = 5

_REMINDER = re.compile(r"(?P<before_s>\d+)(?:/(?P<site>[^#]*))?(?:#.*)?")
_TOKEN = re.compile(r"(?P<contact>[A-Za-z0-9_-]{1,64})\.(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)\.[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Note:
    """What a mail tells one person.

    `starts_ms` is when the ceremony begins, of one that is not held: was to begin; `before_ms` the other instant that
    they knew, of a change; `None`: that it would not be held. `zone` is that of their own clock, empty when it is not
    known. `issued` is their personal link. `name` tells this mail from all others, and is the same when it is tried
    again.
    """

    what: What
    contact: Contact
    series: Series
    occurrence: Occurrence
    kept: OccurrenceRow | None
    held: Sitting
    starts_ms: int
    zone: str
    token: str
    name: str
    now_ms: int
    issued: Issued | None = None
    answer: Answer = ""
    before_ms: int | None = None
    words: Text = field(default_factory=dict)


Compose = Callable[[Note], Letter]


@dataclass(frozen=True, slots=True)
class Reply:
    """What whoever opens a link to answer is shown; `issued` is `None` before they have a personal link."""

    contact: Contact
    guest: Guest
    series: Series
    occurrence: Occurrence
    kept: OccurrenceRow | None
    held: Sitting
    starts_ms: int
    ends_ms: int
    zone: str
    issued: Issued | None


@dataclass(frozen=True, slots=True)
class _Told:
    """Beside a mail: the instant that it tells, that which they knew before, and which reminder it is."""

    instant: int
    old: int = CANCELLED
    before_s: int = 0

    def data(self) -> str:
        return json.dumps({"instant": self.instant, "old": self.old, "before_s": self.before_s})

    @classmethod
    def of(cls, due: Due) -> Self:
        return cls(**json.loads(due.data))


class Reminding:
    """`compose` writes the mails."""

    def __init__(
        self,
        store: SeriesStore,
        contacts: Contacts,
        dues: Dues,
        plans: Plans,
        inviting: Inviting,
        mailer: Mailer,
        keys: Keys,
        clock: Clock,
        compose: Compose,
    ) -> None:
        self._store = store
        self._contacts = contacts
        self._dues = dues
        self._plans = plans
        self._inviting = inviting
        self._mailer = mailer
        self._keys = keys
        self._clock = clock
        self._compose = compose
        self._down_until_ms = 0
        self.mail_fault = ""
        """Why the last mail was not sent; empty when it was."""

    # --- what comes due ---

    def remind(self, due: Due) -> Sequence[Due]:
        """One mail for each person; work of kind `reminder`, the recipient `<seconds before>` or `<seconds>/<site>`."""
        now_ms = self._clock.now_ms()
        planned = self._held(due.subject)
        before_s, site = _reminder(due)
        held = next((one for one in sittings(planned.series, planned.occurrence) if one.site == site), None)
        if held is None:
            raise Settled("moved")
        starts_ms = start_ms(planned.series, held)
        if now_ms >= starts_ms:
            raise Hopeless("begun")
        if now_ms < starts_ms - before_s * 1000:
            raise Later(starts_ms - before_s * 1000, "moved")
        if self._is_overtaken(due.subject, planned.series, held, before_s, now_ms):
            raise Settled("overtaken")
        told = _Told(held.instant_ms, before_s=before_s)
        mails = [
            _mail(due.subject, contact, f"reminder.{due.recipient}", told, now_ms)
            for contact, guest in self._guests(planned)
            if not _why_not("reminder", contact, guest) and _sitting(planned, contact, guest).site == site
        ]
        if mails:
            self._note_told(planned, {site: held.instant_ms}, anew=False)
        return mails

    def changed(self, due: Due) -> Sequence[Due]:
        """Tell the other time to those who know one; work of kind `change`, the recipient its number."""
        now_ms = self._clock.now_ms()
        planned = self._held(due.subject)
        rows = self._rows(due)
        known, on_its_way = _known(rows, planned), _on_its_way(rows)
        mails = []
        for contact, guest in self._guests(planned):
            held = _sitting(planned, contact, guest)
            old = known(guest, held)
            if old in (None, held.instant_ms) or _why_not("change", contact, guest):
                continue
            if (contact.id, held.instant_ms) in on_its_way:
                continue
            if now_ms < start_ms(planned.series, held):
                told = _Told(held.instant_ms, old or CANCELLED)
                mails.append(_mail(due.subject, contact, f"change.{due.recipient}", told, now_ms))
        # Before it is noted that people know: broken off between the two, it is done again, and once.
        self._dues.put(mails)
        instants = {one.site: one.instant_ms for one in sittings(planned.series, planned.occurrence)}
        self._note_told(planned, instants, anew=True)
        return ()

    def cancelled(self, due: Due) -> Sequence[Due]:
        """Tell those who know of it that it is not held; work of kind `cancel`, the recipient its number."""
        now_ms = self._clock.now_ms()
        planned = self._date(due.subject)
        if not planned.occurrence.cancelled:
            raise Settled("held")
        rows = self._rows(due)
        known, on_its_way = _known(rows, planned), _on_its_way(rows)
        mails = []
        for contact, guest in self._guests(planned):
            old = known(guest, _sitting(planned, contact, guest))
            if not old or _why_not("cancel", contact, guest) or (contact.id, CANCELLED) in on_its_way:
                continue
            if now_ms < old - lead_in_s(planned.series) * 1000:
                told = _Told(CANCELLED, old)
                mails.append(_mail(due.subject, contact, f"cancel.{due.recipient}", told, now_ms))
        return mails

    def invite_by_mail(self, series_id: str, key: str, contact_ids: Sequence[str]) -> Sequence[Due]:
        """The work of sending an invitation to each of these guests who has a mail address, each once.

        Raises: Refused: as `Plans.occurrence`, `plan.not_published`, `ceremony.cancelled`; StoreBusy.
        """
        now_ms = self._clock.now_ms()
        subject = f"{series_id}/{key}"
        try:
            planned = self._held(subject)
        except Settled as settled:
            refusals = {"unpublished": "plan.not_published", "cancelled": "ceremony.cancelled"}
            raise Refused(refusals[str(settled)]) from None
        mails, instants = [], {}
        for contact, guest in self._guests(planned):
            held = _sitting(planned, contact, guest)
            if contact.id in contact_ids and not _why_not("invitation", contact, guest):
                mails.append(_mail(subject, contact, "invitation", _Told(held.instant_ms), now_ms))
                instants[held.site] = held.instant_ms
        if mails:
            self._note_told(planned, instants, anew=False)
        return mails

    def send(self, due: Due) -> Sequence[Due]:
        """Send one mail; work of kind `mail`, the recipient `<contact>:<what>`, to be done once.

        Nothing is asked of the store after the mail has gone, so that no fault of ours makes it go again.
        """
        now_ms = self._clock.now_ms()
        contact_id, _, name = due.recipient.partition(":")
        what, told = _what(name), _Told.of(due)
        series_id, _, key = due.subject.partition("/")
        contact, guest = self._contacts.find(contact_id), self._contacts.guest(series_id, key, contact_id)
        if contact is None or guest is None:
            raise Settled("uninvited")
        if reason := _why_not(what, contact, guest):
            raise Settled(reason)
        planned = self._date(due.subject) if what == "cancel" else self._held(due.subject)
        held = _sitting(planned, contact, guest)
        if what == "cancel":
            if not planned.occurrence.cancelled:
                raise Settled("held")
            starts_ms = told.old - lead_in_s(planned.series) * 1000
        else:
            self._look_again(due, planned, held, told, now_ms)
            starts_ms = start_ms(planned.series, held)
        if now_ms >= starts_ms:
            raise Hopeless(due.said or "begun")
        if now_ms < self._down_until_ms:
            raise _later(due, starts_ms, now_ms, self.mail_fault)
        issued = None
        if what != "cancel":
            issued = self._issued(planned, held, contact, guest)
            if issued is None:
                raise Settled("revoked")
        note = Note(
            what=what,
            contact=contact,
            series=planned.series,
            occurrence=planned.occurrence,
            kept=planned.row,
            held=held,
            starts_ms=starts_ms,
            zone=_zone(planned.series, contact),
            token=self._keys.reply(series_id, key, contact_id),
            name=digest(f"{due.subject} {due.recipient}").hex()[:32],
            now_ms=now_ms,
            issued=issued,
            answer=guest.answer,
            before_ms=told.old - lead_in_s(planned.series) * 1000 if told.old and what == "change" else None,
            words=_words(planned.series, told.before_s) if what == "reminder" else {},
        )
        letter = self._compose(note)
        try:
            self._mailer.send(letter)
        except MailFault as fault:
            raise self._faulty(fault, due, starts_ms) from None
        self._down_until_ms, self.mail_fault = 0, ""
        return ()

    # --- what people answer ---

    def of(self, token: str) -> Reply:
        """Raises: Refused: `link.unknown`, `link.revoked`, and as `Plans.occurrence`; StoreBusy."""
        contact, key = self._contact(token)
        guest = self._guest_of(contact, key)
        if contact.in_memory_ms is not None or guest is None:
            raise Refused("link.revoked")
        planned = self._date(f"{contact.series}/{guest.key}")
        held = _sitting(planned, contact, guest)
        starts_ms = start_ms(planned.series, held)
        issued = None
        if guest.invitation_id is not None:
            issued = self._inviting.good(guest.ceremony_id, guest.invitation_id)
        return Reply(
            contact,
            guest,
            planned.series,
            planned.occurrence,
            planned.row,
            held,
            starts_ms,
            starts_ms + total_s(planned.series.items) * 1000,
            _zone(planned.series, contact),
            issued,
        )

    def answer(self, token: str, answer: Answer) -> Reply:
        """Say whether one comes; another answer takes the place of the first.

        Raises: Refused: as `of`, `ceremony.cancelled`, `reply.over` when the ceremony is over; StoreBusy.
        """
        found = self.of(token)
        now_ms = self._clock.now_ms()
        if found.occurrence.cancelled:
            raise Refused("ceremony.cancelled")
        if now_ms >= found.ends_ms:
            raise Refused("reply.over")
        if found.guest.answer != answer:
            self._contacts.answer(found.contact.series, found.guest.key, found.contact.id, answer, now_ms)
        if answer == "coming" and found.guest.invitation_id is None:
            planned = Planned(found.series, found.occurrence, found.kept)
            self._issued(planned, found.held, found.contact, found.guest)
        return self.of(token)

    def subscriber(self, token: str) -> tuple[Contact, Text]:
        """Who gets the mails, and the title of what they are about.

        Raises: Refused: `link.unknown`; StoreBusy.
        """
        contact, _ = self._contact(token)
        try:
            return contact, self._plans.series(contact.series).title
        except Refused:
            # There may be no such series any more; not to be written to is granted all the same.
            return contact, {}

    def unsubscribe(self, token: str, *, wanted: bool = False) -> None:
        """No more mails about this series; with `wanted` mails again. Raises: Refused: `link.unknown`; StoreBusy."""
        for _ in range(TRIES):
            contact, _key = self._contact(token)
            if (contact.unsubscribed_ms is None) == wanted:
                return
            at_ms = None if wanted else self._clock.now_ms()
            if self._contacts.change(replace(contact, unsubscribed_ms=at_ms, version=contact.version + 1)):
                return
        raise StoreBusy("a contact is being changed by others")

    # --- inside ---

    def _held(self, subject: str) -> Planned:
        """A date that is held, of a series that is published. Raises: Settled"""
        if self._plans.row(subject.partition("/")[0]).published_ms is None:
            raise Settled("unpublished")
        planned = self._date(subject)
        if planned.occurrence.cancelled:
            raise Settled("cancelled")
        return planned

    def _date(self, subject: str) -> Planned:
        """Also one that the rule does not have any more, and that is not held for that."""
        series_id, _, key = subject.partition("/")
        try:
            return self._plans.occurrence(series_id, key)
        except Refused as refused:
            kept = self._store.occurrence(series_id, key)
            if refused.code != "plan.date_unknown" or kept is None or not kept.cancelled:
                raise
            series = self._plans.series(series_id)
            instant_ms = next(iter(kept.instants.values()))
            day = date.fromisoformat(kept.date)
            return Planned(
                series,
                Occurrence(series_id, day, None, instant_ms, kept.zone, key=key, departure="cancelled"),
                kept,
            )

    def _guests(self, planned: Planned) -> list[tuple[Contact, Guest]]:
        people = {one.id: one for one in self._contacts.of_series(planned.series.id)}
        guests = self._contacts.guests(planned.series.id, planned.occurrence.key)
        return [(people[one.contact_id], one) for one in guests if one.contact_id in people]

    def _is_overtaken(self, subject: str, series: Series, held: Sitting, before_s: int, now_ms: int) -> bool:
        """Whether a later reminder has come due as well: after an outage people get the last one alone."""
        starts_ms = start_ms(series, held)
        if not any(one.before_s < before_s and starts_ms - one.before_s * 1000 <= now_ms for one in series.reminders):
            return False
        for other in self._dues.of_subject(subject):
            if other.kind != "reminder" or other.state not in ("waiting", "claimed", "done"):
                continue
            later_s, site = _reminder(other)
            sends = other.state != "done" or other.said in ("", "overtaken")
            if site == held.site and later_s < before_s and starts_ms - later_s * 1000 <= now_ms and sends:
                return True
        return False

    def _look_again(self, due: Due, planned: Planned, held: Sitting, told: _Told, now_ms: int) -> None:
        """What was right when the mail was planned may not be so any more. Raises: Settled"""
        contact_id, _, name = due.recipient.partition(":")
        what = _what(name)
        if told.instant != held.instant_ms:
            if what == "change":
                raise Settled("overtaken")
            # Nobody has been told an instant until it has been written down as theirs.
            again = name.partition("~")[0] + f"~{held.instant_ms}"
            data = replace(told, instant=held.instant_ms).data()
            raise Settled("moved", [Due("mail", due.subject, now_ms, f"{contact_id}:{again}", data)])
        if what == "reminder" and self._is_overtaken(due.subject, planned.series, held, told.before_s, now_ms):
            raise Settled("overtaken")

    def _rows(self, due: Due) -> tuple[Due, ...]:
        """All work about the same date as a change. Raises: Settled: another change of it came later, and tells all."""
        rows = self._dues.of_subject(due.subject)
        others = [one for one in rows if one.kind in ("change", "cancel") and one.state not in ("failed", "dropped")]
        if any(int(one.recipient) > int(due.recipient) for one in others):
            raise Settled("overtaken")
        return rows

    def _note_told(self, planned: Planned, instants: Mapping[str, int], *, anew: bool) -> None:
        """Write down which instants people know of; `anew`: in the place of others. Raises: StoreBusy"""
        for _ in range(TRIES):
            kept = self._store.occurrence(planned.series.id, planned.occurrence.key)
            if kept is None:
                return
            told = {**kept.told, **instants} if anew else {**instants, **kept.told}
            if told == dict(kept.told):
                return
            if self._store.change_occurrence(replace(kept, told=told, version=kept.version + 1)):
                return
        raise StoreBusy("an occurrence is being changed by others")

    def _issued(self, planned: Planned, held: Sitting, contact: Contact, guest: Guest) -> Issued | None:
        """The personal link, made when there is none; `None`: taken back."""
        if guest.invitation_id is not None:
            return self._inviting.good(guest.ceremony_id, guest.invitation_id)
        name = ceremony_id(planned.series, planned.occurrence, held.site)
        whom = Invited(
            contact.name, contact.community, contact.country or "", contact.language, contact.role, contact.mail
        )
        (issued,) = self._inviting.make(name, [whom])
        if self._contacts.set_invitation(replace(guest, ceremony_id=name, invitation_id=issued.invitation.id)):
            return issued
        self._inviting.revoke(name, [issued.invitation.id])
        found = self._contacts.guest(guest.series, guest.key, guest.contact_id)
        if found is None or found.invitation_id is None:
            return None
        return self._inviting.good(found.ceremony_id, found.invitation_id)

    def _faulty(self, fault: MailFault, due: Due, starts_ms: int) -> Exception:
        """What becomes of a mail that was not sent."""
        now_ms = self._clock.now_ms()
        self.mail_fault = str(fault)
        match fault.kind:
            case "refused":
                return Hopeless(str(fault))
            case "uncertain":
                return Hopeless(UNCERTAIN)
            case "server":
                self._down_until_ms = now_ms + DOWN_MS
        return _later(due, starts_ms, now_ms, str(fault))

    def _contact(self, token: str) -> tuple[Contact, str]:
        """Whose token it is, and for which date. Raises: Refused: `link.unknown`"""
        found = _TOKEN.fullmatch(token)
        contact = None if found is None else self._contacts.find(found["contact"])
        if found is None or contact is None:
            raise Refused("link.unknown")
        key = f"{found['year']}-{found['month']}-{found['day']}"
        if not self._keys.is_reply(token, contact.series, key, contact.id):
            raise Refused("link.unknown")
        return contact, key

    def _guest_of(self, contact: Contact, key: str) -> Guest | None:
        """As invited to that date, or to the one that it has become when the rule changed."""
        found = self._contacts.guest(contact.series, key, contact.id)
        if found is not None or self._store.occurrence(contact.series, key) is not None:
            return found
        heirs = [one.key for one in self._store.occurrences(contact.series) if one.key[:4] == key[:4]]
        return self._contacts.guest(contact.series, heirs[0], contact.id) if len(heirs) == 1 else None


def _reminder(due: Due) -> tuple[int, str]:
    """How long before the start, and the site."""
    found = _REMINDER.fullmatch(due.recipient)
    if found is None:
        raise ValueError(f"no reminder: {due.recipient}")
    return int(found["before_s"]), found["site"] or ""


def _mail(subject: str, contact: Contact, name: str, told: _Told, now_ms: int) -> Due:
    return Due("mail", subject, now_ms, f"{contact.id}:{name}", told.data())


def _what(name: str) -> What:
    word = re.split(r"[.~]", name)[0]
    if word not in ("invitation", "reminder", "change", "cancel"):
        raise ValueError(f"no mail: {name}")
    return word  # type: ignore[return-value]  # checked just above


def _has_gone(mail: Due) -> bool:
    """Whether it has been sent, or perhaps."""
    return (mail.state == "done" and not mail.said) or (mail.state == "failed" and mail.said == UNCERTAIN)


def _why_not(what: What, contact: Contact, guest: Guest) -> str:
    """Why somebody does not get such a mail; empty when they do."""
    if contact.in_memory_ms is not None:
        return "in_memory"
    if contact.unsubscribed_ms is not None:
        return "unsubscribed"
    if not contact.mail:
        return "no_mail"
    return "cannot" if guest.answer == "cannot" and what in ("invitation", "reminder") else ""


def _known(rows: Sequence[Due], planned: Planned) -> Callable[[Guest, Sitting], int | None]:
    """What each person has been told: an instant, or `CANCELLED`; `None`: nothing yet."""
    known: dict[str, int] = {}
    mails = [one for one in rows if one.kind == "mail" and _has_gone(one)]
    for one in sorted(mails, key=lambda one: one.done_ms or 0):
        contact_id, _, name = one.recipient.partition(":")
        if contact_id not in known or _what(name) in ("change", "cancel"):
            known[contact_id] = _Told.of(one).instant
    told = planned.row.told if planned.row is not None else {}

    def of(guest: Guest, held: Sitting) -> int | None:
        if not known and guest.invitation_id is not None:
            # The rule has changed, and the mails are those of another date that has become this one.
            return told.get(held.site)
        return known.get(guest.contact_id)

    return of


def _on_its_way(rows: Sequence[Due]) -> set[tuple[str, int]]:
    """Whom changes still wait to be told, and which instants."""
    found = set()
    for one in rows:
        contact_id, _, name = one.recipient.partition(":")
        if one.kind == "mail" and one.state in ("waiting", "claimed") and _what(name) in ("change", "cancel"):
            found.add((contact_id, _Told.of(one).instant))
    return found


def _sitting(planned: Planned, contact: Contact, guest: Guest) -> Sitting:
    """Where somebody takes part: where their link leads, at their site, by their clock, or at the first."""
    held = sittings(planned.series, planned.occurrence)
    if guest.invitation_id is not None:
        for one in held:
            if ceremony_id(planned.series, planned.occurrence, one.site) == guest.ceremony_id:
                return one
    by_site = (one for one in held if contact.site and one.site == contact.site)
    by_zone = (one for one in held if one.zone == contact.zone)
    return next(by_site, None) or next(by_zone, None) or held[0]


def _zone(series: Series, contact: Contact) -> str:
    """By which clock somebody lives; empty when nobody knows."""
    site = next((one for one in series.sites if contact.site and one.id == contact.site), None)
    return contact.zone or (site.zone if site is not None else "")


def _words(series: Series, before_s: int) -> Text:
    return next((one.words for one in series.reminders if one.before_s == before_s), {})


def _later(due: Due, starts_ms: int, now_ms: int, said: str) -> Later:
    """The pauses grow, but not so far that there would be few tries before the ceremony begins."""
    pause_ms = min(PAUSES_MS[min(due.tries, len(PAUSES_MS) - 1)], max(PAUSES_MS[0], (starts_ms - now_ms) // 4))
    return Later(min(now_ms + pause_ms, starts_ms), said)
