"""T16: whatever is sent, nobody is shown a trace, or which programs in which versions are at work."""

import re
from collections.abc import Iterator

import pytest

from tests.hostile.raw import exchange
from tests.live.client import fetch
from tests.live.conftest import Server

pytestmark = pytest.mark.hostile

UPGRADE = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
VERSION = "Sec-WebSocket-Version: 13\r\n"
LAST = "Connection: close\r\n"
NO_BODY = "Content-Length: 0\r\n"
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
SOCKET = "GET /socket.io/?EIO=4&transport=websocket"
REQUESTS = {
    "an upgrade without a key": f"{SOCKET} HTTP/1.1\r\n{{host}}{UPGRADE}{VERSION}\r\n",
    "an upgrade of no version": f"{SOCKET} HTTP/1.1\r\n{{host}}{UPGRADE}{KEY}\r\n",
    "an upgrade of version 99": f"{SOCKET} HTTP/1.1\r\n{{host}}{UPGRADE}{KEY}Sec-WebSocket-Version: 99\r\n\r\n",
    "an upgrade with a bad key": f"{SOCKET} HTTP/1.1\r\n{{host}}{UPGRADE}Sec-WebSocket-Key: !!\r\n{VERSION}\r\n",
    "an upgrade to something else": f"{SOCKET} HTTP/1.1\r\n{{host}}Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    "an upgrade of an old kind": (
        f"{SOCKET} HTTP/1.1\r\n{{host}}{UPGRADE}Sec-WebSocket-Key1: 1 2\r\nSec-WebSocket-Key2: 3\r\n\r\n"
    ),
    "an upgrade by POST": f"POST /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n{{host}}{UPGRADE}{KEY}{NO_BODY}\r\n",
    "a line that is not open": f"{SOCKET}&sid=none HTTP/1.1\r\n{{host}}{UPGRADE}{KEY}{VERSION}\r\n",
    "an unknown transport": "GET /socket.io/?EIO=4&transport=pigeon HTTP/1.1\r\n{host}Connection: close\r\n\r\n",
    "another protocol": "GET /socket.io/?EIO=99&transport=polling HTTP/1.1\r\n{host}Connection: close\r\n\r\n",
    "an index into a list": "GET /socket.io/?EIO=4&transport=polling&j=x HTTP/1.1\r\n{host}Connection: close\r\n\r\n",
    "a poll of a line that is not open": (
        "POST /socket.io/?EIO=4&transport=polling&sid=none HTTP/1.1\r\n{host}Content-Length: 1\r\n" + LAST + "\r\n6"
    ),
    "no HTTP": "HELO example.org\r\n\r\n",
    "no version": "GET /\r\n\r\n",
    "a version of the future": "GET / HTTP/9.9\r\n{host}\r\n",
    "no method": " / HTTP/1.1\r\n{host}\r\n",
    "an unknown method": "BREW /c/none HTTP/1.1\r\n{host}Connection: close\r\n\r\n",
    "a long address": "GET /" + "x" * 10_000 + " HTTP/1.1\r\n{host}\r\n",
    "a long header": "GET / HTTP/1.1\r\n{host}X-Long: " + "x" * 20_000 + "\r\n\r\n",
    "very many headers": "GET / HTTP/1.1\r\n{host}" + "".join(f"X-{n}: x\r\n" for n in range(500)) + "\r\n",
    "a length below nothing": "POST /api/enter HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n",
    "a length in words": "POST /api/enter HTTP/1.1\r\n{host}Content-Length: ten\r\n\r\n",
    "two lengths": "POST /api/enter HTTP/1.1\r\n{host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two hosts": "GET / HTTP/1.1\r\n{host}Host: evil.example\r\nConnection: close\r\n\r\n",
    "bytes that are no text": "GET /c/%ff%fe/%00 HTTP/1.1\r\n{host}Connection: close\r\n\r\n",
    "a way out of the folder": "GET /media/..%2f..%2fsecret.key HTTP/1.1\r\n{host}Connection: close\r\n\r\n",
    "a whole address": "GET http://evil.example/ HTTP/1.1\r\n{host}Connection: close\r\n\r\n",
    "half a JSON": (
        "POST /api/enter HTTP/1.1\r\n{host}Content-Type: application/json\r\nContent-Length: 4\r\n" + LAST + '\r\n{{"ke'
    ),
    "a deep JSON": (
        "POST /api/enter HTTP/1.1\r\n{host}Content-Type: application/json\r\nContent-Length: 10000\r\n"
        "Connection: close\r\n\r\n" + "[" * 10_000
    ),
}
REFUSED = ("two hosts", "a line that is not open", "an unknown transport", "half a JSON", "a way out of the folder")
TELLING = re.compile(
    r"traceback|file \"|eventlet|werkzeug|python|flask|gunicorn|engineio|socketio/|^server:", re.I | re.M
)


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("traces"), MEMORATA_ASYNC_MODE=request.param).start()
    yield started
    started.stop()
    assert started.defects() == []


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_broken_request_is_told_nothing(server: Server, kind: str) -> None:
    sent = REQUESTS[kind].format(host=f"Host: {server.url[7:]}\r\n")
    answer = exchange(server, sent.encode("latin-1"), within_s=0.5).decode("latin-1")
    assert TELLING.search(answer) is None, answer[:500]
    status = int(answer.split()[1]) if answer.startswith("HTTP/1.") else None
    assert status != 500, answer[:500]
    if "upgrade" in kind or kind in REFUSED:
        assert status is not None
        assert 400 <= status < 500, answer[:500]
    assert fetch(f"{server.url}/health")[0] == 200
