"""Whether the server is well, for whoever watches over it: it answers, its store answers, and cues are looked after."""

from collections.abc import Callable

from flask import Blueprint, Response

from memorata.adapters.http.house import House
from memorata.adapters.http.showing import encoded
from memorata.services.ports import StoreBusy

STALE_MS = 15_000
"""Cues are looked for each second; after so long without, something hangs."""


def blueprint(house: House, scanned_ms: Callable[[], int]) -> Blueprint:
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    def health() -> Response:
        conducted = house.clock.now_ms() - scanned_ms() < STALE_MS
        try:
            house.ceremonies()
            stored = True
        except StoreBusy:
            stored = False
        well = conducted and stored
        facts = {"ok": well, "clients": house.clients(), "store": stored, "cues": conducted}
        response = encoded(facts, "no-store")
        response.status_code = 200 if well else 503
        return response

    return pages
