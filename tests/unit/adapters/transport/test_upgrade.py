"""Requests read at one go say what the web server would have said, and what is not plain is left to it."""

import socket
from types import SimpleNamespace
from typing import Any

import pytest
from eventlet import wsgi
from eventlet.greenio import GreenSocket
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memorata.adapters.transport.upgrade import Upgrades, environ_of

PLAIN = (
    "GET /socket.io/?EIO=4&transport=websocket&t=a%20b HTTP/1.1\r\n"
    "Host: memory.example.org:8443\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
    "Upgrade: WebSocket\r\n"
    "Connection: keep-alive, Upgrade\r\n"
    "Origin: https://memory.example.org\r\n"
    "X-Forwarded-For: 192.0.2.7\r\n"
    "x-forwarded-for:  192.0.2.8 \r\n"
    "Cookie: a=b; c=d\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Empty:\r\n"
    "\r\n"
)


def by_the_web_server(head: str) -> dict[str, Any]:
    """What eventlet's server makes of the same request."""
    seen: list[dict[str, Any]] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ)
        start_response("200 OK", [("Connection", "close")])
        return [b""]

    ours, theirs = socket.socketpair()
    theirs.sendall(head.encode())
    theirs.shutdown(socket.SHUT_WR)
    server = wsgi.Server(SimpleNamespace(), ("127.0.0.1", 80), app, log_output=False)
    server.process_request([("192.0.2.1", 4711), GreenSocket(ours), wsgi.STATE_IDLE])
    theirs.close()
    return seen[0]


def test_it_says_what_the_web_server_says() -> None:
    ours, theirs = environ_of(PLAIN.encode()), by_the_web_server(PLAIN)
    assert ours is not None
    own = {name: value for name, value in theirs.items() if name.startswith("HTTP_")}
    assert {name: value for name, value in ours.items() if name.startswith("HTTP_")} == own
    assert own["HTTP_X_FORWARDED_FOR"] == "192.0.2.7,192.0.2.8"
    for name in set(ours) - set(own):
        assert ours[name] == theirs[name], name
    left_out = {name for name in theirs if not name.startswith(("wsgi.", "eventlet.", "SERVER_", "REMOTE_"))} - set(
        ours
    )
    assert left_out == {"headers_raw"}


NOT_PLAIN = {
    "HTTP 1.0": PLAIN.replace("HTTP/1.1", "HTTP/1.0"),
    "a word too many": PLAIN.replace(" HTTP/1.1", " x HTTP/1.1"),
    "a body": PLAIN.replace("Empty:", "Content-Length: 5"),
    "pieces": PLAIN.replace("Empty:", "Transfer-Encoding: chunked"),
    "something to wait for": PLAIN.replace("Empty:", "Expect: 100-continue"),
    "no upgrade": PLAIN.replace("Upgrade: WebSocket\r\n", ""),
    "another upgrade": PLAIN.replace("Upgrade: WebSocket", "Upgrade: h2c"),
    "a folded line": PLAIN.replace("Cookie: a=b; c=d", "Cookie: a=b;\r\n c=d"),
    "a line without a colon": PLAIN.replace("Empty:", "Empty"),
    "a space before the colon": PLAIN.replace("Empty:", "Empty :"),
    "an underscore": PLAIN.replace("X-Forwarded-For", "X_Forwarded_For"),
    "no name": PLAIN.replace("Empty:", ":"),
    "half an end of a line": PLAIN.replace("Empty:", "Empty: a\nHost: evil"),
    "an end of a line in the address": PLAIN.replace("t=a", "t=a\rb"),
    "nothing at all in between": PLAIN.replace("a=b", "a=\0b"),
    "other letters": PLAIN.replace("a=b", "a=é"),
    "headers without end": PLAIN.replace("Empty:\r\n", "".join(f"N{n}: x\r\n" for n in range(60))),
}


@pytest.mark.parametrize("kind", NOT_PLAIN)
def test_what_is_not_plain_is_left_to_the_web_server(kind: str) -> None:
    assert NOT_PLAIN[kind] != PLAIN
    assert environ_of(NOT_PLAIN[kind].encode()) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(PLAIN) - 5), st.binary(max_size=4))
def test_nothing_that_comes_is_more_than_left_alone(at: int, noise: bytes) -> None:
    head = PLAIN.encode()
    found = environ_of(head[:at] + noise + head[at + len(noise) : -4] + b"\r\n\r\n")
    assert found is None or found["HTTP_UPGRADE"].lower() == "websocket"
    for value in (found or {}).values():
        assert value.isprintable()


def pair() -> tuple[socket.socket, socket.socket]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.settimeout(5)
    return ours, theirs


def test_what_is_refused_is_told_and_closed() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("403 Forbidden", [("Content-Type", "text/plain"), ("Content-Length", "99")])
        return [environ["REMOTE_ADDR"].encode(), b" not you"]

    upgrades = Upgrades(app, ("127.0.0.1", 80))
    ours, theirs = pair()
    with pytest.raises(BlockingIOError):
        upgrades.read(ours)
    theirs.sendall(PLAIN.encode())
    environ = upgrades.read(ours)
    assert environ is not None
    upgrades.answer(ours, ("192.0.2.1", 4711), environ)
    assert theirs.recv(4096) == (
        b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 17\r\nConnection: close\r\n\r\n"
        b"192.0.2.1 not you"
    )
    assert theirs.recv(4096) == b""
    theirs.close()


def test_whose_connection_it_becomes_keeps_it() -> None:
    taken: list[socket.socket] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        taken.append(environ["eventlet.input"].take())
        return []

    ours, theirs = pair()
    theirs.sendall(PLAIN.encode() + b"what follows")
    upgrades = Upgrades(app, ("127.0.0.1", 80))
    environ = upgrades.read(ours)
    assert environ is not None
    upgrades.answer(ours, ("192.0.2.1", 4711), environ)
    taken[0].setblocking(True)
    assert taken[0].recv(4096) == b"what follows"
    taken[0].close()
    theirs.close()


@pytest.mark.parametrize("beginning", [b"GET / HTTP/1.1\r\n\r\n", PLAIN.encode()[:-2], b"\x16\x03\x01"])
def test_of_another_request_nothing_is_taken(beginning: bytes) -> None:
    ours, theirs = pair()
    theirs.sendall(beginning)
    assert Upgrades(lambda *_: [], ("127.0.0.1", 80)).read(ours) is None
    assert ours.recv(4096) == beginning
    ours.close()
    theirs.close()
