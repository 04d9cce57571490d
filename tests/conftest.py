"""What all tests may ask for."""

from collections.abc import Iterator

import pytest
from pytest_rerunfailures import suspended_finalizers

from tests import redis, smalldisk
from tests.postgres import PostgreSQL, running

REAL = ("tests/browser/", "tests/live/", "tests/hostile/", "tests/faults/")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--heavy", action="store_true", help="also what takes minutes (make faults)")
    parser.addoption("--figures", metavar="FILE", help="write what tests/faults measures, as JSON")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes is left out unless it is asked for.

    What runs real servers and browsers gets a second try: a machine that others use too stalls now and then. A fault
    fails twice; and a first failure is told, so that what fails often is seen.
    """
    if not config.getoption("--heavy"):
        heavy = [item for item in items if item.get_closest_marker("heavy")]
        items[:] = [item for item in items if not item.get_closest_marker("heavy")]
        config.hook.pytest_deselected(items=heavy)
    if any(item.get_closest_marker("small_disk") for item in items) and not smalldisk.can_be_made():
        small = [item for item in items if item.get_closest_marker("small_disk")]
        items[:] = [item for item in items if not item.get_closest_marker("small_disk")]
        config.hook.pytest_deselected(items=small)
        config.issue_config_time_warning(pytest.PytestWarning("no small disk can be mounted: F5 is left out"), 2)
    for item in items:
        if item.nodeid.startswith(REAL):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A second try begins in a fresh house: what the first one left behind in a server of its module would fail it."""
    if getattr(item, "execution_count", 1) > 1:
        # The plugin keeps what its second try is spared; of the module that is too much.
        finalizers, _ = suspended_finalizers.pop(item.getparent(pytest.Module), ((), None))
        for finalize in reversed(finalizers):
            finalize()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server; what needs it is skipped where it is not installed (Debian: apt install postgresql)."""
    with running() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed")
        yield server


@pytest.fixture(scope="module")
def redis_server() -> Iterator[redis.Redis]:
    """A Redis server that a test may kill; skipped where it is not installed (Debian: apt install redis-server)."""
    with redis.running() as server:
        if server is None:
            pytest.skip("Redis is not installed")
        yield server
