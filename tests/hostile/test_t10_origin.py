"""T10: pages of others can neither open a line nor change anything, by whatever name they lead a browser here."""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import a_programme
from tests.hostile.raw import Answer, ask, connect
from tests.live.client import eventually, fetch
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.hostile

HOME = "memory.example.org"
POLLING = "/socket.io/?EIO=4&transport=polling"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def famous(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has a name of its own, and a proxy before it."""
    started = Server(
        tmp_path_factory.mktemp("famous"),
        MEMORATA_BASE_URL=f"https://{HOME}",
        MEMORATA_HOSTS="old.example.org",
        MEMORATA_ORIGINS="https://partner.example",
        MEMORATA_PROXIES="1",
    ).start()
    yield started
    started.stop()
    assert started.defects() == []


@pytest.fixture(scope="module")
def keys(server: Server) -> dict[str, str]:
    return server.plan(a_programme("origins", at_ms=now_ms() + 600_000))


def opened(server: Server, **headers: str) -> str:
    """The status line when a WebSocket is asked for with these headers."""
    lines = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    with connect(server) as line:
        line.sendall(f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n{head}\r\n".encode())
        return line.makefile("rb").readline().decode()


def polled(server: Server, **headers: str) -> Answer:
    return ask(
        server, "GET", "/socket.io/?EIO=4&transport=polling", {n.replace("_", "-"): v for n, v in headers.items()}
    )


def code(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["code"]


HOST = (421, "request.host_unknown")
ORIGIN = (403, "request.origin_not_allowed")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "{own}"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "{own}.evil.example"}, 403),
        ({"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}, 403),
        ({"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 421),
        ({"Host": "evil.example", "X-Forwarded-Host": "127.0.0.1"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Host": "127.0.0.1@evil.example"}, 421),
        ({"Host": "8.8.8.8"}, 421),
        ({"Host": ""}, 421),
    ],
)
def test_a_server_at_home_hears_its_own_pages_alone(server: Server, headers: dict[str, str], status: int) -> None:
    given = {"Host": server.url[7:], **{name: value.replace("{own}", server.url) for name, value in headers.items()}}
    answer = polled(server, **given)
    assert answer.status == status
    assert opened(server, **given).split()[1] == {200: "101"}.get(status, str(status))
    if status != 200:
        assert code(answer) == {403: ORIGIN, 421: HOST}[status]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": HOME}, 200),
        ({"Host": HOME, "Origin": f"https://{HOME}"}, 200),
        ({"Host": HOME, "Origin": "https://partner.example"}, 200),
        ({"Host": "old.example.org", "Origin": "https://old.example.org"}, 200),
        ({"Host": "127.0.0.1:5080", "X-Forwarded-Host": HOME, "Origin": f"https://{HOME}"}, 200),
        ({"Host": HOME, "Origin": f"http://{HOME}"}, 403),
        ({"Host": HOME, "Origin": f"https://{HOME}:8443"}, 403),
        ({"Host": HOME, "Origin": "https://evil.example"}, 403),
        ({"Host": HOME, "Origin": "null"}, 403),
        ({"Host": HOME, "Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}, 421),
        ({"Host": "evil.example", "Origin": f"https://{HOME}", "X-Forwarded-Host": HOME}, 421),
        ({"Host": "evil.example", "Origin": "https://evil.example"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Host": f"{HOME}.evil.example"}, 421),
    ],
)
def test_a_server_with_a_name_hears_those_whom_it_was_told(
    famous: Server, headers: dict[str, str], status: int
) -> None:
    answer = polled(famous, **headers)
    assert answer.status == status
    assert opened(famous, **headers).split()[1] == {200: "101"}.get(status, str(status))
    if status != 200:
        assert code(answer) == {403: ORIGIN, 421: HOST}[status]


@pytest.mark.parametrize("path", ["/", "/c/none/watch", "/api/enter", "/c/none/clock?t0=1", "/assets/none.js", "/none"])
def test_under_a_foreign_name_nothing_at_all_is_here(famous: Server, path: str) -> None:
    answer = ask(famous, "GET", path, {"Host": "evil.example"})
    assert code(answer) == HOST
    assert set(json.loads(answer.body)) == {"code", "message", "facts"}


def test_a_watchman_on_the_machine_may_ask_by_number(famous: Server) -> None:
    assert ask(famous, "GET", "/health", {"Host": "127.0.0.1:5080"}).status == 200
    assert ask(famous, "GET", "/health", {"Host": "evil.example"}).status == 421


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({**JSON, "Sec-Fetch-Site": "cross-site"}, ORIGIN),
        ({**JSON, "Sec-Fetch-Site": "same-site"}, ORIGIN),
        ({**JSON, "Sec-Fetch-Site": "cross-site", "Origin": "{own}"}, ORIGIN),
        ({**JSON, "Origin": "https://evil.example"}, ORIGIN),
        ({**JSON, "Origin": "null"}, ORIGIN),
        ({"Content-Type": "application/x-www-form-urlencoded"}, (415, "message.not_json")),
        ({"Content-Type": "text/plain"}, (415, "message.not_json")),
        ({"Content-Type": "text/plain; application/json"}, (415, "message.not_json")),
        ({"Content-Type": "multipart/form-data; boundary=x"}, (415, "message.not_json")),
        ({}, (415, "message.not_json")),
    ],
)
def test_nothing_is_changed_by_the_pages_of_others(
    server: Server, keys: dict[str, str], method: str, headers: dict[str, str], refused: tuple[int, str]
) -> None:
    body = json.dumps({"key": keys["participant"]}).encode()
    given = {name: value.replace("{own}", server.url) for name, value in headers.items()}
    for path in ("/api/enter", "/api/me", "/none"):
        assert code(ask(server, method, path, given, body)) == refused


def test_bytes_come_to_the_one_place_that_wants_them_and_from_our_own_pages(server: Server) -> None:
    given = {"Content-Type": "application/octet-stream"}
    at = "/api/recordings/00112233445566aa-1/bytes/0"
    for method, path in (("PUT", "/api/me"), ("POST", at), ("PUT", "/api/recordings/a/release"), ("PUT", f"{at}/x")):
        assert code(ask(server, method, path, given, b"x")) == (415, "message.not_json")
    for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert code(ask(server, "PUT", at, {**given, **foreign}, b"x")) == ORIGIN
    assert code(ask(server, "PUT", at, {**given, "Sec-Fetch-Site": "same-origin"}, b"x")) == (401, "token.missing")


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "{own}"}]
)
def test_our_own_pages_and_programs_come_in(server: Server, keys: dict[str, str], headers: dict[str, str]) -> None:
    given = {**JSON, **{name: value.replace("{own}", server.url) for name, value in headers.items()}}
    answer = ask(server, "POST", "/api/enter", given, json.dumps({"key": keys["participant"]}).encode())
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers


def test_no_answer_lets_a_foreign_page_read_it(server: Server) -> None:
    for method, path in (("OPTIONS", "/api/enter"), ("GET", "/"), ("OPTIONS", POLLING)):
        answer = ask(server, method, path, {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_what_was_refused_is_noted_without_any_address(own_server: Server) -> None:
    own_server.plan(a_programme(at_ms=now_ms() + 600_000))
    ask(own_server, "GET", "/", {"Host": "evil.example"})
    polled(own_server, Host=own_server.url[7:], Origin="https://evil.example")
    path = Path(own_server.environment["MEMORATA_DATA_DIR"]) / "security.log"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["what"] for line in lines] == ["serve.started", "request.host_unknown", "request.origin_not_allowed"]
    assert lines[1]["from"] == lines[2]["from"]
    assert len(lines[1]["from"]) == 16
    assert "127.0.0.1" not in json.dumps(lines[1:])
    assert path.stat().st_mode & 0o077 == 0
    assert not any("127.0.0.1" in line for line in own_server.lines if "serve.ready" not in line)
    assert fetch(f"{own_server.url}/health")[0] == 200
    eventually(lambda: own_server.defects() == [])
