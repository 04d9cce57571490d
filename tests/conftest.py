"""What all tests may ask for."""

from collections.abc import Iterator

import pytest

from tests.postgres import PostgreSQL, running


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server; what needs it is skipped where it is not installed (Debian: apt install postgresql)."""
    with running() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed")
        yield server
