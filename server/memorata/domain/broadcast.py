"""Which video links are acceptable, and the address that we build for each: nothing typed in is ever embedded.

A link is taken apart, the video's id is read by an exact pattern, and the address of the frame is put together here
from that id alone; so a look-alike, a redirect or a script has nowhere to hide. Files and HLS streams are the
exception, their address is the thing itself: https, a public host name, no credentials, no odd port, a media suffix.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final, NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

from memorata.domain.errors import Refused


@dataclass(frozen=True, slots=True)
class Source:
    """One place to play a broadcast from.

    provider: `file` (MP4, WebM), `hls`, `youtube`, `vimeo`, `peertube`, `rutube` or `vk`.
    id: the video's id at an embedding provider; empty for `file` and `hls`.
    url: the media's own address (`https://…`, or `media/…` beside the schedule), or the address of the frame.
    delay_s: of a live picture, how far behind the event it is to be shown, or is known to be; `None`: nobody has said.
        Each source has its own, and it moves nothing but the picture: no start, no step, no beat.
    """

    provider: str
    id: str
    url: str
    delay_s: float | None = None


EMBEDDED: Final = frozenset({"youtube", "vimeo", "peertube", "rutube", "vk"})
"""Providers shown in a frame; the others play in our own video element."""

VIDEOS: Final = {".mp4": "file", ".webm": "file", ".m3u8": "hls"}
PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".svg"})
CAPTIONS: Final = frozenset({".vtt"})
SOUNDS: Final = frozenset({".mp3", ".m4a", ".aac", ".ogg", ".opus", ".wav"})

LONGEST_LINK: Final = 2000

# Visible ASCII without the characters that RFC 3986 keeps out of addresses. The backslash matters most: browsers read
# it as a slash, parsers do not.
_PLAIN = re.compile(r"[!#$%&()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_OWN_FILE = re.compile(r"media(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")

# Another address inside an address is the mark of a redirect; what is encoded twice is meant for a second reader.
_ADDRESS_INSIDE = re.compile(r"://|^\s*[/\\]{2}|\b(?:https?|ftp|file|data|blob|javascript|vbscript):", re.I)
_ENCODED_TWICE = re.compile(r"%(?:2[ef]|3a|5c)", re.I)

# Names that mean this machine or this network (RFC 6761, RFC 6762, RFC 8375, RFC 9476 and common use). No server calls
# them, and no browser of those who come shall be sent to its neighbours.
_PRIVATE_SUFFIXES = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "arpa", "test", "invalid",
     "onion", "alt", "svc", "private", "workgroup", "mail"}
)  # fmt: skip
# Public names that are made to resolve to the number they hold: 10.0.0.1.example.org, 192-168-1-1.example.org.
_NUMBER_INSIDE = re.compile(r"(?:^|[.-])(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})(?=[.-])")

_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
# Two words that look like ids and mean "whatever the channel shows just now".
_YOUTUBE_NOT_IDS = frozenset({"live_stream", "videoseries"})
_VIMEO_ID = re.compile(r"[1-9][0-9]{0,14}")
_VIMEO_KEY = re.compile(r"[0-9a-f]{6,32}")
_PEERTUBE_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# A UUID in base 58, as PeerTube writes it in /w/ addresses: no 0, O, I or l.
_PEERTUBE_SHORT = re.compile(r"[1-9A-HJ-NP-Za-km-z]{18,22}")
_RUTUBE_ID = re.compile(r"[0-9a-f]{32}")
_RUTUBE_KEY = re.compile(r"[A-Za-z0-9_-]{6,64}")
_VK_ID = re.compile(r"(?:video|clip)(-?[1-9][0-9]{0,14})_([1-9][0-9]{0,14})(?:_([0-9a-f]{10,40}))?")
_VK_OWNER = re.compile(r"-?[1-9][0-9]{0,14}")
_VK_NUMBER = re.compile(r"[1-9][0-9]{0,14}")
_VK_KEY = re.compile(r"[0-9a-f]{10,40}")

Query = dict[str, str]


def parse_link(text: str, peertube_hosts: frozenset[str] = frozenset()) -> Source:
    """Read a link as an organizer pastes it.

    Args: peertube_hosts: the PeerTube instances this installation trusts, lower case; any host can claim to be one.
    Raises: Refused: `broadcast.link_refused`; the fact `reason` is one of `empty`, `too_long`, `characters`, `scheme`,
        `credentials`, `port`, `host`, `path`, `query`, `id`, `not_a_video`.
    """
    text = _plain(text)
    if text.startswith("media/"):
        return _own_video(text)
    host, path, query_text = _split(text)
    reader = _READERS.get(host)
    if reader is not None:
        return reader([part for part in path.split("/") if part], _query(query_text))
    if any(host.endswith("." + known) for known in _PROVIDER_DOMAINS):
        # A subdomain of a provider that is not on the list is no place for files either.
        _refuse("host")
    if host in peertube_hosts:
        embedded = _peertube(host, [part for part in path.split("/") if part])
        if embedded is not None:
            return embedded
    return _hosted_video(host, path, query_text)


def parse_file(text: str, suffixes: frozenset[str]) -> str:
    """The address of a picture or of captions, `https://…` or `media/…`; `suffixes` is PICTURES or CAPTIONS.

    Raises: Refused: as `parse_link`, with the reason `not_this_kind` for another suffix.
    """
    text = _plain(text)
    if text.startswith("media/"):
        _own_path(text)
        if _suffix(text) not in suffixes:
            _refuse("not_this_kind")
        return text
    host, path, query_text = _split(text)
    address = _address(host, path, query_text)
    if _suffix(path) not in suffixes:
        _refuse("not_this_kind")
    return address


def frame_hosts(sources: Iterable[Source]) -> list[str]:
    """The origins that may be framed for these sources, sorted, for the policy `frame-src`."""
    return sorted({_origin(source.url) for source in sources if source.provider in EMBEDDED})


def media_hosts(sources: Iterable[Source]) -> list[str]:
    """The foreign origins that files and streams come from, sorted, for `media-src` and (HLS) `connect-src`."""
    return sorted(
        {
            _origin(source.url)
            for source in sources
            if source.provider not in EMBEDDED and source.url.startswith("https://")
        }
    )


def _refuse(reason: str) -> NoReturn:
    raise Refused("broadcast.link_refused", reason=reason)


def _plain(text: str) -> str:
    """The text without the white space that copying drags along; nothing odd may be left inside."""
    text = text.strip(" \t\r\n")
    if not text:
        _refuse("empty")
    if len(text) > LONGEST_LINK:
        _refuse("too_long")
    if not _PLAIN.fullmatch(text):
        _refuse("characters")
    return text


def _split(text: str) -> tuple[str, str, str]:
    """Host in lower case, path, query; the fragment is dropped."""
    scheme, separator, _ = text.partition("://")
    if not separator or scheme.lower() != "https":
        _refuse("scheme")
    try:
        parts = urlsplit(text)
    except ValueError:  # brackets that are no IPv6 address
        _refuse("host")
    netloc = parts.netloc.lower()
    if "@" in netloc:
        _refuse("credentials")
    host, colon, port = netloc.partition(":")
    if colon and port != "443":
        _refuse("port")
    labels = host.split(".")
    if (
        len(host) > 253
        or not _HOST.fullmatch(host)
        or labels[-1] in _PRIVATE_SUFFIXES
        # Encoded international names: what the organizer reads and what the browser calls may differ by one letter.
        or any(label.startswith("xn--") for label in labels)
        or _holds_a_private_number(host)
    ):
        _refuse("host")
    if not parts.path.startswith("/") or "//" in parts.path or _BROKEN_ESCAPE.search(parts.path):
        _refuse("path")
    if any(_is_odd(unquote(step)) for step in parts.path.split("/")):
        _refuse("path")
    return host, parts.path, parts.query


def _holds_a_private_number(host: str) -> bool:
    for found in _NUMBER_INSIDE.finditer(host):
        octets = [int(octet) for octet in found.groups()]
        if max(octets) < 256 and not IPv4Address(bytes(octets)).is_global:
            return True
    return False


def _is_odd(step: str) -> bool:
    """Whether one step of a path, decoded, is more than a name."""
    return (
        step in {".", ".."}
        or not step.isprintable()
        or re.search(r"[/\\]", step) is not None
        or _ADDRESS_INSIDE.search(step) is not None
        or _ENCODED_TWICE.search(step) is not None
    )


def _query(text: str) -> Query:
    """The parameters; one that is given twice is refused, for readers differ in which of the two they believe."""
    if text.count("&") >= 40:
        _refuse("query")
    pairs = parse_qsl(text, keep_blank_values=True)
    query = dict(pairs)
    if len(query) != len(pairs):
        _refuse("query")
    return query


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    return (dot + suffix).lower() if stem else ""


def _own_path(text: str) -> None:
    if not _OWN_FILE.fullmatch(text) or ".." in text:
        _refuse("path")


def _own_video(text: str) -> Source:
    _own_path(text)
    provider = VIDEOS.get(_suffix(text))
    if provider is None:
        _refuse("not_a_video")
    return Source(provider, "", text)


def _hosted_video(host: str, path: str, query_text: str) -> Source:
    address = _address(host, path, query_text)
    provider = VIDEOS.get(_suffix(path))
    if provider is None:
        _refuse("not_a_video")
    return Source(provider, "", address)


def _address(host: str, path: str, query_text: str) -> str:
    """The address of a file at a host of the organizer's own choice, put together again from its checked parts."""
    if host in _READERS or any(host.endswith("." + known) for known in _PROVIDER_DOMAINS):
        _refuse("host")
    for pair in _query(query_text).items():
        for text in pair:
            # Signatures may hold nearly anything, but no address.
            if not text.isprintable() or "\\" in text or _ADDRESS_INSIDE.search(text) or _ENCODED_TWICE.search(text):
                _refuse("query")
    return f"https://{host}{path}" + (f"?{query_text}" if query_text else "")


def _origin(url: str) -> str:
    return "https://" + urlsplit(url).netloc


def _is(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        _refuse("id")
    return text


def _youtube(path: list[str], query: Query) -> Source:
    match path:
        case ["watch"]:
            video = query.get("v", "")
        case ["live" | "shorts" | "embed" | "v", video]:
            pass
        case _:
            _refuse("path")
    return _youtube_frame(video)


def _youtu_be(path: list[str], query: Query) -> Source:
    if len(path) != 1:
        _refuse("path")
    return _youtube_frame(path[0])


def _youtube_frame(video: str) -> Source:
    if _is(_YOUTUBE_ID, video) in _YOUTUBE_NOT_IDS:
        _refuse("id")
    options = "enablejsapi=1&playsinline=1&controls=0&disablekb=1&rel=0&iv_load_policy=3"
    return Source("youtube", video, f"https://www.youtube-nocookie.com/embed/{video}?{options}")


def _vimeo(path: list[str], query: Query) -> Source:
    key = query.get("h", "")
    match path:
        case [video] | ["channels", _, video] | ["groups", _, "videos", video]:
            pass
        case ["showcase" | "album", _, "video", video]:
            pass
        case [video, key]:
            pass
        case _:
            _refuse("path")
    return _vimeo_frame(video, key)


def _vimeo_player(path: list[str], query: Query) -> Source:
    match path:
        case ["video", video]:
            return _vimeo_frame(video, query.get("h", ""))
    _refuse("path")


def _vimeo_frame(video: str, key: str) -> Source:
    """`key` belongs to an unlisted video, which plays only with it."""
    video = _is(_VIMEO_ID, video)
    options = "dnt=1&playsinline=1&controls=0&keyboard=0&title=0&byline=0&portrait=0"
    if not key:
        return Source("vimeo", video, f"https://player.vimeo.com/video/{video}?{options}")
    key = _is(_VIMEO_KEY, key)
    return Source("vimeo", f"{video}/{key}", f"https://player.vimeo.com/video/{video}?h={key}&{options}")


def _peertube(host: str, path: list[str]) -> Source | None:
    """None when the path is none of a video's page: the instance may serve files too."""
    match path:
        case ["w", video] | ["videos", "watch" | "embed", video]:
            if not _PEERTUBE_UUID.fullmatch(video) and not _PEERTUBE_SHORT.fullmatch(video):
                _refuse("id")
            # Without p2p=0 every viewer's address would be told to other viewers.
            options = "api=1&controls=0&p2p=0&peertubeLink=0&title=0&warningTitle=0"
            return Source("peertube", video, f"https://{host}/videos/embed/{video}?{options}")
    return None


def _rutube(path: list[str], query: Query) -> Source:
    match path:
        case ["video", "private", video] | ["live", "video", "private", video]:
            key = _is(_RUTUBE_KEY, query.get("p", ""))
        case ["video" | "shorts", video] | ["live", "video", video] | ["play", "embed", video]:
            key = query.get("p", "")
        case _:
            _refuse("path")
    video = _is(_RUTUBE_ID, video)
    if not key:
        return Source("rutube", video, f"https://rutube.ru/play/embed/{video}")
    key = _is(_RUTUBE_KEY, key)
    return Source("rutube", f"{video}/{key}", f"https://rutube.ru/play/embed/{video}/?p={key}")


def _vk(path: list[str], query: Query) -> Source:
    match path:
        case ["video_ext.php"]:
            owner, video = _is(_VK_OWNER, query.get("oid", "")), _is(_VK_NUMBER, query.get("id", ""))
            key = query.get("hash", "")
            return _vk_frame(owner, video, _is(_VK_KEY, key) if key else "")
        case ["video"] | ["video", _] if "z" in query:
            place = query["z"].partition("/")[0]
        case [place] | ["playlist", _, place] | ["video", "playlist", _, place]:
            pass
        case _:
            _refuse("path")
    found = _VK_ID.fullmatch(place)
    if found is None:
        _refuse("id")
    return _vk_frame(found[1], found[2], found[3] or "")


def _vk_frame(owner: str, video: str, key: str) -> Source:
    number = f"{owner}_{video}" + (f"_{key}" if key else "")
    options = (f"hash={key}&" if key else "") + "hd=2&js_api=1"
    return Source("vk", number, f"https://vkvideo.ru/video_ext.php?oid={owner}&id={video}&{options}")


_READERS: Final[dict[str, Callable[[list[str], Query], Source]]] = {
    "youtube.com": _youtube,
    "www.youtube.com": _youtube,
    "m.youtube.com": _youtube,
    "youtube-nocookie.com": _youtube,
    "www.youtube-nocookie.com": _youtube,
    "youtu.be": _youtu_be,
    "vimeo.com": _vimeo,
    "www.vimeo.com": _vimeo,
    "player.vimeo.com": _vimeo_player,
    "rutube.ru": _rutube,
    "www.rutube.ru": _rutube,
    "m.rutube.ru": _rutube,
    "vk.com": _vk,
    "www.vk.com": _vk,
    "m.vk.com": _vk,
    "vk.ru": _vk,
    "m.vk.ru": _vk,
    "vkvideo.ru": _vk,
    "www.vkvideo.ru": _vk,
    "m.vkvideo.ru": _vk,
}
_PROVIDER_DOMAINS: Final = (
    "youtube.com",
    "youtube-nocookie.com",
    "youtu.be",
    "vimeo.com",
    "rutube.ru",
    "vk.com",
    "vk.ru",
    "vkvideo.ru",
)
