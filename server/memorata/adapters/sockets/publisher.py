"""Tells those who are connected to this process: events in order, totals, what is one's own, the beat."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog

from memorata.adapters.sockets.connections import Connections
from memorata.adapters.sockets.telling import Teller
from memorata.adapters.sockets.wire import Devices, Gone, NameTaken, View
from memorata.domain.erasing import erases
from memorata.domain.errors import Refused
from memorata.domain.events import Recorded
from memorata.domain.roles import Role
from memorata.services.admission import Admission
from memorata.services.ports import LINK_ROLES, StoreBusy

log = structlog.get_logger(__name__)

NAMESPACE = "/live"
BEAT_S = 5.0
VIEWS: tuple[View, ...] = ("public", "staff")


def everybody(ceremony_id: str) -> str:
    return f"all:{ceremony_id}"


def audience(ceremony_id: str, view: View) -> str:
    return f"{view}:{ceremony_id}"


def person(participant_id: str) -> str:
    return f"person:{participant_id}"


class SocketPublisher:
    """Says nothing until it is attached: a command line that plans a ceremony has nobody to tell.

    Of several workers each tells those who are connected to it what it hears itself.
    """

    def __init__(self) -> None:
        self.connections = Connections()
        self._server: Any = None
        self._teller: Teller | None = None
        self._admission: Admission | None = None

    def attach(self, server: Any, teller: Teller, admission: Admission) -> None:
        """Args: server: the Socket.IO server."""
        self._server, self._teller, self._admission = server, teller, admission

    def publish(self, ceremony_id: str, events: Sequence[Recorded]) -> None:
        if self._teller is None:
            return
        for recorded in events:
            if erases(recorded.event):
                self._teller.forget(ceremony_id)
            for view in VIEWS:
                (message,) = self._teller.events((recorded,), view)
                self._emit("event", message, audience(ceremony_id, view))

    def own_changed(self, ceremony_id: str, participant_id: str) -> None:
        if self._teller is None or self._admission is None or not self.connections.of_participant(participant_id):
            return
        try:
            you = self._teller.you(self._admission.participant(participant_id))
        except Refused:
            return
        except Exception:
            log.exception("publisher.you", ceremony=ceremony_id)
            return
        self._emit("you", you, person(participant_id))

    def presence(self, ceremony_id: str) -> None:
        self._tell_presence(ceremony_id, VIEWS)

    def sync_changed(self, ceremony_id: str) -> None:
        self._tell_presence(ceremony_id, ("staff",))

    def troubled(self) -> None:
        """Tell those who lead what troubles the server has now."""
        for ceremony_id in self.connections.ceremonies():
            self.sync_changed(ceremony_id)

    def roster_changed(self, ceremony_id: str) -> None:
        self._emit("roster_changed", {}, audience(ceremony_id, "staff"))

    def erased(self, ceremony_id: str, participant_id: str | None) -> None:
        if participant_id is None:
            for whose in {connection.participant_id for connection in self.connections.of_ceremony(ceremony_id)}:
                self.own_changed(ceremony_id, whose)
            return
        for connection in self.connections.of_participant(participant_id):
            self._emit("gone", Gone("person.erased"), connection.sid)
            self._server.disconnect(connection.sid, namespace=NAMESPACE)

    def ended(self, ceremony_id: str) -> None:
        for connection in self.connections.of_ceremony(ceremony_id):
            self._emit("gone", Gone("ceremony.unknown"), connection.sid)
            self._server.disconnect(connection.sid, namespace=NAMESPACE)

    def name_taken(self, ceremony_id: str, key: str) -> None:
        self._emit("name_taken", NameTaken(key), everybody(ceremony_id))

    def devices(self, participant_id: str) -> None:
        """Tell somebody with several pages in how many browsers they are here."""
        lines = self.connections.of_participant(participant_id)
        browsers = {line.asked.tab.partition(".")[2] for line in lines}
        for line in lines:
            self._emit("devices", Devices(len(browsers)), line.sid)

    def waiting_changed(self, ceremony_id: str, changed: object) -> None:
        self._emit("waiting_changed", changed, audience(ceremony_id, "staff"))

    def looking(self, ceremony_id: str, who: object) -> None:
        self._emit("looking", who, audience(ceremony_id, "staff"))

    def removed(self, ceremony_id: str, role: Role) -> None:
        if self._admission is None:
            return
        current = self._admission.generation(ceremony_id, role)
        for connection in self.connections.of_ceremony(ceremony_id):
            if connection.role == role and connection.generation != current:
                self.put_out_if_removed(connection.sid)

    def put_out(self, participant_id: str) -> None:
        for connection in self.connections.of_participant(participant_id):
            self.put_out_if_removed(connection.sid)

    def put_out_if_removed(self, sid: str) -> None:
        """Close the line of somebody who may not be inside any more, or who comes back as somebody else."""
        connection = self.connections.get(sid)
        if connection is None or self._admission is None:
            return
        try:
            role = self._admission.participant(connection.participant_id).role
        except Refused as refused:
            self._emit("gone", Gone(refused.code), sid)
            self._server.disconnect(sid, namespace=NAMESPACE)
        else:
            if role != connection.role:
                # A page whose engine loses the line comes back by itself, and is greeted as what it is now.
                self._server.eio.disconnect(self._server.manager.eio_sid_from_sid(sid, NAMESPACE))

    def say(self, name: str, message: object, room: str) -> None:
        """One message to a room, or to one line by its number."""
        self._emit(name, message, room)

    def beat(self) -> None:
        """The number of the last event, to everybody, so that its loss shows."""
        for ceremony_id in self.connections.ceremonies():
            if self._teller is not None:
                with suppress(Refused):  # a rehearsal that was wiped a moment ago: its lines are closed by who finds it
                    self._emit("beat", self._teller.beat(ceremony_id), everybody(ceremony_id))

    def sweep(self) -> None:
        """Put out those whose link has been replaced by another process."""
        with suppress(StoreBusy):  # looked at again in a moment
            for ceremony_id in self.connections.ceremonies():
                for role in LINK_ROLES:
                    self.removed(ceremony_id, role)

    def sweep_accounts(self) -> None:
        """Put out those who came by signing in, where that has ended, here or by another process."""
        for ceremony_id in self.connections.ceremonies():
            for connection in self.connections.of_ceremony(ceremony_id):
                if connection.role == "organizer":
                    try:
                        self.put_out_if_removed(connection.sid)
                    except StoreBusy:
                        return  # looked at again in a moment, and at each command

    def clients(self) -> int:
        """How many lines are open."""
        return len(self.connections)

    def queued(self) -> tuple[int, int]:
        """How many messages wait to be sent: on the fullest line, and on all together."""
        if self._server is None:
            return 0, 0
        # Of the libraries' own lines the queue says it; of ours each says it itself, and has none.
        sockets = tuple(self._server.eio.sockets.values())
        waiting = [socket.waiting if hasattr(socket, "waiting") else socket.queue.qsize() for socket in sockets]
        return max(waiting, default=0), sum(waiting)

    def _tell_presence(self, ceremony_id: str, views: tuple[View, ...]) -> None:
        if self._teller is None:
            return
        if not self.connections.of_ceremony(ceremony_id):
            self._teller.untold(ceremony_id)
            return
        for view, changed in self._teller.changes(ceremony_id, views):
            self._emit("presence_changed", changed, audience(ceremony_id, view))

    def _emit(self, name: str, message: object, room: str) -> None:
        if self._server is None:
            return
        try:
            self._server.emit(name, message, to=room, namespace=NAMESPACE)
        except Exception:
            # One line that cannot be written to must not keep the event from the others, or undo a commit.
            log.exception("publisher.emit", message=name)
