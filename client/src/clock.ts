/**
 * Server time from four-timestamp exchanges: keeps the samples, notices a stepped clock, and shows a time that only slews.
 *
 * Pure: it owns no timer and no socket, and reads no clock. `local` times are `performance.now()` of this page, `server` times
 * UTC ms. What is probable is in envelope.ts, what is certain in corridor.ts; what people hear is the *shown* time, which follows
 * the fit smoothly.
 */
import { boundsAt, corridorOf, WIDEST, type Corridor } from './corridor.ts'
import { deviation, fitLine, middle, type Line, type Prior } from './envelope.ts'
import { createWindow, WINDOW_MS } from './samples.ts'

export interface Sample {
  /** Local ms at sending. */
  t0: number
  /** Server ms at receipt there. */
  t1: number
  /** Server ms at sending the answer. */
  t2: number
  /** Local ms at receipt. */
  t3: number
}

/** 'refused': impossible timestamps, ignored. 'stepped': a clock has jumped, everything older was forgotten. */
export type Verdict = 'kept' | 'refused' | 'stepped'

export interface Estimator {
  feed(sample: Sample): Verdict
  /** The shown time. Never goes backwards for growing `local_ms`, except after a recognized step. */
  serverNow(local_ms: number): number
  /** When, locally, the shown time will be (or was) `server_ms`. */
  localAt(server_ms: number): number
  /** The true server time lies within this of the shown one, whatever the paths; Infinity while nothing is known. */
  uncertainty_ms(local_ms: number): number
  /** Standard deviation if both ways have the same least delay, which no exchange can show; Infinity while nothing is known. */
  deviation_ms(local_ms: number): number
  /** During a silence: the shown time runs on with the drift known then, and follows only an error above 25 ms. */
  freeze(on: boolean): void
  /** The local clock may have stood still: the shown time runs on, but nothing is certain until the next sample. */
  doubt(): void
  /** Forgets the samples. The shown time runs on as before until the first new one, which may step it. */
  reset(): void
  /** What was learned of this device's quartz, for a later visit; null while it is no better than a guess. */
  drift(): Prior | null
}

export interface EstimatorOptions {
  /** Server minus local time to show before the first sample, ms. */
  guess_ms?: number
  /** What an earlier visit learned of this device's drift. */
  prior?: Prior
}

/** Quartz: some 40 to 50 ppm between two machines; the drift is meant as server time gained per local time. */
const PRIOR: Prior = { ppm: 0, sd_ppm: 50 }
/** Temperature moves a quartz by this much between visits. */
const LEAST_PRIOR_PPM = 5
/** No visit can have learned more. */
const MOST_PRIOR_PPM = 200
/** Samples that must agree before a step smaller than the round trip is believed. */
const WITNESSES = 6
const MOST_FITS = 2 * WITNESSES + 1
const STEP_SIGMAS = 8
/** A stepped clock moves both edges alike. How unlike they may look, against how far they moved; else the ways have changed. */
const UNLIKE = 0.35
/** Smaller errors are slewed away at this speed, which nobody hears; larger ones are put right at once before a silence. */
const SMALL_MS = 5
const SLEW_RATE = 0.0025
/** Least speed of the shown time while it waits for the true one. */
const CRAWL = 0.1
/** During a silence: the error that is still let be, and the speed at which a larger one is put right. */
const SILENT_MS = 25
const SILENT_RATE = 0.005
/** A freeze waits until the fit is worth freezing. */
const SETTLED_SAMPLES = 8
const SETTLED_MS = 3
const SETTLED_AFTER_MS = 15_000

/** A straight relation: offset at local time `at`, growing by `slope`; relative to the estimator's base. */
interface Ray {
  at: number
  offset: number
  slope: number
}

export function createEstimator(options: EstimatorOptions = {}): Estimator {
  /** Taken from the first sample, so that all sums below stay small. */
  let base: number | null = null
  const kept = createWindow()
  let corridor: Corridor = WIDEST
  let line: Line | null = null
  /** The fits after each of the last samples, oldest first: the witnesses of a small step are judged by a fit without them. */
  let fits: Line[] = []
  let prior = options.prior ? priorOf(options.prior.ppm, options.prior.sd_ppm) : PRIOR
  const above = new Float64Array(WITNESSES)
  const below = new Float64Array(WITNESSES)
  let doubted = false
  let whole = true
  let frozen = false
  let held = false

  // Shown time: local + base + target(local) + rest, where the rest dies away from `since` over `span`.
  let target: Ray = { at: 0, offset: options.guess_ms ?? 0, slope: 0 }
  let rest = 0
  let since = 0
  let span = 0
  let lastLocal = -Infinity
  let lastShown = -Infinity

  function offsetAt(local: number): number {
    const gone = span > 0 ? clamp((local - since) / span, 0, 1) : 1
    return target.offset + target.slope * (local - target.at) + rest * (1 - gone)
  }

  function rayOf(fit: Line, at: number): Ray {
    return { at, offset: middle(fit, at), slope: fit.drift_ppm / 1e6 }
  }

  /** Turns the shown time towards `to` from local time `now` on, without going backwards. */
  function steer(to: Ray, now: number, mode: 'free' | 'silent' | 'step'): void {
    const ahead = offsetAt(now) - (to.offset + to.slope * (now - to.at))
    target = to
    rest = ahead
    since = now
    if (mode === 'step') {
      rest = 0
      span = 0
      lastLocal = lastShown = -Infinity
    } else if (mode === 'silent') {
      span = Math.abs(ahead) / SILENT_RATE
    } else if (ahead < -SMALL_MS) {
      rest = 0
      span = 0
    } else {
      span = ahead > SMALL_MS ? ahead / (1 - CRAWL) : Math.abs(ahead) / SLEW_RATE
    }
  }

  function settled(now: number): boolean {
    if (!line || kept.count < SETTLED_SAMPLES) return false
    return deviation(line, now) <= SETTLED_MS || now - kept.t3[0]! >= SETTLED_AFTER_MS
  }

  /** Browsers that hand out whole milliseconds only are that much less certain. */
  function grain(): number {
    return whole ? 1 : 0.1
  }

  /** Shown by the fit without the witnesses, and by an older one: a fit may be off while a line changes. */
  function shifted(): boolean {
    const without = fits.at(-WITNESSES)
    const older = fits[0]
    if (!without || !older || kept.count < 2 * WITNESSES + SETTLED_SAMPLES) return false
    return fits.length === MOST_FITS && shiftedFrom(without) && shiftedFrom(older)
  }

  /**
   * The last samples lie where this fit expects them, if both edges were moved by one amount: on the one side all are further
   * from the edge than queues bring them, on the other half of them have passed it.
   */
  function shiftedFrom(before: Line): boolean {
    const begin = kept.count - WITNESSES
    let [upper, lower] = [Infinity, -Infinity]
    for (let k = begin; k < kept.count; k++) {
      above[k - begin] = kept.upper[k]! - edgeAt(before, before.upper, kept.t0[k]!)
      below[k - begin] = kept.lower[k]! - edgeAt(before, before.lower, kept.t3[k]!)
      upper = Math.min(upper, above[k - begin]!)
      lower = Math.max(lower, below[k - begin]!)
    }
    const unlike = UNLIKE * Math.abs(upper + lower)
    if (upper * lower <= 0 || Math.abs(upper - lower) > unlike) return false
    // No step makes a round trip shorter: then a queue has gone that had been taken for the way.
    if (leastTrip(begin, kept.count) < leastTrip(0, begin) - unlike / 2) return false
    const at = kept.t3[kept.count - 1]!
    const doubt = Math.max(spread(before, before.sd_upper, 2, at), spread(before, before.sd_lower, 5, at), grain() / STEP_SIGMAS)
    const passed = STEP_SIGMAS * doubt
    const { mean_up, mean_down, sd } = before.law
    return upper > 0
      ? upper > Math.exp(mean_up + sd) && below.filter((d) => d > passed).length >= WITNESSES / 2
      : lower < -Math.exp(mean_down + sd) && above.filter((d) => d < -passed).length >= WITNESSES / 2
  }

  function leastTrip(from: number, to: number): number {
    let least = Infinity
    for (let k = from; k < to; k++) least = Math.min(least, kept.upper[k]! - kept.lower[k]!)
    return least
  }

  function forget(keepLast: number): void {
    if (line) prior = priorOf(line.drift_ppm, line.sd_drift_ppm)
    kept.keepLast(keepLast)
    corridor = WIDEST
    fits = []
    line = null
  }

  return {
    feed(sample) {
      const { t0, t1, t2, t3 } = sample
      const roundTrip = t3 - t0 - (t2 - t1)
      // Whole milliseconds may make a round trip on the same machine look slightly negative.
      if (!Number.isFinite(roundTrip) || t3 < t0 || t2 < t1 || roundTrip < -2.5) return 'refused'
      const first = kept.count === 0
      if (base === null) {
        base = Math.round((t1 - t0 + t2 - t3) / 2)
        target = { ...target, offset: target.offset - base }
      }
      whole &&= Number.isInteger(t0) && Number.isInteger(t3)
      const [upper, lower] = [t1 - t0 - base, t2 - t3 - base]
      // No answer is that late: the local clock was put back.
      const putBack = !first && t3 < kept.t3[kept.count - 1]! - WINDOW_MS
      if (putBack) forget(0)
      if (!kept.add(t0, t3, upper, lower)) return 'refused'
      const passing = corridorOf(kept, grain())
      const stepped = putBack || passing === null || shifted()
      if (passing === null) {
        forget(0)
        kept.add(t0, t3, upper, lower)
      } else if (stepped && !putBack) {
        forget(WITNESSES)
      }
      corridor = (stepped ? corridorOf(kept, grain()) : passing) ?? WIDEST
      const now = kept.t3[kept.count - 1]!
      line = fitLine(kept, prior, now, line)
      fits.push(line)
      if (fits.length > MOST_FITS) fits.shift()
      doubted = false

      const wanted = rayOf(line, now)
      const error = Math.abs(offsetAt(now) - wanted.offset)
      if (first || (stepped && error > (held ? SILENT_MS : 0))) {
        steer(wanted, now, 'step')
        // The first samples after a step are as rough as those after joining; the next ones may still put it right.
        held = false
      } else if (!held) {
        steer(wanted, now, 'free')
      } else if (error > SILENT_MS) {
        steer(wanted, now, 'silent')
      }
      held = frozen && (held || settled(now))
      return stepped ? 'stepped' : 'kept'
    },

    serverNow(local_ms) {
      const shown = local_ms + (base ?? 0) + offsetAt(local_ms)
      if (local_ms < lastLocal) return shown
      lastLocal = local_ms
      lastShown = Math.max(lastShown, shown)
      return lastShown
    },

    localAt(server_ms) {
      const { at, offset, slope } = target
      // The shown time is made of three straight pieces: before, during and after the slew.
      const wanted = server_ms - (base ?? 0)
      const sought = wanted - offset + slope * at
      if (wanted <= since + offsetAt(since)) return (sought - (span > 0 ? rest : 0)) / (1 + slope)
      const end = since + span
      if (span === 0 || wanted >= end + offsetAt(end)) return sought / (1 + slope)
      return (sought - rest - (rest * since) / span) / (1 + slope - rest / span)
    },

    uncertainty_ms(local_ms) {
      if (kept.count === 0 || doubted) return Infinity
      const { low, high } = boundsAt(kept, corridor, local_ms)
      // What was shown once is not taken back, so that it may wait for the true time.
      const least = local_ms < lastLocal ? -Infinity : lastShown - local_ms - (base ?? 0)
      const shown = Math.max(offsetAt(local_ms), least)
      return Math.max(high - shown, shown - low, 0) + grain()
    },

    deviation_ms(local_ms) {
      return line && !doubted ? deviation(line, local_ms) : Infinity
    },

    freeze(on) {
      frozen = on
      // A slew under way runs out (2 s at most); nothing new begins before the next sample.
      held = on && line !== null && settled(line.at)
    },

    doubt() {
      doubted = true
    },

    reset() {
      forget(0)
      doubted = false
    },

    drift() {
      if (!line || line.sd_drift_ppm > PRIOR.sd_ppm / 2) return null
      return { ppm: line.drift_ppm, sd_ppm: line.sd_drift_ppm }
    },
  }
}

function priorOf(ppm: number, sd_ppm: number): Prior {
  return { ppm: clamp(ppm, -MOST_PRIOR_PPM, MOST_PRIOR_PPM), sd_ppm: clamp(sd_ppm, LEAST_PRIOR_PPM, PRIOR.sd_ppm) }
}

function edgeAt(fit: Line, edge: number, at: number): number {
  return edge + (fit.drift_ppm * (at - fit.at)) / 1e6
}

/** Standard deviation of an edge at a local time; `cross` is where the fit keeps its covariance with the drift. */
function spread(fit: Line, sd: number, cross: 2 | 5, at: number): number {
  const tau = (at - fit.at) / 1e6
  return Math.sqrt(Math.max(0, sd * sd + 2 * tau * fit.cov[cross]! + (tau * fit.sd_drift_ppm) ** 2))
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
