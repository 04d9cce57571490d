"""The arithmetic of a minute of silence: its parts, its beats, when it may not be touched."""

from dataclasses import dataclass
from typing import Literal

from memorata.domain.items import Silence

BPM_RANGE = (40, 60)
"""The slow metronome of Leningrad radio is given as about 50; a faster one meant a raid and is never offered."""

DURATION_RANGE_S = (15, 300)

Part = Literal["invitation", "stillness", "silence", "rest"]


@dataclass(frozen=True, slots=True)
class SilencePlan:
    """The instants of one silence, server ms: first beat `t0_ms`, end signal `end_ms`, rest until `rest_end_ms`."""

    start_ms: int
    still_ms: int
    t0_ms: int
    end_ms: int
    rest_end_ms: int
    bpm: int

    def part(self, now_ms: int) -> Part | None:
        """Which part `now_ms` falls into; `None` before the invitation and after the rest."""
        if now_ms < self.start_ms or now_ms >= self.rest_end_ms:
            return None
        if now_ms < self.still_ms:
            return "invitation"
        if now_ms < self.t0_ms:
            return "stillness"
        return "silence" if now_ms < self.end_ms else "rest"

    def locked(self, now_ms: int) -> bool:
        """From the stillness to the end of the rest nothing of the ceremony may change."""
        return self.part(now_ms) in ("stillness", "silence", "rest")


def plan(detail: Silence, start_ms: int) -> SilencePlan:
    """The instants of a silence whose item starts at `start_ms`."""
    still_ms = start_ms + detail.invitation_s * 1000
    t0_ms = still_ms + detail.stillness_s * 1000
    end_ms = t0_ms + detail.duration_s * 1000
    return SilencePlan(start_ms, still_ms, t0_ms, end_ms, end_ms + detail.quiet_after_s * 1000, detail.bpm)


def length_s(detail: Silence) -> int:
    """The length of the whole item: invitation, stillness, silence and rest."""
    return detail.invitation_s + detail.stillness_s + detail.duration_s + detail.quiet_after_s


def beat_count(plan: SilencePlan) -> int:
    """How many beats sound: 50 in 60 s at 50 beats a minute, the last at 58.8 s; none on the end signal."""
    duration_ms = plan.end_ms - plan.t0_ms
    return -(-duration_ms * plan.bpm // 60_000)


def beat_ms(plan: SilencePlan, index: int) -> float:
    """The instant of beat `index`, counted from 0."""
    return plan.t0_ms + index * 60_000 / plan.bpm


def beat_at(plan: SilencePlan, now_ms: float) -> int:
    """The number of the latest beat that has sounded at `now_ms`; -1 before the first."""
    if now_ms < plan.t0_ms:
        return -1
    return min(beat_count(plan) - 1, int((now_ms - plan.t0_ms) * plan.bpm // 60_000))
