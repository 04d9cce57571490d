"""A TCP proxy before a database or a server, whose lines can be cut, held silent, or made to answer nobody."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Proxy:
    """Listens on a port of its own. What it does to its lines may be changed at any instant, from any thread."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.port = 0
        self.lines = 0
        self._down_open, self._up_open = asyncio.Event(), asyncio.Event()
        self._ends: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Every line breaks at once; who comes back is let through."""
        self._call(lambda: [end.transport.abort() for end in tuple(self._ends)])

    @contextmanager
    def silent(self, *, answers_only: bool = False, forgotten: bool = False) -> Iterator[None]:
        """Nothing comes through, and nobody is told: new lines are taken and hear nothing.

        Args: answers_only: what is asked comes through, the answers do not. forgotten: the lines that there were stay
            silent for ever, as behind a firewall that has forgotten them; else what was held comes through afterwards.
        """
        self._call(lambda: self._shut(answers_only))
        try:
            yield
        finally:
            self._call(lambda: self._open(forgotten))

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

    def _call(self, work: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(work)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._down_open.set()
        self._up_open.set()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._line, "127.0.0.1", 0, backlog=4096))
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        self._server.close()
        pending = asyncio.all_tasks(self._loop)
        for task in pending:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        self._loop.close()

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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
