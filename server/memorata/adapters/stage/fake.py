"""Carries nothing, and remembers what it was asked: for tests of all that is not the carrying itself."""

from memorata.domain.errors import Refused
from memorata.services.stage_ports import Carries, EngineName, Feed, Heard, Pages, Signal, Tab


class FakeEngine:
    """Every feed is live at once unless `slow`; `shown` are those that viewers see, `viewers` whether with pictures."""

    name: EngineName = "fake"

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.ok = True
        self.slow = False
        self.feeds: dict[str, Feed] = {}
        self.shown: set[str] = set()
        self.viewers: dict[str, bool] = {}
        self.signals: list[tuple[str, str, Signal]] = []
        self.recorded: dict[str, str] = {}
        self.forwarded: dict[str, str] = {}
        self._pages: Pages | None = None
        self._heard: Heard | None = None

    def start(self, pages: Pages, heard: Heard) -> None:
        self._pages, self._heard = pages, heard

    def stop(self) -> None: ...

    def carries(self) -> Carries:
        return Carries(self.ok, None if self.most is None else self.most - 2, self.most)

    def open_feed(self, feed: Feed) -> None:
        if not self.ok:
            raise Refused("stage.unavailable")
        self.feeds[feed.id] = feed
        if self._pages is not None:
            self._pages.link(feed.sid, f"send-{feed.id}", "open", "send", feed.id)
        if self._heard is not None and not self.slow:
            self._heard.live(feed.id)

    def close_feed(self, feed_id: str) -> None:
        feed = self.feeds.pop(feed_id, None)
        self.shown.discard(feed_id)
        self.recorded.pop(feed_id, None)
        if feed is not None and self._pages is not None:
            self._pages.link(feed.sid, f"send-{feed.id}", "close", "send", feed.id)

    def show(self, feed_id: str, shown: bool) -> None:
        (self.shown.add if shown else self.shown.discard)(feed_id)

    def add_viewer(self, tab: Tab, *, picture: bool) -> None:
        self.viewers[tab.sid] = picture

    def remove_viewer(self, sid: str) -> None:
        self.viewers.pop(sid, None)

    def signal(self, sid: str, link_id: str, signal: Signal) -> None:
        self.signals.append((sid, link_id, signal))

    def record(self, feed_id: str, name: str | None) -> None:
        if name is None:
            self.recorded.pop(feed_id, None)
        else:
            self.recorded[feed_id] = name

    def forward(self, feed_id: str | None, ceremony_id: str, sound_port: int, picture_port: int) -> None:
        if feed_id is None:
            self.forwarded.pop(ceremony_id, None)
        else:
            self.forwarded[ceremony_id] = feed_id
