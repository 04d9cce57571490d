// What a new series and a new item begin with.
import { freshId } from './lists'
import type { Json, Table } from './paths'
import type { Forms } from './shapes'

/** Lengths to begin with, of kinds whose length does not follow from their parts; in seconds. */
const BEGIN_S: Readonly<Record<string, number>> = {
  address: 180,
  video_message: 240,
  reading: 120,
  response: 60,
  candle: 60,
  music: 180,
  anthem: 120,
  film: 600,
  wishes: 300,
  panel: 600,
  interval: 600,
  closing: 120,
}

/** Kinds whose length follows from their parts. */
const DERIVED = new Set(['silence', 'lobby', 'testimony', 'wreath_laying', 'roll_call', 'names', 'gallery', 'greetings', 'honours', 'bell'])

export function newItem(kind: string, taken: ReadonlySet<string>, title: string, language: string, forms: Pick<Forms, 'kinds'>): Table {
  const lists = (forms.kinds[kind] ?? []).filter((key) => key.type === 'list' && key.required).map((key): [string, Json] => [key.name, []])
  return {
    id: freshId(kind.replaceAll('_', '-'), taken),
    kind,
    title: { [language]: title },
    ...(DERIVED.has(kind) ? {} : { planned_s: BEGIN_S[kind] ?? 180 }),
    ...Object.fromEntries(lists),
    ...(kind === 'silence' ? { end: 'next' } : {}),
  }
}

/** Where a new item comes: before the closing that ends the programme, a lobby first of all, else at the end. */
export function placeFor(kind: string, items: readonly Json[]): number {
  if (kind === 'lobby') return 0
  const last = items.at(-1)
  const closes = typeof last === 'object' && last !== null && !Array.isArray(last) && (last as Table)['kind'] === 'closing'
  return closes && kind !== 'closing' ? items.length - 1 : items.length
}

/** A series to begin with: a short programme that can be held as it stands. Args: titles: by kind, in `language`. */
export function newSeries(language: string, zone: string, titles: Readonly<Record<string, string>>): Table {
  const item = (kind: string, rest: Table): Table => ({ id: kind.replaceAll('_', '-'), kind, title: { [language]: titles[kind] ?? kind }, ...rest })
  return {
    title: { [language]: '' },
    languages: [language],
    date: { time: '12:00', zone, rule: 'fixed' },
    reminders: ['30d', '7d', '1d', '1h'],
    items: [item('lobby', {}), item('address', { planned_s: 300 }), item('silence', { end: 'next' }), item('closing', { planned_s: 120 })],
  }
}
