"""Coming in, and what one says of oneself."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.builders import a_programme
from tests.unit.adapters.http.conftest import Office

DEVICE = "the-device-of-chiyo"


@pytest.fixture
def key(office: Office) -> str:
    return office.plan(a_programme())["participant"]


def test_the_same_device_is_the_same_participant(browser: FlaskClient, key: str) -> None:
    first = browser.post("/api/enter", json={"key": key, "device": DEVICE, "name": "Chiyo", "country": "JP"})
    again = browser.post("/api/enter", json={"key": key, "device": DEVICE})
    other = browser.post("/api/enter", json={"key": key})
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "no-store")
    assert first.json == again.json
    assert first.json is not None
    assert {name: first.json[name] for name in ("ceremony", "role", "device")} == {
        "ceremony": "remembrance-2027", "role": "participant", "device": DEVICE
    }  # fmt: skip
    assert first.json["participant"] == {
        "id": first.json["participant"]["id"], "role": "participant", "name": "Chiyo", "community": "", "country": "JP",
        "language": "", "consent": "count", "people": 1, "recording": False,
    }  # fmt: skip
    assert other.json is not None
    assert other.json["participant"]["id"] != first.json["participant"]["id"]
    assert len(other.json["device"]) >= 16


def test_what_one_says_of_oneself_can_be_changed(browser: FlaskClient, key: str) -> None:
    entered = browser.post("/api/enter", json={"key": key, "device": DEVICE, "name": "Chiyo"}).json
    assert entered is not None
    told = {"Authorization": f"Bearer {entered['token']}"}
    answer = browser.post("/api/me", json={"community": " Osaka ", "consent": "full", "people": 3}, headers=told)
    assert answer.json is not None
    described = answer.json["participant"]
    assert (described["name"], described["community"], described["consent"], described["people"]) == (
        "Chiyo", "Osaka", "full", 3
    )  # fmt: skip


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic x"}, {"Authorization": "Bearer "}])
def test_nobody_is_described_without_a_token(browser: FlaskClient, key: str, header: dict[str, str]) -> None:
    answer = browser.post("/api/me", json={}, headers=header)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (401, "token.missing")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"key": "unknown"}, 404, "link.unknown"),
        ({}, 400, "message.invalid"),
        ({"key": "KEY", "people": 501}, 400, "message.invalid"),
        ({"key": "KEY", "people": True}, 400, "message.invalid"),
        ({"key": "KEY", "consent": "all"}, 400, "message.invalid"),
        ({"key": "KEY", "role": "host"}, 400, "message.invalid"),
        ({"key": "KEY", "name": "a\u202eb"}, 422, "words.not_allowed"),
        ({"key": "KEY", "name": "x" * 61}, 422, "words.not_allowed"),
        ({"key": "KEY", "country": "ZZ"}, 422, "words.not_allowed"),
        ({"key": "KEY", "device": "short"}, 422, "words.not_allowed"),
        ([], 400, "message.invalid"),
    ],
)
def test_a_wrong_entrance_is_refused_by_its_code(
    browser: FlaskClient, key: str, body: object, status: int, code: str
) -> None:
    written = json.dumps(body).replace('"KEY"', f'"{key}"')
    answer = browser.post("/api/enter", data=written, content_type="application/json")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert set(answer.json) == {"code", "message", "facts"}


def test_only_json_is_read_so_that_no_other_site_can_post_a_form(browser: FlaskClient, key: str) -> None:
    for mimetype in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
        answer = browser.post("/api/enter", data=json.dumps({"key": key}), content_type=mimetype)
        assert answer.json is not None
        assert (answer.status_code, answer.json["code"]) == (415, "message.not_json")
    broken = browser.post("/api/enter", data=b'{"key": "\xff"', content_type="application/json")
    assert (broken.status_code, broken.json["code"]) == (400, "message.invalid")  # type: ignore[index]


def test_a_long_body_is_not_read(browser: FlaskClient, key: str) -> None:
    answer = browser.post("/api/enter", data=b"[" * 20_000, content_type="application/json")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (413, "message.too_large")


def test_an_agreement_to_be_recorded_is_kept_and_taken_back(browser: FlaskClient, key: str) -> None:
    entered = browser.post("/api/enter", json={"key": key, "device": DEVICE, "name": "Chiyo"}).json
    assert entered is not None
    told = {"Authorization": f"Bearer {entered['token']}"}
    for agreed in (True, False):
        answer = browser.post("/api/me", json={"recording": agreed}, headers=told)
        assert answer.json is not None
        assert (answer.json["participant"]["recording"], answer.json["participant"]["consent"]) == (agreed, "count")
    assert browser.post("/api/me", json={"recording": "yes"}, headers=told).status_code == 400


def test_who_asks_for_it_is_kept_no_longer(office: Office, browser: FlaskClient, key: str) -> None:
    entered = browser.post("/api/enter", json={"key": key, "device": DEVICE, "name": "Chiyo"}).json
    assert entered is not None
    # The link has been replaced meanwhile: that takes nobody's right away.
    office.admission.renew("remembrance-2027", "participant")
    told = {"Authorization": f"Bearer {entered['token']}"}
    assert browser.post("/api/me/erase", data="{}", headers=told).status_code == 415
    answer = browser.post("/api/me/erase", json={}, headers=told)
    assert (answer.status_code, answer.json, answer.headers["Cache-Control"]) == (200, {"erased": True}, "no-store")
    assert office.participants.known == {}
    again = browser.post("/api/me/erase", json={}, headers=told)
    assert again.json is not None
    assert (again.status_code, again.json["code"]) == (401, "token.unknown")
    without = browser.post("/api/me/erase", json={})
    assert without.json is not None
    assert (without.status_code, without.json["code"]) == (401, "token.missing")


def test_whoever_comes_beyond_the_seats_gets_a_ticket_and_the_seat_when_it_is_free(tmp_path: Path) -> None:
    office = Office(tmp_path, settings={"seats": 1})
    key, browser = office.plan(a_programme())["participant"], office.browser()
    first = browser.post("/api/enter", json={"key": key, "device": DEVICE}).json
    second = browser.post("/api/enter", json={"key": key}).json
    assert first is not None
    assert second is not None
    assert ("waits" in first, set(second["waits"])) == (False, {"ticket", "number"})
    assert browser.get("/c/remembrance-2027/timeline.json").json["called"] == 0  # type: ignore[index]

    told = {"Authorization": f"Bearer {second['token']}"}
    asked = {"ticket": second["waits"]["ticket"]}
    refused = browser.post("/api/seat", json=asked, headers=told)
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"], refused.json["facts"]) == (409, "seats.full", second["waits"])

    office.clock.forward(60_000)  # whoever entered first has never come
    office.seating.look()
    assert browser.get("/c/remembrance-2027/timeline.json").json["called"] == second["waits"]["number"]  # type: ignore[index]
    kept = browser.post("/api/seat", json=asked, headers=told)
    assert (kept.status_code, kept.json) == (200, {"kept": True})
    assert browser.post("/api/seat", json=asked).status_code == 401

    left = browser.post("/api/seat", json={**asked, "leaves": True}, headers=told)
    assert (left.status_code, left.json) == (200, {"kept": False})
    third = browser.post("/api/enter", json={"key": key}).json
    assert third is not None
    assert "waits" not in third
