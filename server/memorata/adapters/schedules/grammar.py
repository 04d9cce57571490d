"""The keys of schedule files, read off the domain's dataclasses: for the checks and for the reference alike."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from memorata.domain.broadcast import PICTURES, SOUNDS, VIDEOS, Source
from memorata.domain.items import (
    DETAILS,
    Address,
    Anthem,
    Bell,
    Closing,
    Download,
    Film,
    Gallery,
    Greeting,
    Greetings,
    Honours,
    Item,
    Lobby,
    Media,
    Music,
    NameRead,
    Names,
    Panel,
    Picture,
    Place,
    Reading,
    Recipient,
    RollCall,
    Silence,
    Testimony,
    Text,
    VideoMessage,
    Wishes,
    Witness,
    Wreath,
    WreathLaying,
)
from memorata.domain.programme import Hall
from memorata.domain.rules import Easter, Hebrew, Islamic, NthWeekday
from memorata.domain.silence import BPM_RANGE, DURATION_RANGE_S

DAY_S = 86_400

DOWNLOADS = PICTURES | SOUNDS | VIDEOS.keys() | {".pdf", ".zip", ".txt"}
DESCRIPTIONS = SOUNDS | VIDEOS.keys()

_COMPUTED = frozenset({(Closing, "next_date"), (Closing, "next_number"), (Item, "detail")})
"""What is worked out and never written."""

_NEEDED = frozenset(
    {
        (Testimony, "speakers"),
        (WreathLaying, "wreaths"),
        (RollCall, "entries"),
        (Names, "names"),
        (Gallery, "images"),
        (Greetings, "messages"),
        (Honours, "recipients"),
    }
)
"""Lists without which the item would be nothing: to be written, and not empty."""

DERIVED = frozenset({"silence", "lobby", "testimony", "wreath_laying", "roll_call", "names", "gallery", "greetings",
                     "honours", "bell"})  # fmt: skip
"""Kinds whose `planned_s` follows from their other keys when it is not written."""

BOUNDS: Mapping[tuple[type, str], tuple[float, float]] = MappingProxyType(
    {
        (Item, "planned_s"): (1, 4 * 3600),
        (Item, "warn_s"): (0, 3600),
        (Lobby, "opens_before_s"): (60, DAY_S),
        (Silence, "duration_s"): DURATION_RANGE_S,
        (Silence, "invitation_s"): (0, 120),
        (Silence, "stillness_s"): (3, 60),
        (Silence, "quiet_after_s"): (0, 60),
        (Silence, "bpm"): BPM_RANGE,
        (Testimony, "slot_s"): (10, 3600),
        (Witness, "age"): (1, 130),
        (WreathLaying, "slot_s"): (5, 600),
        (RollCall, "slot_s"): (5, 600),
        (Names, "pace_s"): (2, 60),
        (Bell, "strokes"): (1, 1000),
        (Bell, "interval_s"): (1, 60),
        (Gallery, "interval_s"): (3, 600),
        (Greetings, "slot_s"): (5, 600),
        (Honours, "slot_s"): (5, 600),
        (Wishes, "max_chars"): (20, 2000),
        (Wishes, "read_out"): (0, 100),
        (Media, "duration_s"): (0.1, DAY_S),
        (Media, "volume"): (0, 1),
        (Source, "delay_s"): (0, 300),
        (NthWeekday, "month"): (1, 12),
        (NthWeekday, "n"): (-5, 5),
        (Easter, "offset_days"): (-100, 200),
        (Hebrew, "day"): (1, 30),
        (Islamic, "day"): (1, 30),
    }
)

SHORTHAND: Mapping[type, str] = MappingProxyType({NameRead: "name"})
"""Tables that may be written as one string."""

FILES: Mapping[tuple[type, str], frozenset[str]] = MappingProxyType(
    {
        (Picture, "url"): PICTURES,
        (Media, "still"): PICTURES,
        (Film, "audio_description"): frozenset(DESCRIPTIONS),
        (Download, "url"): frozenset(DOWNLOADS),
    }
)
"""Keys that hold the address of a file, and the endings they may have."""

NAMES = frozenset(
    {
        (Item, "presenter"),
        (Address, "speaker"),
        (VideoMessage, "speaker"),
        (Witness, "name"),
        (Witness, "community"),
        (Reading, "author"),
        (Reading, "reader"),
        (Wreath, "layer"),
        (Place, "community"),
        (Place, "speaker"),
        (Names, "readers"),
        (Music, "work"),
        (Music, "performer"),
        (Anthem, "work"),
        (Anthem, "performer"),
        (Greeting, "sender"),
        (Greeting, "community"),
        (Greetings, "reader"),
        (Recipient, "name"),
        (Recipient, "community"),
        (Panel, "participants"),
        (Panel, "moderator"),
        (Hall, "community"),
    }
)
"""Texts that are names: one as the person writes it is enough, in whatever language."""


@dataclass(frozen=True, slots=True)
class KeySpec:
    """One key of a table: its type as the domain has it, and what may stand there."""

    owner: type
    name: str
    hint: Any
    required: bool
    default: object

    @property
    def bounds(self) -> tuple[float, float] | None:
        return BOUNDS.get((self.owner, self.name))

    @property
    def needed(self) -> bool:
        """Whether an empty list or text is as bad as none."""
        return self.required or (self.owner, self.name) in _NEEDED

    def shape(self) -> str:
        """What is to be written, in words."""
        if (self.owner, self.name) in FILES:
            return "link to a file"
        if (self.owner, self.name) in NAMES:
            return "name" if self.hint == Text else "list of names"
        if (self.owner, self.name) == (Closing, "guest_book_until"):
            return "date, or month and day like 05-09"
        if self.name == "country":
            return "country code"
        if self.name in ("language", "order_language"):
            return "language tag"
        if (self.owner, self.name) == (Source, "link"):
            return "link"
        if self.name == "hall":
            return "id of one of the `halls`"
        if (self.owner, self.name) == (Media, "sources"):
            return "list of links, or of tables"
        if (self.owner, self.name) == (Media, "captions"):
            return "link to a file for each language"
        words = shape(self.hint)
        if self.bounds is not None:
            low, high = self.bounds
            words += f", {low:g} to {high:g}"
        return words


_known: dict[type, Mapping[str, KeySpec]] = {}


def keys_of(owner: type) -> Mapping[str, KeySpec]:
    """The keys of a table that becomes this dataclass, in the order of its fields."""
    if owner not in _known:
        _known[owner] = MappingProxyType(_keys(owner))
    return _known[owner]


def _keys(owner: type) -> dict[str, KeySpec]:
    hints = get_type_hints(owner)
    found: dict[str, KeySpec] = {}
    for field in fields(owner):
        if field.name == "kind" or (owner, field.name) in _COMPUTED:
            continue
        default = field.default if field.default_factory is MISSING else field.default_factory()
        required = default is MISSING or (owner, field.name) in _NEEDED
        found[field.name] = KeySpec(owner, field.name, hints[field.name], required, default)
    return found


SOURCE_KEYS: Mapping[str, KeySpec] = MappingProxyType(
    {"link": KeySpec(Source, "link", str, True, MISSING), "delay_s": _keys(Source)["delay_s"]}
)
"""The keys of a source that is written as a table: what is known of it is read off its link."""


def item_keys(kind: str) -> Mapping[str, KeySpec]:
    """The keys of an item of this kind: those of every item, then its own."""
    return MappingProxyType({**keys_of(Item), **keys_of(DETAILS[kind])})


def kinds_with(key: str) -> list[str]:
    """The kinds of item that have a key of this name."""
    return [kind for kind in DETAILS if key in keys_of(DETAILS[kind])]


def optional(hint: Any) -> tuple[Any, bool]:
    """The type without `None`, and whether `None` was allowed."""
    if get_origin(hint) in (Union, UnionType):
        rest = [part for part in get_args(hint) if part is not type(None)]
        return rest[0], len(rest) < len(get_args(hint))
    return hint, False


def shape(hint: Any) -> str:
    """The type in words, for the reference and for messages."""
    hint, _ = optional(hint)
    if hint == Text:
        return "text for each language"
    if get_origin(hint) is Literal:
        return " | ".join(str(choice) for choice in get_args(hint))
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        return "list of tables" if hasattr(inner, "__dataclass_fields__") else f"list of {shape(inner)}s"
    if hint is Media:
        return "broadcast"
    return {str: "string", int: "whole number", float: "number", bool: "true | false"}.get(hint, "table")


def reference() -> str:
    """Every key of items and of their parts, as Markdown; `schedules/README.md` holds it word for word."""
    parts = ["**Every item**", "", *_table_of(keys_of(Item)), ""]
    parts += ["**A broadcast** (`media`)", "", *_table_of(keys_of(Media)), ""]
    parts += ["Each of the `sources` of a broadcast, where it is a table:", "", *_table_of(SOURCE_KEYS), ""]
    for kind, detail in DETAILS.items():
        parts += [f"**`{kind}`**", "", *_table_of(keys_of(detail)), ""]
        for name, spec in keys_of(detail).items():
            inner = get_args(spec.hint)[0] if get_origin(spec.hint) is tuple else None
            if inner is not None and hasattr(inner, "__dataclass_fields__"):
                parts += [f"Each of the `{name}` of `{kind}`:", "", *_table_of(keys_of(inner)), ""]
    return "\n".join(parts)


def _table_of(keys: Mapping[str, KeySpec]) -> list[str]:
    return ["| Key | What | When it is not written |", "|---|---|---|", *_rows(keys)]


def _rows(keys: Mapping[str, KeySpec]) -> list[str]:
    return [f"| `{name}` | {_cell(spec.shape())} | {_default(spec)} |" for name, spec in keys.items()]


def _cell(words: str) -> str:
    return words.replace(" | ", ", ")


def _default(spec: KeySpec) -> str:
    if spec.name == "planned_s":
        return "derived where the kind has steps or parts, else needed"
    if spec.required:
        return "needed"
    if spec.default in (None, "", (), {}):
        return "nothing"
    return f"`{str(spec.default).lower() if isinstance(spec.default, bool) else spec.default}`"
