"""What hosts do about halls elsewhere: whom to ring there, the link of each, whether it has joined."""

from typing import Annotated

import msgspec
from flask import Blueprint, Response

from memorata.adapters import qr
from memorata.adapters.http.entry import read
from memorata.adapters.http.house import House, Shown
from memorata.adapters.http.invitations import LED, leading
from memorata.adapters.http.letters import address
from memorata.adapters.http.openapi import described
from memorata.adapters.http.showing import encoded
from memorata.domain.errors import Refused
from memorata.domain.items import Text
from memorata.domain.programme import Hall
from memorata.services.inviting import Issued
from memorata.services.ports import Participant


class WhichHall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the halls of the programme."""

    id: Annotated[str, msgspec.Meta(max_length=40)]


class Square(msgspec.Struct, frozen=True):
    """An address as a picture that a telephone can read: so many units wide and high, and the path of SVG in it."""

    size: int
    path: str


class HallTold(msgspec.Struct, frozen=True):
    """A hall as hosts see it; `link`, `square` and the spoken `code` are `null` until its link has been made.

    `online` says whether its page is open; `invitation` names its link where links are taken back.
    """

    id: str
    place: Text
    community: Text
    country: str | None
    contact: str
    telephone: str
    online: bool
    invitation: str | None
    link: str | None
    code: str | None
    square: Square | None


class HallsTold(msgspec.Struct, frozen=True):
    """In the order of the programme's file."""

    halls: list[HallTold]


class OneHall(msgspec.Struct, frozen=True):
    hall: HallTold


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("halls", __name__)

    def planned(who: Participant) -> Shown:
        return house.ceremony(who.ceremony_id, rehearsal=True)

    @pages.get("/api/halls")
    @described(
        "The halls that join with a camera of their own, each with its link and whom to ring there.",
        gives=HallsTold,
        refuses=(*LED, "ceremony.unknown"),
        token=True,
    )
    def halls() -> Response:
        shown = planned(leading(house, "hall.see"))
        issued, online = house.inviting.halls(shown.ceremony_id), house.halls_online(shown.ceremony_id)
        found = [_told(house.base_url, one, issued.get(one.id), one.id in online) for one in shown.programme.halls]
        return encoded(HallsTold(found), "no-store")

    @pages.post("/api/halls")
    @described(
        "Make the link of a hall, anew: the one before is good no longer, and whoever came by it is put out.",
        takes=WhichHall,
        gives=OneHall,
        refuses=(*LED, "ceremony.unknown", "hall.unknown", "invitation.invalid"),
        token=True,
    )
    def make() -> Response:
        shown = planned(leading(house, "hall.make"))
        wanted = read(WhichHall).id
        hall = shown.programme.hall(wanted)
        if hall is None:
            raise Refused("hall.unknown", id=wanted)
        issued = house.inviting.make_hall(shown.ceremony_id, hall, shown.programme.languages)
        # Whoever came by the link before has just been put out.
        return encoded(OneHall(_told(house.base_url, hall, issued, online=False)), "no-store")

    return pages


def _told(base_url: str, hall: Hall, issued: Issued | None, online: bool) -> HallTold:
    link = None if issued is None else address(base_url, issued)
    return HallTold(
        id=hall.id,
        place=hall.place,
        community=hall.community,
        country=hall.country,
        contact=hall.contact,
        telephone=hall.telephone,
        online=online,
        invitation=None if issued is None else issued.invitation.id,
        link=link,
        code=None if issued is None else issued.code,
        square=None if link is None else Square(*qr.drawn(link)),
    )
