"""Whether the server is well, for whoever watches over it: it answers, its store answers, and cues are looked after."""

from collections.abc import Callable

import msgspec
from flask import Blueprint, Response

from memorata.adapters.http.house import House
from memorata.adapters.http.openapi import described
from memorata.adapters.http.showing import encoded
from memorata.services.ports import StoreBusy

STALE_MS = 15_000
"""Cues are looked for each second; after so long without, something hangs."""


class Health(msgspec.Struct, frozen=True):
    """`clients`: seats taken; `store`: it answers; `cues`: they are looked after."""

    ok: bool
    clients: int
    store: bool
    cues: bool


def blueprint(house: House, scanned_ms: Callable[[], int]) -> Blueprint:
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    @described("Whether the server is well.", gives=Health, also={503: "It is not; the answer has the same fields."})
    def health() -> Response:
        conducted = house.clock.now_ms() - scanned_ms() < STALE_MS
        try:
            house.ceremonies()
            stored = True
        except StoreBusy:
            stored = False
        well = conducted and stored
        response = encoded(Health(well, house.clients(), stored, conducted), "no-store")
        response.status_code = 200 if well else 503
        return response

    return pages
