// The days of a month, and the dates of a year by month.
import { language } from '../text/messages'
import type { Row } from './types'

export interface Month {
  /** 1 to 12. */
  month: number
  /** "January". */
  name: string
  /** How many cells are empty before the first: weeks begin on Monday. */
  empty: number
  days: number
  rows: Row[]
}

/** The twelve months of a year; each date stands on the day by the clock of its ceremony. */
export function monthsOf(year: number, rows: readonly Row[]): Month[] {
  const names = new Intl.DateTimeFormat(language() === 'en' ? 'en-GB' : language(), { month: 'long', timeZone: 'UTC' })
  return Array.from({ length: 12 }, (_, index) => {
    const first = new Date(Date.UTC(year, index, 1))
    const prefix = `${String(year).padStart(4, '0')}-${String(index + 1).padStart(2, '0')}-`
    return {
      month: index + 1,
      name: names.format(first),
      empty: (first.getUTCDay() + 6) % 7,
      days: new Date(Date.UTC(year, index + 1, 0)).getUTCDate(),
      rows: rows.filter((row) => row.local_date.startsWith(prefix)),
    }
  })
}

/** The day of the month on which a date stands. */
export function dayInMonth(row: Row): number {
  return Number(row.local_date.slice(8, 10))
}

/** Those of one series by year; a daily one has too many to be listed. */
export function byYear(rows: readonly Row[]): Map<number, Row[]> {
  const found = new Map<number, Row[]>()
  for (const row of rows) {
    const year = Number(row.local_date.slice(0, 4))
    found.set(year, [...(found.get(year) ?? []), row])
  }
  return found
}
