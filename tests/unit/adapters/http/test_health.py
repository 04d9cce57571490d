"""Who may know how the server fares, and what it says."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.adapters.http.conftest import Office

TOKEN = "a token of sixteen bytes at least"


def ask(office: Office, path: str, address: str = "127.0.0.1", host: str = "127.0.0.1:5080", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return office.browser().get(
        path, headers={"Accept": "application/json", "Host": host, **named}, environ_base={"REMOTE_ADDR": address}
    )


def test_a_process_that_lives_says_so_whatever_it_lacks(office: Office) -> None:
    office.log.busy = True
    office.readiness.needs("store", lambda: False)
    answer = ask(office, "/healthz")
    assert (answer.status_code, answer.json["ok"], answer.headers["Cache-Control"]) == (200, True, "no-store")


def test_what_is_missing_is_said_with_503(office: Office) -> None:
    there = {"store": True}
    office.readiness.needs("store", lambda: there["store"])
    assert (ask(office, "/readyz").status_code, ask(office, "/readyz").json) == (200, {"ok": True, "lacks": []})
    there["store"] = False
    assert (ask(office, "/readyz").status_code, ask(office, "/readyz").json) == (503, {"ok": False, "lacks": ["store"]})
    office.readiness.drain()
    assert ask(office, "/readyz").json == {"ok": False, "lacks": ["draining", "store"]}


def test_a_program_of_this_machine_reads_the_metrics(office: Office) -> None:
    for address, host in (("127.0.0.1", "127.0.0.1:5080"), ("::1", "[::1]:5080")):
        answer = ask(office, "/metrics", address, host)
        assert answer.status_code == 200
        assert answer.mimetype == "text/plain"
        assert b"memorata_joins_total 0" in answer.data


@pytest.mark.parametrize(
    ("address", "host", "headers"),
    [
        ("203.0.113.7", "127.0.0.1:5080", {}),
        ("10.0.0.7", "10.0.0.5:5080", {}),
        ("127.0.0.1", "memory.example.org", {}),
        ("127.0.0.1", "127.0.0.1:5080", {"X_Forwarded_For": "203.0.113.7"}),
        ("127.0.0.1", "127.0.0.1:5080", {"Forwarded": "for=203.0.113.7"}),
        ("127.0.0.1", "127.0.0.1:5080", {"X_Real_Ip": "127.0.0.1"}),
        ("127.0.0.1", "127.0.0.1:5080", {"Via": "1.1 proxy"}),
    ],
)
@pytest.mark.parametrize("proxies", [0, 1])
def test_nobody_else_does(tmp_path: Path, proxies: int, address: str, host: str, headers: dict[str, str]) -> None:
    answer = ask(Office(tmp_path, proxies), "/metrics", address, host, **headers)
    assert (answer.status_code, answer.json["code"]) == (401, "token.missing")
    assert b"memorata_joins" not in answer.data


def test_whoever_says_that_the_proxy_asks_for_this_machine_is_not_believed(tmp_path: Path) -> None:
    office = Office(tmp_path, 1)
    answer = ask(office, "/metrics", "203.0.113.7", X_Forwarded_For="127.0.0.1")
    assert answer.status_code == 401


def test_with_a_token_it_alone_decides(tmp_path: Path) -> None:
    office = Office(tmp_path, 1, {"metrics_token": TOKEN.encode()})
    far = {"address": "203.0.113.7", "host": "memory.example.org"}
    assert ask(office, "/metrics").status_code == 401
    assert ask(office, "/metrics", **far, Authorization=f"Bearer {TOKEN}x").json["code"] == "token.unknown"
    assert ask(office, "/metrics", **far, Authorization=f"Basic {TOKEN}").json["code"] == "token.missing"
    assert ask(office, "/metrics", **far, Authorization="Bearer пароль".encode().decode("latin-1")).status_code == 401
    assert ask(office, "/metrics", **far, Authorization=f"Bearer {TOKEN}").status_code == 200
