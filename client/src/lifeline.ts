/**
 * When a lost line is tried again, when an attempt that hangs is begun anew, and when a line that says nothing is doubted.
 *
 * It knows no socket and no page: what happens to the line is told here, and what is to be done is asked of the caller. Nobody
 * who holds a link is left behind: not by a refusal, a disconnect by the server, a handler that died without a word, a network
 * that came back without telling, nor by a line that looks open and is dead.
 */
import type { Timers } from './clockrunner.ts'

export interface LifelineDeps {
  /** Begins an attempt anew, whatever is under way. `plain`: by ordinary requests first, where WebSockets seem to be swallowed. */
  connect(plain: boolean): void
  /** Whether the server can be reached beside the line. */
  probe(): Promise<boolean>
  /** Asks over the line; whether an answer came within this time. */
  ask(patience_ms: number): Promise<boolean>
  /** Local ms; `performance.now` by default. */
  now?: () => number
  /** Wall ms of this device, used only to notice that it slept. */
  wall?: () => number
  random?: () => number
  timers?: Timers
}

export interface Lifeline {
  /** The first attempt, at once. */
  start(): void
  /** The transport stands; the greeting is to come. */
  opened(): void
  welcomed(): void
  /** Anything at all came over the line. */
  heard(): void
  /** A question has had no answer for a while. */
  unanswered(): void
  /** The line is lost, or an attempt was refused; with the time after which the server wants to be asked again. */
  down(after_ms?: number): void
  /** The device woke, or its network came back or changed. */
  woken(): void
  /** No more attempts. */
  end(): void
}

/** The first try after a loss, and the later ones: within these, by chance, so that thousands do not come at once. */
const FIRST_MS: Span = [300, 1300]
const THEN_MS: Span = [1000, 2000]
/** Once nothing has been heard for a minute. */
const LONG_MS: Span = [2000, 4000]
const LONG_AFTER_MS = 60_000
/** A device that has just woken, or has its network again, does not come with thousands. */
const WOKEN_MS: Span = [0, 200]
const JUST_WOKEN_MS = 5000
/** An attempt that is younger than this is not begun anew by a wake. */
const FRESH_MS = 700
/** An attempt hangs after this, if the server answers beside it; a slow line has longer, by how slow it is. */
const HUNG_MS = 1500
const HUNG_OF_ANSWER = 5
/** So often it is asked beside it: earlier questions may have been swallowed with the network, or with connections of before. */
const REACH_EVERY_MS = 1000
/** After so many that hung, ordinary requests are tried first. */
const SWALLOWED = 2
/** The greeting is waited for so long at first, and longer each time: a crowd at the door takes its time. */
const GREETING_MS = 6000
const GREETING_MOST_MS = 20_000
/** The server tells its time every 5 s; whoever has heard nothing for so long asks. */
const SILENT_MS: Span = [8000, 10_000]
const SILENT_PATIENCE_MS = 6000
const WOKEN_PATIENCE_MS = 2500
/** Somebody has pressed something and sees no answer; on a slow line one comes after three seconds, seldom after five. */
const UNANSWERED_PATIENCE_MS = 3000
const LOOK_MS = 250
/** The wall clock went on by more than the local one did, or no timer came for longer than a hidden page waits for one. */
const SLEPT_MS = 1500
const GAP_MS = 90_000

type Span = readonly [least: number, most: number]

export function createLifeline(deps: LifelineDeps): Lifeline {
  const now = deps.now ?? (() => performance.now())
  const wall = deps.wall ?? (() => Date.now())
  const random = deps.random ?? Math.random
  const timers: Timers = deps.timers ?? {
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (handle) => clearTimeout(handle as number),
  }

  let state: 'waiting' | 'opening' | 'open' | 'in' | 'ended' = 'waiting'
  /** When this state began, when the line was lost, when something was heard last, when the device woke. */
  let since = now()
  let lost = now()
  let last = now()
  let woke = -Infinity
  let tries = 0
  let hung = 0
  let greetings = 0
  let beginning = false
  let reached = -Infinity
  let doubting = false
  let next: unknown = null
  let slack = wall() - now()
  let looked = now()
  const silent_ms = within(SILENT_MS)

  function within([least, most]: Span): number {
    return least + random() * (most - least)
  }

  function isIn(): boolean {
    return state === 'in'
  }

  function become(to: typeof state): void {
    state = to
    since = now()
  }

  function begin(): void {
    timers.clearTimeout(next)
    next = null
    if (state === 'ended') return
    become('opening')
    tries++
    // To break off what is under way may tell of itself; that is no news.
    beginning = true
    deps.connect(hung >= SWALLOWED)
    beginning = false
  }

  function beginIn(ms: number): void {
    timers.clearTimeout(next)
    become('waiting')
    next = timers.setTimeout(begin, ms)
  }

  function pause(): number {
    const t = now()
    if (t - woke < JUST_WOKEN_MS) return within(WOKEN_MS)
    if (tries === 0) return within(FIRST_MS)
    return within(t - lost > LONG_AFTER_MS ? LONG_MS : THEN_MS)
  }

  async function reach(): Promise<void> {
    const asked = now()
    if (asked - reached < REACH_EVERY_MS) return
    reached = asked
    const attempt = since
    const answers = await deps.probe().catch(() => false)
    if (!answers || state !== 'opening' || since !== attempt) return
    const answer_ms = now() - asked
    const patience_ms = Math.max(HUNG_MS, answer_ms * HUNG_OF_ANSWER) * 2 ** Math.min(hung, SWALLOWED)
    if (now() - since < patience_ms) return
    hung++
    begin()
  }

  async function doubt(patience_ms: number): Promise<void> {
    if (doubting || !isIn()) return
    doubting = true
    const asked = now()
    const answered = await deps.ask(patience_ms).catch(() => false)
    doubting = false
    if (answered || !isIn() || last > asked) return
    lose()
    begin()
  }

  function lose(): void {
    lost = now()
    tries = 0
  }

  function look(): void {
    if (state === 'ended') return
    const t = now()
    const seen = wall() - t
    if (Math.abs(seen - slack) > SLEPT_MS || t - looked > GAP_MS) wake()
    slack = seen
    looked = t
    if (state === 'in' && t - last > silent_ms) void doubt(SILENT_PATIENCE_MS)
    else if (state === 'opening' && t - since > HUNG_MS) void reach()
    else if (state === 'open' && t - since > Math.min(GREETING_MS * 1.5 ** greetings, GREETING_MOST_MS)) {
      greetings++
      begin()
    }
    timers.setTimeout(look, LOOK_MS)
  }

  function wake(): void {
    if (state === 'ended') return
    woke = now()
    if (state === 'in') return void doubt(WOKEN_PATIENCE_MS)
    if (state !== 'waiting' && now() - since < FRESH_MS) return
    beginIn(within(WOKEN_MS))
  }

  timers.setTimeout(look, LOOK_MS)

  return {
    start: begin,
    opened() {
      if (state === 'opening') become('open')
    },
    welcomed() {
      if (state === 'ended') return
      become('in')
      last = now()
      tries = hung = greetings = 0
    },
    heard() {
      last = now()
    },
    unanswered: () => void doubt(UNANSWERED_PATIENCE_MS),
    down(after_ms) {
      if (state === 'ended' || beginning) return
      const waited_ms = state === 'opening' ? now() - since : 0
      if (state === 'in') lose()
      // Not one of many that were told the same comes sooner than that.
      if (after_ms !== undefined) beginIn(after_ms * (1 + 0.5 * random()))
      // Who has waited for an attempt that came to nothing has paused enough.
      else beginIn(waited_ms > THEN_MS[1] ? within(WOKEN_MS) : pause())
    },
    woken: wake,
    end() {
      become('ended')
      timers.clearTimeout(next)
    },
  }
}
