// How long items are planned, and when each begins and ends by the ceremony's clock.
import { at, isList, isTable, type Json, type Path } from './paths'

const DEFAULT_SLOTS_S: Readonly<Record<string, readonly [list: string, key: string, each_s: number]>> = {
  testimony: ['speakers', 'slot_s', 180],
  wreath_laying: ['wreaths', 'slot_s', 20],
  roll_call: ['entries', 'slot_s', 45],
  gallery: ['images', 'interval_s', 8],
  greetings: ['messages', 'slot_s', 60],
  honours: ['recipients', 'slot_s', 60],
}

/** The parts of a silence in their order, with what each lasts when nothing is written. */
export const SILENCE_PARTS = [
  ['invitation_s', 20],
  ['stillness_s', 5],
  ['duration_s', 60],
  ['quiet_after_s', 5],
] as const

function numberAt(item: Json, path: Path, otherwise: number): number {
  const found = at(item, path)
  return typeof found === 'number' && Number.isFinite(found) ? found : otherwise
}

function countAt(item: Json, key: string): number {
  const found = at(item, [key])
  return isList(found) ? found.length : 0
}

/** What the length of the item is worked out to be where it is not written, in seconds; `null`: it must be written. */
export function workedOut_s(item: Json): number | null {
  const kind = isTable(item) ? item['kind'] : undefined
  if (typeof kind !== 'string') return null
  if (kind === 'lobby') return numberAt(item, ['opens_before_s'], 900)
  if (kind === 'silence') return SILENCE_PARTS.reduce((sum, [key, otherwise]) => sum + numberAt(item, [key], otherwise), 0)
  if (kind === 'bell') return Math.ceil(numberAt(item, ['strokes'], 8) * numberAt(item, ['interval_s'], 4))
  if (kind === 'names') {
    const names = countAt(item, 'names')
    const groups = at(item, ['grouping']) === 'pair' ? Math.ceil(names / 2) : names
    return names === 0 ? null : Math.ceil((groups + countAt(item, 'silences_at')) * numberAt(item, ['pace_s'], 5))
  }
  const slots = DEFAULT_SLOTS_S[kind]
  if (slots === undefined) return null
  const [list, key, each_s] = slots
  const count = countAt(item, list)
  return count === 0 ? null : Math.ceil(count * numberAt(item, [key], each_s))
}

/** The planned length in seconds: as written, else as worked out, else nothing yet. */
export function planned_s(item: Json): number {
  return numberAt(item, ['planned_s'], workedOut_s(item) ?? 0)
}

export function total_s(items: readonly Json[]): number {
  return items.reduce<number>((sum, item) => sum + (isLobby(item) ? 0 : planned_s(item)), 0)
}

export function isLobby(item: Json): boolean {
  return isTable(item) && item['kind'] === 'lobby'
}

/** How long before the time of the series the ceremony begins, so that the item `timeOf` comes in time. */
export function leadIn_s(items: readonly Json[], timeOf: string | null): number {
  let before_s = 0
  for (const item of items) {
    if (timeOf !== null && isTable(item) && item['id'] === timeOf) {
      const isSilence = item['kind'] === 'silence'
      return before_s + (isSilence ? numberAt(item, ['invitation_s'], 20) + numberAt(item, ['stillness_s'], 5) : 0)
    }
    before_s += isLobby(item) ? 0 : planned_s(item)
  }
  return 0
}

export interface Span {
  /** Seconds from the midnight before the ceremony's day; may be negative or beyond a day. */
  start_s: number
  end_s: number
}

/** When each item is planned; the lobby ends when the ceremony begins. `time` as "14:00"; `null` when it is none. */
export function spans(items: readonly Json[], time: string, timeOf: string | null): readonly Span[] | null {
  const starts_s = seconds(time)
  if (starts_s === null) return null
  let clock_s = starts_s - leadIn_s(items, timeOf)
  return items.map((item) => {
    const length_s = planned_s(item)
    if (isLobby(item)) return { start_s: clock_s - numberAt(item, ['opens_before_s'], 900), end_s: clock_s }
    const start_s = clock_s
    clock_s += length_s
    return { start_s, end_s: clock_s }
  })
}

/** "14:00" or "14:00:30" in seconds from midnight. */
export function seconds(time: string): number | null {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(time.trim())
  if (found === null) return null
  const [, hours = '', minutes = '', rest = '0'] = found
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)
}

/** "14:12:35": the time of day, whichever day it is. */
export function clock(day_s: number): string {
  const whole = ((Math.round(day_s) % 86_400) + 86_400) % 86_400
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${pad(Math.floor(whole / 3600))}:${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)}`
}
