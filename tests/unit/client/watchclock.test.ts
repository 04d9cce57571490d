import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createEstimator } from '../../../client/src/clock.ts'
import { startClock, type Plan } from '../../../client/src/clockrunner.ts'
import { askOver, WATCHERS_PLAN, type Wire } from '../../../client/src/watchclock.ts'
import { Device, profiles, quantile, seeded, type Profile } from './network.ts'

const CLOCK = '/c/evening/clock'

interface Entry {
  name: string
  requestStart: number
  responseStart: number
}

/** A browser's network: answers, and keeps a list of what it did, which is full one day. */
class Network implements Wire {
  entries: Entry[] = []
  asked: { url: string; options: RequestInit }[] = []
  status = 200
  tells = true
  readonly capacity = 250

  fetch = async (url: string, options: RequestInit): Promise<Response> => {
    this.asked.push({ url, options })
    const t0 = Number(new URL(url, 'http://house').searchParams.get('t0'))
    if (this.tells && this.entries.length < this.capacity) {
      this.entries.push({ name: url, requestStart: t0 + 7, responseStart: t0 + 19 })
    }
    const response = Response.json({ t0, t1: 1000 + t0, t2: 1001 + t0 }, { status: this.status })
    Object.defineProperty(response, 'url', { value: url })
    return response
  }

  performance = {
    getEntriesByName: (name: string) => this.entries.filter((entry) => entry.name === name) as never,
    clearResourceTimings: () => void (this.entries = []),
  }
}

describe('the clock over plain HTTP', () => {
  test('takes the instants of the network, not those of the script', async () => {
    expect(await askOver(CLOCK, new Network())(50)).toEqual({ t0: 57, t1: 1050, t2: 1051, t3: 69 })
  })

  test('asks past every cache and without cookies', async () => {
    const network = new Network()
    await askOver(CLOCK, network)(50)
    expect(network.asked).toEqual([{ url: `${CLOCK}?t0=50`, options: { cache: 'no-store', credentials: 'omit' } }])
  })

  test('where the browser does not tell, the instants of the script serve', async () => {
    const network = new Network()
    network.tells = false
    expect(await askOver(CLOCK, network)(50)).toEqual({ t1: 1050, t2: 1051 })
  })

  test.each([
    ['another origin, which tells nothing', 0, 0],
    ['an answer before the question', 60, 55],
    ['a question before it was asked', 20, 69],
  ])('instants that cannot be are not believed: %s', async (_, requestStart, responseStart) => {
    const network = new Network()
    network.tells = false
    network.entries = [{ name: `${CLOCK}?t0=50`, requestStart, responseStart }]
    expect(await askOver(CLOCK, network)(50)).toEqual({ t1: 1050, t2: 1051 })
  })

  test("the browser's list never fills up", async () => {
    const network = new Network()
    const ask = askOver(CLOCK, network)
    for (let n = 0; n < 1000; n++) expect(await ask(n * 1000)).toMatchObject({ t0: n * 1000 + 7, t3: n * 1000 + 19 })
  })

  test("a proxy's page of excuses is no answer", async () => {
    const network = new Network()
    network.status = 502
    expect(await askOver(CLOCK, network)(50)).toBeNull()
  })
})

const SILENCE_AT = 300_000

describe("the watchers' plan", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** A person comes five minutes before a silence: when they ask, and the errors of their time while it sounds. */
  async function attend(profile: Profile, seed: number, plan?: Partial<Plan>) {
    const device = new Device(profile, [50, -80, 20, -20, 0][seed % 5]!, seeded(seed * 7919))
    const estimator = createEstimator()
    const asked: number[] = []
    const errors: number[] = []
    const begun = Date.now()
    const truth = () => Date.now() - begun
    const ask = async () => {
      asked.push(truth())
      const { arrives, sample } = device.exchange(truth())
      await new Promise((resolve) => setTimeout(resolve, arrives - truth()))
      return sample
    }
    const now = () => device.local(truth())
    const runner = startClock({ ask, estimator, plan, now, page: null, random: () => 0.5 })
    await vi.advanceTimersByTimeAsync(SILENCE_AT - 60_000)
    runner.denser(estimator.serverNow(now()) + 60_000)
    await vi.advanceTimersByTimeAsync(55_000)
    estimator.freeze(true)
    await vi.advanceTimersByTimeAsync(5000)
    for (let t = 0; t < 60_000; t += 500) {
      errors.push(Math.abs(estimator.serverNow(now()) - device.server(truth())))
      await vi.advanceTimersByTimeAsync(500)
    }
    runner.stop()
    return { asked, errors }
  }

  test('asks little: on arrival, then three times a minute, and in the minute before a silence', async () => {
    const { asked } = await attend(profiles.homeWifi, 1, WATCHERS_PLAN)
    const between = (from: number, to: number) => asked.filter((t) => t >= from && t < to).length
    expect(between(0, 1500)).toBe(10)
    expect(between(1500, 45_000)).toBeLessThanOrEqual(36)
    expect(between(50_000, SILENCE_AT - 60_000)).toBeLessThanOrEqual(10)
    expect(between(SILENCE_AT - 60_000, SILENCE_AT)).toBeLessThanOrEqual(34)
    expect(between(SILENCE_AT, SILENCE_AT + 60_000)).toBeLessThanOrEqual(3)
  })

  test('notices within a beat that the computer slept, though nothing tells of it', async () => {
    const begun = Date.now()
    let slept = 0
    let asked = 0
    const now = () => Date.now() - begun - slept
    const ask = async () => (asked++, { t1: Date.now(), t2: Date.now() })
    const estimator = createEstimator()
    const runner = startClock({ ask, estimator, plan: WATCHERS_PLAN, now, page: null, random: () => 0.5 })
    await vi.advanceTimersByTimeAsync(95_000)
    const before = asked
    slept = 20 * 60_000
    vi.setSystemTime(Date.now() + slept)
    await vi.advanceTimersByTimeAsync(1200)
    runner.stop()
    expect(asked - before).toBeGreaterThanOrEqual(3)
    expect(estimator.serverNow(now())).toBeCloseTo(Date.now(), 0)
  })

  test('rests as it is told in a crowd, the minute before a silence too, and is still in step', async () => {
    const device = new Device(profiles.homeWifi, 50, seeded(3))
    const estimator = createEstimator()
    const begun = Date.now()
    const truth = () => Date.now() - begun
    const now = () => device.local(truth())
    const asked: number[] = []
    let rest_ms = 30_000
    const ask = async () => {
      asked.push(truth())
      const { arrives, sample } = device.exchange(truth())
      await new Promise((resolve) => setTimeout(resolve, arrives - truth()))
      return { ...sample, rest_ms }
    }
    const runner = startClock({ ask, estimator, plan: WATCHERS_PLAN, now, page: null, random: () => 0.5 })
    await vi.advanceTimersByTimeAsync(120_000)
    runner.denser(estimator.serverNow(now()) + 60_000)
    await vi.advanceTimersByTimeAsync(60_000)
    // A first idea of the time, and then each half minute.
    expect(asked.filter((t) => t < 2000).length).toBeLessThanOrEqual(6)
    expect(asked.filter((t) => t >= 2000).length).toBeLessThanOrEqual(6)
    expect(Math.abs(estimator.serverNow(now()) - device.server(truth()))).toBeLessThan(15)
    // The crowd has gone.
    rest_ms = 0
    await vi.advanceTimersByTimeAsync(60_000)
    runner.stop()
    expect(asked.filter((t) => t >= 180_000).length).toBeGreaterThanOrEqual(3)
  })

  test('asks no more, however often the page is told of a wake', async () => {
    let asked = 0
    const ask = async () => (asked++, null)
    const runner = startClock({ ask, estimator: createEstimator(), plan: WATCHERS_PLAN, page: null })
    for (let second = 0; second < 95; second++) {
      runner.nudge()
      await vi.advanceTimersByTimeAsync(1000)
    }
    runner.stop()
    expect(asked).toBeLessThanOrEqual(80)
  })

  test.each([
    ['home wi-fi', profiles.homeWifi],
    ['far', profiles.far],
    ['mobile', profiles.mobile],
    ['bad mobile', profiles.badMobile],
  ])('is within three times the error of a participant: %s', { timeout: 60_000 }, async (_, profile) => {
    const [watchers, participants]: [number[], number[]] = [[], []]
    for (let seed = 1; seed <= 25; seed++) {
      watchers.push(...(await attend(profile, seed, WATCHERS_PLAN)).errors)
      participants.push(...(await attend(profile, seed)).errors)
    }
    for (const q of [0.5, 0.95]) expect(quantile(watchers, q)).toBeLessThan(3 * quantile(participants, q))
  })
})
