"""The order of service as a page shows it: each item with its planned instant and length."""

from dataclasses import dataclass

from memorata.domain.items import Item, WreathLaying
from memorata.domain.programme import Programme

AFTERWARDS_MS = 6 * 3600 * 1000
"""How long after its planned end a ceremony that nobody has closed is still announced."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts the items from 1, `at_ms` is the planned start."""

    number: int
    at_ms: int
    item: Item


def rows(programme: Programme) -> list[Row]:
    """The items in their order, each starting when the one before is planned to be over."""
    found, at_ms = [], programme.starts_ms
    for number, item in enumerate(programme.conducted(), 1):
        found.append(Row(number, at_ms, item))
        at_ms += item.planned_s * 1000
    return found


def planned_s(programme: Programme) -> int:
    """The length of the whole, without the lobby."""
    return sum(item.planned_s for item in programme.conducted())


def ends_ms(programme: Programme) -> int:
    return programme.starts_ms + planned_s(programme) * 1000


def one_ribbon(laying: WreathLaying) -> dict[str, str] | None:
    """The text that all ribbons share; `None` when they differ."""
    ribbons = [wreath.ribbon for wreath in laying.wreaths]
    return ribbons[0] if ribbons and all(ribbon == ribbons[0] for ribbon in ribbons) else None
