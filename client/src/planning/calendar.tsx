// The year: its months with the ceremonies in them, and what has to be decided about them.
import { useState } from 'preact/hooks'
import { t } from '../text/messages'
import { civilDate } from '../view/dates'
import { api } from './asking'
import { Button, Buttons, Icon, LinkButton, Mark, Notice, Said, Show, tell, useDoing, useLoaded } from './kit'
import { Departing } from './departing'
import { dayInMonth, monthsOf, type Month } from './months'
import { addressOf, dateAddress } from './router'
import { Titled } from './shell'
import type { Row } from './types'
import { departureWords, hourAt, hourThere, oddHours, ownHour, pick, yearsOf } from './words'

/** So many of one series in a month are told in one line. */
const MANY = 10

export function Calendar({ year }: { year: number | null }) {
  const shown = year ?? new Date().getFullYear()
  const rows = useLoaded(() => api.agenda(shown), [shown])
  const to = (other: number) => addressOf({ page: 'calendar', year: other })
  return (
    <Titled title={t('Calendar of {year}', { year: String(shown) })}>
      <Buttons>
        <LinkButton href={to(shown - 1)}>{String(shown - 1)}</LinkButton>
        <LinkButton href={to(shown + 1)}>{String(shown + 1)}</LinkButton>
        <Button onPress={() => print()}>{t('Print')}</Button>
      </Buttons>
      <Show of={rows}>{(found) => <Year year={shown} rows={found} again={() => void rows.again()} />}</Show>
    </Titled>
  )
}

function Year({ year, rows, again }: { year: number; rows: Row[]; again: () => void }) {
  const clashing = [...new Set(rows.filter((row) => row.clashes.length > 0 && row.departure !== 'cancelled').map((row) => row.local_date))]
  const open = rows.filter((row) => row.provisional && row.departure === '')
  return (
    <>
      {rows.length === 0 && <p>{t('No ceremony falls into this year.')}</p>}
      {clashing.length > 0 && (
        <Notice sign="warning">
          <p>{t('Two ceremonies on one day:')}</p>
          <ul>
            {clashing.map((day) => (
              <li key={day}>
                {civilDate(day)}:{' '}
                {rows
                  .filter((row) => row.local_date === day && row.departure !== 'cancelled')
                  .map((row) => `${pick(row.title)}, ${row.local}`)
                  .join('; ')}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {open.length > 0 && (
        <Notice>
          <p>{t('Some dates are provisional: they are reckoned, and have to be confirmed when it is known for certain.')}</p>
        </Notice>
      )}
      <div class="p-months">
        {monthsOf(year, rows).map((month) => (
          <OneMonth key={month.month} month={month} again={again} />
        ))}
      </div>
    </>
  )
}

function OneMonth({ month, again }: { month: Month; again: () => void }) {
  const held = new Set(month.rows.filter((row) => row.departure !== 'cancelled').map(dayInMonth))
  const off = new Set(month.rows.filter((row) => row.departure === 'cancelled').map(dayInMonth))
  const count = (row: Row) => month.rows.filter((one) => one.series === row.series).length
  const single = month.rows.filter((row) => count(row) <= MANY || row.departure !== '')
  const many = month.rows.filter((row, at) => count(row) > MANY && month.rows.findIndex((one) => one.series === row.series) === at)
  return (
    <section class={`p-month ${month.rows.length === 0 ? 'is-empty' : ''}`} aria-labelledby={`month${month.month}`}>
      <h2 id={`month${month.month}`}>{month.name}</h2>
      {/* What the cells show is said in words below. */}
      <div class="p-grid" aria-hidden="true">
        {Array.from({ length: month.empty }, (_, cell) => (
          <span key={`e${cell}`} />
        ))}
        {Array.from({ length: month.days }, (_, index) => (
          <span key={index} class={held.has(index + 1) ? 'is-held' : off.has(index + 1) ? 'is-off' : undefined}>
            {index + 1}
          </span>
        ))}
      </div>
      <ul class="p-lines">
        {many.map((row) => (
          <li key={row.series}>
            <a href={dateAddress(row.series, row.key)}>
              <Said of={row.title} />
            </a>
            <span>{t('Every day of its weeks; {n} times in this month.', { n: count(row) })}</span>
          </li>
        ))}
        {single.map((row) => (
          <Entry key={`${row.series} ${row.key}`} row={row} again={again} />
        ))}
      </ul>
    </section>
  )
}

function Entry({ row, again }: { row: Row; again: () => void }) {
  const [moving, setMoving] = useState(false)
  const [busy, doing] = useDoing()
  const departure = departureWords(row)
  const odd = oddHours(row)
  const own = ownHour(row.instant_ms, row.zone)
  const open = row.provisional && row.departure === ''
  function confirm(): void {
    doing(async () => {
      const series = await api.series(row.series)
      const done = await api.depart(row.series, row.key, { version: series.version, kind: 'confirmed' })
      tell(t('The date is confirmed.'), done.trail, again)
      again()
    })
  }
  return (
    <li>
      <strong>{civilDate(row.local_date)}</strong>
      <a class={row.departure === 'cancelled' ? 'is-gone' : undefined} href={dateAddress(row.series, row.key)}>
        <Said of={row.title} />
      </a>
      <span>
        {yearsOf(row) !== '' && <>{yearsOf(row)}; </>}
        {hourAt(row.instant_ms, row.zone)}
        {own !== '' && <>; {own}</>}
      </span>
      {departure !== '' && (
        <span class="p-marks">
          <Mark sign="warning">{departure}</Mark>
        </span>
      )}
      {pick(row.reason) !== '' && <Said of={row.reason} />}
      {row.clashes.length > 0 && row.departure !== 'cancelled' && (
        <span class="p-marks">
          <Mark sign="warning">{t('Another ceremony on this day')}</Mark>
        </span>
      )}
      {odd.length > 0 && (
        <details>
          <summary>
            <Icon sign="warning" /> {t('An odd hour in some places')}
          </summary>
          <ul>
            {odd.map((hour) => (
              <li key={hour.zone}>{hourThere(hour)}</li>
            ))}
          </ul>
        </details>
      )}
      {open && (
        <>
          <span class="p-marks">
            <Mark>{t('Provisional')}</Mark>
          </span>
          <Buttons>
            <Button onPress={confirm} disabled={busy} label={t('Confirm {date}', { date: civilDate(row.local_date) })}>
              {t('Confirm')}
            </Button>
            <Button onPress={() => setMoving(true)} label={t('Move {date}', { date: civilDate(row.local_date) })}>
              {t('Move')}
            </Button>
          </Buttons>
        </>
      )}
      {moving && <Departing kind="moved" row={row} onClose={() => setMoving(false)} onDone={again} />}
    </li>
  )
}
