"""F5: the disk of the data is full, to the last byte, in the middle of the silence."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memorata.domain import events as e
from tests.faults.conftest import NAME, an_evening, conducted, instant_ms, until_ms
from tests.faults.crowd import Crowd, Page, Press
from tests.faults.figures import Figures
from tests.faults.watch import Watch
from tests.live.client import eventually, fetch
from tests.live.conftest import Server
from tests.live.truth import truth_of
from tests.smalldisk import SmallDisk, mounted

pytestmark = [pytest.mark.faults, pytest.mark.small_disk]

DISK_MB, BALLAST_MB = 48, 8


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "small"
    folder.mkdir()
    with mounted(folder, DISK_MB) as done:
        assert done
        yield SmallDisk(folder)


def test_it_is_full_and_the_silence_goes_on(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures, disk: SmallDisk
) -> None:
    server = serving(disk.folder, MEMORATA_BALLAST_MB=str(BALLAST_MB))
    keys = server.plan(an_evening())
    crowd = crowds(server, keys["participant"], 60)
    (host,) = crowds(server, keys["host"], 1).pages
    announced = conducted(server, crowd)
    pid, ballast = server.pid, disk.folder / "ballast"
    eventually(ballast.exists, "the ballast")
    before = server.office.log.events(NAME, 0)
    with Watch(crowd, announced, truth_of(server)) as watch:
        until_ms(instant_ms(announced, "minute") + 500)
        # Somebody fills it; the ballast is thrown off first, and the host is told.
        disk.fill(leave_bytes=8 << 20)
        filled_s = time.monotonic()
        eventually(lambda: not ballast.exists(), "the ballast to go", 10)
        eventually(lambda: host.told.get("troubles") == ["disk.short"], "the host to be told", 10)
        figures.hold("F5", "alarm before it is full", time.monotonic() - filled_s, "s", 5)
        # The rest is filled too.
        disk.fill()
        full_s = time.monotonic()
        eventually(lambda: "disk.full" in (host.told.get("troubles") or ()), "the host to be told", 10)
        figures.hold("F5", "alarm when it is full", time.monotonic() - full_s, "s", 5)
        until_ms(instant_ms(announced, "after") + 300)
        press = full_store(server, crowd, host, keys["participant"])
        until_ms(instant_ms(announced, "farewell") + 300)
        disk.empty()
        room_s = time.monotonic()
        eventually(lambda: press.answer is not None and press.ok, "the press", 20)
        figures.hold("F5", "full service after there is room", press.answered_s - room_s, "s", 3)
        eventually(lambda: host.told.get("troubles") == [], "the end of the alarm", 20)
    assert watch.contradictions == []
    figures.hold("F5", "error of the time shown", watch.worst_ms, "ms", 50)
    assert {shown[1] for shown in watch.seen} >= {"minute", "after", "farewell"}
    assert all(page.lost_s == [] for page in crowd.pages[10:])
    eventually(ballast.exists, "the ballast to be laid anew")
    # The same process, the same history, and nothing of it lost or damaged.
    assert server.pid == pid
    eventually(lambda: {"minute", "after", "farewell"} <= cued(server).keys(), "what came due")
    history = server.office.log.events(NAME, 0)
    figures.hold("F5", "committed events lost", sum(one not in history for one in before), "", 0, exact=True)
    assert cued(server) == {item: instant_ms(announced, item) for item in ("minute", "after", "farewell")}
    with sqlite3.connect(disk.folder / "memorata.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    eventually(lambda: {page.seq for page in crowd.pages} == {history[-1].seq}, "all at the head", 20)
    assert [fault for page in crowd.pages for fault in page.faults] == []


def full_store(server: Server, crowd: Crowd, host: Page, key: str) -> Press:
    """What is read goes on; what would have to be written is asked to wait, calmly."""
    status, health = fetch(f"{server.url}/health")
    assert (status, health["troubles"]) == (200, ["disk.full"])
    for path in (f"/c/{NAME}/timeline.json", f"/c/{NAME}/watch", f"/e/{key}"):
        assert fetch(f"{server.url}{path}")[0] == 200, path
    # Those who are known come back in.
    dropped, lost_s = crowd.pages[:10], time.monotonic()
    crowd.call(lambda: [page.cut() for page in dropped])
    eventually(lambda: all(page.welcomed_s[-1] > lost_s for page in dropped), "those who are known", 20)
    # What is refused is written down where there is room, and otherwise not; nobody is kept out for that.
    assert fetch(f"{server.url}/api/enter", {"key": "no such key", "device": "some-device"})[0] == 404
    for number in range(200):
        status, answer = fetch(f"{server.url}/api/enter", {"key": key, "device": f"a-new-device-{number}"})
        if status != 200:
            break
    assert (status, answer["code"]) == (503, "store.busy")
    press = host.press("floor.set_asking", on=False)
    eventually(lambda: press.busy, "the host to be told", 10)
    assert press.answer is None
    return press


def cued(server: Server) -> dict[str, int]:
    found = server.office.log.events(NAME, 0)
    return {r.event.item_id: r.event.start_ms for r in found if isinstance(r.event, e.ItemCued)}
