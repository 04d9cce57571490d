import { describe, expect, test } from 'vitest'
import { createLatencyFilter } from '../../../client/src/latency.ts'
import { seeded } from './network.ts'

const BLOCK_MS = 512 / 48

/** A card and the server before it, as recorded from PulseAudio: frames are lost at once, the report takes its time. */
class Pipeline {
  /** Frames lost so far, ms. */
  lost = 0
  latency = 72
  private reported = 72
  private seen = 0
  private shown = { at: 0, value: 72, slope: 0 }

  constructor(private readonly random: () => number) {}

  /** Audio stood still for so long; what is reported is then too much by `lie`. */
  stall(ms: number, lie: number): void {
    this.lost += ms
    this.reported = this.latency + lie
  }

  /** Another output: the report is right at once. */
  device(latency: number): void {
    this.latency = this.reported = latency
    this.shown = { at: this.shown.at, value: latency, slope: 0 }
  }

  /** What a page reads at a local time. */
  read(local: number): { stamp: number; rendered: number; heard: number } {
    const passed = local - this.seen
    this.seen = local
    this.reported = this.latency + (this.reported - this.latency) * Math.exp(-passed / 4000)
    // The report comes anew every one and a half seconds and runs on in between by a slope that is wrong.
    if (local - this.shown.at > 1500) {
      this.shown = { at: local, value: this.reported, slope: ((this.reported - this.latency) / 4000) * (this.random() - 0.3) }
    }
    const report = this.shown.value + this.shown.slope * (local - this.shown.at) + 0.1 * (this.random() - 0.5)
    const frames = local - this.lost
    const block = BLOCK_MS * Math.floor(frames / BLOCK_MS + this.random() * 0.02) - local
    return { stamp: -this.lost - report, rendered: block + BLOCK_MS / 2, heard: -this.lost - this.latency }
  }
}

/** Reads every 50 ms; returns the errors of what is believed, and of the stamps themselves. */
function follow(pipeline: Pipeline, until: number, happens: Record<number, () => void>, filter = createLatencyFilter()) {
  const errors: { local: number; believed: number; stamp: number; settled: boolean }[] = []
  for (let local = 0; local < until; local += 50) {
    happens[local]?.()
    const { stamp, rendered, heard } = pipeline.read(local)
    const believed = filter.correct(local, stamp, rendered)
    errors.push({ local, believed: believed - heard, stamp: stamp - heard, settled: filter.settled })
  }
  return errors
}

const worst = (errors: { local: number }[], key: 'believed' | 'stamp', from: number, to: number) =>
  Math.max(
    ...errors
      .filter((e) => e.local >= from && e.local < to)
      .map((e) => Math.abs((e as unknown as Record<string, number>)[key]!)),
  )

describe('a reported latency', () => {
  test('that stands still is believed as it is', () => {
    const errors = follow(new Pipeline(seeded(1)), 60_000, {})
    expect(errors.every((e) => e.settled && e.believed === e.stamp)).toBe(true)
  })

  test.each([1, 2, 3, 4, 5, 6])('is not believed while it wanders after a stall: %d', (seed) => {
    const pipeline = new Pipeline(seeded(seed))
    const errors = follow(pipeline, 90_000, { 30_000: () => pipeline.stall(46, 90) })
    expect(worst(errors, 'stamp', 31_000, 60_000)).toBeGreaterThan(40)
    // Blocks of 10 ms are seen through within a second.
    expect(worst(errors, 'believed', 30_500, 31_500)).toBeLessThan(3)
    expect(worst(errors, 'believed', 31_500, 60_000)).toBeLessThan(1.5)
    expect(errors.at(-1)!.settled).toBe(true)
    expect(worst(errors, 'believed', 60_000, 90_000)).toBeLessThan(0.2)
  })

  test('is not believed through several stalls in a row either', () => {
    const pipeline = new Pipeline(seeded(9))
    const stall = (ms: number, lie: number) => () => pipeline.stall(ms, lie)
    const errors = follow(pipeline, 90_000, {
      30_000: stall(160, 50),
      32_000: stall(25, 80),
      41_000: stall(30, 100),
      46_000: stall(100, 120),
    })
    expect(worst(errors, 'stamp', 47_000, 60_000)).toBeGreaterThan(40)
    expect(worst(errors, 'believed', 47_500, 90_000)).toBeLessThan(1.5)
  })

  test.each([5, 170, 250])('of another device is believed once it stands still: %d ms', (latency) => {
    const pipeline = new Pipeline(seeded(3))
    const errors = follow(pipeline, 60_000, {
      30_000: () => {
        pipeline.lost += 300
        pipeline.device(latency)
      },
    })
    expect(worst(errors, 'believed', 33_500, 60_000)).toBeLessThan(0.5)
    expect(errors.at(-1)!.settled).toBe(true)
  })

  test('that never stands still is believed after half a minute, for want of anything better', () => {
    const filter = createLatencyFilter()
    let settled = true
    for (let local = 0; local < 90_000; local += 50) {
      const wander = local < 30_000 ? 0 : 20 + ((local - 30_000) / 1000) * 3
      filter.correct(local, -72 - wander, 0)
      settled = filter.settled
      if (local === 40_000) expect(settled).toBe(false)
    }
    expect(settled).toBe(true)
  })

  test('is believed at once where readings are as rare as in a hidden page', () => {
    const filter = createLatencyFilter()
    for (let local = 0; local < 20_000; local += 50) filter.correct(local, -72, 0)
    expect(filter.correct(80_000, -150, -78)).toBe(-150)
    expect(filter.settled).toBe(true)
  })

  test('is believed as long as nothing was learned', () => {
    const filter = createLatencyFilter()
    expect([-100, -80, -60, -75].map((stamp, i) => filter.correct(i * 50, stamp, 0))).toEqual([-100, -80, -60, -75])
  })
})
