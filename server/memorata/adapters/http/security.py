"""What browsers are told to allow a page: our own files, and the hosts of the broadcasts of its ceremony."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from urllib.parse import urlsplit

from flask import Response, g, request

from memorata.domain.broadcast import Source, frame_hosts, media_hosts
from memorata.domain.programme import Programme

_HOST = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")

_ADDRESS = re.compile(r"https://[A-Za-z0-9.:-]+/[!-~]*")

NOTHING = "default-src 'none'; frame-ancestors 'none'"
"""For what is not a page."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """Origins that a ceremony's programme names: for frames, for streams, and for files of all kinds."""

    frames: str = ""
    streams: str = ""
    files: str = ""


_known: dict[str, tuple[Programme, Hosts]] = {}


def hosts_of(programme: Programme) -> Hosts:
    """The origins of this programme, which is walked once."""
    known = _known.get(programme.ceremony_id)
    if known is not None and known[0] is programme:
        return known[1]
    sources: list[Source] = []
    files: set[str] = set()
    for value in _values(programme):
        if isinstance(value, Source):
            sources.append(value)
        elif isinstance(value, str) and _ADDRESS.fullmatch(value):
            files.add("https://" + urlsplit(value).netloc)
    frames, streams = frame_hosts(sources), media_hosts(sources)
    hosts = Hosts(" ".join(frames), " ".join(streams), " ".join(sorted(files - set(frames) | set(streams))))
    _known[programme.ceremony_id] = programme, hosts
    return hosts


def _values(value: object) -> Iterator[object]:
    yield value
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _values(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _values(each)


def policy(programme: Programme | None, host: str, ancestors: tuple[str, ...] = ()) -> str:
    """The Content-Security-Policy of a page of this ceremony, served under `host`.

    Args: ancestors: origins whose pages may hold this one in a frame.
    """
    found = Hosts() if programme is None else hosts_of(programme)
    # Safari 15.4 does not count WebSockets of the own host as 'self'.
    sockets = f"ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    rules = {
        "default-src": "'none'",
        # No page has a script of its own text: what it begins with is JSON, which is no script. So no nonce is needed,
        # which an answer kept for ten seconds for everybody could not carry anyway.
        "script-src": "'self'",
        "style-src": "'self'",
        "font-src": "'self'",
        "img-src": f"'self' data: {found.files}",
        # hls.js feeds the video element from memory.
        "media-src": f"'self' blob: {found.files}",
        "worker-src": "'none'",
        "object-src": "'none'",
        "connect-src": f"'self' {sockets} {found.streams}",
        "frame-src": found.frames or "'none'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        # Nothing here makes scripts or markup of text, so nobody is trusted to.
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
        "frame-ancestors": " ".join(ancestors) or "'none'",
    }
    return "; ".join(f"{name} {' '.join(value.split())}" for name, value in rules.items())


def protect(response: Response) -> Response:
    """Add the headers to any answer; a page has put its ceremony into `g.programme`."""
    headers = response.headers
    if response.mimetype == "text/html":
        stage = g.get("stage", False)
        ancestors: tuple[str, ...] = g.get("ancestors", ())
        headers.setdefault("Content-Security-Policy", policy(g.get("programme"), request.host, ancestors))
        headers.setdefault("Permissions-Policy", _permissions(stage))
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not ancestors:
            # It knows no list: where there is one, the policy alone says who may.
            headers.setdefault("X-Frame-Options", "DENY")
    else:
        headers.setdefault("Content-Security-Policy", NOTHING)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # Links to a ceremony are personal, they must not travel on in a Referer.
    headers.setdefault("Referrer-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _permissions(stage: bool) -> str:
    """Camera and microphone are for the pages on which somebody may speak; the rest nobody needs."""
    own = "(self)" if stage else "()"
    never = ("geolocation", "payment", "usb", "serial", "hid", "midi", "display-capture", "browsing-topics")
    return ", ".join([f"camera={own}", f"microphone={own}", *(f"{name}=()" for name in never)])
