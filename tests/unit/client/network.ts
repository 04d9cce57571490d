/** A simulated line with a known truth: delays above a floor, order kept, losses resent, a local clock that drifts. */
import type { Sample } from '../../../client/src/clock.ts'

export interface Profile {
  /** Mean and jitter of one way, ms; the floor is their difference. */
  up: readonly [number, number]
  down: readonly [number, number]
  loss: number
}

export const profiles = {
  lan: { up: [1, 0.2], down: [1, 0.2], loss: 0 },
  homeWifi: { up: [15, 5], down: [15, 5], loss: 0 },
  far: { up: [120, 10], down: [120, 10], loss: 0 },
  mobile: { up: [60, 30], down: [60, 30], loss: 0.01 },
  badMobile: { up: [100, 60], down: [100, 60], loss: 0.03 },
  asymmetric: { up: [60, 20], down: [20, 5], loss: 0 },
} satisfies Record<string, Profile>

/** Seeded, so that a test says the same today and tomorrow (mulberry32). */
export function seeded(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Log-normal delay above a floor, half its variance with half a second of memory: when a packet sent at `t` arrives. */
export function way(random: () => number, [mean, jitter]: readonly [number, number], loss: number) {
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const sigma = Math.sqrt(Math.LN2)
  let slow = gauss()
  let last = -Infinity
  let lastArrival = -Infinity
  return (t: number): number => {
    const memory = Math.exp(-Math.abs(t - last) / 500)
    slow = memory * slow + Math.sqrt(1 - memory * memory) * gauss()
    last = t
    const z = Math.SQRT1_2 * slow + Math.SQRT1_2 * gauss()
    let delay = mean - jitter + jitter * Math.exp((-sigma * sigma) / 2 + sigma * z)
    while (random() < loss) delay += 200 + 2 * mean
    lastArrival = Math.max(t + delay, lastArrival + 0.001)
    return lastArrival
  }
}

/** A person's device and line; `true` times are ms since the page began. */
export class Device {
  /** Local clock minus true time at the start, changed by a step. */
  origin = 5000
  readonly rate: number
  readonly serverMinusTrue = 1_800_000_000_000.25
  private readonly up: (t: number) => number
  private readonly down: (t: number) => number

  constructor(
    profile: Profile,
    ppm: number,
    private readonly random: () => number,
  ) {
    this.rate = 1 + ppm / 1e6
    this.up = way(random, profile.up, profile.loss)
    this.down = way(random, profile.down, profile.loss)
  }

  local(trueMs: number): number {
    return this.origin + trueMs * this.rate
  }

  server(trueMs: number): number {
    return this.serverMinusTrue + trueMs
  }

  /** One exchange begun at a true time: when the answer is there, and what was noted. */
  exchange(at: number): { arrives: number; sample: Sample } {
    const received = this.up(at)
    const answered = received + 0.05 + 0.1 * this.random()
    const arrives = this.down(answered)
    const sample = {
      t0: this.local(at),
      t1: this.server(received),
      t2: this.server(answered),
      t3: this.local(arrives),
    }
    return { arrives, sample }
  }
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!
}
