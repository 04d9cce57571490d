"""Records the histories that bind the server's `evolve` and `moment` to their twins: python -m tests.vectors"""

import json
from pathlib import Path
from typing import Any

from memorata.adapters import codec
from memorata.domain import events as e
from memorata.domain.ceremony import fold
from memorata.domain.programme import item_states, moment
from memorata.domain.state import CeremonyState
from memorata.services.snapshots import public_event
from tests.histories import History, a_history

FOLDER = Path(__file__).parent
SEEDS = {"evening": 7, "interrupted": 21, "crowded": 42}
EVERY = 12
"""After so many events the state is written down too, as a snapshot to start from."""


def a_vector(history: History, public: bool) -> dict[str, Any]:
    """One recorded history as a role sees it, its states on the way, and what is shown at many instants."""
    recorded = [public_event(one) if public else one for one in history.recorded]
    states = [
        codec.plain(fold(CeremonyState(), recorded[:count]))
        for count in (*range(EVERY, len(recorded), EVERY), len(recorded))
    ]
    return {
        "events": [codec.recorded_message(one) for one in recorded],
        "states": states,
        "moments": [_shown(recorded, at_ms) for at_ms in _instants(recorded)],
    }


def _instants(recorded: list[e.Recorded]) -> list[int]:
    first, last = recorded[0].at_ms, recorded[-1].at_ms
    return [first + (last + 300_000 - first) * i // 60 for i in range(61)]


def _shown(recorded: list[e.Recorded], at_ms: int) -> dict[str, Any]:
    state = fold(CeremonyState(), recorded)
    assert state.programme is not None
    shown = moment(state.programme, state.progress, at_ms)
    return {
        "at_ms": at_ms,
        "phase": shown.phase,
        "item": shown.item.id if shown.item else None,
        "run": codec.plain(shown.run) if shown.run else None,
        "position_ms": shown.position_ms,
        "held": shown.held,
        "over": shown.over,
        "step": shown.step,
        "silence": shown.silence,
        "standby": codec.plain(shown.standby) if shown.standby else None,
        "states": item_states(state.programme, state.progress, at_ms),
    }


def vectors() -> dict[str, dict[str, Any]]:
    """File name to vector."""
    return {
        f"{name}.{'public' if public else 'staff'}.json": a_vector(a_history(seed, 90), public)
        for name, seed in SEEDS.items()
        for public in (True, False)
    }


if __name__ == "__main__":
    for name, vector in vectors().items():
        (FOLDER / name).write_text(json.dumps(vector, ensure_ascii=False, separators=(",", ":")) + "\n")
        print(f"{name}: {len(vector['events'])} events")
