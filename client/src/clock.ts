/**
 * Server time from four-timestamp exchanges: keeps the samples, notices a stepped clock, and shows a time that only slews.
 *
 * Pure: it owns no timer and no socket, and reads no clock. `local` times are `performance.now()` of this page, `server` times
 * UTC ms. What the fit says is in envelope.ts; what people hear is the *shown* time, which follows the fit smoothly.
 */
import { deviation, fitLine, middle, type Line, type Prior } from './envelope.ts'

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

/** Quartz: about 40 ppm between two machines; the drift is meant as server time gained per local time. */
const PRIOR: Prior = { ppm: 0, sd_ppm: 40 }
/** Temperature moves a quartz by this much between visits. */
const LEAST_PRIOR_PPM = 5
const WINDOW_MS = 8 * 60_000
const MOST_SAMPLES = 320
/** No drift of a working clock is beyond this. */
const MOST_PPM = 300
const SIGMAS = 8
/** Samples that must agree before a step smaller than the round trip is believed. */
const WITNESSES = 6
const STEP_SIGMAS = 8
/** Smaller errors are slewed over SLEW_MS (at most 2.5 ms a second); larger ones are put right at once before a silence. */
const SMALL_MS = 5
const SLEW_MS = 2000
/** Least speed of the shown time while it waits for the true one. */
const CRAWL = 0.1
/** During a silence: the error that is still let be, and the speed at which a larger one is put right. */
const SILENT_MS = 25
const SILENT_RATE = 0.005
/** A freeze waits until the fit is worth freezing. */
const SETTLED_SAMPLES = 8
const SETTLED_MS = 3
const SETTLED_AFTER_MS = 15_000

interface Kept {
  t0: number
  t3: number
  upper: number
  lower: number
}

/** A straight relation: offset at local time `at`, growing by `slope`; relative to the estimator's base. */
interface Ray {
  at: number
  offset: number
  slope: number
}

export function createEstimator(options: EstimatorOptions = {}): Estimator {
  /** Taken from the first sample, so that all sums below stay small. */
  let base: number | null = null
  let kept: Kept[] = []
  let line: Line | null = null
  /** The fits after each of the last samples, oldest first: the witnesses of a small step are judged by a fit without them. */
  let fits: Line[] = []
  let prior: Prior = options.prior
    ? { ppm: options.prior.ppm, sd_ppm: clamp(options.prior.sd_ppm, LEAST_PRIOR_PPM, PRIOR.sd_ppm) }
    : PRIOR
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
      span = Math.max(SLEW_MS, Math.abs(ahead) / SILENT_RATE)
    } else if (ahead < -SMALL_MS) {
      rest = 0
      span = 0
    } else {
      span = ahead > SMALL_MS ? ahead / (1 - CRAWL) : SLEW_MS
    }
  }

  function settled(now: number): boolean {
    const first = kept[0]
    if (!line || !first || kept.length < SETTLED_SAMPLES) return false
    return deviation(line, now) <= SETTLED_MS || now - first.t3 >= SETTLED_AFTER_MS
  }

  /** The widest the true offset can be at a local time, from every kept sample; `extra` widens it by the drift's doubt. */
  function boundsAt(local: number): { low: number; high: number } {
    const ppm = line ? line.drift_ppm : 0
    const doubt = line ? Math.min(MOST_PPM, SIGMAS * line.sd_drift_ppm + 2) : MOST_PPM
    let low = -Infinity
    let high = Infinity
    for (const k of kept) {
      const up = (local - k.t0) / 1e6
      const down = (local - k.t3) / 1e6
      high = Math.min(high, k.upper + ppm * up + doubt * Math.abs(up))
      low = Math.max(low, k.lower + ppm * down - doubt * Math.abs(down))
    }
    return { low, high }
  }

  /** Browsers that hand out whole milliseconds only are that much less certain. */
  function grain(): number {
    return whole ? 1 : 0.1
  }

  function contradicts(k: Kept): boolean {
    if (kept.length === 0) return false
    const then = boundsAt(k.t3)
    return k.lower > then.high + grain() || k.upper < then.low - grain()
  }

  /** Both edges of the last samples lie to one side of where the fit before them expects them. */
  function shifted(): boolean {
    const before = fits[0]
    if (!before || fits.length <= WITNESSES || kept.length < 2 * WITNESSES + SETTLED_SAMPLES) return false
    let [upper, lower] = [Infinity, -Infinity]
    for (const k of kept.slice(-WITNESSES)) {
      upper = Math.min(upper, distance(before, k.t0, k.upper, before.upper, 0, before.sd_upper))
      lower = Math.max(lower, distance(before, k.t3, k.lower, before.lower, 4, before.sd_lower))
    }
    return (upper > STEP_SIGMAS && lower > STEP_SIGMAS) || (upper < -STEP_SIGMAS && lower < -STEP_SIGMAS)
  }

  /** How many standard deviations (at least of the grain) a bound lies above an edge of a fit. */
  function distance(fit: Line, at: number, bound: number, edge: number, row: number, sd: number): number {
    const tau = (at - fit.at) / 1e6
    const cross = fit.cov[row === 0 ? 2 : 5]!
    const variance = sd * sd + 2 * tau * cross + (tau * fit.sd_drift_ppm) ** 2
    return (bound - edge - fit.drift_ppm * tau) / Math.max(Math.sqrt(Math.max(0, variance)), grain() / STEP_SIGMAS)
  }

  function forget(keepLast: number): void {
    if (line) prior = { ppm: line.drift_ppm, sd_ppm: clamp(line.sd_drift_ppm, LEAST_PRIOR_PPM, PRIOR.sd_ppm) }
    kept = keepLast > 0 ? kept.slice(-keepLast) : []
    fits = []
    line = null
  }

  function refit(now: number): Line {
    const uppers = kept.map((k) => ({ at: k.t0, bound: k.upper }))
    const lowers = kept.map((k) => ({ at: k.t3, bound: k.lower }))
    return fitLine(uppers, lowers, prior, now)
  }

  return {
    feed(sample) {
      const { t0, t1, t2, t3 } = sample
      const roundTrip = t3 - t0 - (t2 - t1)
      // Whole milliseconds may make a round trip on the same machine look slightly negative.
      if (!Number.isFinite(roundTrip) || t3 < t0 || t2 < t1 || roundTrip < -2.5) return 'refused'
      const first = kept.length === 0
      if (base === null) {
        base = Math.round((t1 - t0 + t2 - t3) / 2)
        target = { ...target, offset: target.offset - base }
      }
      whole &&= Number.isInteger(t0) && Number.isInteger(t3)
      const fresh: Kept = { t0, t3, upper: t1 - t0 - base, lower: t2 - t3 - base }
      let stepped = contradicts(fresh)
      if (stepped) forget(0)
      kept.push(fresh)
      const oldest = t3 - WINDOW_MS
      if (kept.length > MOST_SAMPLES || kept[0]!.t3 < oldest) {
        kept = kept.slice(-MOST_SAMPLES).filter((k) => k.t3 >= oldest)
      }
      if (!stepped && shifted()) {
        stepped = true
        forget(WITNESSES)
      }
      line = refit(t3)
      fits.push(line)
      if (fits.length > WITNESSES + 1) fits.shift()
      doubted = false

      const wanted = rayOf(line, t3)
      const error = Math.abs(offsetAt(t3) - wanted.offset)
      if (first || (stepped && error > (held ? SILENT_MS : 0))) {
        steer(wanted, t3, 'step')
      } else if (!held) {
        steer(wanted, t3, 'free')
      } else if (error > SILENT_MS) {
        steer(wanted, t3, 'silent')
      }
      held = frozen && (held || settled(t3))
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
      if (kept.length === 0 || doubted) return Infinity
      const { low, high } = boundsAt(local_ms)
      const shown = offsetAt(local_ms)
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

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
