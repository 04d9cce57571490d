"""What each role sees of a ceremony: staff everything, the audience what has been released to it.

The law that the tests keep: the view of the next state is the view of the state with the view of the event applied.
"""

from dataclasses import replace

from memorata.domain import events as e
from memorata.domain.floor import public_entry
from memorata.domain.items import Item
from memorata.domain.programme import Hall, Programme
from memorata.domain.stage import Guest
from memorata.domain.state import CeremonyState
from memorata.domain.tributes import Tributes, public_wish


def public_programme(programme: Programme) -> Programme:
    """The programme without the notes and numbers that are for hosts alone."""
    items: tuple[Item, ...] = tuple(replace(item, note_host="") for item in programme.items)
    return replace(programme, items=items, halls=tuple(public_hall(hall) for hall in programme.halls))


def public_hall(hall: Hall) -> Hall:
    """The hall without whom the hosts ring there."""
    return replace(hall, contact="", telephone="")


def public_state(state: CeremonyState) -> CeremonyState:
    """The state as the audience sees it."""
    return replace(
        state,
        programme=None if state.programme is None else public_programme(state.programme),
        stage=replace(state.stage, guests=tuple(public_guest(guest) for guest in state.stage.guests)),
        floor=replace(state.floor, entries=tuple(public_entry(entry) for entry in state.floor.entries)),
        tributes=Tributes(
            laid=state.tributes.laid,
            wishes=tuple(public_wish(wish) for wish in state.tributes.wishes if wish.state == "released"),
        ),
    )


def public_guest(guest: Guest) -> Guest:
    """As everybody sees a guest: by the name that a host gave, and by no id."""
    return replace(guest, participant_id=None)


def public_event(recorded: e.Recorded) -> e.Recorded:
    """The event as the audience sees it: its number always, its content as far as released, never who did it."""
    return replace(recorded, by="", event=_public(recorded.event))


def _public(event: e.Event) -> e.Event:
    match event:
        case e.CeremonyPlanned(programme=programme):
            return e.CeremonyPlanned(public_programme(programme))
        case e.FloorRequested(entry=entry) | e.FloorChanged(entry=entry):
            return replace(event, entry=public_entry(entry))
        case e.FloorCalled(entry=entry) | e.FloorGranted(entry=entry):
            return replace(event, entry=public_entry(entry))
        case e.StageInvited(guest=guest):
            return e.StageInvited(public_guest(guest))
        case e.WishOffered():
            return e.Hidden()
        case e.WishReleased(wish=wish):
            return e.WishReleased(public_wish(wish))
        case e.WishWithheld(wish_id=wish_id):
            return e.WishRemoved(wish_id)
        case e.PersonErased(entries=entries, wishes=wishes):
            kept = entries or wishes or event.guests
            return e.PersonErased(None, entries, wishes, event.guests) if kept else e.Hidden()
    return event
