"""Servers of others, as far as ours can tell: a mail server that takes mails, refuses them, or says nothing at all."""

import email
import email.policy
import socket
import ssl
import threading
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType
from typing import Any


class MailServer:
    """Speaks SMTP at a port of its own. `silent`: accepts the connection and never says a word.

    `tls` is its certificate: spoken at once, or where STARTTLS is among what it offers, when asked for.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        *,
        silent: bool = False,
        offers: tuple[str, ...] = (),
        refuses: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.mails: list[EmailMessage] = []
        self.asked: list[str] = []
        self._silent, self._offers, self._refuses, self._tls = silent, offers, refuses, tls
        self._socket = socket.create_server((host, 0))
        self._lines: list[socket.socket] = []
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> "MailServer":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for line in (self._socket, *self._lines):
            line.close()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self._lines.append(line)
            if not self._silent:
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError):  # whoever does not trust us is gone in the middle of it
            self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        if self._tls is not None and "STARTTLS" not in self._offers:
            line = self._tls.wrap_socket(line, server_side=True)
        heard = line.makefile("rb")

        def say(words: str) -> None:
            line.sendall(f"{words}\r\n".encode())

        say("220 standin")
        while raw := heard.readline():
            asked = raw.decode().strip()
            self.asked.append(asked)
            verb = asked.upper().split(" ")[0]
            if self._refuses and verb == self._refuses:
                say("535 who?" if verb == "AUTH" else "550 not here")
            elif verb == "EHLO":
                *first, last = ("standin", *self._offers)
                for offer in first:
                    say(f"250-{offer}")
                say(f"250 {last}")
            elif verb == "AUTH":
                say("235 come in")
            elif verb == "STARTTLS" and self._tls is not None:
                say("220 go on")
                line = self._tls.wrap_socket(line, server_side=True)
                heard = line.makefile("rb")
            elif verb == "DATA":
                say("354 go on")
                self.mails.append(_read(heard))
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 well")


def _read(heard: Any) -> EmailMessage:
    lines: list[bytes] = []
    for raw in heard:
        if raw == b".\r\n":
            break
        lines.append(raw.removeprefix(b".") if raw.startswith(b"..") else raw)
    return email.message_from_bytes(b"".join(lines), policy=email.policy.default)  # type: ignore[return-value]
