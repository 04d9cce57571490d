/** What a device remembers of its players: used again, bounded, and harmless whatever lies in the browser's store. */
import { describe, expect, test } from 'vitest'
import { createLearned, keyOf } from '../../../../client/src/players/learned'

const PAGE = 'https://ceremony.example/c/1'
const KEY = 'memorata.learned'
const DAY_MS = 86_400_000
const OWN = { provider: 'file', id: '', url: '/media/a.mp4' }
const ELSEWHERE = { provider: 'hls', id: '', url: 'https://cdn.example/live.m3u8' }
const YOUTUBE = { provider: 'youtube', id: 'x', url: 'https://www.youtube-nocookie.com/embed/x' }
const UNKNOWN = { start_s: null, lead_s: null }

function aStore(kept: Record<string, string> = {}) {
  return {
    kept,
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => void (kept[key] = value),
  }
}

test('a source is known by its kind and where it lies, not by what it shows', () => {
  expect(keyOf(OWN, PAGE)).toBe('file')
  expect(keyOf(ELSEWHERE, PAGE)).toBe('hls cdn.example')
  expect(keyOf(YOUTUBE, PAGE)).toBe('youtube www.youtube-nocookie.com')
})

test('what was learned is there for the next film of the kind, and at the next visit', () => {
  const store = aStore()
  const first = createLearned(store, PAGE, () => 100 * DAY_MS)
  expect(first.of(OWN)).toEqual(UNKNOWN)
  first.keep(OWN, { start_s: 0.1234, lead_s: 0.9 })
  first.keep(YOUTUBE, { start_s: null, lead_s: 1.75 })
  for (const learned of [first, createLearned(store, PAGE, () => 130 * DAY_MS)]) {
    expect(learned.of({ ...OWN, url: '/media/other.mp4' })).toEqual({ start_s: 0.123, lead_s: 0.9 })
    expect(learned.of(YOUTUBE)).toEqual({ start_s: null, lead_s: 1.75 })
    expect(learned.of(ELSEWHERE)).toEqual(UNKNOWN)
  }
  expect(Object.keys(store.kept)).toEqual([KEY])
})

test('is forgotten after half a year, and the longest unused first', () => {
  const store = aStore()
  const learned = createLearned(store, PAGE, () => 100 * DAY_MS)
  learned.keep(OWN, { start_s: 0.1, lead_s: 1 })
  expect(createLearned(store, PAGE, () => 281 * DAY_MS).of(OWN)).toEqual(UNKNOWN)
  for (let host = 0; host < 40; host += 1) {
    learned.keep({ ...ELSEWHERE, url: `https://cdn-${host}.example/a.m3u8` }, { start_s: 0.1, lead_s: 1 })
  }
  expect(learned.of(OWN)).toEqual(UNKNOWN)
  expect((JSON.parse(store.kept[KEY]!) as unknown[]).length).toBe(16)
  expect(store.kept[KEY]!.length).toBeLessThan(2_000)
})

describe('the browser’s store', () => {
  test.each([
    'nonsense',
    '{}',
    'null',
    '[null,7,"x",[]]',
    '[{"key":"file","start_s":99,"lead_s":-1,"day":100}]',
    '[{"key":"file","start_s":"0.1","lead_s":null,"day":100}]',
    '[{"key":"file","start_s":0.1,"lead_s":1,"day":101}]',
  ])('may hold %s', (text) => {
    const learned = createLearned(aStore({ [KEY]: text }), PAGE, () => 100 * DAY_MS)
    expect(learned.of(OWN)).toEqual(UNKNOWN)
    learned.keep(OWN, { start_s: 0.2, lead_s: 1 })
    expect(learned.of(OWN)).toEqual({ start_s: 0.2, lead_s: 1 })
  })

  test('may be closed, full, or not there', () => {
    const closed = () => {
      throw new DOMException('no', 'SecurityError')
    }
    for (const store of [null, { getItem: closed, setItem: closed }]) {
      const learned = createLearned(store, PAGE)
      learned.keep(OWN, { start_s: 0.2, lead_s: 1 })
      expect(learned.of(OWN)).toEqual({ start_s: 0.2, lead_s: 1 })
    }
  })
})
