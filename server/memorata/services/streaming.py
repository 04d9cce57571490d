"""The stage as a stream for those who only watch: of any size, some seconds late.

One encoder for each ceremony whose stage a media server carries. It gets a copy of whoever is shown, and is begun anew
with the next one; while nobody is shown it goes on with a still picture, so that players do not stop.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from memorata import green
from memorata.domain.errors import Refused
from memorata.services.ports import Alarm, Clock
from memorata.services.stage_ports import StageEngine

log = structlog.get_logger(__name__)

LOOK_S = 0.5

IDLE_MS = 60_000
"""For how long a stream is kept for nobody; making it anew takes seconds in which a speaker would not be heard."""

LINGER_MS = 12_000
"""For how long watchers are still sent to it after the last one has left: they see everything so much later."""

STALLED_MS = 15_000
"""An encoder that has finished no segment for so long is begun anew."""

TRIES = 2
"""After so many beginnings in vain it is tried without the picture, without the sound, and whole, in turn."""

WHOLE_AGAIN_MS = 30_000
"""After which what was left out is tried again."""


class Channel(Protocol):
    """One encoder at work, and where it takes sound and picture from: ports of this machine."""

    @property
    def sound_port(self) -> int: ...

    @property
    def picture_port(self) -> int: ...

    def alive(self) -> bool: ...

    def end(self) -> None:
        """It writes down what it has and ends, in a second at most."""


class Streams(Protocol):
    """Makes the files of streams, and keeps them as long as they are new."""

    def open(self, ceremony_id: str, *, picture: bool, sound: bool) -> Channel:
        """Go on with the stream of this ceremony by a new encoder; what it does not get is a still and silence."""

    def newest_ms(self, ceremony_id: str) -> int | None:
        """When the latest segment was finished, by the clock of the machine; `None` before the first."""

    def clear(self, ceremony_id: str) -> None:
        """Remove the stream, once its encoder has ended."""

    def sweep(self, *, alone: bool) -> None:
        """Remove what a process that is no more has left, encoders too; if we are `alone`, what one has that is."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    feed: str | None = None
    picture: bool = False
    sound: bool = False


@dataclass(slots=True)
class _Show:
    """What a ceremony's stream is to show, what it shows, and what has become of it."""

    wanted: _Wanted
    made: _Wanted | None = None
    channel: Channel | None = None
    forwarded: bool = False
    began_ms: int = 0
    tries: int = 0
    again_ms: int = 0
    idle_since_ms: int | None = None
    told: str = ""


class Streaming:
    """Args:

    changed: called with the id of a ceremony when its `url` has become another.
    alone: whether nobody else may make streams in these folders, for another process did so until now.
    """

    def __init__(
        self,
        engine: StageEngine,
        streams: Streams,
        clock: Clock,
        alarm: Alarm,
        changed: Callable[[str], object] = lambda _: None,
        *,
        alone: bool = False,
    ) -> None:
        self._engine = engine
        self._streams = streams
        self._clock = clock
        self._alarm = alarm
        self._changed = changed
        self._alone = alone
        self._shows: dict[str, _Show] = {}
        self._lock = green.lock()

    def start(self) -> None:
        self._streams.sweep(alone=self._alone)
        self._alarm.each(LOOK_S, "streams", self.look)

    def stop(self) -> None:
        with self._lock:
            for ceremony_id in list(self._shows):
                self._over(ceremony_id)

    def let_go(self) -> None:
        """Another process makes the streams now, in the same folders: ours end, and nothing is removed."""
        with self._lock:
            shows, self._shows = self._shows, {}
            for show in shows.values():
                if show.channel is not None:
                    show.channel.end()

    def show(self, ceremony_id: str, feed_id: str | None, *, picture: bool, sound: bool) -> None:
        """From now on this feed, with what it has of picture and sound, or with `None` nobody.

        It only notes what is wanted, so it may be called under any lock, again and again.
        """
        wanted = _Wanted() if feed_id is None else _Wanted(feed_id, picture, sound)
        show = self._shows.get(ceremony_id)
        if show is None:
            if feed_id is None:
                return
            self._shows[ceremony_id] = _Show(wanted)
        elif show.wanted == wanted:
            return
        else:
            show.wanted = wanted
            show.idle_since_ms = self._clock.now_ms() if feed_id is None else None
        self._alarm.once(0, self.look)

    def url(self, ceremony_id: str) -> str:
        """Where watchers find the stream; empty as long as there is nothing to find."""
        show = self._shows.get(ceremony_id)
        if show is None or self._streams.newest_ms(ceremony_id) is None:
            return ""
        if show.idle_since_ms is not None and self._clock.now_ms() - show.idle_since_ms > LINGER_MS:
            return ""
        return f"/stream/{ceremony_id}/live.m3u8"

    def look(self) -> None:
        """Do what is wanted, and see to encoders that have died, that stand still, that nobody needs any more."""
        with self._lock:
            for ceremony_id, show in list(self._shows.items()):
                self._see_to(ceremony_id, show, self._clock.now_ms())
        for ceremony_id, show in list(self._shows.items()):
            url = self.url(ceremony_id)
            if url != show.told:
                show.told = url
                self._changed(ceremony_id)

    def _see_to(self, ceremony_id: str, show: _Show, now_ms: int) -> None:
        if show.idle_since_ms is not None and now_ms - show.idle_since_ms > IDLE_MS:
            self._over(ceremony_id)
        elif show.made != show.wanted:
            if show.made is not None and show.made.feed not in (None, show.wanted.feed):
                # Nothing more of them, before anything else is seen to.
                self._forward(ceremony_id, show, None)
            show.tries = show.again_ms = 0
            self._begin(ceremony_id, show)
        elif self._broken(ceremony_id, show, now_ms):
            if now_ms >= show.again_ms:
                self._begin(ceremony_id, show)
        elif not show.forwarded and show.wanted.feed is not None:
            if now_ms >= show.again_ms:
                self._forward(ceremony_id, show, show.wanted.feed)
        elif _left_out(show) and now_ms - show.began_ms > WHOLE_AGAIN_MS:
            show.tries = 0
            self._begin(ceremony_id, show)

    def _broken(self, ceremony_id: str, show: _Show, now_ms: int) -> bool:
        """Whether it has to be begun anew; counts the beginnings from which nothing came."""
        if show.channel is None:
            return True
        newest_ms = self._streams.newest_ms(ceremony_id) or 0
        died = not show.channel.alive()
        if not died and now_ms - max(show.began_ms, newest_ms) <= STALLED_MS:
            return False
        show.channel.end()
        show.channel = None
        if newest_ms > show.began_ms:
            show.tries = 0
        elif died or show.forwarded or show.wanted.feed is None:
            show.tries += 1
            show.again_ms = now_ms + 500 * min(show.tries, 4)
        log.warning("stream.broken", ceremony=ceremony_id, died=died, tries=show.tries)
        return True

    def _begin(self, ceremony_id: str, show: _Show) -> None:
        if show.channel is not None:
            show.channel.end()
            show.channel = None
        wanted = show.made = show.wanted
        show.began_ms, show.forwarded = self._clock.now_ms(), False
        picture, sound = _given(show)
        try:
            show.channel = self._streams.open(ceremony_id, picture=picture, sound=sound)
        except OSError as fault:
            show.again_ms = show.began_ms + 5_000
            log.error("stream.not_begun", ceremony=ceremony_id, fault=str(fault))
            return
        if wanted.feed is not None:
            self._forward(ceremony_id, show, wanted.feed)

    def _forward(self, ceremony_id: str, show: _Show, feed_id: str | None) -> None:
        channel = show.channel
        try:
            if feed_id is None:
                self._engine.forward(None, ceremony_id, 0, 0)
            elif channel is not None:
                self._engine.forward(feed_id, ceremony_id, channel.sound_port, channel.picture_port)
                show.forwarded = True
        except Refused as refused:
            show.again_ms = self._clock.now_ms() + 1_000
            log.warning("stream.not_forwarded", ceremony=ceremony_id, code=refused.code)

    def _over(self, ceremony_id: str) -> None:
        show = self._shows.pop(ceremony_id)
        if show.made is not None and show.made.feed is not None:
            self._forward(ceremony_id, show, None)
        if show.channel is not None:
            show.channel.end()
        self._streams.clear(ceremony_id)
        if show.told:
            self._changed(ceremony_id)


def _given(show: _Show) -> tuple[bool, bool]:
    """Whether the encoder is to wait for a picture, and for sound."""
    turn = -1 if show.tries < TRIES else (show.tries - TRIES) % 3
    return show.wanted.picture and turn != 0, show.wanted.sound and turn != 1


def _left_out(show: _Show) -> bool:
    return _given(show) != (show.wanted.picture, show.wanted.sound)
