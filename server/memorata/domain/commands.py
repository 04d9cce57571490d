"""What someone asks of a ceremony. Each `kind` is the name on the wire; fields are checked by `decide`.

`aimed` fields name what the person saw when pressing: a command that aims at something that is past is refused, so
that two hosts pressing the same button at the same moment act once.
"""

from dataclasses import dataclass
from typing import ClassVar

from memorata.domain.door import DoorPolicy
from memorata.domain.floor import EntryKind, Via
from memorata.domain.programme import Programme
from memorata.domain.roles import Role
from memorata.domain.tributes import WishState


class Command:
    __slots__ = ()
    kind: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `request_id` is unique to this press of a button, and becomes the id of what it creates.

    `lag_ms` is within what time news has reached nearly everybody of late, 0 where nothing is known.
    """

    participant_id: str
    role: Role
    request_id: str = ""
    name: str = ""
    community: str = ""
    country: str | None = None
    lag_ms: int = 0


@dataclass(frozen=True, slots=True)
class PlanCeremony(Command):
    """Set or replace the programme; not on the wire: schedules and organizers do it."""

    kind: ClassVar[str] = "ceremony.plan"
    programme: Programme


@dataclass(frozen=True, slots=True)
class OpenCeremony(Command):
    """Open the doors of the lobby before their time."""

    kind: ClassVar[str] = "ceremony.open"


@dataclass(frozen=True, slots=True)
class CloseCeremony(Command):
    kind: ClassVar[str] = "ceremony.close"


@dataclass(frozen=True, slots=True)
class CueItem(Command):
    """Start an item, with the lead that every client needs; `aimed_cue` is the number of cues so far."""

    kind: ClassVar[str] = "item.cue"
    item_id: str
    aimed_cue: int


@dataclass(frozen=True, slots=True)
class CancelCue(Command):
    """Take back a cue that has not started."""

    kind: ClassVar[str] = "item.cancel_cue"
    aimed_cue: int


@dataclass(frozen=True, slots=True)
class HoldItem(Command):
    """Let the live item's own time stand still."""

    kind: ClassVar[str] = "item.hold"
    aimed_cue: int


@dataclass(frozen=True, slots=True)
class ResumeItem(Command):
    kind: ClassVar[str] = "item.resume"
    aimed_cue: int


@dataclass(frozen=True, slots=True)
class StepItem(Command):
    """Go to another step of the live item: the next speaker, the next city; `aimed_step` is the one seen now."""

    kind: ClassVar[str] = "item.step"
    aimed_cue: int
    aimed_step: int
    step: int


@dataclass(frozen=True, slots=True)
class SkipItem(Command):
    """Leave an item out that has not been live."""

    kind: ClassVar[str] = "item.skip"
    item_id: str


@dataclass(frozen=True, slots=True)
class RestoreItem(Command):
    """Take a skipped item back into the programme."""

    kind: ClassVar[str] = "item.restore"
    item_id: str


@dataclass(frozen=True, slots=True)
class SetAutopilot(Command):
    """Let the programme go by its own times, or conduct it by hand."""

    kind: ClassVar[str] = "autopilot.set"
    on: bool


@dataclass(frozen=True, slots=True)
class HoldPicture(Command):
    """Show everybody the holding picture, at once."""

    kind: ClassVar[str] = "picture.hold"


@dataclass(frozen=True, slots=True)
class ReleasePicture(Command):
    kind: ClassVar[str] = "picture.release"


@dataclass(frozen=True, slots=True)
class SetDoor(Command):
    """Open the door to the uninvited, let them knock, or close it; who is inside stays."""

    kind: ClassVar[str] = "door.set"
    policy: DoorPolicy


@dataclass(frozen=True, slots=True)
class SetAsking(Command):
    """Let people ask for the floor, or not any more."""

    kind: ClassVar[str] = "floor.set_asking"
    on: bool


@dataclass(frozen=True, slots=True)
class RequestFloor(Command):
    """Ask to speak; `text` is the poem or a note of what it will be about, shown to hosts and to the speaker alone."""

    kind: ClassVar[str] = "floor.request"
    entry_kind: EntryKind
    name: str
    community: str = ""
    country: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class AddToFloor(Command):
    """A host adds somebody: on the telephone, beside another, in a hall. `before` is an entry to stand before."""

    kind: ClassVar[str] = "floor.add"
    entry_kind: EntryKind
    name: str
    community: str = ""
    country: str | None = None
    text: str = ""
    via: Via = "telephone"
    note: str = ""
    participant_id: str | None = None
    before: str | None = None
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class EditEntry(Command):
    """A host corrects an entry; `None` leaves a detail as it is."""

    kind: ClassVar[str] = "floor.edit"
    entry_id: str
    name: str | None = None
    community: str | None = None
    text: str | None = None
    note: str | None = None
    slot_s: int | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True)
class AcceptEntry(Command):
    """Give an entry its place in the order: one that asked, one that was not here, one called too early."""

    kind: ClassVar[str] = "floor.accept"
    entry_id: str


@dataclass(frozen=True, slots=True)
class DeclineEntry(Command):
    kind: ClassVar[str] = "floor.decline"
    entry_id: str


@dataclass(frozen=True, slots=True)
class ReorderFloor(Command):
    """Put the waiting entries into this order; `order` names each of them once, as the host saw them."""

    kind: ClassVar[str] = "floor.reorder"
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallNext(Command):
    """Warn a person that they are next."""

    kind: ClassVar[str] = "floor.call"
    entry_id: str


@dataclass(frozen=True, slots=True)
class ReadyToSpeak(Command):
    """The person called says: I am ready. A host may say it for somebody without a screen."""

    kind: ClassVar[str] = "floor.ready"
    entry_id: str


@dataclass(frozen=True, slots=True)
class NotNow(Command):
    """The person called would rather wait; they keep a place, at the end."""

    kind: ClassVar[str] = "floor.not_now"
    entry_id: str


@dataclass(frozen=True, slots=True)
class GrantFloor(Command):
    """Give the floor; `aimed_holder` is the entry seen speaking now, `None` for nobody."""

    kind: ClassVar[str] = "floor.grant"
    entry_id: str
    aimed_holder: str | None = None


@dataclass(frozen=True, slots=True)
class YieldFloor(Command):
    """The speaker has finished; a host may say it for them."""

    kind: ClassVar[str] = "floor.yield"
    entry_id: str


@dataclass(frozen=True, slots=True)
class MarkAbsent(Command):
    """The person called does not answer."""

    kind: ClassVar[str] = "floor.mark_absent"
    entry_id: str


@dataclass(frozen=True, slots=True)
class WithdrawRequest(Command):
    """Take a request back; one's own, or for somebody as a host."""

    kind: ClassVar[str] = "floor.withdraw"
    entry_id: str


@dataclass(frozen=True, slots=True)
class ByTelephone(Command):
    """Hear this speaker by telephone from now on, or again by their own microphone."""

    kind: ClassVar[str] = "stage.by_telephone"
    entry_id: str
    on: bool


@dataclass(frozen=True, slots=True)
class InviteToStage(Command):
    """Keep somebody on the stage beside the floor, by a name that everybody reads; a host may mean themselves."""

    kind: ClassVar[str] = "stage.invite"
    participant_id: str
    name: str
    community: str = ""
    country: str | None = None


@dataclass(frozen=True, slots=True)
class DismissFromStage(Command):
    """Let a guest leave the stage; `key` is the guest's."""

    kind: ClassVar[str] = "stage.dismiss"
    key: str


@dataclass(frozen=True, slots=True)
class PlayRecorded(Command):
    """Show the recorded version of the live step from its beginning, in the place of the living voice."""

    kind: ClassVar[str] = "stage.play_recorded"
    aimed_cue: int
    aimed_step: int


@dataclass(frozen=True, slots=True)
class ShowLive(Command):
    """Go back from the recorded version to the living voice."""

    kind: ClassVar[str] = "stage.show_live"
    aimed_cue: int
    aimed_step: int


@dataclass(frozen=True, slots=True)
class LayWreath(Command):
    """Lay the wreath of one's own delegation, while the laying is live; `wreath` counts from 0."""

    kind: ClassVar[str] = "wreath.lay"
    item_id: str
    wreath: int


@dataclass(frozen=True, slots=True)
class LightCandle(Command):
    """Light a candle; counted outside the log, once for each person."""

    kind: ClassVar[str] = "candle.light"
    item_id: str


@dataclass(frozen=True, slots=True)
class OfferWish(Command):
    """Write a wish, or a line for the guest book; `item_id` is the item it belongs to."""

    kind: ClassVar[str] = "wish.offer"
    item_id: str
    text: str
    name: str = ""
    community: str = ""
    country: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseWish(Command):
    """Let everybody read it; `aimed` is the state in which the moderator saw it."""

    kind: ClassVar[str] = "wish.release"
    wish_id: str
    aimed: WishState | None = None


@dataclass(frozen=True, slots=True)
class WithholdWish(Command):
    """Keep it back, or take it from every screen; `aimed` is the state in which the moderator saw it."""

    kind: ClassVar[str] = "wish.withhold"
    wish_id: str
    aimed: WishState | None = None


@dataclass(frozen=True, slots=True)
class ErasePerson(Command):
    """Keep nothing more of somebody; not on the wire: pages ask by POST /api/me/erase, operators by the command line.

    An operator may also name requests and wishes of somebody who had no screen, by their ids.
    """

    kind: ClassVar[str] = "person.erase"
    participant_id: str | None
    entries: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EraseNames(Command):
    """Take all names and words of people out of the ceremony; not on the wire: the scheduler and operators do it.

    What was written for `kept_items` stays.
    """

    kind: ClassVar[str] = "names.erase"
    kept_items: tuple[str, ...] = ()


COMMANDS: dict[str, type[Command]] = {
    command.kind: command
    for command in (
        OpenCeremony, CloseCeremony, CueItem, CancelCue, HoldItem, ResumeItem, StepItem, SkipItem, RestoreItem,
        SetAutopilot, HoldPicture, ReleasePicture, SetDoor,
        SetAsking, RequestFloor, AddToFloor, EditEntry, AcceptEntry, DeclineEntry, ReorderFloor, CallNext,
        ReadyToSpeak, NotNow, GrantFloor, YieldFloor, MarkAbsent, WithdrawRequest,
        ByTelephone, InviteToStage, DismissFromStage, PlayRecorded, ShowLive,
        LayWreath, LightCandle, OfferWish, ReleaseWish, WithholdWish,
    )
}  # fmt: skip
"""The commands that may come over the wire, by kind."""
