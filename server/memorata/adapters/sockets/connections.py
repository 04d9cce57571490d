"""Which lines are open, and whose they are: only the number of the line and the participant's id are remembered."""

from dataclasses import dataclass

from memorata import green
from memorata.adapters.sockets.wire import Auth, View
from memorata.domain.roles import Role
from memorata.services.ports import Participant


@dataclass(slots=True)
class Connection:
    """One open line. What its participant may do is asked anew at each command."""

    sid: str
    participant_id: str
    ceremony_id: str
    role: Role
    generation: int
    view: View
    asked: Auth
    arriving: Participant | None = None
    """Who they are, until they have been greeted."""
    left: bool = False
    """Whether the page has said goodbye."""


class Connections:
    def __init__(self) -> None:
        self._lock = green.lock()
        self._by_sid: dict[str, Connection] = {}
        self._by_ceremony: dict[str, dict[str, Connection]] = {}
        self._by_participant: dict[str, dict[str, Connection]] = {}

    def add(self, connection: Connection) -> None:
        with self._lock:
            self._by_sid[connection.sid] = connection
            self._by_ceremony.setdefault(connection.ceremony_id, {})[connection.sid] = connection
            self._by_participant.setdefault(connection.participant_id, {})[connection.sid] = connection

    def remove(self, sid: str) -> Connection | None:
        with self._lock:
            connection = self._by_sid.pop(sid, None)
            if connection is not None:
                _drop(self._by_ceremony, connection.ceremony_id, sid)
                _drop(self._by_participant, connection.participant_id, sid)
        return connection

    def get(self, sid: str) -> Connection | None:
        return self._by_sid.get(sid)

    def of_ceremony(self, ceremony_id: str) -> tuple[Connection, ...]:
        with self._lock:
            return tuple(self._by_ceremony.get(ceremony_id, {}).values())

    def of_participant(self, participant_id: str) -> tuple[Connection, ...]:
        with self._lock:
            return tuple(self._by_participant.get(participant_id, {}).values())

    def ceremonies(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._by_ceremony)

    def __len__(self) -> int:
        return len(self._by_sid)


def _drop(group: dict[str, dict[str, Connection]], key: str, sid: str) -> None:
    members = group.get(key, {})
    members.pop(sid, None)
    if not members:
        group.pop(key, None)
