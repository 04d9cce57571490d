"""What a mail says to one person: what is kept, when by their clock and by that of the ceremony, where they come in."""

from dataclasses import replace

from memorata.adapters import calendars
from memorata.adapters.http.language import Tongue, choose
from memorata.adapters.http.letters import address
from memorata.adapters.letters.layout import Block, Facts, Foot, Link, Paragraph, Title, html, plain
from memorata.domain.civil import civil
from memorata.domain.planning import ceremony_id
from memorata.domain.roles import is_staff
from memorata.services.ports import Attachment, Letter
from memorata.services.reminding import Note

ONE_CLICK = "List-Unsubscribe=One-Click"
"""What a mail provider sends when somebody presses its own button (RFC 8058, 3.1)."""


class Letters:
    """Writes them for one installation; `reply_to` is an address that people may answer to, empty for none."""

    def __init__(self, base_url: str, reply_to: str = "") -> None:
        self._base_url = base_url
        self._reply_to = reply_to

    def __call__(self, note: Note) -> Letter:
        tongue = choose((note.contact.language,) if note.contact.language else (), note.series.languages)
        subject = _subject(tongue, note)
        blocks = self._blocks(tongue, note)
        reply = f"{self._base_url}/r/{note.token}"
        headers = {
            "Message-ID": f"<{note.name}@{self._told(tongue, note).host}>",
            "List-Unsubscribe": f"<{reply}/unsubscribe>",
            "List-Unsubscribe-Post": ONE_CLICK,
            "Content-Language": tongue.spoken,
        }
        if self._reply_to:
            headers["Reply-To"] = self._reply_to
        return Letter(
            note.contact.mail,
            subject,
            plain(blocks),
            html(blocks, tongue.spoken, tongue.direction, subject),
            headers,
            (self.calendar(tongue, note),),
        )

    def calendar(self, tongue: Tongue, note: Note) -> Attachment:
        """The ceremony for the calendar of this person, with their own link; or what takes it out of there."""
        entry = self.entry(tongue, note)
        name = ceremony_id(note.series, note.occurrence, note.held.site)
        parameters = {"method": calendars.method_of(entry), "charset": "utf-8"}
        return Attachment(f"{name}.ics", calendars.MEDIA_TYPE, calendars.ceremony_file(entry), parameters)

    def entry(self, tongue: Tongue, note: Note) -> calendars.Entry:
        dated = calendars.Dated(note.series, note.occurrence, note.kept)
        entry = calendars.entry_of(self._told(tongue, note), dated, note.held)
        length_ms = entry.end_ms - entry.start_ms
        entry = replace(entry, start_ms=note.starts_ms, end_ms=note.starts_ms + length_ms)
        if note.issued is None:
            return entry
        own = address(self._base_url, note.issued)
        return replace(entry, url=own, description=entry.description.replace(entry.url, own))

    def _told(self, tongue: Tongue, note: Note) -> calendars.Told:
        return calendars.Told(lambda text: tongue.pick(text)[0], tongue.catalogue, self._base_url, note.now_ms)

    def _blocks(self, tongue: Tongue, note: Note) -> list[Block]:
        _ = tongue.catalogue.gettext
        series = note.series
        own_words = tongue.pick(note.words)[0]
        blocks: list[Block] = [Paragraph(_("Dear %(name)s,") % {"name": note.contact.name})]
        if own_words:
            blocks.append(Paragraph(own_words))
        blocks.append(Paragraph(_opening(tongue, note)))
        blocks.append(Title(_title(tongue, note), (tongue.pick(series.subject)[0],)))
        blocks += _when(tongue, note)
        reason = tongue.pick(note.occurrence.reason)[0]
        if reason:
            blocks.append(Paragraph(reason))
        if note.issued is not None:
            blocks += self._ways(tongue, note)
        if series.telephone:
            blocks.append(
                Facts(
                    (series.telephone,),
                    _("If you have a question, please ring us:")
                    if note.what == "cancel"
                    else _("If anything does not work, or you would rather listen by telephone:"),
                )
            )
        if series.organizer:
            blocks.append(Paragraph(series.organizer))
        title = tongue.pick(series.title)[0]
        said = _(
            "You are written to because the organizers of %(title)s have invited you. "
            "If you do not want to be written to any more:"
        ) % {"title": title}
        blocks.append(Foot(said, f"{self._base_url}/r/{note.token}/unsubscribe"))
        return blocks

    def _ways(self, tongue: Tongue, note: Note) -> list[Block]:
        """Where they come in, and where they say whether they do."""
        _ = tongue.catalogue.gettext
        assert note.issued is not None  # noqa: S101 - asked just before
        blocks: list[Block] = [
            Link(_("Come in here, by a link that is yours alone:"), _("Come in"), address(self._base_url, note.issued))
        ]
        if is_staff(note.issued.invitation.role):
            blocks.append(Paragraph(_("In another browser it asks for your PIN, which is handed on by another way.")))
        reply = f"{self._base_url}/r/{note.token}"
        if note.answer == "coming":
            blocks.append(
                Paragraph(_("You have said that you come. Thank you. If you cannot after all, please say so:"))
            )
        else:
            blocks.append(Paragraph(_("Please say whether you come. One press is enough; it can be changed later.")))
            blocks.append(Link("", _("I will come"), f"{reply}?answer=coming", quiet=True))
        blocks.append(Link("", _("I cannot come"), f"{reply}?answer=cannot", quiet=True))
        return blocks


def _title(tongue: Tongue, note: Note) -> str:
    title, place = tongue.pick(note.series.title)[0], tongue.pick(note.held.place)[0]
    return calendars.summary(tongue.catalogue, title, note.occurrence.number, place)


def _subject(tongue: Tongue, note: Note) -> str:
    _ = tongue.catalogue.gettext
    title = _title(tongue, note)
    if note.what == "cancel":
        return _("Cancelled: %(title)s") % {"title": title}
    if note.what == "change" and note.before_ms is None:
        return _("Held after all: %(title)s") % {"title": title}
    if note.what == "change":
        return _("Another time: %(title)s") % {"title": title}
    day = tongue.day_at(note.starts_ms, note.zone or note.held.zone)
    return _("%(day)s: %(title)s") % {"day": day[:1].upper() + day[1:], "title": title}


def _opening(tongue: Tongue, note: Note) -> str:
    _ = tongue.catalogue.gettext
    if note.what == "cancel":
        return _("This ceremony is not held.")
    if note.what == "change":
        if note.before_ms is None:
            return _("We had written to you that this ceremony would not be held. It is held after all.")
        return _("This ceremony is held at another time than we had written to you.")
    if note.what == "invitation":
        return _("You are invited to this ceremony of remembrance. It is held online.")
    return _("We remind you of this ceremony of remembrance, which is held online.")


def _when(tongue: Tongue, note: Note) -> list[Block]:
    _ = tongue.catalogue.gettext
    if note.what == "cancel":
        return [Facts(hours(tongue, note.starts_ms, note.held.zone, note.zone), _("It was to begin:"))]
    blocks: list[Block] = []
    if note.before_ms is not None:
        blocks.append(Facts(hours(tongue, note.before_ms, note.held.zone, note.zone), _("Until now:")))
    label = _("Now:") if note.before_ms is not None else _("It begins:")
    blocks.append(Facts(hours(tongue, note.starts_ms, note.held.zone, note.zone), label))
    if note.occurrence.provisional:
        blocks.append(Paragraph(_("The date is not certain yet.")))
    return blocks


def hours(tongue: Tongue, at_ms: int, zone: str, own_zone: str) -> tuple[str, ...]:
    """An instant by somebody's own clock, if it is known and shows another hour, and by the clock of the ceremony."""
    _ = tongue.catalogue.gettext
    there = _("%(day)s, %(hour)s by the clock of %(city)s") % _hour(tongue, at_ms, zone)
    if not own_zone or civil(at_ms, own_zone).utcoffset() == civil(at_ms, zone).utcoffset():
        return (there,)
    return _("%(day)s, %(hour)s by your clock (%(city)s)") % _hour(tongue, at_ms, own_zone), there


def _hour(tongue: Tongue, at_ms: int, zone: str) -> dict[str, str]:
    day = tongue.day_at(at_ms, zone)
    return {"day": day[:1].upper() + day[1:], "hour": tongue.clock(at_ms, zone), "city": tongue.city(zone)}
