"""Tells watchers the time: answered at the door, before routing and languages cost a millisecond of it."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import msgspec

from memorata.adapters.http.openapi import Operation
from memorata.adapters.http.security import NOTHING
from memorata.adapters.sockets import wire
from memorata.services.ports import Clock
from memorata.services.sparing import Sparing

if TYPE_CHECKING:  # these types exist for the checker only
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

RULE = "/c/<ceremony_id>/clock"
OPERATION = Operation(
    "What time it is on the server: `t0` as it came, received at `t1`, sent at `t2`, in UTC milliseconds. "
    "`rest_ms`, where many ask: for how long to wait before the next question.",
    gives=wire.ClockAnswer,
    query={"t0": float},
)

BUDGET = 300.0
"""Questions a second of all who watch by one process: some five per cent of a core. Beyond it they are told to rest."""

_PATH = re.compile(r"/c/[^/]+/clock")


def telling_time(app: "WSGIApplication", clock: Clock) -> "WSGIApplication":
    """`app`, with `GET /c/<id>/clock?t0=` answered as the socket answers `clock`, whichever ceremony it is."""

    sparing = Sparing(BUDGET)

    def door(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        received = clock.now()
        if environ["REQUEST_METHOD"] != "GET" or not _PATH.fullmatch(environ.get("PATH_INFO", "")):
            return app(environ, start_response)
        t0 = _sent(environ.get("QUERY_STRING", ""))
        rest_ms = sparing.asked(received) or msgspec.UNSET
        body = msgspec.json.encode(wire.ClockAnswer(t0, received, clock.now(), rest_ms))
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            # No cache may keep it, and none may make it smaller: that takes longer than to send it.
            ("Cache-Control", "no-store, no-transform"),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", NOTHING),
        ]
        start_response("200 OK", headers)
        return [body]

    return door


def _sent(query: str) -> float:
    """What the page says it sent at; NaN and infinities are no JSON."""
    try:
        t0 = float(parse_qs(query, max_num_fields=8)["t0"][0])
    except (KeyError, ValueError):
        return 0.0
    return t0 if abs(t0) < 1e15 else 0.0
