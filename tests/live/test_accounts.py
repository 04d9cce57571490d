"""Signing in at the real server: by password and by mail, out again, and nobody is held up by it."""

import os
import shutil
import ssl
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from socketio.exceptions import SocketIOError

from memorata.services.accounts import OPERATOR
from tests.builders import a_programme
from tests.live.client import Person, eventually, fetch, new_cmd_id
from tests.live.conftest import Server, now_ms
from tests.live.office import AMINA, BRUNO, PASSWORD, Organizer, first_admin, mailed_link, set_up_code
from tests.standins import MailServer

pytestmark = pytest.mark.live

ID = "remembrance"
OUT_S = 3.0
"""Within a second, says the promise; a busy machine is given more."""


@pytest.fixture(scope="module")
def desk(server: Server) -> Organizer:
    """Amina at her desk; one ceremony is planned."""
    server.plan(a_programme(ID, at_ms=now_ms() + 600_000))
    return first_admin(server)


@pytest.fixture
def bruno(server: Server, desk: Organizer) -> Iterator[Organizer]:
    """An organizer, signed in, whose account is fresh."""
    accounts = server.office.accounts
    mail = f"bruno.{time.monotonic_ns()}@museum.example"
    account = accounts.add(OPERATOR, mail, "Bruno", "organizer", PASSWORD)
    yield Organizer(server).sign_in(mail)
    accounts.disable(OPERATOR, account.id)


def account_of(server: Server, bruno: Organizer) -> str:
    """The id of whoever signed in last."""
    return server.office.accounts.all(OPERATOR)[-1].id


def test_signed_in_by_password_and_out_again(server: Server, desk: Organizer) -> None:
    amina = Organizer(server).sign_in()
    assert "remembrance" in amina.get("/desk")[1]
    assert amina.post("/api/sign-out") == (200, {"ok": True, "next": "/sign-in"})
    assert amina.get("/desk")[0] == 303


def test_wrong_password_and_unknown_address_take_the_same_time(own_server: Server) -> None:
    first_admin(own_server)
    took: dict[str, list[float]] = {AMINA: [], "nobody@museum.example": []}
    for _ in range(7):
        for mail, times in took.items():
            began = time.monotonic()
            status, answer = Organizer(own_server).post("/api/sign-in", mail=mail, password="not her password")
            times.append(time.monotonic() - began)
            assert (status, answer["code"]) == (401, "sign_in.wrong")
    known, unknown = (statistics.median(times) * 1000 for times in took.values())
    print(f"\nwrong password {known:.0f} ms, unknown address {unknown:.0f} ms")
    # What a hash costs is tens of milliseconds: without one the answer would come in a few.
    assert unknown > known / 3
    assert known > unknown / 3


def test_a_link_of_a_mail_signs_in_once(server: Server, desk: Organizer) -> None:
    there = sum("/sign-in/" in line for line in server.console)
    asking = Organizer(server)
    answers = [asking.post("/api/sign-in/mail", mail=mail) for mail in ("nobody@museum.example", AMINA)]
    assert answers[0] == answers[1]
    token = mailed_link(server, after=there)
    assert asking.get(f"/sign-in/{token}")[0] == 200
    assert asking.post("/api/sign-in/link", token=token)[0] == 200
    assert asking.get("/desk")[0] == 200
    status, answer = Organizer(server).post("/api/sign-in/link", token=token)
    assert (status, answer["code"]) == (410, "sign_in.link_used")
    assert not any(token in line for line in server.lines), "a link is in the log"


def test_the_console_opens_without_a_link_and_conducts(server: Server, bruno: Organizer) -> None:
    host = bruno.open_console(ID)
    assert (host.view, host.you["participant"]["role"], host.you["participant"]["name"]) == (
        "staff",
        "organizer",
        "Bruno",
    )
    assert host.command("autopilot.set", on=True)["ok"]
    assert host.command("autopilot.set", on=False)["ok"]
    host.disconnect()


def put_out(person: Person, end: Callable[[], object]) -> float:
    """How long after `end` the line of a person was closed."""
    assert person.connected
    began = time.monotonic()
    end()
    eventually(lambda: not person.connected, "the line to be closed", within_s=OUT_S)
    took = time.monotonic() - began
    assert person.gone == ["link.revoked"]
    return took


def test_signing_out_closes_the_console(server: Server, bruno: Organizer) -> None:
    host = bruno.open_console(ID)
    print(f"\nclosed {put_out(host, lambda: bruno.post('/api/sign-out')) * 1000:.0f} ms after signing out")
    assert host.connect().refused["data"]["code"] == "link.revoked"


def test_disabled_on_the_desk_is_out_at_once(server: Server, desk: Organizer, bruno: Organizer) -> None:
    host, account_id = bruno.open_console(ID), account_of(server, bruno)
    took = put_out(host, lambda: desk.post("/api/accounts/disable", id=account_id))
    print(f"\nclosed {took * 1000:.0f} ms after being disabled on the desk")
    assert host.connect().refused["data"]["code"] == "link.revoked"
    assert bruno.get("/desk")[0] == 303
    assert bruno.post(f"/api/desk/{ID}/enter")[0] == 401


def test_disabled_by_another_process_is_out_at_once(server: Server, bruno: Organizer) -> None:
    host, account_id = bruno.open_console(ID), account_of(server, bruno)
    took = put_out(host, lambda: server.office.accounts.disable(OPERATOR, account_id))
    print(f"\nclosed {took * 1000:.0f} ms after being disabled by another process")


def test_a_command_after_the_end_is_refused_even_before_the_line_is_closed(server: Server, bruno: Organizer) -> None:
    host, account_id = bruno.open_console(ID), account_of(server, bruno)
    server.office.ceremonies.follow()
    before = server.office.ceremonies.state(ID).seq
    server.office.accounts.disable(OPERATOR, account_id)
    answer: dict[str, Any] = {}
    with suppress(SocketIOError):  # the line may be gone already
        answer = host.ask("command", {"cmd_id": new_cmd_id(), "kind": "ceremony.close"}, within_s=3)
    assert answer.get("code", "link.revoked") == "link.revoked"
    server.office.ceremonies.follow()
    assert server.office.ceremonies.state(ID).seq == before


def test_one_s_other_consoles_stay(server: Server, bruno: Organizer) -> None:
    (mail,) = [one.mail for one in server.office.accounts.all(OPERATOR)[-1:]]
    elsewhere = Organizer(server).sign_in(mail)
    here, there = bruno.open_console(ID), elsewhere.open_console(ID)
    assert here.participant_id != there.participant_id
    put_out(there, lambda: elsewhere.post("/api/sign-out"))
    assert here.ask("clock", {"t0": 1.0})["t0"] == 1.0
    here.disconnect()


def waits_during(people: list[Person], work: Callable[[], object]) -> list[float]:
    """How long people waited for each answer while something went on, seconds, in order."""
    working = threading.Thread(target=work)
    waits: list[float] = []

    def ask(person: Person) -> None:
        while working.is_alive():
            began = time.monotonic()
            assert person.ask("sync", {"epoch": person.epoch, "seq": person.state.seq})["ok"]
            waits.append(time.monotonic() - began)
            time.sleep(0.05)  # more than twenty a second would be held back

    working.start()
    asking = [threading.Thread(target=ask, args=(person,)) for person in people]
    for thread in asking:
        thread.start()
    for thread in (working, *asking):
        thread.join()
    return sorted(waits)


def test_eight_who_sign_in_at_once_hold_nobody_up(own_server: Server) -> None:
    keys = own_server.plan(a_programme(ID, at_ms=now_ms() + 600_000))
    first_admin(own_server)
    others = [own_server.person(keys["participant"]).connect() for _ in range(6)]
    done: list[int] = []

    def all_at_once() -> None:
        def one() -> None:
            done.append(Organizer(own_server).post("/api/sign-in", mail=AMINA, password=PASSWORD)[0])

        threads = [threading.Thread(target=one) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    waits = [wait * 1000 for wait in waits_during(others, all_at_once)]
    p99 = waits[min(len(waits) - 1, int(len(waits) * 0.99))]
    print(f"\n8 sign-ins at once: {len(waits)} answers, median {statistics.median(waits):.1f} ms, p99 {p99:.1f} ms")
    assert done == [200] * 8
    assert len(waits) > 20
    assert p99 < 250
    for person in others:
        person.disconnect()


def test_a_mail_server_that_says_nothing_holds_nobody_up_and_is_told_of(tmp_path: Path) -> None:
    with MailServer(silent=True) as mails:
        url = f"smtp://127.0.0.1:{mails.port}"
        server = Server(tmp_path, MEMORATA_SMTP_URL=url, MEMORATA_MAIL_FROM="memorata@museum.example").start()
        try:
            keys = server.plan(a_programme(ID, at_ms=now_ms() + 600_000))
            amina = first_admin(server)
            chiyo = server.person(keys["participant"]).connect()
            began = time.monotonic()
            assert amina.post("/api/sign-in/mail", mail=AMINA)[0] == 200
            assert time.monotonic() - began < 3
            sentence = f"The mail server 127.0.0.1 port {mails.port} does not answer"
            waits = waits_during(
                [chiyo], lambda: eventually(lambda: sentence in amina.get("/desk")[1], "the sentence", within_s=30)
            )
            assert statistics.median(waits) < 0.1
            chiyo.disconnect()
        finally:
            server.stop()
        assert server.defects() == []
        assert not any(AMINA in line for line in server.lines)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """Of a mail server at home, signed by nobody else: its file, and what the server presents."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, file = (tmp_path_factory.mktemp("tls") / name for name in ("key.pem", "certificate.pem"))
    made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(["openssl", *made.split(), "-keyout", key, "-out", file], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return file, context


@pytest.mark.parametrize(("scheme", "offers"), [("smtps", ("AUTH PLAIN",)), ("smtp", ("STARTTLS", "AUTH PLAIN"))])
def test_a_mail_goes_out_by_tls_and_only_to_whom_is_trusted(
    tmp_path: Path, certificate: tuple[Path, ssl.SSLContext], scheme: str, offers: tuple[str, ...]
) -> None:
    file, context = certificate
    with MailServer(offers=offers, tls=context) as mails:
        settings = {
            "MEMORATA_SMTP_URL": f"{scheme}://amina:secret@127.0.0.1:{mails.port}",
            "MEMORATA_MAIL_FROM": "memorata@museum.example",
        }
        server = Server(tmp_path, **settings, SSL_CERT_FILE=str(file)).start()
        try:
            first_admin(server)
            Organizer(server).post("/api/sign-in/mail", mail=AMINA)
            eventually(lambda: mails.mails, "the mail")
            server.stop()
            del server.environment["SSL_CERT_FILE"]
            server.start()
            amina = Organizer(server).sign_in()
            amina.post("/api/sign-in/mail", mail=AMINA)
            eventually(lambda: "cannot be trusted" in amina.get("/desk")[1], "the sentence")
        finally:
            server.stop()
    (mail,) = mails.mails
    assert mail["To"] == AMINA
    assert f"{server.url}/sign-in/" in mail.get_content()


def memorata(server: Server, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "memorata", "organizer", *arguments],
        env={**os.environ, **server.environment, "MEMORATA_BASE_URL": server.url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_by_the_command_line(own_server: Server) -> None:
    assert memorata(own_server, "add", AMINA, "--admin").returncode == 0
    added = memorata(own_server, "add", BRUNO.upper(), "--name", "Bruno")
    assert added.returncode == 0, added.stderr
    token = added.stdout.strip().removeprefix(f"{own_server.url}/sign-in/")
    bruno = Organizer(own_server)
    assert bruno.post("/api/sign-in/link", token=token, password=PASSWORD)[0] == 200
    assert bruno.get("/desk")[0] == 200
    again = memorata(own_server, "add", BRUNO)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "There is an account with this mail address already.\n"
    token = memorata(own_server, "link", BRUNO).stdout.strip().rpartition("/")[2]
    assert Organizer(own_server).post("/api/sign-in/link", token=token)[0] == 200
    assert memorata(own_server, "disable", BRUNO).returncode == 0
    assert bruno.get("/desk")[0] == 303
    listed = [line.split()[:3] for line in memorata(own_server, "list").stdout.splitlines()]
    assert listed == [[AMINA, "admin", "able"], [BRUNO, "organizer", "disabled"]]


def test_the_code_is_shown_until_there_is_an_account_and_never_in_the_log(own_server: Server) -> None:
    first = set_up_code(own_server)
    own_server.stop()
    own_server.console.clear()
    own_server.start()
    code = set_up_code(own_server)
    assert code != first
    body = {"mail": AMINA, "password": PASSWORD}
    assert fetch(f"{own_server.url}/api/setup", {"code": first, **body})[0] == 403, "its process has ended"
    first_admin(own_server)
    assert fetch(f"{own_server.url}/api/setup", {"code": code, **body})[0] == 403, "it has been used"
    own_server.stop()
    own_server.console.clear()
    own_server.start()
    Organizer(own_server).sign_in()
    assert not any("set-up code" in line for line in own_server.console)
    for shown in (first, code, code.replace("-", "")):
        assert not any(shown in line for line in own_server.lines)
