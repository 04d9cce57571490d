"""The history of a ceremony for its operators: a line for each event, and the proof that it adds up."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from memorata.adapters.codec import event_payload, recorded_message, revive_recorded
from memorata.domain import events as e
from memorata.domain.ceremony import evolve
from memorata.domain.civil import civil
from memorata.domain.floor import FloorEntry
from memorata.domain.programme import Programme
from memorata.domain.state import CeremonyState
from memorata.domain.tributes import Wish
from memorata.services.snapshots import public_event, public_state


class DoesNotAddUp(Exception):
    """The history is damaged; the text says where."""


def folded(history: Iterable[e.Recorded]) -> CeremonyState:
    """The state that the history leads to, proved on the way: numbers without gaps, every event survives being written
    and read, and the audience's view of each event leads from view to view.

    Raises: DoesNotAddUp
    """
    state, audience, last_ms = CeremonyState(), CeremonyState(), 0
    for recorded in history:
        if recorded.seq != state.seq + 1:
            raise DoesNotAddUp(f"event {recorded.seq} follows {state.seq}")
        if recorded.at_ms < last_ms:
            raise DoesNotAddUp(f"event {recorded.seq} is older than the one before it")
        written = msgspec.json.decode(msgspec.json.encode(recorded_message(recorded)))
        if revive_recorded(written) != recorded:
            raise DoesNotAddUp(f"event {recorded.seq} is another one when it is read back")
        state, audience, last_ms = evolve(state, recorded), evolve(audience, public_event(recorded)), recorded.at_ms
        if audience != public_state(state):
            raise DoesNotAddUp(f"event {recorded.seq} shows the audience something else than what is")
    return state


def lines(history: Iterable[e.Recorded], zone: str, names: Mapping[str, str]) -> Iterator[str]:
    """One line for each event: local time, number, who, what. `names` are those of participants, by id."""
    for recorded in history:
        at = civil(recorded.at_ms, zone)
        who = names.get(recorded.by, recorded.by)
        what = " ".join(part for part in (recorded.event.kind, _told(recorded.event, zone)) if part)
        yield f"{at:%Y-%m-%d %H:%M:%S}.{recorded.at_ms % 1000:03d}  {recorded.seq:5d}  {who:<24}  {what}"


def _told(event: e.Event, zone: str) -> str:
    return "  ".join(_field(name, value, zone) for name, value in _fields(event).items() if value not in ("", None, ()))


def _fields(event: e.Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event_payload(event)}


def _field(name: str, value: object, zone: str) -> str:
    match value:
        case Programme():
            return (
                f"{len(value.conducted())} items from {civil(value.starts_ms, value.zone):%Y-%m-%d %H:%M} {value.zone}"
            )
        case FloorEntry():
            return f"{value.kind} by {value.name or 'somebody'} [{value.id}] {value.state}"
        case Wish():
            first = value.text.partition("\n")[0]
            return f"{value.item_id} by {value.name or 'somebody'} [{value.id}]: {first[:60]}"
        case tuple():
            return f"{name}: {', '.join(map(str, value))}"
        case int() if name.endswith("_ms"):
            return f"{name.removesuffix('_ms')} {civil(value, zone):%H:%M:%S}.{value % 1000:03d}"
        case bool():
            return "on" if value else "off"
        case str():
            return value
    return f"{name} {value}"
