"""JSON for the socket library: quick, strict, and able to pass on what has been encoded already."""

from typing import Any

import msgspec


def dumps(data: object, **_: Any) -> str:
    """Structs, dataclasses and `msgspec.Raw` among plain values."""
    return msgspec.json.encode(data).decode()


def loads(text: str | bytes, **_: Any) -> Any:
    """Raises: ValueError: also where it is nested without end."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise ValueError("no JSON") from error
