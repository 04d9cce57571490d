// Who is there, in numbers: the totals that a page was greeted with, then change upon change; twin of adapters/sockets/presences.py.
import type { Presence, PresenceChange } from './wire'

/** The totals after a change; null where it is not a change of these, and the whole has to be asked for. */
export function changed(before: Presence, change: PresenceChange): Presence | null {
  const { base, ...fields } = change
  if (base !== before.version) return null
  return {
    ...before,
    ...fields,
    places: merged(before.places, change.places),
    candles: merged(before.candles, change.candles),
    wreaths: merged(before.wreaths, change.wreaths),
  }
}

/** Entries of nothing are gone. */
function merged<T>(before: Record<string, T>, entries: Record<string, T> | undefined): Record<string, T> {
  if (entries === undefined) return before
  return Object.fromEntries(Object.entries({ ...before, ...entries }).filter(([, value]) => value !== 0 && !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

export interface Presences {
  /** The whole, which is right whatever was there before. */
  onWhole(presence: Presence): void
  onChange(change: PresenceChange): void
}

export interface PresencesDeps {
  get: () => Presence | null
  set: (presence: Presence) => void
  /** Asks for the whole; null when no answer came. */
  ask: () => Promise<Presence | null>
}

/** Keeps the totals; what is missed is asked for once, and again when the next change shows that it is still missing. */
export function createPresences({ get, set, ask }: PresencesDeps): Presences {
  let asking = false

  async function repair(): Promise<void> {
    if (asking) return
    asking = true
    try {
      const whole = await ask()
      if (whole !== null) set(whole)
    } finally {
      asking = false
    }
  }

  return {
    onWhole: set,
    onChange(change) {
      const before = get()
      // Before the greeting there is nothing to change, and it brings the whole.
      if (before === null || change.version <= before.version) return
      const after = changed(before, change)
      if (after === null) void repair()
      else set(after)
    },
  }
}
