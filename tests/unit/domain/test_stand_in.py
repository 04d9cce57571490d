"""Which recorded version stands in for a living voice; the client's twin is tried on the same cases."""

import json
from pathlib import Path
from typing import Any

import pytest

from memorata.adapters.codec import revive
from memorata.domain.items import Item
from memorata.domain.stage import stand_in

CASES = json.loads((Path(__file__).parents[1] / "client/stand_in.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
def test_stand_in(case: dict[str, Any]) -> None:
    found = stand_in(revive(case["item"], Item), case["step"])
    assert (found.sources[0].url if found is not None else None) == case["url"]
