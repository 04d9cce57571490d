"""As much of STUN (RFC 8489) and TURN (RFC 8656) as it takes to see whether a server answers and knows our words."""

import hashlib
import hmac
import secrets
import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

COOKIE = 0x2112A442
BINDING, ALLOCATE, REFRESH = 0x0001, 0x0003, 0x0004
OK, FAILED = 0x0100, 0x0110
USERNAME, INTEGRITY, ERROR, LIFETIME, REALM, NONCE, TRANSPORT = 0x06, 0x08, 0x09, 0x0D, 0x14, 0x15, 0x19
UDP = bytes((17, 0, 0, 0))
HEAD = struct.Struct("!HHI12s")
TRIES = 3


class Refused(Exception):
    """The server says no, with its code and reason."""


@dataclass(frozen=True, slots=True)
class Line:
    socket: socket.socket
    datagrams: bool


@contextmanager
def line(url: str, timeout_s: float) -> Iterator[Line]:
    """A line to the server that an address like turn:memory.example.org:3478?transport=tcp names. Raises: OSError."""
    scheme, _, rest = url.partition(":")
    place, _, query = rest.partition("?transport=")
    host, port = _split(place, 5349 if scheme.endswith("s") else 3478)
    tcp = query == "tcp" or scheme.endswith("s")
    family, kind, number, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
    )[0]
    with socket.socket(family, kind, number) as plain:
        plain.settimeout(timeout_s if tcp else timeout_s / TRIES)
        plain.connect(address)
        if scheme.endswith("s"):
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as safe:
                yield Line(safe, False)
        else:
            yield Line(plain, not tcp)


def bind(to: Line) -> None:
    """Ask where we are seen to be; that there is an answer is enough. Raises: OSError, Refused."""
    _asked(to, BINDING, {})


def allocate(to: Line, username: str, password: str) -> None:
    """Ask for a way for others to reach us, and give it back. Raises: OSError, Refused."""
    kind, found = _exchanged(to, ALLOCATE, {TRANSPORT: UDP})
    if kind != ALLOCATE | FAILED or REALM not in found or NONCE not in found:
        raise Refused("it asks nobody who they are" if kind == ALLOCATE | OK else _reason(found))
    realm, nonce = found[REALM], found[NONCE]
    key = hashlib.md5(b":".join((username.encode(), realm, password.encode()))).digest()  # noqa: S324 - RFC 8489, 9.2.2
    who = {USERNAME: username.encode(), REALM: realm, NONCE: nonce}
    _asked(to, ALLOCATE, {TRANSPORT: UDP, **who}, key)
    _asked(to, REFRESH, {LIFETIME: bytes(4), **who}, key)


def _asked(to: Line, request: int, attributes: dict[int, bytes], key: bytes = b"") -> None:
    kind, found = _exchanged(to, request, attributes, key)
    if kind != request | OK:
        raise Refused(_reason(found))


def _exchanged(to: Line, request: int, attributes: dict[int, bytes], key: bytes = b"") -> tuple[int, dict[int, bytes]]:
    """The kind of the answer and its attributes. Raises: OSError."""
    name = secrets.token_bytes(12)
    message = written(request, name, attributes, key)
    for left in range(TRIES if to.datagrams else 1, 0, -1):
        to.socket.sendall(message)
        try:
            answer = to.socket.recv(2048) if to.datagrams else _whole(to.socket)
        except TimeoutError:
            if left == 1:
                raise
            continue
        kind, length, cookie, named = HEAD.unpack(answer[:20].ljust(20, b"\0"))
        if (cookie, named) == (COOKIE, name):
            return kind, dict(_attributes(answer[20 : 20 + length]))
    raise OSError("something else answers there")


def written(request: int, name: bytes, attributes: dict[int, bytes], key: bytes = b"") -> bytes:
    """A message as it travels; with a key it is signed."""
    body = b"".join(_attribute(kind, value) for kind, value in attributes.items())
    if key:
        # What is signed tells its length with the signature in it.
        signed = HEAD.pack(request, len(body) + 24, COOKIE, name) + body
        body += _attribute(INTEGRITY, hmac.new(key, signed, hashlib.sha1).digest())
    return HEAD.pack(request, len(body), COOKIE, name) + body


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _attributes(body: bytes) -> Iterator[tuple[int, bytes]]:
    while len(body) >= 4:
        kind, length = struct.unpack("!HH", body[:4])
        yield kind, body[4 : 4 + length]
        body = body[4 + length + (-length % 4) :]


def _whole(stream: socket.socket) -> bytes:
    answer = b""
    while len(answer) < 20 or len(answer) < 20 + int.from_bytes(answer[2:4], "big"):
        more = stream.recv(2048)
        if not more:
            raise OSError("the line was closed")
        answer += more
    return answer


def _reason(found: dict[int, bytes]) -> str:
    told = found.get(ERROR, b"")
    if len(told) < 4:
        return "no reason told"
    return f"{told[2] * 100 + told[3]} {told[4:].decode(errors='replace')}".strip()


def _split(place: str, usual: int) -> tuple[str, int]:
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        return host, int(port.lstrip(":") or usual)
    host, _, port = place.partition(":")
    return host, int(port or usual)
