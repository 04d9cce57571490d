"""Whoever watches over a real server: whether it lives, whether it is ready, its numbers, its log in single lines."""

import json
import socket
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.builders import a_programme
from tests.live.client import eventually, fetch
from tests.live.conftest import Server, now_ms
from tests.live.test_serve import People
from tests.postgres import PostgreSQL

pytestmark = pytest.mark.live


def numbers(server: Server) -> dict[str, float]:
    """Every sample by its name, labels behind it."""
    status, text = fetch(f"{server.url}/metrics")
    assert status == 200, text
    return {
        sample.name + "".join(f",{value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_numbers_tell_what_happens(server: Server, ceremony: dict[str, str], people: People) -> None:
    before = numbers(server)
    chiyo, amina = people(server, ceremony["participant"]), people(server, ceremony["host"])
    assert amina.command("floor.set_asking", on=False)["ok"]
    assert not chiyo.command("floor.set_asking", on=True)["ok"]
    assert chiyo.ask("report", {"bound_ms": 3.5, "sound": "running", "picture": True})["ok"]
    found = numbers(server)
    assert found["memorata_sockets_open"] == before["memorata_sockets_open"] + 2
    assert found["memorata_joins_total"] == before["memorata_joins_total"] + 2
    assert found["memorata_commands_total,granted"] == before["memorata_commands_total,granted"] + 1
    assert found["memorata_commands_total,refused"] == before["memorata_commands_total,refused"] + 1
    assert found["memorata_command_seconds_count"] == before["memorata_command_seconds_count"] + 2
    assert found["memorata_clock_bound_seconds_count"] == before["memorata_clock_bound_seconds_count"] + 1
    assert found["memorata_store_seconds_count"] > before["memorata_store_seconds_count"]
    assert found["memorata_loop_gap_seconds_count"] > 0
    assert found["memorata_step_seats,ms5"] == before["memorata_step_seats,ms5"] + 1
    assert found["memorata_mails_due"] == 0
    assert found["process_resident_memory_bytes"] > 10e6
    assert found["process_cpu_seconds_total"] > 0
    chiyo.disconnect()
    eventually(
        lambda: numbers(server)["memorata_sockets_open"] == found["memorata_sockets_open"] - 1, "the line to end"
    )


def test_a_stranger_gets_none_of_them(server: Server) -> None:
    status, answer = fetch(
        f"{server.url}/metrics", headers={"X-Forwarded-For": "203.0.113.7", "Accept": "application/json"}
    )
    assert (status, answer["code"]) == (401, "token.missing")


def test_while_the_database_hangs_it_lives_and_takes_nobody_new(tmp_path: Path, postgresql: PostgreSQL) -> None:
    server = Server(tmp_path, MEMORATA_DATABASE_URL=postgresql.url()).start()
    try:
        eventually(lambda: fetch(f"{server.url}/readyz") == (200, {"ok": True, "lacks": []}), "the server to be ready")
        with postgresql.frozen():
            eventually(lambda: "store" in fetch(f"{server.url}/readyz")[1]["lacks"], "the store to be missed")
            status, answer = fetch(f"{server.url}/healthz")
            assert (status, answer["ok"]) == (200, True)
            busy = numbers(server)
            assert busy["memorata_store_busy_total"] > 0
            assert "memorata_seq_behind" not in busy
        eventually(lambda: fetch(f"{server.url}/readyz")[0] == 200, "the server to be ready again")
        assert numbers(server)["memorata_seq_behind"] == 0
    finally:
        server.stop()


@pytest.mark.parametrize(("mode", "level"), [("eventlet", "DEBUG"), ("threading", "DEBUG"), ("eventlet", "WARNING")])
def test_the_log_is_one_json_line_for_each_thing(tmp_path: Path, mode: str, level: str) -> None:
    server = Server(tmp_path, MEMORATA_ASYNC_MODE=mode, MEMORATA_LOG_LEVEL=level).start()
    try:
        links = server.plan(a_programme("remembrance", at_ms=now_ms() + 600_000))
        person = server.person(links["participant"]).connect()
        person.raw("2" + "not a packet of anybody")
        host, port = server.url.removeprefix("http://").split(":")
        for nonsense in (b"NONSENSE\r\n\r\n", b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n", b"\x16\x03\x01\x02"):
            with socket.create_connection((host, int(port)), timeout=5) as line:
                line.sendall(nonsense)
                line.shutdown(socket.SHUT_WR)
                while line.recv(4096):
                    pass
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=5) as answer:
            assert answer.status == 200
        eventually(lambda: any("broken request" in line for line in server.lines), "the broken requests in the log")
        person.disconnect()
    finally:
        server.stop()
    assert server.lines
    told: list[Any] = [json.loads(line) for line in server.lines]
    assert all({"event", "level", "logger", "timestamp"} <= set(one) for one in told)
    levels = {one["level"] for one in told}
    assert levels <= {"debug", "info", "warning"}
    if level == "WARNING":
        assert levels == {"warning"}
    else:
        assert {"info", "warning"} <= levels
