"""How far ahead an instant is announced: as every page needs at the least, further where news takes longer, to a bound.

A page that hears of an instant when it is past can only come late. The domain measures nothing: how long news takes to
nearly everybody is given, and the instant that comes of it stands in the event, so a history says the same for ever.
"""

from memorata.domain.items import Item, Silence
from memorata.domain.programme import AUTOPILOT_LEAD_MS, LEAD_MS, SILENCE_LEAD_MS
from memorata.domain.silence import plan

LEAD_MAX_MS = 10_000
"""Longer than this a host would not wait for what was pressed; whoever is later comes later."""

SILENCE_LEAD_MAX_MS = AUTOPILOT_LEAD_MS
"""No further than an item is shown as standing by, and than sound is made ready."""

MARGIN_MS = 1_500
"""What a page needs once the news is there: to draw, and to fetch a picture."""

SILENCE_MARGIN_MS = 5_000
"""The same for the first beat, which is placed seconds ahead on the audio clock."""


def lead_ms(lag_ms: int) -> int:
    """How far ahead an instant is announced.

    Args: lag_ms: within what time news has reached nearly everybody of late; 0 where nothing is known.
    """
    return min(LEAD_MAX_MS, max(LEAD_MS, lag_ms + MARGIN_MS))


def silence_lead_ms(lag_ms: int) -> int:
    """The same for the first beat of a silence."""
    return min(SILENCE_LEAD_MAX_MS, max(SILENCE_LEAD_MS, lag_ms + SILENCE_MARGIN_MS))


def item_lead_ms(item: Item, lag_ms: int) -> int:
    """How far ahead the start of `item` is announced; its words before a silence count for the beat."""
    instants = plan(item.detail, 0) if isinstance(item.detail, Silence) else None
    general_ms = lead_ms(lag_ms)
    return general_ms if instants is None else max(general_ms, silence_lead_ms(lag_ms) - instants.t0_ms)
