"""The Socket.IO namespace of a ceremony: reads a message, calls one service, acknowledges."""

from collections.abc import Callable
from typing import Any

import msgspec
import structlog
from socketio.exceptions import ConnectionRefusedError as NotConnected

from memorata.adapters.countries import is_country
from memorata.adapters.http.gate import ADDRESS
from memorata.adapters.sockets import wire
from memorata.adapters.sockets.clock import clock_handler
from memorata.adapters.sockets.connections import Connection
from memorata.adapters.sockets.guard import Guard, OpenLines
from memorata.adapters.sockets.publisher import NAMESPACE, SocketPublisher, audience, everybody, person
from memorata.adapters.sockets.staging import StageSocket
from memorata.adapters.sockets.telling import Teller, roster_row
from memorata.domain.commands import Actor
from memorata.domain.errors import Refused, text_of
from memorata.domain.roles import is_staff
from memorata.services.admission import Admission
from memorata.services.ice import IceFor
from memorata.services.live import LiveCeremonies
from memorata.services.moderation import Moderation
from memorata.services.ports import Clock, Participant, Report, SecurityLog, StoreBusy
from memorata.services.presence import PresenceDesk
from memorata.services.seating import SeatingDesk
from memorata.services.stage_shared import Stages

log = structlog.get_logger(__name__)

NOTED = frozenset({"wish.release", "wish.withhold"})
"""Commands by which something comes before everybody, or is taken from every screen."""

FULL = "seats.full"


class CeremonySocket:
    """The lines to a ceremony. Roles are never remembered by a line: they are asked for at each command."""

    def __init__(
        self,
        server: Any,
        publisher: SocketPublisher,
        teller: Teller,
        ceremonies: LiveCeremonies,
        admission: Admission,
        desk: PresenceDesk,
        moderation: Moderation,
        stage: Stages,
        ice: IceFor,
        clock: Clock,
        security: SecurityLog,
        lines: OpenLines,
        seating: SeatingDesk,
    ) -> None:
        self._seating = seating
        self._stage = stage
        self._security = security
        self._server = server
        self._connections = publisher.connections
        self._publisher = publisher
        self._teller = teller
        self._ceremonies = ceremonies
        self._admission = admission
        self._desk = desk
        self._moderation = moderation
        handlers = {
            "command": self.command,
            "sync": self.sync,
            "clock": clock_handler(clock),
            "presence": self.presence,
            "roster": self.roster,
            "moderate": self.moderate,
            "waiting": self.waiting,
            "looking": self.looking,
            "report": self.report,
            "bye": self.bye,
            **StageSocket(stage, ice, self._connection, self._participant, security).handlers,
        }
        server.on("connect", self.connect, namespace=NAMESPACE)
        server.on("disconnect", self.disconnect, namespace=NAMESPACE)
        Guard(server, handlers, self.joined, lines, security).install()

    def connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        """Raises: NotConnected: with the code of the refusal, or `retry` when it is our fault."""
        try:
            asked = msgspec.convert(auth, wire.Auth)
            participant = self._admission.authenticate(asked.token)
            if asked.ceremony not in ("", participant.ceremony_id):
                raise Refused("link.unknown")
            self._ceremonies.state(participant.ceremony_id)
            self._seating.sit(participant, back=asked.seq > 0)
        except (msgspec.ValidationError, Refused) as refusal:
            code, facts = (refusal.code, refusal.facts) if isinstance(refusal, Refused) else ("link.unknown", {})
            if code == FULL:
                raise NotConnected(code, {"code": code, "message": text_of(code), "facts": facts}) from None
            self._security.note("join.refused", address=environ.get(ADDRESS, ""), code=code)
            raise NotConnected(code, {"code": code}) from None
        except Exception as error:
            # The library would leave the page without any answer.
            if not isinstance(error, StoreBusy):
                log.exception("socket.connect")
            raise NotConnected("retry", {"code": "retry", "after": 2}) from None
        view: wire.View = "staff" if is_staff(participant.role) else "public"
        ceremony_id = participant.ceremony_id
        self._connections.add(
            Connection(
                sid, participant.id, ceremony_id, participant.role, participant.generation, view, asked, participant
            )
        )
        for room in (everybody(ceremony_id), audience(ceremony_id, view), person(participant.id)):
            self._server.enter_room(sid, room, namespace=NAMESPACE)
        self._desk.join(participant, sid)

    def joined(self, sid: str) -> None:
        """Greet: the rooms have been entered before, so nothing is missed; what comes twice has its number."""
        connection = self._connections.get(sid)
        if connection is None or connection.arriving is None:
            return
        participant, asked, connection.arriving = connection.arriving, connection.asked, None
        try:
            with self._ceremonies.still(connection.ceremony_id):
                message = self._teller.welcome(participant, connection.view, asked.epoch, asked.seq)
                self._server.emit("welcome", message, to=sid, namespace=NAMESPACE)
            if len(self._connections.of_participant(participant.id)) > 1:
                self._publisher.devices(participant.id)
        except Exception:
            # Without a greeting the page would wait for ever; a line that breaks it restores.
            log.exception("socket.welcome")
            self._server.eio.disconnect(self._server.manager.eio_sid_from_sid(sid, NAMESPACE))

    def disconnect(self, sid: str, _reason: object = None) -> None:
        connection = self._connections.remove(sid)
        if connection is None:
            return
        if not self._connections.of_participant(connection.participant_id):
            self._moderation.away(connection.ceremony_id, connection.participant_id)
        else:
            self._publisher.devices(connection.participant_id)
        self._stage.left(connection.ceremony_id, sid, goodbye=connection.left)
        if not connection.left:
            self._leave(connection, at_once=False)

    def command(self, sid: str, data: object) -> wire.Ack:
        cmd_id, command = wire.read_command(data)
        participant = self._commanding(sid)
        country = getattr(command, "country", None)
        if country and not is_country(country.upper()):
            raise Refused("words.not_allowed", field="country", reason="unknown")
        actor = Actor(
            participant_id=participant.id,
            role=participant.role,
            request_id=cmd_id,
            name=participant.name,
            community=participant.community,
            country=participant.country,
        )
        result = self._ceremonies.handle(participant.ceremony_id, command, actor, cmd_id)
        if command.kind in NOTED:
            self._security.note(command.kind, ceremony=participant.ceremony_id, role=participant.role)
        return wire.Ack(ok=True, seq=result.seq)

    def sync(self, sid: str, data: object) -> wire.Synced:
        asked = msgspec.convert(data, wire.Sync)
        connection = self._connection(sid)
        with self._ceremonies.still(connection.ceremony_id):
            return self._teller.synced(connection.ceremony_id, connection.view, asked.epoch, asked.seq)

    def presence(self, sid: str, data: object) -> wire.PresenceWhole:
        msgspec.convert(data, wire.PresenceAsk)
        connection = self._connection(sid)
        return wire.PresenceWhole(True, self._teller.told(connection.ceremony_id, connection.view))

    def roster(self, sid: str, data: object) -> wire.RosterPage:
        asked = msgspec.convert(data, wire.RosterAsk)
        page = self._desk.roster(self._participant(sid), asked.after, asked.search)
        return wire.RosterPage(True, tuple(roster_row(row) for row in page.rows), page.next)

    def moderate(self, sid: str, data: object) -> wire.Moderated:
        act = wire.read_act(data)
        who = self._commanding(sid)
        done = self._moderation.act(who, act)
        self._security.note(act.kind, ceremony=who.ceremony_id, role=who.role)
        return wire.Moderated(True, done.rows, done.changed)

    def waiting(self, sid: str, data: object) -> wire.WaitingPage:
        asked = msgspec.convert(data, wire.WaitingAsk)
        page = self._moderation.waiting(self._participant(sid), asked.after, asked.only)
        return wire.WaitingPage(True, page.rows, page.next, page.counts, page.others)

    def looking(self, sid: str, data: object) -> wire.Ack:
        told = msgspec.convert(data, wire.Looking)
        viewer = self._participant(sid)
        if told.away:
            self._moderation.away(viewer.ceremony_id, viewer.id)
        else:
            self._moderation.look(viewer, told.entry)
        return wire.Ack(ok=True)

    def report(self, sid: str, data: object) -> wire.Ack:
        told = msgspec.convert(data, wire.Report)
        connection = self._connection(sid)
        self._desk.report(
            Participant(connection.participant_id, connection.ceremony_id, connection.role),
            Report(told.bound_ms, told.sound, told.picture, told.lag_ms),
        )
        return wire.Ack(ok=True)

    def bye(self, sid: str, data: object) -> wire.Ack:
        msgspec.convert(data, wire.Bye)
        connection = self._connection(sid)
        connection.left = True
        self._stage.left(connection.ceremony_id, sid, goodbye=True)
        self._leave(connection, at_once=True)
        return wire.Ack(ok=True)

    def _leave(self, connection: Connection, *, at_once: bool) -> None:
        who = Participant(connection.participant_id, connection.ceremony_id, connection.role)
        self._desk.leave(who, connection.sid, at_once=at_once)

    def _connection(self, sid: str) -> Connection:
        connection = self._connections.get(sid)
        if connection is None:
            raise Refused("link.unknown")
        return connection

    def _commanding(self, sid: str) -> Participant:
        """Who asks for something to be done: staff as they are in this moment, and not as they are remembered."""
        if self._connection(sid).view == "staff":
            return self._participant(sid, self._admission.participant_now)
        return self._participant(sid)

    def _participant(self, sid: str, find: Callable[[str], Participant] | None = None) -> Participant:
        connection = self._connection(sid)
        try:
            return (find or self._admission.participant)(connection.participant_id)
        except Refused:
            self._publisher.put_out_if_removed(sid)
            raise
