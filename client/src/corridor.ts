/**
 * What is certain, whatever the paths: the lines of offset against local time that pass under every upper bound and over every
 * lower one. No law of delay is assumed here, only that no message arrives before it was sent.
 */
import type { Samples } from './samples.ts'

/** No drift of a working clock is beyond this, ppm. */
const MOST_PPM = 300
/** Temperature, and programs that discipline a clock, bend its line by this much within the window, ppm. */
const WANDER_PPM = 2
/** Concave and piecewise linear: each step below lands on another of few corners. */
const STEPS = 60
const UNIT = 1e6

/** The drifts of all lines that pass, ppm. */
export interface Corridor {
  least_ppm: number
  most_ppm: number
}

export const WIDEST: Corridor = { least_ppm: -MOST_PPM, most_ppm: MOST_PPM }

/**
 * Null when no line passes: then a clock has stepped.
 *
 * Args: grain_ms: how far a local time may lie before the true one.
 */
export function corridorOf(samples: Samples, grain_ms: number): Corridor | null {
  const { count, t0, t3, upper, lower } = samples
  if (count < 2) return WIDEST
  const now = t3[count - 1]!
  let gap = 0
  let slope = 0

  /** Least distance of the clouds along lines of this drift, and how it changes with the drift. */
  function measure(ppm: number): void {
    let [least, leastAt, most, mostAt] = [Infinity, 0, -Infinity, 0]
    for (let k = 0; k < count; k++) {
      const up = (t0[k]! - now) / UNIT
      const down = (t3[k]! - now) / UNIT
      const above = upper[k]! - (ppm + WANDER_PPM) * up
      const below = lower[k]! - (ppm - WANDER_PPM) * down
      if (above < least) [least, leastAt] = [above, up]
      if (below > most) [most, mostAt] = [below, down]
    }
    gap = least - most + 2 * grain_ms
    slope = mostAt - leastAt
  }

  /** From the far end inwards, along tangents of a concave curve: none of them crosses zero beyond the sought root. */
  function root(from: number, inwards: number): number | null {
    let ppm = from
    for (let step = 0; step < STEPS; step++) {
      measure(ppm)
      if (gap >= -1e-9) return ppm
      if (slope * inwards <= 0) return null
      ppm -= gap / slope
      if (Math.abs(ppm) > MOST_PPM) return null
    }
    return ppm
  }

  const least_ppm = root(-MOST_PPM, 1)
  const most_ppm = least_ppm === null ? null : root(MOST_PPM, -1)
  return least_ppm === null || most_ppm === null || most_ppm < least_ppm ? null : { least_ppm, most_ppm }
}

/** The offset at a local time lies between these, ms above the origin of the samples. */
export function boundsAt(samples: Samples, { least_ppm, most_ppm }: Corridor, local_ms: number): { low: number; high: number } {
  const { count, t0, t3, upper, lower } = samples
  let low = -Infinity
  let high = Infinity
  for (let k = 0; k < count; k++) {
    const up = (local_ms - t0[k]!) / UNIT
    const down = (local_ms - t3[k]!) / UNIT
    high = Math.min(high, upper[k]! + (up > 0 ? (most_ppm + WANDER_PPM) * up : (least_ppm - WANDER_PPM) * up))
    low = Math.max(low, lower[k]! + (down > 0 ? (least_ppm - WANDER_PPM) * down : (most_ppm + WANDER_PPM) * down))
  }
  return { low, high }
}
