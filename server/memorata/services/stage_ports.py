"""What the stage needs of an engine that carries pictures and sound, and what an engine tells the stage.

Pages and engines speak of links: one peer connection each, by which one person's picture and sound go one way. Where
pages reach each other (mesh) a link has a page at both ends; where a media server stands between (Janus) it has one.
Pages need not know which.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

EngineName = Literal["mesh", "janus", "fake", "off"]
Way = Literal["send", "recv"]
Device = Literal["unknown", "asking", "on", "off", "refused", "none", "busy"]
"""What a page says of its camera or microphone: not asked yet, asking, in use, switched off by the person, refused by
them or their browser, not there, or held by another program."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One open page; `sid` is the number of its line."""

    sid: str
    ceremony_id: str
    participant_id: str


@dataclass(frozen=True, slots=True)
class Feed:
    """What one page sends: the picture and sound of one person or one hall. A page that comes back gets a new one."""

    id: str
    ceremony_id: str
    sid: str
    picture: bool
    sound: bool
    participant_id: str = ""

    def is_for(self, tab: Tab) -> bool:
        """Whether a page may get it: those of its ceremony, but for its own participant's; nobody hears themselves."""
        own = tab.sid == self.sid or tab.participant_id == self.participant_id
        return tab.ceremony_id == self.ceremony_id and not own


@dataclass(frozen=True, slots=True)
class Description:
    """A session description (RFC 8866)."""

    type: Literal["offer", "answer"]
    sdp: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to reach one end; an empty `candidate` is the end of them."""

    candidate: str
    mid: str | None = None
    line: int | None = None


Signal = Description | Candidate


@dataclass(frozen=True, slots=True)
class Carries:
    """How an engine fares: `well` and `most` are pages that see one speaker; `None`: no limit of its own."""

    ok: bool
    well: int | None = None
    most: int | None = None


class Pages(Protocol):
    """How an engine speaks to pages. None of it waits, and a page that is gone is no fault."""

    def link(self, sid: str, link_id: str, do: Literal["open", "move", "close"], way: Way, feed_id: str) -> None: ...

    def signal(self, sid: str, link_id: str, signal: Signal) -> None: ...


class Heard(Protocol):
    """What an engine tells the stage."""

    def live(self, feed_id: str) -> None:
        """Picture or sound of this feed can be carried from now on."""

    def gone(self, feed_id: str) -> None:
        """The feed has ended without having been asked to: its page may publish again."""

    def away(self) -> None:
        """The engine does not answer; all its links are over."""

    def back(self) -> None:
        """It answers again, and knows nothing of before: pages watch and publish anew."""


class StageEngine(Protocol):
    """Carries feeds to viewers. The stage asks it one thing at a time for each ceremony, and has checked all rights.

    A viewer sees the feeds that are `shown`, and never one that is not; what pages of its own participant send it does
    not get: nobody hears themselves. Methods that wait for
    a media server wait in green, at most two seconds.
    """

    name: EngineName

    def start(self, pages: Pages, heard: Heard) -> None: ...

    def stop(self) -> None: ...

    def carries(self) -> Carries: ...

    def open_feed(self, feed: Feed) -> None:
        """A page begins to send, unseen. Raises: Refused: `stage.unavailable`."""

    def close_feed(self, feed_id: str) -> None:
        """At once: nothing of it reaches anybody any more. One that is not known is no fault."""

    def show(self, feed_id: str, shown: bool) -> None:
        """Let all viewers see and hear the feed from now on, or nobody."""

    def add_viewer(self, tab: Tab, *, picture: bool) -> None:
        """A page wants to see the stage of its ceremony; one that is known already, with or without pictures."""

    def remove_viewer(self, sid: str) -> None: ...

    def signal(self, sid: str, link_id: str, signal: Signal) -> None:
        """Something from one end of a link. Raises: Refused: `stage.unknown_link`, not one of this page."""

    def record(self, feed_id: str, name: str | None) -> None:
        """Write the feed to files whose names begin with `name`, or with `None` no more. Raises: Refused."""

    def forward(self, feed_id: str | None, ceremony_id: str, sound_port: int, picture_port: int) -> None:
        """Send a copy of this feed, and of no other of this ceremony, as RTP to these ports of this machine.

        With `None` of none. Raises: Refused: this engine cannot.
        """
