"""Argon2, at most four at once; whom there is no hash for is looked at just as long."""

import threading
from typing import Any

import pytest

from memorata.adapters import passwords
from memorata.adapters.passwords import AT_ONCE, Argon2Passwords
from memorata.domain.errors import Refused


@pytest.fixture
def cheap() -> Argon2Passwords:
    return Argon2Passwords(memory_kib=64, rounds=1)


def test_a_hash_is_its_password_s_alone(cheap: Argon2Passwords) -> None:
    hashed = cheap.hash("snow on the well")
    assert hashed.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert hashed != cheap.hash("snow on the well")
    assert cheap.check(hashed, "snow on the well")
    assert not cheap.check(hashed, "snow on the Well")
    assert not cheap.check("no hash at all", "snow on the well")


def test_the_cost_is_the_recommended_one() -> None:
    assert Argon2Passwords().hash("snow on the well").startswith("$argon2id$v=19$m=47104,t=2,p=1$")


def test_without_a_hash_it_is_wrong_and_one_is_looked_at_all_the_same(
    cheap: Argon2Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    verify = cheap._is_right

    def watched(password_hash: str, password: str) -> bool:
        looked.append(password_hash)
        return verify(password_hash, password)

    monkeypatch.setattr(cheap, "_is_right", watched)
    assert not cheap.check(None, "snow on the well")
    assert not cheap.check(None, "")
    assert len(looked) == 2
    assert all(one.startswith("$argon2id$v=19$m=64,t=1,p=1$") for one in looked)


def test_four_at_once_and_who_waits_too_long_is_told(cheap: Argon2Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE_S", 0.05)
    inside, most, go_on = 0, 0, threading.Event()
    counted = threading.Lock()

    def slow(*_: Any) -> str:
        nonlocal inside, most
        with counted:
            inside += 1
            most = max(most, inside)
        go_on.wait(10)
        with counted:
            inside -= 1
        return "hash"

    monkeypatch.setattr(cheap, "_hasher", type("Slow", (), {"hash": slow})())
    busy = [threading.Thread(target=cheap.hash, args=("x",)) for _ in range(AT_ONCE)]
    for thread in busy:
        thread.start()
    while inside < AT_ONCE:
        go_on.wait(0.001)
    with pytest.raises(Refused, match=r"enter\.busy"):
        cheap.hash("x")
    go_on.set()
    for thread in busy:
        thread.join()
    assert cheap.hash("x") == "hash"
    assert most == AT_ONCE
