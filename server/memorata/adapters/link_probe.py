"""Calls the host of a link to see whether there is what a programme shows: the one part that calls other sites.

Whatever it is given, it speaks TLS at the usual port to public addresses alone. A name is resolved here, once for each
call, every address that it has must be public, and the line is opened to that very address; so neither a name of this
network nor one that answers otherwise a moment later leads inside. A redirection is a new call with the same rules.
It says nothing of itself but a name, reads no more than it needs, and keeps nothing.
"""

import re
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import structlog

from memorata import green
from memorata.domain.broadcast import Source
from memorata.services.link_checks import Found

log = structlog.get_logger(__name__)

WHOLE_S = 8.0
"""For one link, with all its redirections."""

READ_MAX = 65_536
"""How much of an answer is read, its headers included."""

HEADERS_MAX = 16_384
REDIRECTIONS_MAX = 3
ADDRESSES_TRIED = 3
CALLS_AT_ONCE = 8

_HTTPS = 443
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?")
_ELSEWHERE = (301, 302, 303, 307, 308)
_NOT_ANSWERED = "The other side does not answer."
_NAT64 = IPv6Network("64:ff9b::/96")

_OWN_HOSTS = {
    "youtube": frozenset({"www.youtube.com", "youtube.com"}),
    "vimeo": frozenset({"vimeo.com", "www.vimeo.com", "player.vimeo.com"}),
    "rutube": frozenset({"rutube.ru", "www.rutube.ru"}),
    "vk": frozenset({"vkvideo.ru", "www.vkvideo.ru", "vk.com", "vk.ru"}),
}
"""Where the answers of providers may come from; PeerTube's come from the host of the video alone."""

_TYPES = {
    "file": re.compile(r"video/.+|audio/.+|application/(?:octet-stream|mp4|ogg)|binary/octet-stream"),
    "hls": re.compile(
        r"application/(?:vnd\.apple\.mpegurl|x-mpegurl|octet-stream)|audio/(?:x-)?mpegurl|text/plain"
        r"|binary/octet-stream",
    ),
    "picture": re.compile(r"image/.+|application/octet-stream|binary/octet-stream"),
    "captions": re.compile(r"text/(?:vtt|plain)|application/octet-stream|binary/octet-stream"),
}


class _Failed(Exception):
    """The text is for organizers: one sentence."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)


Resolve = Callable[[str], Sequence[str]]


def is_public(address: str) -> bool:
    """Whether it is an address of the open internet, in whatever way it may be written."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.scope_id is not None or found.ipv4_mapped is not None or found.is_site_local:
            return False
        inner = found.sixtofour or (IPv4Address(found.packed[-4:]) if found in _NAT64 else None)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


class HttpsProbe:
    """Tests give another resolver, another measure of what is public, another port and authorities of their own."""

    def __init__(
        self,
        resolve: Resolve = green.addresses,
        allows: Callable[[str], bool] = is_public,
        port: int = _HTTPS,
        context: ssl.SSLContext | None = None,
        whole_s: float = WHOLE_S,
    ) -> None:
        self._resolve = resolve
        self._allows = allows
        self._port = port
        self._context = context
        self._whole_s = whole_s
        self._hands = green.semaphore(CALLS_AT_ONCE)

    def look(self, source: Source) -> Found:
        """Implements `Probe`."""
        host = urlsplit(source.url).hostname or ""
        with self._hands:
            try:
                with green.at_most(self._whole_s):
                    self._look(source, time.monotonic() + self._whole_s)
            except _Failed as failed:
                said = str(failed)
            except (green.TimedOut, TimeoutError):
                said = _NOT_ANSWERED
            except ssl.SSLCertVerificationError:
                said = "Its certificate is not good for this name."
            except OSError:
                said = _NOT_ANSWERED
            else:
                return Found(True)
        log.info("links.fault", host=host, said=said)
        return Found(False, said)

    def _look(self, source: Source, until: float) -> None:
        match source.provider:
            case "youtube" | "vimeo" | "rutube" | "vk" | "peertube":
                address, hosts = _at_provider(source)
                _embedded(self._get(address, until, hosts))
            case "hls":
                answer = self._get(source.url, until, wanted=len(b"\xef\xbb\xbf#EXTM3U"))
                _present(answer, "hls")
                if not answer.body.removeprefix(b"\xef\xbb\xbf").startswith(b"#EXTM3U"):
                    raise _Failed("What is there is no HLS stream.")
            case kind:
                _present(self._get(source.url, until, part=True), kind)

    def _get(
        self, url: str, until: float, hosts: frozenset[str] | None = None, *, part: bool = False, wanted: int = 0
    ) -> _Answer:
        """The answer at the end of all redirections; `hosts` are those that may give it, `None`: any public one."""
        for _ in range(REDIRECTIONS_MAX + 1):
            host, target = _taken_apart(url)
            if hosts is not None and host not in hosts:
                raise _Failed("The provider leads to another site.")
            answer = self._ask(host, target, until, part, wanted)
            if answer.status not in _ELSEWHERE:
                return answer
            location = answer.headers.get("location", "")
            if not location:
                raise _Failed("It leads nowhere.")
            try:
                url = urljoin(url, location)
            except ValueError:
                raise _Failed("It leads nowhere.") from None
        raise _Failed("It leads from one place to the next without end.")

    def _ask(self, host: str, target: str, until: float, part: bool, wanted: int) -> _Answer:
        request = [
            f"GET {target} HTTP/1.1",
            f"Host: {host}",
            "User-Agent: Memorata link check",
            "Accept: */*",
            "Accept-Encoding: identity",
            *(["Range: bytes=0-1023"] if part else []),
            "Connection: close",
        ]
        line = self._line(host, until)
        try:
            line.settimeout(_left(until))
            line.sendall("\r\n".join([*request, "", ""]).encode("ascii"))
            return _read(line, until, wanted)
        finally:
            line.close()

    def _line(self, host: str, until: float) -> Any:
        """A line to the host with its certificate verified; to none of its addresses if one of them is not public."""
        try:
            addresses = list(dict.fromkeys(self._resolve(host)))
        except (OSError, UnicodeError):
            addresses = []
        if not addresses:
            raise _Failed("There is no such site.")
        if not all(self._allows(address) for address in addresses):
            raise _Failed("This site is not on the public internet.")
        fault: OSError | None = None
        for address in addresses[:ADDRESSES_TRIED]:
            plain = None
            try:
                plain = green.connected(address, self._port, _left(until))
                plain.settimeout(_left(until))
                return self._tls().wrap_socket(plain, server_hostname=host)
            except OSError as error:
                if plain is not None:
                    plain.close()
                if isinstance(error, ssl.SSLCertVerificationError):
                    raise
                fault = error
        raise fault or OSError("no line")

    def _tls(self) -> ssl.SSLContext:
        # Made at the first call: it reads the authorities of the system, which takes a while.
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context


def _at_provider(source: Source) -> tuple[str, frozenset[str]]:
    """Where a provider says whether it has a video, and who may say so; put together from the id alone."""
    video, _, key = source.id.partition("/")
    match source.provider:
        case "youtube":
            watch = quote(f"https://www.youtube.com/watch?v={video}", safe="")
            return f"https://www.youtube.com/oembed?format=json&url={watch}", _OWN_HOSTS["youtube"]
        case "vimeo":
            page = quote(f"https://vimeo.com/{source.id}", safe="")
            return f"https://vimeo.com/api/oembed.json?url={page}", _OWN_HOSTS["vimeo"]
        case "rutube":
            private = f"&p={quote(key, safe='')}" if key else ""
            return f"https://rutube.ru/api/video/{video}/?format=json{private}", _OWN_HOSTS["rutube"]
        case "peertube":
            host = urlsplit(source.url).hostname or ""
            page = quote(f"https://{host}/videos/watch/{video}", safe="")
            return f"https://{host}/services/oembed?format=json&url={page}", frozenset({host})
    return source.url, _OWN_HOSTS["vk"]


def _embedded(answer: _Answer) -> None:
    if answer.status in (401, 403):
        raise _Failed("The provider does not let others show this video.")
    if answer.status in (400, 404, 410):
        raise _Failed("The provider knows no such video.")
    if not 200 <= answer.status < 300:
        raise _Failed(f"The provider answers with {answer.status}.")


def _present(answer: _Answer, kind: str) -> None:
    if answer.status in (401, 403):
        raise _Failed("It is there, but not for everybody.")
    if answer.status in (404, 410):
        raise _Failed("There is nothing at this address.")
    if not 200 <= answer.status < 300:
        raise _Failed(f"The other side answers with {answer.status}.")
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not _TYPES[kind].fullmatch(media_type):
        raise _Failed("What is there is something else, a page perhaps.")


def _taken_apart(url: str) -> tuple[str, str]:
    """Host and what is asked of it. Raises: _Failed: it is no address that may be called."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _Failed("It leads to no address.") from None
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" or "@" in parts.netloc or port not in (None, _HTTPS) or not _HOST.fullmatch(host):
        raise _Failed("It leads to an address that may not be called.")
    # What would begin another line of the request, or is none of ASCII, is written in numbers.
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return host, target


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _read(line: Any, until: float, wanted: int) -> _Answer:
    """The headers, and as much of the body as is wanted, however it trickles in."""
    got = b""
    while (end := got.find(b"\r\n\r\n")) < 0:
        if len(got) > HEADERS_MAX:
            raise _Failed("The other side speaks no HTTP.")
        more = _more(line, until)
        if not more:
            raise _Failed("The other side breaks off.")
        got += more
    status_line, *lines = got[:end].split(b"\r\n")
    status = _STATUS.fullmatch(status_line)
    if status is None:
        raise _Failed("The other side speaks no HTTP.")
    headers: dict[str, str] = {}
    for each in lines:
        name, _, value = each.decode("latin-1").partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    body = got[end + 4 :]
    chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    while len(_unchunked(body) if chunked else body) < wanted and end + 4 + len(body) < READ_MAX:
        more = _more(line, until)
        if not more:
            break
        body += more
    return _Answer(int(status[1]), headers, (_unchunked(body) if chunked else body)[:wanted])


def _unchunked(body: bytes) -> bytes:
    """What has come of a body that is sent in portions."""
    whole = b""
    while body:
        size, parted, rest = body.partition(b"\r\n")
        try:
            length = int(size.partition(b";")[0], 16)
        except ValueError:
            break
        if not parted or length <= 0:
            break
        whole += rest[:length]
        body = rest[length + 2 :]
    return whole


def _more(line: Any, until: float) -> bytes:
    line.settimeout(_left(until))
    try:
        received: bytes = line.recv(4096)
    except ssl.SSLEOFError:
        # Many close the line without saying that they do.
        return b""
    return received
