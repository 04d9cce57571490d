"""A proxy between pages and server that hands on late, in order and without loss, what goes to the pages."""

import asyncio
import contextlib

from tests.between import Between


class SlowProxy(Between):
    """Listens on a port of its own. `delay_s` may be changed meanwhile: what is under way stays under way."""

    def __init__(self, to_port: int) -> None:
        super().__init__(to_port)
        self.delay_s = 0.0

    async def line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_writer: asyncio.StreamWriter | None = None
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
            ways = [
                asyncio.ensure_future(self._carry(reader, far_writer, late=False)),
                asyncio.ensure_future(self._carry(far_reader, writer, late=True)),
            ]
            _, going = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in going:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            for end in (writer, far_writer):
                if end is not None:
                    with contextlib.suppress(OSError, RuntimeError):
                        end.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, late: bool) -> None:
        parts: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        handing = asyncio.ensure_future(self._hand_on(parts, writer))
        try:
            part = b"begins"
            while part:
                try:
                    part = await reader.read(65_536)
                except OSError:
                    part = b""
                await parts.put((self._loop.time() + (self.delay_s if late else 0), part))
            await handing  # what was said before the end is still handed on
        finally:
            handing.cancel()

    async def _hand_on(self, parts: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
        due = 0.0
        with contextlib.suppress(OSError):
            while True:
                at, part = await parts.get()
                due = max(due, at)  # nothing overtakes
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                if not part:
                    return
                writer.write(part)
                await writer.drain()
