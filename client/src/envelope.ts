/**
 * The straight line that runs between two one-sided clouds of points: knows offset and drift of a clock from one-way delays.
 *
 * Every message up shows an upper bound of the offset (true offset + the way up), every message down a lower one. Queues
 * only ever add delay, so the true line lies under the upper cloud and over the lower one, near their edges. The fit is the
 * most probable line when quartz drifts as the prior says and the delay above the floor follows a log-normal law: seldom near
 * zero, then a long tail, so that a message that waited for a lost one pulls hardly at all. The law's scale (of each way) and
 * shape (of both) follow the data: a narrow law is as good as symmetric jitter without a hard floor. A damped Newton iteration
 * from the line before finds the maximum; its curvature there tells how sure we are.
 */
import { judge } from './congestion.ts'
import { MOST_SAMPLES, type Samples } from './samples.ts'

export interface Prior {
  ppm: number
  sd_ppm: number
}

export interface Line {
  /** Local time the edges refer to, ms. */
  at: number
  /** Edge of the upper cloud at `at`: the offset plus the floor of the way up, ms. */
  upper: number
  /** Edge of the lower cloud at `at`: the offset minus the floor of the way down, ms. */
  lower: number
  drift_ppm: number
  sd_drift_ppm: number
  sd_upper: number
  sd_lower: number
  /** Covariance of (upper, lower, drift), row by row. */
  cov: readonly number[]
  law: Law
}

/** The delay above the floor: its logarithm (of ms) is normal. */
export interface Law {
  mean_up: number
  mean_down: number
  sd: number
}

/** Shape before anything is known, what that is worth in samples, and how far it may go. */
const SHAPE = 0.75
const SHAPE_WORTH = 8
const LEAST_SHAPE = 0.2
const MOST_SHAPE = 1
/** A queue is never smoother than this, ms; keeps the fit sane on an idle loopback. */
const LEAST_SCALE = 0.02
/** Samples whose worth the common scale has against each way's own. */
const POOLED = 10
/** Before queues are known: their scale as a part of the round trip, and the samples this guess is worth. */
const GUESSED = 0.1
const GUESSED_WORTH = 2
/** Beyond so many standard deviations a sample is no guide to the law. */
const CLIP_BELOW = 3
const CLIP_ABOVE = 2.5
/** The law follows the fit and the fit the law: turns for each sample, more of them while there are few. */
const FIRST_ROUNDS = 6
const FEW = 30
const ROUNDS = 2
const MANY = 150
const STEPS = 8
const GAINED = 1e-5
/** An edge begins at least this part of the scale away from the nearest point. */
const CLEARANCE = 0.05
/** Nothing beyond so many times the usual jitter is a floor's distance from the best samples. */
const FAR = 4
/** Drift in ppm times time in these units is ms. */
const UNIT = 1e6

/** One way, so written that its edge lies below the points: the way down is mirrored, with the drift's other sign. */
interface Cloud {
  count: number
  readonly tau: Float64Array
  readonly y: Float64Array
  /** Logarithms of the excess above the edge, as of the last look. */
  readonly log: Float64Array
  /** Of the log-posterior: gradient to the edge and to the drift, and minus its second derivatives. */
  toEdge: number
  toDrift: number
  edgeEdge: number
  edgeDrift: number
  driftDrift: number
}

// Taken once: a fit is made for every sample, and one at a time.
const up = cloud()
const down = cloud()
const clear = new Uint8Array(MOST_SAMPLES)
const cov = new Float64Array(9)

function cloud(): Cloud {
  const [tau, y, log] = [new Float64Array(MOST_SAMPLES), new Float64Array(MOST_SAMPLES), new Float64Array(MOST_SAMPLES)]
  return { count: 0, tau, y, log, toEdge: 0, toDrift: 0, edgeEdge: 0, edgeDrift: 0, driftDrift: 0 }
}

/** The fit at local time `at`; `before` is the one without the last samples, if there is any. */
export function fitLine(samples: Samples, prior: Prior, at: number, before: Line | null): Line {
  const { count, t0, t3, upper, lower } = samples
  const jitter = judge(samples, clear)
  let left = 0
  for (let k = 0; k < count; k++) {
    if (!clear[k]) continue
    up.tau[left] = (t0[k]! - at) / UNIT
    up.y[left] = upper[k]!
    down.tau[left] = (t3[k]! - at) / UNIT
    down.y[left] = -lower[k]!
    left++
  }
  up.count = down.count = left

  let drift = before?.drift_ppm ?? prior.ppm
  const nearestUp = nearest(up, drift)
  const nearestDown = nearest(down, -drift)
  const guess = Math.log(Math.max(LEAST_SCALE, GUESSED * (nearestUp + nearestDown)))
  let { mean_up, mean_down, sd } = before?.law ?? { mean_up: guess, mean_down: guess, sd: SHAPE }
  const clearance = before ? CLEARANCE : Math.exp(-sd * sd)
  let edgeUp = nearestUp - clearance * Math.exp(mean_up)
  let edgeDown = nearestDown - clearance * Math.exp(mean_down)
  if (before) {
    const moved = (drift * (at - before.at)) / UNIT
    edgeUp = Math.min(edgeUp, Math.max(before.upper + moved, nearestUp - FAR * jitter))
    edgeDown = Math.min(edgeDown, Math.max(-before.lower - moved, nearestDown - FAR * jitter))
    mean_up = Math.min(mean_up, Math.log(FAR * jitter))
    mean_down = Math.min(mean_down, Math.log(FAR * jitter))
  }

  const rounds = left < FEW ? FIRST_ROUNDS : left < MANY ? ROUNDS : 1
  for (let round = 0; round < rounds; round++) {
    look(up, edgeUp, drift, 0, 1, false)
    look(down, edgeDown, -drift, 0, 1, false)
    const freshUp = mean_up + meanOf(up, mean_up, sd)
    const freshDown = mean_down + meanOf(down, mean_down, sd)
    const common =
      (up.count * freshUp + down.count * freshDown + GUESSED_WORTH * guess) / (up.count + down.count + GUESSED_WORTH)
    mean_up = Math.max(Math.log(LEAST_SCALE), (up.count * freshUp + POOLED * common) / (up.count + POOLED))
    mean_down = Math.max(Math.log(LEAST_SCALE), (down.count * freshDown + POOLED * common) / (down.count + POOLED))
    const squares = squaresOf(up, mean_up, sd) + squaresOf(down, mean_down, sd)
    const freedom = SHAPE_WORTH + up.count + down.count
    sd = Math.min(MOST_SHAPE, Math.max(LEAST_SHAPE, Math.sqrt((SHAPE_WORTH * SHAPE * SHAPE + squares) / freedom)))
    climb()
  }
  // Back from the mirror: lower = -edgeDown, so its covariances with the others change sign.
  const [uu, ud, ur, , dd, dr, , , rr] = cov as unknown as Nine
  return {
    at,
    upper: edgeUp,
    lower: -edgeDown,
    drift_ppm: drift,
    sd_upper: Math.sqrt(uu),
    sd_lower: Math.sqrt(dd),
    sd_drift_ppm: Math.sqrt(rr),
    cov: [uu, -ud, ur, -ud, dd, -dr, ur, -dr, rr],
    law: { mean_up, mean_down, sd },
  }

  /** The log-posterior at these edges and drift, -Infinity where a point would lie beyond an edge; slopes on request. */
  function valueAt(a: number, b: number, d: number, withSlopes: boolean): number {
    const z = (d - prior.ppm) / prior.sd_ppm
    const ofUp = look(up, a, d, mean_up, sd, withSlopes)
    return ofUp === -Infinity ? ofUp : ofUp + look(down, b, -d, mean_down, sd, withSlopes) - 0.5 * z * z
  }

  function climb(): void {
    let value = valueAt(edgeUp, edgeDown, drift, true)
    const weight = 1 / prior.sd_ppm ** 2
    for (let step = 0; ; step++) {
      const [ga, gb] = [up.toEdge, down.toEdge]
      const gd = up.toDrift - down.toDrift - (drift - prior.ppm) * weight
      invert(up.edgeEdge, down.edgeEdge, up.edgeDrift, -down.edgeDrift, up.driftDrift + down.driftDrift + weight)
      if (step === STEPS) return
      const da = cov[0]! * ga + cov[1]! * gb + cov[2]! * gd
      const db = cov[3]! * ga + cov[4]! * gb + cov[5]! * gd
      const dd = cov[6]! * ga + cov[7]! * gb + cov[8]! * gd
      let part = 1
      let next = -Infinity
      for (; part > 1e-6; part /= 2) {
        next = valueAt(edgeUp + part * da, edgeDown + part * db, drift + part * dd, true)
        if (next >= value) break
      }
      if (!(next >= value)) return
      edgeUp += part * da
      edgeDown += part * db
      drift += part * dd
      if (next - value < GAINED) return
      value = next
    }
  }
}

type Nine = [number, number, number, number, number, number, number, number, number]

/** Log-likelihood of a cloud above an edge; keeps the logarithms and, on request, the slopes in the cloud. */
function look(c: Cloud, edge: number, drift: number, mean: number, sd: number, withSlopes: boolean): number {
  const { count, tau, y, log } = c
  const weight = 1 / (sd * sd)
  let [sum, ga, gd, haa, had, hdd] = [0, 0, 0, 0, 0, 0]
  for (let k = 0; k < count; k++) {
    const t = tau[k]!
    const x = y[k]! - edge - drift * t
    if (x <= 0) return -Infinity
    const l = Math.log(x)
    const z = l - mean
    log[k] = l
    sum -= l + 0.5 * weight * z * z
    if (!withSlopes) continue
    const pull = (1 + weight * z) / x
    ga += pull
    gd += pull * t
    // The far tail bends the other way; there it has nothing to say about the edge.
    const bend = weight * (1 - z) - 1
    if (bend > 0) {
      const curve = bend / (x * x)
      haa += curve
      had += curve * t
      hdd += curve * t * t
    }
  }
  if (withSlopes) {
    c.toEdge = ga
    c.toDrift = gd
    // All in the tail: a step of about a scale.
    c.edgeEdge = haa > 0 ? haa : Math.exp(-2 * mean)
    c.edgeDrift = had
    c.driftDrift = hdd
  }
  return sum
}

function clipped(z: number, sd: number): number {
  return Math.min(CLIP_ABOVE * sd, Math.max(-CLIP_BELOW * sd, z))
}

function meanOf(c: Cloud, mean: number, sd: number): number {
  let sum = 0
  for (let k = 0; k < c.count; k++) sum += clipped(c.log[k]! - mean, sd)
  return sum / c.count
}

function squaresOf(c: Cloud, mean: number, sd: number): number {
  let sum = 0
  for (let k = 0; k < c.count; k++) sum += clipped(c.log[k]! - mean, sd) ** 2
  return sum
}

function nearest(c: Cloud, drift: number): number {
  let lowest = Infinity
  for (let k = 0; k < c.count; k++) lowest = Math.min(lowest, c.y[k]! - drift * c.tau[k]!)
  return lowest
}

/** The offset on the line at a local time: midway between the edges, because nothing tells the two ways apart. */
export function middle(line: Line, at: number): number {
  return (line.upper + line.lower) / 2 + (line.drift_ppm * (at - line.at)) / UNIT
}

/** Standard deviation of `middle` at a local time, ms, if the floors of both ways are equal. */
export function deviation(line: Line, at: number): number {
  const tau = (at - line.at) / UNIT
  const c = line.cov
  const variance = (c[0]! + c[4]! + 2 * c[1]!) / 4 + tau * (c[2]! + c[5]!) + tau * tau * c[8]!
  return Math.sqrt(Math.max(0, variance))
}

/** Into `cov`: the inverse of [[a, 0, c], [0, e, f], [c, f, i]], which is positive definite. */
function invert(a: number, e: number, c: number, f: number, i: number): void {
  const det = a * (e * i - f * f) - c * c * e
  cov[0] = (e * i - f * f) / det
  cov[1] = cov[3] = (c * f) / det
  cov[2] = cov[6] = (-c * e) / det
  cov[4] = (a * i - c * c) / det
  cov[5] = cov[7] = (-a * f) / det
  cov[8] = (a * e) / det
}
