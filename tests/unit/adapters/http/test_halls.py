"""Hosts make the links of halls; such a link opens the page of a hall that may ask for its camera."""

from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from memorata.domain.programme import Hall, Programme
from memorata.services.admission import Profile
from tests.builders import a_programme, text
from tests.unit.adapters.http.conftest import Office
from tests.unit.adapters.http.test_pages import boot_of

HALLS = (
    Hall("osaka", text("Osaka"), text("The choir"), "JP", "Chiyo Tanaka", "+81 00"),
    Hall("recife", text("Recife")),
)


def the_programme() -> Programme:
    return replace(a_programme(), halls=HALLS, door="knock")


def entered(office: Office, key: str) -> dict[str, str]:
    token = office.admission.enter(key, "a-device-of-somebody", Profile()).token
    return {"Authorization": f"Bearer {token}"}


def asked(browser: FlaskClient, who: dict[str, str]) -> list[dict[str, Any]]:
    answer = browser.get("/api/halls", headers=who)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    halls: list[dict[str, Any]] = answer.get_json()["halls"]
    return halls


def make(browser: FlaskClient, who: dict[str, str], hall: str) -> TestResponse:
    return browser.post("/api/halls", json={"id": hall}, headers=who)


def test_a_host_sees_the_halls_and_whom_to_ring(office: Office, browser: FlaskClient) -> None:
    host = entered(office, office.plan(the_programme())["host"])
    first, second = asked(browser, host)
    assert first == {
        "id": "osaka", "place": {"en": "Osaka"}, "community": {"en": "The choir"}, "country": "JP",
        "contact": "Chiyo Tanaka", "telephone": "+81 00", "online": False,
        "invitation": None, "link": None, "code": None, "square": None,
    }  # fmt: skip
    assert (second["id"], second["contact"], second["link"]) == ("recife", "", None)


def test_the_link_of_a_hall(office: Office, browser: FlaskClient) -> None:
    host = entered(office, office.plan(the_programme())["host"])
    made = make(browser, host, "osaka").get_json()["hall"]
    assert made["link"].startswith("https://memory.example.org/e/")
    assert made["square"]["size"] > 20
    assert asked(browser, host)[0] == made
    page = browser.get(made["link"].removeprefix("https://memory.example.org"))
    boot = boot_of(page)
    assert (boot["view"], boot["hall"]) == (
        "hall",
        {"id": "osaka", "place": {"en": "Osaka"}, "community": {"en": "The choir"}, "country": "JP", "contact": "",
         "telephone": ""},
    )  # fmt: skip
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert "Chiyo Tanaka" not in page.text


def test_the_link_that_all_halls_share_has_no_camera(office: Office, browser: FlaskClient) -> None:
    keys = office.plan(the_programme())
    page = browser.get(f"/e/{keys['participant']}/hall?people=40")
    boot = boot_of(page)
    assert (boot["view"], boot.get("hall"), boot["people"]) == ("hall", None, 40)
    assert "camera=()" in page.headers["Permissions-Policy"]


def test_it_says_whether_the_page_is_open(office: Office, browser: FlaskClient) -> None:
    host = entered(office, office.plan(the_programme())["host"])
    key = make(browser, host, "recife").get_json()["hall"]["link"].rpartition("/")[2]
    hall = office.admission.enter(key, "the-screen-of-recife", Profile()).participant
    assert [one["online"] for one in asked(browser, host)] == [False, False]
    office.presence.join(hall, "tab")
    assert [one["online"] for one in asked(browser, host)] == [False, True]


def test_made_again_the_link_before_is_no_longer_good(office: Office, browser: FlaskClient) -> None:
    host = entered(office, office.plan(the_programme())["host"])
    old = make(browser, host, "osaka").get_json()["hall"]["link"]
    new = make(browser, host, "osaka").get_json()["hall"]["link"]
    assert old != new
    assert browser.get(old.removeprefix("https://memory.example.org")).status_code == 403
    assert asked(browser, host)[0]["link"] == new


def test_only_hosts_ask_and_only_for_halls_that_there_are(office: Office, browser: FlaskClient) -> None:
    keys = office.plan(the_programme())
    for role in ("moderator", "participant"):
        who = entered(office, keys[role]) if role == "moderator" else {}
        assert browser.get("/api/halls", headers=who).status_code in (401, 403)
        assert make(browser, who, "osaka").status_code in (401, 403)
    refused = make(browser, entered(office, keys["host"]), "narva")
    assert (refused.status_code, refused.get_json()["code"]) == (404, "hall.unknown")
