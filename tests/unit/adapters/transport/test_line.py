"""A line over a real connection, by a loop of the test's: it never waits, keeps its order, lets nobody overdo it."""

import select
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from memorata.adapters.sockets.frames import BURST, HARD, RATE
from memorata.adapters.transport import frames
from memorata.adapters.transport import line as line_module
from memorata.adapters.transport.line import LINGER_S, PACKETS_MAX, UNREAD_HELD, Line
from memorata.adapters.transport.turns import Turns

MOST = 100_000


class Loop:
    """As green.Loop; time passes when the test says."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.readers: dict[int, Callable[[int], object]] = {}
        self.writers: dict[int, Callable[[int], object]] = {}
        self.calls: list[tuple[float, Callable[[], object]]] = []

    def on_readable(self, fd: int, call: Callable[[int], object], lost: Callable[[], object]) -> Any:
        assert fd not in self.readers
        self.readers[fd] = call
        return (self.readers, fd)

    def on_writable(self, fd: int, call: Callable[[int], object], lost: Callable[[], object]) -> Any:
        assert fd not in self.writers
        self.writers[fd] = call
        return (self.writers, fd)

    def forget(self, watched: Any) -> None:
        del watched[0][watched[1]]

    def soon(self, call: Callable[[], object]) -> None:
        self.calls.append((self.now_s, call))

    def later(self, seconds: float, call: Callable[[], object]) -> Callable[[], None]:
        self.calls.append((self.now_s + seconds, call))
        return lambda: None

    def start(self, work: Callable[[], object]) -> None:
        work()

    def run(self, seconds: float = 0.0, settle_s: float = 0.002) -> None:
        """So much later, until nothing more happens; what was sent may take a moment on a busy machine."""
        self.now_s += seconds
        waits = True
        for _ in range(10_000):
            due = [one for one in self.calls if one[0] <= self.now_s]
            self.calls = [one for one in self.calls if one[0] > self.now_s]
            for _, call in due:
                call()
            reads, writes, _ = select.select([*self.readers], [*self.writers], [], 0 if due or waits else settle_s)
            for fd in reads:
                if fd in self.readers:
                    self.readers[fd](fd)
            for fd in writes:
                if fd in self.writers:
                    self.writers[fd](fd)
            if due or reads or writes:
                waits = True
            elif waits and settle_s:
                waits = False
            else:
                return
        raise AssertionError("never at rest")


class Page:
    """The other end, and what the line tells of itself."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.socket = socket.socket()
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self.socket.connect(listener.getsockname())
            ours, _ = listener.accept()
        ours.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.socket.setblocking(False)
        self.turns = Turns(loop)  # type: ignore[arg-type]
        self.messages: list[str | bytes] = []
        self.cuts: list[str] = []
        self.slows = self.losses = 0
        self.line = Line(ours, self, loop, self.turns, MOST)  # type: ignore[arg-type]
        self.line.watch()
        self.got = b""
        self.over = False

    def heard(self, message: str | bytes) -> None:
        self.messages.append(message)

    def cut(self, kind: str) -> None:
        self.cuts.append(kind)

    def slow(self) -> None:
        self.slows += 1

    def lost(self) -> None:
        self.losses += 1

    def say(self, kind: int, payload: bytes = b"") -> None:
        frame = bytearray(frames.packed(payload, kind))
        frame[1] |= 0x80
        at = {126: 4, 127: 10}.get(frame[1] & 127, 2)
        frame[at:at] = b"\0\0\0\0"
        self.raw(bytes(frame))

    def raw(self, data: bytes) -> None:
        while data:
            try:
                data = data[self.socket.send(data) :]
            except BlockingIOError:
                self.loop.run()

    def read(self) -> bytes:
        """All that comes until nothing more does."""
        for _ in range(100_000):
            self.loop.run()
            try:
                part = self.socket.recv(65_536)
            except BlockingIOError:
                return self.got
            except ConnectionResetError:
                part = b""
            if not part:
                self.over = True
                return self.got
            self.got += part
        raise AssertionError

    def heard_all(self) -> list[bytes]:
        """The payloads of the frames that have come."""
        found, data = [], self.read()
        while data:
            at = {126: 4, 127: 10}.get(data[1], 2)
            size = int.from_bytes(data[2:at]) if at > 2 else data[1]
            found.append(data[at : at + size])
            data = data[at + size :]
        return found

    def put(self, payload: bytes) -> None:
        self.line.put(frames.packed(payload))
        self.turns.flush(self.line)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    loop = Loop()
    monkeypatch.setattr(line_module.time, "monotonic", lambda: loop.now_s)
    made = Page(loop)
    yield made
    made.socket.close()
    made.line.drop()


def test_messages_are_heard_and_told_in_their_order(page: Page) -> None:
    for word in (b"one", "два".encode()):
        page.say(frames.TEXT, word)
    page.say(frames.BINARY, b"\x00")
    for word in (b"a", b"b", b"c"):
        page.put(word)
    page.loop.run()
    assert (page.messages, page.heard_all()) == (["one", "два", b"\x00"], [b"a", b"b", b"c"])


def test_who_stops_reading_gets_the_rest_in_its_order_later(page: Page) -> None:
    told = [f"{n}".encode() * 2_000 for n in range(40)]
    for payload in told:
        page.put(payload)
        page.loop.run()
    assert 0 < page.line.waiting < 40
    assert page.heard_all() == told
    assert (page.line.waiting, page.losses, page.slows) == (0, 0, 0)
    page.put(b"after")
    assert page.heard_all()[-1] == b"after"
    assert page.loop.writers == {}


def test_what_may_not_wait_goes_past_what_waits_but_into_no_frame(page: Page) -> None:
    page.line.put(frames.packed(b"queued"))
    assert page.line.send_now(lambda: frames.packed(b"now"))
    page.turns.flush(page.line)
    assert page.heard_all() == [b"now", b"queued"]
    for n in range(40):
        page.put(f"{n}".encode() * 2_000)
        page.loop.run()
    made: list[int] = []
    assert not page.line.send_now(lambda: made.append(1) or b"")  # type: ignore[func-returns-value]
    assert made == []
    assert len(page.heard_all()) == 42
    assert page.line.send_now(lambda: frames.packed(b"again"))
    assert page.heard_all()[-1] == b"again"


def test_a_long_one_that_may_not_wait_is_finished_before_the_next(page: Page) -> None:
    long = b"x" * 90_000
    assert page.line.send_now(lambda: frames.packed(long))
    assert not page.line.send_now(lambda: frames.packed(b"too early"))
    page.put(b"next")
    assert page.heard_all() == [long, b"next"]


def test_who_fetches_nothing_is_let_go(page: Page) -> None:
    for _ in range(PACKETS_MAX * 2):
        page.put(b"x" * 2_000)
        page.loop.run()
        if page.slows:
            break
    assert page.slows == 1
    assert page.line.waiting == PACKETS_MAX


def test_bytes_that_nobody_fetches_are_bounded_too(page: Page) -> None:
    for _ in range(PACKETS_MAX):
        page.put(b"x" * 90_000)
        page.loop.run()
        if page.slows:
            break
    assert page.slows == 1
    assert page.line.waiting * 90_000 < 2 * line_module.UNREAD_MAX


def test_who_asks_for_much_has_to_fetch_it_before_asking_again(page: Page) -> None:
    page.put(b"x" * (UNREAD_HELD + 100_000))
    page.loop.run()
    page.put(b"y")
    page.say(frames.TEXT, b"more")
    page.loop.run()
    assert page.messages == []
    assert [len(payload) for payload in page.heard_all()] == [UNREAD_HELD + 100_000, 1]
    page.loop.run()
    assert page.messages == ["more"]


def test_a_line_that_is_held_is_not_read(page: Page) -> None:
    page.line.hold()
    page.say(frames.TEXT, b"one")
    page.loop.run()
    assert page.messages == []
    page.line.release()
    page.loop.run()
    assert page.messages == ["one"]


@pytest.mark.parametrize("kind", [frames.TEXT, frames.PING, frames.PONG])
def test_too_many_frames_rest_and_then_end(page: Page, kind: int) -> None:
    for _ in range(int(BURST) + HARD + 50):
        page.say(kind)
    page.loop.run()
    assert (page.cuts, bool(page.loop.readers)) == ([], False)
    if kind == frames.TEXT:
        assert len(page.messages) == BURST + 1
    rested = 0
    while not page.cuts:
        page.loop.run(1.001 / RATE)
        rested += 1
        assert rested <= HARD, "each one more is a step nearer to the end"
    assert (page.cuts, rested) == (["frames"], HARD)
    page.loop.run(LINGER_S)
    assert page.losses == 1
    assert page.read().endswith(frames.farewell(1008))


def test_who_behaves_after_a_burst_is_forgiven(page: Page) -> None:
    for _ in range(5):
        for _ in range(int(BURST) + 30):
            page.say(frames.PONG)
        page.loop.run()
        for _ in range(100):
            page.loop.run(0.1)
    page.say(frames.TEXT, b"here")
    page.loop.run()
    assert (page.messages, page.cuts) == (["here"], [])


def test_bytes_one_by_one_rest_too(page: Page) -> None:
    page.raw(b"\x82\xfe\xff\x00\0\0\0\0")
    reads = 0
    while page.loop.readers:
        page.raw(b"x")
        page.loop.run(settle_s=0)
        reads += 1
        assert reads < 5_000
    page.raw(b"x" * 500)
    page.loop.run(0.5)
    assert page.loop.readers, "and goes on"
    assert page.cuts == []


def test_a_ping_is_answered_with_its_words(page: Page) -> None:
    page.say(frames.PING, b"there?")
    assert page.read() == frames.packed(b"there?", frames.PONG)


def test_a_farewell_is_answered_alike(page: Page) -> None:
    page.say(frames.CLOSE, (1001).to_bytes(2))
    assert page.read() == frames.farewell(1001)
    assert page.over
    page.socket.close()
    page.loop.run()
    assert (page.losses, page.cuts) == (1, [])


def test_what_is_no_frame_ends_the_line(page: Page) -> None:
    page.raw(b"\x81\x01x")
    assert page.read() == frames.farewell(1002)
    assert page.cuts == ["frame"]


def test_what_was_said_last_is_heard_before_the_end(page: Page) -> None:
    told = [f"{n}".encode() * 2_000 for n in range(30)]
    for payload in told:
        page.put(payload)
    page.line.finish()
    page.put(b"nothing more")
    assert page.heard_all() == [*told, (1000).to_bytes(2)]
    assert page.over
    assert page.losses == 0
    page.loop.run(LINGER_S)
    assert (page.losses, page.line.closed) == (1, True)


def test_whoever_is_lost_is_told_once_and_watched_no_more(page: Page) -> None:
    page.socket.close()
    page.loop.run()
    page.line.finish()
    page.line.drop()
    assert page.losses == 1
    assert (page.loop.readers, page.loop.writers) == ({}, {})
