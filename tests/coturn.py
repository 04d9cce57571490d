"""A real TURN server for the length of a test, in a folder that is thrown away.

Its settings are those of docs/stage.md, but for TLS, and for peers on this machine's own address, which must be
allowed by name.
"""

import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.network import free_port, own_address

PORTS = 40
"""How many people's ways it can keep open at once."""


class Coturn:
    """A running server; `urls` are what MEMORATA_TURN_URLS takes."""

    def __init__(self, address: str, port: int, secret: str, log: Path) -> None:
        self.address, self.port, self.secret, self._log = address, port, secret, log
        self.urls = (f"turn:{address}:{port}?transport=udp", f"turn:{address}:{port}?transport=tcp")

    @property
    def environment(self) -> dict[str, str]:
        return {"MEMORATA_TURN_URLS": ",".join(self.urls), "MEMORATA_TURN_SECRET": self.secret}

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")


@contextmanager
def running() -> Iterator[Coturn | None]:
    """A server, or None where coturn is not installed."""
    program = shutil.which("turnserver")
    if program is None:
        yield None
        return
    address = own_address()
    folder = Path(tempfile.mkdtemp(prefix="memorata-turn-"))
    port, secret = free_port(address), secrets.token_urlsafe(32)
    first = _free_range(address)
    (folder / "turnserver.conf").write_text(
        "\n".join(
            [
                f"listening-ip={address}",
                f"relay-ip={address}",
                f"listening-port={port}",
                f"min-port={first}",
                f"max-port={first + PORTS - 1}",
                "realm=memorata.test",
                "fingerprint",
                "use-auth-secret",
                f"static-auth-secret={secret}",
                "no-cli",
                "no-tls",
                "no-dtls",
                "no-multicast-peers",
                "no-tcp-relay",
                "no-rfc5780",
                "no-stun-backward-compatibility",
                "stale-nonce=600",
                "user-quota=12",
                "total-quota=600",
                "denied-peer-ip=10.0.0.0-10.255.255.255",
                "denied-peer-ip=172.16.0.0-172.31.255.255",
                "denied-peer-ip=192.168.0.0-192.168.255.255",
                f"allowed-peer-ip={address}",
                *(["allow-loopback-peers"] if address.startswith("127.") else []),
                f"pidfile={folder / 'pid'}",
                f"userdb={folder / 'users'}",
                "log-file=stdout",
                "simple-log",
            ]
        )
    )
    log = folder / "log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [program, "-c", str(folder / "turnserver.conf")],
            stdout=said, stderr=subprocess.STDOUT, cwd=folder,
        )  # fmt: skip
    try:
        _wait(server, address, port, log)
        yield Coturn(address, port, secret, log)
    finally:
        server.terminate()
        try:
            server.wait(3)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _free_range(address: str) -> int:
    """Where so many ports in a row are free now, away from those that the system hands out by itself."""
    for first in range(20_480 + secrets.randbelow(200) * PORTS, 32_000, PORTS):
        lines = []
        try:
            for port in range(first, first + PORTS):
                lines.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                lines[-1].bind((address, port))
        except OSError:
            continue
        else:
            return first
        finally:
            for line in lines:
                line.close()
    raise AssertionError("no free ports for a TURN server")


def _wait(server: "subprocess.Popen[bytes]", address: str, port: int, log: Path) -> None:
    end = time.monotonic() + 15
    while True:
        try:
            socket.create_connection((address, port), timeout=1).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > end:
                raise AssertionError(log.read_text(errors="replace")) from None
            time.sleep(0.05)
