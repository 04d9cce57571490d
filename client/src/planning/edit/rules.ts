// The kinds of rule by which a day recurs, and the keys of `date` that belong to each.
import type { Json, Table } from './paths'

export const RULES = ['fixed', 'nth_weekday', 'weekday_in_window', 'easter', 'hebrew', 'islamic', 'daily', 'dates'] as const
export type Rule = (typeof RULES)[number]

export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
export type Weekday = (typeof WEEKDAYS)[number]

const OWN: Readonly<Record<Rule, readonly string[]>> = {
  fixed: ['day', 'leap'],
  nth_weekday: ['month', 'weekday', 'n'],
  weekday_in_window: ['first', 'last', 'weekday'],
  easter: ['rite', 'offset_days'],
  hebrew: ['month', 'day', 'leap'],
  islamic: ['month', 'day', 'dates'],
  daily: [],
  dates: ['dates'],
}

/** Names of months as the schedule files have them. */
export const HEBREW_MONTHS = [
  'Nisan', 'Iyar', 'Sivan', 'Tammuz', 'Av', 'Elul', 'Tishri', 'Cheshvan', 'Kislev', 'Tevet', 'Shevat', 'Adar', 'Adar I', 'Adar II',
] as const // prettier-ignore
export const ISLAMIC_MONTHS = [
  'Muharram', 'Safar', 'Rabi I', 'Rabi II', 'Jumada I', 'Jumada II', 'Rajab', 'Shaban', 'Ramadan', 'Shawwal', 'Dhu al-Qada', 'Dhu al-Hijja',
] as const // prettier-ignore

export function ruleOf(date: Table): Rule {
  const found = date['rule'] ?? 'fixed'
  return RULES.find((rule) => rule === found) ?? 'fixed'
}

/** The month and day of "1944-01-27" or "01-27"; January 1st when there is neither. */
export function monthAndDay(value: Json | undefined): { month: number; day: number } | null {
  const found = typeof value === 'string' ? /^(?:\d{4}-)?(\d{2})-(\d{2})$/.exec(value) : null
  return found === null ? null : { month: Number(found[1]), day: Number(found[2]) }
}

export function monthDay(month: number, day: number): string {
  return `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** ISO weekday of a civil date, 1 for Monday. */
function weekdayOf(iso: string): number {
  return ((new Date(`${iso}T12:00:00Z`).getUTCDay() + 6) % 7) + 1
}

/** What a rule begins with when it is chosen: a guess from the base date, so that its first dates can be seen at once. */
function begun(rule: Rule, base: string | null): Table {
  const known = monthAndDay(base ?? undefined)
  const month = known?.month ?? 1
  const day = known?.day ?? 1
  const weekday = WEEKDAYS[base === null || known === null ? 6 : weekdayOf(base) - 1] ?? 'SU'
  switch (rule) {
    case 'nth_weekday':
      return { month, weekday, n: Math.min(4, Math.ceil(day / 7)) }
    case 'weekday_in_window': {
      const first = Math.min(Math.max(1, day - 3), 22)
      return { first: monthDay(month, first), last: monthDay(month, first + 6), weekday }
    }
    case 'easter':
      return { rite: 'western', offset_days: 0 }
    case 'hebrew':
      return { month: 'Nisan', day: 27 }
    case 'islamic':
      return { month: 'Muharram', day: 10 }
    case 'dates':
      return { dates: [] }
    default:
      return {}
  }
}

/** The table `date` by another rule: what belongs to every rule stays, the keys of the old one go. */
export function byRule(date: Table, rule: Rule): Table {
  if (rule === ruleOf(date)) return date
  const old = new Set(['rule', ...OWN[ruleOf(date)]])
  const base = typeof date['base'] === 'string' ? date['base'] : null
  const kept = Object.entries(date).filter(([key]) => !old.has(key))
  return { ...Object.fromEntries(kept), rule, ...begun(rule, base) }
}

/** Whether the rule names 29 February, and must say what happens in other years. */
export function isLeapDay(date: Table): boolean {
  if (ruleOf(date) !== 'fixed') return false
  const found = monthAndDay(date['day'] ?? date['base'])
  return found?.month === 2 && found.day === 29
}

/** A length before the start, as reminders have it: 30d, 12h, 45min. */
export function offsetParts(before: string): { amount: number; unit: 'd' | 'h' | 'min' } | null {
  const found = /^(\d+)\s*(d|h|min)$/.exec(before.trim())
  if (found === null) return null
  return { amount: Number(found[1]), unit: found[2] as 'd' | 'h' | 'min' }
}

/** In seconds, to compare; what is no offset comes last. */
export function offset_s(before: string): number {
  const found = offsetParts(before)
  if (found === null) return -1
  return found.amount * { d: 86_400, h: 3600, min: 60 }[found.unit]
}

export function beforeOf(reminder: Json): string {
  if (typeof reminder === 'string') return reminder
  const found = typeof reminder === 'object' && reminder !== null && !Array.isArray(reminder) ? (reminder as Table)['before'] : undefined
  return typeof found === 'string' ? found : ''
}

/** The reminders with one more, or without it: the longest before comes first. */
export function toggled(reminders: readonly Json[], before: string): readonly Json[] {
  const wanted = offset_s(before)
  const left = reminders.filter((one) => offset_s(beforeOf(one)) !== wanted)
  if (left.length < reminders.length) return left
  return [...reminders, before].sort((one, other) => offset_s(beforeOf(other)) - offset_s(beforeOf(one)))
}

const CYRILLIC: Readonly<Record<string, string>> = {
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'e', ж: 'zh', з: 'z', и: 'i', й: 'i', к: 'k', л: 'l', м: 'm', н: 'n', о: 'o', п: 'p',
  р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'shch', ъ: '', ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya',
  і: 'i', ї: 'i', є: 'e', ґ: 'g', қ: 'k', ғ: 'g', ң: 'n', ө: 'o', ү: 'u', ұ: 'u', һ: 'h', ә: 'a',
} // prettier-ignore

/** Plain small Latin letters, digits and hyphens: what an address may be made of. */
export function slug(title: string): string {
  const plain = title
    .toLowerCase()
    .normalize('NFC')
    .replace(/\p{sc=Cyrillic}/gu, (letter) => CYRILLIC[letter] ?? letter)
  return plain
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
}
