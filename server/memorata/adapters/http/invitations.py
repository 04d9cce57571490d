"""What hosts do about links: those of the ceremony, personal invitations, letters to print, codes to read out."""

from typing import Annotated

import msgspec
from flask import Blueprint, Response, render_template, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from memorata.adapters.csv_in import TableFault
from memorata.adapters.csv_out import BOM
from memorata.adapters.guest_lists import guests as guests_of
from memorata.adapters.http.entry import bearer, read
from memorata.adapters.http.house import House, addresses, by_token
from memorata.adapters.http.letters import address, letters_page, table_of
from memorata.adapters.http.limits import guessing
from memorata.adapters.http.openapi import LANGUAGE, described
from memorata.adapters.http.showing import dress, encoded, tongue_for
from memorata.domain.errors import Refused
from memorata.domain.roles import Role
from memorata.services.inviting import MOST_AT_ONCE, Guest, Issued
from memorata.services.ports import LINK_ROLES, Participant

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


class Told(msgspec.Struct, frozen=True):
    """An invitation as a host sees it; `code` is for participants and speakers, `pin` for those who lead."""

    id: str
    role: Role
    name: str
    community: str
    country: str | None
    language: str
    mail: str
    created_ms: int
    link: str
    code: str | None
    pin: str | None


class AllTold(msgspec.Struct, frozen=True):
    invitations: list[Told]


class Table(msgspec.Struct, frozen=True):
    """CSV, with the mark at its beginning that tells office programmes that it is UTF-8."""

    csv: str


class OneTold(msgspec.Struct, frozen=True):
    invitation: Told


class Links(msgspec.Struct, frozen=True):
    """Addresses by whom they are for; `pins` by role, for hosts alone."""

    links: dict[str, str]
    pins: dict[str, str]


class Revoked(msgspec.Struct, frozen=True):
    """How many were good until now."""

    revoked: int


class Leads(msgspec.Struct, frozen=True):
    """Where to go on."""

    url: str


LED = ("link.revoked", "role.not_allowed", "door.waiting", "door.refused", "person.removed", "person.banned")
"""What is for those who lead may say these."""


def leading(house: House, kind: str) -> Participant:
    """Who asks, if the table of roles lets them."""
    with by_token():
        return house.leader(bearer(), kind)


def told(base_url: str, issued: Issued) -> Told:
    invitation = issued.invitation
    return Told(
        id=invitation.id,
        role=invitation.role,
        name=invitation.name,
        community=invitation.community,
        country=invitation.country,
        language=invitation.language,
        mail=invitation.mail,
        created_ms=invitation.created_ms,
        link=address(base_url, issued),
        code=issued.code,
        pin=issued.pin,
    )


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("invitations", __name__)
    tickets = URLSafeTimedSerializer(house.settings.secret_key, salt="letters")

    @pages.get("/api/links")
    @described("The links of the ceremony to hand on.", gives=Links, refuses=LED, token=True)
    def links() -> Response:
        """The links of the ceremony; those of the staff, and their PINs, are for hosts."""
        who = leading(house, "links.see")
        keys = house.admission.links(who.ceremony_id)
        found = addresses(house.base_url, who.ceremony_id, keys)
        pins: dict[str, str] = {}
        try:
            leading(house, "links.see_staff")
            pins = {role: house.admission.pin(keys[role]) for role in LINK_ROLES if role != "participant"}
        except Refused:
            del found["host"], found["moderator"]
        return encoded(Links(found, pins), "no-store")

    @pages.get("/api/invitations")
    @described("All invitations that are good.", gives=AllTold, refuses=LED, token=True)
    def invited() -> Response:
        who = leading(house, "invitation.see")
        issued = house.inviting.issued(who.ceremony_id)
        return encoded(AllTold([told(house.base_url, one) for one in issued]), "no-store")

    @pages.get("/api/invitations/table")
    @described("All invitations that are good, as a table for office programmes.", gives=Table, refuses=LED, token=True)
    def as_table() -> Response:
        who = leading(house, "invitation.see")
        return encoded(Table(BOM + table_of(house.base_url, house.inviting.issued(who.ceremony_id))), "no-store")

    @pages.post("/api/invitations")
    @described(
        "Invite people in person, all of them or nobody.",
        takes=Invitations,
        gives=AllTold,
        refuses=(*LED, "invitation.invalid", "invitation.unreadable"),
        token=True,
    )
    def invite() -> Response:
        who = leading(house, "invitation.make")
        body = read(Invitations, most=BODY_MAX)
        guests = [Guest(one.name, one.community, one.country, one.language, one.role, one.mail) for one in body.people]
        if body.csv.strip():
            try:
                guests += guests_of(body.csv.encode())
            except TableFault as fault:
                raise Refused("invitation.unreadable", reason=str(fault)) from None
        issued = house.inviting.make(who.ceremony_id, guests)
        return encoded(AllTold([told(house.base_url, one) for one in issued]), "no-store")

    @pages.post("/api/invitations/revoke")
    @described(
        "Take invitations back; whoever came by one is put out.",
        takes=Chosen,
        gives=Revoked,
        refuses=(*LED, "invitation.unknown"),
        token=True,
    )
    def revoke() -> Response:
        who = leading(house, "invitation.revoke")
        return encoded(Revoked(house.inviting.revoke(who.ceremony_id, read(Chosen).ids)), "no-store")

    @pages.post("/api/invitations/role")
    @described(
        "Make somebody who was invited something else.",
        takes=RoleOf,
        gives=OneTold,
        refuses=(*LED, "invitation.unknown", "invitation.invalid"),
        token=True,
    )
    def role() -> Response:
        who = leading(house, "invitation.make")
        body = read(RoleOf)
        issued = house.inviting.set_role(who.ceremony_id, body.id, body.role)
        return encoded(OneTold(told(house.base_url, issued)), "no-store")

    @pages.post("/api/letters")
    @described("The address of letters to print.", takes=Chosen, gives=Leads, refuses=LED, token=True)
    def letters() -> Response:
        """The address at which the letters can be printed, for ten minutes: a page is opened without a token."""
        who = leading(house, "invitation.see")
        ticket = tickets.dumps([who.ceremony_id, read(Chosen).ids])
        return encoded(Leads(url_for("invitations.sheets", ticket=ticket)), "no-store")

    @pages.get("/letters/<ticket>")
    @described("Letters of invitation, to be printed.", query=LANGUAGE, refuses=("link.unknown",))
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
    @described("Where a spoken code is typed.", query=LANGUAGE, refuses=("ceremony.unknown",))
    def code_page(ceremony_id: str) -> Response:
        shown = house.ceremony(ceremony_id)
        tongue_for(shown.programme)
        number = shown.programme.telephone
        page = render_template("code.html", programme=shown.programme, ceremony_id=ceremony_id, number=number)
        return dress(page, "private, no-cache")

    @pages.post("/api/code")
    @described(
        "From a spoken code to the link of its invitation.",
        takes=Spoken,
        gives=Leads,
        refuses=("ceremony.unknown", "code.unknown", "code.locked"),
    )
    def spoken() -> Response:
        body = read(Spoken)
        house.ceremony(body.ceremony)
        with guessing("code", wrong=frozenset({"code.unknown"})):
            key = house.inviting.by_code(body.ceremony, body.code)
        return encoded(Leads(url_for("pages.participant", key=key)), "no-store")

    return pages
