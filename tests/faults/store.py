"""A database of one's own that can be taken away in one way or another."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests import postgres
from tests.faults.proxy import Proxy
from tests.postgres import PostgreSQL


class Store:
    """A database that can be taken away in one way or another; `url` is what the server is told."""

    def __init__(self, database: PostgreSQL, proxy: Proxy) -> None:
        self._database, self._proxy = database, proxy
        self.direct = database.url()
        self.url = self.direct.replace(f":{database.port}/", f":{proxy.port}/")

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self._database.stop(at_once=True)
        try:
            yield
        finally:
            self._database.start()

    def frozen(self) -> AbstractContextManager[None]:
        return self._database.frozen()

    def cut_off(self) -> AbstractContextManager[None]:
        return self._proxy.silent()

    def forgotten(self) -> AbstractContextManager[None]:
        return self._proxy.silent(forgotten=True)

    def mute(self) -> AbstractContextManager[None]:
        """It hears and does what it is asked, and its answers are lost."""
        return self._proxy.silent(answers_only=True, forgotten=True)


@pytest.fixture
def store() -> Iterator[Store]:
    """One of its own, for it will be harmed."""
    with postgres.running() as database:
        if database is None:
            pytest.skip("PostgreSQL is not installed")
        with Proxy(database.port) as proxy:
            yield Store(database, proxy)
