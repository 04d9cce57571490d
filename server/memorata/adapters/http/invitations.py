"""What hosts do about links: those of the ceremony, personal invitations, letters to print, codes to read out."""

from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response, render_template, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from memorata.adapters.csv_files import FileFault, guests_in
from memorata.adapters.http.entry import bearer, read
from memorata.adapters.http.house import House, addresses
from memorata.adapters.http.letters import address, letters_page
from memorata.adapters.http.showing import dress, encoded, tongue_for
from memorata.domain.errors import Refused
from memorata.domain.roles import Role
from memorata.services.inviting import MOST_AT_ONCE, Guest, Issued
from memorata.services.ports import LINK_ROLES

LETTERS_S = 600
"""How long the address of letters is good, which is made for one press of a button."""

BODY_MAX = 96_000
"""Of one list of people; a longer one is sent in parts."""

Line = Annotated[str, msgspec.Meta(max_length=400)]
Id = Annotated[str, msgspec.Meta(max_length=40)]


class Invited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person to invite; `role` is participant, speaker, moderator or host."""

    name: Line
    community: Line = ""
    country: Line = ""
    language: Line = ""
    role: Line = "participant"
    mail: Line = ""


class Invitations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People one by one, or a list as an office programme writes it (`csv`), or both."""

    people: Annotated[list[Invited], msgspec.Meta(max_length=MOST_AT_ONCE)] = []
    csv: Annotated[str, msgspec.Meta(max_length=BODY_MAX)] = ""


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Empty means all."""

    ids: Annotated[list[Id], msgspec.Meta(max_length=MOST_AT_ONCE)] = []


class RoleOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    role: Role


class Spoken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ceremony: Line
    code: Annotated[str, msgspec.Meta(max_length=40)]


def told(base_url: str, issued: Issued) -> dict[str, Any]:
    """An invitation as a host sees it."""
    invitation = issued.invitation
    return {
        "id": invitation.id,
        "role": invitation.role,
        "name": invitation.name,
        "community": invitation.community,
        "country": invitation.country,
        "language": invitation.language,
        "mail": invitation.mail,
        "created_ms": invitation.created_ms,
        "link": address(base_url, issued),
        "code": issued.code,
        "pin": issued.pin,
    }


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("invitations", __name__)
    tickets = URLSafeTimedSerializer(house.settings.secret_key, salt="letters")

    @pages.get("/api/links")
    def links() -> Response:
        """The links of the ceremony; those of the staff, and their PINs, are for hosts."""
        token = bearer()
        who = house.leader(token, "links.see")
        keys = house.admission.links(who.ceremony_id)
        found = addresses(house.base_url, who.ceremony_id, keys)
        pins: dict[str, str] = {}
        try:
            house.leader(token, "links.see_staff")
            pins = {role: house.admission.pin(keys[role]) for role in LINK_ROLES if role != "participant"}
        except Refused:
            del found["host"], found["moderator"]
        return encoded({"links": found, "pins": pins}, "no-store")

    @pages.get("/api/invitations")
    def invited() -> Response:
        who = house.leader(bearer(), "invitation.see")
        issued = house.inviting.issued(who.ceremony_id)
        return encoded({"invitations": [told(house.base_url, one) for one in issued]}, "no-store")

    @pages.post("/api/invitations")
    def invite() -> Response:
        who = house.leader(bearer(), "invitation.make")
        body = read(Invitations, most=BODY_MAX)
        guests = [Guest(one.name, one.community, one.country, one.language, one.role, one.mail) for one in body.people]
        if body.csv.strip():
            try:
                guests += guests_in(body.csv)
            except FileFault as fault:
                raise Refused("invitation.unreadable", reason=str(fault)) from None
        issued = house.inviting.make(who.ceremony_id, guests)
        return encoded({"invitations": [told(house.base_url, one) for one in issued]}, "no-store")

    @pages.post("/api/invitations/revoke")
    def revoke() -> Response:
        who = house.leader(bearer(), "invitation.revoke")
        return encoded({"revoked": house.inviting.revoke(who.ceremony_id, read(Chosen).ids)}, "no-store")

    @pages.post("/api/invitations/role")
    def role() -> Response:
        who = house.leader(bearer(), "invitation.make")
        body = read(RoleOf)
        issued = house.inviting.set_role(who.ceremony_id, body.id, body.role)
        return encoded({"invitation": told(house.base_url, issued)}, "no-store")

    @pages.post("/api/letters")
    def letters() -> Response:
        """The address at which the letters can be printed, for ten minutes: a page is opened without a token."""
        who = house.leader(bearer(), "invitation.see")
        ticket = tickets.dumps([who.ceremony_id, read(Chosen).ids])
        return encoded({"url": url_for("invitations.sheets", ticket=ticket)}, "no-store")

    @pages.get("/letters/<ticket>")
    def sheets(ticket: str) -> Response:
        try:
            ceremony_id, ids = tickets.loads(ticket, max_age=LETTERS_S)
        except BadSignature:
            raise Refused("link.unknown") from None
        shown = house.ceremony(ceremony_id)
        tongue_for(shown.programme)
        issued = tuple(one for one in house.inviting.issued(ceremony_id) if not ids or one.invitation.id in ids)
        return dress(letters_page(house.base_url, shown.programme, issued), "no-store")

    @pages.get("/c/<ceremony_id>/code")
    def code_page(ceremony_id: str) -> Response:
        shown = house.ceremony(ceremony_id)
        tongue_for(shown.programme)
        number = shown.programme.telephone
        page = render_template("code.html", programme=shown.programme, ceremony_id=ceremony_id, number=number)
        return dress(page, "private, no-cache")

    @pages.post("/api/code")
    def spoken() -> Response:
        body = read(Spoken)
        house.ceremony(body.ceremony)
        key = house.inviting.by_code(body.ceremony, body.code)
        return encoded({"url": url_for("pages.participant", key=key)}, "no-store")

    return pages
