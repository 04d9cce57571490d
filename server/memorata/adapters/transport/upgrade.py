"""Requests that open a WebSocket, read at one go: who comes so pays for no more than that.

Whatever is not plainly such a request takes the web server's own way, which reads it again from its beginning.
"""

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from memorata import green

HEAD_MAX = 4096
BEGINNING = b"GET /socket.io/?"
HEADERS_MAX = 60
FOREIGN = frozenset(("CONTENT_LENGTH", "TRANSFER_ENCODING", "EXPECT"))
"""Headers of requests that bring something else as well."""


def environ_of(head: bytes) -> dict[str, Any] | None:
    """What WSGI says of such a request; `None`: it is another, or not plain.

    Args: head: with the empty line at its end, and nothing else.
    """
    try:
        lines = head[:-4].decode("ascii").split("\r\n")
    except UnicodeDecodeError:
        return None
    words = lines[0].split(" ")
    if len(words) != 3 or words[2] != "HTTP/1.1" or len(lines) > HEADERS_MAX or not lines[0].isprintable():
        return None
    path, _, query = words[1].partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "RAW_PATH_INFO": path,
        "PATH_INFO": unquote(path, encoding="latin1"),
        "QUERY_STRING": query,
        "CONTENT_TYPE": "text/plain",
        "SERVER_PROTOCOL": "HTTP/1.0",
        "GATEWAY_INTERFACE": "CGI/1.1",
    }
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not (colon and line.isprintable() and name.replace("-", "").isalnum()):
            return None
        name = name.replace("-", "_").upper()
        if name in FOREIGN:
            return None
        name, value = "HTTP_" + name, value.strip()
        environ[name] = f"{environ[name]},{value}" if name in environ else value
    if environ.get("HTTP_UPGRADE", "").lower() != "websocket":
        return None
    return environ


class _Input:
    """Nothing to read; the engine asks for the connection by it."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def get_socket(self) -> Any:
        return self._sock

    def read(self, _size: int = -1) -> bytes:
        return b""


def short(plain: Any, first_s: float) -> Any:
    """The web server's protocol class, with the short way before it.

    Args: first_s: how long a connection may be open until it says something.
    """

    class Short(plain):  # type: ignore[misc]
        def __init__(self, conn_state: list[Any], server: Any) -> None:
            if not _upgraded(conn_state, server, first_s):
                super().__init__(conn_state, server)

    return Short


def _upgraded(conn_state: list[Any], server: Any, first_s: float) -> bool:
    """Whether the request was one that this way is for; it has been answered then.

    Raises: TimeoutError: nothing came; OSError: the other side is gone.
    """
    sock = conn_state[1]
    try:
        seen = sock.fd.recv(HEAD_MAX, socket.MSG_PEEK)
    except BlockingIOError:
        green.readable(sock, first_s)
        seen = sock.fd.recv(HEAD_MAX, socket.MSG_PEEK)
    end = seen.find(b"\r\n\r\n") + 4
    if end < 4 or not seen.startswith(BEGINNING):
        return False
    environ = environ_of(seen[:end])
    if environ is None:
        return False
    sock.fd.recv(end)
    host, port = sock.getsockname()[:2]
    environ.update(server.get_environ())
    environ.update(
        {
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "REMOTE_ADDR": conn_state[0][0],
            "REMOTE_PORT": str(conn_state[0][1]),
            "eventlet.posthooks": [],
        }
    )
    environ["wsgi.input"] = environ["eventlet.input"] = _Input(sock)
    _answer(sock, environ, server.app)
    return True


def _answer(sock: Any, environ: dict[str, Any], app: Callable[..., Any]) -> None:
    """What the application says, where it has not made the connection its own."""
    head: list[Any] = ["500 Internal Server Error", []]

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        head[:] = status, headers
        return lambda _data: None

    body = b"".join(app(environ, start_response))
    if sock.fd.fileno() < 0:
        return
    lines = [
        f"HTTP/1.1 {head[0]}",
        *(f"{name}: {value}" for name, value in head[1] if name.lower() != "content-length"),
    ]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    sock.sendall("\r\n".join(lines).encode("latin-1") + body)
