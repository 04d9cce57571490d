"""How pages see feeds by Janus: one link for each page and feed, and what flows by it.

While a feed is on deck its links are there already, and Janus sends nothing by them: calling somebody is one short
request for each viewer. (The other way, `switch` from whoever spoke before, needs a link whose feed still goes on.)
"""

from collections.abc import Callable

import structlog

from memorata import green
from memorata.adapters.stage.janus_line import Message, said
from memorata.adapters.stage.janus_rooms import Publication, Subscription, Viewer, a_link, trickled
from memorata.adapters.stage.janus_wires import Wires, description_of
from memorata.services.stage_ports import Candidate, Signal, Tab

log = structlog.get_logger(__name__)

AGAIN_S = 1.0
"""Until a link that failed is made anew."""


class Viewing:
    """All of it under the lock of `wires`."""

    def __init__(self, wires: Wires, feeds: dict[str, Publication], key_frame: Callable[[Publication], None]) -> None:
        self.viewers: dict[str, Viewer] = {}
        self._wires, self._feeds, self._key_frame = wires, feeds, key_frame
        self._links: dict[str, Subscription] = {}

    def add(self, tab: Tab, picture: bool) -> None:
        known = self.viewers.get(tab.sid)
        if known is None or known.tab != tab:
            if known is not None:
                self.remove(tab.sid)
            known = self.viewers[tab.sid] = Viewer(tab, picture)
        known.picture = picture
        for link in self._of(known):
            if picture and not link.picture and "video" in link.its.streams.values():
                self._close(link)  # it was made for sound alone; another one follows
            else:
                self._settle(link)
        for its in list(self._feeds.values()):
            self._give(known, its)

    def remove(self, sid: str) -> None:
        viewer = self.viewers.pop(sid, None)
        if viewer is not None:
            for link in self._of(viewer):
                self._close(link)

    def live(self, its: Publication) -> None:
        for viewer in list(self.viewers.values()):
            self._give(viewer, its)

    def shown(self, its: Publication) -> None:
        """Or hidden."""
        for link in [link for link in self._links.values() if link.its is its]:
            self._settle(link)

    def ended(self, its: Publication) -> None:
        for link in [link for link in self._links.values() if link.its is its]:
            self._close(link)

    def forget(self) -> None:
        """Janus is gone, and all that was there."""
        self.viewers.clear()
        self._links.clear()

    def of_link(self, link: str, sid: str) -> Subscription | None:
        its = self._links.get(link)
        return its if its is not None and its.viewer.tab.sid == sid else None

    def signal(self, link: Subscription, signal: Signal) -> None:
        if isinstance(signal, Candidate):
            if link.answered:
                self._wires.trickle(link.handle, trickled(signal))
            else:
                link.candidates.append(signal)
            return

        def started(_: Message, fault: Exception | None) -> None:
            if link.closed:
                return
            if fault is not None:
                self._fail(link, fault)
                return
            link.answered = True
            for candidate in link.candidates:
                self._wires.trickle(link.handle, trickled(candidate))
            link.candidates.clear()

        self._wires.message(link.handle, {"request": "start"}, started, signal)

    def event(self, link: Subscription, message: Message) -> None:
        what = message["janus"]
        if what == "trickle":
            if link.told:
                self._wires.pass_on(link.viewer.tab.sid, link.link, message)
            else:
                link.early.append(message)
        elif what == "webrtcup":
            link.up = True
            if link.its.shown:
                self._key_frame(link.its)  # it was not asked for when the link was made, and this page needs one
        elif what in {"hangup", "detached"} and not link.closed:
            # The page has closed it, or the way there has broken: whoever still watches gets another one.
            self._fail(link, None)

    def _of(self, viewer: Viewer) -> list[Subscription]:
        return [link for link in self._links.values() if link.viewer is viewer]

    def _give(self, viewer: Viewer, its: Publication) -> None:
        """A link by which this page sees this feed as soon as it is shown, unless it has one or sends it itself."""
        if not its.live or its.closed or not its.feed.is_for(viewer.tab):
            return
        wanted = [mid for mid, kind in its.streams.items() if kind == "audio" or viewer.picture]
        if wanted and not any(link.its is its for link in self._of(viewer)):
            self._open(Subscription(viewer, a_link(), its, picture=viewer.picture), wanted)

    def _open(self, link: Subscription, wanted: list[str]) -> None:
        its = link.its
        self._links[link.link] = link

        def attached(answer: Message, fault: Exception | None) -> None:
            if fault is not None:
                self._fail(link, fault)
                return
            link.handle = answer["data"]["id"]
            if link.closed:
                self._wires.detach(link.handle)
                return
            body = {
                "request": "join",
                "ptype": "subscriber",
                "streams": [{"feed": its.feed.id, "mid": mid} for mid in wanted],
                "autoupdate": False,
                **its.room.entry(),
            }
            self._wires.message(link.handle, body, joined)

        def joined(answer: Message, fault: Exception | None) -> None:
            if link.closed:
                return
            link.offer = description_of(answer)
            if fault is not None or link.offer is None:
                self._fail(link, fault)
                return
            link.streams = {str(one["mid"]): one["type"] for one in said(answer)["streams"]}
            link.on = frozenset(link.streams)  # from when the page answers; until then this can be changed
            link.busy = False
            self._settle(link)

        self._wires.attach(link, attached)

    def _settle(self, link: Subscription) -> None:
        """One step towards what shall flow by this link; the answer brings the next.

        Janus may do what it is asked at once in another order.
        """
        if link.busy or link.closed:
            return
        wanted = link.wanted()
        if wanted != link.on:
            self._turn(link, wanted)
        elif link.offer is not None:
            offer, link.offer, link.told = link.offer, None, True
            sid = link.viewer.tab.sid
            self._wires.link(sid, link.link, "open", "recv", link.its.feed.id)
            self._wires.signal(sid, link.link, offer)
            for message in link.early:
                self._wires.pass_on(sid, link.link, message)
            link.early.clear()

    def _turn(self, link: Subscription, wanted: frozenset[str]) -> None:
        link.busy = True
        begins = any(link.streams[mid] == "video" for mid in wanted - link.on)
        changed = [{"mid": mid, "send": mid in wanted} for mid in sorted(link.on ^ wanted)]

        def turned(_: Message, fault: Exception | None) -> None:
            if link.closed:
                return
            if fault is not None:
                self._fail(link, fault)
                return
            link.busy = False
            link.on = wanted
            if begins and link.up:
                self._key_frame(link.its)
            self._settle(link)

        self._wires.message(link.handle, {"request": "configure", "streams": changed}, turned)

    def _fail(self, link: Subscription, fault: Exception | None) -> None:
        if link.closed:
            return
        if fault is not None:
            log.warning("stage.janus.link_failed", fault=str(fault))
        self._close(link)

        def again() -> None:
            with self._wires.lock:
                if self.viewers.get(link.viewer.tab.sid) is link.viewer:
                    for its in list(self._feeds.values()):
                        self._give(link.viewer, its)

        green.spawn_after(AGAIN_S, again)

    def _close(self, link: Subscription) -> None:
        link.closed = True
        self._wires.detach(link.handle)
        self._links.pop(link.link, None)
        if link.told:
            self._wires.link(link.viewer.tab.sid, link.link, "close", "recv", link.its.feed.id)
