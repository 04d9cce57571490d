"""docs/examples/prometheus asks for what there is, and its alerts name numbers that are told."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from memorata.bootstrap import build
from memorata.config import Settings

FOLDER = Path(__file__).resolve().parents[2] / "docs/examples/prometheus"
COOKIE = "memorata_at"
"""By which the proxies of the examples know a browser again."""

OPERATE = FOLDER.parents[1] / "operate.md"


def rules() -> list[dict[str, Any]]:
    [group] = yaml.safe_load((FOLDER / "memorata.rules.yml").read_text())["groups"]
    return list(group["rules"])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of all samples of a server that has just been built."""
    folder = tmp_path_factory.mktemp("told")
    services = build(Settings.from_env({"MEMORATA_DATA_DIR": str(folder), "MEMORATA_REDIS_URL": "redis://127.0.0.1:1"}))
    try:
        services.meters.notes["join.refused", "link.unknown"] += 1
        text = services.metrics.text().decode()
    finally:
        services.stop()
    return {line.partition(" ")[0].partition("{")[0] for line in text.splitlines() if not line.startswith("#")}


def test_prometheus_reads_the_example() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    assert [(FOLDER / name).is_file() for name in config["rule_files"]] == [True]
    [job] = config["scrape_configs"]
    assert job["job_name"] == "memorata"
    promtool = shutil.which("promtool")
    if promtool is not None:
        subprocess.run([promtool, "check", "config", FOLDER / "prometheus.yml"], check=True, capture_output=True)


def test_each_alert_says_in_words_what_is_wrong_and_asks_for_what_is_told(told: set[str]) -> None:
    for rule in rules():
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["description"].endswith(".")
        assert rule["for"]
        named = set(re.findall(r"\b(?:memorata|process)_\w+", rule["expr"]))
        assert named <= told, rule["alert"]
    assert len(rules()) >= 4


def test_the_page_for_operators_names_every_number(told: set[str]) -> None:
    ours = {re.sub(r"_(bucket|sum|count)$", "", name) for name in told if name.startswith("memorata_")}
    ours = {name for name in ours if not name.endswith("_peak_seconds")}
    named = set(re.findall(r"`(memorata_\w+)`", OPERATE.read_text())) - {COOKIE}
    assert ours - named == set()
    assert {name for name in named if "_peak_" not in name} - ours == set()
