"""Mails: by SMTP where a server is set, else printed where the server was started."""

import smtplib
import socket
import ssl
import sys
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from memorata import green
from memorata.services.ports import Letter, MailFault

TIMEOUT_S = 10.0
"""For each step of the talk with the mail server."""

WHOLE_S = 40.0

_AT_HOME = ("localhost", "127.0.0.1", "::1")


class ConsoleMailer:
    """Prints to the console, and not into the log, which holds no links and no addresses."""

    configured = False

    def send(self, letter: Letter) -> None:
        frame = ["memorata: MEMORATA_SMTP_URL is not set, so this mail is only printed here:"]
        frame += [f"To: {letter.to}", f"Subject: {letter.subject}", "", *letter.text.splitlines()]
        try:
            sys.stdout.write("\n    ".join(frame) + "\n")
            sys.stdout.flush()
        except OSError:
            raise MailFault("The mail could not be printed: the server has no console.") from None


class SmtpMailer:
    """`url` is smtp://user:password@host:port, or smtps:// where TLS comes first; `sender` is the address in From."""

    configured = True

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._encrypted = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or (465 if self._encrypted else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    def send(self, letter: Letter) -> None:
        where = f"{self._host} port {self._port}"
        try:
            with green.at_most(WHOLE_S), self._connected() as line:
                line.send_message(self._message(letter))
        except smtplib.SMTPAuthenticationError:
            raise MailFault(f"The mail server {where} does not take the user and password that are set.") from None
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused):
            raise MailFault(f"The mail server {where} does not take the address of the sender or receiver.") from None
        except smtplib.SMTPServerDisconnected:
            raise MailFault(f"The mail server {where} does not answer, or broke off.") from None
        except ssl.SSLError as fault:
            raise MailFault(f"The mail server {where} cannot be trusted: {fault.reason or 'TLS failed'}.") from None
        except (TimeoutError, green.TimedOut):
            raise MailFault(f"The mail server {where} does not answer.") from None
        except socket.gaierror:
            raise MailFault(f"The mail server {self._host} is not known.") from None
        except smtplib.SMTPException as fault:
            raise MailFault(f"The mail server {where} refused the mail ({type(fault).__name__}).") from None
        except OSError as fault:
            raise MailFault(f"The mail server {where} cannot be reached: {fault.strerror or fault}.") from None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
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

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, letter.to, letter.subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=self._sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message
