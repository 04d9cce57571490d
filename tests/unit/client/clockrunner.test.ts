import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEstimator } from '../../../client/src/clock.ts'
import { startClock, type Answer, type Page, type Timers } from '../../../client/src/clockrunner.ts'
import { Device, profiles, seeded, type Profile } from './network.ts'

/** A world whose timers, device and line run on one simulated true time. */
class World implements Timers {
  now = 0
  visibility = 'visible'
  readonly asked: number[] = []
  readonly askedLocal: number[] = []
  silent = false
  private queue: { at: number; run: () => void; id: number }[] = []
  private ids = 0
  readonly target = new EventTarget()
  readonly connection = new EventTarget()
  readonly page: Page

  constructor(readonly device: Device) {
    const visibility = () => this.visibility
    this.page = {
      window: this.target,
      connection: this.connection,
      document: {
        addEventListener: this.target.addEventListener.bind(this.target),
        removeEventListener: this.target.removeEventListener.bind(this.target),
        get visibilityState() {
          return visibility()
        },
      },
    }
  }

  setTimeout = (run: () => void, ms: number): unknown => {
    const id = ++this.ids
    this.queue.push({ at: this.now + Math.max(0, ms), run, id })
    return id
  }

  clearTimeout = (handle: unknown): void => {
    this.queue = this.queue.filter((e) => e.id !== handle)
  }

  ask = (): Promise<Answer | null> => {
    this.asked.push(this.now)
    this.askedLocal.push(this.device.local(this.now))
    if (this.silent) return new Promise(() => {})
    const { arrives, sample } = this.device.exchange(this.now)
    return new Promise((resolve) => this.setTimeout(() => resolve(sample), arrives - this.now))
  }

  /** The local clock stands still, and so do the timers. */
  sleep(ms: number): void {
    this.device.origin -= ms * this.device.rate
    this.now += ms
    for (const entry of this.queue) entry.at += ms
  }

  async run(until: number): Promise<void> {
    for (;;) {
      // Promises settle between timers.
      for (let i = 0; i < 4; i++) await Promise.resolve()
      const next = this.queue.filter((e) => e.at <= until).sort((a, b) => a.at - b.at || a.id - b.id)[0]
      if (!next) break
      this.queue = this.queue.filter((e) => e !== next)
      this.now = next.at
      next.run()
    }
    this.now = until
  }

  start(estimator = createEstimator()) {
    const runner = startClock({
      ask: this.ask,
      estimator,
      now: () => this.device.local(this.now),
      wall: () => 1_800_000_000_000 + this.now,
      timers: this,
      page: this.page,
      random: () => 0.5,
    })
    return { runner, estimator }
  }

  count(from: number, to: number): number {
    return this.asked.filter((t) => t >= from && t < to).length
  }
}

const aWorld = (profile: Profile = profiles.homeWifi) => new World(new Device(profile, 20, seeded(11)))

describe('the runner', () => {
  test('begins with a burst and is right within a second', async () => {
    const world = aWorld()
    const { estimator } = world.start()
    await world.run(950)
    expect(world.asked.length).toBeGreaterThanOrEqual(8)
    expect(world.asked[7]! - world.asked[0]!).toBeCloseTo(420, 1)
    expect(Math.abs(estimator.serverNow(world.device.local(950)) - world.device.server(950))).toBeLessThan(5)
  })

  test.each(Object.entries(profiles))('asks at most 140 times in any 95 s, then every 10 s: %s', async (_, profile) => {
    const world = aWorld(profile)
    const { runner, estimator } = world.start()
    await world.run(40_000)
    runner.denser(estimator.serverNow(world.device.local(world.now)) + 60_000)
    for (let k = 0; k < 20; k++) {
      runner.nudge()
      await world.run(world.now + 2000)
    }
    await world.run(400_000)
    for (const from of world.asked) expect(world.count(from, from + 95_000)).toBeLessThanOrEqual(140)
    expect(world.count(300_000, 400_000)).toBe(10)
  })

  test('asks once a second before a silence, and no longer', async () => {
    const world = aWorld(profiles.lan)
    const { runner, estimator } = world.start()
    await world.run(400_000)
    runner.denser(estimator.serverNow(world.device.local(world.now)) + 60_000)
    await world.run(600_000)
    expect(world.count(400_000, 460_000)).toBeGreaterThanOrEqual(59)
    expect(world.count(400_000, 460_000)).toBeLessThanOrEqual(62)
    expect(world.count(475_000, 600_000)).toBeLessThanOrEqual(13)
  })

  test.each(['visibilitychange', 'pageshow', 'online'])('asks at once on %s, once for several', async (event) => {
    const world = aWorld()
    world.start()
    await world.run(300_000)
    world.target.dispatchEvent(new Event(event))
    world.target.dispatchEvent(new Event('online'))
    await world.run(301_000)
    expect(world.count(300_000, 301_000)).toBeGreaterThanOrEqual(8)
    expect(world.count(300_000, 301_000)).toBeLessThanOrEqual(10)
  })

  test('asks at once on a handover, but not for every guess at the speed of the line', async () => {
    const world = aWorld()
    world.start()
    await world.run(300_000)
    for (let k = 0; k < 20; k++) {
      world.connection.dispatchEvent(new Event('change'))
      await world.run(world.now + 500)
    }
    expect(world.count(300_000, 301_000)).toBeGreaterThanOrEqual(8)
    expect(world.count(300_000, 310_000)).toBeLessThanOrEqual(11)
  })

  test('in a hundred seconds after arrival it asks no more than the budget, evenly once the beginning is over', async () => {
    const world = aWorld(profiles.mobile)
    world.start()
    await world.run(100_000)
    const gaps = world.asked.slice(1).map((t, k) => t - world.asked[k]!)
    expect(world.count(0, 95_000)).toBeLessThanOrEqual(135)
    expect(world.count(0, 95_000)).toBeGreaterThanOrEqual(115)
    expect(Math.max(...gaps)).toBeLessThan(2000)
  })

  test('whatever happens, and however often, the budget holds and something is left for the next wake', async () => {
    const events = fc.constantFrom('visibilitychange', 'pageshow', 'online', 'change', 'nudge', 'denser', 'sleep', 'step')
    const storm = fc.array(fc.tuple(events, fc.integer({ min: 1, max: 4000 })), { minLength: 20, maxLength: 150 })
    await fc.assert(
      fc.asyncProperty(storm, fc.constantFrom(...Object.values(profiles)), async (happenings, profile) => {
        const world = aWorld(profile)
        const { runner, estimator } = world.start()
        for (const [event, after] of happenings) {
          if (event === 'nudge') runner.nudge()
          else if (event === 'denser') runner.denser(estimator.serverNow(world.device.local(world.now)) + 60_000)
          else if (event === 'sleep') world.sleep(after * 100)
          else if (event === 'step') world.device.origin += after
          else (event === 'change' ? world.connection : world.target).dispatchEvent(new Event(event))
          await world.run(world.now + after)
        }
        // The budget is counted by the local clock, which stands still in a sleep.
        const { askedLocal } = world
        askedLocal.forEach((t, k) => expect(askedLocal[k + 140] ?? Infinity).toBeGreaterThan(t + 94_999))
        await world.run(world.now + 11_000)
        const before = world.asked.length
        world.target.dispatchEvent(new Event('pageshow'))
        await world.run(world.now + 1500)
        expect(world.asked.length).toBeGreaterThan(before)
      }),
      { numRuns: 40, seed: 7, endOnFailure: true },
    )
  })

  test('does not ask at once when the page becomes hidden', async () => {
    const world = aWorld()
    world.start()
    await world.run(303_000)
    world.visibility = 'hidden'
    const before = world.asked.length
    world.target.dispatchEvent(new Event('visibilitychange'))
    await world.run(303_001)
    expect(world.asked.length).toBe(before)
  })

  test('after sleep nothing is certain until an answer came, and then it is right', async () => {
    const world = aWorld()
    const { estimator } = world.start()
    await world.run(300_000)
    world.sleep(20 * 60_000)
    world.silent = true
    const before = world.asked.length
    world.target.dispatchEvent(new Event('pageshow'))
    expect(estimator.uncertainty_ms(world.device.local(world.now))).toBe(Infinity)
    world.silent = false
    await world.run(world.now + 1000)
    expect(world.asked.length - before).toBeGreaterThanOrEqual(8)
    const error = estimator.serverNow(world.device.local(world.now)) - world.device.server(world.now)
    expect(Math.abs(error)).toBeLessThan(5)
  })

  test('a server that never answers does not stop the asking, nor pile it up', async () => {
    const world = aWorld()
    world.silent = true
    const { estimator } = world.start()
    await world.run(20_000)
    expect(world.asked.length).toBeGreaterThan(20)
    world.silent = false
    await world.run(26_000)
    expect(Math.abs(estimator.serverNow(world.device.local(26_000)) - world.device.server(26_000))).toBeLessThan(5)
  })

  test('stops', async () => {
    const world = aWorld()
    const { runner } = world.start()
    await world.run(5000)
    runner.stop()
    const before = world.asked.length
    world.target.dispatchEvent(new Event('online'))
    await world.run(60_000)
    expect(world.asked.length).toBe(before)
  })
})
