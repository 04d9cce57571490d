"""What types cannot say about a programme: lengths that add up, an order that is kept, captions that are there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memorata.adapters.collation import sort_key
from memorata.adapters.schedules.faults import Key, did_you_mean
from memorata.adapters.schedules.reading import Reader
from memorata.domain.items import (
    Bell,
    Gallery,
    Greetings,
    Honours,
    Item,
    Media,
    Names,
    RollCall,
    Silence,
    Testimony,
    WreathLaying,
    steps,
)
from memorata.domain.planning import total_s
from memorata.domain.programme import Hall
from memorata.domain.silence import length_s

LONGEST_S = 3600
"""A ceremony without an interval; longer is too long for people of ninety."""

_WITHOUT_WORDS = frozenset({"lobby", "silence", "wreath_laying", "candle", "bell", "music", "anthem", "gallery",
                            "interval"})  # fmt: skip
"""Kinds whose recordings hold no speech that must be captioned."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An item and its place in the file; `sound` when nothing was wrong with it so far, so that its parts are whole."""

    index: int
    item: Item
    sound: bool


def check_halls(reader: Reader, halls: Sequence[Hall | None], items: Sequence[Placed]) -> None:
    """Each hall has an id of its own, and whatever names a hall names one of them.

    Beside a hall there may be a broadcast: it is what is shown as long as the hall itself does not send.

    Args: halls: in their places, `None` for one that could not be read.
    """
    seen: dict[str, int] = {}
    for index, hall in enumerate(halls):
        if hall is None:
            continue
        key: Key = ("halls", index)
        reader.short_name(hall.id, (*key, "id"))
        if hall.id in seen:
            where = f"halls[{seen[hall.id]}]"
            reader.fault((*key, "id"), "schedule.duplicate_id", f"{hall.id!r} is already the id of {where}.")
        seen.setdefault(hall.id, index)
        if hall.contact and not hall.telephone:
            reader.warn((*key, "telephone"), "schedule.no_telephone", f"is missing: how {hall.contact!r} is reached.")
    if None in halls:
        return  # the one that is meant may be the one that has just been refused
    for placed in items:
        for place, name in _halls_of(placed):
            if name and name not in seen:
                message = f"{name!r} is not the id of one of the halls."
                reader.fault(place, "schedule.unknown_hall", message, did_you_mean(name, seen))


def _halls_of(placed: Placed) -> Iterator[tuple[Key, str]]:
    key: Key = ("items", placed.index)
    yield (*key, "hall"), placed.item.hall
    if isinstance(placed.item.detail, RollCall):
        for index, entry in enumerate(placed.item.detail.entries):
            if entry is not None:
                yield (*key, "entries", index, "hall"), entry.hall


def check_items(reader: Reader, items: list[Placed]) -> None:
    """All checks of the items and of their order."""
    seen: dict[str, int] = {}
    for placed in items:
        index, item, key = placed.index, placed.item, ("items", placed.index)
        if item.id in seen:
            where = f"items[{seen[item.id]}]"
            reader.fault((*key, "id"), "schedule.duplicate_id", f"{item.id!r} is already the id of {where}.")
        seen.setdefault(item.id, index)
        if item.kind == "lobby" and index > 0:
            reader.fault((*key, "kind"), "schedule.lobby_not_first", "the lobby comes first, and there is one.")
        if placed.sound:
            _check_item(reader, item, key)
    programme = tuple(placed.item for placed in items)
    if not any(item.kind != "lobby" for item in programme):
        reader.fault(("items",), "schedule.empty", "holds nothing but the lobby.")
    if total_s(programme) > LONGEST_S and not any(item.kind == "interval" for item in programme):
        minutes = total_s(programme) // 60
        reader.warn(("items",), "schedule.long", f"take {minutes} minutes together without an interval.")


def _check_item(reader: Reader, item: Item, key: Key) -> None:
    _check_lengths(reader, item, key)
    _check_captions(reader, item, key)
    if isinstance(item.detail, WreathLaying):
        _check_order(reader, item.detail, key)
    if isinstance(item.detail, Silence) and item.detail.sound == "recording" and item.media is None:
        reader.missing((*key, "media"), "the recording that sounds")


def _check_lengths(reader: Reader, item: Item, key: Key) -> None:
    if isinstance(item.detail, Silence):
        whole_s = length_s(item.detail)
        if item.planned_s != whole_s:
            reader.fault(
                (*key, "planned_s"),
                "schedule.silence_length",
                f"is {item.planned_s}, but invitation, stillness, silence and quiet after it add up to {whole_s}.",
                "Leave planned_s out and it is added up for you.",
            )
        return
    walks = Testimony | WreathLaying | RollCall | Names | Gallery | Greetings | Honours | Bell
    if isinstance(item.detail, walks):
        count, each_s = steps(item)
        if count * each_s > item.planned_s:
            reader.fault(
                (*key, "planned_s"),
                "schedule.steps_too_long",
                f"is {item.planned_s}, but {count} times {each_s:g} s take {count * each_s:g} s.",
            )
    for place, media in _broadcasts(item, key):
        if not media.live and any(source.delay_s is not None for source in media.sources):
            reader.warn(
                (*place, "sources"),
                "schedule.delay_not_live",
                "name a delay, which only a live picture has: a recording is shown where the clock is.",
                "Add live = true, or leave delay_s out.",
            )
        if media.duration_s is not None and not media.live and media.duration_s > item.planned_s:
            reader.warn(
                (*place, "duration_s"),
                "schedule.media_too_long",
                f"is {media.duration_s:g}, longer than the item's planned {item.planned_s} s.",
            )


def _check_captions(reader: Reader, item: Item, key: Key) -> None:
    if item.kind in _WITHOUT_WORDS:
        return
    for place, media in _broadcasts(item, key):
        if media.sources and not media.live and not media.captions:
            reader.warn((*place, "captions"), "schedule.no_captions", "are missing for this recording.")


def _broadcasts(item: Item, key: Key) -> list[tuple[Key, Media]]:
    found: list[tuple[Key, Media | None]] = [((*key, "media"), item.media)]
    match item.detail:
        case Testimony(speakers=parts):
            found += [((*key, "speakers", i, "media"), part.media) for i, part in enumerate(parts)]
        case WreathLaying(wreaths=wreaths):
            found += [((*key, "wreaths", i, "media"), part.media) for i, part in enumerate(wreaths)]
        case RollCall(entries=entries):
            found += [((*key, "entries", i, "media"), part.media) for i, part in enumerate(entries)]
    return [(place, media) for place, media in found if media is not None]


def _check_order(reader: Reader, detail: WreathLaying, key: Key) -> None:
    """An order that is said to be alphabetical is so in the one language that it names: protocol, not taste."""
    if detail.order_policy != "alphabetical":
        return
    if not detail.order_language:
        reader.missing((*key, "order_language"), "the language in which the order is alphabetical")
        return
    sorts = sort_key(detail.order_language)
    names: list[str] = []
    for index, wreath in enumerate(detail.wreaths):
        name = wreath.community.get(detail.order_language, "")
        if not name:
            place = (*key, "wreaths", index, "community", detail.order_language)
            reader.missing(place, "the order is alphabetical in this language")
        elif names and sorts(name) < sorts(names[-1]):
            reader.fault(
                (*key, "wreaths", index, "community"),
                "schedule.not_alphabetical",
                f"{name!r} comes before {names[-1]!r} in the alphabetical order of {detail.order_language!r}.",
            )
        names += [name] if name else []
