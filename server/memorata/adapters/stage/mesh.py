"""Pages reach each other: one peer connection from whoever sends to each page that watches. No further service."""

import secrets
from dataclasses import dataclass

from memorata import green
from memorata.domain.errors import Refused
from memorata.services.stage_ports import Carries, EngineName, Feed, Heard, Pages, Signal, Tab

WELL, MOST = 4, 6
"""Links of a speaker: a home line of 2 Mbit/s carries four well, and more than six harm the sound too."""


@dataclass(frozen=True, slots=True)
class _Link:
    id: str
    feed: Feed
    viewer: Tab


class MeshEngine:
    """Names the links and passes on what their ends say. What is not shown is kept back by the page that sends it: it
    attaches picture and sound to its links once it is granted the stage; a page draws only who is on the stage."""

    name: EngineName = "mesh"

    def __init__(self) -> None:
        self._pages: Pages | None = None
        self._heard: Heard | None = None
        self._lock = green.lock()
        self._feeds: dict[str, Feed] = {}
        self._viewers: dict[str, Tab] = {}
        self._links: dict[str, _Link] = {}

    def start(self, pages: Pages, heard: Heard) -> None:
        self._pages, self._heard = pages, heard

    def stop(self) -> None: ...

    def carries(self) -> Carries:
        return Carries(True, WELL, MOST)

    def open_feed(self, feed: Feed) -> None:
        with self._lock:
            self._feeds[feed.id] = feed
            opened = [self._link(feed, viewer) for viewer in self._viewers.values() if feed.is_for(viewer)]
        self._open(opened)
        if self._heard is not None:
            self._heard.live(feed.id)

    def close_feed(self, feed_id: str) -> None:
        with self._lock:
            self._feeds.pop(feed_id, None)
            closed = [link for link in self._links.values() if link.feed.id == feed_id]
            self._forget(closed)
        self._close(closed)

    def show(self, feed_id: str, shown: bool) -> None: ...

    def add_viewer(self, tab: Tab, *, picture: bool) -> None:
        with self._lock:
            known = tab.sid in self._viewers
            self._viewers[tab.sid] = tab
            # A page that wants no pictures says so itself, in its answer.
            opened = [] if known else [self._link(feed, tab) for feed in self._feeds.values() if feed.is_for(tab)]
        self._open(opened)

    def remove_viewer(self, sid: str) -> None:
        with self._lock:
            self._viewers.pop(sid, None)
            closed = [link for link in self._links.values() if link.viewer.sid == sid]
            self._forget(closed)
        self._close(closed)

    def signal(self, sid: str, link_id: str, signal: Signal) -> None:
        link = self._links.get(link_id)
        if link is None or self._pages is None or sid not in (link.feed.sid, link.viewer.sid):
            raise Refused("stage.unknown_link")
        self._pages.signal(link.viewer.sid if sid == link.feed.sid else link.feed.sid, link_id, signal)

    def record(self, feed_id: str, name: str | None) -> None:
        """A host's page records what it receives: nothing passes here."""

    def forward(self, feed_id: str | None, ceremony_id: str, sound_port: int, picture_port: int) -> None:
        if feed_id is not None:
            raise Refused("stage.unavailable")

    def _link(self, feed: Feed, viewer: Tab) -> _Link:
        link = _Link(secrets.token_urlsafe(12), feed, viewer)
        self._links[link.id] = link
        return link

    def _forget(self, links: list[_Link]) -> None:
        for link in links:
            del self._links[link.id]

    def _open(self, links: list[_Link]) -> None:
        if self._pages is not None:
            for link in links:
                # Who waits for the offer first.
                self._pages.link(link.viewer.sid, link.id, "open", "recv", link.feed.id)
                self._pages.link(link.feed.sid, link.id, "open", "send", link.feed.id)

    def _close(self, links: list[_Link]) -> None:
        if self._pages is not None:
            # Those who see it first: what is sent after that reaches nobody.
            for link in links:
                self._pages.link(link.viewer.sid, link.id, "close", "recv", link.feed.id)
            for link in links:
                self._pages.link(link.feed.sid, link.id, "close", "send", link.feed.id)
