import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hallOnScreen, hallsAhead } from '../../../client/src/stage/ahead.ts'
import { moment } from '../../../client/src/timeline.ts'
import type { Programme, Progress } from '../../../client/src/wire.ts'
import { after, anItem, aProgramme, aRun, s, silence, START } from './programmes.ts'

interface Case {
  item: string
  step: number
  ahead: string[]
}

// The same as in tests/unit/domain/test_stage_halls.py.
const { programme: shared, cases } = JSON.parse(
  readFileSync(new URL('./halls_ahead.json', import.meta.url), 'utf-8'),
) as { programme: Programme; cases: Case[] }

function place(hall: string) {
  return { place: { en: 'A place' }, community: {}, country: null, speaker: {}, mode: 'live' as const, media: null, hall }
}

/** 60 s of words, three places of 30 s, a silence of 90 s, a greeting. */
const programme = aProgramme([
  anItem('words', 60),
  anItem('called', 90, { detail: { kind: 'roll_call', entries: [place('bishkek'), place(''), place('osaka')], slot_s: 30 } }),
  silence,
  anItem('greeting', 60, { hall: 'recife' }),
])

const ahead = (progress: Progress, now_ms: number) => {
  const found = hallsAhead(programme, progress, moment(programme, progress, now_ms), now_ms)
  return found.map(({ hall, in_ms }) => [hall, Math.round(in_ms / 1000)])
}

describe('the halls that are still wanted', () => {
  test.each(cases)('as the server finds them: $item $step', ({ item, step, ahead: wanted }) => {
    const run = aRun(1, item, START, step === 0 ? {} : { steps: [{ step, at_ms: START }] })
    const progress = after([run])
    const shown = moment(shared, progress, START + 1000)
    expect(hallsAhead(shared, progress, shown, START + 1000).map((one) => one.hall)).toEqual(wanted)
  })

  test('by plan, before it begins', () => {
    expect(ahead(after([]), s(-120))).toEqual([['bishkek', 180], ['osaka', 240], ['recife', 360]])
  })

  test('when the beginning is late, as if it were now', () => {
    expect(ahead(after([]), s(300))).toEqual([['bishkek', 60], ['osaka', 120], ['recife', 240]])
  })

  test('in the middle of what comes before, and when that takes too long', () => {
    const words = after([aRun(1, 'words', START)])
    expect(ahead(words, s(40))).toEqual([['bishkek', 20], ['osaka', 80], ['recife', 200]])
    expect(ahead(words, s(200))).toEqual([['bishkek', 0], ['osaka', 60], ['recife', 180]])
  })

  test('step by step through a roll-call', () => {
    const called = after([aRun(1, 'called', START, { steps: [{ step: 1, at_ms: s(50) }] })])
    expect(ahead(called, s(10))).toEqual([['bishkek', 0], ['osaka', 50], ['recife', 170]])
    expect(ahead(called, s(60))).toEqual([['osaka', 20], ['recife', 120]])
    expect(ahead(called, s(85))).toEqual([['osaka', 0], ['recife', 95]])
  })

  test('what the clock begins next, begins then', () => {
    const words = after([aRun(1, 'words', START), aRun(2, 'called', s(25))])
    expect(ahead(words, s(20))).toEqual([['bishkek', 5], ['osaka', 65], ['recife', 185]])
  })

  test('without what is skipped, on hold, and when all is over', () => {
    expect(ahead(after([aRun(1, 'words', START)], { skipped: ['called'] }), s(40))).toEqual([['recife', 110]])
    const held = after([aRun(1, 'words', START, { holds: [{ from_ms: s(30), to_ms: null }] })])
    expect(ahead(held, s(500))[0]).toEqual(['bishkek', 30])
    expect(ahead(after([aRun(1, 'words', START)], { closed_ms: s(50) }), s(60))).toEqual([])
  })
})

describe('the hall on screen', () => {
  const at = (id: string, step = 0) => {
    const progress = after([aRun(1, id, START, step === 0 ? {} : { steps: [{ step, at_ms: START }] })])
    return hallOnScreen(moment(programme, progress, START + 1000))
  }

  test('is that of the place that is called, else of the item', () => {
    expect([at('words'), at('called'), at('called', 1), at('called', 2), at('greeting')]).toEqual(['', 'bishkek', '', 'osaka', 'recife'])
  })
})
