"""What a client sends, in whatever portions: the same messages, or the end with the right number."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memorata.adapters.transport import frames
from memorata.adapters.transport.frames import BINARY, CLOSE, PART, PING, PONG, TEXT, Broken, Frame, Reader

MOST = 1_000


def sent(kind: int, payload: bytes, mask: bytes, *, final: bool = True) -> bytes:
    """As a browser sends it."""
    size = len(payload)
    head = bytes([(0x80 if final else 0) | kind])
    if size < 126:
        length = bytes([0x80 | size])
    else:
        length = b"\xfe" + size.to_bytes(2) if size < 1 << 16 else b"\xff" + size.to_bytes(8)
    return head + length + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


def read(stream: bytes, cuts: list[int], most: int = MOST) -> tuple[list[Frame], int]:
    """The frames of a stream that comes in these portions; the number with which it is broken off, or 0."""
    reader, found, before = Reader(most), [], 0
    for cut in (*sorted(cuts), len(stream)):
        if cut > before:
            reader.feed(stream[before:cut])
            before = cut
        try:
            while (frame := reader.next()) is not None:
                found.append(frame)
        except Broken as broken:
            return found, broken.code
    return found, 0


MASKS = st.binary(min_size=4, max_size=4)


@st.composite
def conversations(draw: st.DrawFn) -> tuple[bytes, list[Frame]]:
    """A stream that is as it should be, and what is in it."""
    stream, expected = b"", []

    def control() -> None:
        nonlocal stream
        kind, payload = draw(st.sampled_from((PING, PONG))), draw(st.binary(max_size=125))
        stream += sent(kind, payload, draw(MASKS))
        expected.append(Frame(kind, payload))

    for _ in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from((TEXT, BINARY)))
        payload = draw(st.text(max_size=200)).encode() if kind == TEXT else draw(st.binary(max_size=700))
        at = sorted(draw(st.lists(st.integers(0, len(payload)), max_size=4)))
        pieces = [payload[a:b] for a, b in zip((0, *at), (*at, len(payload)), strict=True)]
        for n, piece in enumerate(pieces):
            if n and draw(st.booleans()):
                control()
            stream += sent(0 if n else kind, piece, draw(MASKS), final=n == len(pieces) - 1)
            if n < len(pieces) - 1:
                expected.append(Frame(PART))
        expected.append(Frame(TEXT, text=payload.decode()) if kind == TEXT else Frame(BINARY, payload))
        if draw(st.booleans()):
            control()
    return stream, expected


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conversations(), st.data())
def test_in_whatever_portions_it_comes_the_same_is_heard(
    conversation: tuple[bytes, list[Frame]], data: st.DataObject
) -> None:
    stream, expected = conversation
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=20))
    assert read(stream, cuts) == (expected, 0)


def test_byte_by_byte_the_same_is_heard() -> None:
    stream = sent(TEXT, "Снег".encode(), b"abcd") + sent(PING, b"?", b"\0\0\0\0") + sent(BINARY, b"x" * 300, b"1234")
    assert read(stream, list(range(len(stream)))) == (
        [Frame(TEXT, text="Снег"), Frame(PING, b"?"), Frame(BINARY, b"x" * 300)],
        0,
    )


M = b"abcd"
WRONG = {
    "not masked": (b"\x81\x01x", 1002),
    "reserved bits": (b"\xc1" + sent(TEXT, b"x", M)[1:], 1002),
    "a kind that nobody knows": (sent(3, b"", M), 1002),
    "a control kind that nobody knows": (sent(11, b"", M), 1002),
    "a long ping": (b"\x89\xfe\x00\x7e", 1002),
    "a ping in parts": (sent(PING, b"", M, final=False), 1002),
    "a continuation of nothing": (sent(0, b"x", M), 1002),
    "a message within a message": (sent(TEXT, b"x", M, final=False) + sent(TEXT, b"x", M), 1002),
    "a short length told at length": (b"\x81\xfe\x00\x7d", 1002),
    "a short length told at greater length": (b"\x81\xff" + (200).to_bytes(8), 1002),
    "too long": (b"\x81\xfe" + (MOST + 1).to_bytes(2), 1009),
    "beyond all bounds": (b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", 1009),
    "too long in all": (sent(TEXT, b"x" * 600, M, final=False) + sent(0, b"x" * 600, M), 1009),
    "no text": (sent(TEXT, b"\xff\xfe", M), 1007),
    "half a letter": (sent(TEXT, "ж".encode()[:1], M), 1007),
    "a surrogate": (sent(TEXT, b"\xed\xa0\x80", M), 1007),
    "a farewell of one byte": (sent(CLOSE, b"\x03", M), 1002),
    "a farewell that may not be said": (sent(CLOSE, (1005).to_bytes(2), M), 1002),
    "a farewell that is no text": (sent(CLOSE, (1000).to_bytes(2) + b"\xff", M), 1007),
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("by_byte", [False, True])
def test_what_is_wrong_ends_with_its_number(kind: str, by_byte: bool) -> None:
    stream, code = WRONG[kind]
    good = sent(TEXT, b"before", M)
    cuts = list(range(len(good) + len(stream))) if by_byte else []
    found, broken = read(good + stream, cuts)
    assert broken == code
    assert [frame for frame in found if frame.kind != PART] == [Frame(TEXT, text="before")]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=10))
def test_garbage_is_read_alike_in_any_portions(stream: bytes, cuts: list[int]) -> None:
    found = read(stream, [cut for cut in cuts if cut < len(stream)])
    assert found == read(stream, [])
    assert found[1] in (0, 1002, 1007, 1009)


def test_what_was_long_does_not_count_for_what_follows() -> None:
    once = sent(TEXT, b"x" * 600, M, final=False) + sent(0, b"x" * 400, M)
    found, code = read(once * 3, [])
    assert ([len(frame.text) for frame in found if frame.kind == TEXT], code) == ([MOST] * 3, 0)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=70_000))
def test_what_a_server_sends_is_one_frame_that_is_not_masked(payload: bytes) -> None:
    frame = frames.packed(payload, BINARY)
    assert frame[0] == 0x82
    assert not frame[1] & 0x80
    at = {126: 4, 127: 10}.get(frame[1], 2)
    assert (int.from_bytes(frame[2:at]) if at > 2 else frame[1]) == len(payload)
    assert frame[at:] == payload


def test_a_farewell_says_its_number() -> None:
    assert frames.farewell(1009) == b"\x88\x02\x03\xf1"
