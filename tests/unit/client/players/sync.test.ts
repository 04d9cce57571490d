import { describe, expect, test } from 'vitest'
import { correct, giveBackMs } from '../../../../client/src/players/sync'

const OWN = { exact: true, rate: true }
const FRAME = { exact: false, rate: true }
const STIFF = { exact: false, rate: false }

describe('a frame of another site', () => {
  test.each([0, 0.1, -0.2, 0.2])('is left alone within 0.2 s: %f', (error_s) => {
    expect(correct(error_s, FRAME, false)).toEqual({ kind: 'none' })
  })

  test.each([
    [0.21, 0.95],
    [2, 0.95],
    [-0.21, 1.05],
    [-2, 1.05],
  ])('is slowed when ahead, sped up when behind: %f', (error_s, rate) => {
    expect(correct(error_s, FRAME, false)).toEqual({ kind: 'rate', rate })
  })

  test.each([2.01, -2.01, 500, -500])('jumps when further off: %f', (error_s) => {
    expect(correct(error_s, FRAME, false)).toEqual({ kind: 'seek' })
  })

  test('once corrected, goes on until it is close', () => {
    expect(correct(-0.1, FRAME, true)).toEqual({ kind: 'rate', rate: 1.05 })
    expect(correct(-0.05, FRAME, true)).toEqual({ kind: 'none' })
  })

  test('that has one speed only can but jump', () => {
    expect(correct(-0.25, STIFF, false)).toEqual({ kind: 'none' })
    expect(correct(-0.26, STIFF, false)).toEqual({ kind: 'seek' })
    expect(correct(0.26, STIFF, false)).toEqual({ kind: 'seek' })
  })
})

describe('our own element', () => {
  test('is kept within 25 ms, gently near the goal and never by more than 5 %', () => {
    expect(correct(0.025, OWN, false)).toEqual({ kind: 'none' })
    expect(correct(0.03, OWN, false)).toEqual({ kind: 'rate', rate: 0.99 })
    expect(correct(-0.03, OWN, false)).toEqual({ kind: 'rate', rate: 1.01 })
    expect(correct(0.12, OWN, false)).toEqual({ kind: 'rate', rate: 0.96 })
    expect(correct(-1.9, OWN, false)).toEqual({ kind: 'rate', rate: 1.05 })
    expect(correct(0.01, OWN, true)).toEqual({ kind: 'rate', rate: 0.99 })
    expect(correct(0.006, OWN, true)).toEqual({ kind: 'none' })
    expect(correct(-2.1, OWN, true)).toEqual({ kind: 'seek' })
  })

  test('is left alone further off where corrections bring nothing', () => {
    expect(correct(0.09, OWN, false, 0.1)).toEqual({ kind: 'none' })
  })
})

test('a speed is kept until the error is gone', () => {
  expect(giveBackMs(0.05, 0.98)).toBeCloseTo(2500)
  expect(giveBackMs(-0.05, 1.02)).toBeCloseTo(2500)
  expect(giveBackMs(-0.05, 0.98)).toBe(0)
})
