/** Which beats fall in an interval of a minute of silence: pure arithmetic on server instants. */

export interface SilencePlan {
  /** Server instant of the first beat. */
  t0_ms: number
  duration_s: number
  /** Beats a minute; the slow step is 50. */
  bpm: number
  sound: 'none' | 'metronome' | 'bell' | 'recording'
  start_signal: 'none' | 'bell'
  end_signal: 'none' | 'bell'
}

export interface Beat {
  index: number
  /** Server instant. */
  at_ms: number
}

/** In beats: 72 s at 50 bpm are 60 beats, not 61; and instants of 2027 in ms have a grain of 0.0002. */
const ROUNDING = 1e-6

export function beatPeriod_ms(bpm: number): number {
  return 60_000 / bpm
}

/** Beats strictly before the end: 60 s at 50 bpm have 50, at 0, 1.2, ... 58.8 s, none at 60.0 s. */
export function beatCount(plan: SilencePlan): number {
  return Math.max(0, Math.ceil((plan.duration_s * plan.bpm) / 60 - ROUNDING))
}

/** Server instant of a beat; taken from the first one each time, so that roundings do not add up. */
export function beatInstant(plan: SilencePlan, index: number): number {
  return plan.t0_ms + (index * 60_000) / plan.bpm
}

export function endInstant(plan: SilencePlan): number {
  return plan.t0_ms + plan.duration_s * 1000
}

/** Index of the latest beat due by `now_ms`: -1 before the first, `beatCount - 1` after the last. */
export function beatAt(plan: SilencePlan, now_ms: number): number {
  const passed = Math.floor(((now_ms - plan.t0_ms) * plan.bpm) / 60_000 + ROUNDING)
  return Math.min(beatCount(plan) - 1, Math.max(-1, passed))
}

/** Beats with `from_ms <= at_ms < to_ms`, in order. */
export function beatsBetween(plan: SilencePlan, from_ms: number, to_ms: number): Beat[] {
  const beats: Beat[] = []
  const count = beatCount(plan)
  // One early, because of rounding; the comparison decides.
  for (let index = Math.max(0, beatAt(plan, from_ms) - 1); index < count; index++) {
    const at_ms = beatInstant(plan, index)
    if (at_ms >= to_ms) break
    if (at_ms >= from_ms) beats.push({ index, at_ms })
  }
  return beats
}
