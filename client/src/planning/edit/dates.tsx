// Months and days, civil dates and lists of them, as fields.
import { language, t } from '../../text/messages'
import { useEditing } from './editing'
import { faultsWithin } from './faults'
import { Choice, Group, Press, Select, Words, type Options } from './parts'
import { isList, type Json, type Path } from './paths'
import { monthAndDay, monthDay, WEEKDAYS } from './rules'

const DAYS_MOST = 31

/** The names of the months in the language of the page; values 1 to 12. */
export function months(): Options {
  const format = new Intl.DateTimeFormat(language(), { month: 'long', timeZone: 'UTC' })
  return Array.from({ length: 12 }, (_, index) => [String(index + 1), format.format(Date.UTC(2024, index, 1, 12))] as const)
}

/** The weekdays by the language of the page; values MO to SU. */
export function weekdays(): Options {
  const format = new Intl.DateTimeFormat(language(), { weekday: 'long', timeZone: 'UTC' })
  // 1 January 2024 was a Monday.
  return WEEKDAYS.map((key, index) => [key, format.format(Date.UTC(2024, 0, 1 + index, 12))] as const)
}

export function days(most = DAYS_MOST): Options {
  return Array.from({ length: most }, (_, index) => [String(index + 1), String(index + 1)] as const)
}

interface Props {
  path: Path
  label: string
  hint?: string
}

/** A day of the year without a year, like 01-27. */
export function MonthDay({ path, label, hint }: Props) {
  const { draft } = useEditing()
  const found = monthAndDay(draft.value(path))
  const set = (month: number, day: number) => draft.put(path, monthDay(month, day))
  return (
    <Group label={label} {...(hint === undefined ? {} : { hint })} faults={faultsWithin(draft.faults.value, path)}>
      <span class="e-inline">
        <Select label={t('Day')} value={String(found?.day ?? 1)} options={days()} onValue={(day) => set(found?.month ?? 1, Number(day))} />
        <Select label={t('Month')} value={String(found?.month ?? 1)} options={months()} onValue={(month) => set(Number(month), found?.day ?? 1)} />
      </span>
    </Group>
  )
}

/** Civil dates, one after another. */
export function DateList({ path, label, hint }: Props) {
  const { draft, off } = useEditing()
  const value = draft.value(path)
  const dates = isList(value) ? value : []
  return (
    <Group label={label} {...(hint === undefined ? {} : { hint })} faults={faultsWithin(draft.faults.value, path)}>
      <ul class="e-dates">
        {dates.map((date, index) => (
          <li key={index} class="e-inline">
            <input
              type="date"
              aria-label={t('Date {number}', { number: index + 1 })}
              value={iso(date)}
              readOnly={off}
              onInput={(event) => draft.put([...path, index], event.currentTarget.value)}
              onChange={() => draft.list(path, sorted)}
            />
            {!off && (
              <Press kind="quiet" onPress={() => draft.take(path, index, iso(date))}>
                {t('Take out')}
              </Press>
            )}
          </li>
        ))}
      </ul>
      {!off && <Press onPress={() => draft.list(path, (now) => [...now, following(now)])}>{t('Add a date')}</Press>}
    </Group>
  )
}

function iso(date: Json): string {
  return typeof date === 'string' ? date : ''
}

function sorted(dates: readonly Json[]): readonly Json[] {
  return [...dates].sort((one, other) => iso(one).localeCompare(iso(other)))
}

/** A year after the last of them: a good guess for what comes once a year. */
function following(dates: readonly Json[]): string {
  const last = dates.at(-1)
  const found = typeof last === 'string' ? /^(\d{4})(-\d{2}-\d{2})$/.exec(last) : null
  return found === null ? new Date().toISOString().slice(0, 10) : `${Number(found[1]) + 1}${found[2] ?? ''}`
}

/** Until when the guest book lies open: a day of each year, one date, or not at all. */
export function Until({ path, label }: Props) {
  const { draft } = useEditing()
  const value = draft.value(path)
  const words = typeof value === 'string' ? value : ''
  const now = words === '' ? 'none' : words.length === 'MM-DD'.length ? 'yearly' : 'once'
  const options: Options = [
    ['none', t('There is none')],
    ['yearly', t('Open until a day of each year')],
    ['once', t('Open until one date')],
  ]
  return (
    <>
      <Choice
        label={label}
        value={now}
        options={options}
        onValue={(next) => draft.put(path, next === 'none' ? undefined : next === 'yearly' ? '12-31' : new Date().toISOString().slice(0, 10))}
      />
      {now === 'yearly' && <MonthDay path={path} label={t('Open until')} hint={t('The first such day after the ceremony.')} />}
      {now === 'once' && (
        <Words
          label={t('Open until')}
          type="date"
          value={words}
          faults={faultsWithin(draft.faults.value, path)}
          onValue={(next) => draft.put(path, next === '' ? undefined : next)}
        />
      )}
    </>
  )
}

