/** Which of an item's sources is being tried, and whether the page shows the still picture meanwhile. Pure; times in ms. */

export interface Supply {
  readonly sources: number
  /** The source in use; meaningless while resting. */
  readonly index: number
  /** `resting`: all have failed; quietly tried again later. */
  readonly phase: 'trying' | 'shown' | 'resting'
  readonly since_ms: number
  /** Since when people see no picture; null while they see one. */
  readonly blank_since_ms: number | null
  /** How often all of them have failed in a row. */
  readonly rounds: number
}

/**
 * `picture`: the first frame is there. `alive`: none yet, but something is being prepared there. `failed`: the source said so,
 * or its picture stood still. `tick`: time went by.
 */
export type Turn = 'picture' | 'alive' | 'failed' | 'tick'

export const PATIENCE_MS = 6_000
const FIRST_REST_MS = 10_000
const LONGEST_REST_MS = 60_000

export function beginSupply(sources: number, now_ms: number): Supply {
  return { sources, index: 0, phase: sources ? 'trying' : 'resting', since_ms: now_ms, blank_since_ms: now_ms, rounds: 0 }
}

export function turn(supply: Supply, what: Turn, now_ms: number): Supply {
  if (supply.sources === 0) return supply
  switch (what) {
    case 'picture':
      if (supply.phase !== 'trying') return supply
      return { ...supply, phase: 'shown', since_ms: now_ms, blank_since_ms: null, rounds: 0 }
    case 'alive':
      return supply.phase === 'trying' ? { ...supply, since_ms: now_ms } : supply
    case 'failed':
      return supply.phase === 'resting' ? supply : next(supply, now_ms)
    case 'tick':
      if (supply.phase === 'trying' && now_ms - supply.since_ms >= PATIENCE_MS) return next(supply, now_ms)
      if (supply.phase === 'resting' && now_ms - supply.since_ms >= rest_ms(supply.rounds)) {
        return { ...supply, index: 0, phase: 'trying', since_ms: now_ms }
      }
      return supply
  }
}

/** The still and its text are due: nobody looks at an empty frame for longer than our patience. */
export function standsIn(supply: Supply, now_ms: number): boolean {
  return (
    supply.sources > 0 &&
    supply.blank_since_ms !== null &&
    (supply.phase === 'resting' || supply.rounds > 0 || now_ms - supply.blank_since_ms >= PATIENCE_MS)
  )
}

function next(supply: Supply, now_ms: number): Supply {
  const blank_since_ms = supply.blank_since_ms ?? now_ms
  const index = supply.index + 1
  if (index < supply.sources) return { ...supply, index, phase: 'trying', since_ms: now_ms, blank_since_ms }
  return { ...supply, phase: 'resting', since_ms: now_ms, blank_since_ms, rounds: supply.rounds + 1 }
}

function rest_ms(rounds: number): number {
  return Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.max(0, rounds - 1))
}
