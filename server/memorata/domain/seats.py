"""Who gets a seat where there are fewer than people: nobody is put out for another, and the longest waiting come first.

Everybody sees and hears the whole ceremony without a seat; whoever has one is counted, named and asked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from memorata.domain.roles import Role, is_staff

Claim = Literal["always", "invited", "open"]
"""Staff, speakers and halls always sit; who was invited in person sits before others; all others as there is room."""

HEAD_START_MS = 24 * 3_600_000
"""Whoever was invited in person waits as if they had come a day earlier."""

CALLED_MS = 25_000
"""How long somebody who is called has to take the seat: two looks of a page at the timeline, and what lies between."""

GONE_MS = 270_000
"""Whoever waits says so every two minutes; this long unheard, they have gone."""


@dataclass(frozen=True, slots=True)
class Room:
    """The seats just now. `held` are those of people on their way in; `reserved` those of invitations yet to come."""

    capacity: int
    taken: int
    held: int = 0
    reserved: int = 0

    def free(self, claim: Claim) -> int:
        """How many more of this claim there is room for; those who always sit may go beyond it."""
        kept = self.reserved if claim == "open" else 0
        return max(0, self.capacity - self.taken - self.held - kept)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody without a seat; the lower `number`, the sooner. `called_ms` is when the seat was offered, if it was."""

    id: str
    ceremony_id: str
    claim: Claim
    number: int
    seen_ms: int
    called_ms: int | None = None


def claim_of(role: Role, *, invited: bool, hall: bool) -> Claim:
    if is_staff(role) or role == "speaker" or hall:
        return "always"
    return "invited" if invited else "open"


def number_of(since_ms: int, claim: Claim) -> int:
    """The place of somebody who waits since then."""
    return since_ms - HEAD_START_MS if claim == "invited" else since_ms


def called(
    line: Sequence[Waiting], room: Room, now_ms: int, silent: Collection[str] = (), share: int | None = None
) -> tuple[Waiting, ...]:
    """The line, by number, after as many have been called as there are seats for.

    Whoever has not come though called, or has not been heard of for long, stands in it no more. Nobody of a ceremony
    in `silent` is called, and nobody's time runs out there.

    Args: share: no more than so many seats are given by this line; `None`: all that are free.
    """
    after: list[Waiting] = []
    given = sum(_is_called(one, now_ms, silent) for one in line)
    for one in sorted(line, key=lambda one: (one.number, one.id)):
        if _is_called(one, now_ms, silent):
            after.append(one)
        elif one.called_ms is None and now_ms - one.seen_ms <= GONE_MS:
            left = room.free(one.claim) - given
            if one.ceremony_id not in silent and left > 0 and (share is None or given < share):
                one = replace(one, called_ms=now_ms)
                given += 1
            after.append(one)
    return tuple(after)


def may_sit(claim: Claim, room: Room, before: int) -> bool:
    """Whether somebody who has just come sits down at once, while so many who came earlier are called or wait."""
    return claim == "always" or room.free(claim) > before


def _is_called(one: Waiting, now_ms: int, silent: Collection[str]) -> bool:
    return one.called_ms is not None and (one.ceremony_id in silent or now_ms - one.called_ms <= CALLED_MS)
