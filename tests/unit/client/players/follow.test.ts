/** A simulated player with a late start, slow jumps and its own quartz is brought into step, whatever it is able to do. */
import { expect, test } from 'vitest'
import type { Engine } from '../../../../client/src/players/engine'
import { createFollower, type FollowOptions, type Target } from '../../../../client/src/players/follow'
import type { Abilities } from '../../../../client/src/players/sync'
import { FakeTimers } from './fakes'

const OWN = { exact: true, rate: true }
const FRAME = { exact: false, rate: true }
const STIFF = { exact: false, rate: false }

interface Habits {
  /** From being told to play to moving. */
  start_ms: number
  /** From being told to jump to moving again. */
  seek_ms: number
  /** The same for all but the first, when more has been fetched; null: as the first. */
  again_ms: number | null
  drift: number
  /** Says that it can change its speed, and does not. */
  deaf: boolean
  /** Loads nothing before it is told to play, as telephones do. */
  lazy: boolean
  /** What it tells of its place wavers by this much. */
  noise_s: number
  /** Each change of its speed costs it this much. */
  rateCosts_ms: number
}

function simulate(abilities: Abilities, habits: Partial<Habits> = {}, options: FollowOptions = {}) {
  const { start_ms, seek_ms, again_ms, drift, deaf, lazy, noise_s, rateCosts_ms } = {
    start_ms: 60,
    seek_ms: 150,
    again_ms: null,
    drift: 0,
    deaf: false,
    lazy: false,
    noise_s: 0,
    rateCosts_ms: 0,
    ...habits,
  }
  const timers = new FakeTimers()
  const seeks: number[] = []
  const rates: number[] = []
  let position_s = 0
  let rate = 1
  let plays = 0
  let wanted = false
  let runsFrom_ms = Infinity
  let seekUntil_ms = 0
  let settled_ms = 0
  let turn = 0

  function settle(): void {
    const now = timers.now()
    const from_ms = Math.max(settled_ms, runsFrom_ms, seekUntil_ms)
    if (wanted && now > from_ms) position_s += ((now - from_ms) / 1000) * (deaf ? 1 : rate) * (1 + drift)
    settled_ms = now
  }

  const engine: Engine = {
    abilities,
    position: () => (settle(), position_s + noise_s * Math.sin(++turn * 2.4)),
    duration: () => 600,
    moving: () => wanted && timers.now() >= Math.max(runsFrom_ms, seekUntil_ms),
    ready: () => timers.now() >= seekUntil_ms && (!lazy || plays > 0),
    play() {
      settle()
      plays += 1
      if (!wanted) runsFrom_ms = timers.now() + start_ms
      wanted = true
    },
    pause() {
      settle()
      wanted = false
    },
    seek(to_s) {
      settle()
      seeks.push(to_s)
      position_s = to_s
      seekUntil_ms = timers.now() + (seeks.length > 1 ? (again_ms ?? seek_ms) : seek_ms)
    },
    seekLive: () => undefined,
    setRate(next) {
      settle()
      rates.push(next)
      if (rate !== next) position_s -= rateCosts_ms / 1000
      rate = next
    },
    setSound: () => undefined,
    destroy: () => undefined,
  }
  const follower = createFollower(engine, timers, options)
  let start_at_ms = 0
  let held_ms: number | null = null

  function target(): Target {
    return { position_s: ((held_ms ?? timers.now()) - start_at_ms) / 1000, playing: held_ms === null }
  }

  return {
    seeks,
    rates,
    engine,
    /** The ceremony's clock puts the start here. */
    startAt: (ms: number) => (start_at_ms = ms),
    /** Nothing comes over the line for so long. */
    stall(ms: number) {
      settle()
      seekUntil_ms = timers.now() + ms
    },
    hold: () => (held_ms = timers.now()),
    release() {
      start_at_ms += timers.now() - (held_ms ?? timers.now())
      held_ms = null
    },
    /** Picture less clock. */
    error_s: () => (settle(), position_s - target().position_s),
    run(ms: number): number[] {
      const errors: number[] = []
      for (let past = 0; past < ms; past += 250) {
        follower.step(target())
        timers.advance(250)
        if (engine.moving()) errors.push(settle() ?? position_s - target().position_s)
      }
      return errors
    },
  }
}

const median = (errors: number[]) => errors.map(Math.abs).sort((one, other) => one - other)[errors.length >> 1]!
const worst = (errors: number[]) => Math.max(...errors.map(Math.abs))

test('our own element, waiting before the start, begins on the instant', () => {
  const play = simulate(OWN)
  play.startAt(3_000)
  const errors = play.run(20_000)
  expect(errors.length).toBeGreaterThan(60)
  expect(worst(errors)).toBeLessThanOrEqual(0.05)
  expect(play.seeks).toEqual([0])
})

test('a start that is put off by the host is waited for', () => {
  const play = simulate(OWN)
  play.startAt(3_000)
  play.run(1_500)
  play.startAt(10_000)
  expect(play.run(8_000)).toEqual([])
  expect(worst(play.run(10_000))).toBeLessThanOrEqual(0.05)
})

test('who comes late is put where the others are, with one jump', () => {
  const play = simulate(OWN)
  play.startAt(-100_000)
  const errors = play.run(20_000)
  expect(worst(errors)).toBeLessThanOrEqual(0.05)
  expect(play.seeks.length).toBe(1)
})

test.each([
  ['starts slowly', { start_ms: 350 }],
  ['jumps slowly', { seek_ms: 1_400 }],
  ['jumps very slowly', { seek_ms: 3_000 }],
  ['has a fast quartz', { drift: 0.003 }],
  ['has a slow quartz', { drift: -0.003 }],
  ['loads nothing before it plays', { lazy: true, start_ms: 500 }],
])('our own element comes within 0.1 s and stays there when it %s', (_what, habits) => {
  const play = simulate(OWN, habits)
  play.startAt(-100_000)
  play.run(30_000)
  expect(worst(play.run(60_000))).toBeLessThanOrEqual(0.1)
  expect(play.seeks.length).toBeLessThanOrEqual(3)
  expect(worst(play.rates.map((rate) => rate - 1))).toBeLessThanOrEqual(0.0501)
})

test('a hold stops the picture where the clock stopped; afterwards it goes on in step', () => {
  const play = simulate(OWN)
  play.startAt(0)
  play.run(10_000)
  play.hold()
  play.run(20_000)
  expect(play.engine.moving()).toBe(false)
  expect(Math.abs(play.error_s())).toBeLessThanOrEqual(0.3)
  play.release()
  play.run(2_000)
  expect(worst(play.run(10_000))).toBeLessThanOrEqual(0.03)
})

test('who enters during a hold sees the frame at which it stopped', () => {
  const play = simulate(OWN)
  play.startAt(-40_000)
  play.hold()
  play.run(3_000)
  expect(play.seeks).toEqual([40])
  expect(play.engine.moving()).toBe(false)
})

test('a frame that can change its speed comes within 0.3 s and is then left alone', () => {
  const play = simulate(FRAME, { start_ms: 800, seek_ms: 1_500 })
  play.startAt(-30_000)
  play.run(45_000)
  expect(worst(play.run(60_000))).toBeLessThanOrEqual(0.3)
  expect(play.seeks.length).toBeLessThanOrEqual(2)
  expect(play.rates.filter((rate) => ![0.95, 1, 1.05].includes(rate))).toEqual([])
})

test('a frame is not started before its item', () => {
  const play = simulate(FRAME)
  play.startAt(5_000)
  expect(play.run(5_000)).toEqual([])
})

test.each([
  ['has one speed', STIFF, {}],
  ['takes no notice of a speed', FRAME, { deaf: true }],
])('a frame that %s is brought within 0.3 s by jumps that learn from each other', (_what, abilities, habits) => {
  const play = simulate(abilities, { start_ms: 700, seek_ms: 2_200, ...habits })
  play.startAt(-30_000)
  play.run(60_000)
  expect(worst(play.run(120_000))).toBeLessThanOrEqual(0.3)
  expect(play.seeks.length).toBeLessThanOrEqual(4)
})

test('a frame on a hopeless line is not sent from place to place without pause', () => {
  const play = simulate(STIFF, { seek_ms: 60_000 })
  play.startAt(-30_000)
  play.run(60_000)
  expect(play.seeks.length).toBeLessThanOrEqual(12)
})

test('the errors of our own element are within 30 ms in the middle, whatever it is like', () => {
  for (const habits of [{}, { start_ms: 300 }, { drift: 2e-4 }, { noise_s: 0.01 }, { rateCosts_ms: 15 }, { start_ms: 200, rateCosts_ms: 20 }]) {
    const play = simulate(OWN, habits)
    play.startAt(-10_000)
    play.run(10_000)
    const errors = play.run(120_000)
    expect([habits, median(errors) <= 0.03, worst(errors) <= 0.1]).toEqual([habits, true, true])
  }
})

test('a place that is told with a waver is not chased', () => {
  const play = simulate(OWN, { noise_s: 0.03 })
  play.startAt(0)
  play.run(300_000)
  expect(play.rates.length).toBeLessThanOrEqual(10)
  expect(play.seeks.length).toBe(1)
})

test('changes of speed that do as much harm as good become rare', () => {
  const play = simulate(OWN, { start_ms: 200, rateCosts_ms: 40 })
  play.startAt(0)
  play.run(300_000)
  expect(play.rates.length).toBeLessThanOrEqual(12)
})

test('what was learned of one film starts the next on the instant', () => {
  let learned = { start_s: null as number | null, lead_s: null as number | null }
  const onLearned = (habits: typeof learned) => (learned = habits)
  const first = simulate(OWN, { start_ms: 260, seek_ms: 1_500 }, { onLearned })
  first.startAt(-100_000)
  first.run(20_000)
  first.hold()
  first.run(10_000)
  first.release()
  first.run(10_000)
  expect(learned.start_s).toBeCloseTo(0.26, 2)
  expect(learned.lead_s).toBeGreaterThan(1.5)
  const next = simulate(OWN, { start_ms: 260, seek_ms: 1_500 }, { habits: learned })
  next.startAt(-100_000)
  expect(worst(next.run(20_000))).toBeLessThanOrEqual(0.03)
  expect([next.seeks.length, next.rates]).toEqual([1, []])
})

test('what was learned of a frame is used when it is begun, and in its jumps', () => {
  for (const habits of [{ start_ms: 0, seek_ms: 2_200 }, { start_ms: 1_900, seek_ms: 300, again_ms: 1_200 }]) {
    let learned = { start_s: null as number | null, lead_s: null as number | null }
    const first = simulate(STIFF, habits, { onLearned: (told) => (learned = told) })
    first.startAt(-30_000)
    first.run(60_000)
    expect(first.seeks.length).toBeGreaterThan(1)
    const next = simulate(STIFF, habits, { habits: learned })
    next.startAt(-30_000)
    next.run(60_000)
    expect(next.seeks.length).toBe(1)
    next.stall(3_000)
    next.run(60_000)
    expect([next.seeks.length, worst(next.run(5_000)) <= 0.25]).toEqual([2, true])
  }
})

test('who comes a little too late is put right by one short stop, not by many seconds of haste', () => {
  const play = simulate(OWN, { seek_ms: 1_300, again_ms: 100 })
  play.startAt(-100_000)
  play.run(6_000)
  expect([play.seeks.length, worst(play.run(5_000)) <= 0.05]).toEqual([2, true])
})

test('a short stall is given back by speed, a long one by one jump', () => {
  const play = simulate(OWN)
  play.startAt(0)
  play.run(10_000)
  play.stall(900)
  play.run(30_000)
  expect([play.seeks.length, worst(play.run(5_000)) <= 0.03]).toEqual([1, true])
  expect(worst(play.rates.map((rate) => rate - 1))).toBeLessThanOrEqual(0.0501)
  play.stall(5_000)
  play.run(20_000)
  expect([play.seeks.length, worst(play.run(5_000)) <= 0.03]).toEqual([2, true])
})

test('a line that stalls again and again is not made to load anew each time', () => {
  const play = simulate(OWN)
  play.startAt(0)
  for (let turn = 0; turn < 20; turn += 1) {
    play.run(3_000)
    play.stall(3_000)
    play.run(3_000)
  }
  expect(play.seeks.length).toBeLessThanOrEqual(10)
})

test('one that runs already, near enough, is brought into step without being stopped', () => {
  const play = simulate(OWN, { start_ms: 0 }, { running: true })
  play.engine.play()
  play.startAt(-1_000)
  play.run(40_000)
  expect([play.seeks, worst(play.run(10_000)) <= 0.03]).toEqual([[], true])
})
