"""Whether a page still answers is judged by a clock that nobody sets.

The library takes the wall clock, and would close every line on which a question was on its way when that is put
forward. The names below are private to it, so its version is pinned by the lock, and tests/faults holds this.
"""

import time
from types import SimpleNamespace

from engineio import base_socket, socket


def by_monotonic_time() -> None:
    """For all lines of this process from now on."""
    for module in (base_socket, socket):
        module.time = SimpleNamespace(time=time.monotonic)
