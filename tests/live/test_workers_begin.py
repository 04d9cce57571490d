"""Several workers that start for the first time at the same moment, on a store and in a folder with nothing in them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.live.client import eventually, fetch
from tests.live.conftest import Server
from tests.postgres import PostgreSQL
from tests.redis import Redis

pytestmark = pytest.mark.live

WORKERS = 2
SCHEDULE = """\
title.en = "Day of remembrance {number}"
languages = ["en"]
source = "Invented for this test."

[date]
base = 1950-{number:02}-09
time = "11:00"
zone = "Europe/Vienna"

[[items]]
id = "words"
kind = "address"
title.en = "Words"
planned_s = 600
"""


@pytest.fixture
def schedules(tmp_path: Path) -> Path:
    folder = tmp_path / "schedules"
    folder.mkdir()
    return folder


def test_one_key_one_set_of_tables_and_each_series_once(
    postgresql: PostgreSQL, redis_server: Redis, tmp_path: Path, schedules: Path
) -> None:
    names = [f"day-{number}" for number in range(1, 5)]
    for number, name in enumerate(names, 1):
        (schedules / f"{name}.toml").write_text(SCHEDULE.format(number=number))
    url = postgresql.url()
    workers = [
        Server(
            tmp_path / "data",
            MEMORATA_SECRET_KEY="",
            MEMORATA_DATABASE_URL=url,
            MEMORATA_REDIS_URL=redis_server.url,
            MEMORATA_SCHEDULES_DIR=str(schedules),
            MEMORATA_INSTANCE=f"main-{number}",
        )
        for number in range(WORKERS)
    ]
    try:
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(Server.start, workers))
        outcomes = [line for worker in workers for line in worker.lines if "schedules.loaded" in line]
        assert len(outcomes) == WORKERS * len(names)
        assert [line for line in outcomes if '"refused"' in line or '"kept"' in line] == []
        # One key: what one worker signs another takes; each ceremony is there once, with one history.
        ceremonies = workers[0].office.ceremonies.list()
        assert len(ceremonies) == len(names)
        for state in ceremonies:
            assert state.programme is not None
            name = state.programme.ceremony_id
            planned = [one for one in workers[0].office.log.events(name, 0) if one.event.kind == "ceremony.planned"]
            assert len(planned) == 1, "planned once, by whichever worker came first"
            told = {fetch(f"{worker.url}/c/{name}")[0] for worker in workers}
            assert told == {200}
        # One of them keeps what only one may.
        keeping = "stage.kept_here"
        eventually(lambda: [line for worker in workers for line in worker.lines if keeping in line], "a keeper")
        assert len([line for worker in workers for line in worker.lines if keeping in line]) == 1
    finally:
        for worker in workers:
            worker.stop()
    assert [line for worker in workers for line in worker.lines if "Traceback" in line] == []
