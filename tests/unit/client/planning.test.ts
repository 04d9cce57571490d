import { describe, expect, test } from 'vitest'
import { createApi, Refused, UNREACHED, type Fetching } from '../../../client/src/planning/api.ts'
import { answered, reachable } from '../../../client/src/planning/guests.tsx'
import { byYear, dayInMonth, monthsOf } from '../../../client/src/planning/months.ts'
import { faultsIn, sitesOf, sought } from '../../../client/src/planning/people.tsx'
import { addressOf, routeOf, type Route } from '../../../client/src/planning/router.ts'
import { sentence } from '../../../client/src/planning/trail.tsx'
import type { Contact, Guest, Row, TrailEntry } from '../../../client/src/planning/types.ts'
import { cityOf, departureWords, hourThere, lasting, pick, tagOf } from '../../../client/src/planning/words.ts'

function aRow(fields: Partial<Row> = {}): Row {
  return {
    series: 'unconquered',
    key: '2027-01-27',
    title: { en: 'Unconquered' },
    date: '2027-01-27',
    weekday: 3,
    number: 83,
    instant_ms: Date.parse('2027-01-27T11:00:00Z'),
    zone: 'Europe/Moscow',
    local_date: '2027-01-27',
    local: '14:00',
    provisional: false,
    departure: '',
    reason: {},
    state: 'planned',
    published: true,
    managed: 'site',
    ceremonies: [],
    hours: [],
    guests: 0,
    coming: 0,
    cannot: 0,
    clashes: [],
    ...fields,
  }
}

describe('addresses', () => {
  const routes: [string, Route][] = [
    ['/plan', { page: 'list' }],
    ['/plan/calendar', { page: 'calendar', year: null }],
    ['/plan/years', { page: 'years' }],
    ['/plan/trail', { page: 'trail' }],
    ['/plan/series/new', { page: 'new' }],
    ['/plan/series/unconquered', { page: 'series', id: 'unconquered', tab: 'overview' }],
    ['/plan/series/unconquered/people', { page: 'series', id: 'unconquered', tab: 'people' }],
    ['/plan/series/unconquered/on/2027-01-27', { page: 'date', id: 'unconquered', key: '2027-01-27', tab: 'overview' }],
    ['/plan/series/unconquered/on/2027-01-27/rehearsal', { page: 'date', id: 'unconquered', key: '2027-01-27', tab: 'rehearsal' }],
  ]

  test.each(routes)('%s means its page, and the page has that address', (address, route) => {
    expect(routeOf(address)).toEqual(route)
    if (route.page !== 'unknown') expect(addressOf(route)).toBe(address)
  })

  test('a year is four figures, or none', () => {
    expect(routeOf('/plan/calendar', '?year=2031')).toEqual({ page: 'calendar', year: 2031 })
    expect(routeOf('/plan/calendar', '?year=next')).toEqual({ page: 'calendar', year: null })
  })

  test.each(['/desk', '/plan/series', '/plan/else', '/plan/series/a/else', '/plan/series/a/on/2027-01-27/history', '/plan/trail/more', '/plan/series/a/people/b'])(
    '%s is no page',
    (address) => expect(routeOf(address)).toEqual({ page: 'unknown' }),
  )

  test('a broken escape is taken as it is written', () => {
    expect(routeOf('/plan/series/%E0')).toEqual({ page: 'series', id: '%E0', tab: 'overview' })
  })
})

describe('the API', () => {
  function api(answer: () => Promise<Response>) {
    const asked: { path: string; init: RequestInit }[] = []
    const led: string[] = []
    const fetch: Fetching = (path, init) => {
      asked.push({ path, init })
      return answer()
    }
    return { api: createApi({ fetch, toSignIn: () => led.push('sign-in'), unreached: () => 'no answer' }), asked, led }
  }
  const json = (status: number, body: unknown) => Promise.resolve(new Response(JSON.stringify(body), { status }))

  test('asks with JSON, and escapes what stands in a path', async () => {
    const { api: one, asked } = api(() => json(200, { row: {} }))
    await one.saveOccurrence('a/b', '2027-01-27', 4, null, 'bread')
    expect(asked[0]?.path).toBe('/api/plan/series/a%2Fb/on/2027-01-27')
    expect(asked[0]?.init.method).toBe('PUT')
    expect(JSON.parse(asked[0]?.init.body as string)).toEqual({ version: 4, document: null, notes: 'bread' })
  })

  test('the trail is asked for all, for a series, and further back', async () => {
    const { api: one, asked } = api(() => json(200, { entries: [] }))
    await one.trail()
    await one.trail('unconquered', 12)
    expect(asked.map((each) => each.path)).toEqual(['/api/plan/trail?', '/api/plan/trail?series=unconquered&before=12'])
  })

  test('a refusal keeps its code, words and facts', async () => {
    const { api: one, led } = api(() => json(409, { code: 'plan.stale', message: 'Somebody else has changed this.', facts: { version: 7 } }))
    const refused = await one.series('a').catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Refused)
    expect(refused).toMatchObject({ code: 'plan.stale', message: 'Somebody else has changed this.', facts: { version: 7 }, status: 409 })
    expect(led).toEqual([])
  })

  test('who is not signed in is led to the door', async () => {
    const { api: one, led } = api(() => json(401, { code: 'sign_in.needed', message: '', facts: {} }))
    await expect(one.overview()).rejects.toMatchObject({ code: 'sign_in.needed' })
    expect(led).toEqual(['sign-in'])
  })

  test.each([
    ['no line', () => Promise.reject(new TypeError('failed'))],
    ['a page of a proxy', () => Promise.resolve(new Response('<html>', { status: 502 }))],
  ])('%s is told as no answer', async (_, answer) => {
    const { api: one } = api(answer)
    await expect(one.overview()).rejects.toMatchObject({ code: UNREACHED, message: 'no answer' })
  })
})

describe('words', () => {
  test('a text is found in the language of the page, else in English, else in any', () => {
    expect(pick({ ru: 'Имена', en: 'Names' })).toBe('Names')
    expect(pick({ ru: 'Имена', en: '' })).toBe('Имена')
    expect(tagOf({ ru: 'Имена', he: 'שמות' })).toBe('ru')
    expect(pick({})).toBe('')
    expect(pick(null)).toBe('')
  })

  test('a place has its hour, and the day where it is another', () => {
    const hour = { place: { en: 'Anadyr' }, zone: 'Asia/Anadyr', local: '00:30', odd: true }
    expect(hourThere({ ...hour, day: 1 })).toBe('Anadyr: 00:30 on the next day')
    expect(hourThere({ ...hour, day: 0, place: {} })).toBe('Anadyr: 00:30')
    expect(hourThere({ ...hour, day: -1 })).toBe('Anadyr: 00:30 on the day before')
    expect(cityOf('America/Argentina/Buenos_Aires')).toBe('Buenos Aires')
  })

  test('what departs from the rule is said', () => {
    expect(departureWords(aRow())).toBe('')
    expect(departureWords(aRow({ departure: 'moved' }))).toBe('Moved to another hour')
    expect(departureWords(aRow({ departure: 'moved', date: '2027-01-26' }))).toMatch(/^Moved: by the rule it would be Wednesday,? 27 January 2027$/)
    expect(departureWords(aRow({ departure: 'cancelled' }))).toBe('Cancelled')
  })

  test('lengths', () => {
    expect([lasting(2520), lasting(3600), lasting(4500)]).toEqual(['42 min', '1 h', '1 h 15 min'])
  })
})

describe('the year', () => {
  test('months begin on their weekday and hold their dates', () => {
    const months = monthsOf(2027, [aRow(), aRow({ key: '2027-11-14', local_date: '2027-11-14' }), aRow({ local_date: '2028-01-27' })])
    expect(months.map((month) => month.days)).toEqual([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    expect(months[0]).toMatchObject({ name: 'January', empty: 4 })
    expect(months[1]).toMatchObject({ name: 'February', empty: 0 })
    expect(months.map((month) => month.rows.length)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0])
    expect(dayInMonth(months[10]!.rows[0]!)).toBe(14)
    expect(monthsOf(2028, [])[1]?.days).toBe(29)
  })

  test('a series that follows the moon may come twice in a year, or not at all', () => {
    const rows = ['2030-01-05', '2030-12-26', '2032-12-04'].map((day) => aRow({ key: day, local_date: day }))
    expect([...byYear(rows)].map(([year, found]) => [year, found.length])).toEqual([[2030, 2], [2032, 1]])
  })
})

describe('people', () => {
  const contact = (name: string, more: Partial<Contact> = {}): Contact => ({
    id: name, version: 1, name, community: '', country: null, language: '', zone: '', site: '', mail: '', telephone: '',
    role: 'participant', note: '', in_memory: false, unsubscribed: false, ...more,
  })

  test('are found whatever the capitals and accents, in the order of their names', () => {
    const all = [contact('Zoë Weiß', { community: 'Lübeck' }), contact('André'), contact('Anna Петрова')]
    expect(sought(all, '').map((one) => one.name)).toEqual(['André', 'Anna Петрова', 'Zoë Weiß'])
    expect(sought(all, 'LUBECK zoe').map((one) => one.name)).toEqual(['Zoë Weiß'])
    expect(sought(all, 'петр').map((one) => one.name)).toEqual(['Anna Петрова'])
    expect(sought(all, 'nobody')).toEqual([])
  })

  const guest = (fields: Partial<Guest>): Guest => ({
    contact_id: 'a', name: 'A', community: '', role: 'participant', mail: true, answer: '', answered_ms: null, in_memory: false, unsubscribed: false, invited: true, ...fields,
  })

  test('no mail goes to whom none may go', () => {
    const all = [guest({}), guest({ mail: false }), guest({ in_memory: true }), guest({ unsubscribed: true })]
    expect(reachable(all)).toEqual([all[0]])
  })

  test('guests by their answers', () => {
    const all = [guest({ answer: 'coming' }), guest({ answer: 'cannot' }), guest({}), guest({})]
    expect((['all', 'coming', 'cannot', 'none'] as const).map((shown) => answered(all, shown).length)).toEqual([4, 1, 1, 2])
  })

  test('sites of a series have their id, or that of their zone', () => {
    expect(sitesOf({ sites: [{ id: 'riga', zone: 'Europe/Riga', place: { en: 'Old Riga' } }, { zone: 'America/New_York' }] })).toEqual([
      ['riga', 'Old Riga'],
      ['new-york', 'New York'],
    ])
    expect([sitesOf(undefined), sitesOf({}), sitesOf('else')]).toEqual([[], [], []])
  })

  test('what a table has wrong is told by line and column', () => {
    const fault = { where: '3', field: 'mail', reason: 'invalid' }
    expect(faultsIn(new Refused('invitation.invalid', '', { faults: [fault, 'else', null] }))).toEqual([fault])
    expect([faultsIn(new Refused('invitation.unreadable', '')), faultsIn(new Error('else'))]).toEqual([[], []])
  })
})

describe('history', () => {
  const entry = (kind: string, facts: TrailEntry['facts'] = {}, by_name = 'Amina'): TrailEntry => ({
    id: 1, at_ms: 0, by_name, kind, series: 'unconquered', about: '', facts, undoable: false, undone_ms: null,
  })

  test('says who did what', () => {
    expect(sentence(entry('occurrence.cancelled'))).toBe('Amina cancelled a ceremony.')
    expect(sentence(entry('people.added', { people: 12 }))).toBe('Amina added 12 people.')
    expect(sentence(entry('people.added', { people: 1, name: 'Chiyo' }))).toBe('Amina added Chiyo.')
    expect(sentence(entry('zone.moved', { zone: 'Asia/Almaty' }, ''))).toBe('The clocks of Almaty changed by law, and a ceremony with them.')
  })

  test('says what was taken back', () => {
    expect(sentence(entry('undone', { of: 'person.removed', name: 'Chiyo' }))).toBe('Amina took back: removed Chiyo.')
    expect(sentence(entry('undone', { of: 'undone' }))).toBe('Amina took back: changed something.')
  })

  test('a kind of tomorrow is still a sentence', () => {
    expect(sentence(entry('later.made'))).toBe('Amina changed something.')
  })
})
