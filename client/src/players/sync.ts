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
/** A frame of another site is left alone within this; what it says of itself is not much better. */
export const CALM_S = 0.2
/** One that has a single speed can only jump, which everybody sees. */
export const CALM_WITHOUT_RATE_S = 0.25
/** Our own element is kept closer: two people in one room, each with a telephone, should not hear an echo. */
export const CALM_EXACT_S = 0.025
/** Once it corrects, it goes on to here, so that it does not start again at once. */
const DONE_S = 0.05
const DONE_EXACT_S = 0.006
/** Five per cent is not noticed in speech while the pitch is kept. */
export const MOST_RATE = 0.05
const LEAST_RATE = 0.01
/** Small errors are given back over about this long, by a change of speed that is smaller still. */
const GIVE_BACK_S = 3
/** Players of other sites round speeds to twentieths. */
const EMBEDDED_STEP = 0.05

/**
 * What to do about an error, in seconds, positive when the picture is ahead of the clock.
 * `correcting`: its speed is changed already. `calm_s`: how far it may be off before anything is done.
 */
export function correct(
  error_s: number,
  abilities: Abilities,
  correcting: boolean,
  calm_s: number = abilities.exact ? CALM_EXACT_S : CALM_S,
): Correction {
  const size = Math.abs(error_s)
  if (!abilities.rate) return { kind: size > CALM_WITHOUT_RATE_S ? 'seek' : 'none' }
  if (size > SEEK_S) return { kind: 'seek' }
  if (size <= (correcting ? (abilities.exact ? DONE_EXACT_S : DONE_S) : calm_s)) return { kind: 'none' }
  const change = abilities.exact ? Math.min(MOST_RATE, Math.max(LEAST_RATE, size / GIVE_BACK_S)) : EMBEDDED_STEP
  return { kind: 'rate', rate: 1 - Math.sign(error_s) * change }
}

/** How long this speed must be kept until the error is gone, in ms; 0 when it leads away from it. */
export function giveBackMs(error_s: number, rate: number): number {
  return Math.max(0, (error_s / (1 - rate)) * 1000)
}
