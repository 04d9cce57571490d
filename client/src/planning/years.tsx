// Ten years on one sheet: each series with its date in each year.
import { language, t } from '../text/messages'
import { api } from './asking'
import { Button, Buttons, Said, Show, useLoaded } from './kit'
import { byYear } from './months'
import { dateAddress, seriesAddress } from './router'
import { Titled } from './shell'
import type { Row } from './types'
import { departureWords, pick } from './words'

const YEARS = 10

export function Years() {
  const from = new Date().getFullYear()
  const rows = useLoaded(() => api.agenda(from, YEARS), [from])
  return (
    <Titled title={t('{first} to {last}', { first: String(from), last: String(from + YEARS - 1) })}>
      <p>{t('All dates of ten years, each by the clock of its ceremony.')}</p>
      <Buttons>
        <Button onPress={() => print()}>{t('Print on A4')}</Button>
      </Buttons>
      <Show of={rows}>{(found) => <Sheet rows={found} from={from} />}</Show>
    </Titled>
  )
}

/** A series that is held more often in a year has but its first and last date there. */
const MOST = 3

function Sheet({ rows, from }: { rows: Row[]; from: number }) {
  const series = [...new Map(rows.map((row) => [row.series, row])).values()].sort((a, b) => pick(a.title).localeCompare(pick(b.title)))
  const years = Array.from({ length: YEARS }, (_, at) => from + at)
  if (series.length === 0) return <p>{t('There is no series yet.')}</p>
  return (
    <div class="p-years">
      {series.map((one) => {
        const found = byYear(rows.filter((row) => row.series === one.series))
        return (
          <section key={one.series} aria-labelledby={`years-${one.series}`}>
            <h2 id={`years-${one.series}`}>
              <a href={seriesAddress(one.series)}>
                <Said of={one.title} />
              </a>
            </h2>
            <table class="p-table is-years">
              <thead class="unseen">
                <tr>
                  <th scope="col">{t('Year')}</th>
                  <th scope="col">{t('Dates')}</th>
                </tr>
              </thead>
              <tbody>
                {years.map((year) => (
                  <tr key={year}>
                    <th scope="row">{year}</th>
                    <td>
                      <Dates rows={found.get(year) ?? []} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )
      })}
    </div>
  )
}

function Dates({ rows }: { rows: Row[] }) {
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined) return <span class="p-aside">{t('none')}</span>
  if (rows.length > MOST) {
    return <span>{t('{n} dates, from {first} to {last}', { n: rows.length, first: shortDay(first.local_date), last: shortDay(last.local_date) })}</span>
  }
  return (
    <ul>
      {rows.map((row) => (
        <li key={row.key}>
          <a href={dateAddress(row.series, row.key)} class={row.departure === 'cancelled' ? 'is-gone' : undefined}>
            {shortDay(row.local_date)}
          </a>
          , {row.local}
          {row.number !== null && row.number > 0 && <> · {t('number {n}', { n: row.number })}</>}
          {departureWords(row) !== '' && <> · {departureWords(row)}</>}
          {row.provisional && <> · {t('provisional')}</>}
        </li>
      ))}
    </ul>
  )
}

function shortDay(iso: string): string {
  const locale = language() === 'en' ? 'en-GB' : language()
  return new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(Date.parse(`${iso}T12:00:00Z`))
}
