// How well the audience keeps the step, as a host is told it: counts, when they are worth a warning, which silence is near. Pure.
import { isLocked, itemOf, moment, runsAhead, silenceInstants, silencePlan } from '../../timeline'
import type { Programme, Progress, SyncQuality } from '../../wire'
import { expected, itemAfter } from './runofshow'

/** Screens of the audience; `near`, `fair` and `unknown` are all of them, `soundless` are among these. */
export interface InStep {
  total: number
  /** Within 5 ms: nobody hears a difference. */
  near: number
  /** Within 20 ms: together to anybody's ear. */
  fair: number
  unknown: number
  soundless: number
}

export function inStep(sync: Omit<SyncQuality, 'away'>): InStep {
  const { ms5, ms20, unknown, soundless } = sync
  return { total: ms5 + ms20 + unknown, near: ms5, fair: ms20, unknown, soundless }
}

/** One of so many does not disturb the minute, and nobody should be made nervous by it. */
const APART_SHARE = 1 / 20
/** More, for some have turned it off because they want to, or because they sit beside somebody. */
const SOUNDLESS_SHARE = 1 / 10

/** How many screens a host should know of before a silence; 0 where it is not worth a word. */
export function troubles(step: InStep): { apart: number; soundless: number } {
  return {
    apart: step.unknown > step.total * APART_SHARE ? step.unknown : 0,
    soundless: step.soundless > step.total * SOUNDLESS_SHARE ? step.soundless : 0,
  }
}

export interface SilenceAhead {
  /** When its item begins, and its first beat sounds. */
  start_ms: number
  t0_ms: number
  /** It begins by itself; else it is only expected, and waits for a press. */
  announced: boolean
}

const AHEAD_MS = 90_000

/** The silence that comes within a minute and a half; null also from its stillness on, when nothing may be said any more. */
export function silenceAhead(programme: Programme, progress: Progress, now: number): SilenceAhead | null {
  const shown = moment(programme, progress, now)
  if (shown.phase === 'closed' || isLocked(shown.silence)) return null
  const near = (found: SilenceAhead) => (found.t0_ms > now && found.t0_ms - now <= AHEAD_MS ? found : null)
  for (const run of runsAhead(programme, progress)) {
    const item = itemOf(programme, run.item_id)
    const plan = item === null ? null : silencePlan(item, run)
    // A silence that has begun and was left for another item does not come any more.
    if (plan === null || (run.start_ms <= now && shown.run?.cue !== run.cue)) continue
    if (plan.t0_ms > now) return near({ start_ms: run.start_ms, t0_ms: plan.t0_ms, announced: true })
  }
  const following = itemAfter(programme, progress, now)
  if (following === null || following.detail.kind !== 'silence') return null
  const start_ms = expected(programme, progress, now).rows.find((row) => row.item.id === following.id)?.expected_ms ?? null
  if (start_ms === null) return null
  return near({ start_ms, t0_ms: silenceInstants(following.detail, start_ms).t0_ms, announced: false })
}
