"""Limits: wrong guesses are counted by address and by what they are about; the right ones are nobody's business."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from werkzeug.middleware.proxy_fix import ProxyFix

from memorata.adapters.http.errors import answer
from memorata.adapters.http.limits import TooMany, after_s, guessing, limit, link_guessing
from memorata.domain.errors import Refused
from memorata.services.wrongs import Share, Wrongs, by_itself
from tests.fake_bus import FakeBus, Wire
from tests.fakes import FakeSecurityLog

Try = Callable[..., int]


@pytest.fixture
def security() -> FakeSecurityLog:
    return FakeSecurityLog()


@pytest.fixture
def app(security: FakeSecurityLog) -> Flask:
    return limited(security)


def limited(security: FakeSecurityLog, key: bytes = b"", share: Share = by_itself) -> Flask:
    made = Flask("limited")
    limit(made, security, 1, key, share)

    @made.errorhandler(Refused)
    def refused(refusal: Refused) -> Any:
        return answer(429 if isinstance(refusal, TooMany) else 404, refusal.code, "", dict(refusal.facts))

    @made.errorhandler(429)
    def tripped(_: Exception) -> Any:
        return answer(429, "request.too_many", "", {"after_s": after_s()})

    @made.get("/link/<word>")
    def link(word: str) -> Any:
        with link_guessing():
            return check(word)

    @made.get("/pin/<whose>/<word>")
    def pin(whose: str, word: str) -> Any:
        with guessing("pin", whose, wrong=frozenset({"pin.wrong"})):
            return check(word, "pin.wrong")

    @made.get("/plain")
    def plain() -> Any:
        return jsonify(request.remote_addr)

    def check(word: str, code: str = "link.unknown") -> Any:
        if word != "right":
            raise Refused(code if word == "wrong" else "store.busy")
        return jsonify("open")

    made.wsgi_app = ProxyFix(made.wsgi_app, 1)  # type: ignore[method-assign]
    return made


@pytest.fixture
def get(app: Flask) -> Try:
    browser: FlaskClient = app.test_client()

    def ask(path: str, address: str = "203.0.113.7") -> int:
        return browser.get(path, headers={"X-Forwarded-For": address}).status_code

    return ask


def test_wrong_links_are_told_to_wait_and_the_right_one_opens_all_the_same(get: Try, security: FakeSecurityLog) -> None:
    found = [get("/link/wrong") for _ in range(60)]
    assert found == [404] * 40 + [429] * 20
    assert get("/link/right") == 200
    assert get("/link/wrong", "203.0.113.8") == 404
    assert {(what, facts["kind"]) for what, facts in security.noted} == {("limiter.tripped", "link")}


def test_after_too_many_wrong_pins_the_right_one_is_refused_too(get: Try) -> None:
    assert [get("/pin/amina/wrong") for _ in range(12)] == [404] * 10 + [429] * 2
    assert get("/pin/amina/right") == 429
    assert get("/pin/amina/right", "203.0.113.8") == 200


def test_one_pin_is_counted_over_all_addresses(get: Try) -> None:
    found = [get("/pin/amina/wrong", f"198.51.100.{n}") for n in range(40)]
    assert found == [404] * 30 + [429] * 10
    assert get("/pin/amina/right", "192.0.2.1") == 429
    assert get("/pin/bruno/right", "192.0.2.1") == 200


def test_what_is_right_or_our_own_fault_is_no_guess(get: Try) -> None:
    assert {get("/pin/amina/right") for _ in range(50)} == {200}
    assert {get("/pin/amina/busy") for _ in range(50)} == {404}
    assert get("/pin/amina/wrong") == 404


def test_a_house_of_many_new_addresses_is_one(get: Try) -> None:
    found = [get("/pin/amina/wrong", f"2001:db8:1:2::{n:x}") for n in range(12)]
    assert found == [404] * 10 + [429] * 2
    assert get("/pin/amina/wrong", "2001:db8:1:3::1") == 404


def test_everything_has_a_limit_that_two_hundred_people_do_not_reach(app: Flask, get: Try) -> None:
    assert {get("/plain") for _ in range(2000)} == {200}
    browser = app.test_client()
    tripped = browser.get("/plain", headers={"X-Forwarded-For": "203.0.113.7"})
    assert tripped.status_code == 429
    assert tripped.json is not None
    assert 1 <= tripped.json["facts"]["after_s"] <= 60
    assert get("/plain", "203.0.113.8") == 200


def test_whoever_goes_from_worker_to_worker_has_no_more_guesses(security: FakeSecurityLog) -> None:
    wire = Wire()
    one, two = (limited(security, b"house", Wrongs(FakeBus(wire, name)).share).test_client() for name in ("a", "b"))

    def tried(client: FlaskClient, word: str, address: str = "203.0.113.7") -> int:
        status = client.get(f"/pin/vera/{word}", headers={"X-Forwarded-For": address}).status_code
        wire.carry()
        return status

    assert [tried(client, "wrong") for client in (one, two) * 5] == [404] * 10
    assert [tried(one, "wrong"), tried(two, "right")] == [429, 429]
    assert tried(two, "right", "203.0.113.8") == 200
    assert "203.0.113" not in str(wire.told)
