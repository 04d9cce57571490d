"""What a ceremony is at one moment of its history: the fold of its events."""

from dataclasses import dataclass, field

from memorata.domain.door import DoorPolicy
from memorata.domain.errors import Refused
from memorata.domain.floor import Floor
from memorata.domain.programme import Moment, Programme, Progress, moment
from memorata.domain.roles import Phase
from memorata.domain.tributes import Tributes


@dataclass(frozen=True, slots=True)
class CeremonyState:
    """`programme` is `None` until the ceremony is planned; `seq` is the number of the last event applied."""

    seq: int = 0
    programme: Programme | None = None
    progress: Progress = field(default_factory=Progress)
    floor: Floor = field(default_factory=Floor)
    tributes: Tributes = field(default_factory=Tributes)
    door: DoorPolicy | None = None
    """What a host has said about the door; `None`: as the programme has it."""


def planned(state: CeremonyState) -> Programme:
    """The programme of a planned ceremony.

    Raises: Refused: `ceremony.not_planned`.
    """
    if state.programme is None:
        raise Refused("ceremony.not_planned")
    return state.programme


def door_of(state: CeremonyState) -> DoorPolicy:
    return state.door or planned(state).door


def now_shown(state: CeremonyState, now_ms: int) -> Moment:
    return moment(planned(state), state.progress, now_ms)


def phase_of(state: CeremonyState, now_ms: int) -> Phase:
    """The phase that decides what may be asked."""
    shown = now_shown(state, now_ms)
    if shown.phase == "item":
        return "silence" if shown.silence in ("stillness", "silence", "rest") else "live"
    return shown.phase
