"""Who is in which room, so that whoever leaves costs as much as the rooms they were in, and no more.

The library keeps a room for each line and walks through all of them at each farewell. Here the room of a line itself is
none that is kept, and each line knows its rooms. Names and behaviour are those of python-socketio's `Manager`, which is
the model that the tests hold it against.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from socketio.manager import Manager
from socketio.packet import EVENT


class _Namespace:
    __slots__ = ("eio", "joining", "leaving", "of", "rooms", "sids")

    def __init__(self) -> None:
        self.sids: dict[str, str] = {}
        """The engine's number by the line's own."""
        self.eio: dict[str, str] = {}
        self.rooms: dict[str, dict[str, str]] = {}
        self.of: dict[str, dict[str, None]] = {}
        """The rooms of a line, in the order in which it entered."""
        self.joining: set[str] = set()
        self.leaving: set[str] = set()


class Rooms(Manager):  # type: ignore[misc]
    """The client manager that is given to Flask-SocketIO. What goes to many is handed to `broadcast`."""

    def __init__(self) -> None:
        super().__init__()
        self._by_name: dict[str, _Namespace] = {}
        self.broadcast: Callable[[Iterable[str], Any], None] | None = None
        """Writes one packet of the engine to many lines; `None`: one after the other, by the library."""
        self.transport: Any = None
        """Whose rooms they are."""

    def get_namespaces(self) -> Iterable[str]:
        return self._by_name.keys()

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        yield from self._members(namespace, room).items()

    def _members(self, namespace: str, room: Any) -> dict[str, str]:
        """A copy: who is told may leave meanwhile."""
        kept = self._by_name.get(namespace)
        if kept is None:
            return {}
        if isinstance(room, (list, tuple)):
            found: dict[str, str] = {}
            for each in room:
                found.update(self._members(namespace, each))
            return found
        if room is None:
            return kept.sids.copy()
        if room in kept.sids:
            return {room: kept.sids[room]}
        return kept.rooms.get(room, {}).copy()

    def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        kept = self._by_name.get(namespace)
        if kept is not None and eio_sid in kept.eio:
            return None
        if kept is None:
            kept = self._by_name[namespace] = _Namespace()
        sid: str = self.server.eio.generate_id()
        kept.sids[sid], kept.eio[eio_sid] = eio_sid, sid
        kept.joining.add(sid)
        return sid

    def connect(self, sid: str, namespace: str) -> str | None:
        if not self.is_pre_connected(sid, namespace):
            given = self.pre_connect(sid, namespace)
            if given is None:
                return None
            sid = given
        self._by_name[namespace].joining.discard(sid)
        return sid

    def is_pre_connected(self, sid: str, namespace: str) -> bool:
        kept = self._by_name.get(namespace)
        return kept is not None and sid in kept.joining

    def is_connected(self, sid: str, namespace: str) -> bool:
        kept = self._by_name.get(namespace)
        return kept is not None and sid in kept.sids and sid not in kept.joining and sid not in kept.leaving

    def sid_from_eio_sid(self, eio_sid: str, namespace: str) -> str | None:
        kept = self._by_name.get(namespace)
        return None if kept is None else kept.eio.get(eio_sid)

    def eio_sid_from_sid(self, sid: str, namespace: str) -> str | None:
        kept = self._by_name.get(namespace)
        return None if kept is None else kept.sids.get(sid)

    def pre_disconnect(self, sid: str, namespace: str) -> str | None:
        kept = self._by_name[namespace]
        kept.leaving.add(sid)
        return kept.sids.get(sid)

    def basic_disconnect(self, sid: str, namespace: str, **_kwargs: Any) -> None:
        kept = self._by_name.get(namespace)
        if kept is None:
            return
        for room in kept.of.pop(sid, ()):
            _leave(kept, sid, room)
        kept.joining.discard(sid)
        kept.leaving.discard(sid)
        self.callbacks.pop(sid, None)
        eio_sid = kept.sids.pop(sid, None)
        if eio_sid is not None:
            kept.eio.pop(eio_sid, None)
        if not kept.sids:
            del self._by_name[namespace]

    def is_sid_room(self, namespace: str, room: str) -> bool:
        kept = self._by_name.get(namespace)
        return kept is not None and room in kept.sids

    def basic_enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None:
        """Raises: ValueError: there is no such line, or the room is a line's own."""
        kept = self._by_name.get(namespace)
        if kept is None or sid not in kept.sids:
            raise ValueError("sid is not connected to requested namespace")
        if sid == room:
            return
        if room in kept.sids:
            raise ValueError("cannot enter a sid room")
        kept.rooms.setdefault(room, {})[sid] = kept.sids[sid]
        kept.of.setdefault(sid, {})[room] = None

    def basic_leave_room(self, sid: str, namespace: str, room: str) -> None:
        kept = self._by_name.get(namespace)
        if kept is not None and kept.of.get(sid, {}).pop(room, self) is None:
            _leave(kept, sid, room)

    def basic_close_room(self, room: str, namespace: str) -> None:
        """Raises: ValueError: the room is a line's own."""
        if self.is_sid_room(namespace, room):
            raise ValueError("cannot close a sid room")
        for sid in self._members(namespace, room):
            self.basic_leave_room(sid, namespace, room)

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        kept = self._by_name.get(namespace)
        if kept is None or sid not in kept.sids:
            return []
        return [sid, *kept.of.get(sid, ())]

    def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **kwargs: Any,
    ) -> None:
        if callback is not None or self.broadcast is None:
            super().emit(event, data, namespace, room, skip_sid, callback, to, **kwargs)
            return
        members = self._members(namespace, to or room)
        for each in skip_sid if isinstance(skip_sid, list) else (skip_sid,):
            members.pop(each, None)
        if not members:
            return
        arguments = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        text = self.server.packet_class(EVENT, namespace=namespace, data=[event, *arguments]).encode()
        for each in text if isinstance(text, list) else [text]:
            self.broadcast(members.values(), EnginePacket(MESSAGE, each))


def _leave(kept: _Namespace, sid: str, room: str) -> None:
    members = kept.rooms.get(room, {})
    members.pop(sid, None)
    if not members:
        kept.rooms.pop(room, None)
