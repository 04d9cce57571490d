"""What the engine knows of a ceremony's room in Janus, of the feeds sent there, and of the links that carry them.

A room is one ceremony. Its name and secrets follow from the ceremony and a key of ours, so that a server that has been
started again finds the room of before, and nobody else can.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from memorata.adapters.stage.janus_line import Message
from memorata.services.stage_ports import Candidate, Description, Feed, Tab

PUBLISHERS_MAX = 32
"""Of one room. Who may send is decided before Janus is asked; this only bounds what a mistake could do. More than the
stage and the deck hold: after a restart each feed is there twice for a while."""

BITRATE_MAX = 2_000_000
"""Bits per second of one picture; pages keep to far less, and this must not be what limits them."""

PLUGIN = "janus.plugin.videoroom"

SOUND_TYPE, PICTURE_TYPE = 111, 96
"""The RTP payload types of what is forwarded: Opus and VP8."""

Kind = Literal["audio", "video"]


@dataclass(slots=True)
class Room:
    """The room of one ceremony, and the handle that hears what happens in it."""

    ceremony_id: str
    id: str
    secret: str
    pin: str
    handle: int = 0
    open: bool = False
    strangers: set[str] = field(default_factory=set)
    """Feeds there that are none of ours: those of the process before this one."""
    forwarding: "Forwarding | None" = None
    empty_since_s: float | None = None

    def entry(self) -> dict[str, str]:
        """What a handle needs to enter."""
        return {"room": self.id, "pin": self.pin}

    def command(self, request: str, **more: object) -> dict[str, object]:
        """What only who has made it may ask."""
        return {"request": request, "room": self.id, "secret": self.secret, **more}

    def making(self, admin_key: str, recordings: Path) -> dict[str, object]:
        return self.command(
            "create",
            admin_key=admin_key,
            pin=self.pin,
            is_private=True,
            publishers=PUBLISHERS_MAX,
            bitrate=BITRATE_MAX,
            bitrate_cap=True,
            videocodec="vp8",
            audiocodec="opus",
            opus_fec=True,
            lock_record=True,
            rec_dir=str(recordings),
        )


@dataclass(slots=True)
class Forwarding:
    feed_id: str
    sound_port: int
    picture_port: int
    streams: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Publication:
    """A feed: the link by which its page sends."""

    feed: Feed
    link: str
    room: Room
    handle: int = 0
    joined: bool = False
    answered: bool = False
    live: bool = False
    shown: bool = False
    closed: bool = False
    offer: Description | None = None
    """Come before the handle was there."""
    candidates: list[Candidate] = field(default_factory=list)
    streams: dict[str, Kind] = field(default_factory=dict)
    """What is sent, by its `mid`."""
    recording: str | None = None
    asked_s: float = 0.0
    """When a key frame was last asked for."""
    asks_left: int = 0

    def kept(self, name: str | None) -> dict[str, object]:
        """What asks Janus to write it to files of this name, or no more.

        A bare name: with a folder in it Janus 1.1.2 says yes and writes nothing, as the room has a folder already.
        """
        told: dict[str, object] = {"request": "configure", "record": name is not None, "secret": self.room.secret}
        return told if name is None else {**told, "filename": name}


@dataclass(slots=True)
class Viewer:
    tab: Tab
    picture: bool


@dataclass(slots=True)
class Subscription:
    """A link by which a page sees one feed."""

    viewer: Viewer
    link: str
    its: Publication
    picture: bool
    """Whether it can carry one, if the feed has one."""
    handle: int = 0
    up: bool = False
    answered: bool = False
    closed: bool = False
    busy: bool = True
    """Janus has been asked something, and what comes next waits for the answer."""
    streams: dict[str, Kind] = field(default_factory=dict)
    """What it can carry, by the `mid` of the link."""
    on: frozenset[str] = frozenset()
    """What of it Janus sends."""
    offer: Description | None = None
    """Not shown to the page yet, like the candidates in `early`."""
    told: bool = False
    """Whether the page knows of this link."""
    early: list[Message] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)

    def wanted(self) -> frozenset[str]:
        """What of it Janus should send now."""
        if not self.its.shown:
            return frozenset()
        return frozenset(mid for mid, kind in self.streams.items() if kind == "audio" or self.viewer.picture)


def the_room(key: bytes, ceremony_id: str) -> Room:
    def derived(what: str) -> str:
        return hmac.new(key, f"stage {what} {ceremony_id}".encode(), hashlib.sha256).hexdigest()[:40]

    return Room(ceremony_id, derived("room"), derived("secret"), derived("pin"))


def a_link() -> str:
    return secrets.token_urlsafe(9)


def sends(sdp: str) -> bool:
    """Whether whoever wrote this description means to send; without a word on it, both ends do (RFC 8866, 6.7)."""
    lines = [line.strip() for line in sdp.splitlines()]
    ways = [line for line in lines if line in {"a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"}]
    media = sum(line.startswith(("m=audio", "m=video")) for line in lines)
    return len(ways) < media or any(way in {"a=sendrecv", "a=sendonly"} for way in ways)


def streams_of(told: list[Message], feed: Feed) -> dict[str, Kind]:
    """The sound and picture that a publisher is said to send, by their `mid`.

    Neither what it has ended is there nor what it did not announce: whoever wants to be heard alone is not seen.
    """
    announced = {"audio": feed.sound, "video": feed.picture}
    return {
        str(one["mid"]): one["type"]
        for one in told
        if announced.get(str(one.get("type")), False) and not one.get("disabled") and "mid" in one
    }


def trickled(candidate: Candidate) -> dict[str, Any]:
    if not candidate.candidate:
        return {"completed": True}
    return {"candidate": candidate.candidate, "sdpMid": candidate.mid, "sdpMLineIndex": candidate.line}
