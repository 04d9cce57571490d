import { describe, expect, test } from 'vitest'
import { again_ms, pause_ms } from '../../../client/src/polling.ts'
import { seeded } from './seeded.ts'

describe('who watches asks', () => {
  test('not more than twice in ten seconds with the time, at least each eight', () => {
    const random = seeded(3)
    for (let i = 0; i < 1000; i++) {
      const ms = pause_ms(0, null, random(), 0)
      expect(ms).toBeGreaterThanOrEqual(6000)
      expect(ms).toBeLessThanOrEqual(8000)
    }
  })

  test('at no second more than at another, a minute after all have come at once', () => {
    const random = seeded(5)
    const inTenths = new Array<number>(70).fill(0)
    for (let who = 0; who < 70_000; who++) {
      let at = 0
      while (at < 120_000) at += pause_ms(0, null, random(), 0)
      inTenths[Math.floor((at - 120_000) / 100)]! += 1
    }
    const busiest = Math.max(...inTenths.slice(0, 55))
    expect(busiest).toBeLessThan((1.35 * 70_000) / 70)
  })

  test('less and less often while there is no good answer, and never all at the same time', () => {
    for (let missed = 1; missed < 12; missed++) {
      expect(pause_ms(missed, null, 0, 0)).toBeGreaterThanOrEqual(pause_ms(missed - 1, null, 0, 0))
      expect(pause_ms(missed, null, 0, 0)).toBeLessThanOrEqual(30_000)
      expect(pause_ms(missed, null, 1, 0) - pause_ms(missed, null, 0, 0)).toBeGreaterThan(2500)
    }
  })

  test('as late as it is told to, within reason', () => {
    const now_ms = Date.UTC(2027, 0, 27, 11)
    expect(pause_ms(1, '20', 0, now_ms)).toBe(20_000)
    expect(pause_ms(1, 'Wed, 27 Jan 2027 11:00:40 GMT', 0, now_ms)).toBe(40_000)
    expect(pause_ms(1, '86400', 0, now_ms)).toBe(120_000)
    expect(pause_ms(0, '20', 0, now_ms)).toBe(6000)
    for (const nonsense of ['', 'soon', '-5', 'Wed, 27 Jan 2010 11:00:00 GMT']) expect(pause_ms(1, nonsense, 0, now_ms)).toBe(9000)
  })

  test('soon, but not all at once, when the network is there again', () => {
    expect([again_ms(0), again_ms(0.5)]).toEqual([0, 500])
  })
})
