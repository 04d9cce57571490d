"""The stage by Janus, a media server: a speaker sends once, however many watch, and the server can cut every link.

Pages never speak to Janus: whoever may send is decided here before it is asked. What it costs and how it behaves has
been measured with Janus 1.1.2; the comments that name the version say so.
"""

import time
from functools import partial
from pathlib import Path

import structlog

from memorata.adapters.stage.janus_copies import Copies
from memorata.adapters.stage.janus_line import Message, said
from memorata.adapters.stage.janus_publishing import Publishing
from memorata.adapters.stage.janus_rooms import Publication, Room, Subscription, sends, streams_of, the_room
from memorata.adapters.stage.janus_session import Session
from memorata.adapters.stage.janus_viewing import Viewing
from memorata.adapters.stage.janus_wires import Wires
from memorata.domain.errors import Refused
from memorata.services.stage_ports import Carries, Description, EngineName, Feed, Heard, Pages, Signal, Tab

log = structlog.get_logger(__name__)

EMPTY_S = 60.0
"""How long a room of which nobody wants anything is kept."""


ROOM_EXISTS = 427
"""Janus' number for it."""


class JanusEngine:
    name: EngineName = "janus"

    def __init__(
        self, url: str, secret: str, admin_key: str, key: bytes, recordings: Path, session_file: Path | None = None
    ) -> None:
        """How to reach Janus and what is needed to ask it.

        Args:
            secret: its `api_secret`; `admin_key`: of its video room plugin, for which `string_ids` has to be on.
            key: of this house; the names and secrets of rooms follow from it.
            recordings: where Janus writes what is kept; both it and we reach the folder by this name.
            session_file: tells the next process how to go on with what this one has begun.
        """
        self._admin_key, self._key, self._recordings = admin_key, key, recordings.absolute()
        self._session = Session(url, secret, self, session_file)
        self._wires = Wires(self._session)
        self._publishing = Publishing(self._wires, self._lost)
        self._viewing = Viewing(self._wires, self._publishing.feeds, self._publishing.key_frame)
        self._copies = Copies(self._wires, self._session, self._publishing, admin_key)
        self._rooms: dict[str, Room] = {}
        self._away = False
        self._refused = False

    # What the stage asks

    def start(self, pages: Pages, heard: Heard) -> None:
        self._wires.pages, self._wires.heard = pages, heard
        self._session.start()

    def stop(self) -> None:
        self._session.stop()

    def carries(self) -> Carries:
        return Carries(ok=self._session.ready and not self._refused)

    def open_feed(self, feed: Feed) -> None:
        with self._wires.lock:
            if not self._session.ready:
                raise Refused("stage.unavailable")
            self._publishing.open(feed, self._room(feed.ceremony_id))

    def close_feed(self, feed_id: str) -> None:
        with self._wires.lock:
            its = self._publishing.feeds.get(feed_id)
            if its is not None:
                self._end(its)
                self._end_strangers(its.room)

    def show(self, feed_id: str, shown: bool) -> None:
        with self._wires.lock:
            its = self._publishing.feeds.get(feed_id)
            if its is None or its.shown == shown:
                return
            its.shown = shown
            self._viewing.shown(its)
            if not shown:
                self._end_strangers(its.room)

    def add_viewer(self, tab: Tab, *, picture: bool) -> None:
        with self._wires.lock:
            if self._session.ready:
                self._room(tab.ceremony_id)
            self._viewing.add(tab, picture)

    def remove_viewer(self, sid: str) -> None:
        with self._wires.lock:
            self._viewing.remove(sid)

    def signal(self, sid: str, link_id: str, signal: Signal) -> None:
        """Raises: Refused: `stage.unknown_link`; `stage.not_now`: whoever only watches means to send."""
        with self._wires.lock:
            sending = self._publishing.of_link(link_id, sid)
            watching = self._viewing.of_link(link_id, sid)
            told = signal if isinstance(signal, Description) else None
            if sending is not None:
                if told is not None and told.type != "offer":
                    raise Refused("stage.unknown_link")
                self._publishing.signal(sending, signal)
            elif watching is not None:
                if told is not None and (told.type != "answer" or sends(told.sdp)):
                    raise Refused("stage.not_now")
                self._viewing.signal(watching, signal)
            else:
                raise Refused("stage.unknown_link")

    def record(self, feed_id: str, name: str | None) -> None:
        if name is None:
            with self._wires.lock:
                its = self._publishing.feeds.get(feed_id)
                if its is not None:
                    self._end_strangers(its.room)
        self._copies.record(feed_id, name)

    def forward(self, feed_id: str | None, ceremony_id: str, sound_port: int, picture_port: int) -> None:
        """The payload types are 111 (Opus) and 96 (VP8)."""
        room = self._rooms.get(ceremony_id)
        if feed_id is not None or room is not None:
            self._copies.forward(room, feed_id, sound_port, picture_port)

    # What the session tells

    def up(self) -> None:
        with self._wires.lock:
            away, self._away, self._refused = self._away, False, False
        if away:
            self._wires.tell(lambda heard: heard.back())

    def down(self) -> None:
        with self._wires.lock:
            self._away = True
            self._publishing.forget()
            self._viewing.forget()
            self._rooms.clear()
            self._wires.handles.clear()
        self._wires.tell(lambda heard: heard.away())

    def event(self, message: Message) -> None:
        with self._wires.lock:
            owner = self._wires.handles.get(message.get("sender", 0))
            if isinstance(owner, Room):
                self._happened(owner, said(message))
            elif isinstance(owner, Publication):
                self._publishing.event(owner, message)
            elif isinstance(owner, Subscription):
                self._viewing.event(owner, message)

    def tick(self) -> None:
        now = time.monotonic()
        with self._wires.lock:
            used = {its.room.ceremony_id for its in self._publishing.feeds.values()}
            used |= {viewer.tab.ceremony_id for viewer in self._viewing.viewers.values()}
            for room in list(self._rooms.values()):
                if room.forwarding is not None:
                    its = self._publishing.feeds.get(room.forwarding.feed_id)
                    if its is not None:
                        self._publishing.key_frame(its)  # the segments of a stream begin with one
                if room.ceremony_id in used or room.strangers or not room.open:
                    room.empty_since_s = None
                elif room.empty_since_s is None:
                    room.empty_since_s = now
                elif now - room.empty_since_s > EMPTY_S:
                    del self._rooms[room.ceremony_id]
                    self._close(room)

    # Under the lock

    def _room(self, ceremony_id: str) -> Room:
        room = self._rooms.get(ceremony_id)
        if room is None:
            room = self._rooms[ceremony_id] = the_room(self._key, ceremony_id)
            self._open(room)
        return room

    def _open(self, room: Room) -> None:
        """Make the room, or find it there, and listen to what happens in it."""

        def attached(answer: Message, fault: Exception | None) -> None:
            if fault is not None:
                self._cannot(room, fault)
                return
            room.handle = answer["data"]["id"]
            self._wires.message(room.handle, room.making(self._admin_key, self._recordings), made)

        def made(answer: Message, fault: Exception | None) -> None:
            if fault is not None and said(answer).get("error_code") != ROOM_EXISTS:
                self._cannot(room, fault)
                return
            # A number of its own for each: the one of the process before this one may still be there.
            body = {"request": "join", "ptype": "publisher", **room.entry()}
            self._wires.message(room.handle, body, joined)

        def joined(answer: Message, fault: Exception | None) -> None:
            if fault is not None:
                self._cannot(room, fault)
                return
            self._refused = False
            room.open = True
            self._happened(room, said(answer))
            for its in [its for its in self._publishing.feeds.values() if its.room is room]:
                self._publishing.join(its)

        self._wires.attach(room, attached)

    def _cannot(self, room: Room, fault: Exception) -> None:
        log.error("stage.janus.no_room", fault=str(fault))
        self._refused = True
        self._rooms.pop(room.ceremony_id, None)
        self._wires.detach(room.handle)
        for its in [its for its in self._publishing.feeds.values() if its.room is room]:
            self._lost(its)

    def _close(self, room: Room) -> None:
        def destroyed(_: Message, __: Exception | None) -> None:
            self._wires.detach(room.handle)

        self._wires.message(room.handle, room.command("destroy"), destroyed)

    def _happened(self, room: Room, told: Message) -> None:
        """In the room: who sends now, and who no more."""
        for one in told.get("publishers", []):
            its = self._publishing.feeds.get(one["id"])
            if its is None:
                room.strangers.add(one["id"])
            elif not its.live:
                its.live = True
                its.streams = streams_of(one.get("streams", []), its.feed)
                self._wires.tell(partial(_live, its.feed.id))
                self._viewing.live(its)
        for what in ("unpublished", "leaving", "kicked"):
            gone = told.get(what)
            if isinstance(gone, str):
                room.strangers.discard(gone)
                its = self._publishing.feeds.get(gone)
                if its is not None:
                    self._lost(its)

    def _end(self, its: Publication) -> None:
        self._publishing.close(its)
        self._viewing.ended(its)

    def _lost(self, its: Publication) -> None:
        self._end(its)
        self._wires.tell(lambda heard: heard.gone(its.feed.id))

    def _end_strangers(self, room: Room) -> None:
        """What is taken from the stage must not go on by what the process before this one has left."""
        for feed_id in room.strangers:
            self._wires.message(room.handle, room.command("kick", id=feed_id))
        room.strangers.clear()


def _live(feed_id: str, heard: Heard) -> None:
    heard.live(feed_id)
