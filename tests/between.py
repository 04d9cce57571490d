"""What stands between pages and a server in a test: a listener of its own, in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable
from typing import Self


class Between:
    """Listens on a port of its own, from entering to leaving; whoever inherits says what becomes of a connection."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("nobody listens")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, work: Callable[[], object]) -> None:
        """Do something in the thread of the connections, and wait until it is done."""
        done = threading.Event()

        def run() -> None:
            try:
                work()
            finally:
                done.set()

        self._loop.call_soon_threadsafe(run)
        done.wait(10)

    async def line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        raise NotImplementedError

    async def open_door(self) -> None:
        # The same port again, as the page knows no other.
        self._server = await asyncio.start_server(self.line, "127.0.0.1", self.port, backlog=4096)
        self.port = self._server.sockets[0].getsockname()[1]

    def close_door(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self.open_door())
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            self.close_door()
            pending = asyncio.all_tasks(self._loop)
            for task in pending:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
            self._loop.close()
