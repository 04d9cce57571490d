"""A line between pages and the server that is slow, loses, stalls, falls silent or is cut, as somebody's network is.

What is lost on a TCP line is sent again by the system: a page notices a loss as a pause of what follows it. So that is
what is made here, by the byte and in order; nothing of what arrives is ever wrong.
"""

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field
from typing import Self

from tests.between import Between

CHUNK = 1400
"""About one packet."""


@dataclass(frozen=True, slots=True)
class Quality:
    """`loss`: which part of the packets is lost; each pauses its way by `again_s`, until it has been sent again.

    Now and then (`stall_every_s` apart on average; never, when it is 0) everything stands still for `stall_s`.
    """

    one_way_s: float = 0.0
    loss: float = 0.0
    again_s: float = 0.0
    stall_s: float = 0.0
    stall_every_s: float = 0.0


GOOD = Quality()
BAD = Quality(one_way_s=0.4, loss=0.1, again_s=1.0, stall_s=3.0, stall_every_s=30.0)
"""A telephone at the edge of its network: 800 ms there and back, every tenth packet lost, three seconds of nothing."""


@dataclass(eq=False, slots=True)
class _Line:
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    forgotten: bool = False


class BadLine(Between):
    """Listens on a port of its own; what is asked of it holds from then on. `down_bytes` and `up_bytes` have passed."""

    def __init__(self, to_port: int, quality: Quality = GOOD, seed: int = 1) -> None:
        super().__init__(to_port)
        self.quality = quality
        self.down_bytes = 0
        self.up_bytes = 0
        self.opened = 0
        """How many connections have been asked for."""
        self._random = random.Random(seed)
        self._lines: set[_Line] = set()
        self._silent = False
        self._answer: bytes | None = None
        self._still_until = 0.0

    def __enter__(self) -> Self:
        super().__enter__()
        self.call(lambda: self._loop.create_task(self._stalls()))
        return self

    def cut(self) -> None:
        """All connections end, and nobody listens."""
        self.call(self.close_door)
        self.call(self._end_all)

    def silence(self) -> None:
        """Nothing comes through, and nobody is told; a connection of this time is never heard of again."""
        self._silent = True
        for line in list(self._lines):
            line.forgotten = True

    def restore(self) -> None:
        """New connections are as good as ever."""
        self._silent = False
        self._answer = None
        if self._server is None:
            asyncio.run_coroutine_threadsafe(self.open_door(), self._loop).result(10)

    def answer(self, status: str, body: str, *, kind: str = "text/html", headers: str = "") -> None:
        """Something between answers every request by itself, as a proxy does that has lost its server."""
        data = body.encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{headers}Connection: close"
        self._answer = f"{head}\r\n\r\n".encode() + data
        self.call(self._end_all)

    def stall(self, seconds: float) -> None:
        """Everything stands still for so long, and then goes on with nothing lost."""
        self._still_until = time.monotonic() + seconds

    def _end_all(self) -> None:
        for line in list(self._lines):
            for writer in line.writers:
                writer.transport.abort()

    async def _stalls(self) -> None:
        while True:
            await asyncio.sleep(0.2)
            every = self.quality.stall_every_s
            if every and self._random.random() < 0.2 / every:
                self.stall(self.quality.stall_s)

    async def line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        line = _Line([writer], self._silent)
        self._lines.add(line)
        try:
            if self._answer is not None:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer)
                await writer.drain()
                return
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
            line.writers.append(far_writer)
            ways = [
                asyncio.ensure_future(self._way(line, reader, far_writer, down=False)),
                asyncio.ensure_future(self._way(line, far_reader, writer, down=True)),
            ]
            try:
                # One end may stop sending before the other has said all.
                done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                if ways[1] not in done:
                    await asyncio.wait(ways, timeout=5)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # no server just now: the page sees a line that closes at once
        except asyncio.CancelledError:
            pass  # the test is over; the loop would tell of it as of a defect
        finally:
            self._lines.discard(line)
            for end in line.writers:
                with contextlib.suppress(OSError, RuntimeError):
                    end.close()

    async def _way(
        self, line: _Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, down: bool
    ) -> None:
        going: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        send = asyncio.ensure_future(self._send(line, going, writer, down=down))
        due = 0.0
        try:
            while data := await reader.read(CHUNK):
                quality = self.quality
                due = max(due, time.monotonic() + quality.one_way_s)
                if self._random.random() < quality.loss:
                    due += quality.again_s
                going.put_nowait((due, data))
            going.put_nowait((due, b""))
            await send
        except OSError:
            pass
        finally:
            send.cancel()
            await asyncio.gather(send, return_exceptions=True)

    async def _send(
        self, line: _Line, going: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter, *, down: bool
    ) -> None:
        while True:
            due, data = await going.get()
            while (rest := max(due, self._still_until) - time.monotonic()) > 0:
                await asyncio.sleep(rest)
            if line.forgotten:
                await asyncio.Event().wait()
            if not data:
                return
            if down:
                self.down_bytes += len(data)
            else:
                self.up_bytes += len(data)
            writer.write(data)
            await writer.drain()
