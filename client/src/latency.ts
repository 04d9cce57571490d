/**
 * Whether the latency that a browser reports is to be believed: after audio has stalled it wanders for a quarter of a minute.
 *
 * A machine that is too busy loses some frames of audio; from then on everything is heard later by just these. Sound servers
 * that smooth their latency (PulseAudio, and what imitates it) then report up to a hundred milliseconds too much and find back in
 * 15 to 20 s, and `getOutputTimestamp` with them, while the way from the graph to the loudspeaker is as long as before. So after
 * a jump the frames alone are followed (`currentTime`, which moves in blocks, averaged) with the latency of before, until the
 * stamps stand still: where they were foretold, or at another latency, as with another output device.
 */

export interface LatencyFilter {
  /**
   * Offsets are context ms minus local ms: that of the stamp (what is heard), and that of `currentTime` (what is rendered),
   * read together. Returns the offset of what is heard.
   */
  correct(local_ms: number, stamp: number, rendered: number): number
  /** False while the stamps are not believed. */
  readonly settled: boolean
  /** Whether the stamps have stood still for long enough to know the latency. */
  readonly learned: boolean
  forget(): void
}

interface Reading {
  local: number
  stamp: number
  rendered: number
}

/** A stamp so far from the last ones, so many times in a row, is a jump. */
const JUMP_MS = 2.5
const JUMP_READINGS = 2
/** Stamps of so long, at least so many, tell whether they stand still. */
const STILL_MS = 2500
const LEAST_STILL_MS = 2200
const STILL_READINGS = 9
/** How far stamps that stand still may spread: always, and as a part of how far they are from where they are expected. */
const STILL_SPREAD_MS = 0.6
const STILL_SPREAD_PART = 0.05
/** Readings of `currentTime` that are averaged, and how far one may lie beside the others before they count for nothing. */
const RENDERED_MS = 4000
const BLOCK_MS = 14
/** The latency is learned from so many readings that stood still. */
const LEARNED_READINGS = 200
const LEAST_LEARNED = 20
/** Whatever is not settled by then is believed. */
const LONGEST_MS = 30_000
/** Where readings are rarer nothing can be told apart. */
const RARE_MS = 600

export function createLatencyFilter(): LatencyFilter {
  let readings: Reading[] = []
  let latency = 0
  let learned = 0
  let expected: number | null = null
  let strays = 0
  /** When the jump was; null while the stamps are believed. */
  let jumped: number | null = null
  let rendered: Reading[] = []

  function still(off: number): boolean {
    const last = readings.at(-1)!
    const window = readings.filter((r) => r.local > last.local - STILL_MS)
    if (window.length < STILL_READINGS || last.local - window[0]!.local < LEAST_STILL_MS) return false
    const stamps = window.map((r) => r.stamp)
    return Math.max(...stamps) - Math.min(...stamps) <= Math.max(STILL_SPREAD_MS, STILL_SPREAD_PART * Math.abs(off))
  }

  function learn(reading: Reading): void {
    learned = Math.min(LEARNED_READINGS, learned + 1)
    latency += (reading.rendered - reading.stamp - latency) / learned
  }

  function believe(reading: Reading): number {
    if (jumped !== null) learned = 0
    jumped = null
    strays = 0
    expected = reading.stamp
    return reading.stamp
  }

  /** Where the stamp would be if the latency had stayed. */
  function foretold(reading: Reading): number {
    const middle = mean(rendered)
    if (rendered.length > 0 && Math.abs(reading.rendered - middle) > BLOCK_MS) {
      // It stalled again.
      rendered = []
      jumped = reading.local
    }
    rendered.push(reading)
    rendered = rendered.filter((r) => r.local > reading.local - RENDERED_MS)
    return mean(rendered) - latency
  }

  return {
    correct(local, stamp, current) {
      const reading = { local, stamp, rendered: current }
      const last = readings.at(-1)
      if (last && local - last.local > RARE_MS) readings = []
      readings.push(reading)
      if (readings.length > 1 && readings[0]!.local < local - 2 * STILL_MS) readings.shift()
      if (jumped !== null) {
        const guess = foretold(reading)
        const over = local - jumped > LONGEST_MS || readings.length === 1
        return over || still(stamp - guess) ? believe(reading) : guess
      }
      const off = expected === null ? 0 : stamp - expected
      if (Math.abs(off) <= JUMP_MS || learned < LEAST_LEARNED || readings.length === 1) {
        if (still(0)) learn(reading)
        // Stamps that move in pages stand still for a moment at most: nothing is learned from those.
        else if (learned < LEAST_LEARNED) learned = 0
        return believe(reading)
      }
      strays++
      if (strays < JUMP_READINGS) return expected!
      jumped = local
      rendered = []
      return foretold(reading)
    },
    get settled() {
      return jumped === null
    },
    get learned() {
      return learned >= LEAST_LEARNED
    },
    forget() {
      readings = []
      rendered = []
      latency = learned = strays = 0
      expected = jumped = null
    },
  }
}

function mean(readings: readonly Reading[]): number {
  let sum = 0
  for (const r of readings) sum += r.rendered
  return sum / readings.length
}
