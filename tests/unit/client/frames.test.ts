// The moment in which a frame is seen, from nothing but the timestamps of the frames.
import { describe, expect, test } from 'vitest'
import { createFrames } from '../../../client/src/frames.ts'

/** What is told of the last of these frames, after its own timestamp. */
function aheadOf(timestamps: readonly number[]): number {
  const seenAt = createFrames()
  return timestamps.map((at) => seenAt(at) - at).at(-1)!
}

const every = (gap: number, count: number, from = 1000) => Array.from({ length: count }, (_, i) => from + i * gap)

describe('when a frame is seen', () => {
  test('the first frame is taken for one of 60 in a second', () => expect(aheadOf([500])).toBeCloseTo(33.3, 1))

  test.each([
    [60, 33.33],
    [120, 16.67],
    [90, 22.22],
    [30, 66.67],
  ])('two frames later at %d in a second', (rate, ahead) => expect(aheadOf(every(1000 / rate, 12))).toBeCloseTo(ahead, 1))

  test('frames left out do not count', () => {
    const busy = every(1000 / 60, 30).filter((_, i) => i % 4 !== 2)
    expect(aheadOf(busy)).toBeCloseTo(33.33, 1)
  })

  test('a pause of a hidden page does not count, nor two callbacks of one frame', () => {
    const shown = every(1000 / 60, 10)
    expect(aheadOf([...shown, 61_000, 61_000])).toBeCloseTo(33.33, 1)
  })

  test('another screen is known after six of its frames', () => {
    expect(aheadOf([...every(1000 / 60, 20), ...every(1000 / 120, 6, 1000 + 20 / 0.06)])).toBeCloseTo(16.67, 1)
  })
})
