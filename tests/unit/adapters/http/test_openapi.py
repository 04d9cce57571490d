"""The HTTP surface is described as it is: every route, nothing else, by the types that it really reads and writes."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed, NotFound

from memorata.adapters.http.errors import STATUS
from memorata.adapters.http.openapi import described, document, operations
from memorata.domain.errors import CODES
from tests.builders import a_programme
from tests.unit.adapters.http.conftest import Office


def routed(app: Flask) -> set[tuple[str, str]]:
    """Path and method of each rule, as OpenAPI writes them."""
    return {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def written(told: dict[str, Any]) -> set[tuple[str, str]]:
    return {(path, method) for path, item in told["paths"].items() for method in item}


def answers(app: Flask, path: str, method: str) -> bool:
    """Whether the router knows what to do with such a request."""
    try:
        app.url_map.bind("localhost").match(re.sub(r"\{\w+\}", "x", path), method.upper())
    except (NotFound, MethodNotAllowed):
        return False
    return True


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "$ref":
                yield each
            else:
                yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_route_says_what_it_does(office: Office) -> None:
    assert [place for place, operation in operations(office.app).items() if operation is None] == []
    assert routed(office.app) <= written(document(office.app))


def test_every_described_path_is_there(office: Office, browser: FlaskClient) -> None:
    apart = {(path, method) for path, method in written(document(office.app)) if not answers(office.app, path, method)}
    # The one that is answered before it comes to the router.
    assert apart == {("/c/{ceremony_id}/clock", "get")}
    assert browser.get("/c/remembrance/clock?t0=1").status_code == 200


def test_a_route_that_is_silent_is_named(office: Office) -> None:
    app = Flask("memorata")
    app.add_url_rule("/quiet/<int:number>", view_func=lambda number: "", endpoint="quiet", methods=["PUT"])
    with pytest.raises(LookupError, match="PUT /quiet/<int:number>"):
        document(app)


def test_a_route_describes_itself_by_its_types() -> None:
    app = Flask("memorata", static_folder=None)

    class Asked(msgspec.Struct):
        name: str

    @app.post("/api/names/<key>")
    @described("Say a name.", takes=Asked, gives=list[int], query={"n": int}, refuses=("link.revoked",), token=True)
    def names(key: str) -> str:
        return key

    operation = document(app)["paths"]["/api/names/{key}"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Asked"}
    assert operation["responses"]["200"]["content"]["application/json"]["schema"] == {
        "type": "array",
        "items": {"type": "integer"},
    }
    assert [(each["name"], each["in"]) for each in operation["parameters"]] == [("key", "path"), ("n", "query")]
    assert operation["security"] == [{"token": []}]
    assert list(operation["responses"]) == ["200", "400", "401", "403", "413", "415", "421", "429", "503", "default"]


def test_every_reference_leads_somewhere(office: Office) -> None:
    told = document(office.app)
    schemas = told["components"]["schemas"]
    assert set(references(told)) <= {f"#/components/schemas/{name}" for name in schemas}


def test_every_code_is_one_of_ours_under_the_status_that_is_sent(office: Office) -> None:
    found = [
        (code, int(status))
        for item in document(office.app)["paths"].values()
        for operation in item.values()
        for status, response in operation["responses"].items()
        for code in re.findall(r"'(\w+\.\w+|defect|retry)'", str(response.get("content", {})))
    ]
    assert len(found) > 20
    assert [each for each in found if each[0] not in CODES or STATUS.get(each[0], 409) != each[1]] == []


def test_a_server_tells_it_and_caches_may_keep_it(office: Office, browser: FlaskClient) -> None:
    response = browser.get("/api/openapi.json")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.json == json.loads(json.dumps(document(office.app)))


def test_what_is_sent_is_of_the_type_that_is_described(office: Office, browser: FlaskClient) -> None:
    key = office.plan(a_programme("remembrance"))["participant"]
    entered = browser.post("/api/enter", json={"key": key, "name": "Chiyo", "consent": "full"})
    told = {
        ("/api/enter", "POST"): entered,
        ("/api/me", "POST"): browser.post(
            "/api/me", json={"country": "JP"}, headers={"Authorization": f"Bearer {(entered.json or {})['token']}"}
        ),
        ("/c/<ceremony_id>/timeline.json", "GET"): browser.get("/c/remembrance/timeline.json"),
        ("/c/<ceremony_id>/clock", "GET"): browser.get("/c/remembrance/clock?t0=1.5"),
        ("/health", "GET"): browser.get("/health"),
    }
    described_as = operations(office.app)
    for place, response in told.items():
        operation = described_as[place]
        assert operation is not None
        assert response.status_code == 200
        # Strict, and the same again when it is written anew: no field is lost or of another type.
        read = msgspec.json.decode(response.data, type=operation.gives)
        assert msgspec.json.decode(msgspec.json.encode(read)) == response.json
