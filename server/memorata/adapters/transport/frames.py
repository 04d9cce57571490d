"""WebSocket frames as bytes (RFC 6455, section 5): made for clients, and read from them in whatever portions come."""

from typing import NamedTuple

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
PART = 0
"""In place of an opcode: a fragment, of a message that goes on."""

CONTROL_MAX = 125
CLOSE_CODES = frozenset((*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)))
"""What a client may give as the reason of its farewell (section 7.4)."""


class Broken(Exception):
    """What came is no WebSocket frame that we take; `code` is what the other side is told (section 7.4)."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


class Frame(NamedTuple):
    """A whole message (`TEXT`, `BINARY`), a control frame, or a `PART`."""

    kind: int
    data: bytes = b""
    text: str = ""
    """Of a `TEXT`, in place of `data`."""


_PART = Frame(PART)


def packed(payload: bytes, kind: int = TEXT) -> bytes:
    """One frame, as a server sends it."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | kind, size))
    elif size < 1 << 16:
        head = bytes((0x80 | kind, 126)) + size.to_bytes(2)
    else:
        head = bytes((0x80 | kind, 127)) + size.to_bytes(8)
    return head + payload


def farewell(code: int) -> bytes:
    return packed(code.to_bytes(2), CLOSE)


def unmasked(data: bytes, mask: bytes) -> bytes:
    """The other way round it is the same."""
    size = len(data)
    if mask == b"\0\0\0\0" or not size:
        return data
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")


class Reader:
    """Takes what a client sends, in whatever portions it comes, and gives frame after frame."""

    __slots__ = ("_kind", "_most", "_parts", "_rest", "_size")

    def __init__(self, most: int) -> None:
        """Args: most: bytes of one message, in however many frames."""
        self._most = most
        self._rest: bytearray | None = None
        self._parts: list[bytes] | None = None
        self._kind = self._size = 0

    def feed(self, data: bytes) -> None:
        if self._rest is None:
            self._rest = bytearray(data)
        else:
            self._rest += data

    def next(self) -> Frame | None:
        """The next frame; `None`: more has to come first.

        Raises: Broken: nothing that follows could be understood.
        """
        rest = self._rest
        if rest is None or len(rest) < 2:
            return None
        first, second = rest[0], rest[1]
        kind, size, at = first & 15, second & 127, 2
        if first & 0x70:
            raise Broken(1002, "reserved bits")
        if not second & 0x80:
            raise Broken(1002, "not masked")
        if kind & 8:
            if kind > PONG or size > CONTROL_MAX or not first & 0x80:
                raise Broken(1002, "no control frame")
        elif kind > BINARY:
            raise Broken(1002, "unknown kind of frame")
        elif (kind == 0) != (self._parts is not None):
            raise Broken(1002, "a fragment out of place")
        if size >= 126:
            at = 4 if size == 126 else 10
            if len(rest) < at:
                return None
            size = int.from_bytes(rest[2:at])
            if size < (126 if at == 4 else 1 << 16):
                raise Broken(1002, "a length at greater length")
        if self._size + size > self._most and not kind & 8:
            raise Broken(1009, "too long")
        end = at + 4 + size
        if len(rest) < end:
            return None
        payload = unmasked(bytes(rest[at + 4 : end]), bytes(rest[at : at + 4]))
        if len(rest) == end:
            self._rest = None
        else:
            del rest[:end]
        return self._control(kind, payload) if kind & 8 else self._data(kind, payload, bool(first & 0x80))

    def _data(self, kind: int, payload: bytes, final: bool) -> Frame:
        if final and kind:
            return _message(kind, payload)
        parts: list[bytes] = [] if self._parts is None else self._parts
        if kind:
            self._kind, self._parts = kind, parts
        if payload:
            parts.append(payload)
        self._size += len(payload)
        if not final:
            return _PART
        kind, self._parts, self._kind, self._size = self._kind, None, 0, 0
        return _message(kind, b"".join(parts))

    def _control(self, kind: int, payload: bytes) -> Frame:
        if kind == CLOSE and payload:
            if len(payload) < 2 or int.from_bytes(payload[:2]) not in CLOSE_CODES:
                raise Broken(1002, "no reason to close")
            _text(payload[2:])
        return Frame(kind, payload)


def _message(kind: int, payload: bytes) -> Frame:
    return Frame(kind, text=_text(payload)) if kind == TEXT else Frame(kind, payload)


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Broken(1007, "no text") from None
