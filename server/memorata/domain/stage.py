"""Who may be seen and heard live, and when: one rule, which follows the floor, the programme and the link-ups.

In a silence nobody may, whoever had the right before; a page that knows the timeline closes its microphone by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from memorata.domain.floor import EntryKind, FloorEntry, Via
from memorata.domain.items import Item, Media, RollCall, Testimony, steps
from memorata.domain.programme import Hall, Moment, Programme, silence_plan

STAGE_MAX = 4
"""How many people are seen at once: more faces on one screen are too small for old eyes."""

GUESTS_MAX = STAGE_MAX - 1
"""One place is kept for whoever has the floor, or for a hall."""

Level = Literal["on_stage", "on_deck"]
"""Seen and heard by everybody; or sending already and seen by nobody, so that a call shows a picture at once."""

PartKind = Literal["speaker", "hall", "guest"]


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody whom a host keeps on the stage beside the floor: the host's own picture, an interpreter, a panel.

    `key` names the guest to those who may not know the participant's id.
    """

    key: str
    participant_id: str | None
    name: str = ""
    community: str = ""
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """At this step of this cue the recorded version stands in for the living voice, from `from_ms` on."""

    cue: int
    step: int
    from_ms: int


@dataclass(frozen=True, slots=True)
class Stage:
    """What hosts have decided about the stage; who has the floor is told by the floor."""

    guests: tuple[Guest, ...] = ()
    recorded: tuple[Shown, ...] = ()

    def guest(self, key: str) -> Guest | None:
        return next((guest for guest in self.guests if guest.key == key), None)

    def recorded_at(self, shown: Moment) -> Shown | None:
        """What stands in for the voice at this moment."""
        if shown.run is None:
            return None
        return next((one for one in self.recorded if (one.cue, one.step) == (shown.run.cue, shown.step)), None)


@dataclass(frozen=True, slots=True)
class Part:
    """One place on the stage or on deck. Nobody sends for it where both `participant_id` and `hall` are empty."""

    key: str
    kind: PartKind
    level: Level
    participant_id: str | None = None
    hall: str = ""
    name: str = ""
    community: str = ""
    country: str | None = None
    via: Via = "self"
    entry_kind: EntryKind | None = None


def parts(
    programme: Programme, stage: Stage, entries: tuple[FloorEntry, ...], shown: Moment, *, holding: bool
) -> tuple[Part, ...]:
    """Everybody who is on the stage, then everybody on deck; nobody in a silence, before the doors and after the end.

    Args: holding: everybody sees the holding picture: then nobody is on the stage.
    """
    if shown.phase not in ("lobby", "item") or shown.silence in ("stillness", "silence", "rest"):
        return ()
    seen: Level = "on_deck" if holding or stage.recorded_at(shown) is not None else "on_stage"
    on_screen = hall_on_screen(shown)
    found = [
        *(_speaker(entry, seen) for entry in entries if entry.state == "speaking"),
        *(_hall(hall, seen if hall.id == on_screen else "on_deck") for hall in programme.halls),
        *(_guest(guest, "on_deck" if holding else "on_stage") for guest in stage.guests),
        *(_speaker(entry, "on_deck") for entry in entries if entry.state in ("next", "ready")),
    ]
    unique: dict[str, Part] = {}
    for part in found:
        who = part.participant_id or part.key
        if who not in unique:
            unique[who] = part
    return tuple(sorted(unique.values(), key=lambda part: part.level != "on_stage"))


def is_sent_by(part: Part, participant_id: str, hall: str = "") -> bool:
    """Whether this person, or this hall, is who sends for a part."""
    return part.hall == hall if part.hall else part.participant_id == participant_id


def part_of(found: tuple[Part, ...], participant_id: str, hall: str = "") -> Part | None:
    """The part of somebody: the one answer to whether they may publish, by its level; `None`: they may not."""
    return next((part for part in found if is_sent_by(part, participant_id, hall)), None)


def hall_on_screen(shown: Moment) -> str:
    """The hall that the programme has on screen now; empty for none."""
    item = shown.item
    if item is None:
        return ""
    if isinstance(item.detail, RollCall) and shown.step < len(item.detail.entries):
        return item.detail.entries[shown.step].hall or item.hall
    return item.hall


def stand_in(item: Item, step: int) -> Media | None:
    """The recorded version that can stand in for the living voice of this step; `None` where there is none."""
    own: Media | None = None
    if isinstance(item.detail, Testimony) and step < len(item.detail.speakers):
        own = item.detail.speakers[step].media
    elif isinstance(item.detail, RollCall) and step < len(item.detail.entries):
        own = item.detail.entries[step].media
    return next((media for media in (own, item.media) if media is not None and media.sources and not media.live), None)


def next_change_ms(programme: Programme, shown: Moment, now_ms: int, *, autopilot: bool) -> int | None:
    """When the clock alone changes who is on the stage next; `None` when nothing is foreseeable."""
    return min((at_ms for at_ms in _instants(programme, shown, now_ms, autopilot) if at_ms > now_ms), default=None)


def _instants(programme: Programme, shown: Moment, now_ms: int, autopilot: bool) -> Iterator[int]:
    yield programme.lobby_opens_ms
    if shown.standby is not None:
        yield shown.standby.start_ms
    if shown.run is None or shown.item is None:
        return
    instants = silence_plan(shown.item, shown.run)
    if instants is not None:
        yield from (instants.still_ms, instants.rest_end_ms)
    if autopilot:
        count, slot_s = steps(shown.item)
        if count > 1:
            slot_ms = max(1, round(slot_s * 1000))
            yield now_ms + slot_ms - shown.position_ms % slot_ms


def _speaker(entry: FloorEntry, level: Level) -> Part:
    sends = entry.via != "telephone"
    return Part(
        entry.id,
        "speaker",
        level,
        entry.participant_id if sends else None,
        "",
        entry.name,
        entry.community,
        entry.country,
        entry.via,
        entry.kind,
    )


def _hall(hall: Hall, level: Level) -> Part:
    return Part(f"hall-{hall.id}", "hall", level, hall=hall.id, country=hall.country, via="hall")


def _guest(guest: Guest, level: Level) -> Part:
    return Part(guest.key, "guest", level, guest.participant_id, "", guest.name, guest.community, guest.country)


def without_words(guest: Guest) -> Guest:
    """A guest by whom nobody can be known."""
    return replace(guest, participant_id=None, name="", community="", country=None)


def ahead(programme: Programme, shown: Moment) -> tuple[str, ...]:
    """The halls that the programme still wants on screen, soonest first; what is on screen now leads."""
    wanted: list[str] = [hall_on_screen(shown)]
    items = list(programme.conducted())
    at = next((i for i, item in enumerate(items) if shown.item is not None and item.id == shown.item.id), 0)
    for item in items[at:]:
        if isinstance(item.detail, RollCall):
            past = shown.step if shown.item is not None and item.id == shown.item.id else 0
            wanted.extend(entry.hall for entry in item.detail.entries[past:])
        wanted.append(item.hall)
    return tuple(dict.fromkeys(hall for hall in wanted if hall))
