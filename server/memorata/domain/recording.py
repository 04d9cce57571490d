"""Whose words are recorded and when, what becomes of a recording, and who may hear it: nothing without consent."""

from collections.abc import Callable
from typing import Literal

from memorata.domain.errors import Refused
from memorata.domain.items import Item
from memorata.domain.roles import Role, is_staff
from memorata.domain.stage import Part

RecordingState = Literal["running", "working", "held", "released", "failed"]
"""Being recorded; being put together after its end; kept back; in the archive; nothing could be made of it."""

Verdict = Literal["release", "hold"]

_BEFORE: dict[Verdict, tuple[RecordingState, ...]] = {"release": ("held", "released"), "hold": ("held", "released")}


def to_record(found: tuple[Part, ...], item: Item | None, agreed: Callable[[str], bool]) -> tuple[Part, ...]:
    """Of those on the stage, whose words are recorded now.

    Args: item: what is live; `None` records nobody. agreed: whether a participant has said yes on their own screen.
    """
    if item is None or not item.recording_allowed:
        return ()
    return tuple(part for part in found if _may(part, agreed))


def _may(part: Part, agreed: Callable[[str], bool]) -> bool:
    if part.level != "on_stage" or part.kind not in ("speaker", "guest") or part.participant_id is None:
        return False
    return agreed(part.participant_id)


def judged(state: RecordingState, verdict: Verdict) -> RecordingState:
    """The state after a moderator's word; the same word again changes nothing.

    Raises: Refused: `recording.not_ready`: it is not finished, or nothing could be made of it.
    """
    if state not in _BEFORE[verdict]:
        raise Refused("recording.not_ready", state=state)
    return "released" if verdict == "release" else "held"


def may_hear(role: Role, listener_id: str, owner_id: str | None, state: RecordingState) -> bool:
    """Whether somebody of the same ceremony may: moderators and the speaker always, the others once it is released."""
    return is_staff(role) or state == "released" or (owner_id is not None and owner_id == listener_id)


def outlasts_names(state: RecordingState) -> bool:
    """Whether it stays when the names of a ceremony are erased: only what was given to the archive."""
    return state == "released"
