"""The kinds of programme item and what each of them carries; terms and parameters as docs/glossary.md explains them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from memorata.domain.broadcast import Source

Text = dict[str, str]
"""A text in several languages: language tag (BCP 47) to text; an empty one is none.

The name of a person or a community is one too: as they write it, and in a second script where somebody wrote that down.
"""

End = Literal["hold", "next", "stop"]
"""What follows when the planned time is over: the picture stays, the next item begins, or a calm frame is shown."""


class Detail:
    """What is particular to one kind of item; every subclass is a frozen dataclass whose `kind` names it."""

    __slots__ = ()
    kind: str


@dataclass(frozen=True, slots=True)
class Caption:
    language: str
    url: str


@dataclass(frozen=True, slots=True)
class Media:
    """One broadcast: the first source is played, the others stand in for it, `still` is shown when all fail."""

    sources: tuple[Source, ...] = ()
    still: str | None = None
    captions: tuple[Caption, ...] = ()
    duration_s: float | None = None
    fallback_text: Text = field(default_factory=dict)
    live: bool = False
    volume: float = 1.0


@dataclass(frozen=True, slots=True)
class Lobby(Detail):
    kind: Literal["lobby"] = field(default="lobby", kw_only=True)
    opens_before_s: int = 900
    sound_check: bool = True


@dataclass(frozen=True, slots=True)
class Address(Detail):
    kind: Literal["address"] = field(default="address", kw_only=True)
    speaker: Text = field(default_factory=dict)
    role: Text = field(default_factory=dict)
    interpretation: str = ""


@dataclass(frozen=True, slots=True)
class VideoMessage(Detail):
    kind: Literal["video_message"] = field(default="video_message", kw_only=True)
    speaker: Text = field(default_factory=dict)
    role: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Silence(Detail):
    """Invitation, stillness, the silence itself, rest; their lengths in seconds add up to the item's `planned_s`."""

    kind: Literal["silence"] = field(default="silence", kw_only=True)
    duration_s: int = 60
    invitation: Text = field(default_factory=dict)
    invitation_s: int = 20
    stillness_s: int = 5
    sound: Literal["none", "metronome", "bell", "recording"] = "metronome"
    bpm: int = 50
    start_signal: Literal["none", "bell"] = "none"
    end_signal: Literal["none", "bell"] = "bell"
    quiet_after_s: int = 5
    vibration: bool = False


@dataclass(frozen=True, slots=True)
class Witness:
    """One speaker of a testimony item."""

    name: Text
    age: int | None = None
    community: Text = field(default_factory=dict)
    country: str | None = None
    mode: Literal["live", "recorded", "phone", "helper"] = "live"
    summary: Text = field(default_factory=dict)
    media: Media | None = None


@dataclass(frozen=True, slots=True)
class Testimony(Detail):
    kind: Literal["testimony"] = field(default="testimony", kw_only=True)
    speakers: tuple[Witness, ...] = ()
    slot_s: float = 180


@dataclass(frozen=True, slots=True)
class Reading(Detail):
    kind: Literal["reading"] = field(default="reading", kw_only=True)
    author: Text = field(default_factory=dict)
    reader: Text = field(default_factory=dict)
    rights: str = ""


@dataclass(frozen=True, slots=True)
class Response(Detail):
    kind: Literal["response"] = field(default="response", kw_only=True)
    call: Text = field(default_factory=dict)
    answer: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wreath:
    community: Text
    country: str | None = None
    layer: Text = field(default_factory=dict)
    ribbon: Text = field(default_factory=dict)
    tribute: Literal["wreath", "candle", "flower", "photograph"] = "wreath"
    media: Media | None = None


@dataclass(frozen=True, slots=True)
class WreathLaying(Detail):
    """Wreaths in the order of protocol, the same for every viewer."""

    kind: Literal["wreath_laying"] = field(default="wreath_laying", kw_only=True)
    place: Text = field(default_factory=dict)
    mode: Literal["live", "recorded"] = "recorded"
    order_policy: Literal["manual", "rank", "alphabetical", "year", "lot"] = "manual"
    order_language: str = ""
    wreaths: tuple[Wreath, ...] = ()
    slot_s: float = 20


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of a roll-call."""

    place: Text
    community: Text = field(default_factory=dict)
    country: str | None = None
    speaker: Text = field(default_factory=dict)
    mode: Literal["live", "picture", "recorded"] = "live"
    media: Media | None = None
    hall: str = ""
    """The hall that answers by its own camera, by its id in the programme."""


@dataclass(frozen=True, slots=True)
class RollCall(Detail):
    kind: Literal["roll_call"] = field(default="roll_call", kw_only=True)
    entries: tuple[Place, ...] = ()
    slot_s: float = 45


@dataclass(frozen=True, slots=True)
class NameRead:
    name: str
    note: str = ""
    pronunciation: str = ""


@dataclass(frozen=True, slots=True)
class Names(Detail):
    """Names read one after another; before each index in `silences_at` (of a name or pair) one pace is kept silent."""

    kind: Literal["names"] = field(default="names", kw_only=True)
    names: tuple[NameRead, ...] = ()
    readers: tuple[Text, ...] = ()
    pace_s: float = 5
    grouping: Literal["one", "pair"] = "one"
    silences_at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Candle(Detail):
    kind: Literal["candle"] = field(default="candle", kw_only=True)
    mode: Literal["host", "everyone", "representatives"] = "everyone"
    prompt: Text = field(default_factory=dict)
    counter: bool = True


@dataclass(frozen=True, slots=True)
class Bell(Detail):
    kind: Literal["bell"] = field(default="bell", kw_only=True)
    strokes: int = 8
    interval_s: float = 4


@dataclass(frozen=True, slots=True)
class Music(Detail):
    kind: Literal["music"] = field(default="music", kw_only=True)
    work: Text = field(default_factory=dict)
    performer: Text = field(default_factory=dict)
    rights: str = ""
    stand_invite: bool = False


@dataclass(frozen=True, slots=True)
class Anthem(Detail):
    kind: Literal["anthem"] = field(default="anthem", kw_only=True)
    work: Text = field(default_factory=dict)
    performer: Text = field(default_factory=dict)
    rights: str = ""
    stand_invite: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    caption: Text = field(default_factory=dict)
    credit: str = ""
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Gallery(Detail):
    kind: Literal["gallery"] = field(default="gallery", kw_only=True)
    images: tuple[Picture, ...] = ()
    interval_s: float = 8
    downloadable: bool = False


@dataclass(frozen=True, slots=True)
class Film(Detail):
    kind: Literal["film"] = field(default="film", kw_only=True)
    audio_description: str = ""
    rating_note: str = ""


@dataclass(frozen=True, slots=True)
class Greeting:
    sender: Text
    text: Text
    community: Text = field(default_factory=dict)
    source: Literal["letter", "telegram", "clip"] = "letter"


@dataclass(frozen=True, slots=True)
class Greetings(Detail):
    kind: Literal["greetings"] = field(default="greetings", kw_only=True)
    messages: tuple[Greeting, ...] = ()
    reader: Text = field(default_factory=dict)
    slot_s: float = 60


@dataclass(frozen=True, slots=True)
class Wishes(Detail):
    """Written wishes: everyone may offer one, a person releases it, some are read aloud."""

    kind: Literal["wishes"] = field(default="wishes", kw_only=True)
    prompt: Text = field(default_factory=dict)
    max_chars: int = 280
    moderated: bool = True
    read_out: int = 6
    prepared: tuple[Greeting, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    name: Text
    community: Text = field(default_factory=dict)
    citation: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Honours(Detail):
    kind: Literal["honours"] = field(default="honours", kw_only=True)
    award: Text = field(default_factory=dict)
    recipients: tuple[Recipient, ...] = ()
    slot_s: float = 60


@dataclass(frozen=True, slots=True)
class Panel(Detail):
    kind: Literal["panel"] = field(default="panel", kw_only=True)
    participants: tuple[Text, ...] = ()
    moderator: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interval(Detail):
    kind: Literal["interval"] = field(default="interval", kw_only=True)
    countdown: bool = True


@dataclass(frozen=True, slots=True)
class Download:
    url: str
    label: Text


@dataclass(frozen=True, slots=True)
class Closing(Detail):
    """`next_date` is an ISO date computed from the series; `guest_book_until` too, `None` for no guest book."""

    kind: Literal["closing"] = field(default="closing", kw_only=True)
    words: Text = field(default_factory=dict)
    next_date: str | None = None
    next_number: int | None = None
    downloads: tuple[Download, ...] = ()
    guest_book_until: str | None = None


DETAILS: Mapping[str, type[Detail]] = MappingProxyType(
    {
        "lobby": Lobby,
        "address": Address,
        "video_message": VideoMessage,
        "silence": Silence,
        "testimony": Testimony,
        "reading": Reading,
        "response": Response,
        "wreath_laying": WreathLaying,
        "roll_call": RollCall,
        "names": Names,
        "candle": Candle,
        "bell": Bell,
        "music": Music,
        "anthem": Anthem,
        "gallery": Gallery,
        "film": Film,
        "greetings": Greetings,
        "wishes": Wishes,
        "honours": Honours,
        "panel": Panel,
        "interval": Interval,
        "closing": Closing,
    }
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the programme.

    `planned_s` is its planned length; `warn_s` how long before the expected end the host is warned; `media` what is
    broadcast during the whole of it; `text` what is spoken, for reading along; `hall` is the hall that is on screen by
    its own camera, by its id in the programme. With `recording_allowed` the words of who agrees are recorded in it.
    """

    id: str
    title: Text
    detail: Detail
    planned_s: int
    presenter: Text = field(default_factory=dict)
    language: str = ""
    note_host: str = ""
    warn_s: int = 60
    end: End = "hold"
    media: Media | None = None
    text: Text = field(default_factory=dict)
    recording_allowed: bool = False
    hall: str = ""

    @property
    def kind(self) -> str:
        return self.detail.kind


def steps(item: Item) -> tuple[int, float]:
    """How many steps the item walks through and how long each lasts, in seconds; (1, planned) when it has none."""
    match item.detail:
        case Testimony(speakers=speakers, slot_s=slot_s):
            found = len(speakers), slot_s
        case WreathLaying(wreaths=wreaths, slot_s=slot_s):
            found = len(wreaths), slot_s
        case RollCall(entries=entries, slot_s=slot_s):
            found = len(entries), slot_s
        case Names(names=names, pace_s=pace_s, grouping=grouping, silences_at=silences_at) if names:
            groups = (len(names) + 1) // 2 if grouping == "pair" else len(names)
            found = groups + len(silences_at), pace_s
        case Gallery(images=images, interval_s=interval_s):
            found = len(images), interval_s
        case Greetings(messages=messages, slot_s=slot_s):
            found = len(messages), slot_s
        case Wishes(read_out=read_out):
            found = read_out, item.planned_s / max(1, read_out)
        case Honours(recipients=recipients, slot_s=slot_s):
            found = len(recipients), slot_s
        case Bell(strokes=strokes, interval_s=interval_s):
            found = strokes, interval_s
        case _:
            found = 1, float(item.planned_s)
    return found if found[0] > 0 else (1, float(item.planned_s))


def walks_by_itself(item: Item) -> bool:
    """Whether the steps follow the clock even when a host conducts: recorded wreaths, names, pictures, strokes."""
    match item.detail:
        case WreathLaying(mode=mode):
            return mode == "recorded"
        case Names() | Gallery() | Bell():
            return True
        case _:
            return False
