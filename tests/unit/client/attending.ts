/** One person on a simulated line: asks when the runner would, feeds the estimator, and looks at its clock ten times a second. */
import { createEstimator, type Estimator } from '../../../client/src/clock.ts'
import { Device, seeded, type Profile } from './network.ts'

/** Of local clocks against the server's, ppm. */
export const DRIFTS = [50, -80, 20, -20, 0]

/** When the runner asks on a line like this, true ms. */
export function schedule(until: number, noisy = false): number[] {
  const times = Array.from({ length: 8 }, (_, i) => i * 60)
  for (let t = 480; t < until; t += t < 48_000 ? 520 : t < 95_000 ? 1340 : noisy ? 750 : 1000) times.push(t)
  return times
}

export interface Run {
  device: Device
  estimator: Estimator
}

export function aRun(profile: Profile, seed: number, ppm = DRIFTS[seed % DRIFTS.length]!): Run {
  return { device: new Device(profile, ppm, seeded(seed * 7919)), estimator: createEstimator() }
}

/** Feeds the answers as they arrive. A step of the device's clock at a true time is told before the questions after it. */
export function live(
  run: Run,
  times: readonly number[],
  until: number,
  look: (trueMs: number, local: number) => void,
  step: { at: number; by: number } = { at: Infinity, by: 0 },
): void {
  const waiting: ReturnType<Device['exchange']>[] = []
  let [asked, stepped, fed] = [0, false, 0]
  for (let t = 0; t <= until; t += 100) {
    if (!stepped && t >= step.at) {
      run.device.origin += step.by
      stepped = true
    }
    for (; asked < times.length && times[asked]! < t + 100; asked++) waiting.push(run.device.exchange(times[asked]!))
    for (; waiting.length > 0 && waiting[0]!.arrives <= t; fed++) run.estimator.feed(waiting.shift()!.sample)
    if (fed > 0) look(t, run.device.local(t))
  }
}
