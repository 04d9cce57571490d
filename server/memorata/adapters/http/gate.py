"""Who is heard at all: by which name the server is called, from whose pages, and in which form something is changed.

One gate before pages and sockets alike. A name that is not ours means that a stranger's page has made its own name lead
here (DNS rebinding); a foreign origin means that it speaks in the name of whoever is looking at it (CSRF, and its like
for sockets). A program need not send an origin, so the origin never says who somebody is.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

import msgspec

from memorata.adapters.http.security import NOTHING
from memorata.config import Settings, is_at_home, is_loopback
from memorata.domain.errors import Refused, text_of
from memorata.services.ports import SecurityLog

if TYPE_CHECKING:  # these types exist for the checker only
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STATUS = {
    "request.host_unknown": "421 Misdirected Request",
    "request.origin_not_allowed": "403 Forbidden",
    "message.not_json": "415 Unsupported Media Type",
    "message.invalid": "400 Bad Request",
}

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_KEY = re.compile(r"[A-Za-z0-9+/]{21}[AQgw]==")
"""Sixteen bytes (RFC 6455, 4.1)."""

ADDRESS = "memorata.address"
"""Where the gate leaves the address of whoever asks, for those who note something; never to be logged as it is."""

_ANSWER = re.compile(r"/r/[^/]+(?:/unsubscribe)?")
"""Where the links of mails lead. What is sent there says by its own path whose it is, and no cookie matters, so a form
may bring it: of a page without scripts, or of a mail provider that knows no more than that (RFC 8058)."""

_PIECE = re.compile(r"/api/recordings/[^/]+/bytes/[^/]+")
"""Where a host's page sends what it records. A form cannot PUT, and a foreign script has to ask first here too."""

_BYTES = "application/octet-stream"

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

KNOWN = 256
"""So many names and origins need not be read anew; it is nearly always the same one."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})
SOCKETS = "/socket.io"
WATCHED = frozenset({"/health", "/healthz", "/readyz", "/metrics"})
"""What a watchman on this machine may ask by number."""


class Gate:
    """The names and origins of one installation."""

    def __init__(self, settings: Settings, security: SecurityLog) -> None:
        self._security = security
        self._proxies = settings.proxies
        self._origins = frozenset(settings.allowed_origins())
        self._at_home = not settings.base_url_given
        own = (urlsplit(settings.base_url).hostname or "",) if settings.base_url_given else ()
        self._own = frozenset(own)
        self._further = frozenset(settings.hosts)

    def before(self, app: "WSGIApplication") -> "WSGIApplication":
        """`app`, of which nothing is heard unless it may be."""

        def gate(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            environ[ADDRESS] = self.address(environ)
            try:
                self.check(environ)
            except Refused as refused:
                self._security.note(refused.code, address=environ[ADDRESS])
                return _answer(refused, start_response)
            return app(environ, start_response)

        return gate

    def check(self, environ: "WSGIEnvironment") -> None:
        """Raises: Refused: `request.host_unknown`, `request.origin_not_allowed`, `message.not_json`, `.invalid`."""
        host = self._host(environ)
        origin = environ.get("HTTP_ORIGIN", "")
        path = environ.get("PATH_INFO", "")
        if path == SOCKETS or path.startswith(SOCKETS + "/"):
            if origin and not self.allows(origin, host):
                raise Refused("request.origin_not_allowed")
            if environ.get("HTTP_UPGRADE") and not _is_handshake(environ):
                raise Refused("message.invalid", path="Upgrade", reason="no WebSocket handshake of version 13")
            return
        if environ["REQUEST_METHOD"] in READING:
            return
        site = environ.get("HTTP_SEC_FETCH_SITE", "")
        if site not in ("", "same-origin", "none") or (not site and origin and not self.allows(origin, host)):
            raise Refused("request.origin_not_allowed")
        # A form of another page cannot send it, and a script of another page has to ask first, which nobody answers.
        kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        answer = kind in _FORMS and _ANSWER.fullmatch(path)
        piece = kind == _BYTES and environ["REQUEST_METHOD"] == "PUT" and _PIECE.fullmatch(path)
        if kind != "application/json" and not (answer or piece):
            raise Refused("message.not_json")

    def allows(self, origin: str | None, host: str) -> bool:
        """Whether pages of this origin may change something here, which they reached by the name `host`.

        Args: host: as the browser wrote it, with its port.
        """
        if not origin or origin == "null":
            return False
        if origin in self._origins:
            return True
        parts = _parts(origin)
        if parts is None or parts.netloc.lower() != host.lower():
            return False
        name = _name(host)
        return name in self._further or (self._at_home and is_at_home(name))

    def allows_socket(self, origin: str | None, environ: "WSGIEnvironment") -> bool:
        """The same, as the socket library asks."""
        return self.allows(origin, self._forwarded(environ) or environ.get("HTTP_HOST", ""))

    def address(self, environ: "WSGIEnvironment") -> str:
        """Whose address it is, behind proxies of our own; never to be logged as it is."""
        told = [each.strip() for each in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if self._proxies and len(told) >= self._proxies:
            return str(told[-self._proxies])
        return str(environ.get("REMOTE_ADDR", ""))

    def _host(self, environ: "WSGIEnvironment") -> str:
        """The name and port by which the browser called.

        Raises: Refused: `request.host_unknown`.
        """
        direct, forwarded = environ.get("HTTP_HOST", ""), self._forwarded(environ)
        called: str = forwarded or direct
        name = _name(called)
        watched = environ.get("PATH_INFO") in WATCHED and is_loopback(name) and name != "localhost"
        known = self._knows(name) or watched
        # What a proxy of ours tells is believed, but not where the name by which it was called itself is a stranger's.
        if not known or (forwarded and not (self._knows(_name(direct)) or is_at_home(_name(direct)))):
            raise Refused("request.host_unknown")
        return called

    def _knows(self, name: str) -> bool:
        return name in self._own or name in self._further or (self._at_home and is_at_home(name))

    def _forwarded(self, environ: "WSGIEnvironment") -> str:
        """What the outermost proxy of our own says it was called; empty where it says nothing."""
        told = [each.strip() for each in environ.get("HTTP_X_FORWARDED_HOST", "").split(",") if each.strip()]
        return told[-self._proxies] if self._proxies and len(told) >= self._proxies else ""


@lru_cache(KNOWN)
def _name(host: str) -> str:
    """The name without its port, in small letters; empty for what is none."""
    if not _HOST.fullmatch(host):
        return ""
    return re.sub(r":[0-9]*$", "", host).strip("[]").rstrip(".").lower()


def _is_handshake(environ: "WSGIEnvironment") -> bool:
    """What the libraries would break on is told here."""
    return bool(
        environ["REQUEST_METHOD"] == "GET"
        and environ["HTTP_UPGRADE"].lower() == "websocket"
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and _KEY.fullmatch(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""))
    )


@lru_cache(KNOWN)
def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    fits = parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc
    return parts if fits and not (parts.path or parts.query or parts.fragment) else None


def _answer(refused: Refused, start_response: "StartResponse") -> Iterable[bytes]:
    body = msgspec.json.encode({"code": refused.code, "message": text_of(refused.code), "facts": refused.facts})
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", NOTHING),
    ]
    start_response(STATUS[refused.code], headers)
    return [body]
