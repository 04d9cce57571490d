import { describe, expect, test } from 'vitest'
import { createReporter, stepBound_ms } from '../../../client/src/reporting.ts'
import type { Estimator } from '../../../client/src/clock.ts'
import type { Sound } from '../../../client/src/sound.ts'
import type { Report } from '../../../client/src/wire.ts'

/** A page that gets its turn once a second, and what it has told by when. */
function aPage(random = 0.5) {
  let now = 0
  const lag_ms = 120
  const fares = { bound_ms: 2, sound: 'running' as Report['sound'], picture: true }
  const told: [number, Report][] = []
  const reporter = createReporter({
    read: () => fares,
    lag_ms: () => lag_ms,
    send: (report) => told.push([now, report]),
    now: () => now,
    random: () => random,
  })
  return {
    fares,
    told,
    reporter,
    times: () => told.map(([at]) => at / 1000),
    pass(seconds: number) {
      for (let i = 0; i < seconds; i++) {
        now += 1000
        reporter.tick()
      }
    },
  }
}

describe('when a page reports', () => {
  test('nothing before it has joined', () => {
    const page = aPage()
    page.pass(60)
    expect(page.told).toEqual([])
  })

  test('three seconds after joining, and every 20 s from a moment of its own', () => {
    for (const [random, second] of [
      [0, 8],
      [0.5, 16],
      [0.999, 23],
    ] as const) {
      const page = aPage(random)
      page.reporter.joined()
      page.pass(60)
      expect(page.times()).toEqual([3, second, second + 20, second + 40].filter((at) => at <= 60))
    }
  })

  test('at once when its class changes, but not within five seconds of the last', () => {
    const page = aPage()
    page.reporter.joined()
    page.pass(3)
    page.fares.bound_ms = 12
    page.pass(1)
    expect(page.times()).toEqual([3])
    page.pass(4)
    expect(page.told[1]).toEqual([8000, { bound_ms: 12, sound: 'running', picture: true, lag_ms: 120 }])
    page.pass(6)
    page.fares.bound_ms = Infinity
    page.pass(1)
    expect(page.told[2]).toEqual([15000, { bound_ms: null, sound: 'running', picture: true, lag_ms: 120 }])
  })

  test('at once when its sound is turned off or on', () => {
    const page = aPage()
    page.reporter.joined()
    page.pass(10)
    page.fares.sound = 'muted'
    page.pass(1)
    expect(page.times()).toEqual([3, 11])
    expect(page.told[1]![1].sound).toBe('muted')
  })

  test('a bound that hovers about an edge is no news', () => {
    const page = aPage(0.999)
    page.fares.bound_ms = 4.9
    page.reporter.joined()
    page.pass(3)
    for (let i = 0; i < 8; i++) {
      page.fares.bound_ms = i % 2 ? 4.6 : 5.4
      page.pass(2)
    }
    expect(page.times()).toEqual([3])
  })

  test('a page that comes back tells again after three seconds', () => {
    const page = aPage()
    page.reporter.joined()
    page.pass(5)
    page.reporter.joined()
    page.pass(3)
    expect(page.times()).toEqual([3, 8])
  })

  test('a hidden page that gets a turn only now and then tells in it', () => {
    const page = aPage(0)
    page.reporter.joined()
    page.pass(3)
    const before = page.told.length
    page.pass(5)
    expect(page.told.length).toBe(before + 1)
  })
})

test('the bound is that of the clock and, while sound runs, of its way to the ear', () => {
  const estimator = { deviation_ms: (local_ms: number) => (local_ms === 1000 ? 0.5 : NaN) } as Estimator
  const silent = { state: 'locked', bound_ms: Infinity } as Sound
  const heard = { state: 'running', bound_ms: 3 } as Sound
  expect(stepBound_ms(estimator, silent, 1000)).toBe(1)
  expect(stepBound_ms(estimator, heard, 1000)).toBe(4)
})
