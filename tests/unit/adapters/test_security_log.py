"""The security log: small, rotated, and nobody can be found in it."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from memorata.adapters import security_log
from memorata.adapters.security_log import FileSecurityLog, network

DAY_S = 24 * 3600


class Days:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def log(tmp_path: Path, days: Days) -> FileSecurityLog:
    return FileSecurityLog(tmp_path, days)


def lines(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "security.log").read_text().splitlines()]


def test_nothing_is_there_before_something_is_noted(tmp_path: Path, log: FileSecurityLog) -> None:
    assert list(tmp_path.iterdir()) == []
    log.note("role.changed", ceremony="remembrance", role="host", count=2)
    assert lines(tmp_path) == [
        {"at": "2027-01-15T08:00:00Z", "what": "role.changed", "ceremony": "remembrance", "role": "host", "count": 2}
    ]
    assert stat.S_IMODE((tmp_path / "security.log").stat().st_mode) == 0o600


def test_the_same_address_is_known_for_a_day_and_never_found(tmp_path: Path, log: FileSecurityLog, days: Days) -> None:
    for address in ("203.0.113.7", "203.0.113.7", "203.0.113.8"):
        log.note("join.refused", address=address)
    days.now_s += DAY_S + 1
    log.note("join.refused", address="203.0.113.7")
    first, same, other, later = (line["from"] for line in lines(tmp_path))
    assert first == same
    assert len({first, other, later}) == 3
    assert "203.0.113" not in (tmp_path / "security.log").read_text()


def test_a_fact_is_one_line_whatever_it_holds(tmp_path: Path, log: FileSecurityLog) -> None:
    log.note("join.refused", code='x\n{"what": "forged"}\r\u2028' + "y" * 10_000)
    [line] = lines(tmp_path)
    assert len((tmp_path / "security.log").read_text().splitlines()) == 1
    assert len(line["code"]) == 200


def test_of_one_kind_there_are_some_a_minute_and_the_rest_is_counted(
    tmp_path: Path, log: FileSecurityLog, days: Days
) -> None:
    for _ in range(1000):
        log.note("flood.cut")
    log.note("role.changed")
    assert len(lines(tmp_path)) == 31
    days.now_s += 61
    log.note("flood.cut")
    assert lines(tmp_path)[-1]["left_out"] == 970


def test_it_never_grows_beyond_its_size(
    tmp_path: Path, log: FileSecurityLog, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_log, "EACH_MAX", 2_000)
    for n in range(500):
        days.now_s += 61
        log.note("flood.cut", number=n, kind="x" * 100)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["security.log", *(f"security.log.{n}" for n in range(1, 5))]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 10_000
    assert lines(tmp_path)[-1]["number"] == 499


def test_several_processes_turn_the_files_together_and_lose_nothing_that_is_new(
    tmp_path: Path, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_log, "EACH_MAX", 2_000)
    several = [FileSecurityLog(tmp_path, days) for _ in range(3)]
    for n in range(200):
        days.now_s += 61
        several[n % 3].note("flood.cut", number=n, kind="x" * 100)
    files = [*(tmp_path / f"security.log.{n}" for n in range(4, 0, -1)), tmp_path / "security.log"]
    assert sorted(tmp_path.iterdir()) == sorted(files)
    numbers = [json.loads(line)["number"] for path in files for line in path.read_text().splitlines()]
    assert numbers == list(range(numbers[0], 200)), "in their order, without a gap"
    # Each file is filled before the next is begun, however many write.
    assert all(path.stat().st_size > 1_700 for path in files[:-1])


def test_a_full_disk_or_no_folder_keeps_nobody_out(tmp_path: Path) -> None:
    FileSecurityLog(tmp_path / "gone").note("join.refused", address="203.0.113.7")
    (tmp_path / "security.log").mkdir()
    FileSecurityLog(tmp_path).note("join.refused", address="203.0.113.7")


@pytest.mark.parametrize(
    ("address", "house"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_a_house_is_one_address_of_the_old_kind_or_half_of_the_new(address: str, house: str) -> None:
    assert network(address) == house
