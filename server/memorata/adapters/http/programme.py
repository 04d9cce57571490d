"""The order of service: a page that can be read and printed without script, and the programme for watchers' pages."""

import msgspec
from flask import Blueprint, Response, render_template, request

from memorata.adapters.http import elsewhere, order
from memorata.adapters.http.house import House
from memorata.adapters.http.openapi import LANGUAGE, described
from memorata.adapters.http.showing import dress, encoded, tongue_for
from memorata.domain.programme import Programme
from memorata.services.snapshots import public_programme


class Planned(msgspec.Struct, frozen=True):
    """The programme as the public may know it; `seq` is the number of the event that planned it last."""

    epoch: str
    seq: int
    programme: Programme


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("programme", __name__)

    @pages.get("/c/<ceremony_id>")
    @described("The order of service, to be read and printed.", query=LANGUAGE, refuses=("ceremony.unknown",))
    def page(ceremony_id: str) -> Response:
        shown = house.ceremony(ceremony_id)
        programme = public_programme(shown.programme)
        tongue = tongue_for(programme)
        return dress(
            render_template(
                "programme.html",
                programme=programme,
                rows=order.rows(programme),
                planned_s=order.planned_s(programme),
                elsewhere=elsewhere.hours(programme, tongue),
                opens_ms=programme.lobby_opens_ms,
                address=f"{house.base_url}/c/{ceremony_id}",
            )
        )

    @pages.get("/c/<ceremony_id>/programme.json")
    @described(
        "The programme; with `v` of its number it never changes.",
        gives=Planned,
        query={"v": int},
        refuses=("ceremony.unknown",),
    )
    def data(ceremony_id: str) -> Response:
        shown = house.ceremony(ceremony_id)
        body = Planned(shown.epoch, shown.programme_seq, public_programme(shown.programme))
        named = request.args.get("v", type=int) == shown.programme_seq
        # A programme named by its number never changes; without, it is what holds just now.
        return encoded(body, "public, max-age=31536000, immutable" if named else "public, max-age=5")

    return pages
