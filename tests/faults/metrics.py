"""What a server counts of itself, asked as a watcher of servers asks."""

import re

from tests.live.client import fetch
from tests.live.conftest import Server

_BUCKET = re.compile(r'memorata_loop_gap_seconds_bucket\{le="([^"]+)"\} (\S+)')


def numbers(server: Server) -> str:
    status, told = fetch(f"{server.url}/metrics")
    assert status == 200, told
    return str(told)


def metric(server: Server, name: str) -> float:
    """The value of a number that has no labels, or the sum over its labels."""
    found = [
        float(line.rpartition(" ")[2])
        for line in numbers(server).splitlines()
        if line.partition(" ")[0].partition("{")[0] == name
    ]
    assert found, name
    return sum(found)


class Gaps:
    """For how long nobody in the server got a turn, while this lasts, as its own watchdog noted it.

    `at_most_ms` is the bound of the class of the longest: one of 5, 10, 25, 50, 100, 250, 500, 1,000 and 5,000.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self.at_most_ms = 0.0

    def __enter__(self) -> "Gaps":
        self._before = self._read()
        return self

    def __exit__(self, *_: object) -> None:
        after = self._read()
        new = {bound: after[bound] - self._before[bound] for bound in after}
        self.at_most_ms = min(bound for bound in new if new[bound] == max(new.values())) * 1000

    def _read(self) -> dict[float, float]:
        return {float(bound): float(count) for bound, count in _BUCKET.findall(numbers(self._server))}
