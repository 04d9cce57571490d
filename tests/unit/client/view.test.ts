import { afterEach, describe, expect, it } from 'vitest'
import type { Moment, SilencePart } from '../../../client/src/timeline'
import { speak } from '../../../client/src/text/messages'
import { sayingFor } from '../../../client/src/view/announcing'
import { dayFile } from '../../../client/src/view/calendar'
import { placeOf } from '../../../client/src/view/candles'
import { aboutMinutes, civilDate, digits, inWords, timeAt, zoneName } from '../../../client/src/view/dates'
import { changesOf, type Details } from '../../../client/src/view/details'
import { placeSaid, waitSaid } from '../../../client/src/view/myturn'
import { readingOf } from '../../../client/src/view/names'
import { EASE_MS, glowAt } from '../../../client/src/view/silence'
import { directionOf } from '../../../client/src/view/speech'
import { stepStartMs } from '../../../client/src/view/testimony'
import { belongs } from '../../../client/src/view/wreaths'
import type { Live } from '../../../client/src/state'
import type { Detail, FloorEntry, Item, Names, Progress, Run, Silence, Wreath } from '../../../client/src/wire'
import { MINUTE_OF_SILENCE } from './programmes'

const MINUTE = 60_000
const ENGLISH = { language: 'en', form: (n: number) => (n === 1 ? 0 : 1), messages: {} }

const SILENCE: Silence = { ...MINUTE_OF_SILENCE, invitation: {} }

function anItem(id: string, detail: Detail, planned_s = 180): Item {
  return {
    id,
    title: { en: `Title of ${id}` },
    detail,
    planned_s,
    presenter: {},
    language: '',
    note_host: '',
    warn_s: 60,
    end: 'hold',
    media: null,
    text: {},
    recording_allowed: false,
    hall: '',
  }
}

const welcome = anItem('welcome', { kind: 'address', speaker: {}, role: {}, interpretation: '' })
const silence = anItem('silence', SILENCE, 90)
const poem = anItem('poem', { kind: 'reading', author: {}, reader: {}, rights: '' })

function shows(item: Item | null, cue: number, part: SilencePart | null = null): Moment {
  const run: Run | null = item && { cue, item_id: item.id, start_ms: 0, holds: [], steps: [] }
  return { phase: item ? 'item' : 'lobby', run, item, position_ms: 0, held: false, over: false, step: 0, silence: part, standby: null }
}

const title = (item: Item) => item.title['en'] ?? ''

afterEach(() => speak(ENGLISH))

describe('what a screen reader is told', () => {
  it('hears one notice before a silence and one after it, and nothing in between', () => {
    const story = [
      shows(welcome, 1),
      shows(silence, 2, 'invitation'),
      shows(silence, 2, 'stillness'),
      shows(silence, 2, 'silence'),
      shows(silence, 2, 'rest'),
      shows(poem, 3),
    ]
    const said = story.map((now, at) => sayingFor(story[at - 1] ?? null, now, title)?.text ?? null)
    expect(said).toEqual([
      'Now: Title of welcome',
      'A silence is about to begin. The page will be quiet for 60 seconds. You will hear a metronome.',
      null,
      null,
      null,
      'The silence is over. Now: Title of poem',
    ])
  })

  it('waits until 5 s after the end, also where the programme goes on at once', () => {
    const hurried = anItem('silence', { ...SILENCE, quiet_after_s: 2 })
    expect(sayingFor(shows(hurried, 2, 'rest'), shows(poem, 3), title)?.after_ms).toBe(3000)
    expect(sayingFor(shows(silence, 2, 'rest'), shows(poem, 3), title)?.after_ms).toBe(0)
  })

  it('tells who came late that it is over, when it is', () => {
    expect(sayingFor(null, shows(silence, 2, 'silence'), title)).toBeNull()
    expect(sayingFor(shows(silence, 2, 'silence'), shows(silence, 2), title)?.text).toBe('The silence is over.')
  })

  it('announces a second silence instead of its name', () => {
    const again = anItem('again', { ...SILENCE, sound: 'none' })
    const said = sayingFor(shows(silence, 2, 'rest'), shows(again, 3, 'invitation'), title)
    expect(said?.text).toBe('A silence is about to begin. The page will be quiet for 60 seconds.')
  })

  it('does not repeat what stays', () => {
    expect(sayingFor(shows(welcome, 1), { ...shows(welcome, 1), held: true }, title)).toBeNull()
  })
})

describe('the light of the beat', () => {
  it('comes from nothing and goes to nothing, eased over 400 ms at the least', () => {
    expect(EASE_MS).toBeGreaterThanOrEqual(400)
    expect([glowAt(-1), glowAt(0), glowAt(EASE_MS), glowAt(2 * EASE_MS), glowAt(1000)]).toEqual([0, 0, 1, 0, 0])
  })

  it('is over before the next beat at the fastest allowed', () => {
    expect(2 * EASE_MS).toBeLessThan(MINUTE / 60)
  })

  it('never jumps: at most a tenth in a frame of 25 ms', () => {
    for (let at = 0; at < 1000; at += 25) expect(Math.abs(glowAt(at + 25) - glowAt(at))).toBeLessThan(0.1)
  })

  it('changes the luminance of the ground by 0.02 at most', () => {
    expect(luminance('#3a3020') - luminance('#2a2418')).toBeLessThan(0.02)
  })
})

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

describe('times in words', () => {
  it.each([
    [0, 'in a moment'],
    [30_000, 'in less than a minute'],
    [MINUTE, 'in 1 minute'],
    [12 * MINUTE + 20_000, 'in 12 minutes'],
    [60 * MINUTE, 'in 1 hour'],
    [2 * 60 * MINUTE + 5 * MINUTE, 'in 2 hours and 5 minutes'],
    [20 * 60 * MINUTE + 5 * MINUTE, 'in 20 hours'],
    [71 * 60 * MINUTE, 'in 3 days'],
  ])('%i ms is "%s"', (left_ms, said) => expect(inWords(left_ms)).toBe(said))

  it('speaks of a wait without promising', () => {
    expect(aboutMinutes(8 * MINUTE + 10_000)).toBe('about 8 minutes')
    expect(aboutMinutes(10_000)).toBe('less than a minute')
  })

  it('counts down to the last second', () => {
    expect([digits(1), digits(59_001), digits(3_723_000), digits(-5)]).toEqual(['0:01', '1:00', '1:02:03', '0:00'])
  })

  it('tells the time of the ceremony by its own clock, summer and winter', () => {
    const at_ms = Date.UTC(2027, 0, 27, 11)
    expect(timeAt(at_ms, 'Europe/Moscow')).toBe('14:00')
    expect(timeAt(at_ms, 'America/Los_Angeles')).toBe('03:00')
    expect(zoneName('Europe/Moscow', at_ms)).toBe('Moscow Time')
    // Some browsers write a comma after the day of the week.
    expect(civilDate('2028-01-27').replace(',', '')).toBe('Thursday 27 January 2028')
  })

  it('survives a zone that the browser does not know', () => {
    expect(timeAt(0, 'Nowhere/At_All')).toBe('00:00')
  })
})

describe('names that are read', () => {
  const names = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, note: '', pronunciation: '' }))
  const detail: Names = { kind: 'names', names, readers: [], pace_s: 5, grouping: 'one', silences_at: [2] }
  const plain = (read: ReturnType<typeof readingOf>) => read.map((group) => group?.map((one) => one.name).join('') ?? '-')

  it('keeps a pace of silence before the name it is set at', () => {
    expect(plain(readingOf(detail))).toEqual(['a', 'b', '-', 'c', 'd', 'e'])
  })

  it('reads in pairs, with a last one alone, and ends in silence where that is asked', () => {
    expect(plain(readingOf({ ...detail, grouping: 'pair', silences_at: [1, 3] }))).toEqual(['ab', '-', 'cd', 'e', '-'])
  })
})

describe('the step of an item', () => {
  const progress: Progress = {
    runs: [],
    cues: 1,
    skipped: [],
    autopilot: false,
    autopilot_since_ms: 0,
    holding_since_ms: null,
    opened_ms: null,
    closed_ms: null,
  }
  const witness = { name: {}, age: null, community: {}, country: null, mode: 'recorded' as const, summary: {}, media: null }
  const item = anItem('memories', { kind: 'testimony', speakers: [witness, witness, witness], slot_s: 60 })

  it('begins where the host took it', () => {
    const run: Run = { cue: 1, item_id: 'memories', start_ms: 1000, holds: [], steps: [{ step: 1, at_ms: 31_000 }] }
    expect([stepStartMs(item, run, progress, 0), stepStartMs(item, run, progress, 1)]).toEqual([0, 30_000])
  })

  it('begins by the clock where the programme goes by itself, holds not counted', () => {
    const run: Run = { cue: 1, item_id: 'memories', start_ms: 1000, holds: [{ from_ms: 2000, to_ms: 12_000 }], steps: [] }
    expect(stepStartMs(item, run, { ...progress, autopilot: true }, 2)).toBe(120_000)
  })
})

describe('one’s own wreath', () => {
  const wreath: Wreath = { community: { en: 'Sukhum', ru: 'Сухум' }, country: null, layer: {}, ribbon: {}, tribute: 'wreath', media: null }

  it('is known by the community in any of its languages, or by the country', () => {
    expect(belongs(wreath, 'СУХУМ', null)).toBe(true)
    expect(belongs(wreath, 'Yerevan', null)).toBe(false)
    expect(belongs({ ...wreath, country: 'AM' }, 'Yerevan', 'AM')).toBe(true)
  })

  it('is nobody’s who says nothing of themselves', () => {
    expect(belongs(wreath, '', null)).toBe(false)
  })
})

describe('one’s turn', () => {
  const entry = (id: string, state: FloorEntry['state'], slot_s = 240): FloorEntry => ({
    id,
    kind: 'memory',
    state,
    slot_s,
    since_ms: 0,
    participant_id: null,
    name: '',
    community: '',
    country: null,
    text: '',
    via: 'self',
    note: '',
    released: false, telephone: '',
  })
  const live = (entries: FloorEntry[]) => ({ state: { floor: { asking: true, entries } } }) as unknown as Live

  it('tells the place and about how long', () => {
    const mine = entry('mine', 'accepted')
    const known = live([entry('a', 'done'), entry('b', 'asked'), entry('c', 'accepted'), mine])
    expect([placeSaid(known, mine), waitSaid(known, mine, 0)]).toEqual(['You are third', 'about 8 minutes'])
  })

  it('goes on in numbers after the tenth', () => {
    const mine = entry('mine', 'asked')
    const before = Array.from({ length: 11 }, (_, at) => entry(String(at), 'accepted'))
    expect(placeSaid(live([...before, mine]), mine)).toBe('You are number 12')
  })

  it('keeps the place of who was not there', () => {
    const mine = entry('mine', 'not_here')
    expect([placeSaid(live([mine]), mine), waitSaid(live([mine]), mine, 0)]).toEqual(['We keep your place', ''])
  })
})

describe('details', () => {
  const before: Details = { name: 'Amina', community: '', country: '', people: 1, consent: 'count', recording: false }

  it('sends only what was touched, so that a reload undoes nothing', () => {
    expect(changesOf(before, before)).toEqual({})
    expect(changesOf(before, { ...before, name: ' Amina Odhiambo ', people: 3 })).toEqual({ name: 'Amina Odhiambo', people: 3 })
  })

  it('sends an agreement to be recorded, and takes it back', () => {
    expect(changesOf(before, { ...before, recording: true })).toEqual({ recording: true })
    expect(changesOf({ ...before, recording: true }, before)).toEqual({ recording: false })
  })

  it('takes a country back', () => {
    expect(changesOf({ ...before, country: 'KE' }, before)).toEqual({ country: null })
  })
})

describe('the field of lights', () => {
  it('gives each light a place that later ones do not change', () => {
    expect(placeOf(7)).toEqual(placeOf(7))
    const places = Array.from({ length: 360 }, (_, at) => placeOf(at))
    expect(places.every(({ across, down }) => across >= 0 && across < 1 && down >= 0 && down <= 1)).toBe(true)
  })

  it('spreads them over the whole breadth', () => {
    const columns = new Set(Array.from({ length: 60 }, (_, at) => Math.floor(placeOf(at).across * 10)))
    expect(columns.size).toBe(10)
  })
})

describe('a day for the calendar', () => {
  it('is a whole day of its own, with its signs escaped', () => {
    const file = dayFile('2028-01-31', 'Unconquered; 84 years, together', Date.UTC(2027, 0, 27, 12))
    expect(file).toContain('DTSTART;VALUE=DATE:20280131\r\nDTEND;VALUE=DATE:20280201\r\n')
    expect(file).toContain('SUMMARY:Unconquered\\; 84 years\\, together\r\n')
    expect(file).toContain('DTSTAMP:20270127T120000Z\r\n')
  })

  it('folds long lines at 75 octets without cutting a letter', () => {
    const file = dayFile('2028-01-27', 'Непокорённые '.repeat(12), 0)
    const octets = file.split('\r\n').map((line) => new TextEncoder().encode(line).length)
    expect(Math.max(...octets)).toBeLessThanOrEqual(75)
    expect(file.replace(/\r\n /g, '')).toContain('Непокорённые '.repeat(12).trimEnd())
  })
})

it('knows which languages run from the right', () => {
  expect(['he', 'ar-EG', 'ru', 'uz-Cyrl'].map(directionOf)).toEqual(['rtl', 'rtl', 'ltr', 'ltr'])
})
