"""What a server counts of itself, asked as a watcher of servers asks."""

from tests.live.client import fetch
from tests.live.conftest import Server


def metric(server: Server, name: str) -> float:
    """The value of a number that has no labels, or the sum over its labels."""
    status, told = fetch(f"{server.url}/metrics")
    assert status == 200, told
    found = [
        float(line.rpartition(" ")[2])
        for line in str(told).splitlines()
        if line.partition(" ")[0].partition("{")[0] == name
    ]
    assert found, name
    return sum(found)
