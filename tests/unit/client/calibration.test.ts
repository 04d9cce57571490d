// How late a loudspeaker is, from the presses of hands that anticipate, tremble, slip and miss.
import { describe, expect, test } from 'vitest'
import { BEATS, beatsFrom, following, lampAt, PERIOD_MS, shiftFrom } from '../../../client/src/calibration.ts'
import type { Moment } from '../../../client/src/timeline.ts'
import { mayTick } from '../../../client/src/view/late.tsx'
import { seeded } from './network.ts'

const FIRST = 5000

interface Hand {
  /** By how much it is early, ms; nobody knows it of oneself. */
  early: number
  /** Standard deviation, ms. */
  trembles: number
  /** Chance of leaving a beat out, and of pressing anywhere. */
  misses: number
  slips: number
}

const STEADY: Hand = { early: 40, trembles: 20, misses: 0, slips: 0 }
const OLD: Hand = { early: 70, trembles: 45, misses: 0.1, slips: 0.1 }

function pressesOf(hand: Hand, late_ms: number, random: () => number): number[] {
  const bell = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const presses: number[] = []
  for (const beat of beatsFrom(FIRST)) {
    if (random() < hand.misses) continue
    const slip = random() < hand.slips ? 400 * (random() - 0.5) : 0
    presses.push(beat + late_ms - hand.early + hand.trembles * bell() + slip)
    // A hand that bounces.
    if (random() < 0.1) presses.push(presses.at(-1)! + 120)
  }
  return presses
}

function found(hand: Hand, late_ms: number, seed: number): number | null {
  const random = seeded(seed)
  const light = following(pressesOf(hand, 0, random), FIRST)
  return shiftFrom(light, following(pressesOf(hand, late_ms, random), FIRST))
}

describe('how late the loudspeaker is', () => {
  test.each([0, 30, 180, 280])('a hand that is always 40 ms early, and never trembles: %d ms', (late_ms) => {
    expect(found({ ...STEADY, trembles: 0 }, late_ms, 1)).toBe(late_ms < 50 ? 0 : late_ms)
  })

  test.each([
    ['a steady hand', STEADY, 30, 0],
    ['an old one', OLD, 75, 0.2],
  ] satisfies [string, Hand, number, number][])('%s tells it, of 400 people', (_, hand, most_ms, refused) => {
    for (const late_ms of [120, 200, 300]) {
      const told = Array.from({ length: 400 }, (_, seed) => found(hand, late_ms, seed + 1))
      const shifts = told.filter((one) => one !== null)
      expect(1 - shifts.length / told.length).toBeLessThanOrEqual(refused)
      const errors = shifts.map((one) => Math.abs(one - late_ms)).sort((a, b) => a - b)
      expect(errors[Math.floor(0.95 * errors.length)]).toBeLessThanOrEqual(most_ms)
    }
  })

  test('a loudspeaker with a wire is left alone by nineteen of twenty old hands', () => {
    const told = Array.from({ length: 400 }, (_, seed) => found(OLD, 0, seed + 1)).filter((one) => one !== null)
    expect(told.filter((one) => one === 0).length / told.length).toBeGreaterThan(0.95)
  })

  test('a screen that is later than the sound shifts nothing', () => {
    expect(shiftFrom({ late_ms: 120, doubt_ms: 5 }, { late_ms: 10, doubt_ms: 5 })).toBe(0)
  })

  test('presses at random, too few, or none are not believed', () => {
    const random = seeded(3)
    const wild = () => Array.from({ length: 10 }, () => FIRST + random() * BEATS * PERIOD_MS)
    const told = Array.from({ length: 200 }, () => shiftFrom(following(wild(), FIRST), following(wild(), FIRST)))
    expect(told.filter((one) => one === null).length).toBeGreaterThan(180)
    expect(following([], FIRST)).toBeNull()
    expect(following(beatsFrom(FIRST).slice(2, 6), FIRST)).toBeNull()
    expect(shiftFrom(null, { late_ms: 200, doubt_ms: 5 })).toBeNull()
  })

  test('a press in the middle of nothing belongs to the beat before it, up to 900 ms late', () => {
    expect(following(beatsFrom(FIRST + 880), FIRST)?.late_ms).toBe(880)
    expect(following(beatsFrom(FIRST - 280), FIRST)?.late_ms).toBe(-280)
  })
})

describe('the lamp', () => {
  test('begins with each beat at once, goes softly, and is dark before the first and after the last', () => {
    expect([FIRST - 1, FIRST, FIRST + PERIOD_MS, FIRST + BEATS * PERIOD_MS].map((at) => lampAt(at, FIRST))).toEqual([0, 1, 1, 0])
    for (let since = 0; since < PERIOD_MS - 20; since += 20) {
      const step = lampAt(FIRST + since, FIRST) - lampAt(FIRST + since + 20, FIRST)
      expect(step).toBeGreaterThanOrEqual(0)
      expect(step).toBeLessThan(0.1)
    }
  })

  test('comes less than three times in a second', () => expect(PERIOD_MS).toBeGreaterThan(1000 / 3))
})

describe('where ticks of one’s own may sound', () => {
  const shown = (change: object) => ({ phase: 'item', item: null, silence: null, ...change }) as unknown as Moment
  const item = (kind: string, silence: string | null = null) => shown({ item: { detail: { kind } }, silence })

  test('before the ceremony and in an interval, nowhere else', () => {
    expect([shown({ phase: 'planned' }), shown({ phase: 'lobby' }), item('interval')].map(mayTick)).toEqual([true, true, true])
    const kinds = ['address', 'silence', 'testimony', 'music', 'film', 'candle', 'names', 'closing']
    expect(kinds.map((kind) => mayTick(item(kind)))).toEqual(kinds.map(() => false))
    expect(mayTick(item('silence', 'invitation'))).toBe(false)
    expect(mayTick(shown({ phase: 'closed' }))).toBe(false)
  })
})
