/**
 * Which time of an AudioContext is heard at which local time: short memory, because the relation jumps when audio stalls.
 *
 * `getOutputTimestamp()` tells it best (to 0.1-0.4 ms). Safari before 17.5 gives a context time on a wrong scale, so it is believed
 * only after it has been seen to advance with the clock; until then, or without it, `currentTime` and the latency serve.
 */

export interface AudioClock {
  /** Reads the context once; call it some times a second. Does nothing while the context is not running. */
  sample(context: AudioContext): void
  /** Context seconds of what is heard at a local time, or `null` before the first sample. */
  heardAt(local_ms: number): number | null
  /** True when the relation rests on `getOutputTimestamp()`. */
  readonly exact: boolean
  /** How far what is heard may lie from `heardAt`, ms; Infinity before the first sample. */
  readonly bound_ms: number
  /** The context was suspended, or is another one. */
  forget(): void
}

/** Offsets are context ms minus local ms. */
interface Reading {
  local: number
  offset: number
}

const MEMORY_MS = 450
/** Where readings are rarer, as in a page at rest, these few are kept although older. */
const LEAST_READINGS = 3
const LEAST_MS = 5000
/** currentTime moves in blocks of some 10 ms: more readings are needed to see through them. */
const COARSE_MEMORY_MS = 1500
const JUMP_MS = 3
/** Readings in a row, all on one side, that make a jump. */
const JUMP_READINGS = 3
const ASSUMED_LATENCY_MS = 40
/** Beyond this a latency is a fault of the browser's, not a loudspeaker's. */
const MOST_LATENCY_MS = 1500
const STALE_MS = 1000
/** How wrong each way of telling may be: stamps as measured, a reported latency by its steps and those of currentTime, a guess. */
const STAMP_BOUND_MS = 1
const REPORTED_BOUND_MS = 12
const ASSUMED_BOUND_MS = 40
/** The rate of the sound card against the local clock, from one reading a second over a minute or two. */
const RATE_READINGS = 120
const RATE_EVERY_MS = 950
const RATE_AFTER_MS = 20_000
const MOST_PPM = 400

export function createAudioClock(now: () => number): AudioClock {
  let recent: Reading[] = []
  let coarse: Reading[] = []
  let history: Reading[] = []
  let stray: number[] = []
  let rate = 0
  let lastStamp: { local: number; context: number } | null = null
  let trusted = false
  let reports = false

  function stamp(context: AudioContext, local: number): { local: number; context: number } | null {
    // Absent in some older browsers, whatever the types say.
    const older: { getOutputTimestamp?: () => AudioTimestamp } = context
    const stamped = older.getOutputTimestamp?.()
    if (!stamped) return null
    const { contextTime, performanceTime } = stamped
    if (!contextTime || !performanceTime || !Number.isFinite(contextTime + performanceTime)) return null
    const latency = (context.currentTime - contextTime) * 1000 - (local - performanceTime)
    if (Math.abs(local - performanceTime) > STALE_MS || latency > MOST_LATENCY_MS || latency < -100) return null
    return { local: performanceTime, context: contextTime * 1000 }
  }

  function readStamp(context: AudioContext, local: number): void {
    const read = stamp(context, local)
    if (!read) {
      trusted = false
      recent = []
      lastStamp = null
      return
    }
    if (!lastStamp) {
      lastStamp = read
      return
    }
    const passed = read.local - lastStamp.local
    const advanced = read.context - lastStamp.context
    // Some browsers repeat the last stamp until the next block has gone out.
    if (passed === 0 && advanced === 0) return
    if (passed >= 20) {
      const even = advanced / passed
      // A stall or a changed card is no reason for distrust; standing still on a wrong scale is.
      if (even > 0.5 && even < 2) trusted = true
      else if (even < 0.01) trusted = false
      lastStamp = read
    }
    if (trusted) keep({ local: read.local, offset: read.context - read.local })
  }

  function readCoarse(context: AudioContext, local: number): void {
    const reported = (context.outputLatency as number | undefined) ?? 0
    const base = (context.baseLatency as number | undefined) ?? 0
    let latency =
      reported > 0 ? reported * 1000 : base > 0 ? Math.max(base * 1000, ASSUMED_LATENCY_MS) : ASSUMED_LATENCY_MS
    reports = reported > 0 && latency <= MOST_LATENCY_MS
    if (latency > MOST_LATENCY_MS) latency = ASSUMED_LATENCY_MS
    coarse.push({ local, offset: context.currentTime * 1000 - local - latency })
    coarse = coarse.filter((r) => r.local > local - COARSE_MEMORY_MS)
  }

  function keep(reading: Reading): void {
    const expected = predicted(recent, reading.local)
    const off = expected === null ? 0 : reading.offset - expected
    const least = recent.length - LEAST_READINGS
    recent = recent.filter(
      (r, i) => r.local > reading.local - MEMORY_MS || (i > least && r.local > reading.local - LEAST_MS),
    )
    const alone = recent.length === 0
    recent.push(reading)
    if (Math.abs(off) > JUMP_MS) {
      stray = stray.length > 0 && Math.sign(stray[0]!) !== Math.sign(off) ? [off] : [...stray, off]
      // After a pause of the timers the one fresh reading is worth more than all the old ones.
      if (!alone && stray.length < JUMP_READINGS) return
      recent = recent.slice(-stray.length)
      history = []
      rate = 0
    }
    stray = []
    const last = history.at(-1)
    if (!last || reading.local - last.local >= RATE_EVERY_MS) {
      history.push({ local: reading.local, offset: predicted(recent, reading.local)! })
      if (history.length > RATE_READINGS) history.shift()
      rate = slope(history)
    }
  }

  /** Median offset of the readings, each carried on to `local` at the card's rate. */
  function predicted(readings: readonly Reading[], local: number): number | null {
    if (readings.length === 0) return null
    const offsets = readings.map((r) => r.offset + rate * (local - r.local)).sort((a, b) => a - b)
    const mid = offsets.length >> 1
    return offsets.length % 2 === 1 ? offsets[mid]! : (offsets[mid - 1]! + offsets[mid]!) / 2
  }

  return {
    sample(context) {
      if (context.state !== 'running') return
      const local = now()
      readCoarse(context, local)
      readStamp(context, local)
    },
    heardAt(local_ms) {
      const offset = predicted(recent.length > 0 ? recent : coarse, local_ms)
      return offset === null ? null : (local_ms + offset) / 1000
    },
    get exact() {
      return recent.length > 0
    },
    get bound_ms() {
      if (recent.length > 0) return STAMP_BOUND_MS
      if (coarse.length === 0) return Infinity
      return reports ? REPORTED_BOUND_MS : ASSUMED_BOUND_MS
    },
    forget() {
      recent = []
      coarse = []
      history = []
      stray = []
      rate = 0
      lastStamp = null
      trusted = false
    },
  }
}

/** Least squares, ms per ms; zero while the readings span too little to tell. */
function slope(readings: readonly Reading[]): number {
  const first = readings[0]
  const last = readings.at(-1)
  if (!first || !last || last.local - first.local < RATE_AFTER_MS || readings.length < 10) return 0
  const n = readings.length
  const meanX = readings.reduce((sum, r) => sum + (r.local - first.local), 0) / n
  const meanY = readings.reduce((sum, r) => sum + (r.offset - first.offset), 0) / n
  let [xy, xx] = [0, 0]
  for (const r of readings) {
    const x = r.local - first.local - meanX
    xy += x * (r.offset - first.offset - meanY)
    xx += x * x
  }
  return Math.min(MOST_PPM, Math.max(-MOST_PPM, (xy / xx) * 1e6)) / 1e6
}
