/** A client's local clock: the machine's monotonic clock with a wrong origin and a wrong rate, both unknown to the candidates. */

/** CLOCK_MONOTONIC in ms, the clock that the server's own time hangs on. */
export function monotonic(): number {
  const [s, ns] = process.hrtime()
  return s * 1000 + ns / 1e6
}

export interface Local {
  /** What `performance.now()` would say on this device. */
  now(): number
  /** The monotonic instant at which this clock says `local_ms`; for records only. */
  monotonicAt(local_ms: number): number
  /** Puts the clock forward at once, as some systems do after sleep. */
  step(by_ms: number): void
}

export function createLocal(origin_ms: number, ppm: number): Local {
  const began = monotonic()
  const rate = 1 + ppm / 1e6
  let origin = origin_ms
  return {
    now: () => origin + (monotonic() - began) * rate,
    monotonicAt: (local_ms) => began + (local_ms - origin) / rate,
    step(by_ms) {
      origin += by_ms
    },
  }
}

/** Seeded, so that a run can be repeated (mulberry32). */
export function seeded(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
