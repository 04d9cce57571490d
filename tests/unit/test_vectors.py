"""The recorded histories, read back from JSON, fold to the recorded states; the client's tests read the same files."""

import json
from pathlib import Path
from typing import Any

import pytest

from memorata.adapters import codec
from memorata.domain.ceremony import fold
from memorata.domain.state import CeremonyState
from tests.vectors.__main__ import EVERY, FOLDER, vectors

FILES = sorted(FOLDER.glob("*.json"))


def test_the_files_are_what_the_code_records_today() -> None:
    assert {path.name: json.loads(path.read_text()) for path in FILES} == json.loads(json.dumps(vectors()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_history_folds_to_its_states(path: Path) -> None:
    vector: dict[str, Any] = json.loads(path.read_text())
    state = CeremonyState()
    states = []
    for number, message in enumerate(vector["events"], 1):
        state = fold(state, [codec.revive_recorded(message)])
        if number % EVERY == 0 or number == len(vector["events"]):
            states.append(codec.plain(state))
    assert json.loads(json.dumps(states)) == vector["states"]
