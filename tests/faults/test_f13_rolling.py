"""F13: all workers are replaced, one after the other, while a ceremony is held."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memorata.services.admission import Profile
from tests.builders import a_programme, an_item
from tests.faults.crowd import Crowd
from tests.faults.figures import Figures
from tests.live.client import eventually
from tests.live.conftest import now_ms
from tests.live.fleet import Fleet
from tests.postgres import PostgreSQL
from tests.redis import Redis

pytestmark = [pytest.mark.faults, pytest.mark.heavy]

NAME = "rolled"
DRAIN_S = 8


@pytest.fixture
def fleet(postgresql: PostgreSQL, redis_server: Redis, tmp_path: Path) -> Iterator[Fleet]:
    started = Fleet(
        tmp_path,
        MEMORATA_DATABASE_URL=postgresql.url(),
        MEMORATA_REDIS_URL=redis_server.url,
        MEMORATA_DRAIN_S=str(DRAIN_S),
    ).start()
    yield started
    started.stop()
    assert [line for line in started.lines if "Traceback" in line] == []


@pytest.fixture
def crowds(fleet: Fleet) -> Iterator[Callable[[int, str, int], Crowd]]:
    made: list[Crowd] = []

    def gather(worker: int, key: str, count: int) -> Crowd:
        crowd = Crowd(fleet.urls[worker], seed=83 + worker)
        made.append(crowd)
        for number in range(count):
            entry = fleet.office.admission.enter(key, f"page-{worker}-{number}-of-the-rolling", Profile())
            crowd.come(entry.token)
        eventually(lambda: crowd.inside == count, "all to be in", 60)
        return crowd

    yield gather
    for crowd in made:
        crowd.leave()


@pytest.mark.timeout(240)
def test_all_workers_are_replaced_and_nobody_is_away_for_long(
    fleet: Fleet, crowds: Callable[[int, str, int], Crowd], figures: Figures
) -> None:
    programme = a_programme(NAME, at_ms=now_ms() + 600_000, items=[an_item("words", planned_s=600)])
    keys = fleet.plan(programme)
    both = [crowds(worker, keys["participant"], 60) for worker in (0, 1)]
    pages = [page for crowd in both for page in crowd.pages]
    before = fleet.pids()
    answer = fleet.command("restart", "--force")
    assert answer.returncode == 0, answer.stderr
    eventually(lambda: all(crowd.inside == len(crowd.pages) for crowd in both), "all to be back", 60)
    assert not set(fleet.pids()) & set(before)
    away_s = [
        back_s - lost_s for page in pages for lost_s, back_s in zip(page.lost_s, page.welcomed_s[1:], strict=True)
    ]
    figures.hold("F13", "a page is away, at most", max(away_s), "s", 5)
    figures.hold(
        "F13", "times that a page is let go, at most", max(len(page.lost_s) for page in pages), "", 1, exact=True
    )
    # What happens afterwards reaches everybody, and nothing of before is missing.
    fleet.office.ceremonies.follow()
    fleet.office.ceremonies.conduct(NAME, on=True)
    head = fleet.office.log.events(NAME, 0)[-1].seq
    eventually(lambda: all(page.seq >= head for page in pages), "all at the head", 30)
    assert len({page.heard.digest for page in pages}) == 1
    faults = [fault for page in pages for fault in page.faults]
    figures.hold("F13", "events lost", len(faults), "", 0, exact=True)
    # One of the new ones keeps the stage, by a hand-over and not by a death that had to be noticed.
    began_s = time.monotonic()
    eventually(lambda: fleet.events("stage.kept_here")[-1:], "a keeper")
    assert time.monotonic() - began_s < 5
