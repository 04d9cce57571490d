/** What holds on any line, whatever the delays: bounds, order, inverse, and straightness in a silence. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEstimator, type Estimator } from '../../../client/src/clock.ts'
import { busy, congestion, Device, profiles, seeded, stall, type Law, type Profile } from './network.ts'

const laws = fc.constantFrom<Law>('lognormal', 'normal', 'exponential', 'uniform', 'none')
const delay = fc.double({ min: 0, max: 150, noNaN: true })
const jitter = fc.double({ min: 0, max: 60, noNaN: true })

const aProfile: fc.Arbitrary<Profile> = fc
  .record({ floors: fc.tuple(delay, delay), jitters: fc.tuple(jitter, jitter), loss: fc.constantFrom(0, 0.01, 0.05), law: laws })
  .map(({ floors: [up, down], jitters: [ju, jd], loss, law }) => ({ up: [up + ju, ju], down: [down + jd, jd], loss, law }))

const anInstant = fc.integer({ min: 0, max: 120_000 })
const aLength = fc.integer({ min: 200, max: 30_000 })
const aDirection = fc.constantFrom<'up' | 'down'>('up', 'down')

interface Trouble {
  kind: 'stall' | 'congestion' | 'busy' | 'handover'
  direction: 'up' | 'down'
  at: number
  length: number
}

const aTrouble: fc.Arbitrary<Trouble> = fc.record({
  kind: fc.constantFrom('stall', 'congestion', 'busy', 'handover'),
  direction: aDirection,
  at: anInstant,
  length: aLength,
})

interface Case {
  profile: Profile
  ppm: number
  seed: number
  /** Between questions, ms. */
  gaps: number[]
  troubles: Trouble[]
  whole: boolean
}

const aCase: fc.Arbitrary<Case> = fc.record({
  profile: fc.oneof(aProfile, fc.constantFrom<Profile>(...Object.values(profiles))),
  ppm: fc.double({ min: -100, max: 100, noNaN: true }),
  seed: fc.integer({ min: 1, max: 1e9 }),
  gaps: fc.array(fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 200, max: 3000 }), fc.integer({ min: 3000, max: 30_000 })), {
    minLength: 1,
    maxLength: 120,
  }),
  troubles: fc.array(aTrouble, { maxLength: 3 }),
  whole: fc.boolean(),
})

function deviceOf({ profile, ppm, seed, troubles }: Case): Device {
  const random = seeded(seed)
  const device = new Device(profile, ppm, random)
  for (const { kind, direction, at, length } of troubles) {
    if (kind === 'stall') device.hinder(direction, stall(at, Math.min(length, 3000)))
    else if (kind === 'congestion') device.hinder(direction, congestion(at, at + length, () => 100 * random()))
    else if (kind === 'busy') device.hinder('up', busy(at, at + length, random))
    else device.handover(profiles.mobile, at, at + length)
  }
  return device
}

/** Asks after these gaps, takes the answers in as they come, and looks at every answer and between them. */
function live(
  { gaps, whole }: Pick<Case, 'gaps' | 'whole'>,
  device: Device,
  estimator: Estimator,
  look: (trueMs: number, local: number, verdict: string | null) => void,
  begin = 0,
): number {
  const seen = (t: number) => (whole ? Math.floor(device.local(t)) : device.local(t))
  let asked = begin
  let now = begin
  for (const gap of gaps) {
    asked += gap
    const { arrives, sample } = device.exchange(asked)
    for (const between of [0.25, 0.5, 0.75]) {
      const t = now + (arrives - now) * between
      if (now > begin) look(t, seen(t), null)
    }
    const [t0, t3] = whole ? [Math.floor(sample.t0), Math.floor(sample.t3)] : [sample.t0, sample.t3]
    const verdict = estimator.feed({ ...sample, t0, t3 })
    now = arrives
    look(now, seen(now), verdict)
  }
  return now
}

const errorAt = (estimator: Estimator, device: Device, t: number, local: number) =>
  Math.abs(estimator.serverNow(local) - device.server(t))

describe('on any line', () => {
  test('the truth lies within the uncertainty, also long after the last answer', () => {
    fc.assert(
      fc.property(aCase, fc.integer({ min: 1, max: 3_600_000 }), (aCase, after) => {
        const device = deviceOf(aCase)
        const estimator = createEstimator()
        const look = (t: number, local: number) =>
          expect(errorAt(estimator, device, t, local)).toBeLessThanOrEqual(estimator.uncertainty_ms(local))
        const end = live(aCase, device, estimator, look)
        look(end + after, device.local(end + after))
      }),
      { numRuns: 300, seed: 1, endOnFailure: true },
    )
  })

  test('nothing but a step is taken for a step, so long as the line does not change its ways', () => {
    fc.assert(
      fc.property(aCase, (aCase) => {
        const estimator = createEstimator()
        const verdicts: (string | null)[] = []
        live(aCase, deviceOf({ ...aCase, troubles: [] }), estimator, (_, __, verdict) => verdicts.push(verdict))
        expect(verdicts).not.toContain('stepped')
      }),
      { numRuns: 200, seed: 2, endOnFailure: true },
    )
  })

  test('after a step it is found again: the truth lies within the uncertainty from the first new answer on', () => {
    const aStep = fc.tuple(fc.integer({ min: 5000, max: 1_000_000 }), fc.boolean()).map(([by, back]) => (back ? -by : by))
    fc.assert(
      fc.property(aCase, aStep, aCase, (first, by, then) => {
        const device = deviceOf({ ...first, troubles: [] })
        const estimator = createEstimator()
        const end = live(first, device, estimator, () => {})
        device.origin += by
        let verdicts = 0
        live({ ...then, whole: first.whole }, device, estimator, (t, local, verdict) => {
          if (verdict === 'stepped') verdicts++
          if (verdicts === 0) return
          expect(errorAt(estimator, device, t, local)).toBeLessThanOrEqual(estimator.uncertainty_ms(local))
        }, end)
        expect(verdicts).toBe(1)
      }),
      { numRuns: 150, seed: 3, endOnFailure: true },
    )
  })

  test('the shown time never goes backwards, except after a recognized step', () => {
    fc.assert(
      fc.property(aCase, fc.array(fc.boolean(), { minLength: 120, maxLength: 120 }), (aCase, freezes) => {
        const estimator = createEstimator()
        let before = -Infinity
        let answers = 0
        live(aCase, deviceOf(aCase), estimator, (_, local, verdict) => {
          if (verdict === 'stepped' || answers === 0) before = -Infinity
          if (verdict !== null) estimator.freeze(freezes[answers++]!)
          const shown = estimator.serverNow(local)
          expect(shown).toBeGreaterThanOrEqual(before)
          before = shown
        })
      }),
      { numRuns: 200, seed: 4, endOnFailure: true },
    )
  })

  test('localAt is the inverse of serverNow', () => {
    fc.assert(
      fc.property(aCase, fc.array(fc.double({ min: 0.1, max: 600_000, noNaN: true }), { minLength: 1, maxLength: 20 }), (aCase, aheads) => {
        const device = deviceOf(aCase)
        const estimator = createEstimator()
        const end = live(aCase, device, estimator, (_, local) => void estimator.serverNow(local))
        const now = estimator.serverNow(device.local(end))
        // In order: what was shown once is not taken back.
        for (const ahead of aheads.sort((a, b) => a - b)) {
          expect(estimator.serverNow(estimator.localAt(now + ahead))).toBeCloseTo(now + ahead, 2)
        }
      }),
      { numRuns: 200, seed: 5, endOnFailure: true },
    )
  })

  test('answers that come twice or in another order do no harm', () => {
    fc.assert(
      fc.property(aCase, fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 121, maxLength: 121 }), (aCase, later) => {
        const device = deviceOf({ ...aCase, troubles: [] })
        let asked = 0
        const exchanges = aCase.gaps.map((gap) => device.exchange((asked += gap)))
        const [inOrder, shuffled] = [createEstimator(), createEstimator()]
        for (const { sample } of exchanges) inOrder.feed(sample)
        const places = exchanges.map((_, k) => k + later[k]!)
        const order = exchanges.map((_, k) => k).sort((a, b) => places[a]! - places[b]!)
        for (const k of order) for (let times = 0; times <= later[k]! % 2; times++) shuffled.feed(exchanges[k]!.sample)
        const end = exchanges.at(-1)!.arrives + 60_000
        const local = device.local(end)
        const edges = [inOrder, shuffled].map((e) => [e.serverNow(local) - e.uncertainty_ms(local), e.serverNow(local) + e.uncertainty_ms(local)])
        for (const [low, high] of edges) {
          expect(low).toBeLessThanOrEqual(device.server(end))
          expect(high).toBeGreaterThanOrEqual(device.server(end))
        }
        const apart = Math.abs(inOrder.serverNow(local) - shuffled.serverNow(local))
        expect(apart).toBeLessThanOrEqual(0.05 + inOrder.deviation_ms(local))
      }),
      { numRuns: 150, seed: 6, endOnFailure: true },
    )
  })
})

describe('in a silence', () => {
  const calm = Array.from({ length: 60 }, () => 700)

  test('the shown time is straight, or follows a large error by 5 in a thousand; it never steps', () => {
    fc.assert(
      fc.property(
        aCase,
        fc.constantFrom(profiles.lan, profiles.homeWifi, profiles.mobile),
        fc.constantFrom(0, 20, 300),
        aDirection,
        (aCase, profile, depth, direction) => {
          const device = new Device(profile, aCase.ppm, seeded(aCase.seed))
          const estimator = createEstimator()
          const begun = live({ gaps: calm, whole: false }, device, estimator, () => {})
          estimator.freeze(true)
          // What was under way before runs out.
          const from = begun + 5000
          estimator.serverNow(device.local(from))
          const course: { local: number; shown: number }[] = []
          device.hinder(direction, congestion(begun, Infinity, () => depth))
          const gaps = aCase.gaps.map((gap) => Math.min(gap, 3000)).slice(0, 60)
          live({ gaps, whole: false }, device, estimator, (_, local, verdict) => {
            expect(verdict).not.toBe('stepped')
            course.push({ local, shown: estimator.serverNow(local) })
          }, from)
          const rates = course
            .slice(1)
            .map((p, k) => ({ span: p.local - course[k]!.local, gain: p.shown - course[k]!.shown }))
            .filter(({ span }) => span > 50)
            .map(({ span, gain }) => gain / span - 1)
          // Above the rate of the slew: what quartz drifts.
          for (const rate of rates) expect(Math.abs(rate)).toBeLessThan(0.005 + 2e-4)
          // Numbers as large as the time of day have a grain of 0.0002 ms.
          if (depth < 50) for (const rate of rates) expect(rate).toBeCloseTo(rates[0]!, 4)
        },
      ),
      { numRuns: 60, seed: 7, endOnFailure: true },
    )
  })

  test.each([
    ['home wi-fi', profiles.homeWifi, 6],
    // A lost message may delay a whole burst.
    ['mobile, none lost', { ...profiles.mobile, loss: 0 }, 30],
  ])('a device that slept in the middle is right within one beat of the first answer: %s', (_, profile, within) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: -100, max: 100, noNaN: true }),
        fc.integer({ min: 1000, max: 1_200_000 }),
        (seed, ppm, slept) => {
          const device = new Device(profile, ppm, seeded(seed))
          const estimator = createEstimator()
          const end = live({ gaps: calm, whole: false }, device, estimator, () => {})
          estimator.freeze(true)
          device.origin -= slept * device.rate
          const woken = end + 5000 + slept
          const burst = Array.from({ length: 10 }, () => 90)
          let first = Infinity
          live({ gaps: burst, whole: false }, device, estimator, (t) => void (first = Math.min(first, t)), woken)
          const beat = Math.max(first, woken) + 1200
          const error = errorAt(estimator, device, beat, device.local(beat))
          expect(error).toBeLessThan(within)
          expect(error).toBeLessThanOrEqual(estimator.uncertainty_ms(device.local(beat)))
        },
      ),
      { numRuns: 60, seed: 8, endOnFailure: true },
    )
  })
})
