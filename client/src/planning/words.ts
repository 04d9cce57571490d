// How planning says texts, dates and states.
import { language, t } from '../text/messages'
import { civilDate, dateAt, timeAt, years } from '../view/dates'
import { Refused } from './api'
import type { CeremonyOf, Hour, Row, RowState, Text } from './types'


/** The text in the language of the page, else in English, else in any; '' for none. */
export function pick(text: Text | null | undefined): string {
  if (text == null) return ''
  return text[tagOf(text)] ?? ''
}

/** The language that `pick` finds; '' for none. */
export function tagOf(text: Text | null | undefined): string {
  if (text == null) return ''
  const there = Object.keys(text).filter((tag) => text[tag] !== '')
  const own = language()
  return there.find((tag) => tag === own) ?? there.find((tag) => tag.split('-')[0] === own.split('-')[0]) ?? there.find((tag) => tag === 'en') ?? there[0] ?? ''
}

/** The language's own name, as it begins a line. */
export function languageName(tag: string): string {
  try {
    const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag
    return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1)
  } catch {
    return tag
  }
}

let cities: { language: string; names: Record<string, string> } = { language: '', names: {} }

/** Says how a language calls the cities after which zones are named. */
export function nameCities(of: string, names: Record<string, string>): void {
  cities = { language: of, names }
}

/** A zone by its city: "New York". */
export function cityOf(zone: string): string {
  const named = language() === cities.language ? cities.names[zone] : undefined
  if (named !== undefined) return named
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')
}

/** The zone of the person's own clock. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** "10:00 by the clock of Riga". */
export function hourAt(at_ms: number, zone: string): string {
  return t('{time} by the clock of {city}', { time: timeAt(at_ms, zone), city: cityOf(zone) })
}

/** The hour by the person's own clock, with the day where that is another; '' where it reads like the ceremony's. */
export function ownHour(at_ms: number, zone: string): string {
  const [time, day] = [timeAt(at_ms), dateAt(at_ms)]
  const sameDay = day === dateAt(at_ms, zone)
  if (sameDay && time === timeAt(at_ms, zone)) return ''
  return sameDay ? t('{time} by your clock', { time }) : t('{time} by your clock, on {date}', { time, date: day })
}

/** The hour of a place, with the day where the calendar there shows another. */
export function hourThere(hour: Hour): string {
  const place = pick(hour.place) || cityOf(hour.zone)
  if (hour.day > 0) return t('{place}: {time} on the next day', { place, time: hour.local })
  if (hour.day < 0) return t('{place}: {time} on the day before', { place, time: hour.local })
  return t('{place}: {time}', { place, time: hour.local })
}

/** The places at which it is no hour to ask people for. */
export function oddHours(row: Row): Hour[] {
  return row.hours.filter((hour) => hour.odd)
}

/** "Wednesday, 27 January 2027". */
export function dayOf(row: Row): string {
  return civilDate(row.local_date)
}

/** "83 years"; '' where it is not counted. */
export function yearsOf(row: Row): string {
  return row.number === null || row.number <= 0 ? '' : years(row.number)
}

export function stateWords(state: RowState): string {
  switch (state) {
    case 'computed':
      return t('Follows from the rule')
    case 'made':
      return t('In preparation')
    case 'planned':
      return t('Planned, with its links')
    case 'live':
      return t('Being held now')
    case 'over':
      return t('Held')
  }
}

/** What is out of the ordinary about a date, in words; '' where nothing is. */
export function departureWords(row: Row): string {
  switch (row.departure) {
    case 'moved':
      return row.key === row.date
        ? t('Moved to another hour')
        : t('Moved: by the rule it would be {date}', { date: civilDate(row.key) })
    case 'cancelled':
      return t('Cancelled')
    case 'extra':
      return t('Beside the rule')
    case '':
      return ''
  }
}

/** The name of a ceremony among those of one date. */
export function placeOf(ceremony: CeremonyOf): string {
  return pick(ceremony.place) || cityOf(ceremony.zone)
}


/** "1 h 5 min". */
export function lasting(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (hours === 0) return t('{m} min', { m: minutes })
  return minutes % 60 === 0 ? t('{h} h', { h: hours }) : t('{h} h {m} min', { h: hours, m: minutes % 60 })
}

export function roleWords(role: string): string {
  switch (role) {
    case 'speaker':
      return t('Speaker')
    case 'moderator':
      return t('Moderator')
    case 'host':
      return t('Host')
    case 'participant':
      return t('Guest')
    default:
      return role
  }
}

/** What to say of something that failed. */
export function said(error: unknown): string {
  if (error instanceof Refused) return error.message
  console.error(error)
  return t('Something went wrong on this page. Please load it again.')
}

/** Reads what people type, for searching: capitals and accents do not count. */
export function plain(words: string): string {
  return words.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase()
}
