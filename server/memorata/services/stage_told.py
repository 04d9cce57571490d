"""What pages are told of a stage: who is seen, who stands by, what somebody may send."""

from dataclasses import dataclass, field
from typing import Protocol

from memorata.domain.stage import Level, Part
from memorata.services.stage_ports import Carries, Device, EngineName, Feed, Pages


@dataclass(frozen=True, slots=True)
class StageGrant:
    """What this person may send now: to everybody, or unseen, or with `None` nothing; and whether it is recorded."""

    level: Level | None = None
    key: str = ""
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class Devices:
    """What a page on deck says of its devices; `heard`: its microphone has caught a voice."""

    camera: Device = "unknown"
    microphone: Device = "unknown"
    heard: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody on the stage, and what they are seen and heard by; `feed` is `None` while nothing comes."""

    part: Part
    feed: Feed | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody on deck, for hosts."""

    part: Part
    online: bool
    feed: Feed | None
    devices: Devices


@dataclass(frozen=True, slots=True)
class Scene:
    """A stage as it is told."""

    engine: EngineName
    people: tuple[Seen, ...] = ()
    recording: bool = False
    stream: str = ""
    deck: tuple[Standing, ...] = ()
    carries: Carries = field(default_factory=lambda: Carries(True))
    viewers: int = 0


def streamed(scene: Scene) -> Seen | None:
    """Whom watchers see and hear: the first who sends. A stream has room for one."""
    return next((seen for seen in scene.people if seen.feed is not None), None)


@dataclass(frozen=True, slots=True)
class Joined:
    """What a page is told that begins to watch."""

    version: int
    scene: Scene
    grant: StageGrant


class StagePages(Pages, Protocol):
    """How the stage speaks to pages."""

    def shown(self, ceremony_id: str, version: int, scene: Scene, *, everybody: bool) -> None:
        """The stage as it is now; only to hosts, unless something has changed that everybody sees."""

    def grant(self, participant_id: str, grant: StageGrant) -> None: ...


def public(scene: Scene) -> Scene:
    """As much of it as everybody is told."""
    return Scene(scene.engine, scene.people, scene.recording, scene.stream)
