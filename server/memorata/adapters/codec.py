"""Domain objects to plain JSON values and back, for the wire and the store alike."""

from typing import Any, TypeVar

import msgspec

from memorata.domain.events import EVENTS, Event, Recorded
from memorata.domain.items import DETAILS, Detail

T = TypeVar("T")


def plain(value: object) -> Any:
    """Dataclasses, tuples and mappings as dicts, lists and scalars."""
    return msgspec.to_builtins(value)


def _decode(kind: type, value: Any) -> Any:
    if kind is Detail:
        try:
            return msgspec.convert(value, DETAILS[value["kind"]], dec_hook=_decode)
        except (KeyError, TypeError) as missing:
            raise msgspec.ValidationError("no such kind of item") from missing
    raise NotImplementedError(kind)


def revive(value: object, kind: type[T]) -> T:
    """The domain object of this type from plain values.

    Raises: msgspec.ValidationError: with the path of what does not fit.
    """
    return msgspec.convert(value, kind, dec_hook=_decode)


def event_payload(event: Event) -> dict[str, Any]:
    """The fields of an event, without its kind."""
    fields: dict[str, Any] = plain(event)
    return fields


def revive_event(kind: str, payload: dict[str, Any]) -> Event:
    """The event of this kind; unknown kinds are a defect of the log, not of a person."""
    return revive(payload, EVENTS[kind])


def recorded_message(recorded: Recorded) -> dict[str, Any]:
    """The event as it travels: {seq, at_ms, by, kind, data}."""
    return {
        "seq": recorded.seq,
        "at_ms": recorded.at_ms,
        "by": recorded.by,
        "kind": recorded.event.kind,
        "data": event_payload(recorded.event),
    }


def revive_recorded(message: dict[str, Any]) -> Recorded:
    return Recorded(message["seq"], message["at_ms"], message["by"], revive_event(message["kind"], message["data"]))
