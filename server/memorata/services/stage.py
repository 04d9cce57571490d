"""The stage of each ceremony as it is now: whose pages send, who watches, who is shown; and the rights to all of it.

What is held here lives as long as the lines of the pages: after a restart they watch and publish anew. Rights are never
held: each look asks the rule (domain/stage.py) with the state of that moment, and takes back what it no longer grants.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import structlog

from memorata import green
from memorata.domain.errors import Refused
from memorata.domain.items import Item
from memorata.domain.programme import moment
from memorata.domain.stage import Part, is_sent_by, next_change_ms, part_of
from memorata.domain.state import parts_of
from memorata.services.live import LiveCeremonies
from memorata.services.ports import Alarm, Clock, Participant
from memorata.services.sdp import check
from memorata.services.stage_gallery import Gallery
from memorata.services.stage_ports import Description, Feed, Pages, Signal, StageEngine, Tab, Way
from memorata.services.stage_recording import StageRecording
from memorata.services.stage_told import (
    Devices,
    Joined,
    Scene,
    Seen,
    StageGrant,
    StagePages,
    Standing,
    public,
    streamed,
)
from memorata.services.streaming import Streaming

log = structlog.get_logger(__name__)

LOOK_S = 1.0
"""How often each stage is looked at whatever happens; what happens is looked at at once."""

GRACE_S = 20.0
"""For how long links stay of a page whose line is lost: its picture goes on meanwhile, and most pages come back."""

SPACING_S = 0.5
"""At most so often hosts are told how many watch; while thousands arrive nobody is told of each."""

OVERLAP_S = 3.0
"""For how long the old links stay beside the new ones of a page that has come back."""


@dataclass(slots=True)
class _Sending:
    feed: Feed
    who: Participant
    page: str
    key: str = ""
    live: bool = False
    shown: bool = False
    retiring: bool = False
    """Another feed of the same person has taken its place."""


@dataclass(slots=True)
class _Stage:
    ceremony_id: str
    engine: StageEngine
    gallery: Gallery
    lock: threading.Lock = field(default_factory=green.lock)
    halls: dict[str, Participant] = field(default_factory=dict)
    """Who sits behind the screens of halls, by id."""
    coming: bool = False
    """Whether a look is due that waits for more to come."""
    feeds: dict[str, _Sending] = field(default_factory=dict)
    links: dict[tuple[str, str], Way] = field(default_factory=dict)
    grants: dict[str, StageGrant] = field(default_factory=dict)
    devices: dict[str, Devices] = field(default_factory=dict)
    scene: Scene | None = None
    version: int = 0
    due_ms: int = 0

    def sending(self) -> set[str]:
        """The lines of the pages that send."""
        return {one.feed.sid for one in self.feeds.values()}


class StageDesk:
    """All stages of this installation, in the one process that keeps them."""

    def __init__(
        self,
        engine: StageEngine | None,
        ceremonies: LiveCeremonies,
        pages: StagePages,
        clock: Clock,
        alarm: Alarm,
        here: Callable[[str], bool],
        recording: StageRecording | None = None,
        streaming: Streaming | None = None,
        version: int = 0,
    ) -> None:
        """Args:

        engine: `None`: nobody is seen live. here: whether a page of this participant is open.
        version: what is told is numbered from here on, beyond what whoever kept the stages before has told.
        """
        self._engine = engine
        self._ceremonies = ceremonies
        self._pages = pages
        self._clock = clock
        self._alarm = alarm
        self._here = here
        self._recording = recording
        self._streaming = streaming
        self._version = version
        self._stages: dict[str, _Stage] = {}
        self._over = False

    # --- asked by pages ---

    def watch(self, who: Participant, sid: str, page: str, *, picture: bool) -> Joined:
        """A page draws the stage from now on. `page` is the same for one that comes back with another line."""
        if self._engine is None:
            return Joined(0, Scene("off"), StageGrant())
        stage = self._of(who.ceremony_id, self._engine)
        with stage.lock:
            before = stage.gallery.come(who, sid, page, picture=picture, sending=stage.sending())
            if before is not None:
                self._later(OVERLAP_S, stage, self._drop_viewer, before.tab.sid)
            if who.hall:
                stage.halls[who.id] = who
            if self._recording is not None:
                self._recording.arrived(who, Tab(sid, who.ceremony_id, who.id))
        if stage.scene is None:
            self._look_safely(who.ceremony_id)
        else:
            self._coming(stage)
        return Joined(stage.version, stage.scene or Scene(self._engine.name), self._granted(stage, who))

    def publish(self, who: Participant, sid: str, page: str, *, picture: bool, sound: bool) -> str:
        """A page begins to send; the id of its feed. Another page of the same person has to stop.

        Raises: Refused: `stage.off`, `stage.not_now`, `stage.unavailable`.
        """
        if self._engine is None:
            raise Refused("stage.off")
        stage = self._of(who.ceremony_id, self._engine)
        with stage.lock:
            part = self._part_of(who)
            if part is None:
                raise Refused("stage.not_now")
            feed = Feed(secrets.token_urlsafe(9), who.ceremony_id, sid, picture, sound, who.id)
            for other in list(stage.feeds.values()):
                if _same_seat(other.who, who):
                    if other.page == page:
                        other.retiring = True
                    else:
                        self._close(stage, other)
            stage.feeds[feed.id] = _Sending(feed, who, page, part.key)
            try:
                stage.engine.open_feed(feed)
            except Refused:
                del stage.feeds[feed.id]
                raise
        self._soon(who.ceremony_id)
        return feed.id

    def signal(self, who: Participant, sid: str, link_id: str, signal: Signal) -> None:
        """Something that one end of a link says; what sends is let through for those who may.

        Raises: Refused: `stage.unknown_link`, `stage.not_now`, `message.invalid`.
        """
        stage = self._stages.get(who.ceremony_id)
        way = None if stage is None else stage.links.get((sid, link_id))
        if stage is None or way is None:
            raise Refused("stage.unknown_link")
        if isinstance(signal, Description):
            check(signal.sdp, may_send=way == "send" and self._part_of(who) is not None)
        stage.engine.signal(sid, link_id, signal)

    def tell(self, who: Participant, devices: Devices) -> None:
        """How the devices of somebody fare who stands by."""
        stage = self._stages.get(who.ceremony_id)
        if stage is not None and stage.devices.get(who.id) != devices and self._part_of(who) is not None:
            stage.devices[who.id] = devices
            self._soon(who.ceremony_id)

    def stop(self, who: Participant, sid: str, what: Literal["publish", "watch"]) -> None:
        """A page sends no more, or draws the stage no more."""
        stage = self._stages.get(who.ceremony_id)
        if stage is None:
            return
        with stage.lock:
            if what == "watch":
                self._drop_viewer(stage, sid)
            else:
                for sending in [one for one in stage.feeds.values() if one.feed.sid == sid]:
                    self._close(stage, sending)
        self._soon(who.ceremony_id)

    def left(self, ceremony_id: str, sid: str, *, goodbye: bool) -> None:
        """The line of a page is gone; unless it said goodbye its picture may go on for a while without it."""
        stage = self._stages.get(ceremony_id)
        if stage is None or (sid not in stage.gallery and sid not in stage.sending()):
            return
        stage.gallery.lose(sid)
        self._later(0 if goodbye else GRACE_S, stage, self._drop_page, sid)
        self._coming(stage)

    def streamed(self, ceremony_id: str) -> tuple[str, Seen | None]:
        """Where watchers find the stage, empty for nowhere, and whom they see there."""
        stage = self._stages.get(ceremony_id)
        if stage is None or stage.scene is None or stage.scene.stream == "":
            return "", None
        return stage.scene.stream, streamed(stage.scene)

    def streams(self) -> dict[str, tuple[str, Seen | None]]:
        """As `streamed`, of all that have a stream now, by ceremony."""
        found = {ceremony_id: self.streamed(ceremony_id) for ceremony_id in tuple(self._stages)}
        return {ceremony_id: told for ceremony_id, told in found.items() if told[0]}

    # --- told by the world ---

    def start(self) -> None:
        if self._engine is not None:
            self._engine.start(_Told(self, self._pages), self)
            self._alarm.each(LOOK_S, "stage", self._look_at_all)
        if self._streaming is not None:
            self._streaming.start()

    def end(self) -> None:
        if self._streaming is not None:
            self._streaming.stop()
        if self._engine is not None:
            self._engine.stop()

    def make_room(self) -> None:
        """The process will end soon; there is nobody else."""

    def let_go(self) -> None:
        """Another process keeps the stages now: nothing more is done here, and what goes on there is not touched."""
        self._over = True
        self._stages.clear()
        if self._streaming is not None:
            self._streaming.let_go()
        if self._engine is not None:
            self._engine.stop()

    def changed(self, ceremony_id: str) -> None:
        """Something has happened in the ceremony."""
        if ceremony_id in self._stages:
            self._soon(ceremony_id)

    def live(self, feed_id: str) -> None:
        for stage in tuple(self._stages.values()):
            sending = stage.feeds.get(feed_id)
            if sending is not None:
                sending.live = True
                for other in list(stage.feeds.values()):
                    if other.retiring and _same_seat(other.who, sending.who):
                        self._later(OVERLAP_S, stage, self._close_id, other.feed.id)
                self._soon(stage.ceremony_id)

    def gone(self, feed_id: str) -> None:
        for stage in tuple(self._stages.values()):
            if feed_id in stage.feeds:
                self._later(0, stage, self._close_id, feed_id)
                self._soon(stage.ceremony_id)

    def away(self) -> None:
        """All that was carried is over; the pages keep their last picture until they hear of new links."""
        log.warning("stage.away")
        for stage in tuple(self._stages.values()):
            senders = [(sid, link) for (sid, link), way in stage.links.items() if way == "send"]
            stage.links.clear()
            feeds, stage.feeds = stage.feeds, {}
            for feed_id in feeds:
                if self._recording is not None:
                    self._recording.end(feed_id)
            for sid, link in senders:
                feed = next((one.feed.id for one in feeds.values() if one.feed.sid == sid), "")
                self._pages.link(sid, link, "close", "send", feed)
            self._soon(stage.ceremony_id)

    def back(self) -> None:
        log.info("stage.back")
        for stage in tuple(self._stages.values()):
            with stage.lock:
                stage.gallery.again()
                # Said again, whoever may send sends again.
                stage.grants.clear()
            self._soon(stage.ceremony_id)

    def linked(self, sid: str, link_id: str, way: Way | None) -> None:
        """The engine has named a link for this page, or ended it (`None`)."""
        for stage in self._stages.values():
            if way is None:
                stage.links.pop((sid, link_id), None)
            elif sid in stage.gallery or sid in stage.sending():
                stage.links[sid, link_id] = way

    # --- the look ---

    def look(self, ceremony_id: str) -> None:
        """StageGrant and take back what the rule says now, and tell what has changed."""
        stage = self._stages.get(ceremony_id)
        if stage is None:
            return
        with stage.lock:
            stage.coming = False
            try:
                state = self._ceremonies.state(ceremony_id)
            except Refused:  # a rehearsal that was wiped
                for sending in list(stage.feeds.values()):
                    self._close(stage, sending)
                if self._streaming is not None:
                    self._streaming.show(ceremony_id, None, picture=False, sound=False)
                self._stages.pop(ceremony_id, None)
                return
            now_ms = self._clock.now_ms()
            found = parts_of(state, now_ms)
            self._take_back(stage, found)
            self._show(stage, found)
            shown = None if state.programme is None else moment(state.programme, state.progress, now_ms)
            recorded = self._record(stage, found, None if shown is None else shown.item)
            self._grant(stage, found, recorded)
            self._tell(stage, found, recorded)
            if state.programme is not None and shown is not None:
                at_ms = next_change_ms(state.programme, shown, now_ms, autopilot=state.progress.autopilot)
                if at_ms is not None and at_ms - now_ms < LOOK_S * 1000 and at_ms != stage.due_ms:
                    stage.due_ms = at_ms
                    self._alarm.once((at_ms - self._clock.now()) / 1000 + 0.001, lambda: self.look(ceremony_id))

    def _take_back(self, stage: _Stage, found: tuple[Part, ...]) -> None:
        for sending in list(stage.feeds.values()):
            if _part(found, sending.who) is None:
                self._close(stage, sending)

    def _show(self, stage: _Stage, found: tuple[Part, ...]) -> None:
        for sending in stage.feeds.values():
            part = _part(found, sending.who)
            if part is None:
                continue
            sending.key = part.key
            shown = part.level == "on_stage"
            if sending.live and shown != sending.shown:
                sending.shown = shown
                stage.engine.show(sending.feed.id, shown)

    def _record(self, stage: _Stage, found: tuple[Part, ...], item: Item | None) -> frozenset[str]:
        """Whose words are recorded now, by key."""
        if self._recording is None:
            return frozenset()
        seen = {one.key: one.feed for one in stage.feeds.values() if one.shown and one.live}
        return self._recording.follow(stage.ceremony_id, item, found, seen)

    def _grant(self, stage: _Stage, found: tuple[Part, ...], recorded: frozenset[str]) -> None:
        granted: dict[str, StageGrant] = {}
        for part in found:
            for who in self._people_of(stage, part):
                granted[who] = StageGrant(part.level, part.key, part.key in recorded)
        before, stage.grants = stage.grants, granted
        for who in (*granted, *(set(before) - set(granted))):
            if before.get(who, StageGrant()) != granted.get(who, StageGrant()):
                self._pages.grant(who, granted.get(who, StageGrant()))

    def _granted(self, stage: _Stage, who: Participant) -> StageGrant:
        """As the last look had it; for a page of a hall that has come since, as the rule has it."""
        known = stage.grants.get(who.id)
        if known is not None or not who.hall:
            return known or StageGrant()
        part = self._part_of(who)
        return StageGrant() if part is None else StageGrant(part.level, part.key)

    def _people_of(self, stage: _Stage, part: Part) -> tuple[str, ...]:
        """The ids of those who may send for this part."""
        if part.hall:
            return tuple(who.id for who in stage.halls.values() if who.hall == part.hall)
        return () if part.participant_id is None else (part.participant_id,)

    def _tell(self, stage: _Stage, found: tuple[Part, ...], recorded: frozenset[str]) -> None:
        people = tuple(Seen(part, self._feed_of(stage, part, live=True)) for part in found if part.level == "on_stage")
        deck = tuple(
            Standing(part, self._online(stage, part), self._feed_of(stage, part), self._devices_of(stage, part))
            for part in found
        )
        watching = max(0, stage.gallery.watching - 1)
        scene = Scene(stage.engine.name, people, bool(recorded), "", deck, stage.engine.carries(), watching)
        if self._streaming is not None:
            seen = streamed(scene)
            feed = None if seen is None else seen.feed
            self._streaming.show(
                stage.ceremony_id,
                None if feed is None else feed.id,
                picture=feed is not None and feed.picture,
                sound=feed is not None and feed.sound,
            )
            scene = replace(scene, stream=self._streaming.url(stage.ceremony_id))
        before, stage.scene = stage.scene, scene
        if scene != before:
            stage.version += 1
            self._pages.shown(
                stage.ceremony_id, stage.version, scene, everybody=before is None or public(scene) != public(before)
            )

    def _feed_of(self, stage: _Stage, part: Part, *, live: bool = False) -> Feed | None:
        found = [
            one for one in stage.feeds.values() if is_sent_by(part, one.who.id, one.who.hall) and (one.live or not live)
        ]  # the newest last; one that retires shows until the next is live
        return found[-1].feed if found else None

    def _online(self, stage: _Stage, part: Part) -> bool:
        return any(self._here(who) for who in self._people_of(stage, part))

    def _devices_of(self, stage: _Stage, part: Part) -> Devices:
        whose = self._people_of(stage, part)
        return next((stage.devices[who] for who in whose if who in stage.devices), Devices())

    # --- inside ---

    def _of(self, ceremony_id: str, engine: StageEngine) -> _Stage:
        made = _Stage(ceremony_id, engine, Gallery(engine), version=self._version)
        return self._stages.setdefault(ceremony_id, made)

    def _part_of(self, who: Participant) -> Part | None:
        return _part(parts_of(self._ceremonies.state(who.ceremony_id), self._clock.now_ms()), who)

    def _close(self, stage: _Stage, sending: _Sending) -> None:
        stage.feeds.pop(sending.feed.id, None)
        if self._recording is not None:
            self._recording.end(sending.feed.id)
        stage.engine.close_feed(sending.feed.id)

    def _close_id(self, stage: _Stage, feed_id: str) -> None:
        sending = stage.feeds.get(feed_id)
        if sending is not None:
            self._close(stage, sending)

    def _drop_viewer(self, stage: _Stage, sid: str) -> None:
        stage.gallery.leave(sid, stage.sending())
        if self._recording is not None:
            self._recording.left(sid)

    def _drop_page(self, stage: _Stage, sid: str) -> None:
        for sending in [one for one in stage.feeds.values() if one.feed.sid == sid]:
            self._close(stage, sending)
        self._drop_viewer(stage, sid)

    def _later(self, wait_s: float, stage: _Stage, act: Callable[[_Stage, str], None], name: str) -> None:
        def acting() -> None:
            if self._over:
                return
            with stage.lock:
                act(stage, name)
            self.look(stage.ceremony_id)

        self._alarm.once(wait_s, acting)

    def _soon(self, ceremony_id: str) -> None:
        """Look beside whatever is being done: what has happened may be told under a lock of the ceremony."""
        self._alarm.once(0, lambda: self._look_safely(ceremony_id))

    def _coming(self, stage: _Stage) -> None:
        """Look in a while, once for all who come and go until then: that changes nothing for anybody but hosts."""
        if not stage.coming:
            stage.coming = True
            self._alarm.once(SPACING_S, lambda: self._look_safely(stage.ceremony_id))

    def _look_safely(self, ceremony_id: str) -> None:
        try:
            self.look(ceremony_id)
        except Exception:
            # One look that fails must not end the next ones.
            log.exception("stage.look", ceremony=ceremony_id)

    def _look_at_all(self) -> None:
        for ceremony_id in tuple(self._stages):
            self._look_safely(ceremony_id)


class _Told:
    """Pages as the engine speaks to them: the desk remembers which links are whose."""

    def __init__(self, desk: StageDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages

    def link(self, sid: str, link_id: str, do: Literal["open", "move", "close"], way: Way, feed_id: str) -> None:
        self._desk.linked(sid, link_id, None if do == "close" else way)
        self._pages.link(sid, link_id, do, way, feed_id)

    def signal(self, sid: str, link_id: str, signal: Signal) -> None:
        self._pages.signal(sid, link_id, signal)


def _part(found: tuple[Part, ...], who: Participant) -> Part | None:
    return part_of(found, who.id, who.hall)


def _same_seat(one: Participant, other: Participant) -> bool:
    """Whether two pages send for the same place on the stage."""
    return one.id == other.id or bool(one.hall and one.hall == other.hall)
