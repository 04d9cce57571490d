/** The latest exchanges, as one-way bounds of the offset: a sliding window in memory that is taken once. */

/** Exchanges kept, and for how long: some minutes show the drift of a quartz, and older ones what it was before. */
export const MOST_SAMPLES = 320
export const WINDOW_MS = 8 * 60_000
/** The last ones stay however old they are: against them a step shows after any pause. */
const LEAST_SAMPLES = 16

/** Columns of equal length `count`, in the order of `t3`. */
export interface Samples {
  readonly count: number
  /** Local ms at sending and at receipt. */
  readonly t0: Float64Array
  readonly t3: Float64Array
  /** Server minus local time is at most this at `t0`, and at least this at `t3`; ms above an origin of the caller's choice. */
  readonly upper: Float64Array
  readonly lower: Float64Array
}

export interface SampleWindow extends Samples {
  /** Takes one in at its place; what is too old or too many goes. False when it was there already. */
  add(t0: number, t3: number, upper: number, lower: number): boolean
  /** Leaves only the last ones. */
  keepLast(count: number): void
}

export function createWindow(): SampleWindow {
  const room = MOST_SAMPLES + 1
  const [t0s, t3s, uppers, lowers] = Array.from({ length: 4 }, () => new Float64Array(room)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const columns = [t0s, t3s, uppers, lowers]
  let count = 0

  function keepLast(kept: number): void {
    if (kept >= count) return
    for (const column of columns) column.copyWithin(0, count - kept, count)
    count = kept
  }

  return {
    get count() {
      return count
    },
    t0: t0s,
    t3: t3s,
    upper: uppers,
    lower: lowers,
    keepLast,
    add(t0, t3, upper, lower) {
      let place = count
      while (place > 0 && t3s[place - 1]! > t3) place--
      for (let k = place; k > 0 && t3s[k - 1] === t3; k--) {
        if (t0s[k - 1] === t0 && uppers[k - 1] === upper && lowers[k - 1] === lower) return false
      }
      for (const column of columns) column.copyWithin(place + 1, place, count)
      t0s[place] = t0
      t3s[place] = t3
      uppers[place] = upper
      lowers[place] = lower
      count++
      const newest = t3s[count - 1]!
      let old = 0
      while (t3s[old]! < newest - WINDOW_MS) old++
      keepLast(Math.min(MOST_SAMPLES, Math.max(LEAST_SAMPLES, count - old)))
      return true
    },
  }
}
