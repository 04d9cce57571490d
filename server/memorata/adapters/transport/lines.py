"""All connections of a server: made by the engine, written to by the rooms and the guard, and asked by the pings."""

import base64
import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import engineio.socket
from engineio.packet import Packet

from memorata import green
from memorata.adapters.transport.engine import Socket, frame_of
from memorata.adapters.transport.line import Line
from memorata.adapters.transport.pings import Pings
from memorata.adapters.transport.rooms import Rooms
from memorata.adapters.transport.turns import Turns

NUMBERS = 64
"""So many numbers of lines are made at once."""


class Guards(Protocol):
    """Who is told of lines that do what they may not; may log, and so is never called by the loop itself."""

    def cut(self, eio_sid: str, kind: str) -> None: ...

    def slow(self, eio_sid: str) -> None:
        """It fetches nothing: it is to be noted and closed."""


class Transport:
    """All connections of a server; to the guard it is what `Lines` is without it."""

    def __init__(
        self, server: Any, rooms: Rooms, now: Callable[[], float], is_prompt: Callable[[str | bytes], bool]
    ) -> None:
        """Args:

        now: when a message comes, in ms of the server's clock; is_prompt: whether a message is answered without waiting
        for anything, so that it needs no thread.
        """
        self.loop = green.Loop()
        self.turns = Turns(self.loop)
        self.pings = Pings(server.eio.ping_interval, server.eio.ping_timeout, self.loop.later)
        self.now, self.is_prompt = now, is_prompt
        self.guards: Guards
        self._server, self._engine, self._rooms = server, server.eio, rooms

    def install(self, guards: Guards) -> None:
        self.guards = guards
        plain, ours = engineio.socket.Socket, self._engine

        def make(engine: Any, sid: str) -> Any:
            return Socket(engine, sid, self) if engine is ours else plain(engine, sid)

        engineio.socket.Socket = make
        ours.start_service_task = False  # it would wake once for each line in each ping interval
        ours.generate_id = Numbers().next
        self._rooms.broadcast, self._rooms.transport = self.broadcast, self

    def get(self, eio_sid: str) -> Socket | None:
        """The line, where it is a WebSocket and no other transport is in use."""
        found: Socket | None = self._engine.sockets.get(eio_sid)
        if found is None or found.line is None or found.closing or found.closed:
            return None
        return found

    def waiting(self, eio_sid: str) -> int:
        """How many packets a line has not fetched."""
        found: Socket | None = self._engine.sockets.get(eio_sid)
        return 0 if found is None else found.waiting

    def send(self, eio_sid: str, packet: Packet) -> bool:
        """False where the engine has to do it."""
        found = self.get(eio_sid)
        if found is None:
            return False
        found.send(packet)
        return True

    def broadcast(self, eio_sids: Iterable[str], packet: Packet) -> None:
        """One frame for all; each gets it in its turn."""
        self.turns.tell(self._lines(eio_sids, packet), frame_of(packet))

    def _lines(self, eio_sids: Iterable[str], packet: Packet) -> Iterator[Line]:
        """The lines; whoever has none gets the packet by the engine."""
        sockets = self._engine.sockets
        for eio_sid in eio_sids:
            found: Socket | None = sockets.get(eio_sid)
            if found is None:
                continue
            if found.line is None:
                self._server._send_eio_packet(eio_sid, packet)
            else:
                yield found.line


class Numbers:
    """Numbers of lines that nobody can guess; asking the system for each of them is slow."""

    def __init__(self) -> None:
        self._ready: list[str] = []

    def next(self) -> str:
        if not self._ready:
            made = base64.urlsafe_b64encode(secrets.token_bytes(15 * NUMBERS)).decode()
            self._ready = [made[n : n + 20] for n in range(0, len(made), 20)]
        return self._ready.pop()
