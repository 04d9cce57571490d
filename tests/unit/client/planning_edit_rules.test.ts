import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { groups } from '../../../client/src/planning/edit/kinds.ts'
import { type Json, type Table } from '../../../client/src/planning/edit/paths.ts'
import { byRule, isLeapDay, monthAndDay, offset_s, offsetParts, RULES, ruleOf, slug, toggled } from '../../../client/src/planning/edit/rules.ts'
import { search } from '../../../client/src/planning/edit/search.tsx'
import { tableOf, withWords } from '../../../client/src/planning/edit/texts.tsx'
import { clock, leadIn_s, planned_s, seconds, spans, total_s, workedOut_s } from '../../../client/src/planning/edit/timing.ts'

describe('rules', () => {
  const date: Table = { base: '1918-11-11', rule: 'fixed', day: '11-10', leap: 'only', time: '11:00', zone: 'Europe/London', shift: { FR: -1 }, eve: true }

  test('another rule keeps what belongs to all, and begins near the base date', () => {
    expect(byRule(date, 'nth_weekday')).toEqual({
      base: '1918-11-11', rule: 'nth_weekday', time: '11:00', zone: 'Europe/London', shift: { FR: -1 }, eve: true, month: 11, weekday: 'MO', n: 2,
    }) // prettier-ignore
    expect(byRule(date, 'weekday_in_window')).toMatchObject({ first: '11-08', last: '11-14', weekday: 'MO' })
    expect(byRule(date, 'fixed')).toBe(date)
  })

  test('there and back through every rule leaves no key of another behind', () => {
    let walked: Table = date
    for (const rule of RULES) walked = byRule(walked, rule)
    expect(Object.keys(byRule(walked, 'daily')).sort()).toEqual(['base', 'eve', 'rule', 'shift', 'time', 'zone'])
  })

  test('a window that begins late in a month still ends in it', () => {
    expect(byRule({ base: '1944-01-31' }, 'weekday_in_window')).toMatchObject({ first: '01-22', last: '01-28' })
  })

  test('29 February asks what happens in other years', () => {
    expect(isLeapDay({ base: '1960-02-29' })).toBe(true)
    expect(isLeapDay({ base: '1960-02-29', day: '02-28' })).toBe(false)
    expect(isLeapDay({ base: '1960-02-29', rule: 'daily' })).toBe(false)
    expect(ruleOf({ rule: 'sometimes' })).toBe('fixed')
    expect(monthAndDay('1944-01-27')).toEqual({ month: 1, day: 27 })
  })

  test('reminders stand with the longest first; pressed again one goes, words and all', () => {
    const once = toggled(['30d', { before: '1h', words: { en: 'Soon.' } }], '2d')
    expect(once).toEqual(['30d', '2d', { before: '1h', words: { en: 'Soon.' } }])
    expect(toggled(once, '60min')).toEqual(['30d', '2d'])
    expect(offset_s('90min')).toBe(5400)
    expect(offsetParts('soon')).toBeNull()
  })

  test('an address is made of plain letters', () => {
    expect(slug('Непокорённые')).toBe('nepokorennye')
    expect(slug('  Día de São João, 1953! ')).toBe('dia-de-sao-joao-1953')
    expect(slug('Дүйшөнбү')).toBe('duishonbu')
    expect(slug('x'.repeat(80))).toHaveLength(40)
  })
})

describe('timing', () => {
  const items: Json[] = [
    { id: 'lobby', kind: 'lobby', opens_before_s: 600 },
    { id: 'welcome', kind: 'address', planned_s: 180 },
    { id: 'silence', kind: 'silence', quiet_after_s: 10 },
    { id: 'wreaths', kind: 'wreath_laying', wreaths: [{}, {}, {}], slot_s: 20.5 },
  ]

  test('what is not written follows from the parts', () => {
    expect(items.map(planned_s)).toEqual([600, 180, 95, 62])
    expect(total_s(items)).toBe(337)
    expect(workedOut_s({ kind: 'names', names: ['a', 'b', 'c'], grouping: 'pair', silences_at: [1] })).toBe(15)
    expect(workedOut_s({ kind: 'bell' })).toBe(32)
    expect(workedOut_s({ kind: 'reading' })).toBeNull()
  })

  test('each item has its place on the clock, the lobby before the beginning', () => {
    const found = spans(items, '14:00', null)?.map(({ start_s, end_s }) => `${clock(start_s)} ${clock(end_s)}`)
    expect(found).toEqual(['13:50:00 14:00:00', '14:00:00 14:03:00', '14:03:00 14:04:35', '14:04:35 14:05:37'])
  })

  test('the first beat of the silence comes at the time of the series', () => {
    expect(leadIn_s(items, 'silence')).toBe(205)
    expect(leadIn_s(items, 'nowhere')).toBe(0)
    expect(clock(spans(items, '12:15', 'silence')?.[1]?.start_s ?? 0)).toBe('12:11:35')
  })

  test('a clock goes round midnight, and what is no time has none', () => {
    expect(clock(-60)).toBe('23:59:00')
    expect(clock(86_461)).toBe('00:01:01')
    expect(seconds('24:00')).toBeNull()
    expect(spans(items, '', null)).toBeNull()
  })
})

describe('texts', () => {
  test('a plain string is in the first language, and stays one while it is alone', () => {
    expect(tableOf('Riga', 'en')).toEqual({ en: 'Riga' })
    expect(withWords('Riga', 'en', 'en', 'Rīga')).toBe('Rīga')
    expect(withWords('Riga', 'en', 'ru', 'Рига')).toEqual({ en: 'Riga', ru: 'Рига' })
    expect(withWords({ en: 'Riga', ru: 'Рига' }, 'en', 'ru', '')).toEqual({ en: 'Riga' })
    expect(withWords('R', 'en', 'en', '')).toBeUndefined()
  })
})

describe('searching', () => {
  const zones = [
    { value: 'Asia/Yerevan', words: 'Yerevan — Армения', also: 'Asia/Yerevan' },
    { value: 'Europe/Riga', words: 'Riga — Латвия', also: 'Europe/Riga' },
    { value: 'America/Argentina/Rio_Gallegos', words: 'Rio Gallegos — Аргентина', also: 'America/Argentina/Rio_Gallegos' },
  ]
  const found = (typed: string) => search(zones, typed).map((one) => one.value)

  test('finds in any letters, by town or country, the nearest first', () => {
    expect(found('рига')).toEqual(['Europe/Riga'])
    expect(found('латв')).toEqual(['Europe/Riga'])
    expect(found('ri')).toEqual(['Europe/Riga', 'America/Argentina/Rio_Gallegos'])
    expect(found('atlantis')).toEqual([])
    expect(found('')).toHaveLength(3)
  })
})

test('every kind of the server has its words, and one more would be offered too', () => {
  const python = readFileSync(new URL('../../../server/memorata/domain/items.py', import.meta.url), 'utf8')
  const kinds = [...python.matchAll(/^ {8}"(\w+)": \w+,$/gm)].map(([, kind]) => kind ?? '')
  const told = groups([...kinds, 'procession'])
  expect(kinds.length).toBeGreaterThan(20)
  expect(told.at(-1)?.kinds.map((one) => one.kind)).toEqual(['procession'])
  expect(told.flatMap((group) => group.kinds.map((one) => one.kind)).sort()).toEqual([...kinds, 'procession'].sort())
})
