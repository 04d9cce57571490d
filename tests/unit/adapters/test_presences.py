"""Changes of the totals, applied in order, are the totals; one that is lost shows, and the whole repairs it."""

import json
import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from memorata.adapters.sockets import wire
from memorata.adapters.sockets.presences import applied, change
from tests.vectors.presences import FILE, totals, vector

COUNTS = st.integers(1, 500)
PLACES = st.dictionaries(st.sampled_from(["AM", "BR", "JP", "KE"]), COUNTS)
ITEMS = st.sampled_from(["candles", "wreaths", "more"])
TOTALS = st.builds(
    wire.Presence,
    version=st.just(0),
    people=st.integers(0, 500),
    seats=st.integers(0, 500),
    places=PLACES,
    elsewhere=st.integers(0, 9),
    communities=st.integers(0, 9),
    candles=st.dictionaries(ITEMS, COUNTS),
    wreaths=st.dictionaries(ITEMS, st.dictionaries(st.sampled_from(["1", "2"]), COUNTS, min_size=1)),
    sync=st.one_of(st.just(msgspec.UNSET), st.builds(wire.SyncQuality, *[COUNTS] * 5)),
)


def travelled(changed: object) -> object:
    """As it arrives."""
    return msgspec.json.decode(msgspec.json.encode(changed), type=wire.PresenceChange)


@given(st.lists(TOTALS, min_size=1, max_size=8), st.integers(0, 7))
def test_changes_in_order_are_the_totals_and_a_lost_one_shows(history: list[wire.Presence], lost: int) -> None:
    told = page = history[0]
    behind = False
    for number, now in enumerate(history[1:]):
        after = msgspec.structs.replace(now, version=told.version + 1)
        if after.sync is msgspec.UNSET:  # whoever gets them always gets them
            after = msgspec.structs.replace(after, sync=told.sync)
        changed = change(told, after)
        if changed is None:
            assert msgspec.structs.replace(after, version=told.version) == told
            continue
        told = after
        if number == lost:
            behind = True
            continue
        found = applied(page, travelled(changed))
        assert (found is None) is behind
        page, behind = found or told, False
    if not behind:
        assert page == told


def test_of_a_table_only_what_changed_travels_and_nothing_for_what_is_gone() -> None:
    before = totals(random.Random(1), 4, staff=False)
    before = msgspec.structs.replace(before, places={"BR": 80, "JP": 3, "KE": 1})
    after = msgspec.structs.replace(before, version=5, people=before.people + 1, places={"BR": 80, "JP": 4, "RU": 2})
    told = msgspec.json.decode(msgspec.json.encode(change(before, after)))
    assert told == {"base": 4, "version": 5, "people": after.people, "places": {"JP": 4, "RU": 2, "KE": 0}}
    assert applied(before, travelled(change(before, after))) == after
    assert applied(after, travelled(change(before, after))) is None


def test_every_field_of_the_totals_can_change() -> None:
    fields = {field.name for field in msgspec.structs.fields(wire.Presence)}
    assert {field.name for field in msgspec.structs.fields(wire.PresenceChange)} == fields | {"base"}
    tables = {
        field.name for field in msgspec.structs.fields(wire.Presence) if getattr(field.type, "__origin__", None) is dict
    }
    assert tables == set(wire.PRESENCE_TABLES)


def test_the_recorded_changes_are_what_the_code_makes_today() -> None:
    recorded = json.loads(FILE.read_text())
    assert recorded == vector()
    for sequence in recorded:
        page = msgspec.convert(sequence["before"], wire.Presence)
        for step in sequence["steps"]:
            found = applied(page, msgspec.convert(step["change"], wire.PresenceChange))
            assert msgspec.to_builtins(found) == step["after"]
            assert found is not None
            page = found
