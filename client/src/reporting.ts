// When a page tells the server how well it keeps the step: soon after joining, every 20 s, and at once when its class changes.
import type { Estimator } from './clock'
import type { Sound } from './sound'
import type { Report } from './wire'

export interface ReporterOptions {
  /** How the page fares now; `bound_ms` may be Infinity. */
  read: () => { bound_ms: number; sound: Report['sound']; picture: boolean }
  /** The longest that a message was on its way since the last report, ms; null when that is not known. */
  lag_ms: () => number | null
  send: (report: Report) => void
  /** Local ms. */
  now?: () => number
  random?: () => number
}

export interface Reporter {
  /** To be called when the line is there, at first and again. */
  joined(): void
  /** To be called about once a second, and whenever the page gets a turn: timers of hidden pages are slow. */
  tick(): void
}

/** Until the first estimate is good. */
const FIRST_MS = 3_000
const EVERY_MS = 20_000
const LEAST_APART_MS = 5_000
/** The classes of services/presence: what the host is shown. */
const CLASSES_MS = [5, 20]
/** A bound that hovers about the edge of a class is no news. */
const HOVER = 1.15

export function createReporter(options: ReporterOptions): Reporter {
  const { read, send } = options
  const now = options.now ?? (() => performance.now())
  const random = options.random ?? Math.random
  let due_ms = Infinity
  let sent_ms = -Infinity
  let toldClass = -1
  let toldSound: Report['sound'] | null = null
  /** After the first report the pages part, so that those who joined together do not report together for ever. */
  let parts = false

  return {
    joined() {
      due_ms = Math.max(now() + FIRST_MS, sent_ms + LEAST_APART_MS)
      parts = true
      toldClass = -1
      toldSound = null
    },
    tick() {
      const at_ms = now()
      const { bound_ms, sound, picture } = read()
      const told = toldSound !== null
      const news = told && (sound !== toldSound || classOf(bound_ms, toldClass) !== toldClass)
      const isDue = at_ms >= due_ms || (news && at_ms - sent_ms >= LEAST_APART_MS)
      if (!isDue) return
      send({
        bound_ms: Number.isFinite(bound_ms) ? Math.round(bound_ms * 100) / 100 : null,
        sound,
        picture,
        lag_ms: options.lag_ms(),
      })
      toldClass = classOf(bound_ms, -1)
      toldSound = sound
      sent_ms = at_ms
      due_ms = at_ms + (parts ? LEAST_APART_MS + random() * (EVERY_MS - LEAST_APART_MS) : EVERY_MS)
      parts = false
    },
  }
}

/** How far what is heard may be off, ms: two standard deviations of the clock and, where sound runs, of its way to the ear. */
export function stepBound_ms(estimator: Estimator, sound: Sound, local_ms: number): number {
  return estimator.deviation_ms(local_ms) * 2 + (sound.state === 'running' ? sound.bound_ms : 0)
}

/** 0, 1, 2: within 5 ms, within 20 ms, not known. The class told last is left only when its edge is clearly passed. */
function classOf(bound_ms: number, toldClass: number): number {
  const found = CLASSES_MS.findIndex((edge) => bound_ms <= edge)
  const fresh = found < 0 ? CLASSES_MS.length : found
  if (toldClass < 0 || fresh === toldClass) return fresh
  const edge = CLASSES_MS[Math.min(fresh, toldClass)] ?? 0
  const clearly = fresh > toldClass ? bound_ms > edge * HOVER : bound_ms < edge / HOVER
  return clearly ? fresh : toldClass
}
