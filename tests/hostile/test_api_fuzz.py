"""The HTTP API by its own description: whatever is asked, what is allowed and what is not, no fault of the server.

schemathesis makes requests out of /api/openapi.json, those that fit it and those that do not, and holds the answers
against it. Nothing is left to chance: the same requests at every run.
"""

import http.client
import json
import re
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from memorata.adapters.http.errors import Refusal
from memorata.domain.errors import CODES
from tests.builders import a_programme
from tests.live.client import fetch
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.live

EXAMPLES = {"GET": 12, "POST": 40, "PUT": 40}
"""Requests of each kind to each operation: what changes something is asked more. Together about 20 s."""


def bounded(method: str) -> settings:
    return settings(
        max_examples=EXAMPLES[method],
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def known(server: Server) -> dict[str, str]:
    """What makes a request get past the first door: a ceremony, links, a token, a file."""
    ceremony_id = f"remembrance-{secrets.token_hex(4)}"
    keys = server.plan(a_programme(ceremony_id, at_ms=now_ms() + 600_000))
    known = {"ceremony_id": ceremony_id, "key": keys["participant"], "host": keys["host"]}
    for name, role in (("token", "participant"), ("host_token", "host")):
        status, entered = fetch(f"{server.url}/api/enter", {"key": keys[role]})
        assert status == 200, entered
        known[name] = entered["token"]
    return known


@pytest.fixture(scope="module")
def told(server: Server) -> dict[str, Any]:
    status, document = fetch(f"{server.url}/api/openapi.json")
    assert status == 200
    return dict(document)


@pytest.fixture(scope="module")
def line() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def well_told(status: int, content_type: str, text: str) -> None:
    """An answer that is no defect; and a refusal, when it is one, in the one shape."""
    assert status < 500, text
    assert "Traceback" not in text
    assert "werkzeug" not in text.lower()
    if status < 400:
        return
    if content_type.startswith("text/html"):
        assert text.startswith("<!doctype html>")
        return
    assert content_type == "application/json", (status, text)
    assert set(json.loads(text)) == {"code", "message", "facts"}
    refusal = msgspec.json.decode(text, type=Refusal)
    assert refusal.code in CODES
    assert refusal.message


def test_the_description_is_valid_and_the_command_line_prints_the_same(told: dict[str, Any]) -> None:
    schema = schemathesis.openapi.from_dict(told)
    schema.validate()
    printed = subprocess.run(
        [sys.executable, "-m", "memorata", "protocol", "openapi"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(printed.stdout) == told


def places(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(path, method) for path, item in document["paths"].items() for method in item]


OPEN = [
    ("/", "get"),
    ("/api/enter", "post"),
    ("/api/me", "post"),
    ("/api/openapi.json", "get"),
    ("/c/{ceremony_id}", "get"),
    ("/c/{ceremony_id}/calendar.ics", "get"),
    ("/c/{ceremony_id}/clock", "get"),
    ("/c/{ceremony_id}/programme.json", "get"),
    ("/c/{ceremony_id}/timeline.json", "get"),
    ("/c/{ceremony_id}/watch", "get"),
    ("/e/{key}", "get"),
    ("/e/{key}/hall", "get"),
    ("/h/{key}", "get"),
    ("/health", "get"),
    ("/healthz", "get"),
    ("/metrics", "get"),
    ("/readyz", "get"),
]
"""Where who knows a ceremony and its links gets in."""

TOO_LONG = 414
"""An address beyond 4 kB is refused before it comes to a page, without a word."""


class Asker:
    """Sends what schemathesis makes, now and then with a word that opens a door, and counts the answers."""

    def __init__(self, server: Server, known: dict[str, str], line: requests.Session, mode: GenerationMode) -> None:
        self.server, self.known, self.line, self.mode = server, known, line, mode
        self.statuses: Counter[int] = Counter()

    def ask(self, case: schemathesis.Case, word: str) -> None:
        """`word` names the token that is shown, and is empty for none."""
        if word and self.mode is GenerationMode.POSITIVE and isinstance(case.body, dict) and "key" in case.body:
            case.body["key"] = self.known["key"]
        headers = {"Authorization": f"Bearer {self.known[word]}"} if word else {}
        response = case.call(self.server.url, session=self.line, headers=headers, timeout=10, allow_redirects=False)
        self.statuses[response.status_code] += 1
        if response.status_code == TOO_LONG:
            return
        well_told(response.status_code, response.headers.get("content-type", [""])[0], response.text or "")
        # A schema does not say all: which letters a device may hold, that 1.0 is no number of people.
        # Wrong tokens are asked for below, one by one: after some dozens of them the answer is 429.
        excluded = [positive_data_acceptance, ignored_auth]
        if case.method == "GET" or response.status_code >= 400:
            # Who opens a page by a link that somebody has mistyped behind the question mark still gets the page; and
            # what is refused is refused, be it as too large.
            excluded.append(negative_data_rejection)
        case.validate_response(response, headers=headers, excluded_checks=excluded)

    def ask_all(self, method: str, cases: st.SearchStrategy[schemathesis.Case]) -> None:
        @bounded(method.upper())
        @given(cases, st.sampled_from(("", "token", "host_token")))
        def asking(case: schemathesis.Case, word: str) -> None:
            self.ask(case, word)

        # Where everything fits, there is nothing that does not.
        with suppress(Unsatisfiable):
            asking()


def test_whatever_is_for_somebody_who_has_entered_refuses_everybody_else(
    server: Server, told: dict[str, Any], line: requests.Session
) -> None:
    guarded = [
        (path, method)
        for path, method in places(told)
        if {"token": []} in told["paths"][path][method].get("security", [])
    ]
    assert len(guarded) >= 8
    for path, method in guarded:
        for headers, code in (({}, "token.missing"), ({"Authorization": "Bearer of.nothing"}, "token.unknown")):
            piece = {"Content-Type": "application/octet-stream"} if method == "put" else {}
            body = {} if method == "post" else None
            answer = line.request(method, server.url + path, json=body, headers={**headers, **piece})
            assert (answer.status_code, answer.json()["code"]) == (401, code), (method, path)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_brings_the_server_out_of_its_composure(
    server: Server, told: dict[str, Any], known: dict[str, str], line: requests.Session, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_dict(told)
    seen: dict[tuple[str, str], Counter[int]] = {}
    for path, method in places(told):
        asker = Asker(server, known, line, mode)
        named = [name for name in ("ceremony_id", "key") if f"{{{name}}}" in path]
        true = {name: known["host" if path.startswith("/h/") else name] for name in named}
        for fixed in [{}, true] if true else [{}]:
            asker.ask_all(method, schema[path][method].as_strategy(generation_mode=mode, path_parameters=fixed))
        seen[path, method] = asker.statuses
    print({f"{method} {path}": dict(counts) for (path, method), counts in seen.items()})
    if mode is GenerationMode.POSITIVE:
        # It has not knocked at closed doors only.
        assert [place for place in OPEN if not seen[place][200]] == []


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "another coding": '{"key": "ж"}'.encode("utf-16"),
    "no UTF-8": b'{"key": "\xff\xfe"}',
    "half a surrogate": b'{"key": "\\ud800"}',
    "NUL": b'{"key": "\\u0000"}',
    "deep": b'{"key": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "deep objects": b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    "deep alone": b"[" * 8_000,
    "a huge number": b'{"key": "x", "people": 1' + b"0" * 400 + b"}",
    "a number beyond all": b'{"key": "x", "people": 1e999}',
    "NaN": b'{"key": NaN}',
    "a list": b'[{"key": "x"}]',
    "a word": b'"key"',
    "twice": b'{"key": "x", "key": "y"}',
    "too much": b'{"key": "' + b"x" * 20_000 + b'"}',
    "very much": b'{"key": "' + b"x" * 90_000 + b'"}',
    "a form": b"key=x&device=y",
    "prototype": b'{"__proto__": {"role": "host"}, "key": "x"}',
    "another role": b'{"key": "x", "role": "host"}',
}
TYPES = (
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "application/x-www-form-urlencoded",
    "",
    "\u00e9",
)


class Answer(NamedTuple):
    status: int
    content_type: str
    location: str
    text: str

    def check(self) -> None:
        well_told(self.status, self.content_type, self.text)


def raw(server: Server, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
    """A request as it is, whatever a library would say to it."""
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value.encode("utf-8"))
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        return Answer(
            response.status, response.headers.get("Content-Type", ""), response.headers.get("Location", ""), text
        )
    finally:
        connection.close()


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_none_is_refused_in_the_one_shape(server: Server, known: dict[str, str], name: str) -> None:
    for path in ("/api/enter", "/api/me"):
        for content_type in TYPES:
            answer = raw(
                server, "POST", path, BODIES[name], Content_Type=content_type, Authorization=f"Bearer {known['token']}"
            )
            answer.check()
            assert 400 <= answer.status < 500, (path, content_type, answer)
            assert answer.content_type == "application/json"


def test_methods_that_nobody_offers_are_refused_everywhere(
    server: Server, told: dict[str, Any], known: dict[str, str]
) -> None:
    for path, item in told["paths"].items():
        address = re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], "x.js"), path)
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X" * 30):
            if method.lower() in item:
                continue
            answer = raw(server, method, address, b"{}", Content_Type="application/json")
            answer.check()
            assert answer.status in (404, 405), (method, path, answer)
        if "get" in item and "post" not in item:
            answer = raw(server, "POST", address, b"{}", Content_Type="application/json")
            answer.check()
            assert answer.status in (404, 405), (path, answer)


PATHS = (
    "/%00",
    "/%ff%fe",
    "/%c0%ae%c0%ae/",
    "/../../etc/passwd",
    "/media/../../etc/passwd",
    "/media/%2e%2e/%2e%2e/secret.key",
    "/media/..%2f..%2fsecret.key",
    "/media/..%5c..%5csecret.key",
    "/media//etc/passwd.mp4",
    "/media/a.mp4%00.txt",
    "/media/.hidden.mp4",
    "/assets/..%2f.vite%2fmanifest.json",
    "/assets/%2e%2e/.vite/manifest.json",
    "/page/..%2fcli.py",
    "/page/%2e%2e/config.py",
    "/c/%0d%0aSet-Cookie:%20a=b",
    "/c/" + "x" * 3_000,
    "/e/" + "%f0%9f%95%af" * 200,
    "/c/x/clock?t0=nan",
    "/c/x/clock?t0=1e400",
    "/c/x/clock?" + "&".join(f"a{n}=1" for n in range(200)),
    "/?lang=" + "x" * 2_000,
    "/?lang=%00",
    "/?lang=../../en",
    "/c/{ceremony_id}?lang=%E2%80%AE",
    "/c/{ceremony_id}?lang=en;x",
    "/c/{ceremony_id}/programme.json?v=999999999999999999999999",
    "/c/{ceremony_id}/programme.json?v=-1",
    "/e/{key}/hall?people=99999999999999999999",
    "/e/{key}/hall?people=x",
    "/e/{key}?endpoint=x&self=y&_anchor=z&_external=1&_scheme=ftp",
    "/socket.io/",
    "/socket.io/?EIO=4&transport=polling&sid=x",
    "/socket.io/?EIO=x",
    "//evil.example/",
    "/e//evil.example",
)


@pytest.mark.parametrize("path", PATHS)
def test_an_odd_address_is_no_fault(server: Server, known: dict[str, str], path: str) -> None:
    address = path.format(**known)
    for accept in ("text/html", "application/json", "*/*", "x" * 500, "text/html;q=x"):
        answer = raw(server, "GET", address, Accept=accept)
        assert answer.status < 500, answer
        assert "Traceback" not in answer.text
        # The socket library has its own way of saying no, and the server below the pages its own for what is no HTTP.
        if not path.startswith("/socket.io/") and answer.content_type != "text/plain":
            answer.check()
        # Nobody is sent away to another site, and no file comes out that is not for everybody.
        assert urlsplit(answer.location).netloc in ("", urlsplit(server.url).netloc)
        assert answer.status != 200 or not path.startswith(("/media/", "/assets/", "/page/"))
