"""Looks whether what a ceremony shows is there: before it begins, and when an organizer asks.

Only the links of programmes are looked at, and one that a signed-in organizer is just writing; nobody else's.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from memorata import green
from memorata.domain.broadcast import Source, parse_link
from memorata.domain.errors import Refused, text_of
from memorata.domain.items import Gallery, Item, Media, RollCall, Testimony, WreathLaying
from memorata.domain.programme import Programme
from memorata.services.live import LiveCeremonies
from memorata.services.planning_ports import Archives, Due, LinkCheck
from memorata.services.ports import Clock

log = structlog.get_logger(__name__)

AT_ONCE = 6
"""How many links are looked at beside each other."""

WHOLE_S = 45.0
"""How long the links of one ceremony may take together; much less than a claim is believed."""

LINK_KEPT = 1000
"""How much of an address is kept with what was found."""

NOT_THERE = "There is no such file beside the schedules."
OFF = "Links are not looked at here: the operator has switched that off."
TOO_LATE = "There was no time left to look at it."
DEFECT = "It could not be looked at."


@dataclass(frozen=True, slots=True)
class Found:
    """What there is behind a link; `said` is one sentence, empty when all is well."""

    ok: bool
    said: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What an organizer is told of a link that they are writing; `provider` is empty when it is refused."""

    ok: bool
    provider: str
    said: str = ""


class Probe(Protocol):
    def look(self, source: Source) -> Found:
        """Call the host of the source; never fails, and takes seconds at most.

        Besides those of broadcasts the provider may be `picture` or `captions`.
        """


class LinkChecks:
    """`probe` is `None` where links are not to be looked at; `is_there` knows the files beside the schedules."""

    def __init__(
        self,
        ceremonies: LiveCeremonies,
        archives: Archives,
        probe: Probe | None,
        is_there: Callable[[str], bool],
        clock: Clock,
        peertube_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self._ceremonies = ceremonies
        self._archives = archives
        self._probe = probe
        self._is_there = is_there
        self._clock = clock
        self._peertube_hosts = peertube_hosts

    def due(self, due: Due) -> Sequence[Due]:
        """Does the work of kind `link_check`; nothing follows from it.

        Raises: StoreBusy
        """
        try:
            programme = self._ceremonies.state(due.subject).programme
        except Refused:
            return ()
        if programme is not None and programme.cancelled is None:
            self._check(programme)
        return ()

    def check_now(self, ceremony_id: str) -> tuple[LinkCheck, ...]:
        """Look at all links of a ceremony; takes as long as the slowest of them.

        Raises: StoreBusy, Refused: `ceremony.unknown`.
        """
        programme = self._ceremonies.state(ceremony_id).programme
        return () if programme is None else self._check(programme)

    def check_link(self, text: str) -> Looked:
        """Look at one that stands in no programme yet."""
        try:
            source = parse_link(text, self._peertube_hosts)
        except Refused as refused:
            return Looked(False, "", text_of(refused.code))
        found = self._found(source)
        return Looked(found.ok, source.provider, found.said)

    def _check(self, programme: Programme) -> tuple[LinkCheck, ...]:
        links = links_of(programme)
        if self._probe is None:
            links = tuple((item_id, source) for item_id, source in links if is_own(source))
        answers = self._answers({source.url: source for _, source in links})
        now_ms = self._clock.now_ms()
        checks = tuple(
            LinkCheck(programme.ceremony_id, item_id, source.url[:LINK_KEPT], now_ms, found.ok, found.said)
            for item_id, source in links
            for found in [answers[source.url]]
        )
        self._archives.put_checks(checks)
        faults = sum(not check.ok for check in checks)
        log.info("links.checked", ceremony=programme.ceremony_id, links=len(checks), faults=faults)
        return checks

    def _answers(self, sources: dict[str, Source]) -> dict[str, Found]:
        """By address; what takes too long is not waited for."""
        answers: dict[str, Found] = {}
        waiting = list(sources.values())[::-1]
        ended, lock = green.event(), green.lock()

        def work() -> None:
            while True:
                with lock:
                    if not waiting:
                        return
                    source = waiting.pop()
                found = self._found(source)
                with lock:
                    answers[source.url] = found
                    if len(answers) == len(sources):
                        ended.set()

        for _ in range(min(AT_ONCE, len(sources))):
            green.spawn(work)
        if sources and not ended.wait(WHOLE_S):
            with lock:
                waiting.clear()
        return {url: answers.get(url, Found(False, TOO_LATE)) for url in sources}

    def _found(self, source: Source) -> Found:
        if is_own(source):
            return Found(True) if self._is_there(source.url.removeprefix("/")) else Found(False, NOT_THERE)
        if self._probe is None:
            return Found(False, OFF)
        try:
            return self._probe.look(source)
        except Exception:
            log.exception("links.defect", provider=source.provider)
            return Found(False, DEFECT)


def is_own(source: Source) -> bool:
    """Whether it is a file beside the schedules."""
    return not source.url.startswith("https://")


def links_of(programme: Programme) -> tuple[tuple[str, Source], ...]:
    """All that the items show, each once, with the ids of the items."""
    found = ((item.id, source) for item in programme.items for source in _of_item(item))
    return tuple({(item_id, source.url): (item_id, source) for item_id, source in found}.values())


def _of_item(item: Item) -> Iterable[Source]:
    for media in _broadcasts(item):
        yield from media.sources
        if media.still:
            yield Source("picture", "", media.still)
        yield from (Source("captions", "", caption.url) for caption in media.captions)
    if isinstance(item.detail, Gallery):
        yield from (Source("picture", "", picture.url) for picture in item.detail.images)


def _broadcasts(item: Item) -> Iterable[Media]:
    parts: Iterable[Media | None] = ()
    match item.detail:
        case Testimony(speakers=speakers):
            parts = (part.media for part in speakers)
        case WreathLaying(wreaths=wreaths):
            parts = (part.media for part in wreaths)
        case RollCall(entries=entries):
            parts = (part.media for part in entries)
    return (media for media in (item.media, *parts) if media is not None)
