"""The pages and answers of signing in: who gets which cookie, who is sent where, who is turned away."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from memorata.adapters.http.account import GUESSES, MAILS, Guesses
from memorata.services.accounts import OPERATOR
from tests.builders import a_programme
from tests.unit.adapters.http.conftest import Office

AMINA, BRUNO = "amina@museum.example", "bruno@museum.example"
PASSWORD = "snow on the well"
COOKIE = "__Host-memorata"  # the address of the fakes is https


@pytest.fixture
def amina(office: Office, browser: FlaskClient) -> FlaskClient:
    """Her browser, in which she has made the first account."""
    code = office.accounts.set_up_code()
    answer = browser.post("/api/setup", json={"code": code, "mail": AMINA, "name": "Amina", "password": PASSWORD})
    assert answer.json == {"ok": True, "next": "/desk"}
    return browser


@pytest.fixture
def bruno(office: Office, amina: FlaskClient) -> FlaskClient:
    """The browser of an organizer."""
    office.accounts.add(OPERATOR, BRUNO, "Bruno", "organizer", PASSWORD)
    browser = office.browser()
    assert browser.post("/api/sign-in", json={"mail": BRUNO, "password": PASSWORD}).status_code == 200
    return browser


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_before_the_first_account_all_ways_lead_to_the_set_up(browser: FlaskClient) -> None:
    assert browser.get("/desk").headers["Location"] == "/sign-in"
    assert browser.get("/sign-in").headers["Location"] == "/setup"
    page = browser.get("/setup")
    assert page.status_code == 200
    assert "set-up code" in page.text


def test_afterwards_the_set_up_is_over(office: Office, amina: FlaskClient) -> None:
    assert amina.get("/setup").headers["Location"] == "/sign-in"
    again = {"code": "AAAA-BBBB-CCCC-DDDD", "mail": BRUNO, "password": PASSWORD}
    assert code_of(office.browser().post("/api/setup", json=again)) == (403, "setup.code_wrong")


def test_the_cookie_is_of_this_host_by_tls_and_no_script_s(office: Office, tmp_path: Path) -> None:
    home = Office(tmp_path, settings={"base_url": "http://127.0.0.1:5080"})
    given = {}
    for where in (office, home):
        body = {"code": where.accounts.set_up_code(), "mail": AMINA, "password": PASSWORD}
        first, *rest = where.browser().post("/api/setup", json=body).headers["Set-Cookie"].split("; ")
        name, _, session = first.partition("=")
        assert re.fullmatch(r"[\w-]{43}", session)
        given[name] = {part for part in rest if not part.startswith("Expires=")}
    common = {"HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Lax"}
    assert given == {COOKIE: {*common, "Secure"}, "memorata": common}


def test_wrong_and_unknown_are_answered_alike(amina: FlaskClient) -> None:
    answers = [
        amina.post("/api/sign-in", json={"mail": mail, "password": password})
        for mail, password in ((AMINA, "wrong"), ("nobody@museum.example", PASSWORD), ("?", ""))
    ]
    assert {(answer.status_code, answer.data, str(answer.headers)) for answer in answers} == {
        (401, answers[0].data, str(answers[0].headers))
    }
    assert code_of(answers[0]) == (401, "sign_in.wrong")
    assert "Set-Cookie" not in answers[0].headers


def test_asking_for_a_link_is_answered_alike(office: Office, amina: FlaskClient) -> None:
    answers = [
        office.browser().post("/api/sign-in/mail", json={"mail": mail})
        for mail in (AMINA, "nobody@museum.example", "no address")
    ]
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    (sent,) = office.mailer.sent
    assert sent.to == AMINA
    assert "https://memory.example.org/sign-in/" in sent.text


def test_the_link_of_the_mail_signs_in_once(office: Office, amina: FlaskClient) -> None:
    browser = office.browser()
    browser.post("/api/sign-in/mail", json={"mail": AMINA}, headers={"Accept-Language": "ru"})
    (sent,) = office.mailer.sent
    found = re.search(r"https://memory\.example\.org(/sign-in/(\S+))", sent.text)
    assert found is not None
    for _ in range(2):  # a program that reads mails opens it too
        page = browser.get(found[1])
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "no-referrer"
    assert browser.post("/api/sign-in/link", json={"token": found[2]}).json == {"ok": True, "next": "/desk"}
    assert browser.get("/desk").status_code == 200
    assert code_of(office.browser().post("/api/sign-in/link", json={"token": found[2]})) == (410, "sign_in.link_used")
    assert office.browser().get(found[1]).status_code == 410


def test_signing_out_ends_the_session_and_not_only_the_cookie(office: Office, amina: FlaskClient) -> None:
    session = amina.get_cookie(COOKIE)
    assert session is not None
    answer = amina.post("/api/sign-out", json={})
    assert answer.json == {"ok": True, "next": "/sign-in"}
    assert amina.get_cookie(COOKIE) is None
    thief = office.browser()
    thief.set_cookie(COOKIE, session.value)
    assert thief.get("/desk").headers["Location"] == "/sign-in"


def test_signing_in_again_ends_the_session_before(office: Office, amina: FlaskClient) -> None:
    before = amina.get_cookie(COOKIE)
    amina.post("/api/sign-in", json={"mail": AMINA, "password": PASSWORD})
    after = amina.get_cookie(COOKIE)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    thief = office.browser()
    thief.set_cookie(COOKIE, before.value)
    assert thief.get("/desk").status_code == 303


def test_a_cookie_of_the_name_for_home_is_nothing_here(office: Office, amina: FlaskClient) -> None:
    session = amina.get_cookie(COOKIE)
    assert session is not None
    other = office.browser()
    other.set_cookie("memorata", session.value)
    assert other.get("/desk").status_code == 303


PROTECTED = {
    "/api/account/password": {"new": "the same slow step"},
    "/api/accounts": {"mail": BRUNO, "role": "admin"},
    "/api/accounts/disable": {"id": "amina"},
    "/api/desk/remembrance-2027/enter": {},
}


@pytest.mark.parametrize("path", PROTECTED)
def test_nothing_without_signing_in(office: Office, amina: FlaskClient, path: str) -> None:
    office.plan(a_programme())
    assert code_of(office.browser().post(path, json=PROTECTED[path])) == (401, "sign_in.needed")


@pytest.mark.parametrize("path", ["/desk", "/desk/remembrance-2027/console", "/desk/remembrance-2027/links"])
def test_who_is_not_signed_in_is_led_there(office: Office, amina: FlaskClient, path: str) -> None:
    office.plan(a_programme())
    assert amina.get(path).status_code == 200
    answer = office.browser().get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    for link in office.admission.links("remembrance-2027").values():
        assert link not in answer.text


def test_the_desk_shows_ceremonies_and_accounts(office: Office, amina: FlaskClient, bruno: FlaskClient) -> None:
    office.plan(a_programme())
    page = amina.get("/desk")
    assert page.headers["Cache-Control"] == "no-store"
    for words in ("/desk/remembrance-2027/console", "/desk/remembrance-2027/links", BRUNO, "Amina", "Add somebody"):
        assert words in page.text
    own = bruno.get("/desk").text
    assert "/desk/remembrance-2027/console" in own
    assert "Bruno" in own
    assert AMINA not in own
    assert "Add somebody" not in own


def test_who_saw_the_links_is_in_the_trail(office: Office, bruno: FlaskClient) -> None:
    links = office.plan(a_programme())
    page = bruno.get("/desk/remembrance-2027/links")
    assert f"https://memory.example.org/h/{links['host']}" in page.text
    kind, facts = office.trail[-1]
    assert (kind, facts["ceremony"]) == ("links.see_staff", "remembrance-2027")


def test_an_organizer_comes_in_without_a_link(office: Office, bruno: FlaskClient) -> None:
    office.plan(a_programme())
    page = bruno.get("/desk/remembrance-2027/console")
    assert '"entrance":"/api/desk/remembrance-2027/enter"' in page.text
    assert '"key"' not in page.text
    answer = bruno.post("/api/desk/remembrance-2027/enter", json={"device": "d" * 22, "language": "en"}).json
    assert (answer["role"], answer["participant"]["name"]) == ("organizer", "Bruno")
    again = bruno.post("/api/desk/remembrance-2027/enter", json={"name": "B."}).json
    assert (again["participant"]["id"], again["participant"]["name"]) == (answer["participant"]["id"], "B.")
    entered = bruno.post("/api/desk/remembrance-2027/enter", json={})
    assert "Max-Age=43200" in entered.headers["Set-Cookie"]
    who = office.admission.authenticate(answer["token"])
    assert (who.role, who.session is not None) == ("organizer", True)
    (account,) = [one for one in office.accounts.all(OPERATOR) if one.mail == BRUNO]
    office.accounts.disable(OPERATOR, account.id)
    assert code_of(bruno.post("/api/me", json={}, headers={"Authorization": f"Bearer {answer['token']}"})) == (
        403,
        "link.revoked",
    )


def test_an_organizer_is_no_admin(office: Office, bruno: FlaskClient) -> None:
    (account,) = [one for one in office.accounts.all(OPERATOR) if one.mail == AMINA]
    assert code_of(bruno.post("/api/accounts", json={"mail": "c@x.example", "role": "admin"})) == (
        403,
        "role.not_allowed",
    )
    assert code_of(bruno.post("/api/accounts/disable", json={"id": account.id})) == (403, "role.not_allowed")


def test_an_admin_adds_and_disables(office: Office, amina: FlaskClient) -> None:
    assert amina.post("/api/accounts", json={"mail": BRUNO, "role": "organizer"}).status_code == 200
    assert "https://memory.example.org/sign-in " in office.mailer.sent[-1].text
    assert code_of(amina.post("/api/accounts", json={"mail": BRUNO, "role": "admin"})) == (409, "account.exists")
    assert code_of(amina.post("/api/accounts", json={"mail": "?", "role": "admin"})) == (422, "account.mail_invalid")
    assert code_of(amina.post("/api/accounts", json={"mail": "c@x.example", "role": "host"})) == (
        400,
        "message.invalid",
    )
    (account,) = [one for one in office.accounts.all(OPERATOR) if one.mail == BRUNO]
    assert amina.post("/api/accounts/disable", json={"id": account.id}).status_code == 200
    assert office.accounts.all(OPERATOR)[-1].disabled_ms is not None


POSTS = {
    "/api/setup": {"code": "x", "mail": AMINA, "password": PASSWORD},
    "/api/sign-in": {"mail": AMINA, "password": PASSWORD},
    "/api/sign-in/mail": {"mail": AMINA},
    "/api/sign-in/link": {"token": "x"},
    "/api/sign-out": {},
    **PROTECTED,
}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_pages_of_others_are_refused(amina: FlaskClient, path: str, headers: dict[str, str]) -> None:
    assert code_of(amina.post(path, json=POSTS[path], headers=headers)) == (403, "request.foreign")


@pytest.mark.parametrize("path", POSTS)
def test_forms_are_refused(amina: FlaskClient, path: str) -> None:
    assert amina.post(path, data=POSTS[path]).status_code == 415
    assert amina.get("/desk").status_code == 200


def test_our_own_pages_are_heard(amina: FlaskClient) -> None:
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}):
        answer = amina.post("/api/sign-in", json={"mail": AMINA, "password": PASSWORD}, headers=headers)
        assert answer.status_code == 200


def test_guesses_are_counted_by_address_and_by_account(office: Office, amina: FlaskClient) -> None:
    body = {"mail": AMINA, "password": "a guess"}
    for n in range(GUESSES):
        assert (
            office.browser().post("/api/sign-in", json=body, environ_base={"REMOTE_ADDR": f"10.0.0.{n}"}).status_code
            == 401
        )
    spread = office.browser().post("/api/sign-in", json=body, environ_base={"REMOTE_ADDR": "10.0.1.1"})
    assert code_of(spread) == (429, "message.too_many")
    for n in range(GUESSES):
        other = {"mail": f"guess{n}@museum.example", "password": "a guess"}
        office.browser().post("/api/sign-in", json=other, environ_base={"REMOTE_ADDR": "10.0.2.1"})
    last = office.browser().post(
        "/api/sign-in", json={"mail": BRUNO, "password": "x"}, environ_base={"REMOTE_ADDR": "10.0.2.1"}
    )
    assert code_of(last) == (429, "message.too_many")


def test_a_box_is_not_filled_with_links(office: Office, amina: FlaskClient) -> None:
    for n in range(MAILS + 5):
        answer = office.browser().post(
            "/api/sign-in/mail", json={"mail": AMINA}, environ_base={"REMOTE_ADDR": f"10.0.0.{n}"}
        )
        assert answer.status_code == 200
    assert len(office.mailer.sent) == MAILS


def test_the_count_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("memorata.adapters.http.account.time.monotonic", lambda: now)
    guesses = Guesses(most=2, within_s=10)
    assert [guesses.allow("sign_in", "a") for _ in range(3)] == [True, True, False]
    assert guesses.allow("sign_in", "b")
    assert guesses.allow("setup", "a")
    now = 10.0
    assert [guesses.allow("sign_in", "a") for _ in range(3)] == [True, True, False]


def test_a_fault_of_the_mail_is_told_on_the_desk(office: Office, amina: FlaskClient) -> None:
    office.mailer.fault = "The mail server mail.example port 25 does not answer."
    office.browser().post("/api/sign-in/mail", json={"mail": AMINA})
    assert office.mailer.fault in amina.get("/desk").text
