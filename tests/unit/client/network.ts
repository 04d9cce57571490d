/** A simulated line with a known truth: delays above a floor, order kept, losses resent, a local clock that drifts. */
import type { Sample } from '../../../client/src/clock.ts'

export { seeded } from './seeded.ts'

/** The law of the delay: with a hard floor, without one, and less usual ones. */
export type Law = 'lognormal' | 'normal' | 'exponential' | 'uniform' | 'none'

export interface Profile {
  /** Mean and jitter of one way, ms; the floor is their difference. */
  up: readonly [number, number]
  down: readonly [number, number]
  loss: number
  /** Log-normal by default. */
  law?: Law
}

export const profiles = {
  lan: { up: [1, 0.2], down: [1, 0.2], loss: 0 },
  homeWifi: { up: [15, 5], down: [15, 5], loss: 0 },
  far: { up: [120, 10], down: [120, 10], loss: 0 },
  mobile: { up: [60, 30], down: [60, 30], loss: 0.01 },
  badMobile: { up: [100, 60], down: [100, 60], loss: 0.03 },
  asymmetric: { up: [60, 20], down: [20, 5], loss: 0 },
} satisfies Record<string, Profile>

/** The normal distribution function, to 0.01. */
const below = (z: number) => 1 / (1 + Math.exp(-1.702 * z))

function excess(law: Law, jitter: number, z: number): number {
  const sigma = Math.sqrt(Math.LN2)
  switch (law) {
    case 'lognormal':
      return jitter * Math.exp((-sigma * sigma) / 2 + sigma * z)
    case 'normal':
      return jitter + jitter * z
    case 'exponential':
      return -jitter * Math.log(Math.max(1e-9, 1 - below(z)))
    case 'uniform':
      return 2 * jitter * below(z)
    case 'none':
      return 0
  }
}

/** Delay above a floor, half its variance with half a second of memory: when a packet sent at `t` arrives. */
export function way(random: () => number, [mean, jitter]: readonly [number, number], loss: number, law: Law = 'lognormal') {
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  let slow = gauss()
  let last = -Infinity
  let lastArrival = -Infinity
  return (t: number): number => {
    const memory = Math.exp(-Math.abs(t - last) / 500)
    slow = memory * slow + Math.sqrt(1 - memory * memory) * gauss()
    last = t
    const z = Math.SQRT1_2 * slow + Math.SQRT1_2 * gauss()
    let delay = Math.max(0.02, mean - jitter + excess(law, jitter, z))
    while (random() < loss) delay += 200 + 2 * mean
    lastArrival = Math.max(t + delay, lastArrival + 0.001)
    return lastArrival
  }
}

/** Changes when a packet arrives that was sent at one time and would have arrived at another. */
export type Hindrance = (sent: number, arrives: number) => number

/** A lost packet: all that would arrive meanwhile is handed out at its end, in order. */
export const stall = (from: number, length: number): Hindrance => (_, arrives) =>
  arrives >= from && arrives < from + length ? from + length : arrives

/** A queue in front of a slow link. */
export const congestion = (from: number, until: number, depth: (t: number) => number): Hindrance => (sent, arrives) =>
  sent >= from && sent < until ? arrives + depth(sent) : arrives

/** A server that holds its loop in blocks of 25 to 250 ms, seven tenths of the time: questions wait for the end of a block. */
export function busy(from: number, until: number, random: () => number): Hindrance {
  const blocks: [number, number][] = []
  for (let t = from; t < until; ) {
    const length = Math.min(250, 25 - 20 * Math.log(1 - random()))
    blocks.push([t, t + length])
    t += length * (1 + 0.86 * random())
  }
  return (_, arrives) => blocks.find(([begin, end]) => arrives >= begin && arrives < end)?.[1] ?? arrives
}

/** A person's device and line; `true` times are ms since the page began. */
export class Device {
  /** Local clock minus true time at the start, changed by a step. */
  origin = 5000
  readonly rate: number
  readonly serverMinusTrue = 1_800_000_000_000.25
  private up: (t: number) => number
  private down: (t: number) => number

  constructor(
    profile: Profile,
    ppm: number,
    private readonly random: () => number,
  ) {
    this.rate = 1 + ppm / 1e6
    this.up = way(random, profile.up, profile.loss, profile.law)
    this.down = way(random, profile.down, profile.loss, profile.law)
  }

  hinder(direction: 'up' | 'down', hindrance: Hindrance): void {
    const before = this[direction]
    let last = -Infinity
    this[direction] = (t) => (last = Math.max(hindrance(t, before(t)), last + 0.001))
  }

  /** From one network to another for some time. */
  handover(other: Profile, from: number, until: number): void {
    for (const direction of ['up', 'down'] as const) {
      const before = this[direction]
      const meanwhile = way(this.random, other[direction], other.loss, other.law)
      this[direction] = (t) => (t >= from && t < until ? meanwhile(t) : before(t))
    }
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
