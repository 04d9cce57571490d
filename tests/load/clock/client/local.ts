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
