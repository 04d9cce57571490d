// What holds of the beats whatever the card, the stamps and the timers: each once, even, and within the bound that is told.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Card } from './fake_audio.ts'
import { aSilence, EPOCH, every, Guest, judge, unevenness } from './guest.ts'

const drawn = fc.record({
  ppm: fc.integer({ min: -120, max: 120 }),
  beyond_ms: fc.integer({ min: 3, max: 280 }),
  block: fc.constantFrom(128, 441, 512, 2048, 4096),
  sampleRate: fc.constantFrom(44_100, 48_000),
  stamps: fc.constantFrom('right', 'repeated', 'paged'),
  page: fc.constantFrom(128, 441, 512),
  grain_ms: fc.constantFrom(0, 0.1, 1),
  jitter_ms: fc.constantFrom(0, 0.3, 0.8),
})

/** What is heard has been rendered: the latency is never less than a block. */
const card: fc.Arbitrary<Partial<Card>> = drawn.map(({ beyond_ms, ...rest }) => ({
  ...rest,
  latency_ms: (rest.block / rest.sampleRate) * 1000 + beyond_ms,
}))

describe('for every card', () => {
  test('in front or hidden, after a lobby of three minutes', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(card, fc.constantFrom(0, 1000, 60_000), fc.constantFrom(40, 50, 60), fc.nat(1000), async (made, throttle, bpm, seed) => {
        const guest = new Guest(made, { seed })
        const plan = aSilence({ t0_ms: EPOCH + 240_000, bpm })
        await guest.enter()
        await guest.stage.run(150_000)
        guest.sound.playSilence(plan)
        await guest.stage.run(181_000)
        guest.stage.throttle = throttle
        await guest.stage.run(239_000)
        const { bound_ms } = guest.sound
        await guest.stage.run(310_000)
        const { indexes, worst } = judge(guest.ticks, plan)
        expect(indexes).toEqual(every(plan))
        // Which place of its page a browser means nobody can tell.
        const page_ms = made.stamps === 'paged' ? (made.page! / made.sampleRate!) * 1000 : 0
        expect(worst).toBeLessThan(bound_ms + page_ms + 1.5)
        expect(unevenness(guest.ticks, plan)).toBeLessThan(2)
        guest.sound.close()
      }),
      { numRuns: 30, seed: 27 },
    )
  })
})
