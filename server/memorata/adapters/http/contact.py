"""To whom a fault of security is reported: /.well-known/security.txt (RFC 9116), where the operator names somebody."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from memorata.adapters.http.house import House
from memorata.adapters.http.openapi import described
from memorata.i18n import languages

PATH = "/.well-known/security.txt"

GOOD_FOR = timedelta(days=180)
"""RFC 9116, 2.5.5: less than a year ahead, so that nobody relies on a text that has been forgotten."""

DAY_S = 24 * 3600


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("contact", __name__)

    @pages.get(PATH)
    @described("To whom a fault of security is reported (RFC 9116).", gives="text/plain", refuses=("page.unknown",))
    def security() -> Response:
        contacts = house.settings.security_contact
        if not contacts:
            raise NotFound
        expires = datetime.fromtimestamp(house.clock.now_ms() / 1000, UTC) + GOOD_FOR
        lines = [f"Contact: {contact}" for contact in contacts]
        lines.append(f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}")
        lines.append(f"Preferred-Languages: {', '.join(languages())}")
        if house.base_url.startswith("https://"):
            # RFC 9116, 2.5.2: an address that is not https may not stand here.
            lines.append(f"Canonical: {house.base_url}{PATH}")
        response = Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")
        response.headers["Cache-Control"] = f"public, max-age={DAY_S}"
        return response

    return pages
