"""A proxy between pages and server that loses messages: it knows WebSocket frames, and which of them carry an event.

A line over TCP loses nothing until it breaks; what is lost in life is lost at its breaks. Dropping single messages is
harsher than that, and tells whether anything relies on a message having come.
"""

import asyncio
import contextlib
import random
from collections import Counter
from typing import Literal

from tests.between import Between

Way = Literal["down", "up"]

_EVENT, _ACK = b"42", b"43"
"""How messages of Socket.IO begin inside a frame: an engine.io message (4) that is an event (2) or its answer (3)."""

_TEXT, _CONTINUED = 1, 0


class LossyProxy(Between):
    """Listens on a port of its own; between a WebSocket's ends it drops events and answers by chance.

    Args: to_port: of the server, on this machine. loss: how many of a hundred, as a fraction; may be changed meanwhile.
        seed: the same seed and the same traffic lose the same messages.
    """

    def __init__(self, to_port: int, loss: float, seed: int) -> None:
        super().__init__(to_port)
        self.loss = loss
        self.passed: Counter[Way] = Counter()
        self.dropped: Counter[Way] = Counter()
        self._random = random.Random(seed)

    async def line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; when either end is gone, both are."""
        far_writer: asyncio.StreamWriter | None = None
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
            upgraded: asyncio.Future[bool] = self._loop.create_future()
            ways = [
                asyncio.ensure_future(self._carry(reader, far_writer, "up", upgraded)),
                asyncio.ensure_future(self._carry(far_reader, writer, "down", upgraded)),
            ]
            _, going = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in going:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            pass  # no server just now: the page sees a line that closes at once
        finally:
            for end in (writer, far_writer):
                if end is not None:
                    with contextlib.suppress(OSError, RuntimeError):
                        end.close()

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        way: Way,
        upgraded: "asyncio.Future[bool]",
    ) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            if way == "up":
                # Until an upgrade has been answered a client says nothing after its request for one.
                while not upgraded.done():
                    head = await reader.read(65_536)
                    if not head:
                        return
                    writer.write(head)
                    await writer.drain()
                    if b"\r\nupgrade: websocket" in head.lower():
                        await upgraded
            else:
                while not upgraded.done():
                    head = await reader.read(65_536)
                    if not head:
                        return
                    if head.startswith(b"HTTP/1.1 101"):
                        head, _, rest = head.partition(b"\r\n\r\n")
                        writer.write(head + b"\r\n\r\n")
                        upgraded.set_result(True)
                        await self._frames(reader, writer, way, rest)
                        return
                    writer.write(head)
                    await writer.drain()
            await self._frames(reader, writer, way, b"")

    async def _frames(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way, ahead: bytes) -> None:
        """Frame by frame; a message in several frames is dropped or passed as a whole."""
        buffer = bytearray(ahead)

        async def more(count: int) -> None:
            while len(buffer) < count:
                got = await reader.read(65_536)
                if not got:
                    raise asyncio.IncompleteReadError(bytes(buffer), count)
                buffer.extend(got)

        dropping = False
        while True:
            await more(2)
            opcode, masked, length, at = buffer[0] & 0x0F, bool(buffer[1] & 0x80), buffer[1] & 0x7F, 2
            if length > 125:
                size = 2 if length == 126 else 8
                await more(at + size)
                length, at = int.from_bytes(buffer[at : at + size]), at + size
            if masked:
                await more(at + 4)
                mask, at = bytes(buffer[at : at + 4]), at + 4
            await more(at + length)
            frame, begin = bytes(buffer[: at + length]), bytes(buffer[at : at + min(2, length)])
            del buffer[: at + length]
            if masked:
                begin = bytes(byte ^ key for byte, key in zip(begin, mask, strict=False))
            if opcode == _TEXT:
                dropping = begin in (_EVENT, _ACK) and self._random.random() < self.loss
                (self.dropped if dropping else self.passed)[way] += begin in (_EVENT, _ACK)
            if dropping and opcode in (_TEXT, _CONTINUED):
                continue
            writer.write(frame)
            await writer.drain()
