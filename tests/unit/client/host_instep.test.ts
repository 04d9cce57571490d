import { describe, expect, test } from 'vitest'
import type { Progress } from '../../../client/src/wire.ts'
import { inStep, silenceAhead, troubles } from '../../../client/src/view/host/instep.ts'
import { aProgramme, aRun, after as progressed, anItem, s, silence, START } from './programmes.ts'

const programme = aProgramme([anItem('opening', 180), silence, anItem('poem', 120)])

const after = (runs: [string, number][], change: Partial<Progress> = {}) =>
  progressed(
    runs.map(([item_id, start_ms], i) => aRun(i + 1, item_id, start_ms)),
    change,
  )

describe('counts', () => {
  test('the screens without sound are among the others', () => {
    expect(inStep({ ms5: 37, ms20: 2, unknown: 1, soundless: 4 })).toEqual({
      total: 40,
      near: 37,
      fair: 2,
      unknown: 1,
      soundless: 4,
    })
  })

  test.each([
    [{ ms5: 0, ms20: 0, unknown: 0, soundless: 0 }, 0, 0],
    [{ ms5: 38, ms20: 0, unknown: 2, soundless: 0 }, 0, 0],
    [{ ms5: 38, ms20: 0, unknown: 3, soundless: 0 }, 3, 0],
    [{ ms5: 285, ms20: 0, unknown: 15, soundless: 30 }, 0, 0],
    [{ ms5: 284, ms20: 0, unknown: 16, soundless: 31 }, 16, 31],
    [{ ms5: 1, ms20: 0, unknown: 1, soundless: 1 }, 1, 1],
    [{ ms5: 0, ms20: 40, unknown: 0, soundless: 0 }, 0, 0],
  ])('%j are worth a word where they are more than a few', (sync, apart, soundless) => {
    expect(troubles(inStep(sync))).toEqual({ apart, soundless })
  })
})

describe('the silence ahead', () => {
  const live = after([['opening', START]])

  test('is expected after the live item, and comes no nearer while that lasts', () => {
    expect(silenceAhead(programme, live, s(100))).toBe(null)
    expect(silenceAhead(programme, live, s(114))).toBe(null)
    const expectedNext = { start_ms: s(180), t0_ms: s(205), announced: false }
    expect(silenceAhead(programme, live, s(115))).toEqual(expectedNext)
    expect(silenceAhead(programme, live, s(179))).toEqual(expectedNext)
    expect(silenceAhead(programme, live, s(200))).toEqual({ start_ms: s(200), t0_ms: s(225), announced: false })
  })

  test('is certain once it is announced, and during its invitation', () => {
    const announced = after([
      ['opening', START],
      ['silence', s(150)],
    ])
    const certain = { start_ms: s(150), t0_ms: s(175), announced: true }
    for (const now of [148, 150, 169.9]) expect(silenceAhead(programme, announced, s(now))).toEqual(certain)
  })

  test('is not spoken of from its stillness to the end of its rest, and not after it', () => {
    const announced = after([
      ['opening', START],
      ['silence', s(150)],
    ])
    for (const now of [170, 174, 175, 200, 234, 239.9, 240, 300]) {
      expect(silenceAhead(programme, announced, s(now))).toBe(null)
    }
  })

  test('with the autopilot comes by the clock', () => {
    const byItself = { ...live, autopilot: true }
    expect(silenceAhead(programme, byItself, s(100))).toBe(null)
    expect(silenceAhead(programme, byItself, s(120))).toEqual({ start_ms: s(180), t0_ms: s(205), announced: true })
  })

  test('does not come when it was left, is left out, or the ceremony is closed', () => {
    const left = after([
      ['opening', START],
      ['silence', s(150)],
      ['poem', s(160)],
    ])
    expect(silenceAhead(programme, left, s(161))).toBe(null)
    expect(silenceAhead(programme, { ...live, skipped: ['silence'] }, s(170))).toBe(null)
    expect(silenceAhead(programme, { ...live, closed_ms: s(160) }, s(170))).toBe(null)
  })
})
