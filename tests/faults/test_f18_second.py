"""F18: a second server is started by mistake, at the same port or at another one, on the same store."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import a_programme
from tests.faults.figures import Figures
from tests.live.client import eventually, fetch
from tests.live.conftest import Server, now_ms, tried

pytestmark = pytest.mark.faults

EXIT_TAKEN = 3


def test_at_the_same_port_it_does_not_start(serving: Callable[..., Server], tmp_path: Path) -> None:
    first = serving()
    port = first.environment["MEMORATA_PORT"]
    second = tried(MEMORATA_PORT=port, MEMORATA_DATA_DIR=str(tmp_path / "second"))
    assert second.returncode == EXIT_TAKEN
    assert f"port {port} is taken" in second.stderr
    assert fetch(f"{first.url}/health")[0] == 200


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_on_the_same_store_it_names_the_first_and_does_not_start(
    serving: Callable[..., Server], figures: Figures, tmp_path: Path, store: str, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/shared.sqlite"
    if store == "postgresql":
        url = request.getfixturevalue("postgresql").url()
    first = serving(tmp_path / "one", MEMORATA_DATABASE_URL=url)
    began_s = time.monotonic()
    second = tried(MEMORATA_PORT="0", MEMORATA_DATA_DIR=str(tmp_path / "two"), MEMORATA_DATABASE_URL=url)
    figures.tell("F18", f"refused after ({store})", time.monotonic() - began_s, "s")
    figures.hold("F18", "second servers that started", second.returncode != EXIT_TAKEN, "", 0, exact=True)
    assert f"another memorata, process {first.pid} on " in second.stderr
    assert "Traceback" not in second.stderr
    assert fetch(f"{first.url}/health")[0] == 200
    # Who only reads and plans claims nothing.
    first.plan(a_programme(at_ms=now_ms() + 600_000))
    # A dead one leaves its place at once; one that ends well leaves it to whoever comes.
    first.kill()
    first.start()
    eventually(lambda: fetch(f"{first.url}/health")[0] == 200, "its return")
    assert first.stop() == 0
    third = serving(tmp_path / "three", MEMORATA_DATABASE_URL=url)
    eventually(lambda: fetch(f"{third.url}/health")[0] == 200, "another one")
