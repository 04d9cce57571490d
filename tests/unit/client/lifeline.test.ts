import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Timers } from '../../../client/src/clockrunner.ts'
import { createLifeline } from '../../../client/src/lifeline.ts'
import { seeded } from './seeded.ts'

/** What a network does to an attempt: how long until the transport stands and until the greeting; null for never. */
interface Net {
  /** Refused at once. */
  refused: boolean
  /** The server's own refusal, with its time. */
  retry_s: number | null
  open_ms: number | null
  welcome_ms: number | null
  /** How long an ordinary request takes; null when none comes back. */
  probe_ms: number | null
  /** Whether questions over the line are answered. */
  answers: boolean
  /** What WebSockets do not get through, ordinary requests do. */
  swallowsSockets: boolean
}

const GOOD: Net = { refused: false, retry_s: null, open_ms: 40, welcome_ms: 40, probe_ms: 20, answers: true, swallowsSockets: false }
const CUT: Net = { ...GOOD, refused: true, probe_ms: null, answers: false }
const SILENT: Net = { ...GOOD, open_ms: null, welcome_ms: null, probe_ms: null, answers: false }

class World implements Timers {
  now = 0
  slept = 0
  net = GOOD
  attempts: { at: number; plain: boolean }[] = []
  asked: number[] = []
  isIn = false
  inAt: number[] = []
  private attempt = 0
  private queue: { at: number; run: () => void; id: number }[] = []
  private ids = 0
  private readonly random: () => number
  readonly line

  constructor(seed = 7) {
    this.random = seeded(seed)
    this.line = createLifeline({
      connect: (plain) => this.connect(plain),
      probe: () => this.probe(),
      ask: (patience_ms) => this.ask(patience_ms),
      now: () => this.now,
      wall: () => 1_800_000_000_000 + this.now + this.slept,
      random: this.random,
      timers: this,
    })
  }

  setTimeout = (run: () => void, ms: number): unknown => {
    const id = ++this.ids
    this.queue.push({ at: this.now + Math.max(0, ms), run, id })
    return id
  }

  clearTimeout = (handle: unknown): void => {
    this.queue = this.queue.filter((one) => one.id !== handle)
  }

  private connect(plain: boolean): void {
    const mine = ++this.attempt
    const { net } = this
    this.isIn = false
    this.attempts.push({ at: this.now, plain })
    const mineStill = (run: () => void) => () => {
      if (mine === this.attempt) run()
    }
    if (net.refused) return void this.setTimeout(mineStill(() => this.line.down()), 1)
    if (net.open_ms === null || (net.swallowsSockets && !plain)) {
      // As the library: an attempt of ten seconds is over.
      return void this.setTimeout(mineStill(() => this.line.down()), 10_000)
    }
    this.setTimeout(
      mineStill(() => {
        this.line.opened()
        if (net.retry_s !== null) return void this.setTimeout(mineStill(() => this.line.down(net.retry_s! * 1000)), 5)
        if (net.welcome_ms === null) return
        this.setTimeout(
          mineStill(() => {
            this.isIn = true
            this.inAt.push(this.now)
            this.line.welcomed()
          }),
          net.welcome_ms,
        )
      }),
      net.open_ms,
    )
  }

  private probe(): Promise<boolean> {
    const { probe_ms } = this.net
    return new Promise((resolve) => this.setTimeout(() => resolve(probe_ms !== null), probe_ms ?? 2500))
  }

  private ask(patience_ms: number): Promise<boolean> {
    this.asked.push(this.now)
    const { answers } = this.net
    return new Promise((resolve) => this.setTimeout(() => resolve(answers), answers ? 30 : patience_ms))
  }

  /** The server says its time every five seconds while the line is good. */
  async run(ms: number, beats = true): Promise<void> {
    const until = this.now + ms
    for (;;) {
      for (let i = 0; i < 6; i++) await Promise.resolve()
      const next = this.queue.filter((one) => one.at <= until).sort((a, b) => a.at - b.at || a.id - b.id)[0]
      if (next === undefined) break
      this.queue = this.queue.filter((one) => one !== next)
      if (beats && this.isIn && this.net.answers && Math.floor(next.at / 5000) > Math.floor(this.now / 5000)) this.line.heard()
      this.now = next.at
      next.run()
    }
    this.now = until
  }

  /** The line breaks so that the page knows. */
  breaks(net: Net): void {
    this.net = net
    this.isIn = false
    this.line.down()
  }
}

async function inside(seed?: number): Promise<World> {
  const world = new World(seed)
  world.line.start()
  await world.run(1000)
  expect(world.isIn).toBe(true)
  return world
}

async function backAfter(world: World): Promise<number> {
  const from = world.now
  for (let waited = 0; !world.isIn && waited < 60_000; waited += 50) await world.run(50)
  expect(world.isIn).toBe(true)
  return world.inAt.at(-1)! - from
}

describe('a line that was lost', () => {
  test('is back within three seconds of the network, however the line was lost and whenever that ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.constantFrom(CUT, SILENT),
        fc.integer({ min: 500, max: 58_000 }),
        async (seed, lost, away_ms) => {
          const world = await inside(seed)
          if (lost === CUT) world.breaks(CUT)
          else world.net = SILENT
          await world.run(away_ms)
          world.net = GOOD
          if (world.isIn) return // so short that nobody has noticed
          expect(await backAfter(world)).toBeLessThan(3000)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('is asked for at once when the device says that the network is there again', async () => {
    const world = await inside()
    world.breaks(CUT)
    await world.run(20_000)
    world.net = GOOD
    world.line.woken()
    expect(await backAfter(world)).toBeLessThan(500)
  })

  test('is asked for seldom, and by nobody at the same time as all others', async () => {
    const firsts: number[] = []
    for (let seed = 1; seed <= 200; seed++) {
      const world = await inside(seed)
      const lost = world.now
      world.breaks(CUT)
      await world.run(60_000)
      const times = world.attempts.filter(({ at }) => at > lost).map(({ at }) => at - lost)
      expect(times.length).toBeLessThan(60)
      firsts.push(times[0]!)
    }
    expect(Math.min(...firsts)).toBeGreaterThanOrEqual(300)
    const inOneTenth = Math.max(...Array.from({ length: 10 }, (_, tenth) => firsts.filter((ms) => Math.floor((ms - 300) / 100) === tenth).length))
    expect(inOneTenth).toBeLessThan(40)
  })

  test('is asked for as late as the server says, and a little later by chance', async () => {
    const world = await inside()
    world.breaks({ ...GOOD, retry_s: 4 })
    await world.run(20_000)
    const times = world.attempts.slice(2).map(({ at }, k) => at - world.attempts[k + 1]!.at)
    expect(times.length).toBeGreaterThan(1)
    for (const between of times) expect(between).toBeGreaterThanOrEqual(4000)
    for (const between of times) expect(between).toBeLessThan(6200)
  })
})

describe('an attempt that hangs', () => {
  test('is begun anew when the server answers beside it, however slow', async () => {
    const world = await inside()
    world.breaks({ ...SILENT, probe_ms: 20 })
    await world.run(6000)
    expect(world.attempts.length).toBeGreaterThan(2)
    const slow = await inside()
    slow.breaks({ ...SILENT, probe_ms: 1800 })
    await slow.run(8000)
    expect(slow.attempts).toHaveLength(2)
  })

  test('is left alone on a line that is only slow', async () => {
    const world = await inside()
    world.breaks({ ...GOOD, open_ms: 4500, welcome_ms: 3000, probe_ms: 1200 })
    await world.run(12_000)
    expect(world.isIn).toBe(true)
    expect(world.attempts).toHaveLength(2)
  })

  test('is made by ordinary requests where WebSockets are swallowed', async () => {
    const world = await inside()
    world.breaks({ ...GOOD, swallowsSockets: true })
    expect(await backAfter(world)).toBeLessThan(12_000)
    expect(world.attempts.at(-1)!.plain).toBe(true)
  })

  test('with no greeting is begun anew, each time after a longer while', async () => {
    const world = await inside()
    world.breaks({ ...GOOD, welcome_ms: null })
    await world.run(60_000)
    const gaps = world.attempts.slice(2).map(({ at }, k) => at - world.attempts[k + 1]!.at)
    expect(gaps[0]).toBeLessThan(8000)
    for (let k = 1; k < gaps.length; k++) expect(gaps[k]!).toBeGreaterThanOrEqual(gaps[k - 1]! - 1000)
    world.net = GOOD
    await backAfter(world)
  })
})

describe('a line that says nothing', () => {
  test('is asked, and kept when it answers', async () => {
    const world = await inside()
    await world.run(60_000, false)
    expect(world.asked.length).toBeGreaterThan(0)
    expect(world.attempts).toHaveLength(1)
  })

  test('is not asked while the server tells its time', async () => {
    const world = await inside()
    await world.run(120_000)
    expect(world.asked).toEqual([])
  })

  test('is dead when no answer comes', async () => {
    const world = await inside()
    world.net = { ...GOOD, answers: false }
    await world.run(12_000)
    expect(world.attempts).toHaveLength(1)
    await world.run(5500)
    expect(world.attempts.length).toBeGreaterThan(1)
  })

  test('is doubted when a press has had no answer, and kept when it answers', async () => {
    const world = await inside()
    world.line.unanswered()
    await world.run(4000)
    expect([world.asked.length, world.attempts.length]).toEqual([1, 1])
    world.net = { ...GOOD, answers: false }
    world.line.unanswered()
    await world.run(4000)
    expect(world.attempts.length).toBeGreaterThan(1)
  })

  test('is doubted on waking, and so after a sleep that nobody tells of', async () => {
    for (const wake of [
      (world: World) => world.line.woken(),
      (world: World) => (world.slept += 600_000),
    ]) {
      const world = await inside()
      world.net = { ...GOOD, answers: false }
      wake(world)
      await world.run(4000)
      expect(world.attempts.length).toBeGreaterThan(1)
    }
  })

  test('is not lost by a wall clock that is set again and again', async () => {
    const world = await inside()
    for (let hour = 0; hour < 20; hour++) {
      world.slept += hour % 2 ? 3_600_000 : -7_200_000
      await world.run(3000)
    }
    expect(world.attempts).toHaveLength(1)
  })
})

test('after the end nothing is tried', async () => {
  const world = await inside()
  world.line.end()
  world.line.down()
  world.line.woken()
  await world.run(60_000)
  expect(world.attempts).toHaveLength(1)
})
