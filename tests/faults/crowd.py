"""A crowd of light pages: each has a line of its own, folds what it hears, keeps the time, and comes back by itself.

A twin of the client's connection, history, outbox and clock, small enough that one thread carries thousands. What many
hear alike is folded once: a page's state is found by the very bytes that it has heard, so that two pages hold the same
object if and only if they have heard the same.
"""

import asyncio
import base64
import contextlib
import hashlib
import os
import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec

from memorata.adapters.codec import plain, revive, revive_recorded
from memorata.domain.ceremony import evolve
from memorata.domain.programme import Progress
from memorata.domain.state import CeremonyState

BACK_OFF_S, BACK_OFF_MAX_S, BACK_OFF_CHANCE = 0.5, 4.0, 0.5
OPENING_S = 10.0
"""As client/src/connection.ts: how soon a page tries again, and how long one try may take."""

SILENT_S = 18.0
"""After so long without a ping the line is dead: the server's interval and time-out together."""

ACK_S = 5.0
PASSING = frozenset({"store.busy", "message.too_many", "retry"})
FINAL = ("link.", "door.", "person.")
FOLDED_MAX = 1_000
"""How much of what was folded is kept at hand for those who come later to the same."""

SAMPLES, SAMPLES_MAX, SPREAD_MS = 3, 10, 5.0
"""How often a page asks for the time when it has come in, more often while none came back soon; the soonest counts."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a page knows of the ceremony, and the digest of it by which pages are compared."""

    epoch: str
    state: CeremonyState
    digest: str


def digest_of(state: CeremonyState) -> str:
    return hashlib.blake2s(msgspec.json.encode(plain(state)), digest_size=8).hexdigest()


NOTHING = Heard("", CeremonyState(), "")


class Folding:
    """Folds for all: what follows from which state by which bytes."""

    def __init__(self) -> None:
        self._snapshots: dict[tuple[str, bytes], Heard] = {}
        self._events: dict[tuple[str, str, bytes], Heard] = {}

    def snapshot(self, epoch: str, raw: bytes) -> Heard:
        found = self._snapshots.get((epoch, raw))
        if found is None:
            if len(self._snapshots) > FOLDED_MAX:
                self._snapshots.clear()
            state = revive(msgspec.json.decode(raw), CeremonyState)
            found = self._snapshots[(epoch, raw)] = Heard(epoch, state, digest_of(state))
        return found

    def event(self, heard: Heard, raw: bytes) -> Heard:
        key = (heard.epoch, heard.digest, raw)
        found = self._events.get(key)
        if found is None:
            if len(self._events) > FOLDED_MAX:
                self._events.clear()
            state = evolve(heard.state, revive_recorded(msgspec.json.decode(raw)))
            found = self._events[key] = Heard(heard.epoch, state, digest_of(state))
        return found


class CatchUp(msgspec.Struct):
    """A welcome, or the answer to `sync`: a snapshot or the events since."""

    epoch: str
    seq: int
    snapshot: msgspec.Raw
    replay: list[msgspec.Raw] | None
    progress: dict[str, Any]


class Numbered(msgspec.Struct):
    seq: int


class Beat(msgspec.Struct):
    epoch: str
    seq: int
    now: float


@dataclass(slots=True)
class Press:
    """A press of a button: sent again, unchanged, until it is answered."""

    kind: str
    fields: dict[str, Any]
    cmd_id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    sent: int = 0
    pressed_s: float = field(default_factory=time.monotonic)
    busy: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    """Each "not just now": after how many seconds from its sending, and the answer."""
    answer: dict[str, Any] | None = None
    answered_s: float = 0.0

    @property
    def ok(self) -> bool:
        return self.answer is not None and bool(self.answer["ok"])


class Page:
    """One light page. Everything in it is changed by the thread of its crowd; others may look."""

    def __init__(self, crowd: "Crowd", token: str, number: int, where: tuple[str, int]) -> None:
        self.crowd, self.token, self.number, self.where = crowd, token, number, where
        self.heard = NOTHING
        self.inside = False
        self.welcomed_s: list[float] = []
        """When it was greeted, each time (monotonic)."""
        self.lost_s: list[float] = []
        self.replays = self.snapshots = self.tries = 0
        self.beats: list[tuple[float, float]] = []
        """When each beat came (monotonic), and the server's time in it, ms."""
        self.refusals: list[str] = []
        self.faults: list[str] = []
        self.presses: list[Press] = []
        self.pinged_s = 0.0
        self.told: dict[str, Any] = {}
        """What those who lead are told of their troubles, and when it came: `troubles`, `at_s`."""
        self.offset_ms: float | None = None
        """Server time less this machine's monotonic time, by the answer that came back soonest."""
        self._spread_ms = 1e9
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._later: dict[int, bytes] = {}
        self._head = 0
        self._syncing = False

    # --- what a test sees and asks ---

    @property
    def seq(self) -> int:
        return self.heard.state.seq

    def now_ms(self) -> float | None:
        """Server time as the page knows it; `None` before its first answer."""
        return None if self.offset_ms is None else time.monotonic() * 1000 + self.offset_ms

    def press(self, kind: str, **fields: Any) -> Press:
        press = Press(kind, fields)
        self.presses.append(press)
        self.crowd.call(lambda: self._send_soon(press))
        return press

    # --- its life ---

    async def live(self) -> None:
        attempt = 0
        while True:
            lasted, pause_s = False, 0.0
            self.tries += 1
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                lasted, pause_s = await self._line()
            if self.inside:
                self.inside = False
                self.lost_s.append(time.monotonic())
            for waiting in self._asked.values():
                if not waiting.done():
                    waiting.set_result(None)
            self._asked.clear()
            if pause_s < 0:
                return
            attempt = 0 if lasted else attempt + 1
            back_off_s = min(BACK_OFF_MAX_S, BACK_OFF_S * 2 ** min(attempt, 8))
            back_off_s *= 1 + BACK_OFF_CHANCE * self.crowd.chance.uniform(-1, 1)
            await asyncio.sleep(pause_s + self.crowd.chance.random() if pause_s else back_off_s)

    async def _line(self) -> tuple[bool, float]:
        """One line from its beginning to its end: whether it was greeted, and how long it was asked to stay away."""
        reader, writer = await asyncio.wait_for(asyncio.open_connection(*self.where), OPENING_S)
        self._writer = writer
        greeted = False
        try:
            key = base64.b64encode(os.urandom(16)).decode()
            writer.write(
                f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {self.crowd.named}\r\n"
                f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                "Sec-WebSocket-Version: 13\r\n\r\n".encode()
            )
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), OPENING_S)
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self.refusals.append(head.partition(b"\r\n")[0].decode())
                return False, 0.0
            limit_s = OPENING_S
            while True:
                message = await asyncio.wait_for(_message(reader), limit_s)
                if message is None:
                    return greeted, 0.0
                if message == b"2":
                    self.pinged_s = time.monotonic()
                    self.crowd.later(self.crowd.pong_after_s, self._pong(writer))
                elif message.startswith(b"0"):
                    auth = {"token": self.token, "ceremony": "", "epoch": self.heard.epoch, "seq": self.seq, "tab": "t"}
                    self._write("40/live," + msgspec.json.encode(auth).decode())
                elif message.startswith(b"44/live,"):
                    return False, self._refused(message[8:])
                elif message.startswith(b"42/live,"):
                    greeted = self._on_event(message[8:]) or greeted
                    limit_s = SILENT_S if greeted else OPENING_S
                elif message.startswith(b"43/live,"):
                    self._on_answer(message[8:])
                elif message.startswith((b"41", b"1")):
                    return greeted, 0.5
        finally:
            self._writer = None
            writer.close()

    def _refused(self, data: bytes) -> float:
        """How long to stay away; -1 for good."""
        told = msgspec.json.decode(data)
        code = (told.get("data") or told).get("code", "")
        self.refusals.append(code)
        if code.startswith(FINAL):
            self.faults.append(f"turned away: {code}")
            return -1
        return float((told.get("data") or told).get("after", 0.5))

    def _pong(self, writer: asyncio.StreamWriter) -> Callable[[], None]:
        return lambda: writer.write(frame(1, b"3"))

    def _write(self, text: str) -> None:
        if self._writer is not None:
            self._writer.write(frame(1, text.encode()))

    def cut(self) -> None:
        """Lose the line without a word; called by the thread of the crowd."""
        if self._writer is not None:
            self._writer.transport.abort()

    # --- what it hears ---

    def _on_event(self, data: bytes) -> bool:
        """Whether it was a greeting."""
        name, rest = data[2:].split(b'"', 1)
        body = rest[1:-1]
        if name == b"event":
            seq = msgspec.json.decode(body, type=Numbered).seq
            if seq > self.seq:
                self._later[seq] = body
                self._follow()
                if self._later:
                    self._catch_up_soon()
        elif name == b"beat":
            beat = msgspec.json.decode(body, type=Beat)
            self.beats.append((time.monotonic(), beat.now))
            if beat.epoch != self.heard.epoch or beat.seq > self.seq:
                self._catch_up_soon()
        elif name == b"welcome":
            self._take(msgspec.json.decode(body, type=CatchUp))
            self.inside = True
            self.welcomed_s.append(time.monotonic())
            self._catch_up_soon() if self._later else None
            for press in self.presses:
                if press.answer is None:
                    self._send_soon(press)
            self.crowd.spawn(self._ask_time())
            return True
        elif name == b"presence_changed" and b'"troubles"' in body:
            self.told = {"troubles": msgspec.json.decode(body)["troubles"], "at_s": time.monotonic()}
        elif name == b"gone":
            self.faults.append(f"gone: {body.decode()}")
        return False

    def _take(self, message: CatchUp) -> None:
        snapshot, replay = bytes(message.snapshot), message.replay
        if (snapshot == b"null") == (replay is None):
            self.faults.append("neither or both of snapshot and replay")
        if replay is None and (message.epoch != self.heard.epoch or message.seq > self.seq):
            self.heard = self.crowd.folding.snapshot(message.epoch, snapshot)
            self.snapshots += 1
            self._later = {seq: kept for seq, kept in self._later.items() if seq > self.seq}
        for event in replay or ():
            body = bytes(event)
            seq = msgspec.json.decode(body, type=Numbered).seq
            if seq > self.seq:
                self._later[seq] = body
        self.replays += replay is not None
        self._follow()
        if self.seq == message.seq and revive(message.progress, Progress) != self.heard.state.progress:
            self.faults.append(f"another timeline after {self.seq}")

    def _follow(self) -> None:
        while (body := self._later.pop(self.seq + 1, None)) is not None:
            self.heard = self.crowd.folding.event(self.heard, body)

    def _catch_up_soon(self) -> None:
        if not self._syncing and self.heard.epoch:
            self._syncing = True
            self.crowd.spawn(self._catch_up())

    async def _catch_up(self) -> None:
        try:
            await asyncio.sleep(0.25 + self.crowd.chance.random() * 0.25)
            answer = await self._ask("sync", {"epoch": self.heard.epoch, "seq": self.seq})
            if answer is not None and answer.get("ok"):
                self._take(msgspec.json.decode(msgspec.json.encode(answer), type=CatchUp))
        finally:
            self._syncing = False

    # --- what it asks ---

    async def _ask(self, event: str, body: dict[str, Any], within_s: float = ACK_S) -> dict[str, Any] | None:
        if self._writer is None:
            return None
        self._number += 1
        answer = self._asked[self._number] = asyncio.get_running_loop().create_future()
        self._write(f'42/live,{self._number}["{event}",{msgspec.json.encode(body).decode()}]')
        try:
            async with asyncio.timeout(within_s):
                found: dict[str, Any] | None = await answer
                return found
        except TimeoutError:
            return None

    def _on_answer(self, data: bytes) -> None:
        number, _, body = data.partition(b"[")
        waiting = self._asked.pop(int(number), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(msgspec.json.decode(b"[" + body)[0])

    async def _ask_time(self) -> None:
        for number in range(SAMPLES_MAX):
            if number >= SAMPLES and self._spread_ms < SPREAD_MS:
                return
            await asyncio.sleep(self.crowd.chance.random() * self.crowd.calm_s)
            sent = time.monotonic() * 1000
            answer = await self._ask("clock", {"t0": sent})
            if answer is None or "t1" not in answer:
                continue
            came = time.monotonic() * 1000
            spread = (came - sent) - (answer["t2"] - answer["t1"])
            if spread < self._spread_ms:
                self._spread_ms = spread
                self.offset_ms = ((answer["t1"] - sent) + (answer["t2"] - came)) / 2

    def _send_soon(self, press: Press) -> None:
        self.crowd.spawn(self._send(press))

    async def _send(self, press: Press) -> None:
        while press.answer is None and self.inside:
            press.sent += 1
            sent_s = time.monotonic()
            command = {"cmd_id": press.cmd_id, "kind": press.kind, **press.fields}
            answer = await self._ask("command", command)
            if answer is None:
                if not self.inside:
                    return  # sent again with the next greeting
            elif answer.get("code") in PASSING:
                press.busy.append((time.monotonic() - sent_s, answer))
            elif press.answer is None:
                press.answer, press.answered_s = answer, time.monotonic()
                return
            await asyncio.sleep(0.5 + self.crowd.chance.random())


class Crowd:
    """Pages that live in one thread of their own; a page is there from `come` on.

    Args: url: of the server. by: the port of what stands before it, if anything does. calm_s: how far apart a page's
        questions for the time are.
    """

    def __init__(self, url: str, *, by: int = 0, seed: int = 83, calm_s: float = 0.5) -> None:
        parts = urlsplit(url)
        self.named = parts.netloc
        self.where = (parts.hostname or "127.0.0.1", by or parts.port or 80)
        self.pages: list[Page] = []
        self.folding = Folding()
        self.chance = random.Random(seed)
        self.calm_s = calm_s
        self.pong_after_s = 0.0
        """How long a page takes to answer the server's question whether it is there."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="crowd", daemon=True)
        self._thread.start()

    def come(self, token: str, by: int = 0) -> Page:
        """Args: by: another port than that of the crowd."""
        page = Page(self, token, len(self.pages), (self.where[0], by or self.where[1]))
        self.pages.append(page)
        self.call(lambda: self.spawn(page.live()))
        return page

    def leave(self) -> None:
        """End, all at once."""

        async def end() -> None:
            while self._tasks:
                # Again and again: `wait_for` swallows one that comes together with what it waits for.
                for task in self._tasks:
                    task.cancel()
                await asyncio.wait(self._tasks, timeout=0.2)
            self._loop.stop()

        self.call(lambda: self._loop.create_task(end()))
        self._thread.join(20)

    @property
    def inside(self) -> int:
        return sum(page.inside for page in self.pages)

    def drop(self) -> None:
        """Every line is lost at once."""
        self.call(lambda: [page.cut() for page in self.pages])

    def call(self, work: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # it has ended
            self._loop.call_soon_threadsafe(work)

    def later(self, after_s: float, work: Callable[[], None]) -> None:
        """By the crowd's own thread."""
        if after_s:
            self._loop.call_later(after_s, work)
        else:
            work()

    def spawn(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()


async def _message(reader: asyncio.StreamReader) -> bytes | None:
    """One message of a WebSocket, pings aside; `None` when it is closed."""
    whole = b""
    while True:
        first, second = await reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(await reader.readexactly(2))
        elif length == 127:
            length = int.from_bytes(await reader.readexactly(8))
        body = await reader.readexactly(length)
        opcode = first & 0x0F
        if opcode == 8:
            return None
        if opcode in (9, 10):
            continue
        whole += body
        if first & 0x80:
            return whole


def frame(opcode: int, payload: bytes) -> bytes:
    """A frame as a browser sends it, masked by nothing."""
    size = len(payload)
    if size < 126:
        head = bytes([0x80 | opcode, 0x80 | size])
    elif size < 1 << 16:
        head = bytes([0x80 | opcode, 0xFE]) + size.to_bytes(2)
    else:
        head = bytes([0x80 | opcode, 0xFF]) + size.to_bytes(8)
    return head + b"\0\0\0\0" + payload
