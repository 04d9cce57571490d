import { describe, expect, test } from 'vitest'
import {
  beatAt,
  beatCount,
  beatInstant,
  beatPeriod_ms,
  beatsBetween,
  endInstant,
  type SilencePlan,
} from '../../../client/src/metronome.ts'

function aSilence(change: Partial<SilencePlan> = {}): SilencePlan {
  return {
    t0_ms: 1_801_047_625_000,
    duration_s: 60,
    bpm: 50,
    sound: 'metronome',
    start_signal: 'none',
    end_signal: 'bell',
    ...change,
  }
}

const relative = (plan: SilencePlan, from: number, to: number) =>
  beatsBetween(plan, plan.t0_ms + from, plan.t0_ms + to).map((b) => [b.index, b.at_ms - plan.t0_ms])

describe('a minute at 50 beats', () => {
  const plan = aSilence()

  test('has fifty beats, the last at 58.8 s, none at the end', () => {
    expect(beatPeriod_ms(50)).toBe(1200)
    expect(beatCount(plan)).toBe(50)
    expect(beatInstant(plan, 49) - plan.t0_ms).toBe(58_800)
    expect(endInstant(plan) - plan.t0_ms).toBe(60_000)
    expect(relative(plan, 58_000, 70_000)).toEqual([[49, 58_800]])
  })

  test('intervals include their beginning and not their end', () => {
    expect(relative(plan, 0, 2400)).toEqual([
      [0, 0],
      [1, 1200],
    ])
    expect(relative(plan, 1200.5, 2400.5)).toEqual([[2, 2400]])
    expect(relative(plan, -10_000, 0)).toEqual([])
  })

  test('the latest beat due', () => {
    const at = [-1, 0, 1199, 1200, 58_799, 58_800, 60_000, 1e7].map((ms) => beatAt(plan, plan.t0_ms + ms))
    expect(at).toEqual([-1, 0, 0, 1, 48, 49, 49, 49])
  })
})

test.each([
  [60, 40, 40],
  [60, 50, 50],
  [60, 60, 60],
  [72, 50, 60],
  [95, 50, 80],
  [15, 47, 12],
  [300, 43, 215],
  [120, 50, 100],
  [60, 48.5, 49],
])('%d s at %d bpm have %d beats, strictly before the end', (duration_s, bpm, count) => {
  const plan = aSilence({ duration_s, bpm })
  expect(beatCount(plan)).toBe(count)
  expect(beatInstant(plan, count - 1)).toBeLessThan(endInstant(plan))
  expect(beatInstant(plan, count)).toBeGreaterThanOrEqual(endInstant(plan) - 1e-3)
})

test('cutting an interval anywhere loses no beat and doubles none', () => {
  for (const bpm of [40, 43, 47, 50, 53.7, 59, 60]) {
    const plan = aSilence({ bpm, duration_s: 123 })
    const whole = Array.from({ length: beatCount(plan) }, (_, i) => i)
    for (const step of [250, 333.3, 1200, 7777.7]) {
      const pieces: number[] = []
      for (let t = plan.t0_ms - 2000; t < endInstant(plan) + 2000; t += step) {
        pieces.push(...beatsBetween(plan, t, t + step).map((b) => b.index))
      }
      expect(pieces).toEqual(whole)
    }
    for (const index of whole) {
      expect(beatAt(plan, beatInstant(plan, index))).toBe(index)
      expect(beatAt(plan, beatInstant(plan, index) - 0.01)).toBe(index - 1)
    }
  }
})
