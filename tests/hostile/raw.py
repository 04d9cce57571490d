"""What a stranger can send by hand over HTTP, and what they get, byte by byte."""

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.live.conftest import Server

PATIENCE_S = 15


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str


def ask(
    server: Server, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Answer:
    """One request with exactly these headers; `Host` is as in the address unless it is among them."""
    line = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE_S)
    given = {name.lower(): value for name, value in (headers or {}).items()}
    try:
        line.putrequest(method, path, skip_host="host" in given, skip_accept_encoding=True)
        for name, value in given.items():
            line.putheader(name, value)
        if body is not None and "content-length" not in given:
            line.putheader("Content-Length", str(len(body)))
        line.endheaders(body)
        found = line.getresponse()
        return Answer(found.status, dict(found.getheaders()), found.read().decode())
    finally:
        line.close()


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.environment["MEMORATA_PORT"])), timeout=PATIENCE_S)


def exchange(server: Server, sent: bytes, within_s: float = 3.0) -> bytes:
    """All that comes back until the line is closed or nothing more comes."""
    found = b""
    with connect(server) as line:
        line.settimeout(within_s)
        try:
            line.sendall(sent)
            while part := line.recv(65_536):
                found += part
        except OSError:
            pass
    return found


def memory_mb(server: Server) -> float:
    """What the process holds in memory (Linux)."""
    for line in Path(f"/proc/{server.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")
