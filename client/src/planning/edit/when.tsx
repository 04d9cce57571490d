// When it is kept: the rule in plain words, the hour, and the days by which it moves.
import type { ComponentChildren } from 'preact'
import { mark, t, tn } from '../../text/messages'
import { DateList, days, MonthDay, months, weekdays } from './dates'
import { useEditing } from './editing'
import { faultsOf, faultsWithin } from './faults'
import { zoneHint, zones } from './lands'
import { wordsOf } from './lists'
import { Choice, Group, Numeral, Radios, Select, Tick, Words, type Options } from './parts'
import { isTable, listAt, type Json, type Path, type Table } from './paths'
import { byRule, HEBREW_MONTHS, isLeapDay, ISLAMIC_MONTHS, RULES, ruleOf, WEEKDAYS, type Rule } from './rules'
import { Search } from './search'

const DATE: Path = ['date']

const KINDS: Readonly<Record<Rule, readonly [words: string, what: string]>> = {
  fixed: [mark('On the same date each year'), mark('Like: 27 January.')],
  nth_weekday: [mark('On a weekday of a month'), mark('Like: the second Sunday of November, or the last Monday of May.')],
  weekday_in_window: [mark('On a weekday within some days'), mark('Like: the Sunday from 13 to 19 November.')],
  easter: [mark('Counted from Easter'), mark('Like: nine days after Orthodox Easter.')],
  hebrew: [mark('By the Hebrew calendar'), mark('Like: 27 Nisan.')],
  islamic: [mark('By the Islamic calendar'), mark('Like: 10 Muharram; a person confirms the day when the moon is seen.')],
  daily: [mark('Every day'), mark('Like: the lighting of a flame each evening.')],
  dates: [mark('On dates of our own'), mark('You write each date yourself.')],
}

export function When() {
  const { draft } = useEditing()
  const date = dateOf(draft.document.value)
  const rule = ruleOf(date)
  return (
    <>
      <Words
        label={t('What is remembered happened on')}
        hint={t('The years are counted from it.')}
        type="date"
        value={read(date['base'])}
        faults={faultsOf(draft.faults.value, [...DATE, 'base'])}
        onValue={(next) => draft.put([...DATE, 'base'], next === '' ? undefined : next)}
      />
      <Radios
        label={t('It is kept')}
        value={rule}
        options={RULES.map((kind) => ({ value: kind, words: t(KINDS[kind][0]), what: t(KINDS[kind][1]) }))}
        faults={faultsOf(draft.faults.value, [...DATE, 'rule'])}
        onValue={(next) => draft.put(DATE, byRule(date, next as Rule))}
      />
      <RuleFields rule={rule} date={date} />
      {rule !== 'daily' && <Shifts date={date} />}
      <Tick
        label={t('People gather on the evening before')}
        hint={t('For days that begin at dusk: the date stays, the ceremony is on its eve.')}
        value={date['eve'] === true}
        faults={faultsOf(draft.faults.value, [...DATE, 'eve'])}
        onValue={(eve) => draft.put([...DATE, 'eve'], eve ? true : undefined)}
      />
    </>
  )
}

export function dateOf(document: Table): Table {
  const date = document['date']
  return isTable(date) ? date : {}
}

function read(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function RuleFields({ rule, date }: { rule: Rule; date: Table }) {
  const { draft } = useEditing()
  const at = (key: string): Path => [...DATE, key]
  const faults = (key: string) => faultsWithin(draft.faults.value, at(key))
  const number = (key: string, otherwise: number) => (typeof date[key] === 'number' ? date[key] : otherwise)
  const pick = (key: string, label: string, options: Options, otherwise: string, isNumber = false) => (
    <Choice
      label={label}
      value={typeof date[key] === 'string' || typeof date[key] === 'number' ? String(date[key]) : otherwise}
      options={options}
      faults={faults(key)}
      onValue={(next) => draft.put(at(key), isNumber ? Number(next) : next)}
    />
  )
  const weekday = () => pick('weekday', t('Weekday'), weekdays(), 'SU')
  switch (rule) {
    case 'fixed':
      return (
        <Row>
          <Tick
            label={t('On another day of the year than what is remembered')}
            value={date['day'] !== undefined}
            onValue={(own) => draft.put(at('day'), own ? (read(date['base']).slice(5) || '01-01') : undefined)}
          />
          {date['day'] !== undefined && <MonthDay path={at('day')} label={t('The day')} />}
          {isLeapDay(date) && (
            <Radios
              label={t('In a year without 29 February')}
              value={read(date['leap'])}
              faults={faults('leap')}
              options={[
                { value: 'previous_day', words: t('on 28 February') },
                { value: 'next_day', words: t('on 1 March') },
                { value: 'only', words: t('not at all') },
              ]}
              onValue={(next) => draft.put(at('leap'), next)}
            />
          )}
        </Row>
      )
    case 'nth_weekday':
      return (
        <Row>
          {pick('n', t('Which'), ordinals(), '1', true)}
          {weekday()}
          {pick('month', t('Month'), months(), '1', true)}
        </Row>
      )
    case 'weekday_in_window':
      return (
        <Row>
          {weekday()}
          <MonthDay path={at('first')} label={t('From')} />
          <MonthDay path={at('last')} label={t('To')} />
        </Row>
      )
    case 'easter': {
      const offset = number('offset_days', 0)
      return (
        <Row>
          {pick('rite', t('Which Easter'), [['western', t('Western Easter')], ['orthodox', t('Orthodox Easter')]], 'western')}
          <Numeral
            label={t('How many days away')}
            value={Math.abs(offset)}
            low={0}
            high={200}
            faults={faults('offset_days')}
            onValue={(next) => draft.put(at('offset_days'), (next ?? 0) * (offset < 0 ? -1 : 1))}
          />
          <Choice
            label={t('Before or after')}
            value={offset < 0 ? 'before' : 'after'}
            options={[['after', t('after Easter')], ['before', t('before Easter')]]}
            onValue={(next) => draft.put(at('offset_days'), Math.abs(offset) * (next === 'before' ? -1 : 1))}
          />
        </Row>
      )
    }
    case 'hebrew':
    case 'islamic': {
      const names = (rule === 'hebrew' ? HEBREW_MONTHS : ISLAMIC_MONTHS).map((name) => [name, monthName(name)] as const)
      return (
        <Row>
          {pick('day', t('Day'), days(30), '1', true)}
          {pick('month', t('Month'), names, names[0]?.[0] ?? '')}
          {rule === 'hebrew' && (number('day', 1) === 30 || date['leap'] !== undefined) && (
            <Choice
              label={t('In a year in which the month has 29 days')}
              value={read(date['leap'])}
              faults={faults('leap')}
              options={[
                ['previous_day', t('on the day before')],
                ['next_day', t('on the day after')],
                ['only', t('not at all')],
              ]}
              onValue={(next) => draft.put(at('leap'), next)}
            />
          )}
          {rule === 'islamic' && (
            <DateList path={at('dates')} label={t('Days that a person has confirmed')} hint={t('Years without one are shown as not certain yet.')} />
          )}
        </Row>
      )
    }
    case 'dates':
      return (
        <Row>
          <DateList path={at('dates')} label={t('The dates')} />
        </Row>
      )
    case 'daily':
      return null
  }
}

function Row({ children }: { children: ComponentChildren }) {
  return <div class="e-rule">{children}</div>
}

function ordinals(): Options {
  return [
    ['1', t('the first')],
    ['2', t('the second')],
    ['3', t('the third')],
    ['4', t('the fourth')],
    ['5', t('the fifth, where there is one')],
    ['-1', t('the last')],
    ['-2', t('the last but one')],
    ['-3', t('the third from the end')],
  ]
}

const MONTHS: Readonly<Record<string, string>> = {
  Nisan: mark('Nisan'), Iyar: mark('Iyar'), Sivan: mark('Sivan'), Tammuz: mark('Tammuz'), Av: mark('Av'), Elul: mark('Elul'),
  Tishri: mark('Tishri'), Cheshvan: mark('Cheshvan'), Kislev: mark('Kislev'), Tevet: mark('Tevet'), Shevat: mark('Shevat'),
  Adar: mark('Adar (in a leap year the second)'), 'Adar I': mark('Adar I'), 'Adar II': mark('Adar II'),
  Muharram: mark('Muharram'), Safar: mark('Safar'), 'Rabi I': mark('Rabi I'), 'Rabi II': mark('Rabi II'), 'Jumada I': mark('Jumada I'),
  'Jumada II': mark('Jumada II'), Rajab: mark('Rajab'), Shaban: mark('Shaban'), Ramadan: mark('Ramadan'), Shawwal: mark('Shawwal'),
  'Dhu al-Qada': mark('Dhu al-Qada'), 'Dhu al-Hijja': mark('Dhu al-Hijja'),
} // prettier-ignore

function monthName(name: string): string {
  return t(MONTHS[name] ?? name)
}


/** For each weekday, by how many days it moves when it would fall on it. */
function Shifts({ date }: { date: Table }) {
  const { draft } = useEditing()
  const shift = isTable(date['shift']) ? date['shift'] : {}
  const names = new Map<string, string>(weekdays())
  const options: Options = [
    ['0', t('it stays')],
    ...[1, 2, 3, 4, 5, 6].map((by) => [String(by), tn('{n} day later', '{n} days later', by)] as const),
    ...[1, 2, 3, 4, 5, 6].map((by) => [String(-by), tn('{n} day earlier', '{n} days earlier', by)] as const),
  ]
  return (
    <details class="e-details" open={Object.keys(shift).length > 0}>
      <summary>{t('Weekdays on which it cannot be')}</summary>
      <Group label={t('When it would fall on this weekday')} faults={faultsWithin(draft.faults.value, [...DATE, 'shift'])}>
        <ul class="e-shifts">
          {WEEKDAYS.map((key) => (
            <li key={key} class="e-inline">
              <span class="e-weekday">{names.get(key)}</span>
              <Select
                label={names.get(key) ?? key}
                value={typeof shift[key] === 'number' ? String(shift[key]) : '0'}
                options={options}
                onValue={(next) => draft.put([...DATE, 'shift', key], next === '0' ? undefined : Number(next))}
              />
            </li>
          ))}
        </ul>
      </Group>
    </details>
  )
}

/** The hour, its place, and whether it is the same for all. */
export function Hour() {
  const { draft, forms, languages } = useEditing()
  const date = dateOf(draft.document.value)
  const at = (key: string): Path => [...DATE, key]
  const faults = (key: string) => faultsOf(draft.faults.value, at(key))
  const items = listAt(draft.document.value, ['items']).filter((item) => isTable(item) && item['kind'] !== 'lobby')
  const timeOf: Options = [
    ['', t('the ceremony begins')],
    ...items.flatMap((item) => {
      if (!isTable(item) || typeof item['id'] !== 'string') return []
      const name = wordsOf(item['title'], languages)
      return [[item['id'], item['kind'] === 'silence' ? t('{name}: its first beat', { name }) : t('{name} begins', { name })] as const]
    }),
  ]
  return (
    <>
      <div class="e-rule">
        <Words
          label={t('Time')}
          type="time"
          value={read(date['time']).slice(0, 5)}
          faults={faults('time')}
          onValue={(next) => draft.put(at('time'), next === '' ? undefined : next)}
        />
        <Choice
          label={t('At this time')}
          value={read(date['time_of'])}
          options={timeOf}
          faults={faults('time_of')}
          onValue={(next) => draft.put(at('time_of'), next === '' ? undefined : next)}
        />
      </div>
      <Search
        label={t('By the clocks of')}
        hint={zoneHint()}
        value={read(date['zone'])}
        options={zones(forms)}
        faults={faults('zone')}
        onChoose={(zone) => draft.put(at('zone'), zone)}
      />
      <Radios
        label={t('People in other places')}
        value={read(date['reach']) || 'one_instant'}
        faults={faults('reach')}
        options={[
          { value: 'one_instant', words: t('gather with all others'), what: t('At the same instant everywhere; clocks show another hour elsewhere.') },
          { value: 'local_everywhere', words: t('gather at the same time of day by their own clocks'), what: t('Like eleven o’clock everywhere, one place after another.') },
          { value: 'per_site', words: t('gather each at an hour of their own'), what: t('You write the places and their hours below.') },
        ]}
        onValue={(next) => draft.put(at('reach'), next === 'one_instant' ? undefined : next)}
      />
    </>
  )
}
