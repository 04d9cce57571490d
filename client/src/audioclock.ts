/**
 * Which time of an AudioContext is heard at which local time: short memory, because the relation jumps when audio stalls.
 *
 * `getOutputTimestamp()` tells it best (to 0.1-0.4 ms in Chromium). Elsewhere its context time may move in pages of 10-85 ms, its
 * performance time in whole milliseconds; Safari before 17.5 gives a context time on a wrong scale, so it is believed only after
 * it has been seen to advance with the clock. Until then, or without it, `currentTime` and the latency serve. All these readings
 * go through one filter, which finds out how coarse they are.
 */

import { createLatencyFilter } from './latency.ts'

export interface AudioClock {
  /** Reads the context once; call it some times a second. Does nothing while the context is not running. */
  sample(context: AudioContext): void
  /** Context seconds of what is heard at a local time, or `null` before the first sample. */
  heardAt(local_ms: number): number | null
  /** True when the relation rests on `getOutputTimestamp()`. */
  readonly exact: boolean
  /** How far what is heard may lie from `heardAt`, ms; Infinity before the first sample. */
  readonly bound_ms: number
  /** Counts the steps recognized: audio stalled, or another latency. What was placed before one lies wrong as a whole. */
  readonly steps: number
  /** Another output device: the same context, but what was read of it holds no longer. */
  renew(): void
  /** The context was suspended, or is another one. */
  forget(): void
}

/** Offsets are context ms minus local ms. */
interface Reading {
  local: number
  offset: number
}

/** What the last readings say together: an offset at a local time. */
interface Relation {
  local: number
  offset: number
}

/** How far back readings count: fine ones, and such as move in pages, through which only many together can see. */
const MEMORY_MS = 450
const COARSE_MEMORY_MS = 3000
/** Readings that spread wider than this (from the tenth to the ninetieth of a hundred) are coarse. */
const COARSE_MS = 2
/** Where readings are rarer, as in a hidden page, these few are kept although older; coarse ones for minutes. */
const LEAST_READINGS = 3
const LEAST_MS = 5000
const LEAST_COARSE_READINGS = 40
const LEAST_COARSE_MS = 300_000
/** Coarse readings further apart than this tell little, and in a hidden page all from the same place of a page of audio. */
const RARE_MS = 600
/** From this number of readings on their spread is believed. */
const SPREAD_READINGS = 5
/** A reading that lies so far off is a stray: at least, and as a part of the spread. */
const JUMP_MS = 3
const JUMP_OF_SPREAD = 0.75
/** Strays in a row that agree with one another make a step; to agree is to lie no further apart than this, or this of the spread. */
const JUMP_READINGS = 3
const AGREE_MS = 1.5
const AGREE_OF_SPREAD = 1.3
/** So many strays without agreement are not audio that stands still for a moment: nothing that was known holds. */
const MOST_STRAYS = 30
/** A reading alone after a pause tells a step only beyond this part of the spread. */
const LONE_OF_SPREAD = 1.5
const ASSUMED_LATENCY_MS = 40
/** Beyond this a latency is a fault of the browser's, not a loudspeaker's. */
const MOST_LATENCY_MS = 1500
const STALE_MS = 1000
/** Stamps are seen to advance over at least the first, and to stand still over at least the second. */
const ADVANCED_MS = 20
const STOOD_MS = 500
/** How wrong each way of telling may be: stamps as measured, a reported latency by its steps, a guess. */
const STAMP_BOUND_MS = 1
/** While stamps are not believed after a stall, the blocks of currentTime are seen through to this. */
const UNSETTLED_BOUND_MS = 3
/** A context that has just begun to run may report a latency that is far off, for so long or until it stands still. */
const BEGINNING_MS = 15_000
const BEGINNING_BOUND_MS = 30
/** Which place of its page a browser means is not known: it may be either end. */
const BOUND_OF_SPREAD = 0.8
const REPORTED_BOUND_MS = 12
const ASSUMED_BOUND_MS = 40
/** The rate of the sound card against the local clock, from one reading a second over a minute or two. */
const RATE_READINGS = 120
const RATE_EVERY_MS = 950
const RATE_AFTER_MS = 20_000
const RATE_LEAST_READINGS = 10
/** Rarer readings, of a hidden page, tell the rate from a longer while. */
const RARE_AFTER_MS = 60_000
const RARE_LEAST_READINGS = 3
const MOST_PPM = 400
/** Two quartzes of which nothing is known, and a rate that was learned. */
const UNKNOWN_PPM = 100
const LEARNED_PPM = 10

export function createAudioClock(now: () => number): AudioClock {
  let recent: Reading[] = []
  let history: Reading[] = []
  let stray: Reading[] = []
  let relation: Relation | null = null
  let spread = 0
  /** When the last reading was, taken or not. */
  let read_ms = -Infinity
  let rate = 0
  let learned = false
  let steps = 0
  let fromStamps = false
  let lastStamp: { local: number; context: number } | null = null
  let lastRead: { local: number; context: number } | null = null
  let trusted = false
  let reports = false
  /** When the first reading was, and whether the stamps have stood still since. */
  let begun: number | null = null
  const latency = createLatencyFilter()

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

  /** A stamp that may be believed and is not the last one again. */
  function readStamp(context: AudioContext, local: number): Reading | 'again' | null {
    const read = stamp(context, local)
    if (!read) {
      trusted = false
      lastStamp = lastRead = null
      return null
    }
    lastStamp ??= read
    const passed = read.local - lastStamp.local
    const even = (read.context - lastStamp.context) / passed
    // A stall or a changed card is no reason for distrust; standing still on a wrong scale is.
    if (passed >= ADVANCED_MS && even > 0.5 && even < 2) {
      trusted = true
      lastStamp = read
    } else if (passed >= STOOD_MS) {
      if (even < 0.01) trusted = false
      lastStamp = read
    }
    if (!trusted) return null
    // Some browsers repeat the last stamp until the next page has gone out.
    const again = lastRead?.local === read.local && lastRead.context === read.context
    lastRead = read
    if (again) return 'again'
    const rendered = context.currentTime * 1000 - local
    return { local: read.local, offset: latency.correct(read.local, read.context - read.local, rendered) }
  }

  function readLatency(context: AudioContext, local: number): Reading {
    const reported = (context.outputLatency as number | undefined) ?? 0
    const base = (context.baseLatency as number | undefined) ?? 0
    let latency =
      reported > 0 ? reported * 1000 : base > 0 ? Math.max(base * 1000, ASSUMED_LATENCY_MS) : ASSUMED_LATENCY_MS
    reports = reported > 0 && latency <= MOST_LATENCY_MS
    if (latency > MOST_LATENCY_MS) latency = ASSUMED_LATENCY_MS
    return { local, offset: context.currentTime * 1000 - local - latency }
  }

  function keep(reading: Reading): void {
    const off = relation === null ? 0 : reading.offset - expected(relation, reading.local)
    const last = recent.at(-1)
    const pause = reading.local - read_ms
    read_ms = reading.local
    if (last && Math.abs(off) > Math.max(JUMP_MS, JUMP_OF_SPREAD * spread)) {
      if (pause > LEAST_MS) {
        // After a pause of the timers one fresh reading is worth more than all the old ones, unless it is coarse.
        if (Math.abs(off) > LONE_OF_SPREAD * spread) return restart([reading], Math.abs(off) > (pause * MOST_PPM) / 1e6)
        stray = []
        return
      }
      stray.push(reading)
      const latest = stray.slice(-JUMP_READINGS)
      if (latest.length === JUMP_READINGS && agree(latest)) {
        steps++
        return restart(latest, true)
      }
      if (stray.length >= MOST_STRAYS) {
        renew()
        take(reading)
      }
      return
    }
    const often = pause <= RARE_MS || spread <= COARSE_MS || !last || reading.local - last.local > LEAST_COARSE_MS
    // What agrees with what is known, and is too coarse to better it, is passed by.
    if (often) take(reading)
    else stray = []
  }

  function take(reading: Reading): void {
    stray = []
    recent.push(reading)
    settle(reading.local)
  }

  /** Whether so few readings say the same; while audio stands still, each says another thing. */
  function agree(readings: readonly Reading[]): boolean {
    const offsets = readings.map((r) => r.offset)
    return Math.max(...offsets) - Math.min(...offsets) <= Math.max(AGREE_MS, AGREE_OF_SPREAD * spread)
  }

  /** From here on these readings count alone; the quartz of the card is most likely still the same. */
  function restart(readings: Reading[], stepped: boolean): void {
    recent = [...readings]
    stray = []
    if (stepped) history = []
    settle(readings.at(-1)!.local)
  }

  function settle(local: number): void {
    const coarse = spread > COARSE_MS
    const [memory, least, least_ms] = coarse
      ? [COARSE_MEMORY_MS, LEAST_COARSE_READINGS, LEAST_COARSE_MS]
      : [MEMORY_MS, LEAST_READINGS, LEAST_MS]
    const first = recent.length - least
    recent = recent.filter((r, i) => r.local > local - memory || (i >= first && r.local > local - least_ms))
    const offsets = recent.map((r) => r.offset + rate * (local - r.local)).sort((a, b) => a - b)
    const [low, high] = [quantile(offsets, 0.1), quantile(offsets, 0.9)]
    if (offsets.length >= SPREAD_READINGS) spread = high - low
    // Pages leave offsets spread evenly, whose edges tell the middle better than a median does; fine ones have outliers.
    relation = { local, offset: coarse ? (low + high) / 2 : quantile(offsets, 0.5) }
    const noted = history.at(-1)
    if (noted && local - noted.local < RATE_EVERY_MS) return
    history.push(relation)
    if (history.length > RATE_READINGS) history.shift()
    const found = slope(history)
    if (found !== null) [rate, learned] = [found, true]
  }

  function expected(from: Relation, local: number): number {
    return from.offset + rate * (local - from.local)
  }

  function renew(): void {
    recent = []
    history = []
    stray = []
    relation = null
    spread = 0
    steps++
  }

  return {
    sample(context) {
      if (context.state !== 'running') return
      const local = now()
      begun ??= local
      const byLatency = readLatency(context, local)
      const byStamp = readStamp(context, local)
      if (byStamp === 'again') return
      // The two tell differently by some ms: readings of one kind must not be measured against those of the other.
      if ((byStamp !== null) !== fromStamps) {
        fromStamps = !fromStamps
        renew()
      }
      keep(byStamp ?? byLatency)
    },
    heardAt(local_ms) {
      return relation === null ? null : (local_ms + expected(relation, local_ms)) / 1000
    },
    get exact() {
      return fromStamps && relation !== null
    },
    get bound_ms() {
      if (relation === null) return Infinity
      const age = Math.max(0, now() - relation.local)
      const drifted = (age * (learned ? LEARNED_PPM : UNKNOWN_PPM)) / 1e6
      if (fromStamps) {
        const beginning = !latency.learned && begun !== null && now() - begun < BEGINNING_MS
        const least = beginning ? BEGINNING_BOUND_MS : latency.settled ? STAMP_BOUND_MS : UNSETTLED_BOUND_MS
        return Math.max(least, BOUND_OF_SPREAD * spread) + drifted
      }
      return (reports ? REPORTED_BOUND_MS : ASSUMED_BOUND_MS) + drifted
    },
    get steps() {
      return steps
    },
    renew() {
      latency.forget()
      renew()
    },
    forget() {
      renew()
      rate = 0
      learned = false
      lastStamp = lastRead = null
      trusted = false
      fromStamps = false
      begun = null
      latency.forget()
    },
  }
}

/** Of sorted values, between the two nearest. */
function quantile(sorted: readonly number[], part: number): number {
  const at = part * (sorted.length - 1)
  const below = Math.floor(at)
  const low = sorted[below]!
  return low + (at - below) * ((sorted[below + 1] ?? low) - low)
}

/** Least squares, ms per ms; null while the readings span too little to tell. */
function slope(readings: readonly Reading[]): number | null {
  const first = readings[0]
  const last = readings.at(-1)
  if (!first || !last) return null
  const span = last.local - first.local
  const often = span >= RATE_AFTER_MS && readings.length >= RATE_LEAST_READINGS
  const rarely = span >= RARE_AFTER_MS && readings.length >= RARE_LEAST_READINGS
  if (!often && !rarely) return null
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
