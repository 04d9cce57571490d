"""A small run of `make bench`: all candidates start, everybody gets in, and the tables are printed. Opt-in."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.load.scale.servers import BARE, NODE, OURS

pytestmark = pytest.mark.load
CLIENTS = 50


@pytest.mark.timeout(600)
def test_a_small_run(tmp_path: Path) -> None:
    modules = Path(__file__).with_name("scale") / "node_modules"
    candidates = [OURS, BARE, *([NODE] if modules.is_dir() else [])]
    told = tmp_path / "told.json"
    asked = ["--clients", str(CLIENTS), "--repeats", "1", "--candidates", ";".join(candidates), "--json", str(told)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.load.scale", *asked], stdout=subprocess.PIPE, text=True, check=True
    )
    print(done.stdout)
    of = json.loads(told.read_text())["sizes"][str(CLIENTS)]
    assert list(of) == candidates
    for runs in of.values():
        figures = {name: value for run in runs for name, value in run["figures"].items()}
        lost = [figures[name] for name in ("join_failed", "stampede_failed", "return_failed", "fan_missed", "refused")]
        assert lost == [0, 0, 0, 0, 0]
        assert figures["deliver_percent"] == 100
        assert min(figures["joins_per_s"], figures["memory_kb"], figures["clock_p50_ms"], figures["ack_p99_ms"]) > 0
