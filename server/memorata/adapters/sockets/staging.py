"""The stage over the socket: what pages ask of it, and what they are told."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from memorata.adapters.sockets import wire
from memorata.adapters.sockets.connections import Connection
from memorata.adapters.sockets.publisher import VIEWS, SocketPublisher, audience, person
from memorata.domain.errors import Refused
from memorata.services.ice import IceFor
from memorata.services.ports import Participant, SecurityLog
from memorata.services.stage_ports import Candidate, Description, Signal, Way
from memorata.services.stage_shared import Stages
from memorata.services.stage_told import Devices, Scene, Seen, StageGrant, Standing

INTRUDING = frozenset({"stage.not_now"})
"""Refusals that an honest page does not run into more than once."""


class SocketPages:
    """Speaks to pages through the publisher; the same to all of an audience."""

    def __init__(self, publisher: SocketPublisher) -> None:
        self._publisher = publisher

    def link(self, sid: str, link_id: str, do: Literal["open", "move", "close"], way: Way, feed_id: str) -> None:
        self._publisher.say("link", wire.StageLink(link_id, do, way, feed_id), sid)

    def signal(self, sid: str, link_id: str, signal: Signal) -> None:
        self._publisher.say("signal", _signal(link_id, signal), sid)

    def shown(self, ceremony_id: str, version: int, scene: Scene, *, everybody: bool) -> None:
        for view in VIEWS if everybody else ("staff",):
            self._publisher.say("stage", shown(version, scene, view), audience(ceremony_id, view))

    def record(self, sid: str, part: str, key: str, feed_id: str, *, on: bool) -> None:
        self._publisher.say("record", wire.StageRecord(part, key, feed_id, on), sid)

    def anew(self, sid: str) -> None:
        self._publisher.say("stage_anew", {}, sid)

    def grant(self, participant_id: str, grant: StageGrant) -> None:
        self._publisher.say("grant", grant, person(participant_id))


class StageSocket:
    """What pages ask of the stage; `handlers` are those of the namespace."""

    def __init__(
        self,
        desk: Stages,
        ice: IceFor,
        connection: Callable[[str], Connection],
        participant: Callable[[str], Participant],
        security: SecurityLog,
    ) -> None:
        self._desk = desk
        self._ice = ice
        self._connection = connection
        self._participant = participant
        self._security = security
        self.handlers: dict[str, Callable[[str, Any], object]] = {
            "stage_watch": self.watch,
            "stage_publish": self.publish,
            "stage_stop": self.stop,
            "stage_tell": self.tell,
            "stage_signal": self.signal,
        }

    def watch(self, sid: str, data: object) -> wire.StageJoined:
        asked = msgspec.convert(data, wire.StageWatch)
        who, connection = self._participant(sid), self._connection(sid)
        joined = self._desk.watch(who, sid, _page(connection), picture=asked.picture)
        ice = self._ice(who.ceremony_id, who.id, joined.scene.engine)
        return wire.StageJoined(
            True,
            shown(joined.version, joined.scene, connection.view),
            joined.grant,
            ice.servers,
            ice.relay,
            ice.picture_kbps,
        )

    def publish(self, sid: str, data: object) -> wire.StagePublishing:
        asked = msgspec.convert(data, wire.StagePublish)
        who = self._participant(sid)
        try:
            feed = self._desk.publish(who, sid, _page(self._connection(sid)), picture=asked.picture, sound=asked.sound)
        except Refused as refused:
            self._note(refused, who)
            raise
        return wire.StagePublishing(True, feed)

    def signal(self, sid: str, data: object) -> wire.Ack:
        said: Any = msgspec.convert(data, wire.StageSignal)
        signal: Signal
        if isinstance(said, wire.Found):
            signal = Candidate(said.candidate, said.mid, said.line)
        else:
            signal = Description("offer" if isinstance(said, wire.Offer) else "answer", said.sdp)
        who = self._participant(sid)
        try:
            self._desk.signal(who, sid, said.link, signal)
        except Refused as refused:
            self._note(refused, who)
            raise
        return wire.Ack(ok=True)

    def tell(self, sid: str, data: object) -> wire.Ack:
        told = msgspec.convert(data, wire.StageTell)
        self._desk.tell(self._participant(sid), Devices(told.camera, told.microphone, told.heard))
        return wire.Ack(ok=True)

    def stop(self, sid: str, data: object) -> wire.Ack:
        asked = msgspec.convert(data, wire.StageStop)
        self._desk.stop(self._participant(sid), sid, asked.what)
        return wire.Ack(ok=True)

    def _note(self, refused: Refused, who: Participant) -> None:
        if refused.code in INTRUDING:
            self._security.note("stage.refused", ceremony=who.ceremony_id, role=who.role, code=refused.code)


def shown(version: int, scene: Scene, view: wire.View) -> wire.StageShown:
    """The stage as this audience is told of it."""
    staff = view == "staff"
    carries = scene.carries
    return wire.StageShown(
        version,
        scene.engine,
        tuple(on_stage(seen) for seen in scene.people),
        scene.recording,
        scene.stream,
        tuple(_on_deck(one) for one in scene.deck) if staff else msgspec.UNSET,
        wire.StageCarries(scene.engine, carries.ok, scene.viewers, carries.well, carries.most)
        if staff
        else msgspec.UNSET,
    )


def on_stage(seen: Seen) -> wire.OnStage:
    part, feed = seen.part, seen.feed
    return wire.OnStage(
        part.key,
        part.kind,
        None if feed is None else feed.id,
        feed is not None and feed.picture,
        feed is not None and feed.sound,
        part.name,
        part.community,
        part.country,
        part.via,
    )


def _on_deck(one: Standing) -> wire.OnDeck:
    feed = None if one.feed is None else one.feed.id
    devices = one.devices
    return wire.OnDeck(one.part.key, one.part.kind, one.online, feed, devices.camera, devices.microphone, devices.heard)


def _signal(link_id: str, signal: Signal) -> wire.StageSignal:
    if isinstance(signal, Candidate):
        return wire.Found(link_id, signal.candidate, signal.mid, signal.line)
    return (wire.Offer if signal.type == "offer" else wire.Answered)(link_id, signal.sdp)


def _page(connection: Connection) -> str:
    """What stays the same when a page comes back by another line."""
    return connection.asked.tab or connection.sid
