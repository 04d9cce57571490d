/**
 * What this device has shown of each kind of source: how long a start takes, how far ahead a jump must aim. Kept from item to item
 * and from visit to visit, so that the second film starts where the first one was brought. Small, bounded, and nobody's business:
 * it names providers and hosts, no film and no person, and never leaves the device.
 */
import { ownElement, type Source } from './media'

/** Seconds; null: not known yet. */
export interface Habits {
  /** From being told to play to the first sound; of a frame, how far ahead of the clock it is begun. */
  start_s: number | null
  /** How far ahead of the clock a place is sought. */
  lead_s: number | null
}

export interface Learned {
  of(source: Source): Habits
  keep(source: Source, habits: Habits): void
}

export const MOST_START_S = 0.4
export const MOST_LEAD_S = 6

const KEY = 'memorata.learned'
const MOST_ROWS = 16
/** Browsers and lines change: what is older than this many days is learned again. */
const MOST_DAYS = 180
const DAY_MS = 86_400_000
const UNKNOWN: Habits = { start_s: null, lead_s: null }

interface Row extends Habits {
  key: string
  /** Days since 1970. */
  day: number
}

/** `store`: null where the browser keeps nothing; then it lasts as long as the page. */
export function createLearned(
  store: Pick<Storage, 'getItem' | 'setItem'> | null,
  page: string,
  now_ms: () => number = Date.now,
): Learned {
  const today = () => Math.floor(now_ms() / DAY_MS)
  let rows = read(store, today())

  return {
    of(source) {
      const key = keyOf(source, page)
      const { start_s, lead_s } = rows.find((row) => row.key === key) ?? UNKNOWN
      return { start_s, lead_s }
    },
    keep(source, habits) {
      const row = checked({ key: keyOf(source, page), ...habits, day: today() }, today())
      if (!row) return
      // Newest first, so that what is forgotten is what was met longest ago.
      rows = [row, ...rows.filter(({ key }) => key !== row.key)].slice(0, MOST_ROWS)
      try {
        store?.setItem(KEY, JSON.stringify(rows))
      } catch {
        // The browser's own store is full or closed to us: the page still knows.
      }
    },
  }
}

/** The kind of source and where it lies: one film of a host starts like another. */
export function keyOf(source: Source, page: string): string {
  const { host } = new URL(source.url, page)
  return ownElement(source) && host === new URL(page).host ? source.provider : `${source.provider} ${host}`
}

function read(store: Pick<Storage, 'getItem'> | null, today: number): Row[] {
  try {
    const kept: unknown = JSON.parse(store?.getItem(KEY) ?? '[]')
    if (!Array.isArray(kept)) return []
    return kept
      .map((row) => checked(row as unknown, today))
      .filter((row) => row !== null)
      .slice(0, MOST_ROWS)
  } catch {
    return []
  }
}

/** A row as it may be used; null for anything else that lies there. */
function checked(value: unknown, today: number): Row | null {
  if (typeof value !== 'object' || value === null) return null
  const { key, day, start_s, lead_s } = value as Record<string, unknown>
  if (typeof key !== 'string' || key.length > 100 || typeof day !== 'number' || day > today || day < today - MOST_DAYS) return null
  return { key, start_s: within(start_s, MOST_LEAD_S), lead_s: within(lead_s, MOST_LEAD_S), day }
}

function within(value: unknown, most: number): number | null {
  if (typeof value !== 'number' || !(value >= 0 && value <= most)) return null
  return Math.round(value * 1000) / 1000
}
