"""Mails: by SMTP where a server is set, else printed where the server was started."""

import re
import smtplib
import socket
import ssl
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from email import policy
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.parse import unquote, urlsplit

from memorata import green
from memorata.services.ports import Letter, MailFault, MailFaultKind

TIMEOUT_S = 10.0
"""For each step of the talk with the mail server."""

WHOLE_S = 40.0

AS_THEY_ARE = ("list-unsubscribe", "list-unsubscribe-post", "message-id")
"""Headers of which every character counts, and that are never broken into lines or encoded."""

_AT_HOME = ("localhost", "127.0.0.1", "::1")

_LEADING_DOT = re.compile(rb"(?m)^\.")


class _AsItIs(UnstructuredHeader):
    name: str

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> "policy.EmailPolicy[EmailMessage]":
    # Nothing beyond seven bits: some servers on the way still change what they do not understand.
    registry: Any = HeaderRegistry()
    for name in AS_THEY_ARE:
        registry.map_to_type(name, _AsItIs)
    return policy.SMTP.clone(cte_type="7bit", header_factory=registry)


POLICY = _policy()


class ConsoleMailer:
    """Prints to the console, and not into the log, which holds no links and no addresses."""

    configured = False

    def send(self, letter: Letter) -> None:
        frame = ["memorata: MEMORATA_SMTP_URL is not set, so this mail is only printed here:"]
        frame += [f"To: {letter.to}", f"Subject: {letter.subject}"]
        frame += [f"Attached: {one.name} ({one.media_type})" for one in letter.attachments]
        frame += ["", *letter.text.splitlines()]
        try:
            sys.stdout.write("\n    ".join(frame) + "\n")
            sys.stdout.flush()
        except OSError:
            raise MailFault("The mail could not be printed: the server has no console.") from None


@dataclass(slots=True)
class _Passage:
    """How far a mail has come: `handed` over from its first byte on, `taken` when the server has said so."""

    handed: bool = False
    taken: bool = False


class SmtpMailer:
    """`url` is smtp://user:password@host:port, or smtps:// where TLS comes first; `sender` is the address in From.

    `trust` makes what certificates are judged by.
    """

    configured = True

    def __init__(self, url: str, sender: str, trust: Callable[[], ssl.SSLContext] = ssl.create_default_context) -> None:
        parts = urlsplit(url)
        self._encrypted = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or (465 if self._encrypted else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender
        self._trust = trust

    def send(self, letter: Letter) -> None:
        written = _LEADING_DOT.sub(b"..", self.message(letter).as_bytes())
        passage = _Passage()
        try:
            with green.at_most(WHOLE_S), closing(self._connected()) as line:
                self._hand_over(line, letter.to, written, passage)
                # What has been taken is sent, however the farewell goes.
                with suppress(smtplib.SMTPException, OSError):
                    line.quit()
        except (smtplib.SMTPException, OSError, green.TimedOut) as fault:
            if passage.taken:
                return
            said, kind = self._told(fault)
            raise MailFault(said, "uncertain" if passage.handed else kind) from None

    def message(self, letter: Letter) -> EmailMessage:
        """The letter as it is sent."""
        message = EmailMessage(policy=POLICY)
        message["From"], message["To"], message["Subject"] = self._sender, letter.to, " ".join(letter.subject.split())
        message["Date"] = formatdate()
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        if letter.html:
            message.add_alternative(letter.html, subtype="html")
        for one in letter.attachments:
            main, _, sub = one.media_type.partition("/")
            message.add_attachment(
                one.content, maintype=main, subtype=sub, filename=one.name, params=dict(one.parameters)
            )
        # After the parts, which would take those about the content with them.
        for name, value in letter.headers.items():
            message[name] = value
        if "Message-ID" not in message:
            message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2])
        return message

    def _hand_over(self, line: smtplib.SMTP, to: str, written: bytes, passage: _Passage) -> None:
        code, reply = line.mail(self._sender)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, reply, self._sender)
        code, reply = line.rcpt(to)
        if code not in (250, 251):
            raise smtplib.SMTPRecipientsRefused({to: (code, reply)})
        code, reply = line.docmd("data")
        if code != 354:
            raise smtplib.SMTPDataError(code, reply)
        passage.handed = True
        line.send(written + (b"" if written.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code, reply = line.getreply()
        if code != 250:
            passage.handed = False
            raise smtplib.SMTPDataError(code, reply)
        passage.taken = True

    def _told(self, fault: Exception) -> tuple[str, MailFaultKind]:
        """What is wrong, in a sentence, and what that means for this mail and for others."""
        where = f"{self._host} port {self._port}"
        match fault:
            case smtplib.SMTPAuthenticationError():
                return f"The mail server {where} does not take the user and password that are set.", "server"
            case smtplib.SMTPSenderRefused():
                return f"The mail server {where} does not take the address of the sender.", "server"
            case smtplib.SMTPRecipientsRefused():
                code = next((answer[0] for answer in fault.recipients.values()), 0)
                if _is_lasting(code):
                    return f"The mail server {where} does not take the address of the receiver.", "refused"
                return f"The mail server {where} does not take mails for the address of the receiver now.", "later"
            case smtplib.SMTPServerDisconnected():
                return f"The mail server {where} does not answer, or broke off.", "server"
            case smtplib.SMTPDataError():
                kind: MailFaultKind = "refused" if _is_lasting(fault.smtp_code) else "later"
                return f"The mail server {where} refused the mail ({type(fault).__name__}).", kind
            case smtplib.SMTPException():
                return f"The mail server {where} refused the mail ({type(fault).__name__}).", "server"
            case ssl.SSLError():
                return f"The mail server {where} cannot be trusted: {fault.reason or 'TLS failed'}.", "server"
            case TimeoutError() | green.TimedOut():
                return f"The mail server {where} does not answer.", "server"
            case socket.gaierror():
                return f"The mail server {self._host} is not known.", "server"
        reason = getattr(fault, "strerror", None) or fault
        return f"The mail server {where} cannot be reached: {reason}.", "server"

    def _connected(self) -> smtplib.SMTP:
        context = self._trust()
        if self._encrypted:
            line: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=context)
        else:
            line = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
        try:
            line.ehlo_or_helo_if_needed()
            if not self._encrypted and line.has_extn("starttls"):
                line.starttls(context=context)
                line.ehlo()
            elif not self._encrypted and self._host not in _AT_HOME:
                # A link to sign in is as good as a password.
                raise MailFault(f"The mail server {self._host} offers no TLS, so nothing is sent through it.")
            if self._user:
                line.login(self._user, self._password)
        except BaseException:
            line.close()
            raise
        return line


def _is_lasting(code: int) -> bool:
    """Whether trying again is of no use (RFC 5321, 4.2.1)."""
    return 500 <= code < 600
