/**
 * Where the picture in a frame is, from what the frame says of it now and then. Pure; times in local ms.
 *
 * Every report is late: by its way through the browser, by the frame's own timer, by a clock that it shows in whole steps. Late
 * always means too small, never too large. So of the last few seconds' reports, each carried forward to now, the largest is the
 * truest. One that tells whole seconds only was also short of the next of them: the truth lies between the two.
 */

export interface Reckoner {
  /** It said to be there; `taken_ms`: when it looked, or when we heard where it does not tell. */
  report(position_s: number, taken_ms: number): void
  moving(moving: boolean, now_ms: number): void
  rate(rate: number, now_ms: number): void
  /** It was sent elsewhere: what it said before holds no more. */
  forget(now_ms: number): void
  /** Seconds; null before the first report. */
  position(now_ms: number): number | null
}

/** Whole seconds, reported four times a second, meet the true place often enough in this time. */
const WINDOW_MS = 4_000
/** A frame that says nothing for longer stands still for all we know. */
const RECKON_MS = 2_500
/** Reports that were under way when it was sent elsewhere come in for so long; until then each new one stands alone. */
const SENT_MS = 1_500
/** So many reports in a row without a fraction are no chance. */
const COARSE = 5
/** So far behind what was reckoned, it has been elsewhere or has stood still: what it said before holds no more. */
const BEHIND_S = 1.5

export function createReckoner(): Reckoner {
  let runs = false
  let speed = 1
  /** How far a picture would have come that ran whenever this one did. */
  let run_s = 0
  let since_ms = 0
  let heard_ms = -Infinity
  let sent_ms = -Infinity
  /** Reported places less `run`: of a steady picture all the same, but for their lateness. */
  let offsets: { at_ms: number; offset_s: number; whole: boolean }[] = []

  const runAt = (at_ms: number) => run_s + (runs ? ((at_ms - since_ms) / 1000) * speed : 0)

  function best(): number | null {
    if (!offsets.length) return null
    const told = offsets.map(({ offset_s }) => offset_s)
    const least_s = Math.max(...told)
    const most_s = Math.min(...told) + 1
    const coarse = offsets.length >= COARSE && offsets.every(({ whole }) => whole)
    return coarse && most_s > least_s ? (least_s + most_s) / 2 : least_s
  }

  function settle(now_ms: number): void {
    run_s = runAt(now_ms)
    since_ms = now_ms
  }

  return {
    report(position_s, taken_ms) {
      const offset_s = position_s - runAt(taken_ms)
      const known_s = best()
      if (!runs || taken_ms - sent_ms < SENT_MS || (known_s !== null && offset_s < known_s - BEHIND_S)) offsets = []
      const whole = Number.isInteger(position_s)
      offsets = [...offsets.filter(({ at_ms }) => taken_ms - at_ms < WINDOW_MS), { at_ms: taken_ms, offset_s, whole }]
      heard_ms = Math.max(heard_ms, taken_ms)
    },
    moving(next, now_ms) {
      if (next === runs) return
      settle(now_ms)
      runs = next
      // The reckoning begins anew from here.
      const known_s = best()
      offsets = known_s === null ? [] : [{ at_ms: now_ms, offset_s: known_s, whole: false }]
      heard_ms = now_ms
    },
    rate(next, now_ms) {
      if (next === speed) return
      settle(now_ms)
      speed = next
    },
    forget(now_ms) {
      sent_ms = now_ms
    },
    position(now_ms) {
      const known_s = best()
      return known_s === null ? null : known_s + runAt(Math.min(now_ms, heard_ms + RECKON_MS))
    },
  }
}
