/** How a picture is brought into step with the ceremony's clock. Pure: told where it is and where it should be. */

export interface Abilities {
  /** Its speed can be changed a little. */
  rate: boolean
  /** Our own element: told exactly where it is, and able to start on a given instant. */
  exact: boolean
}

export type Correction = { kind: 'none' } | { kind: 'rate'; rate: number } | { kind: 'seek' }

/** Beyond this the picture jumps once; people have missed more than a change of speed could give back unnoticed. */
export const SEEK_S = 2
/** A frame of another site cannot be sped up: it may wander this far before it jumps. */
export const SEEK_WITHOUT_RATE_S = 1
/** Reports from a frame are themselves late by about this much. */
export const CALM_S = 0.3
/** Our own element is kept closer: two people in one room, each with a telephone, should not hear an echo. */
export const CALM_EXACT_S = 0.06
/** Once it corrects, it goes on to here, so that it does not start again at once. */
const DONE_S = 0.1
const DONE_EXACT_S = 0.015
/** Five per cent is not noticed in speech while the pitch is kept. */
export const MOST_RATE = 0.05
/** Speed per second of error: the last stretch is approached gently. */
const EAGERNESS = 0.5
/** Players of other sites round speeds to twentieths. */
const EMBEDDED_STEP = 0.05

/**
 * What to do about an error, in seconds, positive when the picture is ahead of the clock.
 * `correcting`: its speed is changed already.
 */
export function correct(error_s: number, abilities: Abilities, correcting: boolean): Correction {
  const size = Math.abs(error_s)
  if (size > (abilities.rate ? SEEK_S : SEEK_WITHOUT_RATE_S)) return { kind: 'seek' }
  if (!abilities.rate) return { kind: 'none' }
  const [calm_s, done_s] = abilities.exact ? [CALM_EXACT_S, DONE_EXACT_S] : [CALM_S, DONE_S]
  if (size <= (correcting ? done_s : calm_s)) return { kind: 'none' }
  const change = abilities.exact ? Math.min(MOST_RATE, Math.max(0.01, size * EAGERNESS)) : EMBEDDED_STEP
  return { kind: 'rate', rate: 1 - Math.sign(error_s) * change }
}
