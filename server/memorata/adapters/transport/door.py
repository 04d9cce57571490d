"""The listener as the web server sees it: it lets in a few, then everybody inside gets a turn, then the next few.

Who opens a WebSocket is served here; all others are handed to the web server. A connection that says nothing costs no
thread, and is closed after a while.
"""

import errno
import socket
from collections.abc import Callable
from typing import Any

import structlog

from memorata import green
from memorata.adapters.transport.turns import Turns
from memorata.adapters.transport.upgrade import Upgrades

log = structlog.get_logger(__name__)

AT_ONCE = 12
READY_MAX = 256
"""Connections that wait for the web server until no more are let in."""

FULL = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))
AGAIN_S = 0.2


class Door:
    """`accept` and `close` are the web server's to call; all else is the listener's own."""

    def __init__(self, listener: Any, upgrades: Upgrades, loop: green.Loop, turns: Turns, silent_s: float) -> None:
        """Args: listener: a green one; silent_s: how long a connection may be open until it says something."""
        self._listener, self._upgrades, self._loop, self._turns = listener, upgrades, loop, turns
        self._silent_s = silent_s
        self._ready = green.queue()
        self._watched: Any = None
        self._closed = False
        self._open()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)

    def accept(self) -> Any:
        """The next connection that is not served here, and the address of its other side."""
        found = self._ready.get()
        if self._watched is None and self._ready.qsize() < READY_MAX:
            self._open()
        return found

    def close(self) -> None:
        self._closed = True
        self._shut()
        self._listener.close()

    def _open(self) -> None:
        if not self._closed and self._watched is None:
            self._watched = self._loop.on_readable(self._listener.fileno(), self._let_in, self._shut)

    def _shut(self) -> None:
        if self._watched is not None:
            self._loop.forget(self._watched)
            self._watched = None

    def _let_in(self, _fd: int) -> None:
        for _ in range(AT_ONCE):
            try:
                sock, address = self._listener.fd.accept()
            except OSError as error:
                if error.errno in FULL:
                    self._shut()
                    self._loop.later(AGAIN_S, self._open)
                    self._turns.start(lambda: log.warning("serve.full"))
                return
            self._loop.opened(sock.fileno())
            sock.setblocking(False)
            if not self._serve(sock, address):
                self._wait(sock, address)

    def _serve(self, sock: socket.socket, address: tuple[Any, ...]) -> bool:
        """False where nothing has come yet."""
        try:
            environ = self._upgrades.read(sock)
        except BlockingIOError:
            return False
        except OSError:
            sock.close()
            return True
        if environ is not None:
            self._turns.start(lambda: self._upgrades.answer(sock, address, environ))
        else:
            self._ready.put((green.made_green(sock), address))
            if self._ready.qsize() >= READY_MAX:
                self._shut()
        return True

    def _wait(self, sock: socket.socket, address: tuple[Any, ...]) -> None:
        ends: list[Callable[[], object]] = []

        def forget() -> None:
            for end in ends:
                end()
            ends.clear()

        def heard(_fd: int) -> None:
            forget()
            self._serve(sock, address)

        def over() -> None:
            forget()
            sock.close()

        watched = self._loop.on_readable(sock.fileno(), heard, over)
        ends.append(lambda: self._loop.forget(watched))
        ends.append(self._loop.later(self._silent_s, over))
