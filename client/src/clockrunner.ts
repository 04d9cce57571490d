/**
 * When to ask the server for its time: a burst on arrival and on waking, often at first, seldom later, often before a silence.
 *
 * It owns the timers and the page's events; the exchange itself is the caller's `ask`, the arithmetic the estimator's.
 */
import type { Estimator } from './clock.ts'

export interface Answer {
  /** Local ms at sending, when the caller knows it nearer to the wire than the call is. */
  t0?: number
  /** Server ms at receipt there. */
  t1: number
  /** Server ms at sending the answer. */
  t2: number
  /** Local ms at receipt, when the caller took it nearer to the wire than the promise is. */
  t3?: number
  /** For how long the server wants us to let others ask; nothing for as often as the plan has it. */
  rest_ms?: number
}

export interface Timers {
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}

/** The parts of `window` and `document` that tell of a wake. */
export interface Page {
  window: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
  document: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & { readonly visibilityState: string }
  /** `navigator.connection`, where there is one: tells of a handover from one network to another. */
  connection?: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> | null
}

export interface ClockOptions {
  /** One exchange; `null` or a rejection means that no answer came. */
  ask: (t0: number) => Promise<Answer | null>
  estimator: Estimator
  /** What differs from the default plan. */
  plan?: Partial<Plan>
  /** Local ms; `performance.now` by default. */
  now?: () => number
  /** Wall ms of this device, used only to notice that it slept; `Date.now` by default. */
  wall?: () => number
  timers?: Timers
  page?: Page | null
  random?: () => number
  /** Called after each sample that was taken in. */
  onSample?: () => void
}

export interface ClockRunner {
  /** Asks often, as the plan has it, until this server time: the minute before a silence. */
  denser(until_server_ms: number): void
  /** Asks at once, as after a new connection. Several within a second are one. */
  nudge(): void
  stop(): void
}

/** How often to ask; the plan of those who have a socket is the default. */
export interface Plan {
  /** So many at once on arrival and on waking. */
  burst: number
  burst_gap_ms: number
  /** Until the first silence can begin nobody hears an error, but the first seconds decide how soon it is small. */
  early_ms: number
  early_gap_ms: number
  /** Drift shows only over minutes; a quarter of an hour's error hangs on these samples. */
  learning_ms: number
  /** While learning and before a silence; the second on a line whose jitter leaves more doubt, where samples are worth more. */
  dense_gap_ms: number
  noisy_gap_ms: number
  calm_gap_ms: number
  /** No more than so many requests in 95 s, whatever happens; the last ones are kept for wakes. */
  budget: number
}

const PLAN: Plan = {
  burst: 8,
  burst_gap_ms: 60,
  early_ms: 48_000,
  early_gap_ms: 520,
  learning_ms: 180_000,
  dense_gap_ms: 1000,
  noisy_gap_ms: 750,
  calm_gap_ms: 10_000,
  budget: 140,
}
/** An answer later than this is not waited for. */
const TIMEOUT_MS = 3000
const MOST_IN_FLIGHT = 12
/** More doubt than this makes a line a noisy one. */
const DOUBT_MS = 0.25
const JITTER = 0.2
const SLEPT_MS = 500
/** A sleep that nobody tells of is noticed within this: sooner than the next beat is due. */
const CHECK_MS = 400
const NUDGE_APART_MS = 1000
/** Once only the reserve is left. Also: browsers tell of each new guess at a line's speed as if the network had changed. */
const SCARCE_APART_MS = 10_000
const BUDGET_MS = 95_000
const RESERVE = 6
/** What a first guess at the time needs, however many ask. */
const FEWEST = 4

export function startClock(options: ClockOptions): ClockRunner {
  const { ask, estimator, onSample } = options
  const now = options.now ?? (() => performance.now())
  const wall = options.wall ?? (() => Date.now())
  const timers: Timers = options.timers ?? {
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (handle) => clearTimeout(handle as number),
  }
  const page = options.page === undefined ? browserPage() : options.page
  const random = options.random ?? Math.random
  const plan: Plan = { ...PLAN, ...options.plan }

  const sent: number[] = []
  const started = now()
  let inFlight = 0
  let burstLeft = 0
  let answers = 0
  let rest_ms = 0
  let denserUntil = -Infinity
  let lastNudge = -Infinity
  let lastHandover = -Infinity
  let slack = wall() - now()
  let dueAt = started
  let stopped = false
  let next: unknown = null
  let check: unknown = null

  function budgetLeft(t: number): number {
    while (sent.length > 0 && sent[0]! <= t - BUDGET_MS) sent.shift()
    return plan.budget - sent.length
  }

  function exchange(): void {
    const t0 = now()
    if (budgetLeft(t0) <= 0 || inFlight >= MOST_IN_FLIGHT) return
    sent.push(t0)
    inFlight++
    let open = true
    const close = (): void => {
      if (open) inFlight--
      open = false
      timers.clearTimeout(timeout)
    }
    const timeout = timers.setTimeout(close, TIMEOUT_MS)
    const answered = (answer: Answer | null): void => {
      const t3 = answer?.t3 ?? now()
      const late = !open
      close()
      // A late answer holds true bounds like any other; only nobody waits for it any more.
      if (stopped || answer === null) return
      answers++
      if (rest_ms !== (rest_ms = answer.rest_ms ?? 0) && burstLeft === 0) schedule(gap())
      const verdict = estimator.feed({ t0: answer.t0 ?? t0, t1: answer.t1, t2: answer.t2, t3 })
      if (verdict === 'stepped' && !late) burst()
      if (verdict !== 'refused') onSample?.()
    }
    ask(t0).then(answered, () => answered(null))
  }

  function gap(): number {
    const asked = wish()
    // Where a crowd asks, each gives way to the others, once it has an idea of the time.
    return answers < FEWEST ? asked : Math.max(asked, rest_ms * (1 + JITTER * (2 * random() - 1)))
  }

  function wish(): number {
    const t = now()
    if (burstLeft > 0) return plan.burst_gap_ms
    if (t - started < plan.early_ms && budgetLeft(t) > RESERVE) return plan.early_gap_ms
    if (t - started < plan.learning_ms || estimator.serverNow(t) < denserUntil) {
      return Math.max(estimator.deviation_ms(t) > DOUBT_MS ? plan.noisy_gap_ms : plan.dense_gap_ms, pace(t))
    }
    return plan.calm_gap_ms * (1 + JITTER * (2 * random() - 1))
  }

  /** The gap that makes the budget, less a reserve for wakes, last until it grows again. */
  function pace(t: number): number {
    const left = budgetLeft(t) - RESERVE
    const oldest = sent[Math.max(0, -left)] ?? t - BUDGET_MS
    return (oldest + BUDGET_MS - t) / Math.max(1, left)
  }

  function schedule(after: number): void {
    timers.clearTimeout(next)
    dueAt = now() + after
    next = timers.setTimeout(turn, after)
  }

  function turn(): void {
    if (stopped) return
    watchSleep()
    if (burstLeft > 0) burstLeft--
    exchange()
    schedule(gap())
  }

  function burst(): void {
    const t = now()
    const left = budgetLeft(t)
    if (stopped || t - lastNudge < (left > RESERVE ? NUDGE_APART_MS : SCARCE_APART_MS)) return
    lastNudge = t
    // At most a part of what is left: a storm of events, too, leaves something for the next wake.
    burstLeft = Math.min(plan.burst, Math.ceil(left / 4))
    schedule(0)
  }

  /** `performance.now()` stands still in sleep on some systems; `Date.now()` does not. */
  function watchSleep(): void {
    const seen = wall() - now()
    if (Math.abs(seen - slack) > SLEPT_MS) {
      // Whether the local clock stood still, or somebody set the wall clock, the next sample tells.
      estimator.doubt()
      if (budgetLeft(now()) > RESERVE) lastNudge = -Infinity
      burst()
    }
    slack = seen
  }

  function patrol(): void {
    if (stopped) return
    watchSleep()
    check = timers.setTimeout(patrol, CHECK_MS)
  }

  function woken(): void {
    if (page && page.document.visibilityState === 'hidden') return
    watchSleep()
    burst()
  }

  function handedOver(): void {
    const t = now()
    if (t - lastHandover < SCARCE_APART_MS) return
    lastHandover = t
    woken()
  }

  page?.connection?.addEventListener('change', handedOver)
  page?.document.addEventListener('visibilitychange', woken)
  page?.window.addEventListener('pageshow', woken)
  page?.window.addEventListener('online', woken)
  burst()
  check = timers.setTimeout(patrol, CHECK_MS)

  return {
    denser(until_server_ms) {
      denserUntil = Math.max(denserUntil, until_server_ms)
      if (dueAt - now() > gap()) schedule(0)
    },
    nudge: burst,
    stop() {
      stopped = true
      timers.clearTimeout(next)
      timers.clearTimeout(check)
      page?.connection?.removeEventListener('change', handedOver)
      page?.document.removeEventListener('visibilitychange', woken)
      page?.window.removeEventListener('pageshow', woken)
      page?.window.removeEventListener('online', woken)
    },
  }
}

function browserPage(): Page | null {
  if (typeof document === 'undefined') return null
  const { connection } = navigator as Navigator & { connection?: EventTarget }
  return { window, document, connection }
}
