"""Three pages in a real browser see and hear a whole silence while something behind them fails."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from memorata.domain.silence import SilencePlan, beat_ms
from tests.browser.minute import Evening
from tests.faults.proxy import Proxy
from tests.faults.store import Store, store
from tests.faults.witness import accounts, wait_ms, watching
from tests.live.client import eventually
from tests.live.conftest import Server
from tests.live.truth import Truth, truth_of
from tests.smalldisk import SmallDisk, mounted

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.heavy, pytest.mark.timeout(240)]

__all__ = ["store"]


def seen(server: Server, truth: Truth, fault: Callable[[SilencePlan], AbstractContextManager[None]]) -> None:
    """The fault lasts from the third beat to the last but one."""
    evening = Evening(server)
    with watching(evening, truth) as witnesses:
        silence = evening.begin()
        wait_ms(truth, beat_ms(silence, 2) + 200)
        with fault(silence):
            pass
        for account in accounts(witnesses, silence):
            account.undisturbed()


@pytest.mark.parametrize("way", ["stopped", "frozen"])
def test_the_database_is_away(serving: Callable[..., Server], store: Store, way: str) -> None:
    server = serving(MEMORATA_DATABASE_URL=store.url)
    server.environment["MEMORATA_DATABASE_URL"] = store.direct
    truth = truth_of(server)

    @contextmanager
    def away(silence: SilencePlan) -> Iterator[None]:
        with getattr(store, way)():
            wait_ms(truth, beat_ms(silence, 10))
        yield

    seen(server, truth, away)


def test_the_host_reads_that_the_database_is_away(serving: Callable[..., Server], store: Store) -> None:
    server = serving(MEMORATA_DATABASE_URL=store.url)
    server.environment["MEMORATA_DATABASE_URL"] = store.direct
    evening = Evening(server)
    with watching(evening, truth_of(server), who=["host"]) as (host,):
        told = host.page.get_by_text("The database is away. The ceremony goes on by its times")
        expect(told).to_be_hidden()
        with store.frozen():
            expect(told).to_be_visible()
        expect(told).to_be_hidden()
        assert list(host.faults) == []


@pytest.mark.small_disk
def test_the_disk_is_full(serving: Callable[..., Server], tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    with mounted(folder, 24) as done:
        assert done
        disk, server = SmallDisk(folder), serving(folder)
        truth = truth_of(server)

        @contextmanager
        def full(silence: SilencePlan) -> Iterator[None]:
            disk.fill()
            eventually(lambda: any('"trouble": "disk.full"' in line for line in server.lines), "the alarm")
            wait_ms(truth, beat_ms(silence, 10))
            disk.empty()
            yield

        seen(server, truth, full)
        server.stop()


def test_every_line_is_lost_at_once(serving: Callable[..., Server]) -> None:
    server = serving()
    with Proxy(int(server.environment["MEMORATA_PORT"])) as proxy:
        # Pages go by the proxy's name.
        server.stop()
        server.environment["MEMORATA_BASE_URL"] = proxy.url
        server.lines.clear()
        server.start()
        truth = truth_of(server)
        server.url = proxy.url

        @contextmanager
        def cut(silence: SilencePlan) -> Iterator[None]:
            proxy.cut()
            wait_ms(truth, beat_ms(silence, 7))
            proxy.cut()
            yield

        seen(server, truth, cut)
