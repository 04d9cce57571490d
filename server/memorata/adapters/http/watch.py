"""The watchers' page, by itself or in another site's frame: no seat, no socket, two small files for any cache."""

from hashlib import blake2s
from typing import Any

import msgspec
from flask import Blueprint, Response, g, request

from memorata.adapters.codec import plain
from memorata.adapters.http.house import House, Shown
from memorata.adapters.http.showing import encoded
from memorata.adapters.http.stage import stage_page
from memorata.domain.floor import public_entry

FRESH_S = 2
"""For how long one answer may serve all watchers."""


def timeline(shown: Shown, counts: object) -> dict[str, Any]:
    """What changes in the course of a ceremony, without the time; about 1 kB."""
    holder = shown.state.floor.holder()
    return {
        "epoch": shown.epoch,
        "programme_seq": shown.programme_seq,
        "seq": shown.state.seq,
        "progress": plain(shown.state.progress),
        "speaker": None if holder is None else plain(public_entry(holder)),
        "counts": plain(counts),
    }


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("watch", __name__)

    @pages.get("/c/<ceremony_id>/watch")
    def page(ceremony_id: str) -> Response:
        # In a language that is named in the address the page is the same for everybody.
        cache = "public, max-age=10" if "lang" in request.args else "private, no-cache"
        return stage_page(house, house.ceremony(ceremony_id), "watch", cache=cache)

    @pages.get("/embed/<ceremony_id>")
    def embedded(ceremony_id: str) -> Response:
        """The same for the frame of another site that the organizers have named; nothing is kept in that browser."""
        shown = house.ceremony(ceremony_id)
        g.ancestors = shown.programme.embed
        return stage_page(house, shown, "watch", cache="public, max-age=10", embedded=True)

    @pages.get("/c/<ceremony_id>/timeline.json")
    def data(ceremony_id: str) -> Response:
        body = timeline(house.ceremony(ceremony_id), house.counts(ceremony_id))
        # The tag leaves the time out: who asks again learns that nothing else is new.
        tag = blake2s(msgspec.json.encode(body), digest_size=9).hexdigest()
        response = encoded({**body, "now": round(house.clock.now(), 1)}, f"public, max-age={FRESH_S}")
        response.set_etag(tag, weak=True)
        response.make_conditional(request)
        return response

    return pages
