"""The same servers and people as in tests/live, and Chromium as in tests/browser."""

from tests.browser.conftest import chromium, sit
from tests.live.conftest import ceremony, own_server, people, server

__all__ = ["ceremony", "chromium", "own_server", "people", "server", "sit"]
