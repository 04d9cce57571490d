import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDraft, REST_MS } from '../../../client/src/planning/edit/draft.ts'
import { counted, faultsBeside, faultsOf, faultsWithin, placed } from '../../../client/src/planning/edit/faults.ts'
import {
  alphabetical, dropPlace, duplicated, freshId, inserted, moved, namesFrom, without, wordsOf, wreathsFor,
} from '../../../client/src/planning/edit/lists.ts' // prettier-ignore
import { newItem, newSeries, placeFor } from '../../../client/src/planning/edit/making.ts'
import { at, parsed, put, same, written, type Json, type Table } from '../../../client/src/planning/edit/paths.ts'
import type { Fault, Previewed } from '../../../client/src/planning/types.ts'

function aFault(key: string, severity = 'fault'): Fault {
  return { key, line: 1, code: 'schedule.empty', message: 'is empty.', suggestion: null, severity }
}

const PROGRAMME: Table = {
  title: { en: 'Unconquered', ru: 'Непокорённые' },
  items: [
    { id: 'lobby', kind: 'lobby' },
    { id: 'silence', kind: 'silence', title: 'A minute' },
  ],
}

describe('paths', () => {
  test('are read as the server writes them, and written the same', () => {
    expect(parsed('items[3].title.en')).toEqual(['items', 3, 'title', 'en'])
    expect(parsed('date.weekday')).toEqual(['date', 'weekday'])
    expect(parsed('items[0].media.captions.uz-Cyrl')).toEqual(['items', 0, 'media', 'captions', 'uz-Cyrl'])
    for (const key of ['items[3].title.en', 'items', 'items[12].wreaths[0]', 'date.exceptions[1].to']) expect(written(parsed(key))).toBe(key)
  })

  test('a value is put without touching the old document', () => {
    const before = JSON.stringify(PROGRAMME)
    const next = put(PROGRAMME, ['items', 1, 'title', 'ru'], 'Минута')
    expect(at(next, ['items', 1])).toEqual({ id: 'silence', kind: 'silence', title: { ru: 'Минута' } })
    expect(JSON.stringify(PROGRAMME)).toBe(before)
    expect(at(next, ['items', 0])).toBe(at(PROGRAMME, ['items', 0]))
  })

  test('a table goes with its last key, and an emptied part of a list keeps its place', () => {
    const shifted = put<Table>({}, ['date', 'shift', 'FR'], -1)
    expect(shifted).toEqual({ date: { shift: { FR: -1 } } })
    expect(put(shifted, ['date', 'shift', 'FR'], undefined)).toEqual({})
    const wreaths = put<Table>({ wreaths: [{ country: 'AM' }, { country: 'BG' }] }, ['wreaths', 0, 'country'], undefined)
    expect(wreaths).toEqual({ wreaths: [{}, { country: 'BG' }] })
  })

  test('equal documents are the same whatever the order of their keys', () => {
    expect(same({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBe(true)
    expect(same({ a: 1 }, { a: 1, b: undefined as never })).toBe(false)
    expect(same([1, 2], [2, 1])).toBe(false)
  })
})

describe('lists', () => {
  test('a row moves and the others close up; beyond the ends it stops there', () => {
    expect(moved(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd'])
    expect(moved(['a', 'b', 'c', 'd'], 3, 0)).toEqual(['d', 'a', 'b', 'c'])
    expect(moved(['a', 'b'], 1, 9)).toEqual(['a', 'b'])
    expect(moved(['a', 'b', 'c'], 1, -3)).toEqual(['b', 'a', 'c'])
    expect(inserted(['a', 'c'], 1, 'b')).toEqual(['a', 'b', 'c'])
    expect(without(['a', 'b', 'c'], 1)).toEqual(['a', 'c'])
  })

  test('a copy stands behind its original and has an id of its own', () => {
    const items: Json[] = [{ id: 'silence', planned_s: 90 }, { id: 'silence-2' }]
    expect(duplicated(items, 0)).toEqual([{ id: 'silence', planned_s: 90 }, { id: 'silence-3', planned_s: 90 }, { id: 'silence-2' }])
    expect(duplicated([{ community: 'Riga' }], 0)).toEqual([{ community: 'Riga' }, { community: 'Riga' }])
    expect(freshId('silence-2', new Set(['silence', 'silence-2']))).toBe('silence-3')
    expect(freshId('bell', new Set())).toBe('bell')
  })

  test('a row drawn past the middle of another takes its place', () => {
    const middles = [10, 30, 50, 70]
    expect(dropPlace(middles, 0, 10)).toBe(0)
    expect(dropPlace(middles, 0, 51)).toBe(2)
    expect(dropPlace(middles, 3, 29)).toBe(1)
    expect(dropPlace(middles, 1, 500)).toBe(3)
  })

  test('wreaths stand in the alphabet of the one language that is stated', () => {
    const wreaths: Json[] = [{ community: { en: 'Zambia', cs: 'Zambie' } }, { community: 'Chile' }, { community: { cs: 'Chile' } }, { community: { cs: 'Dánsko' } }, { community: { cs: 'Česko' } }]
    // Czech has ch behind h and č behind c; those without a name in the language come last, as they stood.
    expect(alphabetical(wreaths, 'cs', 'en').map((one) => wordsOf(at(one, ['community']), ['cs']))).toEqual(['Česko', 'Dánsko', 'Chile', 'Zambie', 'Chile'])
  })

  test('each delegation gets one wreath, and none twice', () => {
    const delegations: Json[] = [{ community: { en: 'Riga' }, country: 'LV' }, { community: 'Sukhum' }, { community: { en: ' riga ' } }]
    const fresh = wreathsFor(delegations, [{ community: { en: 'sukhum' }, ribbon: { en: 'x' } }], ['en'])
    expect(fresh).toEqual([{ community: { en: 'sukhum' }, ribbon: { en: 'x' } }, { community: { en: 'Riga' }, country: 'LV' }])
    expect(wreathsFor(delegations, fresh, ['en'])).toEqual(fresh)
  })

  test('pasted lines become names, with the note behind a semicolon or a tab', () => {
    expect(namesFrom('Anna Ivanova\n\n  Boris Levin ; 1931–1942 \nVera\t1940\tVYEH-ra\r\n;nobody')).toEqual([
      'Anna Ivanova', { name: 'Boris Levin', note: '1931–1942' }, { name: 'Vera', note: '1940', pronunciation: 'VYEH-ra' },
    ]) // prettier-ignore
  })
})

describe('faults', () => {
  const all = placed([aFault('items[1].title.en'), aFault('items[1]'), aFault('items[10].title'), aFault('items', 'warning'), aFault('items[1].wreaths[0].country')])

  test('belong to their own field, and to what it lies in', () => {
    expect(faultsOf(all, ['items', 1]).map((fault) => fault.key)).toEqual(['items[1]'])
    expect(faultsWithin(all, ['items', 1]).map((fault) => fault.key)).toEqual(['items[1].title.en', 'items[1]', 'items[1].wreaths[0].country'])
    expect(faultsBeside(all, ['items', 1], ['title']).map((fault) => fault.key)).toEqual(['items[1]', 'items[1].wreaths[0].country'])
    expect(counted(all.map((one) => one.fault))).toEqual({ faults: 4, warnings: 1 })
  })
})

describe('what is new', () => {
  const forms = { kinds: { wreath_laying: [{ name: 'wreaths', type: 'list', required: true, default: null, low: null, high: null, choices: null, part: 'Wreath' }] } }

  test('an item has an id that is free, a title, and a length where none follows from its parts', () => {
    expect(newItem('wreath_laying', new Set(['wreath-laying']), 'Wreaths', 'en', forms)).toEqual({
      id: 'wreath-laying-2', kind: 'wreath_laying', title: { en: 'Wreaths' }, wreaths: [],
    }) // prettier-ignore
    expect(newItem('address', new Set(), 'Address', 'en', forms)['planned_s']).toBe(180)
    expect(newItem('silence', new Set(), 'Silence', 'en', forms)['planned_s']).toBeUndefined()
  })

  test('it comes before the closing, and a lobby before all', () => {
    const items = [{ kind: 'address' }, { kind: 'closing' }]
    expect(placeFor('bell', items)).toBe(1)
    expect(placeFor('closing', items)).toBe(2)
    expect(placeFor('lobby', items)).toBe(0)
    expect(placeFor('bell', [{ kind: 'address' }])).toBe(1)
  })

  test('a series has a programme that can be held', () => {
    const series = newSeries('ru', 'Europe/Riga', { lobby: 'Перед началом' })
    expect(at(series, ['items', 0, 'title'])).toEqual({ ru: 'Перед началом' })
    expect(at(series, ['date', 'zone'])).toBe('Europe/Riga')
  })
})

describe('a draft', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const said = (words: string, faults: Fault[] = []): Previewed => ({ words, rows: [], faults, planned_s: 0, ends: [] })

  test('is asked about once the typing rests, and the latest answer counts', async () => {
    const asked: Table[] = []
    const answers: ((value: Previewed) => void)[] = []
    const draft = createDraft(PROGRAMME, false, (document) => {
      asked.push(document)
      return new Promise((resolve) => answers.push(resolve))
    })
    draft.put(['source'], 'a')
    await vi.advanceTimersByTimeAsync(REST_MS - 1)
    draft.put(['source'], 'ab')
    await vi.advanceTimersByTimeAsync(REST_MS)
    expect(asked.map((document) => document['source'])).toEqual(['ab'])
    draft.put(['source'], 'abc')
    await vi.advanceTimersByTimeAsync(REST_MS)
    answers[1]?.(said('new', [aFault('source')]))
    answers[0]?.(said('old'))
    await vi.advanceTimersByTimeAsync(1)
    expect(draft.preview.value?.words).toBe('new')
    expect(draft.faults.value.map((one) => one.path)).toEqual([['source']])
  })

  test('what was taken out comes back to its place, beside what was typed since', () => {
    const draft = createDraft(PROGRAMME, false, () => Promise.resolve(null))
    draft.take(['items'], 0, 'Lobby')
    expect(draft.dirty.value).toBe(true)
    draft.put(['items', 0, 'title'], 'Two minutes')
    draft.taken.value?.back()
    expect(draft.value(['items'])).toEqual([{ id: 'lobby', kind: 'lobby' }, { id: 'silence', kind: 'silence', title: 'Two minutes' }])
    expect(draft.taken.value).toBeNull()
  })

  test('typed back to what is saved it is saved; what is typed during the saving is not', () => {
    const draft = createDraft(PROGRAMME, false, () => Promise.resolve(null))
    draft.put(['source'], 'x')
    const sent = draft.document.value
    draft.put(['source'], 'xy')
    draft.saved(sent, [], false)
    expect(draft.dirty.value).toBe(true)
    expect(draft.value(['source'])).toBe('xy')
    draft.put(['source'], 'x')
    expect(draft.dirty.value).toBe(false)
  })
})
