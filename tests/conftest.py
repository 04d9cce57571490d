"""What all tests may ask for."""

from collections.abc import Iterator

import pytest

from tests.postgres import PostgreSQL, running

REAL = ("tests/browser/", "tests/live/", "tests/hostile/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs real servers and browsers gets a second try: a machine that others use too stalls now and then.

    A fault fails twice; and a first failure is told, so that what fails often is seen.
    """
    for item in items:
        if item.nodeid.startswith(REAL):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server; what needs it is skipped where it is not installed (Debian: apt install postgresql)."""
    with running() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed")
        yield server
