"""For whoever watches over the server: whether it lives and is well, whether people may be sent here, its numbers."""

import hmac
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, Response, request

from memorata.adapters.http.house import House
from memorata.adapters.http.limits import WRONG, guessing
from memorata.adapters.http.openapi import described
from memorata.adapters.http.showing import encoded
from memorata.adapters.metrics import CONTENT_TYPE, Metrics
from memorata.config import is_loopback
from memorata.domain.errors import Refused
from memorata.services.ports import StoreBusy
from memorata.services.readiness import Readiness
from memorata.services.troubles import Trouble

STALE_MS = 15_000
"""Cues are looked for each second; after so long without, something hangs."""

FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip")
"""What a proxy says of whom it asks for: then it was not somebody on this machine."""


class Health(msgspec.Struct, frozen=True):
    """`clients`: seats taken; `store`: it answers; `cues`: they are looked after; `troubles`: what else is amiss."""

    ok: bool
    clients: int
    store: bool
    cues: bool
    troubles: tuple[Trouble, ...]


class Alive(msgspec.Struct, frozen=True):
    """`up_s`: for how long."""

    ok: bool
    up_s: int


class Ready(msgspec.Struct, frozen=True):
    """`lacks`: why nobody new is to be sent here: `draining`, `store`, `cues`, `redis`."""

    ok: bool
    lacks: tuple[str, ...]


def blueprint(
    house: House,
    scanned_ms: Callable[[], int],
    readiness: Readiness,
    metrics: Metrics,
    troubles: Callable[[], tuple[Trouble, ...]],
) -> Blueprint:
    pages = Blueprint("health", __name__)
    started_s = time.monotonic()

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
        response = encoded(Health(well, house.clients(), stored, conducted, troubles()), "no-store")
        response.status_code = 200 if well else 503
        return response

    @pages.get("/healthz")
    @described("Whether the process lives: it answers without asking anything else.", gives=Alive)
    def alive() -> Response:
        return encoded(Alive(True, int(time.monotonic() - started_s)), "no-store")

    @pages.get("/readyz")
    @described(
        "Whether people may be sent to this process.",
        gives=Ready,
        also={503: "Not now; the answer has the same fields and says what is missing."},
    )
    def ready() -> Response:
        lacks = readiness.lacks()
        response = encoded(Ready(not lacks, lacks), "no-store")
        response.status_code = 503 if lacks else 200
        return response

    @pages.get("/metrics")
    @described(
        "The numbers of this process for Prometheus. With `MEMORATA_METRICS_TOKEN` set for whoever shows it, "
        "`Authorization: Bearer`; without it for programs of this machine alone.",
        gives="text/plain",
        refuses=("token.missing", "token.unknown"),
    )
    def numbers() -> Response:
        _may_read(house.settings.metrics_token)
        response = Response(metrics.text(), content_type=CONTENT_TYPE)
        response.headers["Cache-Control"] = "no-store"
        return response

    return pages


def _may_read(token: bytes) -> None:
    """Raises: Refused: `token.missing`, `token.unknown`, `request.too_many`."""
    if not token:
        # The address of the line itself, whatever a proxy says; and no proxy of this machine that asks for others.
        before: dict[str, str] = request.environ.get("werkzeug.proxy_fix.orig", {})
        address = before.get("REMOTE_ADDR") or request.remote_addr or ""
        called = urlsplit(f"//{before.get('HTTP_HOST') or request.host}").hostname or ""
        if not (is_loopback(address) and is_loopback(called)) or any(name in request.headers for name in FORWARDED):
            raise Refused("token.missing")
        return
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not shown:
        raise Refused("token.missing")
    with guessing("metrics", wrong=frozenset({"token.unknown"}), most=WRONG, shut=False):
        if not hmac.compare_digest(shown.strip().encode(), token):
            raise Refused("token.unknown")
