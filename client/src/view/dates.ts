// Says dates, times and lengths of time in the language of the page.
import { language, t, tn } from '../text/messages'

const made = new Map<string, Intl.DateTimeFormat>()

/** English as it is written in most of the world: the day before the month. */
function locale(): string {
  return language() === 'en' ? 'en-GB' : language()
}

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language() + JSON.stringify(options)
  const known = made.get(key)
  if (known !== undefined) return known
  let fresh: Intl.DateTimeFormat
  try {
    fresh = new Intl.DateTimeFormat(locale(), options)
  } catch {
    // A zone this browser has not heard of.
    fresh = new Intl.DateTimeFormat(locale(), { ...options, timeZone: 'UTC' })
  }
  made.set(key, fresh)
  return fresh
}

/** "14:00"; the person's own time without a zone. */
export function timeAt(at_ms: number, zone?: string): string {
  return format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(zone === undefined ? {} : { timeZone: zone }) }).format(at_ms)
}

/** "Wednesday, 27 January 2027". */
export function dateAt(at_ms: number, zone?: string): string {
  return format({ dateStyle: 'full', ...(zone === undefined ? {} : { timeZone: zone }) }).format(at_ms)
}

/** A civil date, "2028-01-27", in words. */
export function civilDate(iso: string): string {
  const at_ms = Date.parse(`${iso}T12:00:00Z`)
  return Number.isNaN(at_ms) ? iso : format({ dateStyle: 'full', timeZone: 'UTC' }).format(at_ms)
}

/** "Moscow Time"; the zone's identifier where the browser cannot say. */
export function zoneName(zone: string, at_ms: number): string {
  const short = zonePart(zone, at_ms, 'shortGeneric')
  // Browsers leave out the cities' names in most languages, and then write them in Latin letters among Cyrillic ones.
  const foreign = /[A-Za-z]/.test(short) && scriptOf(language()) !== 'Latn'
  const long = foreign ? zonePart(zone, at_ms, 'longGeneric') : ''
  return long === '' || /[A-Za-z]/.test(long) ? short : long.replace(/,? стандартное время$/, '')
}

function zonePart(zone: string, at_ms: number, timeZoneName: 'shortGeneric' | 'longGeneric'): string {
  try {
    const parts = format({ timeZone: zone, timeZoneName }).formatToParts(at_ms)
    return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone
  } catch {
    return zone
  }
}

function scriptOf(tag: string): string {
  return new Intl.Locale(tag).maximize().script ?? 'Latn'
}

/** Whether both clocks show the same at this instant. */
export function sameClock(zone: string, at_ms: number): boolean {
  return timeAt(at_ms) === timeAt(at_ms, zone) && dateAt(at_ms) === dateAt(at_ms, zone)
}

/** "83 years". */
export function years(number: number): string {
  return tn('{n} year', '{n} years', number)
}

/** "in 12 minutes", counted up to whole minutes as people say it. */
export function inWords(left_ms: number): string {
  if (left_ms <= 0) return t('in a moment')
  if (left_ms < 45_000) return t('in less than a minute')
  const minutes = Math.max(1, Math.round(left_ms / 60_000))
  if (minutes < 60) return tn('in {n} minute', 'in {n} minutes', minutes)
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return tn('in {n} day', 'in {n} days', Math.round(hours / 24))
  const rest = minutes % 60
  const said = tn('in {n} hour', 'in {n} hours', hours)
  return rest === 0 || hours >= 12 ? said : `${said} ${tn('and {n} minute', 'and {n} minutes', rest)}`
}

/** "about 8 minutes", for a wait that nobody can know exactly. */
export function aboutMinutes(wait_ms: number): string {
  const minutes = Math.round(wait_ms / 60_000)
  return minutes < 1 ? t('less than a minute') : tn('about {n} minute', 'about {n} minutes', minutes)
}

/** "12:34" or "1:02:03". */
export function digits(left_ms: number): string {
  const total_s = Math.max(0, Math.ceil(left_ms / 1000))
  const pad = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(total_s / 3600)
  const minutes = Math.floor((total_s % 3600) / 60)
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(total_s % 60)}` : `${minutes}:${pad(total_s % 60)}`
}
