import { describe, expect, test } from 'vitest'
import { createEstimator } from '../../../client/src/clock.ts'
import { aRun, DRIFTS, live, schedule } from './attending.ts'
import { Device, profiles, quantile, seeded } from './network.ts'

describe('the estimator', () => {
  test.each(Object.entries(profiles))('truth lies within the uncertainty: %s', (_, profile) => {
    let looks = 0
    for (let seed = 1; seed <= 10; seed++) {
      const run = aRun(profile, seed)
      live(run, schedule(60_000), 60_000, (t, local) => {
        const error = Math.abs(run.estimator.serverNow(local) - run.device.server(t))
        expect(error).toBeLessThanOrEqual(run.estimator.uncertainty_ms(local))
        looks++
      })
    }
    expect(looks).toBeGreaterThan(5000)
  })

  test('the bias of unequal ways is half their difference, and within the bound', () => {
    const run = aRun(profiles.asymmetric, 3)
    let last = 0
    let bound = 0
    live(run, schedule(120_000), 120_000, (t, local) => {
      last = run.estimator.serverNow(local) - run.device.server(t)
      bound = run.estimator.uncertainty_ms(local)
    })
    expect(last).toBeGreaterThan(11)
    expect(last).toBeLessThan(14)
    expect(bound).toBeGreaterThan(last)
    // Half the least round trip is 27.5 ms; nothing can promise less before the jitter of both ways is known.
    expect(bound).toBeLessThan(45)
  })

  test('the shown time never goes backwards, whatever the line', () => {
    for (const profile of Object.values(profiles)) {
      for (let seed = 1; seed <= 5; seed++) {
        const run = aRun(profile, seed)
        let before = -Infinity
        live(run, schedule(60_000), 60_000, (_, local) => {
          const shown = run.estimator.serverNow(local)
          expect(shown).toBeGreaterThanOrEqual(before)
          before = shown
        })
      }
    }
  })

  test('nor between the arrival of an answer and its being taken in', () => {
    const estimator = createEstimator()
    const at = 1_800_000_000_000
    estimator.feed({ t0: 0, t1: at + 200, t2: at + 200, t3: 210 })
    // The next answer shows the time to be 95 ms less; while it lay in the queue somebody looked.
    const before = estimator.serverNow(1050)
    estimator.feed({ t0: 1000, t1: at + 1010, t2: at + 1010, t3: 1020 })
    expect(estimator.serverNow(1051)).toBeGreaterThanOrEqual(before)
    expect(before - (at + 1050)).toBeCloseTo(95, 0)
    expect(Math.abs(estimator.serverNow(1200) - (at + 1200))).toBeLessThan(5)
  })

  test('a small correction is slewed: no jump of the shown time beyond 0.5 ms in 100 ms once it settled', () => {
    const run = aRun(profiles.mobile, 4)
    let before: number | null = null
    let largest = 0
    live(run, schedule(90_000, true), 90_000, (t, local) => {
      const shown = run.estimator.serverNow(local)
      if (before !== null && t > 20_000) largest = Math.max(largest, Math.abs(shown - before - 100 * run.device.rate))
      before = shown
    })
    expect(largest).toBeLessThan(0.5)
  })

  test('localAt is the inverse of serverNow, also during a slew', () => {
    const run = aRun(profiles.badMobile, 2)
    live(run, schedule(30_000), 30_000, (_, local) => {
      for (const ahead of [0, 300, 1000, 5000, 60_000]) {
        const fresh = run.estimator.localAt(run.estimator.serverNow(local) + ahead)
        expect(fresh).toBeGreaterThanOrEqual(local - 1)
      }
      expect(run.estimator.localAt(run.estimator.serverNow(local))).toBeCloseTo(local, 2)
    })
  })

  test.each([250, -250, 90_000])('a local clock stepped by %d ms is found again within a second of samples', (step) => {
    for (const profile of [profiles.homeWifi, profiles.mobile]) {
      const run = aRun(profile, 1)
      live(run, schedule(45_000), 45_000, () => {})
      run.device.origin += step
      const burst = Array.from({ length: 10 }, (_, i) => 46_000 + i * 90).map((t) => run.device.exchange(t))
      const verdicts = burst.map(({ sample }) => run.estimator.feed(sample))
      expect(verdicts.filter((v) => v === 'stepped')).toEqual(['stepped'])
      const end = burst.at(-1)!.arrives
      const error = run.estimator.serverNow(run.device.local(end)) - run.device.server(end)
      expect(Math.abs(error)).toBeLessThan(profile === profiles.homeWifi ? 5 : 15)
      expect(Math.abs(error)).toBeLessThanOrEqual(run.estimator.uncertainty_ms(run.device.local(end)))
    }
  })

  test('a step smaller than the round trip, as between two servers, is found when samples agree on it', () => {
    const people = 40
    let found = 0
    const errors: number[] = []
    for (let seed = 2; seed < 2 + people; seed++) {
      const run = aRun(profiles.homeWifi, seed)
      live(run, schedule(60_000), 60_000, () => {})
      run.device.origin -= 8
      const verdicts: string[] = []
      let error = Infinity
      for (let t = 61_000; t < 81_000; t += 1000) {
        const { sample, arrives } = run.device.exchange(t)
        verdicts.push(run.estimator.feed(sample))
        error = run.estimator.serverNow(run.device.local(arrives)) - run.device.server(arrives)
      }
      if (verdicts.includes('stepped')) found++
      errors.push(Math.abs(error))
    }
    // Where it is not told for sure, the fit follows it all the same.
    expect(found).toBeGreaterThan(0.7 * people)
    expect(quantile(errors, 0.9)).toBeLessThan(3)
  })

  test('steady lines bring no false steps', () => {
    for (const profile of [profiles.lan, profiles.homeWifi, profiles.far, profiles.mobile, profiles.badMobile]) {
      for (let seed = 1; seed <= 6; seed++) {
        const device = new Device(profile, DRIFTS[seed % 5]!, seeded(seed))
        const estimator = createEstimator()
        const verdicts = schedule(120_000).map((t) => estimator.feed(device.exchange(t).sample))
        expect(new Set(verdicts)).toEqual(new Set(['kept']))
      }
    }
  })

  test('knows nothing before the first sample, and shows the guess', () => {
    const estimator = createEstimator({ guess_ms: 1000 })
    expect(estimator.uncertainty_ms(5)).toBe(Infinity)
    expect(estimator.deviation_ms(5)).toBe(Infinity)
    expect(estimator.serverNow(5)).toBe(1005)
    expect(estimator.localAt(1005)).toBe(5)
    expect(estimator.drift()).toBe(null)
  })

  test('refuses impossible timestamps', () => {
    const estimator = createEstimator()
    const bad = [
      { t0: 10, t1: 1000, t2: 999, t3: 20 },
      { t0: 20, t1: 1000, t2: 1000, t3: 10 },
      { t0: 0, t1: 1000, t2: 1100, t3: 10 },
      { t0: NaN, t1: 1000, t2: 1000, t3: 10 },
      { t0: 0, t1: Infinity, t2: Infinity, t3: 10 },
    ]
    expect(bad.map((s) => estimator.feed(s))).toEqual(bad.map(() => 'refused'))
    expect(estimator.uncertainty_ms(10)).toBe(Infinity)
  })

  test('whole milliseconds, as Safari and Firefox hand them out, stay within the bound', () => {
    const run = aRun(profiles.lan, 1)
    for (const t of schedule(30_000)) {
      const { sample, arrives } = run.device.exchange(t)
      const whole = { ...sample, t0: Math.floor(sample.t0), t3: Math.floor(sample.t3) }
      expect(run.estimator.feed(whole)).toBe('kept')
      const local = Math.floor(run.device.local(arrives))
      const error = Math.abs(run.estimator.serverNow(local) - run.device.server(arrives))
      expect(error).toBeLessThanOrEqual(run.estimator.uncertainty_ms(local))
    }
  })

  test('frozen, the shown time is a straight line; released, it follows again', () => {
    const run = aRun(profiles.mobile, 1)
    let frozenFrom: { local: number; shown: number } | null = null
    const slopes: number[] = []
    live(run, schedule(120_000, true), 120_000, (t, local) => {
      if (t === 30_000) run.estimator.freeze(true)
      const shown = run.estimator.serverNow(local)
      if (t >= 33_000 && t < 93_000) {
        if (frozenFrom) slopes.push((shown - frozenFrom.shown) / (local - frozenFrom.local))
        else frozenFrom = { local, shown }
      }
      if (t === 93_000) run.estimator.freeze(false)
    })
    const after10 = slopes.slice(100)
    expect(Math.max(...after10) - Math.min(...after10)).toBeLessThan(1e-6)
    const local = run.device.local(120_000)
    expect(Math.abs(run.estimator.serverNow(local) - run.device.server(120_000))).toBeLessThan(4)
  })

  test('frozen, an error above 25 ms is put right slowly', () => {
    const run = aRun(profiles.lan, 1)
    live(run, schedule(30_000), 30_000, () => {})
    run.estimator.freeze(true)
    // Both clocks agree that nothing stepped, but the line's floor moved by far more than its jitter ever did.
    const feed = (t: number, by: number) => {
      const { sample } = run.device.exchange(t)
      run.estimator.feed({ ...sample, t1: sample.t1 + by, t2: sample.t2 + by })
    }
    const before = run.estimator.serverNow(run.device.local(30_000))
    feed(31_000, 40)
    const soon = run.estimator.serverNow(run.device.local(31_100))
    expect(soon - before).toBeGreaterThan(1135)
    feed(32_000, 40)
    const error = run.estimator.serverNow(run.device.local(33_000)) - (run.device.server(33_000) + 40)
    expect(Math.abs(error)).toBeLessThan(1)
  })

  test('forgets on reset and runs on meanwhile', () => {
    const run = aRun(profiles.lan, 1)
    live(run, schedule(10_000), 10_000, () => {})
    const local = run.device.local(10_100)
    const shown = run.estimator.serverNow(local)
    run.estimator.reset()
    expect(run.estimator.uncertainty_ms(local)).toBe(Infinity)
    expect(run.estimator.serverNow(local)).toBe(shown)
    run.estimator.feed(run.device.exchange(10_200).sample)
    expect(run.estimator.uncertainty_ms(local)).toBeLessThan(4)
  })

  test('what it learned of the drift serves a later visit', () => {
    const run = { device: new Device(profiles.homeWifi, -80, seeded(5)), estimator: createEstimator() }
    live(run, schedule(240_000), 240_000, () => {})
    const learned = run.estimator.drift()!
    expect(learned.ppm).toBeCloseTo(80, -1)
    expect(learned.sd_ppm).toBeLessThan(10)
  })

  test('is as near the truth at the end of a long ceremony', () => {
    const run = aRun(profiles.homeWifi, 2)
    for (let t = 0; t < 90 * 60_000; t += 2000) run.estimator.feed(run.device.exchange(t).sample)
    const local = run.device.local(90 * 60_000)
    expect(Math.abs(run.estimator.serverNow(local) - run.device.server(90 * 60_000))).toBeLessThan(2)
  })
})
