/**
 * Which samples show how near a line's floor comes, and which were taken while a queue lasted (congestion, a stall, a longer way
 * for some minutes): judged by round trips, which no offset and no drift can disguise.
 */
import { MOST_SAMPLES, type Samples } from './samples.ts'

/** Samples judged together. */
const STRETCH = 8
/** A stretch whose best round trip is longer than another's by so many times the usual jitter, and by this, was congested. */
const CONGESTED = 6
const LEAST_CONGESTED_MS = 1
/** The other must lie near: two clocks may walk apart by some of this in between, and the way may have changed for good. */
const WALK = 200e-6

const stretches = Math.ceil(MOST_SAMPLES / STRETCH)
const best = new Float64Array(stretches)
const reach = new Float64Array(stretches)
const sorted = new Float64Array(STRETCH)

/** Marks the samples to go by with 1 and the others with 0. Returns the usual jitter of a round trip, ms. */
export function judge(samples: Samples, clear: Uint8Array): number {
  const { count, t3 } = samples
  // Stretches end with the newest sample, so that a line that has just become free is seen at once.
  const first = count % STRETCH
  const blocks = Math.ceil(count / STRETCH)
  let jitter = Infinity
  for (let block = 0; block < blocks; block++) {
    const to = count - (blocks - 1 - block) * STRETCH
    const from = Math.max(0, to - STRETCH)
    const spread = spreadOf(samples, from, to)
    best[block] = sorted[0]!
    if (block > 0 || first === 0 || blocks === 1) jitter = Math.min(jitter, spread)
  }
  const most = Math.max(CONGESTED * jitter, LEAST_CONGESTED_MS)
  // The least round trip within reach of each stretch, the further away the less it counts: once forwards, once backwards.
  for (let block = 0; block < blocks; block++) {
    const inherited = block > 0 ? reach[block - 1]! + WALK * apart(block) : Infinity
    reach[block] = Math.min(best[block]!, inherited)
  }
  for (let block = blocks - 2; block >= 0; block--) {
    reach[block] = Math.min(reach[block]!, reach[block + 1]! + WALK * apart(block + 1))
  }
  for (let k = 0; k < count; k++) {
    const block = blocks - 1 - Math.floor((count - 1 - k) / STRETCH)
    clear[k] = best[block]! <= reach[block]! + most ? 1 : 0
  }
  return Math.max(jitter, LEAST_CONGESTED_MS / CONGESTED)

  /** Between the ends of this stretch and the one before, ms. */
  function apart(block: number): number {
    const end = count - 1 - (blocks - 1 - block) * STRETCH
    return t3[end]! - t3[end - STRETCH]!
  }
}

/** How far the middle one of some round trips lies above the least; leaves them in order. */
function spreadOf({ upper, lower }: Samples, from: number, to: number): number {
  for (let k = from; k < to; k++) {
    const trip = upper[k]! - lower[k]!
    let place = k - from
    for (; place > 0 && sorted[place - 1]! > trip; place--) sorted[place] = sorted[place - 1]!
    sorted[place] = trip
  }
  return sorted[(to - from) >> 1]! - sorted[0]!
}
