// What follows from what is typed: the rule in words, the dates of ten years, the hours in all places.
import { language, t } from '../../text/messages'
import { civilDate, years } from '../../view/dates'
import { useEditing } from './editing'
import { placeWords } from './gathering'
import { wordsOf } from './lists'
import type { Hour, Row } from '../types'

export function Results() {
  const { draft } = useEditing()
  const preview = draft.preview.value
  const rows = preview?.rows ?? []
  const next = rows.find((row) => row.departure !== 'cancelled')
  return (
    <aside class="e-results" aria-busy={draft.asking.value} aria-label={t('What follows from it')}>
      <h3>{t('In words')}</h3>
      <p class="e-words">{preview?.words === undefined || preview.words === '' ? t('The rule is not complete yet.') : preview.words}</p>
      {rows.length > 0 && (
        <>
          <h3>{t('The next ten times')}</h3>
          <ol class="e-tentimes">
            {rows.map((row) => (
              <Line key={row.key} row={row} />
            ))}
          </ol>
        </>
      )}
      {next !== undefined && next.hours.length > 0 && (
        <>
          <h3>{t('What the clocks show')}</h3>
          <ul class="e-hours">
            {next.hours.map((hour, index) => (
              <HourLine key={index} hour={hour} />
            ))}
          </ul>
        </>
      )}
      <p class="unseen" role="status">
        {draft.asking.value || preview === null ? '' : preview.words}
      </p>
    </aside>
  )
}

function Line({ row }: { row: Row }) {
  const reason = wordsOf(row.reason, [language()])
  const marks = [
    row.provisional ? t('not certain yet') : '',
    row.departure === 'moved' ? t('moved') : row.departure === 'cancelled' ? t('cancelled') : row.departure === 'extra' ? t('beside the rule') : '',
    row.clashes.length > 0 ? t('on the same day as {others}', { others: row.clashes.join(', ') }) : '',
    reason,
  ].filter((part) => part !== '')
  return (
    <li class={row.departure === 'cancelled' ? 'is-cancelled' : undefined}>
      <span>{civilDate(row.local_date)}</span>
      {row.number !== null && row.number > 0 && <span class="e-years">{years(row.number)}</span>}
      {marks.length > 0 && <span class="e-marks">{marks.join(', ')}</span>}
    </li>
  )
}

function HourLine({ hour }: { hour: Hour }) {
  const day = hour.day === 0 ? '' : hour.day > 0 ? t('the next day') : t('the day before')
  return (
    <li class={hour.odd ? 'is-odd' : undefined}>
      <span>{placeWords(hour.place, hour.zone)}</span>
      <b class="digits">{hour.local}</b>
      <span>{[day, hour.odd ? t('at night') : ''].filter((part) => part !== '').join(', ')}</span>
    </li>
  )
}
