/**
 * How late a loudspeaker is, from a person's presses: pure arithmetic on local instants.
 *
 * Presses on what is heard alone would tell it wrongly: people press some tens of ms before a beat that they expect (Repp 2005,
 * "Sensorimotor synchronization", Psychonomic Bulletin & Review 12), a touch screen adds as much again, and both differ from
 * person to person and from device to device. The same hand on the same screen therefore presses to the light first; the
 * difference of the two halves is left with the loudspeaker. Comparing light and sound by "earlier" and "later" needs no hand,
 * but most people take 80 ms either way for the same moment, the old for more: it is offered for putting right by ear.
 */

export const PERIOD_MS = 1200
export const BEATS = 10
/** The first ones serve to find the beat. */
const FINDING = 2
/** Presses that count at least, of each half. */
const LEAST_PRESSES = 5
/** A press belongs to the beat that it follows by less than a period less this, or precedes by less than this. */
const BEFORE_MS = 300
/** Further from the middle than so many deviations, or than this, is a slip. */
const SLIP_DEVIATIONS = 2.5
const SLIP_MS = 60
/** More doubt than this in the difference is too uneven a hand to believe. */
const MOST_DOUBT_MS = 45
/** Less than this is the hand's, not the loudspeaker's: one with a wire is never made worse. */
const LEAST_LATE_MS = 50
const STEP_MS = 10
const MAD_TO_DEVIATION = 1.4826
const MEDIAN_ERROR = 1.2533

/** By how much the presses follow the beats, and how sure that is; ms. */
export interface Following {
  late_ms: number
  doubt_ms: number
}

/** Null: too few presses, or too far apart. */
export function following(presses: readonly number[], first_ms: number): Following | null {
  const offs = new Map<number, number>()
  for (const at of presses) {
    const beat = Math.floor((at - first_ms + BEFORE_MS) / PERIOD_MS)
    // The first press on a beat is the one that was meant.
    if (beat >= FINDING && beat < BEATS && !offs.has(beat)) offs.set(beat, at - first_ms - beat * PERIOD_MS)
  }
  let left = [...offs.values()]
  if (left.length < LEAST_PRESSES) return null
  const slip = Math.max(SLIP_MS, SLIP_DEVIATIONS * deviation(left))
  const middle = median(left)
  left = left.filter((off) => Math.abs(off - middle) <= slip)
  if (left.length < LEAST_PRESSES) return null
  return { late_ms: median(left), doubt_ms: (MEDIAN_ERROR * deviation(left)) / Math.sqrt(left.length) }
}

/** How much earlier the sound must be played; 0 where it comes with the light; null where that cannot be told. */
export function shiftFrom(light: Following | null, sound: Following | null): number | null {
  if (light === null || sound === null || Math.hypot(light.doubt_ms, sound.doubt_ms) > MOST_DOUBT_MS) return null
  const late_ms = sound.late_ms - light.late_ms
  // A screen may be later than the sound, but the sound shall be with everybody's sound.
  return late_ms < LEAST_LATE_MS ? 0 : Math.round(late_ms / STEP_MS) * STEP_MS
}

/** The instants of the beats from the first one on. */
export function beatsFrom(first_ms: number): number[] {
  return Array.from({ length: BEATS }, (_, k) => first_ms + k * PERIOD_MS)
}

/** How bright the lamp is, 0 to 1: there at once, for a beat must have a beginning, and gone softly. */
export function lampAt(seen_ms: number, first_ms: number): number {
  const since = seen_ms - first_ms
  if (since < 0 || since >= BEATS * PERIOD_MS) return 0
  const left = 1 - (since % PERIOD_MS) / FADE_MS
  return left <= 0 ? 0 : left * left
}

const FADE_MS = 450

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const mid = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[mid]! : (sorted[mid - 1]! + sorted[mid]!) / 2
}

function deviation(values: readonly number[]): number {
  const middle = median(values)
  return MAD_TO_DEVIATION * median(values.map((value) => Math.abs(value - middle)))
}
