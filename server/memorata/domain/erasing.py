"""What is taken out of a ceremony when the words of one person, or the names of all, are no longer to be kept.

The event that says so takes them out of the state of everybody who hears it; `rewritten` is for the store, which takes
them out of what happened before. Both lead to the same state: the history of an erased person still adds up.
"""

from dataclasses import fields, replace
from typing import Any, TypeVar, cast

from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.errors import Refused
from memorata.domain.floor import EntryState, Floor, FloorEntry
from memorata.domain.roles import at_least
from memorata.domain.stage import Guest, Stage
from memorata.domain.stage import without_words as unnamed
from memorata.domain.state import CeremonyState
from memorata.domain.tributes import Tributes, Wish

E = TypeVar("E", bound=e.Event)

_OVER: tuple[EntryState, ...] = ("done", "withdrawn")
"""States that an erased request keeps: somebody spoke, and nobody need know who."""


def decide(state: CeremonyState, command: c.Command, actor: c.Actor) -> tuple[e.Event, ...]:
    """Answer a command to erase; the role and phase have been checked. Erasing again does no harm."""
    match command:
        case c.ErasePerson(participant_id=who, entries=entries, wishes=wishes):
            own = who == actor.participant_id and not entries and not wishes
            if not own and not at_least(actor.role, "organizer"):
                raise Refused("role.not_allowed", command=command.kind, role=actor.role)
            return (
                e.PersonErased(
                    participant_id=who,
                    entries=tuple(one.id for one in state.floor.entries if _is_of(one, who, entries)),
                    wishes=tuple(one.id for one in state.tributes.wishes if _is_of(one, who, wishes)),
                    guests=tuple(g.key for g in state.stage.guests if who is not None and g.participant_id == who),
                ),
            )
        case c.EraseNames(kept_items=kept_items):
            return (e.NamesErased(kept_items),)
    raise Refused("command.unknown", command=command.kind)


def erases(event: e.Event) -> bool:
    return isinstance(event, e.PersonErased | e.NamesErased)


def floor_after(floor: Floor, event: e.Event, at_ms: int) -> Floor:
    """The queue with those requests withdrawn and without a word in them; each keeps its place."""

    def left(entry: FloorEntry) -> FloorEntry:
        if not _concerns(event, entry):
            return entry
        blank: FloorEntry = without_words(entry)
        return blank if entry.state in _OVER else replace(blank, state="withdrawn", since_ms=at_ms)

    return replace(floor, entries=tuple(left(entry) for entry in floor.entries))


def stage_after(stage: Stage, event: e.Event) -> Stage:
    """Without those guests: nobody stays before everybody of whom nothing is kept."""
    return replace(stage, guests=tuple(guest for guest in stage.guests if not _is_guest(event, guest)))


def tributes_after(tributes: Tributes, event: e.Event) -> Tributes:
    """Without those wishes; nothing is left of them that somebody could release."""
    return replace(tributes, wishes=tuple(wish for wish in tributes.wishes if not _concerns(event, wish)))


def rewritten(past: E, erasing: e.Event) -> E:
    """An earlier event without the words that `erasing` takes out; all else of it stays, its kind and ids too."""
    changes: dict[str, Any] = {}
    for field in fields(cast(Any, past)):
        value = getattr(past, field.name)
        if isinstance(value, FloorEntry | Wish) and _concerns(erasing, value):
            changes[field.name] = without_words(value)
        elif isinstance(value, Guest) and _is_guest(erasing, value):
            changes[field.name] = unnamed(value)
    return cast(E, replace(cast(Any, past), **changes)) if changes else past


def without_words(one: Any) -> Any:
    """A request or a wish without anything by which its person could be known."""
    blank = replace(one, participant_id=None, name="", community="", country=None, text="")
    return replace(blank, note="", telephone="", via="self", released=False) if isinstance(one, FloorEntry) else blank


def _concerns(event: e.Event, one: FloorEntry | Wish) -> bool:
    match event:
        case e.NamesErased(kept_items=kept_items):
            return isinstance(one, FloorEntry) or one.item_id not in kept_items
        case e.PersonErased(entries=entries, wishes=wishes):
            return one.id in (entries if isinstance(one, FloorEntry) else wishes)
    return False


def _is_guest(event: e.Event, guest: Guest) -> bool:
    return isinstance(event, e.NamesErased) or (isinstance(event, e.PersonErased) and guest.key in event.guests)


def _is_of(one: FloorEntry | Wish, participant_id: str | None, named: tuple[str, ...]) -> bool:
    return one.id in named or (participant_id is not None and one.participant_id == participant_id)
