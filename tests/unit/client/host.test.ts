import { describe, expect, test } from 'vitest'
import type { Floor, FloorEntry, Programme, Progress } from '../../../client/src/wire.ts'
import {
  expected,
  itemAfter,
  itemBefore,
  itemClock,
  moved,
  nextPress,
  queueLength,
  stepClock,
  warning,
} from '../../../client/src/view/host/runofshow.ts'
import { aProgramme, aRun, after, anItem, s, silence, START } from './programmes.ts'

const lobby = anItem('lobby', 900, { detail: { kind: 'lobby', opens_before_s: 900, sound_check: true } })
const opening = anItem('opening', 180)
const memories = anItem('memories', 360, {
  detail: {
    kind: 'testimony',
    speakers: ['Bruno', 'Chiyo'].map((name) => ({
      name: { en: name },
      age: 91,
      community: {},
      country: null,
      mode: 'live' as const,
      summary: {},
      media: null,
    })),
    slot_s: 180,
  },
})
const poem = anItem('poem', 120)
const closing = anItem('closing', 60, {
  detail: { kind: 'closing', words: {}, next_date: null, next_number: null, downloads: [], guest_book_until: null },
})

const programme = aProgramme([lobby, opening, silence, memories, poem, closing])

const times = (progress: Progress, now: number) =>
  expected(programme, progress, now).rows.map((row) => [
    row.item.id,
    row.state,
    (row.planned_ms - START) / 1000,
    row.expected_ms === null ? null : (row.expected_ms - START) / 1000,
  ])

describe('expected times', () => {
  test('before the start are the planned ones, without the lobby', () => {
    expect(times(after([]), s(-300))).toEqual([
      ['opening', 'planned', 0, 0],
      ['silence', 'planned', 180, 180],
      ['memories', 'planned', 270, 270],
      ['poem', 'planned', 630, 630],
      ['closing', 'planned', 750, 750],
    ])
    expect(expected(programme, after([]), s(-300))).toMatchObject({
      plannedEnd_ms: s(810),
      expectedEnd_ms: s(810),
      behind_ms: 0,
      elapsed_ms: null,
    })
  })

  test('move on together while nobody begins', () => {
    expect(expected(programme, after([]), s(45))).toMatchObject({ expectedEnd_ms: s(855), behind_ms: 45_000 })
  })

  test('keep a late start until it is made good', () => {
    const late = after([aRun(1, 'opening', s(40))])
    expect(expected(programme, late, s(60)).behind_ms).toBe(40_000)
    expect(expected(programme, late, s(200)).behind_ms).toBe(40_000)
    expect(expected(programme, late, s(60)).elapsed_ms).toBe(20_000)
  })

  test('an overrun moves what is expected, second by second, and never the plan', () => {
    const progress = after([aRun(1, 'opening', s(0))])
    expect(times(progress, s(200))).toEqual([
      ['opening', 'live', 0, 0],
      ['silence', 'planned', 180, 200],
      ['memories', 'planned', 270, 290],
      ['poem', 'planned', 630, 650],
      ['closing', 'planned', 750, 770],
    ])
    expect(expected(programme, progress, s(215)).behind_ms).toBe(35_000)
  })

  test('what has been announced counts as it was announced', () => {
    const progress = after([aRun(1, 'opening', s(0)), aRun(2, 'silence', s(103))])
    expect(times(progress, s(100))[1]).toEqual(['silence', 'standby', 180, 103])
    expect(expected(programme, progress, s(100)).behind_ms).toBe(-77_000)
  })

  test('what follows by itself is known ahead', () => {
    const progress = after([aRun(1, 'opening', s(0)), aRun(2, 'silence', s(180))])
    expect(times(progress, s(200)).slice(1, 3)).toEqual([
      ['silence', 'live', 180, 180],
      ['memories', 'planned', 270, 270],
    ])
  })

  test('a skipped item is left out of what is expected, and not of the plan', () => {
    const progress = after([aRun(1, 'opening', s(0))], { skipped: ['memories'] })
    const found = expected(programme, progress, s(10))
    expect(found.rows.map((row) => [row.state, row.expected_ms])).toEqual([
      ['live', s(0)],
      ['planned', s(180)],
      ['skipped', null],
      ['planned', s(270)],
      ['planned', s(390)],
    ])
    expect(found).toMatchObject({ plannedEnd_ms: s(810), expectedEnd_ms: s(450), behind_ms: -360_000 })
  })

  test('items jumped over have no time any more', () => {
    const progress = after([aRun(1, 'opening', s(0)), aRun(2, 'poem', s(100))])
    expect(times(progress, s(120))).toEqual([
      ['opening', 'done', 0, 0],
      ['silence', 'planned', 180, null],
      ['memories', 'planned', 270, null],
      ['poem', 'live', 630, 100],
      ['closing', 'planned', 750, 220],
    ])
  })

  test('on hold the end moves with every second', () => {
    const held = after([aRun(1, 'opening', s(0), { holds: [{ from_ms: s(60), to_ms: null }] })])
    expect(expected(programme, held, s(60)).behind_ms).toBe(0)
    expect(expected(programme, held, s(90)).behind_ms).toBe(30_000)
    const resumed = after([aRun(1, 'opening', s(0), { holds: [{ from_ms: s(60), to_ms: s(100) }] })])
    expect(expected(programme, resumed, s(150)).behind_ms).toBe(40_000)
  })

  test('past items tell how long they took, and an item shown again is expected to be followed again', () => {
    const progress = after([aRun(1, 'opening', s(0)), aRun(2, 'poem', s(200)), aRun(3, 'opening', s(260))])
    const rows = expected(programme, progress, s(270)).rows
    expect(rows.map((row) => [row.item.id, row.state, row.took_ms])).toEqual([
      ['opening', 'live', null],
      ['silence', 'planned', null],
      ['memories', 'planned', null],
      ['poem', 'done', 60_000],
      ['closing', 'planned', null],
    ])
    expect(rows.map((row) => row.began)).toEqual([true, false, false, false, false])
    expect(rows[3]?.expected_ms).toBe(s(260 + 180 + 90 + 360))
  })

  test('after the end everything stands', () => {
    const progress = after([aRun(1, 'opening', s(0)), aRun(2, 'closing', s(200))], { closed_ms: s(300) })
    const found = expected(programme, progress, s(9000))
    expect(found).toMatchObject({ expectedEnd_ms: s(300), behind_ms: -510_000, elapsed_ms: 300_000 })
    expect(found.rows.map((row) => row.took_ms)).toEqual([200_000, null, null, null, 100_000])
  })
})

describe('the large button', () => {
  test('begins with the first item, and knows when it would begin by itself', () => {
    expect(nextPress(programme, after([]), s(-60))).toEqual({ kind: 'item', item: opening, auto_ms: null })
    const autopilot = after([], { autopilot: true, autopilot_since_ms: s(-100) })
    expect(nextPress(programme, autopilot, s(-60))).toEqual({ kind: 'item', item: opening, auto_ms: s(0) })
  })

  test('offers to take back what is announced', () => {
    const run = aRun(1, 'opening', s(3))
    expect(nextPress(programme, after([run]), s(1))).toEqual({ kind: 'pending', run, item: opening, takeBack: 'yes' })
  })

  test('takes back an item of the autopilot only with the autopilot', () => {
    const run = aRun(1, 'opening', s(0))
    const progress = after([run], { autopilot: true })
    expect(nextPress(programme, progress, s(-5))).toMatchObject({ kind: 'pending', takeBack: 'autopilot' })
  })

  test('does not offer to take back what follows by itself at once again', () => {
    const going = anItem('going', 60, { end: 'next' })
    const other: Programme = { ...programme, items: [going, poem] }
    const progress = after([aRun(1, 'going', s(0)), aRun(2, 'poem', s(60))])
    expect(nextPress(other, progress, s(55))).toMatchObject({ kind: 'pending', takeBack: 'no' })
    const early = after([aRun(1, 'going', s(0)), aRun(2, 'poem', s(33))])
    expect(nextPress(other, early, s(30))).toMatchObject({ kind: 'pending', takeBack: 'yes' })
  })

  test('waits for the silence, is locked in it, and says until when', () => {
    const progress = after([aRun(1, 'opening', s(0)), aRun(2, 'silence', s(180))])
    const at = (seconds: number) => {
      const found = nextPress(programme, progress, s(seconds))
      return found.kind === 'silence' ? [found.part, (found.until_ms - START) / 1000] : found.kind
    }
    expect(at(180)).toEqual(['invitation', 200])
    expect(at(200)).toEqual(['stillness', 205])
    expect(at(205)).toEqual(['silence', 265])
    expect(at(264.9)).toEqual(['silence', 265])
    expect(at(265)).toEqual(['rest', 270])
    expect(at(270)).toBe('step')
  })

  test('stays locked in a silence though the next item is announced already', () => {
    const progress = after([aRun(1, 'silence', s(0)), aRun(2, 'memories', s(90))])
    expect(nextPress(programme, progress, s(84))).toMatchObject({ kind: 'silence', part: 'silence' })
  })

  test('can be called away from an invitation', () => {
    const progress = after([aRun(1, 'silence', s(0)), aRun(2, 'poem', s(8))])
    expect(nextPress(programme, progress, s(6))).toMatchObject({ kind: 'pending', item: poem, takeBack: 'yes' })
  })

  test('walks through the speakers before the next item', () => {
    const run = aRun(1, 'memories', s(0))
    const first = nextPress(programme, after([run]), s(10))
    expect(first).toEqual({ kind: 'step', item: memories, step: 1, count: 2 })
    expect(itemAfter(programme, after([run]), s(10))).toBe(poem)
    const second = { ...run, steps: [{ step: 1, at_ms: s(150) }] }
    expect(nextPress(programme, after([second]), s(160))).toEqual({ kind: 'item', item: poem, auto_ms: null })
  })

  test('leaves the speakers to the autopilot', () => {
    const progress = after([aRun(1, 'memories', s(0))], { autopilot: true })
    expect(nextPress(programme, progress, s(10))).toEqual({ kind: 'item', item: poem, auto_ms: s(360) })
  })

  test('leaves out what is skipped, and ends with the ceremony', () => {
    const progress = after([aRun(1, 'opening', s(0))], { skipped: ['silence', 'memories'] })
    expect(nextPress(programme, progress, s(10))).toMatchObject({ kind: 'item', item: poem })
    const last = after([aRun(1, 'closing', s(0))])
    expect(nextPress(programme, last, s(10))).toEqual({ kind: 'close' })
    expect(nextPress(programme, { ...last, closed_ms: s(20) }, s(30))).toEqual({ kind: 'closed' })
    expect(nextPress({ ...programme, items: [lobby] }, after([]), s(0))).toEqual({ kind: 'nothing' })
  })

  test('back is the item before, in the order of the programme', () => {
    const progress = after([aRun(1, 'opening', s(0)), aRun(2, 'poem', s(100))], { skipped: ['memories'] })
    expect(itemBefore(programme, progress, s(120))).toBe(silence)
    expect(itemBefore(programme, after([aRun(1, 'opening', s(0))]), s(10))).toBeNull()
    expect(itemBefore(programme, after([]), s(10))).toBeNull()
  })
})

describe('clocks of the live item', () => {
  test('leave holds out', () => {
    const run = aRun(1, 'opening', s(0), { holds: [{ from_ms: s(100), to_ms: s(160) }] })
    expect(itemClock(run, opening, s(170))).toEqual({
      position_ms: 110_000,
      planned_ms: 180_000,
      left_ms: 70_000,
      over_ms: 0,
    })
    expect(itemClock(run, opening, s(250))).toMatchObject({ left_ms: 0, over_ms: 10_000 })
  })

  test('a speaker has a clock of his own', () => {
    const run = aRun(1, 'memories', s(0), { steps: [{ step: 1, at_ms: s(200) }] })
    const progress = after([run])
    expect(stepClock(memories, run, progress, s(190))).toEqual({
      step: 0,
      count: 2,
      elapsed_ms: 190_000,
      slot_ms: 180_000,
      byHand: true,
    })
    expect(stepClock(memories, run, progress, s(230))).toMatchObject({ step: 1, elapsed_ms: 30_000 })
    expect(stepClock(memories, run, after([aRun(1, 'memories', s(0))], { autopilot: true }), s(230))).toMatchObject({
      byHand: false,
    })
    expect(stepClock(opening, run, progress, s(10))).toBeNull()
  })

  test('steps that follow the clock begin anew each time', () => {
    const bell = anItem('bell', 32, { detail: { kind: 'bell', strokes: 8, interval_s: 4 } })
    const run = aRun(1, 'bell', s(0))
    const progress = after([run])
    expect(stepClock(bell, run, progress, s(9))).toEqual({
      step: 2,
      count: 8,
      elapsed_ms: 1_000,
      slot_ms: 4_000,
      byHand: false,
    })
  })
})

describe('warnings', () => {
  const opened = after([aRun(1, 'opening', s(0))])

  test('tell that nobody has begun', () => {
    expect(warning(programme, after([]), s(-1))).toBeNull()
    expect(warning(programme, after([]), s(20))).toEqual({ kind: 'not_started', late_ms: 20_000 })
    expect(warning(programme, after([aRun(1, 'opening', s(22))]), s(20))).toBeNull()
    expect(warning(programme, after([], { autopilot: true }), s(20))).toBeNull()
  })

  test('come before the end and stay after it', () => {
    expect(warning(programme, opened, s(149))).toBeNull()
    expect(warning(programme, opened, s(150))).toEqual({ kind: 'soon', left_ms: 30_000 })
    expect(warning(programme, opened, s(180))).toEqual({ kind: 'over', over_ms: 0 })
    expect(warning(programme, opened, s(200))).toEqual({ kind: 'over', over_ms: 20_000 })
  })

  test('do not come at all for an item shorter than its warning', () => {
    const short: Programme = { ...programme, items: [anItem('opening', 20)] }
    expect(warning(short, opened, s(5))).toBeNull()
  })

  test('say that an item is on hold, and since when', () => {
    const held = after([aRun(1, 'opening', s(0), { holds: [{ from_ms: s(60), to_ms: null }] })])
    expect(warning(programme, held, s(90))).toEqual({ kind: 'held', since_ms: s(60) })
  })

  test('never come in a silence, nor once it is over', () => {
    const progress = after([aRun(1, 'silence', s(0))])
    for (const at of [0, 21, 60, 84, 86]) expect(warning(programme, progress, s(at))).toBeNull()
    expect(warning(programme, { ...opened, closed_ms: s(190) }, s(200))).toBeNull()
  })
})

function anEntry(id: string, state: FloorEntry['state'], change: Partial<FloorEntry> = {}): FloorEntry {
  return {
    id,
    kind: 'memory',
    state,
    slot_s: 240,
    since_ms: START,
    participant_id: null,
    name: id,
    community: '',
    country: null,
    text: '',
    via: 'self',
    note: '',
    released: false, telephone: '',
    ...change,
  }
}

describe('the queue', () => {
  const floor: Floor = {
    asking: true,
    entries: [
      anEntry('old', 'done'),
      anEntry('amina', 'speaking'),
      anEntry('bruno', 'next', { slot_s: 120 }),
      anEntry('gone', 'withdrawn'),
      anEntry('chiyo', 'asked', { slot_s: 60 }),
      anEntry('away', 'not_here'),
    ],
  }

  test('says how long everybody would take', () => {
    expect(queueLength(floor, s(60))).toEqual({ waiting: 2, total_ms: 360_000 })
    expect(queueLength(floor, s(600))).toEqual({ waiting: 2, total_ms: 180_000 })
  })

  test('moves one entry among those who wait', () => {
    expect(moved(floor, 'chiyo', -1)).toEqual(['chiyo', 'bruno'])
    expect(moved(floor, 'bruno', 1)).toEqual(['chiyo', 'bruno'])
    expect(moved(floor, 'bruno', -1)).toBeNull()
    expect(moved(floor, 'chiyo', 1)).toBeNull()
    expect(moved(floor, 'away', -1)).toBeNull()
  })
})
