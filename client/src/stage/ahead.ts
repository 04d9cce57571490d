// Which halls the programme still wants on screen, and about when. Pure; `hallsAhead` is the twin of `ahead` in domain/stage.py.
import { conducted, onHold, plannedEndMs, positionMs, steps, type Moment } from '../timeline'
import type { Item, Programme, Progress, Run } from '../wire'

/** A hall that is wanted, in about so many ms; 0: now. */
export interface Wanted {
  hall: string
  in_ms: number
}

/** Sooner than this no minutes are told any more. */
export const SOON_MS = 45_000
/** Beyond it no minutes are told: too much can happen until then. */
export const FAR_MS = 90 * 60_000

/** The hall that the programme has on screen now; empty for none. Twin of hall_on_screen. */
export function hallOnScreen({ item, step }: Pick<Moment, 'item' | 'step'>): string {
  return item === null ? '' : hallAt(item, step)
}

function hallAt(item: Item, step: number): string {
  const { detail } = item
  return (detail.kind === 'roll_call' ? detail.entries[step]?.hall : undefined) || item.hall
}

/**
 * The halls that are still wanted, soonest first, each once; whoever is on screen leads. The times are those of the
 * programme: a host who waits, or goes on early, moves them.
 */
export function hallsAhead(programme: Programme, progress: Progress, shown: Moment, now_ms: number): Wanted[] {
  if (shown.phase === 'closed' || programme.cancelled !== null) return []
  const found: Wanted[] = []
  const add = (hall: string, in_ms: number) => {
    if (hall !== '' && found.every((one) => one.hall !== hall)) found.push({ hall, in_ms: Math.max(0, in_ms) })
  }
  let in_ms = Math.max(0, programme.starts_ms - now_ms)
  let rest = conducted(programme)
  if (shown.item !== null && shown.run !== null) {
    for (const [step, from_ms] of stepsAhead(shown.item, shown.run, shown.step, now_ms)) add(hallAt(shown.item, step), from_ms)
    in_ms = leftMs(shown.item, shown.run, now_ms)
    rest = rest.slice(rest.indexOf(shown.item) + 1)
  }
  if (shown.standby !== null) in_ms = Math.max(0, shown.standby.start_ms - now_ms)
  for (const item of rest) {
    if (progress.skipped.includes(item.id)) continue
    for (const [step, from_ms] of stepsFrom(item, 0, in_ms)) add(hallAt(item, step), from_ms)
    in_ms += item.planned_s * 1000
  }
  return found
}

/** The steps of a live item that are shown now or come, and in how many ms. */
function stepsAhead(item: Item, run: Run, step: number, now_ms: number): [step: number, in_ms: number][] {
  const slot_ms = steps(item)[1] * 1000
  const anchor = run.steps.filter((one) => one.at_ms <= now_ms).at(-1) ?? { step: 0, at_ms: run.start_ms }
  const walked_ms = positionMs(run, now_ms) - positionMs(run, anchor.at_ms)
  // A place that is called for longer than planned is left at any moment; where the clock walks, each has its own slot.
  const left_ms = Math.max(0, (step - anchor.step + 1) * slot_ms - walked_ms)
  return [[step, 0], ...stepsFrom(item, step + 1, left_ms)]
}

function stepsFrom(item: Item, first: number, in_ms: number): [step: number, in_ms: number][] {
  const [count, slot_s] = steps(item)
  return Array.from({ length: Math.max(0, count - first) }, (_, n) => [first + n, in_ms + n * slot_s * 1000])
}

/** How long the item lasts yet, by plan; on hold, as if it went on now. */
function leftMs(item: Item, run: Run, now_ms: number): number {
  const end_ms = plannedEndMs(run, item)
  const left_ms = end_ms === null || onHold(run, now_ms) ? item.planned_s * 1000 - positionMs(run, now_ms) : end_ms - now_ms
  return Math.max(0, left_ms)
}
