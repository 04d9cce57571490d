"""Records totals and what changes them, which bind the client and the server: python -m tests.vectors.presences"""

import json
import random
from pathlib import Path
from typing import Any

import msgspec

from memorata.adapters.sockets import wire
from memorata.adapters.sockets.presences import change

FILE = Path(__file__).parent / "presence" / "changes.json"
PLACES = ("AM", "BR", "IL", "JP", "KE", "RU")


def totals(chance: random.Random, version: int, *, staff: bool) -> wire.Presence:
    """Any totals there may be."""
    some = {place: chance.randint(1, 90) for place in chance.sample(PLACES, chance.randint(0, len(PLACES)))}
    return wire.Presence(
        version=version,
        people=chance.randint(0, 400),
        seats=chance.randint(0, 400),
        places=dict(sorted(some.items())),
        elsewhere=chance.randint(0, 3),
        communities=chance.randint(0, 9),
        candles={item: chance.randint(1, 400) for item in ("candles", "more") if chance.random() < 0.7},
        wreaths={
            item: {str(n): chance.randint(1, 3) for n in range(1, chance.randint(2, 4))}
            for item in ("hall", "square")
            if chance.random() < 0.6
        },
        sync=wire.SyncQuality(*(chance.randint(0, 9) for _ in range(5))) if staff else msgspec.UNSET,
    )


def sequence(chance: random.Random, *, staff: bool) -> dict[str, Any]:
    """Whole totals, then changes one after the other, each with the totals after it."""
    before = whole = totals(chance, 1, staff=staff)
    steps: list[dict[str, Any]] = []
    for version in range(2, 12):
        after = totals(chance, version, staff=staff)
        if version % 3 == 0:  # most changes are small
            after = msgspec.structs.replace(before, version=version, people=before.people + 1)
        steps.append({"change": change(before, after), "after": after})
        before = after
    return {"before": whole, "steps": steps}


def vector() -> list[Any]:
    chance = random.Random(11)
    return list(msgspec.json.decode(msgspec.json.encode([sequence(chance, staff=staff) for staff in (False, True)])))


if __name__ == "__main__":
    FILE.write_text(json.dumps(vector(), separators=(",", ":")) + "\n")
