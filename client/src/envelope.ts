/**
 * The straight line that runs between two one-sided clouds of points: knows offset and drift of a clock from one-way delays.
 *
 * Every message up shows an upper bound of the offset (true offset + the way up), every message down a lower one. Queues
 * only ever add delay, so the true line lies under the upper cloud and over the lower one, near their edges. The fit is the
 * most probable line when the delay above the floor follows a gamma law of shape 2 (rarely near zero, then a
 * long tail) and quartz drifts as the prior says. The posterior is log-concave in its three unknowns, so a damped Newton
 * iteration finds the one maximum, and its curvature there tells how sure we are.
 */

/** One bound of the offset: `at` in local ms, `bound` in ms, both relative to origins of the caller's choice. */
export interface Bound {
  at: number
  bound: number
}

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
}

const SHAPE = 2
/** Median of a gamma law of shape 2 in units of its scale. */
const MEDIAN = 1.678
/** A queue is never smoother than this, ms; keeps the fit sane on an idle loopback. */
const LEAST_SCALE = 0.02
/** Samples whose worth the common scale has against each way's own. */
const POOLED = 10
/** Before queues are known: their scale as a part of the round trip, and the samples this guess is worth. */
const GUESSED = 0.1
const GUESSED_WORTH = 2
/** The scales follow the fit and the fit the scales: rounds at most, and the change that ends them. */
const ROUNDS = 6
const SETTLED = 0.05
const STEPS = 40
/** Drift in ppm times time in these units is ms. */
const UNIT = 1e6

export function fitLine(uppers: readonly Bound[], lowers: readonly Bound[], prior: Prior, at: number): Line {
  const up = uppers.map((b) => ({ tau: (b.at - at) / UNIT, y: b.bound }))
  const down = lowers.map((b) => ({ tau: (b.at - at) / UNIT, y: -b.bound }))
  let drift = prior.ppm
  let scaleUp = LEAST_SCALE
  let scaleDown = LEAST_SCALE
  // The lower cloud is mirrored (y = -bound, drift with the other sign), so that both ways read alike below.
  let edgeUp = edge(up, drift)
  let edgeDown = edge(down, -drift)
  let cov: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const excessUp = up.map((p) => p.y - edgeUp - drift * p.tau)
    const excessDown = down.map((p) => p.y - edgeDown + drift * p.tau)
    const guess = Math.max(LEAST_SCALE, GUESSED * (edgeUp + edgeDown))
    const common = blend(scaleOf(excessUp.concat(excessDown)), up.length, guess, GUESSED_WORTH)
    const before = scaleUp * scaleDown
    scaleUp = blend(scaleOf(excessUp), up.length, common, POOLED)
    scaleDown = blend(scaleOf(excessDown), down.length, common, POOLED)
    if (round > 0 && Math.abs(Math.log((scaleUp * scaleDown) / before)) < SETTLED) break
    edgeUp = Math.min(edgeUp, edge(up, drift) - 0.3 * scaleUp)
    edgeDown = Math.min(edgeDown, edge(down, -drift) - 0.3 * scaleDown)
    let value = logPosterior(edgeUp, edgeDown, drift)
    for (let step = 0; step < STEPS; step++) {
      const { gradient, hessian } = derivatives(edgeUp, edgeDown, drift)
      cov = invert(hessian)
      const move = [0, 1, 2].map(
        (i) => cov[3 * i]! * gradient[0]! + cov[3 * i + 1]! * gradient[1]! + cov[3 * i + 2]! * gradient[2]!,
      )
      let part = 1
      let next = value
      for (; part > 1e-6; part /= 2) {
        next = logPosterior(edgeUp + part * move[0]!, edgeDown + part * move[1]!, drift + part * move[2]!)
        if (next >= value) break
      }
      if (!(next >= value)) break
      edgeUp += part * move[0]!
      edgeDown += part * move[1]!
      drift += part * move[2]!
      const gained = next - value
      value = next
      if (gained < 1e-7) break
    }
  }
  // Back from the mirror: lower = -edgeDown, so its covariances with the others change sign.
  const signs = [1, -1, 1]
  const signed = cov.map((v, k) => v * signs[Math.floor(k / 3)]! * signs[k % 3]!)
  return {
    at,
    upper: edgeUp,
    lower: -edgeDown,
    drift_ppm: drift,
    sd_upper: Math.sqrt(signed[0]!),
    sd_lower: Math.sqrt(signed[4]!),
    sd_drift_ppm: Math.sqrt(signed[8]!),
    cov: signed,
  }

  function logPosterior(a: number, b: number, d: number): number {
    const z = (d - prior.ppm) / prior.sd_ppm
    let sum = -0.5 * z * z
    for (const p of up) {
      const x = p.y - a - d * p.tau
      if (x <= 0) return -Infinity
      sum += (SHAPE - 1) * Math.log(x) - x / scaleUp
    }
    for (const p of down) {
      const x = p.y - b + d * p.tau
      if (x <= 0) return -Infinity
      sum += (SHAPE - 1) * Math.log(x) - x / scaleDown
    }
    return sum
  }

  /** Gradient, and minus the second derivatives, at (edgeUp, edgeDown, drift). */
  function derivatives(a: number, b: number, d: number): { gradient: number[]; hessian: number[] } {
    let [ga, gb, gd] = [0, 0, -(d - prior.ppm) / prior.sd_ppm ** 2]
    let [haa, hbb, had, hbd, hdd] = [0, 0, 0, 0, 1 / prior.sd_ppm ** 2]
    for (const p of up) {
      const inverse = 1 / (p.y - a - d * p.tau)
      const pull = 1 / scaleUp - (SHAPE - 1) * inverse
      const curve = (SHAPE - 1) * inverse * inverse
      ga += pull
      gd += pull * p.tau
      haa += curve
      had += curve * p.tau
      hdd += curve * p.tau * p.tau
    }
    for (const p of down) {
      const inverse = 1 / (p.y - b + d * p.tau)
      const pull = 1 / scaleDown - (SHAPE - 1) * inverse
      const curve = (SHAPE - 1) * inverse * inverse
      gb += pull
      gd -= pull * p.tau
      hbb += curve
      hbd -= curve * p.tau
      hdd += curve * p.tau * p.tau
    }
    return { gradient: [ga, gb, gd], hessian: [haa, 0, had, 0, hbb, hbd, had, hbd, hdd] }
  }
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

function edge(points: readonly { tau: number; y: number }[], drift: number): number {
  let lowest = Infinity
  for (const p of points) lowest = Math.min(lowest, p.y - drift * p.tau)
  return lowest
}

function scaleOf(excess: number[]): number {
  const sorted = excess.slice().sort((a, b) => a - b)
  return Math.max(LEAST_SCALE, sorted[sorted.length >> 1]! / MEDIAN)
}

/** Geometric mean of two scales, each with its weight. */
function blend(a: number, weightA: number, b: number, weightB: number): number {
  return Math.exp((weightA * Math.log(a) + weightB * Math.log(b)) / (weightA + weightB))
}

/** Inverse of a symmetric positive definite 3 x 3 matrix. */
function invert(m: readonly number[]): number[] {
  const [a, b, c, , e, f, , , i] = m as [number, number, number, number, number, number, number, number, number]
  const A = e * i - f * f
  const B = c * f - b * i
  const C = b * f - c * e
  const det = a * A + b * B + c * C
  const E = a * i - c * c
  const F = b * c - a * f
  const I = a * e - b * b
  return [A, B, C, B, E, F, C, F, I].map((v) => v / det)
}
