"""The messages of the socket in both directions: what each holds, and how commands are told apart.

What comes in is read into these types field by field; a field nobody named is refused. docs/protocol.md explains them,
client/src/wire.ts holds their twins (adapters/sockets/typescript.py).
"""

from dataclasses import MISSING, fields
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, cast, get_type_hints

import msgspec

from memorata.domain.commands import COMMANDS, Command
from memorata.domain.errors import Refused
from memorata.domain.floor import FloorEntry, Via
from memorata.domain.moderating import ACTS, Act, NameState, Standing
from memorata.domain.programme import Progress
from memorata.domain.roles import Role
from memorata.domain.stage import PartKind
from memorata.domain.state import CeremonyState
from memorata.domain.tributes import Wish
from memorata.services import moderation, waiting
from memorata.services.ports import Consent
from memorata.services.stage_ports import Device, EngineName, Way
from memorata.services.stage_told import StageGrant
from memorata.services.troubles import Trouble
from memorata.services.turn import IceServer

MESSAGE_MAX = 16_384
"""Bytes of one message from a client; a poem of 4,000 letters in any alphabet fits."""

View = Literal["public", "staff"]

CmdId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
"""Made at the press of a button, the same at every repetition."""

Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Short = Annotated[str, msgspec.Meta(max_length=200)]
Sdp = Annotated[str, msgspec.Meta(max_length=14_000)]


class EventMessage(msgspec.Struct, frozen=True):
    """An event as it travels: the next fact of the ceremony; `hidden` changes nothing but the number."""

    seq: int
    at_ms: int
    by: str
    kind: str
    data: dict[str, Any]


# --- from the server ---------------------------------------------------------------------------------------------


class Me(msgspec.Struct, frozen=True):
    """A participant as they see themselves; `people` sit behind this one screen."""

    id: str
    role: Role
    name: str
    community: str
    country: str | None
    language: str
    consent: Consent
    people: int
    recording: bool
    """Whether they agree that their words may be recorded when they speak."""


class You(msgspec.Struct, frozen=True):
    """What is one's own: requests for the floor, candles lit (item ids), wreaths laid (item and number), wishes."""

    participant: Me
    entries: tuple[FloorEntry, ...]
    lit: tuple[str, ...]
    laid: tuple[tuple[str, int], ...]
    wishes: tuple[Wish, ...]


class SyncQuality(msgspec.Struct, frozen=True):
    """How many of the audience's screens keep the step to 5 ms, to 20 ms, or worse and unknown.

    `soundless` counts those, of all three, whose sound does not run or is off, and `away` those whose line has been
    lost for less than half a minute; nobody is both.
    """

    ms5: int
    ms20: int
    unknown: int
    soundless: int
    away: int


class Presence(msgspec.Struct, frozen=True):
    """Who is there, in numbers, and the tributes counted. `places` holds people by country, `elsewhere` those without.

    `candles` counts by item, `wreaths` by item and number of the wreath. For staff alone: `sync`, the `troubles` that
    the server has, how many have entered and are `waiting` for a seat, and how far ahead a press is announced just now.
    """

    version: int
    people: int
    seats: int
    places: dict[str, int]
    elsewhere: int
    communities: int
    candles: dict[str, int]
    wreaths: dict[str, dict[str, int]]
    sync: SyncQuality | msgspec.UnsetType = msgspec.UNSET
    troubles: tuple[Trouble, ...] | msgspec.UnsetType = msgspec.UNSET
    waiting: int | msgspec.UnsetType = msgspec.UNSET
    lead_ms: int | msgspec.UnsetType = msgspec.UNSET


PRESENCE_TABLES = ("places", "candles", "wreaths")
"""What of the totals changes entry by entry."""

PresenceChange: Any = msgspec.defstruct(
    "PresenceChange",
    [
        ("base", int),
        ("version", int),
        *(
            (field.name, field.type | msgspec.UnsetType, msgspec.UNSET)
            for field in msgspec.structs.fields(Presence)
            if field.name != "version"
        ),
    ],
    namespace={
        "__doc__": """What has changed in the totals since version `base`, and makes them those of `version`.

        What is left out is as it was; of `places`, `candles` and `wreaths` there are the entries that changed, with 0,
        or a table of none, for what is gone.
        """
    },
    frozen=True,
    kw_only=True,
)


class PresenceWhole(msgspec.Struct, frozen=True):
    """The answer to `presence`."""

    ok: Literal[True]
    presence: Presence


class Welcome(msgspec.Struct, frozen=True):
    """The answer to a connection. Either `snapshot` or `replay` is set; `progress` is the timeline after it."""

    epoch: str
    seq: int
    server_now: float
    you: You
    view: View
    snapshot: CeremonyState | None
    replay: tuple[EventMessage, ...] | None
    progress: Progress
    presence: Presence


class Beat(msgspec.Struct, frozen=True):
    """Every 5 s: the number of the last event, so that its loss shows, and the server's time."""

    epoch: str
    seq: int
    now: float


class Gone(msgspec.Struct, frozen=True):
    """The link is not good any more; do not come back by it."""

    code: str


class Ack(msgspec.Struct, frozen=True):
    """The answer to a command; `seq` when granted, `code`, `message` and `facts` when refused."""

    ok: bool
    seq: int | msgspec.UnsetType = msgspec.UNSET
    code: str | msgspec.UnsetType = msgspec.UNSET
    message: str | msgspec.UnsetType = msgspec.UNSET
    facts: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class Synced(msgspec.Struct, frozen=True):
    """The answer to `sync`: as `welcome`, for one who is in already."""

    ok: Literal[True]
    epoch: str
    seq: int
    snapshot: CeremonyState | None
    replay: tuple[EventMessage, ...] | None
    progress: Progress
    server_now: float
    presence: Presence


class ClockAnswer(msgspec.Struct, frozen=True):
    """t0 as it came, received at t1, sent at t2; ms. `rest_ms`, over HTTP alone, asks a crowd to ask less often."""

    t0: float
    t1: float
    t2: float
    rest_ms: int | msgspec.UnsetType = msgspec.UNSET


class RosterRow(msgspec.Struct, frozen=True):
    """One seat as far as it consents to be shown; `key` names the row, and nobody by it.

    Staff also get the id, the role, whether it may be recorded, whether the name is released, and the mark that an act
    of theirs has to name.
    """

    name: str
    community: str
    country: str | None
    people: int
    online: bool
    key: str = ""
    participant_id: str | msgspec.UnsetType = msgspec.UNSET
    role: Role | msgspec.UnsetType = msgspec.UNSET
    recording: bool | msgspec.UnsetType = msgspec.UNSET
    name_state: NameState | msgspec.UnsetType = msgspec.UNSET
    mark: str | msgspec.UnsetType = msgspec.UNSET


class RosterPage(msgspec.Struct, frozen=True):
    """One page of the roster; `next` is what to ask for `after` to get the following one, `null` at the end."""

    ok: Literal[True]
    rows: tuple[RosterRow, ...]
    next: str | None


class OnStage(msgspec.Struct, frozen=True):
    """Somebody on the stage: `feed` is what their picture and sound come by, `null` while nothing comes.

    `key` names them: a request for the floor, `hall-` and a hall's id, or a guest. Where `picture` is false they are
    heard alone; where `sound` is false too, as on the telephone, their name stands there.
    """

    key: str
    kind: PartKind
    feed: str | None
    picture: bool
    sound: bool
    name: str
    community: str
    country: str | None
    via: Via


class OnDeck(msgspec.Struct, frozen=True):
    """Somebody who stands by, as hosts see it: what their page says of its devices, and whether it sends already.

    `online` says whether a page of theirs is open; `heard` whether their microphone has caught a voice.
    """

    key: str
    kind: PartKind
    online: bool
    feed: str | None
    camera: Device
    microphone: Device
    heard: bool


class StageCarries(msgspec.Struct, frozen=True):
    """How the pictures are carried: for how many pages, how many it carries well, how many at the most.

    `well` and `most` are `null` where only the line of the server sets a limit. `ok` is false while it is away.
    """

    engine: EngineName
    ok: bool
    viewers: int
    well: int | None
    most: int | None


class StageShown(msgspec.Struct, frozen=True):
    """Who is on the stage, in the order in which they are drawn; a message with a lower `version` is old.

    `recording`: what is said is being recorded. `stream` is where watchers find the stage, empty for nowhere.
    `deck` and `carries` are for staff.
    """

    version: int
    engine: EngineName
    people: tuple[OnStage, ...]
    recording: bool
    stream: str = ""
    deck: tuple[OnDeck, ...] | msgspec.UnsetType = msgspec.UNSET
    carries: StageCarries | msgspec.UnsetType = msgspec.UNSET


class StageJoined(msgspec.Struct, frozen=True):
    """The answer to `stage_watch`. With `relay` no address of anybody's home is shown to anybody."""

    ok: Literal[True]
    shown: StageShown
    grant: StageGrant
    ice_servers: tuple[IceServer, ...]
    relay: bool
    picture_kbps: int


class StagePublishing(msgspec.Struct, frozen=True):
    """The answer to `stage_publish`."""

    ok: Literal[True]
    feed: str


class StageLink(msgspec.Struct, frozen=True):
    """A peer connection that the page is to open, of which another feed comes from now on, or that is over.

    Who sends makes the offer.
    """

    link: str
    do: Literal["open", "move", "close"]
    way: Way
    feed: str


class StageRecord(msgspec.Struct, frozen=True):
    """To one host's page: record what comes by this feed, and send it piece by piece; or with `on` false stop.

    `recording` is the name under which it is sent; `key` is whose it is, as on the stage.
    """

    recording: str
    key: str
    feed: str
    on: bool


class NameTaken(msgspec.Struct, frozen=True):
    """The name of this row of the roster is not shown any more: take it from the page."""

    key: str


class Devices(msgspec.Struct, frozen=True):
    """In how many browsers this person is here, as far as this process knows; told when it changes."""

    browsers: int


class Moderated(msgspec.Struct, frozen=True):
    """The answer to `moderate`: rows as they stand now; those in `changed` were left alone, for others were first."""

    ok: Literal[True]
    rows: tuple[waiting.WaitingRow, ...]
    changed: tuple[waiting.WaitingRow, ...]


class WaitingPage(msgspec.Struct, frozen=True):
    """A page of what waits for moderators, how much it is, and who reads what."""

    ok: Literal[True]
    rows: tuple[waiting.WaitingRow, ...]
    next: str | None
    counts: waiting.WaitingCounts
    others: tuple[moderation.Look, ...]


class Ticket(msgspec.Struct, frozen=True):
    """Of somebody who waits for a seat: to be shown at POST /api/seat once the timeline's `called` is at `number`."""

    ticket: str
    number: int


class Entered(msgspec.Struct, frozen=True):
    """The answer of POST /api/enter; whoever is `waiting` asks /api/standing until that changes.

    With a `waits` all seats are taken, and the page shows what watchers see.
    """

    token: str
    ceremony: str
    participant: Me
    role: Role
    device: str
    standing: Standing
    waits: Ticket | msgspec.UnsetType = msgspec.UNSET


# --- from the client ---------------------------------------------------------------------------------------------


class Auth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a client shows when it connects; `epoch` and `seq` say how much it knows already.

    `tab` names the page, and after a dot the browser, so that the devices of one person can be counted.
    """

    token: Annotated[str, msgspec.Meta(max_length=200)]
    ceremony: Short = ""
    epoch: Short = ""
    seq: Seq = 0
    tab: Short = ""


class Sync(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    epoch: Short
    seq: Seq


class PresenceAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of the totals has been missed: send the whole."""


class ClockAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    t0: float


class RosterAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    after: Short | None = None
    search: Short = ""


class WaitingAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    after: Short | None = None
    only: waiting.Only = "all"


class Looking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which entry the page has open, `null` for none; `away` when the list itself has been left."""

    entry: Short | None
    away: bool = False


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a page fares; `bound_ms` is how far what it sounds or shows may be off, `null` when it does not know.

    `lag_ms` is the longest that an event or beat was on its way since the last report, `null` when it cannot say.
    """

    bound_ms: Annotated[float, msgspec.Meta(ge=0)] | None
    sound: Literal["running", "locked", "muted"]
    picture: bool
    lag_ms: Annotated[float, msgspec.Meta(ge=0, le=1e9)] | None = None


class StageWatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """This page draws the stage; without `picture` it wants the sound alone."""

    picture: bool = True


class StagePublish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """This page has opened its devices and wants to send."""

    picture: bool
    sound: bool


class StageStop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """This page sends no more (`publish`), or draws the stage no more (`watch`)."""

    what: Literal["publish", "watch"]


class StageTell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the devices of somebody on deck fare."""

    camera: Device
    microphone: Device
    heard: bool


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="offer"):
    link: Short
    sdp: Sdp


class Answered(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="answer"):
    link: Short
    sdp: Sdp


class Found(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="candidate"):
    """A way to reach this end (RFC 8838); an empty `candidate` says that there are no more."""

    link: Short
    candidate: Annotated[str, msgspec.Meta(max_length=1000)]
    mid: Short | None = None
    line: Annotated[int, msgspec.Meta(ge=0, le=64)] | None = None


StageSignal = Offer | Answered | Found
"""What the two ends of a link tell each other, in both directions."""


class Bye(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


def _wire_type(annotation: object) -> Any:
    # JSON integers beyond 2^53 are not the same number to both sides.
    return Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)] if annotation is int else annotation


def _struct(kind: str, command: type[Command] | type[Act], *first: tuple[str, Any]) -> type[msgspec.Struct]:
    """The message of a command or an act: its fields, told apart by `kind`."""
    hints = get_type_hints(command)
    defined: list[Any] = [*first]
    for field in fields(cast(Any, command)):
        name, annotation = field.name, _wire_type(hints[field.name])
        defined.append((name, annotation) if field.default is MISSING else (name, annotation, field.default))
    return msgspec.defstruct(
        command.__name__, defined, tag_field="kind", tag=kind, forbid_unknown_fields=True, frozen=True, kw_only=True
    )


MESSAGES: dict[str, type[msgspec.Struct]] = {
    kind: _struct(kind, command, ("cmd_id", CmdId)) for kind, command in COMMANDS.items()
}
_ANY_MESSAGE: Any = reduce(or_, MESSAGES.values())

ACT_MESSAGES: dict[str, type[msgspec.Struct]] = {kind: _struct(kind, act) for kind, act in ACTS.items()}
_ANY_ACT: Any = reduce(or_, ACT_MESSAGES.values())

IDS_MAX = 100
"""People named in one act."""


def read_command(data: object) -> tuple[str, Command]:
    """The `cmd_id` and the command of a message.

    Raises: msgspec.ValidationError: with the path of what does not fit.
    """
    message = msgspec.convert(data, _ANY_MESSAGE)
    kind = cast(str, message.__struct_config__.tag)
    command = COMMANDS[kind]
    values = {field.name: getattr(message, field.name) for field in fields(cast(Any, command))}
    return message.cmd_id, command(**values)


def read_act(data: object) -> Act:
    """The act of a message of a moderator.

    Raises: msgspec.ValidationError: with the path of what does not fit; Refused: `message.invalid`: too many people.
    """
    message = msgspec.convert(data, _ANY_ACT)
    act = ACTS[cast(str, message.__struct_config__.tag)]
    values = {field.name: getattr(message, field.name) for field in fields(cast(Any, act))}
    if len(values.get("ids", ())) > IDS_MAX:
        raise Refused("message.invalid", path="$.ids", reason=f"Expected at most {IDS_MAX}")
    return act(**values)
