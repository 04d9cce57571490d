"""What a ceremony is at one moment of its history: the fold of its events."""

from dataclasses import dataclass, field

from memorata.domain.door import DoorPolicy
from memorata.domain.errors import Refused
from memorata.domain.floor import Floor
from memorata.domain.programme import Moment, Programme, Progress, moment
from memorata.domain.roles import Phase
from memorata.domain.stage import Part, Stage, parts
from memorata.domain.tributes import Tributes


@dataclass(frozen=True, slots=True)
class CeremonyState:
    """`programme` is `None` until the ceremony is planned; `seq` is the number of the last event applied."""

    seq: int = 0
    programme: Programme | None = None
    progress: Progress = field(default_factory=Progress)
    floor: Floor = field(default_factory=Floor)
    tributes: Tributes = field(default_factory=Tributes)
    stage: Stage = field(default_factory=Stage)
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


ON_MS = 24 * 3_600_000
"""A ceremony that nobody has closed counts as held for so long after its beginning."""


def is_on(state: CeremonyState, now_ms: int) -> bool:
    """Whether the ceremony is held just now: its doors are open, and it is not over."""
    programme = state.programme
    if programme is None or programme.cancelled is not None or now_ms > programme.starts_ms + ON_MS:
        return False
    return moment(programme, state.progress, now_ms).phase in ("lobby", "item")


def phase_of(state: CeremonyState, now_ms: int) -> Phase:
    """The phase that decides what may be asked."""
    shown = now_shown(state, now_ms)
    if shown.phase == "item":
        return "silence" if shown.silence in ("stillness", "silence", "rest") else "live"
    return shown.phase


def parts_of(state: CeremonyState, now_ms: int) -> tuple[Part, ...]:
    """Who is on the stage and on deck now; in a silence nobody is."""
    programme = state.programme
    if programme is None:
        return ()
    shown = moment(programme, state.progress, now_ms)
    holding_ms = state.progress.holding_since_ms
    return parts(
        programme, state.stage, state.floor.entries, shown, holding=holding_ms is not None and holding_ms <= now_ms
    )
