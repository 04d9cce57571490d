"""A TCP proxy before a database or a server, whose lines can be cut, held silent, or made to answer nobody."""

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import contextmanager

from tests.between import Between


class Proxy(Between):
    """Listens on a port of its own. What it does to its lines may be changed at any instant, from any thread."""

    def __init__(self, to_port: int) -> None:
        super().__init__(to_port)
        self.lines = 0
        self._down_open, self._up_open = asyncio.Event(), asyncio.Event()
        self._down_open.set()
        self._up_open.set()
        self._ends: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Every line breaks at once; who comes back is let through."""
        self.call(lambda: [end.transport.abort() for end in tuple(self._ends)])

    @contextmanager
    def silent(self, *, answers_only: bool = False, forgotten: bool = False) -> Iterator[None]:
        """Nothing comes through, and nobody is told: new lines are taken and hear nothing.

        Args: answers_only: what is asked comes through, the answers do not. forgotten: the lines that there were stay
            silent for ever, as behind a firewall that has forgotten them; else what was held comes through afterwards.
        """
        self.call(lambda: self._shut(answers_only))
        try:
            yield
        finally:
            self.call(lambda: self._open(forgotten))

    def _shut(self, answers_only: bool) -> None:
        self._down_open.clear()
        if not answers_only:
            self._up_open.clear()

    def _open(self, forgotten: bool) -> None:
        if forgotten:
            # Lines of before wait at gates that nobody opens any more.
            self._down_open, self._up_open = asyncio.Event(), asyncio.Event()
        self._down_open.set()
        self._up_open.set()

    async def line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        up, down = self._up_open, self._down_open
        far: asyncio.StreamWriter | None = None
        try:
            await up.wait()
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.to_port)
            self._ends |= {writer, far}
            ways = [
                asyncio.ensure_future(_carry(reader, far, up)),
                asyncio.ensure_future(_carry(far_reader, writer, down)),
            ]
            _, going = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in going:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass  # nobody is there: the line closes at once; or the proxy ends
        finally:
            for end in (writer, far):
                if end is not None:
                    self._ends.discard(end)
                    with contextlib.suppress(OSError, RuntimeError):
                        end.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, opened: asyncio.Event) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            await opened.wait()
            writer.write(data)
            await writer.drain()
