"""Mails: sent by SMTP, printed where no server is set, and one clear sentence when it cannot be."""

import socket

import pytest

from memorata.adapters import mail
from memorata.adapters.mail import ConsoleMailer, SmtpMailer
from memorata.services.ports import Letter, MailFault
from tests.standins import MailServer

LETTER = Letter("amina@museum.example", "Вход", "Откройте ссылку:\n\nhttps://memory.example.org/sign-in/abc\n.\n")
SENDER = "memorata@memory.example"


def mailer(server: MailServer, who: str = "") -> SmtpMailer:
    return SmtpMailer(f"smtp://{who}127.0.0.1:{server.port}", SENDER)


def test_a_letter_arrives_as_it_was_written() -> None:
    with MailServer() as server:
        mailer(server).send(LETTER)
    (arrived,) = server.mails
    assert (arrived["From"], arrived["To"], arrived["Subject"]) == (SENDER, LETTER.to, LETTER.subject)
    assert arrived.get_content().replace("\r\n", "\n") == LETTER.text
    assert arrived["Date"]
    assert arrived["Message-ID"].endswith("@memory.example>")


def test_user_and_password_of_the_address_are_shown_to_the_server() -> None:
    with MailServer(offers=("AUTH PLAIN",)) as server:
        mailer(server, "amina:p%40ss@").send(LETTER)
    assert "AUTH PLAIN AGFtaW5hAHBAc3M=" in server.asked
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("refuses", "sentence"),
    [
        ("AUTH", "does not take the user and password"),
        ("MAIL", "does not take the address"),
        ("RCPT", "does not take the address"),
        ("DATA", "refused the mail"),
    ],
)
def test_a_refusal_is_told_in_a_sentence(refuses: str, sentence: str) -> None:
    with MailServer(offers=("AUTH PLAIN",), refuses=refuses) as server, pytest.raises(MailFault) as fault:
        mailer(server, "amina:secret@").send(LETTER)
    assert sentence in str(fault.value)
    assert str(server.port) in str(fault.value)
    for private in ("secret", LETTER.to, "abc"):
        assert private not in str(fault.value)


def test_who_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_S", 0.2)
    with MailServer(silent=True) as server, pytest.raises(MailFault, match="does not answer"):
        mailer(server).send(LETTER)


def test_where_there_is_nobody_it_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(MailFault, match=f"127.0.0.1 port {port} cannot be reached"):
        SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER).send(LETTER)


def test_a_link_does_not_travel_in_the_open() -> None:
    """Only to a server at home may a mail go without TLS."""
    with MailServer("127.0.0.2") as server, pytest.raises(MailFault, match="offers no TLS"):
        SmtpMailer(f"smtp://127.0.0.2:{server.port}", SENDER).send(LETTER)
    assert server.mails == []


def test_without_a_server_the_mail_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert not ConsoleMailer().configured
    ConsoleMailer().send(LETTER)
    printed = capsys.readouterr()
    assert printed.err == ""
    for line in (LETTER.to, LETTER.subject, "https://memory.example.org/sign-in/abc"):
        assert line in printed.out
