"""What docs/in-step.md names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "",
    "server/memorata",
    "client/src",
    "client/src/view",
    "server/memorata/adapters",
    "server/memorata/adapters/sockets",
    "tests/unit/client",
    "tests/browser",
)


def test_every_file_that_it_names_is_there() -> None:
    text = (ROOT / "docs/in-step.md").read_text()
    named = set(re.findall(r"`([\w./-]+\.(?:tsx?|py))`", text))
    assert len(named) > 20
    assert [name for name in sorted(named) if not any((ROOT / folder / name).is_file() for folder in FOLDERS)] == []
