"""A stranger who does not use our page: a line opened by hand, by which anything can be sent."""

import base64
import os
import socket
import time

from tests.live.conftest import Server


def frame(opcode: int, payload: bytes = b"", *, final: bool = True) -> bytes:
    """A WebSocket frame as a browser sends it, masked by nothing."""
    size = len(payload)
    head = bytes([(0x80 if final else 0) | opcode])
    if size < 126:
        length = bytes([0x80 | size])
    else:
        length = b"\xfe" + size.to_bytes(2) if size < 1 << 16 else b"\xff" + size.to_bytes(8)
    return head + length + b"\0\0\0\0" + payload


class Attacker:
    """A line opened by hand, by which anything can be sent."""

    def __init__(self, server: Server, cut: int | None = None) -> None:
        """Args: cut: after so many bytes its request pauses."""
        self.socket = socket.create_connection(("127.0.0.1", int(server.environment["MEMORATA_PORT"])), timeout=10)
        key = base64.b64encode(os.urandom(16)).decode()
        request = (
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {server.url[7:]}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        if cut is not None:
            self.socket.sendall(request[:cut])
            time.sleep(0.1)
            request = request[cut:]
        self.socket.sendall(request)
        assert b" 101 " in self.socket.recv(4096)

    def join(self, token: str) -> "Attacker":
        self.socket.sendall(frame(1, b'40/live,{"token":"' + token.encode() + b'"}'))
        time.sleep(0.3)
        return self

    def flood(self, data: bytes, within_s: float) -> float | None:
        """Send without pause; after how long the line was cut, if it was."""
        began = time.monotonic()
        self.socket.settimeout(0.2)
        while time.monotonic() - began < within_s:
            try:
                self.socket.sendall(data)
            except TimeoutError:
                continue  # held back, as it should be
            except OSError:
                return time.monotonic() - began
        return None
