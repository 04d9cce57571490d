"""What happened in a ceremony: the facts in its log. Each `kind` is the name on the wire and in the store."""

from dataclasses import dataclass
from typing import ClassVar

from memorata.domain.door import DoorPolicy
from memorata.domain.floor import FloorEntry
from memorata.domain.programme import Programme
from memorata.domain.stage import Guest
from memorata.domain.tributes import Wish


class Event:
    """A fact; its envelope (`Recorded`) says when and by whom."""

    __slots__ = ()
    kind: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in the log: `seq` counts from 1 without gaps; `by` is a participant's id, "conductor" or "operator"."""

    seq: int
    at_ms: int
    by: str
    event: Event


@dataclass(frozen=True, slots=True)
class Hidden(Event):
    """Stands in the place of an event that the receiver may not see; changes nothing but the number."""

    kind: ClassVar[str] = "hidden"


@dataclass(frozen=True, slots=True)
class CeremonyPlanned(Event):
    """The programme, at first or anew; runs so far are kept."""

    kind: ClassVar[str] = "ceremony.planned"
    programme: Programme


@dataclass(frozen=True, slots=True)
class CeremonyOpened(Event):
    """The doors of the lobby are open."""

    kind: ClassVar[str] = "ceremony.opened"


@dataclass(frozen=True, slots=True)
class CeremonyClosed(Event):
    kind: ClassVar[str] = "ceremony.closed"


@dataclass(frozen=True, slots=True)
class ItemCued(Event):
    """The item will be live from `start_ms` on. A cue that it replaces has been cancelled just before."""

    kind: ClassVar[str] = "item.cued"
    item_id: str
    start_ms: int
    cue: int


@dataclass(frozen=True, slots=True)
class CueCancelled(Event):
    """The cue that has not started yet is taken back."""

    kind: ClassVar[str] = "item.cue_cancelled"
    cue: int


@dataclass(frozen=True, slots=True)
class ItemHeld(Event):
    """The live item's own time stands still from `from_ms` on."""

    kind: ClassVar[str] = "item.held"
    cue: int
    from_ms: int


@dataclass(frozen=True, slots=True)
class ItemResumed(Event):
    """The live item goes on from `to_ms` on."""

    kind: ClassVar[str] = "item.resumed"
    cue: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class ItemStepped(Event):
    """From `step_ms` on the live item is at `step`, counted from 0."""

    kind: ClassVar[str] = "item.stepped"
    cue: int
    step: int
    step_ms: int


@dataclass(frozen=True, slots=True)
class ItemSkipped(Event):
    kind: ClassVar[str] = "item.skipped"
    item_id: str


@dataclass(frozen=True, slots=True)
class ItemRestored(Event):
    """The item is no longer skipped."""

    kind: ClassVar[str] = "item.restored"
    item_id: str


@dataclass(frozen=True, slots=True)
class AutopilotSet(Event):
    """From `since_ms` on the programme goes by its own times, or no longer does."""

    kind: ClassVar[str] = "autopilot.set"
    on: bool
    since_ms: int


@dataclass(frozen=True, slots=True)
class PictureHeld(Event):
    """Everybody sees the holding picture from `from_ms` on."""

    kind: ClassVar[str] = "picture.held"
    from_ms: int


@dataclass(frozen=True, slots=True)
class DoorSet(Event):
    """How uninvited people are met from now on."""

    kind: ClassVar[str] = "door.set"
    policy: DoorPolicy


@dataclass(frozen=True, slots=True)
class PictureReleased(Event):
    kind: ClassVar[str] = "picture.released"


@dataclass(frozen=True, slots=True)
class AskingSet(Event):
    """Whether people may ask for the floor."""

    kind: ClassVar[str] = "floor.asking_set"
    on: bool


@dataclass(frozen=True, slots=True)
class FloorRequested(Event):
    """Somebody asked for the floor, or was added by a host; the entry goes to the end of the order."""

    kind: ClassVar[str] = "floor.requested"
    entry: FloorEntry


@dataclass(frozen=True, slots=True)
class FloorChanged(Event):
    """An entry's details were corrected by a host; state and place are kept."""

    kind: ClassVar[str] = "floor.changed"
    entry: FloorEntry


@dataclass(frozen=True, slots=True)
class FloorAccepted(Event):
    """The entry has (or has again) its place in the order."""

    kind: ClassVar[str] = "floor.accepted"
    entry_id: str


@dataclass(frozen=True, slots=True)
class FloorDeclined(Event):
    kind: ClassVar[str] = "floor.declined"
    entry_id: str


@dataclass(frozen=True, slots=True)
class FloorReordered(Event):
    """The named entries take, in this order, the places they held among all."""

    kind: ClassVar[str] = "floor.reordered"
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FloorCalled(Event):
    """The person is next and has been warned; the name is released with the entry."""

    kind: ClassVar[str] = "floor.called"
    entry: FloorEntry


@dataclass(frozen=True, slots=True)
class FloorReadied(Event):
    """The person says: I am ready."""

    kind: ClassVar[str] = "floor.readied"
    entry_id: str


@dataclass(frozen=True, slots=True)
class FloorDeferred(Event):
    """The person says: not now; the entry goes back to the end of the order, accepted."""

    kind: ClassVar[str] = "floor.deferred"
    entry_id: str


@dataclass(frozen=True, slots=True)
class FloorGranted(Event):
    """The person has the floor; whoever had it before is done. The name is released with the entry."""

    kind: ClassVar[str] = "floor.granted"
    entry: FloorEntry


@dataclass(frozen=True, slots=True)
class FloorYielded(Event):
    """The speaker has finished."""

    kind: ClassVar[str] = "floor.yielded"
    entry_id: str


@dataclass(frozen=True, slots=True)
class FloorAbsent(Event):
    """The person was called and did not answer; the place is kept until a host takes it up again."""

    kind: ClassVar[str] = "floor.absent"
    entry_id: str


@dataclass(frozen=True, slots=True)
class FloorWithdrawn(Event):
    kind: ClassVar[str] = "floor.withdrawn"
    entry_id: str


@dataclass(frozen=True, slots=True)
class StageInvited(Event):
    """A guest is on the stage beside the floor; whoever had this key before is replaced."""

    kind: ClassVar[str] = "stage.invited"
    guest: Guest


@dataclass(frozen=True, slots=True)
class StageDismissed(Event):
    kind: ClassVar[str] = "stage.dismissed"
    key: str


@dataclass(frozen=True, slots=True)
class RecordedShown(Event):
    """At this step of this cue the recorded version is shown, from `from_ms` on."""

    kind: ClassVar[str] = "stage.recorded_shown"
    cue: int
    step: int
    from_ms: int


@dataclass(frozen=True, slots=True)
class LiveShown(Event):
    """At this step of this cue the living voice is heard again."""

    kind: ClassVar[str] = "stage.live_shown"
    cue: int
    step: int


@dataclass(frozen=True, slots=True)
class WreathLaid(Event):
    """The first person of a delegation laid its wreath; how many more did is counted outside the log."""

    kind: ClassVar[str] = "wreath.laid"
    item_id: str
    wreath: int


@dataclass(frozen=True, slots=True)
class WishOffered(Event):
    """Something was written; held until a moderator releases it."""

    kind: ClassVar[str] = "wish.offered"
    wish: Wish


@dataclass(frozen=True, slots=True)
class WishReleased(Event):
    kind: ClassVar[str] = "wish.released"
    wish: Wish


@dataclass(frozen=True, slots=True)
class WishWithheld(Event):
    """A moderator decided against it, or took it back from every screen."""

    kind: ClassVar[str] = "wish.withheld"
    wish_id: str


@dataclass(frozen=True, slots=True)
class WishRemoved(Event):
    """What the audience gets instead of `wish.withheld`: if it was on the screen, it is there no more."""

    kind: ClassVar[str] = "wish.removed"
    wish_id: str


@dataclass(frozen=True, slots=True)
class PersonErased(Event):
    """One person's words are kept no longer: these requests are withdrawn and blank, these wishes are there no more.

    `participant_id` is `None` for somebody who had no screen of their own, and always for the audience.
    """

    kind: ClassVar[str] = "person.erased"
    participant_id: str | None
    entries: tuple[str, ...]
    wishes: tuple[str, ...]
    guests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamesErased(Event):
    """The time of keeping is over: what people wrote, and their names, are taken out of every request and wish.

    Lines of the guest books of `kept_items`, which are still open, stay.
    """

    kind: ClassVar[str] = "names.erased"
    kept_items: tuple[str, ...] = ()


EVENTS: dict[str, type[Event]] = {
    event.kind: event
    for event in (
        Hidden, CeremonyPlanned, CeremonyOpened, CeremonyClosed,
        ItemCued, CueCancelled, ItemHeld, ItemResumed, ItemStepped, ItemSkipped, ItemRestored,
        AutopilotSet, PictureHeld, PictureReleased, DoorSet,
        AskingSet, FloorRequested, FloorChanged, FloorAccepted, FloorDeclined, FloorReordered, FloorCalled,
        FloorReadied, FloorDeferred, FloorGranted, FloorYielded, FloorAbsent, FloorWithdrawn,
        StageInvited, StageDismissed, RecordedShown, LiveShown,
        WreathLaid, WishOffered, WishReleased, WishWithheld, WishRemoved,
        PersonErased, NamesErased,
    )
}  # fmt: skip
