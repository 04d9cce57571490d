"""Another site: a real TLS server on this machine that answers as a test wants, with a certificate of its own."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NAME = "media.example.org"
NAMES = (NAME, "cdn.example.net", "www.youtube.com", "vimeo.com", "tube.example.org", "rutube.ru", "vkvideo.ru")

Talk = Callable[[Any, bytes], None]
"""What is done with a line on which these headers have come."""


def certificate(folder: Path, names: tuple[str, ...] = NAMES) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    made, key = folder / "site.pem", folder / "site.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", "/CN=site"),
            *("-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)),
            *("-keyout", str(key), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
    )
    return made, key


def answering(status: str, headers: str = "", body: bytes = b"") -> Talk:
    def talk(line: Any, _: bytes) -> None:
        line.sendall(f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + body)

    return talk


class FarSite:
    """`talk` says how it answers; it notes whom it was called by name, and what was asked."""

    def __init__(self, made: tuple[Path, Path]) -> None:
        self.asked: list[bytes] = []
        self.names: list[str | None] = []
        self.lines = 0
        self.sent = 0
        self.talk: Talk = answering("200 OK", "Content-Type: video/mp4\r\n")
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*map(str, made))
        self._context.sni_callback = lambda _line, name, _context: self.names.append(name)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self.lines += 1
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(20)
        with suppress(OSError, ssl.SSLError), self._context.wrap_socket(plain, server_side=True) as line:
            got = b""
            while b"\r\n\r\n" not in got:
                more = line.recv(4096)
                if not more:
                    return
                got += more
            self.asked.append(got)
            self.talk(line, got)
        plain.close()

    def pour(self, line: Any, headers: bytes, portion: bytes, pause_s: float = 0.0, for_s: float = 15.0) -> None:
        """Send without end, counting; until the other side has enough."""
        end = time.monotonic() + for_s
        line.sendall(headers)
        while time.monotonic() < end:
            line.sendall(portion)
            self.sent += len(portion)
            time.sleep(pause_s)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def standing(made: tuple[Path, Path]) -> Iterator[FarSite]:
    site = FarSite(made)
    try:
        yield site
    finally:
        site.close()


def trusting(made: tuple[Path, Path]) -> ssl.SSLContext:
    """What verifies as always, and knows this one authority."""
    return ssl.create_default_context(cafile=str(made[0]))
