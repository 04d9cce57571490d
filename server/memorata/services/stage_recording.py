"""Which feeds of the stages are being recorded: begun when all agree, ended as soon as one does not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from memorata.domain.errors import Refused
from memorata.domain.items import Item
from memorata.domain.recording import to_record
from memorata.domain.stage import Part
from memorata.services.page_recorder import PageRecorder
from memorata.services.ports import Participant
from memorata.services.recording_ports import Recorder
from memorata.services.stage_ports import Feed, StageEngine, Tab

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Running:
    """`name` is the recorder's; empty for a feed that cannot be recorded, which is not tried again."""

    name: str
    key: str
    ceremony_id: str


class StageRecording:
    """Args: pages: who records where pages reach each other; agreed: whether a participant has said yes."""

    def __init__(
        self, engine: StageEngine, recorder: Recorder, pages: PageRecorder, agreed: Callable[[str], bool]
    ) -> None:
        self._engine = engine
        self._recorder = recorder
        self._pages = pages
        self._agreed = agreed
        self._running: dict[str, _Running] = {}

    def arrived(self, who: Participant, tab: Tab) -> None:
        """A page draws the stage: of a host, it may record."""
        if who.role in ("host", "organizer", "admin"):
            self._pages.arrived(tab)

    def left(self, sid: str) -> None:
        self._pages.gone(sid)

    def follow(
        self, ceremony_id: str, item: Item | None, found: tuple[Part, ...], shown: Mapping[str, Feed]
    ) -> frozenset[str]:
        """Record what may be of this stage, and nothing else; the keys of those who are recorded.

        Args: shown: what is seen now, by the key of its part.
        """
        wanted = {part.key: part for part in to_record(found, item, self._agreed)}
        for feed_id, running in list(self._running.items()):
            feed = shown.get(running.key)
            if running.ceremony_id == ceremony_id and (running.key not in wanted or feed is None or feed.id != feed_id):
                self.end(feed_id)
        for key, part in wanted.items():
            feed = shown.get(key)
            if feed is not None and feed.id not in self._running:
                self._running[feed.id] = _Running(self._begin(ceremony_id, item, part, feed), key, ceremony_id)
        return frozenset(
            running.key for running in self._running.values() if running.ceremony_id == ceremony_id and running.name
        )

    def end(self, feed_id: str) -> None:
        """A feed that is over, or may not be recorded any more; one that is not recorded is no fault."""
        running = self._running.pop(feed_id, None)
        if running is None or not running.name:
            return
        self._pages.stop(running.name)
        try:
            self._engine.record(feed_id, None)
        except Refused as refused:  # it is away, or the feed is over: either ends what it wrote
            log.info("stage.recording_ended", ceremony=running.ceremony_id, code=refused.code)
        self._recorder.end(running.name)

    def _begin(self, ceremony_id: str, item: Item | None, part: Part, feed: Feed) -> str:
        if item is None or part.participant_id is None:
            return ""
        name = self._recorder.begin(ceremony_id, part.participant_id, part.key, part.name, part.community, item.id)
        if name is None:
            return ""
        if self._engine.name == "mesh":
            self._pages.record(ceremony_id, part.key, feed.id, name)
            return name
        try:
            self._engine.record(feed.id, name)
        except Refused as refused:
            log.warning("stage.not_recorded", ceremony=ceremony_id, code=refused.code)
            self._recorder.end(name)
            return ""
        return name
