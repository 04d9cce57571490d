"""What becomes of tributes: wreaths laid by their delegations, candles, words that wait for their release."""

from dataclasses import replace

from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.errors import Refused
from memorata.domain.items import Candle, Closing, Item, Wishes, Wreath, WreathLaying
from memorata.domain.state import CeremonyState, now_shown, planned
from memorata.domain.tributes import Wish, WishState
from memorata.domain.words import COMMUNITY_MAX, NAME_MAX, country_code, line, passage

Events = tuple[e.Event, ...]

GUEST_BOOK_MAX = 500
"""Characters of one line in the guest book."""

WISHES_EACH = 5
"""How many wishes one person may write for one item."""

WISHES_MAX = 2_000
"""How many one ceremony holds."""


def decide(state: CeremonyState, command: c.Command, actor: c.Actor, now_ms: int) -> Events:
    """Answer a command about tributes; the role and phase have been checked."""
    match command:
        case c.LayWreath():
            return _lay(state, command, actor, now_ms)
        case c.LightCandle(item_id=item_id):
            candle = _live(state, item_id, now_ms).detail
            if not isinstance(candle, Candle) or candle.mode == "host":
                raise Refused("candle.not_now", item_id=item_id)
            return ()
        case c.OfferWish():
            return _offer(state, command, actor, now_ms)
        case c.ReleaseWish(wish_id=wish_id, aimed=aimed):
            wish = _wish(state, wish_id, aimed)
            return () if wish.state == "released" else (e.WishReleased(replace(wish, state="released")),)
        case c.WithholdWish(wish_id=wish_id, aimed=aimed):
            wish = _wish(state, wish_id, aimed)
            return () if wish.state == "withheld" else (e.WishWithheld(wish_id),)
    raise Refused("command.unknown", command=command.kind)


def belongs(wreath: Wreath, community: str, country: str | None) -> bool:
    """Whether a person of this community or country comes with the delegation that lays the wreath."""
    names = {name.casefold() for name in wreath.community.values()}
    return (wreath.country is not None and wreath.country == country) or community.casefold() in names


def _live(state: CeremonyState, item_id: str, now_ms: int) -> Item:
    shown = now_shown(state, now_ms)
    if shown.item is None or shown.item.id != item_id:
        raise Refused("item.not_live", item_id=item_id)
    return shown.item


def _lay(state: CeremonyState, command: c.LayWreath, actor: c.Actor, now_ms: int) -> Events:
    item = _live(state, command.item_id, now_ms)
    if not isinstance(item.detail, WreathLaying) or not 0 <= command.wreath < len(item.detail.wreaths):
        raise Refused("wreath.unknown", item_id=command.item_id, wreath=command.wreath)
    if command.wreath > now_shown(state, now_ms).step:
        raise Refused("wreath.not_yet", wreath=command.wreath)
    if not belongs(item.detail.wreaths[command.wreath], actor.community, actor.country):
        raise Refused("wreath.not_yours", wreath=command.wreath)
    if any(laid.item_id == item.id and laid.wreath == command.wreath for laid in state.tributes.laid):
        return ()
    return (e.WreathLaid(item.id, command.wreath),)


def _offer(state: CeremonyState, command: c.OfferWish, actor: c.Actor, now_ms: int) -> Events:
    item = planned(state).item(command.item_id)
    if item is None:
        raise Refused("item.unknown", item_id=command.item_id)
    match item.detail:
        case Wishes(max_chars=most):
            pass
        case Closing(guest_book_until=until) if until is not None:
            most = GUEST_BOOK_MAX
        case _:
            raise Refused("wish.not_here", item_id=item.id)
    written = [w for w in state.tributes.wishes if w.participant_id == actor.participant_id and w.item_id == item.id]
    if len(written) >= WISHES_EACH or len(state.tributes.wishes) >= WISHES_MAX:
        raise Refused("wish.enough", most=WISHES_EACH)
    if not actor.request_id or state.tributes.wish(actor.request_id) is not None:
        raise Refused("command.id_used")
    return (
        e.WishOffered(
            Wish(
                id=actor.request_id,
                item_id=item.id,
                text=passage(command.text, "text", most, 1),
                participant_id=actor.participant_id,
                name=line(command.name or actor.name, "name", NAME_MAX, 0),
                community=line(command.community or actor.community, "community", COMMUNITY_MAX, 0),
                country=country_code(command.country or actor.country),
                at_ms=now_ms,
            )
        ),
    )


def _wish(state: CeremonyState, wish_id: str, aimed: WishState | None) -> Wish:
    wish = state.tributes.wish(wish_id)
    if wish is None:
        raise Refused("wish.unknown", wish_id=wish_id)
    if aimed is not None and wish.state != aimed:
        raise Refused("moderation.changed", wish_id=wish_id, state=wish.state)
    return wish
