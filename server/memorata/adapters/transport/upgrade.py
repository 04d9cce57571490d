"""Requests that open a WebSocket, read at one go: who comes so pays for no more than that.

Whatever is not plainly such a request takes the web server's own way, which reads it again from its beginning.
"""

import socket
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
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
        variable = _variable(name)
        if not (colon and variable and line.isprintable()):
            return None
        value = value.strip()
        environ[variable] = f"{environ[variable]},{value}" if variable in environ else value
    if environ.get("HTTP_UPGRADE", "").lower() != "websocket":
        return None
    return environ


@lru_cache(256)
def _variable(name: str) -> str:
    """What WSGI calls a header; empty where it is none, or of a request that brings something else as well."""
    variable = name.replace("-", "_").upper()
    return f"HTTP_{variable}" if name.replace("-", "").isalnum() and variable not in FOREIGN else ""


class _Input:
    """Nothing to read; the engine asks for the connection by it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.is_taken = False

    def get_socket(self) -> socket.socket:
        return self._sock

    def take(self) -> socket.socket:
        """The connection, which is the caller's from now on; it does not wait."""
        self.is_taken = True
        return self._sock

    def read(self, _size: int = -1) -> bytes:
        return b""


class Upgrades:
    """Hands such requests through the application, as the web server would."""

    def __init__(self, app: Callable[..., Iterable[bytes]], address: tuple[Any, ...]) -> None:
        """Args: address: where the server listens."""
        self._app = app
        self._environ = {
            "SERVER_NAME": address[0],
            "SERVER_PORT": str(address[1]),
            "wsgi.errors": sys.stderr,
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.url_scheme": "http",
        }

    def read(self, sock: socket.socket) -> dict[str, Any] | None:
        """What WSGI says of the request that has come by this connection, which is taken from it; `None`: it is another
        one, and nothing is taken.

        Raises: BlockingIOError: nothing has come yet; OSError: nothing will.
        """
        seen = sock.recv(HEAD_MAX, socket.MSG_PEEK)
        end = seen.find(b"\r\n\r\n") + 4
        if end < 4 or not seen.startswith(BEGINNING):
            return None
        environ = environ_of(seen[:end])
        if environ is not None:
            sock.recv(end)
        return environ

    def answer(self, sock: socket.socket, address: tuple[Any, ...], environ: dict[str, Any]) -> None:
        """Let the application make the connection its own; what else it says is written, and that is all.

        Args: address: of the other side.
        """
        environ.update(self._environ)
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = address[0], str(address[1])
        environ["wsgi.input"] = environ["eventlet.input"] = given = _Input(sock)
        head: list[Any] = ["500 Internal Server Error", []]

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            head[:] = status, headers
            return lambda _data: None

        try:
            body = b"".join(self._app(environ, start_response))
            if not given.is_taken:
                green.send_all(sock, _response(head[0], head[1], body))
        except OSError:
            pass  # gone meanwhile
        finally:
            if not given.is_taken:
                sock.close()


def _response(status: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    told = [f"{name}: {value}" for name, value in headers if name.lower() != "content-length"]
    lines = [f"HTTP/1.1 {status}", *told, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
