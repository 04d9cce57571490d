"""The watchers' page, by itself or in another site's frame: no seat, no socket, two small files for any cache."""

from hashlib import blake2s

import msgspec
from flask import Blueprint, Response, g, request

from memorata.adapters.http.house import House, Shown
from memorata.adapters.http.openapi import LANGUAGE, described
from memorata.adapters.http.showing import encoded
from memorata.adapters.http.stage import stage_page
from memorata.adapters.sockets import wire
from memorata.adapters.sockets.staging import on_stage
from memorata.domain.floor import FloorEntry, public_entry
from memorata.domain.programme import Progress
from memorata.domain.stage import Shown as Recorded
from memorata.services.stage_told import Seen

FRESH_S = 2
"""For how long one answer may serve all watchers."""


class Timeline(msgspec.Struct, frozen=True):
    """What changes in the course of a ceremony, about 1 kB; `now` is the server's time in UTC ms when it was asked.

    `recorded` is where a recorded version stands in for a living voice. `stream` is where the stage is to be seen,
    seconds late, empty for nowhere; `streamed` is whoever is sent there. `called` is there where people wait for a
    seat: whoever waits with this number or a lower one may ask for it now.
    """

    epoch: str
    programme_seq: int
    seq: int
    progress: Progress
    speaker: FloorEntry | None
    counts: wire.Presence
    recorded: tuple[Recorded, ...] = ()
    stream: str = ""
    streamed: wire.OnStage | None = None
    called: int | msgspec.UnsetType = msgspec.UNSET
    now: float | msgspec.UnsetType = msgspec.UNSET


def timeline(shown: Shown, counts: wire.Presence, stream: str = "", streamed: Seen | None = None) -> Timeline:
    """Without the time."""
    holder = shown.state.floor.holder()
    return Timeline(
        epoch=shown.epoch,
        programme_seq=shown.programme_seq,
        seq=shown.state.seq,
        progress=shown.state.progress,
        speaker=None if holder is None else public_entry(holder),
        counts=counts,
        recorded=shown.state.stage.recorded,
        stream=stream,
        streamed=None if streamed is None else on_stage(streamed),
    )


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("watch", __name__)

    @pages.get("/c/<ceremony_id>/watch")
    @described("The page of those who watch: no seat, no socket.", query=LANGUAGE, refuses=("ceremony.unknown",))
    def page(ceremony_id: str) -> Response:
        # In a language that is named in the address the page is the same for everybody.
        cache = "public, max-age=10" if "lang" in request.args else "private, no-cache"
        return stage_page(house, house.ceremony(ceremony_id), "watch", cache=cache)

    @pages.get("/embed/<ceremony_id>")
    @described("The watchers' view for the frames of other sites.", query=LANGUAGE, refuses=("ceremony.unknown",))
    def embedded(ceremony_id: str) -> Response:
        """The same for the frame of another site that the organizers have named; nothing is kept in that browser."""
        shown = house.ceremony(ceremony_id)
        g.ancestors = shown.programme.embed
        return stage_page(house, shown, "watch", cache="public, max-age=10", embedded=True)

    @pages.get("/c/<ceremony_id>/timeline.json")
    @described(
        "Where the ceremony is.",
        gives=Timeline,
        refuses=("ceremony.unknown",),
        also={304: "Nothing but the time is new."},
    )
    def data(ceremony_id: str) -> Response:
        body = timeline(house.ceremony(ceremony_id), house.counts(ceremony_id), *house.streamed(ceremony_id))
        called = house.seating.called(ceremony_id)
        if called is not None:
            body = msgspec.structs.replace(body, called=called)
        # The tag leaves the time out: who asks again learns that nothing else is new.
        tag = blake2s(msgspec.json.encode(body), digest_size=9).hexdigest()
        now = round(house.clock.now(), 1)
        response = encoded(msgspec.structs.replace(body, now=now), f"public, max-age={FRESH_S}")
        response.set_etag(tag, weak=True)
        response.make_conditional(request)
        return response

    return pages
