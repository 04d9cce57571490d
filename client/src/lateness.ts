// How long messages are on their way to this page: the longest since it was told last. What waited while the page slept is no measure.

export interface Lateness {
  /** A message has come that was sent at `sent_ms`, server time. */
  note(sent_ms: number): void
  /** To be called whenever the page gets a turn. */
  alive(): void
  /** The longest since the last call, ms; null when nothing has come. */
  take(): number | null
}

export interface LatenessOptions {
  /** Server time, UTC ms. */
  serverNow: () => number
  /** How far that may be off, ms; Infinity when it is not known. */
  bound_ms: () => number
  /** Local ms. */
  now?: () => number
}

/** A page that got no turn for longer, though the server speaks every 5 s, slept; then what has piled up comes all at once. */
const SLEPT_MS = 7_000
const PILE_MS = 2_000
/** A clock that may be off by more says nothing about a lead of seconds. */
const BOUND_MS = 500

export function createLateness(options: LatenessOptions): Lateness {
  const now = options.now ?? (() => performance.now())
  let turn_ms = now()
  let woke_ms = -Infinity
  let longest: number | null = null

  function alive(): void {
    const at_ms = now()
    if (at_ms - turn_ms > SLEPT_MS) woke_ms = at_ms
    turn_ms = at_ms
  }

  return {
    alive,
    note(sent_ms) {
      alive()
      if (turn_ms - woke_ms < PILE_MS || options.bound_ms() > BOUND_MS) return
      longest = Math.max(longest ?? 0, options.serverNow() - sent_ms)
    },
    take() {
      const told = longest
      longest = null
      return told === null ? null : Math.round(told)
    },
  }
}
