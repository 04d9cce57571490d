"""The load generator of `make bench`: it counts what really came, and nothing else."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.live.client import Person, eventually
from tests.live.conftest import Server
from tests.load.scale.crowd import Crowd, compiled, compiler

COUNT = 6


@pytest.fixture
def crowd(server: Server, ceremony: dict[str, str], tmp_path: Path) -> Iterator[Crowd]:
    """A host, five guests, and one who is not known."""
    if compiler() is None and not os.environ.get("CI"):
        pytest.skip("there is no C compiler (Debian: apt-get install gcc libc6-dev)")
    tokens = [server.person(ceremony["host" if n == 0 else "participant"]).enter().token for n in range(COUNT)]
    auths = [f'{{"token":"{token}","ceremony":"","epoch":"","seq":0,"tab":"t"}}' for token in [*tokens, "wrong"]]
    started = Crowd(compiled(tmp_path), int(server.url.rsplit(":", 1)[1]), auths)
    yield started
    started.end()


def test_the_crowd_counts_what_came(
    server: Server, ceremony: dict[str, str], people: Callable[..., Person], crowd: Crowd
) -> None:
    witness = people(server, ceremony["participant"])
    told = crowd.join(range(COUNT), most=2, within_s=20)
    assert (told["joined"], told["failed"], told["count"]) == (COUNT, 0, COUNT)
    assert 0 < told["p50_ms"] <= told["p99_ms"] <= told["max_ms"] <= told["last_s"] * 1000
    eventually(lambda: witness.presence["seats"] == COUNT + 1, "all seats")

    before = len(witness.events)
    told = crowd.fan(0, times=3, gap_ms=500, within_s=20)
    assert (told["times"], told["missed"], len(told["first_ms"])) == (3, 0, 3)
    for first, median, last in zip(told["first_ms"], told["median_ms"], told["last_ms"], strict=True):
        assert 0 < first <= median <= last
    eventually(lambda: len(witness.events) == before + 3, "three events")

    told = crowd.flow(0, hz=10, seconds=0.5, grace_s=20)
    assert (told["sent"], told["wanted"], told["got"], told["count"]) == (5, 5 * COUNT, 5 * COUNT, 5 * COUNT)
    eventually(lambda: len(witness.events) == before + 8, "five more events")
    assert witness.state.floor.asking  # eight times the other way

    looked = crowd.look()
    assert (looked["inside"], looked["lost"], looked["refused"], looked["strays"]) == (COUNT, 0, 0, 0)
    assert looked["welcome_size"] > 1000 > looked["event_size"] > 100

    crowd.leave(range(COUNT))
    assert crowd.look()["inside"] == 0
    assert crowd.look()["lost"] == 0


def test_the_crowd_charges_for_each_question(crowd: Crowd) -> None:
    crowd.join(range(COUNT), within_s=20)
    crowd.ask(range(1, COUNT), hz=50)
    crowd.fan(0, times=2, gap_ms=300, within_s=20)
    told = crowd.asked(within_s=20)
    assert told["answered"] == told["count"] > 10
    assert (told["bad"], told["missing"], told["skipped"]) == (0, 0, 0)
    assert 0 < told["p50_ms"] <= told["p99_ms"] <= told["max_ms"]


def test_who_is_refused_has_not_joined(crowd: Crowd) -> None:
    told = crowd.join(range(COUNT + 1), within_s=20)
    assert (told["joined"], told["failed"], told["inside"]) == (COUNT, 1, COUNT)
