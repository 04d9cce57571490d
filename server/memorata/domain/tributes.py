"""Tributes laid and words written during a ceremony: wreaths, and wishes or guest-book lines held until released."""

from dataclasses import dataclass
from typing import Literal

WishState = Literal["held", "released", "withheld"]


@dataclass(frozen=True, slots=True)
class Wish:
    """One written contribution, seen by moderators alone before its release; `item_id` is where it was written."""

    id: str
    item_id: str
    text: str
    state: WishState = "held"
    participant_id: str | None = None
    name: str = ""
    community: str = ""
    country: str | None = None
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Laid:
    """A wreath laid by somebody of its delegation: item, number of the wreath from 0, and when."""

    item_id: str
    wreath: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Tributes:
    laid: tuple[Laid, ...] = ()
    wishes: tuple[Wish, ...] = ()

    def wish(self, wish_id: str) -> Wish | None:
        return next((wish for wish in self.wishes if wish.id == wish_id), None)


def public_wish(wish: Wish) -> Wish:
    """The wish as everybody may see it once released."""
    return Wish(
        id=wish.id, item_id=wish.item_id, text=wish.text, state=wish.state,
        name=wish.name, community=wish.community, country=wish.country, at_ms=wish.at_ms,
    )  # fmt: skip
