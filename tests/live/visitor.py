"""A page of a crowd: comes in by plain sockets, so that hundreds of them cost the test little."""

import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Visitor:
    """One page, by hand: no library of ours or theirs takes part."""

    at: str
    number: int
    token: str = ""
    line: socket.socket | None = None
    heard: int = 0
    asked: int = 0
    buffer: bytearray = field(default_factory=bytearray)

    def http(self, method: str, path: str, body: object = None) -> Any:
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.at}\r\nConnection: close\r\n"
        head += "Content-Type: application/json\r\n" if body is not None else ""
        with self._open() as line:
            line.sendall(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
            answer = bytearray()
            while part := line.recv(65_536):
                answer += part
        self.heard += len(answer)
        status = int(answer.split(b" ", 2)[1])
        assert status == 200, bytes(answer[:400])
        return bytes(answer.partition(b"\r\n\r\n")[2])

    def enter(self, key: str) -> None:
        asked = {"key": key, "device": f"visitor-{self.number:06}", "language": "en"}
        self.token = json.loads(self.http("POST", "/api/enter", asked))["token"]

    def connect(self) -> None:
        """Until the greeting is there."""
        line = self.line = self._open()
        line.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {self.at}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        del self.buffer[: self.buffer.index(b"\r\n\r\n") + 4]
        self._until(lambda said: said.startswith("0"))
        auth = {"token": self.token, "ceremony": "", "epoch": "", "seq": 0, "tab": f"tab-{self.number}"}
        self._say(f"40/live,{json.dumps(auth)}")
        self._until(lambda said: said.startswith('42/live,["welcome"'))

    def ask(self, name: str, message: object) -> Any:
        self.asked += 1
        self._say(f"42/live,{self.asked}{json.dumps([name, message])}")
        head = f"43/live,{self.asked}["
        return json.loads(self._until(lambda said: said.startswith(head))[len(head) - 1 :])[0]

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line, self.buffer = None, bytearray()

    def _open(self) -> socket.socket:
        host, port = self.at.split(":")
        line = socket.create_connection((host, int(port)), timeout=60)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def _say(self, text: str) -> None:
        assert self.line is not None
        data = text.encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
        self.line.sendall(b"\x81" + size + bytes(4) + data)  # masked by nothing: a stranger's mask is for proxies

    def _more(self) -> None:
        assert self.line is not None
        part = self.line.recv(65_536)
        assert part, "the line was closed"
        self.heard += len(part)
        self.buffer += part

    def _until(self, wanted: Callable[[str], bool]) -> str:
        while True:
            said = self._frame()
            if said == "2":
                self._say("3")
            elif wanted(said):
                return said

    def _frame(self) -> str:
        while True:
            if len(self.buffer) >= 2:
                size, at = self.buffer[1] & 0x7F, 2
                if size == 126 and len(self.buffer) >= 4:
                    size, at = struct.unpack(">H", self.buffer[2:4])[0], 4
                elif size == 127 and len(self.buffer) >= 10:
                    size, at = struct.unpack(">Q", self.buffer[2:10])[0], 10
                elif size >= 126:
                    size = 1 << 62
                if len(self.buffer) >= at + size:
                    said = bytes(self.buffer[at : at + size])
                    del self.buffer[: at + size]
                    return said.decode()
            self._more()
