/** Reports of a frame, late and coarse as they are, tell where its picture is. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createReckoner } from '../../../../client/src/players/reports'

/** A picture that runs from the beginning at this speed, and reports so often, so late, in steps so coarse. */
function reckoned(habits: { every_ms: number; late_ms: number[]; step_s: number; rate: number; from_ms?: number }, until_ms: number): number {
  const reckoner = createReckoner()
  reckoner.rate(habits.rate, 0)
  reckoner.moving(true, 0)
  let turn = 0
  for (let at_ms = habits.from_ms ?? 0; at_ms < until_ms; at_ms += habits.every_ms) {
    const place_s = (at_ms / 1000) * habits.rate
    const told_s = habits.step_s ? Math.floor(place_s / habits.step_s) * habits.step_s : place_s
    reckoner.report(told_s, at_ms + habits.late_ms[turn++ % habits.late_ms.length]!)
  }
  return reckoner.position(until_ms)! - (until_ms / 1000) * habits.rate
}

test('nothing is known before the first report', () => {
  expect(createReckoner().position(1_000)).toBe(null)
})

describe('the place', () => {
  test('is that of the promptest report, whatever the others were held up by', () => {
    expect(reckoned({ every_ms: 250, late_ms: [300, 120, 4, 90, 260], step_s: 0, rate: 1 }, 10_000)).toBeCloseTo(-0.004)
  })

  test('is known better than the whole seconds that a frame tells', () => {
    expect(Math.abs(reckoned({ every_ms: 260, late_ms: [3], step_s: 1, rate: 1 }, 10_000))).toBeLessThan(0.06)
    for (const from_ms of [0, 60, 120, 180, 240]) {
      expect(Math.abs(reckoned({ every_ms: 250, late_ms: [30, 3, 60], step_s: 1, rate: 1, from_ms }, 10_000))).toBeLessThan(0.16)
    }
  })

  test('is never ahead of the truth, nor further behind than the promptest report was', () => {
    fc.assert(
      fc.property(
        fc.record({
          // At whole seconds each, it could as well be one that tells whole seconds only.
          every_ms: fc.integer({ min: 100, max: 990 }),
          late_ms: fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 4 }),
          step_s: fc.constant(0),
          rate: fc.constantFrom(0.95, 1, 1.05),
        }),
        (habits) => {
          const error_s = reckoned(habits, 12_000)
          expect(error_s).toBeLessThanOrEqual(1e-9)
          expect(error_s).toBeGreaterThanOrEqual((-Math.min(...habits.late_ms) / 1000) * habits.rate - 1e-9)
        },
      ),
    )
  })
})

test('it stands while the picture stands, and goes on from there', () => {
  const reckoner = createReckoner()
  reckoner.report(10, 0)
  reckoner.moving(true, 0)
  expect(reckoner.position(1_000)).toBeCloseTo(11)
  reckoner.moving(false, 1_000)
  expect(reckoner.position(9_000)).toBeCloseTo(11)
  reckoner.moving(true, 9_000)
  reckoner.report(11.5, 9_500)
  expect(reckoner.position(10_000)).toBeCloseTo(12)
})

test('a frame that says nothing any more stands still for all we know', () => {
  const reckoner = createReckoner()
  reckoner.moving(true, 0)
  reckoner.report(0, 0)
  expect(reckoner.position(2_000)).toBeCloseTo(2)
  expect(reckoner.position(60_000)).toBeCloseTo(2.5)
})

test('after a jump back, what was under way from before is soon forgotten', () => {
  const reckoner = createReckoner()
  reckoner.moving(true, 0)
  for (let at_ms = 0; at_ms <= 5_000; at_ms += 250) reckoner.report(100 + at_ms / 1000, at_ms)
  reckoner.forget(5_000)
  reckoner.report(105.2, 5_200)
  for (let at_ms = 5_250; at_ms <= 7_500; at_ms += 250) reckoner.report(104.5 + (at_ms - 5_000) / 1000, at_ms)
  expect(reckoner.position(7_500)).toBeCloseTo(107)
})

test('a picture found far back has been elsewhere', () => {
  const reckoner = createReckoner()
  reckoner.moving(true, 0)
  reckoner.report(100, 0)
  reckoner.report(3, 250)
  expect(reckoner.position(250)).toBeCloseTo(3)
})
