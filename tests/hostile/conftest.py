"""The real server, as the live tests have it."""

from tests.live.conftest import ceremony, own_server, people, server

__all__ = ["ceremony", "own_server", "people", "server"]
