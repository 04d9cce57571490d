"""A real mail server on this machine that keeps what arrives, by TLS, and fails as a test says."""

import email
import email.policy
import socket
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from icalendar import Calendar


class Mailbox:
    """`says` gives an answer in the place of the usual one, by command and address, like ("RCPT", "bruno@b.example").

    `breaks` are commands in whose middle the line is cut.
    """

    def __init__(self, folder: Path) -> None:
        self.arrived: list[EmailMessage] = []
        self.says: dict[tuple[str, str], str] = {}
        self.breaks: set[str] = set()
        key, self.certificate = folder / "key.pem", folder / "certificate.pem"
        made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
        subprocess.run(
            ["openssl", *made.split(), "-keyout", key, "-out", self.certificate], check=True, capture_output=True
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._controller: Any = Controller(self, hostname="127.0.0.1", port=self.port, ssl_context=context)

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtps://127.0.0.1:{self.port}"

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def of(self, mail: str) -> list[EmailMessage]:
        """What arrived for an address."""
        return [one for one in self.arrived if one["To"] == mail]

    # --- what the server asks ---

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if said := self.says.get(("RCPT", address)):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        to = envelope.rcpt_tos[0]
        if said := self.says.get(("DATA", to)):
            return said
        found = email.message_from_bytes(envelope.content, policy=email.policy.SMTP)
        self.arrived.append(found)
        if "DATA" in self.breaks:
            server.transport.abort()
        return "250 taken"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        if "QUIT" in self.breaks:
            server.transport.abort()
        return "221 bye"


def calendar_of(mail: EmailMessage) -> tuple[str, Any, Any]:
    """What a mail brings for the calendar: the method of its part, the calendar and its one event."""
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    content: Any = part.get_payload(decode=True)
    calendar: Any = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    return str(part["Content-Type"].params["method"]), calendar, event


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())
