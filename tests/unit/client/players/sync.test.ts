import { describe, expect, test } from 'vitest'
import { correct } from '../../../../client/src/players/sync'

const OWN = { exact: true, rate: true }
const FRAME = { exact: false, rate: true }
const STIFF = { exact: false, rate: false }

describe('a frame of another site', () => {
  test.each([0, 0.1, -0.3, 0.3])('is left alone within 0.3 s: %f', (error_s) => {
    expect(correct(error_s, FRAME, false)).toEqual({ kind: 'none' })
  })

  test.each([
    [0.31, 0.95],
    [2, 0.95],
    [-0.31, 1.05],
    [-2, 1.05],
  ])('is slowed when ahead, sped up when behind: %f', (error_s, rate) => {
    expect(correct(error_s, FRAME, false)).toEqual({ kind: 'rate', rate })
  })

  test.each([2.01, -2.01, 500, -500])('jumps when further off: %f', (error_s) => {
    expect(correct(error_s, FRAME, false)).toEqual({ kind: 'seek' })
  })

  test('once corrected, goes on until it is close', () => {
    expect(correct(-0.2, FRAME, true)).toEqual({ kind: 'rate', rate: 1.05 })
    expect(correct(-0.1, FRAME, true)).toEqual({ kind: 'none' })
  })

  test('that has one speed only jumps sooner, and is left alone until then', () => {
    expect(correct(-1, STIFF, false)).toEqual({ kind: 'none' })
    expect(correct(-1.01, STIFF, false)).toEqual({ kind: 'seek' })
  })
})

describe('our own element', () => {
  test('is kept within 60 ms, gently near the goal and never by more than 5 %', () => {
    expect(correct(0.06, OWN, false)).toEqual({ kind: 'none' })
    expect(correct(0.08, OWN, false)).toEqual({ kind: 'rate', rate: 0.96 })
    expect(correct(-0.08, OWN, false)).toEqual({ kind: 'rate', rate: 1.04 })
    expect(correct(-1.9, OWN, false)).toEqual({ kind: 'rate', rate: 1.05 })
    expect(correct(0.02, OWN, true)).toEqual({ kind: 'rate', rate: 0.99 })
    expect(correct(0.015, OWN, true)).toEqual({ kind: 'none' })
    expect(correct(-2.1, OWN, true)).toEqual({ kind: 'seek' })
  })
})
