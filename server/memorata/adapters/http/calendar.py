"""One ceremony as a calendar file (RFC 5545), for whoever wants to be reminded."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response

from memorata.adapters.http.house import House
from memorata.adapters.http.openapi import LANGUAGE, described
from memorata.adapters.http.order import ends_ms
from memorata.adapters.http.showing import dress, plain_text, tongue, tongue_for

REMIND = "-PT30M"


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("calendar", __name__)

    @pages.get("/c/<ceremony_id>/calendar.ics")
    @described("The ceremony for a calendar.", gives="text/calendar", query=LANGUAGE, refuses=("ceremony.unknown",))
    def occurrence(ceremony_id: str) -> Response:
        shown = house.ceremony(ceremony_id)
        programme = shown.programme
        tongue_for(programme)
        _ = tongue().catalogue.gettext
        address = f"{house.base_url}/c/{ceremony_id}"
        lines = [plain_text(programme.subject), address]
        if programme.telephone:
            lines.append(_("Telephone: %(number)s") % {"number": programme.telephone})
        properties = [
            ("BEGIN", "VCALENDAR"),
            ("VERSION", "2.0"),
            ("PRODID", "-//Memorata//Ceremonies//EN"),
            ("METHOD", "PUBLISH"),
            ("BEGIN", "VEVENT"),
            ("UID", f"{ceremony_id}@{urlsplit(house.base_url).hostname or 'memorata'}"),
            ("SEQUENCE", str(shown.programme_seq)),
            ("DTSTAMP", stamp(house.clock.now_ms())),
            ("DTSTART", stamp(programme.starts_ms)),
            ("DTEND", stamp(ends_ms(programme))),
            ("SUMMARY", escaped(plain_text(programme.title))),
            ("DESCRIPTION", escaped("\n".join(line for line in lines if line))),
            ("URL", address),
            ("BEGIN", "VALARM"),
            ("ACTION", "DISPLAY"),
            ("DESCRIPTION", escaped(plain_text(programme.title))),
            ("TRIGGER", REMIND),
            ("END", "VALARM"),
            ("END", "VEVENT"),
            ("END", "VCALENDAR"),
        ]
        text = "".join(folded(f"{name}:{value}") for name, value in properties)
        response = dress(text, "private, no-cache")
        response.mimetype = "text/calendar"
        response.headers["Content-Disposition"] = f'attachment; filename="{ceremony_id}.ics"'
        return response

    return pages


def stamp(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """RFC 5545, 3.3.11."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def folded(line: str) -> str:
    """RFC 5545, 3.1: no line longer than 75 octets, folded between characters."""
    parts, length = [""], 0
    for character in line:
        size = len(character.encode())
        if length + size > 74:
            parts.append("")
            length = 0
        parts[-1] += character
        length += size
    return "\r\n ".join(parts) + "\r\n"
