"""How feeds come into Janus, and are asked for key frames.

A picture can be drawn only from a key frame on, and browsers send one only when asked. Janus 1.1.2 does not ask in all
cases in which a viewer needs one, so the engine does.
"""

import time
from collections.abc import Callable

import structlog

from memorata import green
from memorata.adapters.stage.janus_line import Message
from memorata.adapters.stage.janus_rooms import (
    Publication,
    Room,
    a_link,
    trickled,
)
from memorata.adapters.stage.janus_wires import Wires, description_of
from memorata.services.stage_ports import Candidate, Feed, Signal

log = structlog.get_logger(__name__)

ASKS_APART_S = 0.28
"""A key frame is many times as large as others, so Chromium passes over whoever asks within 0.3 s of the last one, as
of one for somebody who came a moment ago. Each request is therefore made twice, and the second comes to nothing where
the first has been heard."""

SHARED_S = 0.1
"""Who needs a key frame so soon after a request is served by it."""


class Publishing:
    """All of it under the lock of `wires`. `lost` is called with a feed that ends without having been asked to."""

    def __init__(self, wires: Wires, lost: Callable[[Publication], None]) -> None:
        self.feeds: dict[str, Publication] = {}
        self._wires, self._lost = wires, lost
        self._links: dict[str, Publication] = {}

    def open(self, feed: Feed, room: Room) -> None:
        its = Publication(feed, a_link(), room)
        self.feeds[feed.id] = self._links[its.link] = its
        self._wires.link(feed.sid, its.link, "open", "send", feed.id)

        def attached(answer: Message, fault: Exception | None) -> None:
            if fault is not None:
                self._fail(its, fault)
            elif its.closed:
                self._wires.detach(answer["data"]["id"])
            else:
                its.handle = answer["data"]["id"]
                self.join(its)

        self._wires.attach(its, attached)

    def join(self, its: Publication) -> None:
        """Begin, if the page has made its offer, and the room and the handle are there."""
        if its.closed or its.joined or not its.handle or not its.room.open or its.offer is None:
            return
        its.joined = True
        body = {"request": "joinandconfigure", "ptype": "publisher", "id": its.feed.id, **its.room.entry()}
        offer, its.offer = its.offer, None

        def joined(answer: Message, fault: Exception | None) -> None:
            self._answered(its, answer, fault)
            if fault is None and not its.closed and its.recording is not None:
                self._wires.message(its.handle, its.kept(its.recording))

        self._wires.message(its.handle, body, joined, offer)

    def close(self, its: Publication) -> None:
        if its.closed:
            return
        its.closed = True
        self._wires.detach(its.handle)  # first: from here on nothing of it reaches anybody
        self.feeds.pop(its.feed.id, None)
        self._links.pop(its.link, None)
        self._wires.link(its.feed.sid, its.link, "close", "send", its.feed.id)
        if its.room.forwarding is not None and its.room.forwarding.feed_id == its.feed.id:
            its.room.forwarding = None  # it ended with the feed

    def forget(self) -> None:
        """Janus is gone, and all that was there."""
        self.feeds.clear()
        self._links.clear()

    def of_link(self, link: str, sid: str) -> Publication | None:
        its = self._links.get(link)
        return its if its is not None and its.feed.sid == sid else None

    def signal(self, its: Publication, signal: Signal) -> None:
        if isinstance(signal, Candidate):
            if its.answered:
                self._wires.trickle(its.handle, trickled(signal))
            else:
                its.candidates.append(signal)
        elif its.joined:

            def answered(answer: Message, fault: Exception | None) -> None:
                self._answered(its, answer, fault)

            self._wires.message(its.handle, {"request": "configure"}, answered, signal)
        else:
            its.offer = signal
            self.join(its)

    def event(self, its: Publication, message: Message) -> None:
        if message["janus"] == "trickle":
            self._wires.pass_on(its.feed.sid, its.link, message)
        elif message["janus"] in {"hangup", "detached"} and not its.closed:
            self._lost(its)

    def key_frame(self, its: Publication) -> None:
        """Somebody has begun to need one."""
        if its.closed or "video" not in its.streams.values():
            return
        if not its.asks_left:
            its.asks_left = 2
            self._ask(its)
        elif time.monotonic() - its.asked_s > SHARED_S:
            its.asks_left = 2

    def _ask(self, its: Publication) -> None:
        its.asks_left -= 1
        its.asked_s = time.monotonic()
        self._wires.message(its.handle, {"request": "configure", "keyframe": True})

        def again() -> None:
            with self._wires.lock:
                if not its.closed and its.asks_left:
                    self._ask(its)

        if its.asks_left:
            green.spawn_after(ASKS_APART_S, again)

    def _answered(self, its: Publication, answer: Message, fault: Exception | None) -> None:
        if its.closed:
            return
        answered = description_of(answer)
        if fault is not None or answered is None:
            self._fail(its, fault or ValueError("no answer to the offer"))
            return
        its.answered = True
        self._wires.signal(its.feed.sid, its.link, answered)
        for candidate in its.candidates:
            self._wires.trickle(its.handle, trickled(candidate))
        its.candidates.clear()

    def _fail(self, its: Publication, fault: Exception) -> None:
        log.warning("stage.janus.not_published", feed=its.feed.id, fault=str(fault))
        if not its.closed:
            self._lost(its)
