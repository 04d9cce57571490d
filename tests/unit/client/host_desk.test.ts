import { signal } from '@preact/signals'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDesk, type Desk } from '../../../client/src/view/host/desk.ts'
import { keyAct, type Pressed } from '../../../client/src/view/host/keys.ts'
import { namesInSteps, script, stepFacts, stepLabel, stepName } from '../../../client/src/view/host/steps.ts'
import { againstPlan, countdown, length, refusal, timeWithSeconds } from '../../../client/src/view/host/words.ts'
import type { View } from '../../../client/src/view/live.ts'
import type { Ack, Detail, Item, Text, Tributes } from '../../../client/src/wire.ts'
import { MINUTE_OF_SILENCE } from './programmes.ts'

const say = (text: Text | null | undefined) => text?.['en'] ?? ''
const nothing: Tributes = { laid: [], wishes: [] }

function anItem(detail: Detail, text: Text = {}): Item {
  return {
    id: 'item',
    title: { en: 'Item' },
    detail,
    planned_s: 60,
    presenter: {},
    language: '',
    note_host: '',
    warn_s: 60,
    end: 'hold',
    media: null,
    text,
    recording_allowed: false,
    hall: '',
  }
}

describe('times in words', () => {
  test('lengths', () => {
    expect([0, 999, 59_499, 60_000, 725_000, 3_723_000, -5].map(length)).toEqual([
      '0:00',
      '0:01',
      '0:59',
      '1:00',
      '12:05',
      '1:02:03',
      '0:00',
    ])
  })

  test('a countdown says one second until it is over', () => {
    expect([34_001, 1000, 999, 1, 0, -3].map(countdown)).toEqual(['0:35', '0:01', '0:01', '0:01', '0:00', '0:00'])
  })

  test('against the plan', () => {
    expect(againstPlan(80_000)).toBe('1:20 behind')
    expect(againstPlan(-40_000)).toBe('0:40 ahead')
    expect(againstPlan(4_000)).toBe('On time')
    expect(againstPlan(-4_000)).toBe('On time')
  })

  test('the clock is the zone of the ceremony, not of the computer', () => {
    const at = Date.UTC(2027, 0, 27, 11, 0)
    expect(timeWithSeconds(at, 'Europe/Moscow')).toBe('14:00:00')
    expect(timeWithSeconds(at, 'America/Los_Angeles')).toBe('03:00:00')
    expect(timeWithSeconds(Date.UTC(2027, 0, 27, 21, 0, 7), 'Europe/Moscow')).toBe('00:00:07')
  })
})

describe('what a host reads', () => {
  const memories = anItem({
    kind: 'testimony',
    slot_s: 180,
    speakers: [
      { name: { en: 'Bruno' }, age: 91, community: { en: 'Recife' }, country: 'BR', mode: 'phone', summary: { en: 'The well on the ice.' }, media: null },
      { name: { en: 'Chiyo' }, age: null, community: {}, country: null, mode: 'live', summary: {}, media: null },
    ],
  })

  test('names the next step by what it is', () => {
    expect(stepLabel(memories, 1, 2, say)).toBe('Next speaker: Chiyo')
    const wishes = anItem({ kind: 'wishes', prompt: {}, max_chars: 280, moderated: true, read_out: 6, prepared: [] })
    expect(stepLabel(wishes, 2, 6, say)).toBe('Next wish: 3 of 6')
  })

  test('tells who a speaker is, and how they are heard', () => {
    expect(stepFacts(memories, 0, say, (code) => ({ BR: 'Brazil' })[code] ?? code)).toBe('91, Recife, Brazil, on the telephone')
    expect(stepFacts(memories, 1, say, (code) => code)).toBe('heard live')
    expect(script(memories, 0, nothing, say, () => 'en')).toEqual([{ label: 'Bruno', text: 'The well on the ice.', language: 'en' }])
    expect(script(memories, 1, nothing, say, () => 'en')).toEqual([])
  })

  test('keeps the silences between names in their places', () => {
    const detail: Detail = {
      kind: 'names',
      names: ['A', 'B', 'C'].map((name) => ({ name, note: '', pronunciation: name === 'C' ? 'see' : '' })),
      readers: [],
      pace_s: 5,
      grouping: 'pair',
      silences_at: [1],
    }
    const names = anItem(detail)
    expect(namesInSteps(names).map((group) => group.map((one) => one.name))).toEqual([['A', 'B'], [], ['C']])
    expect([0, 1, 2, 3].map((step) => stepName(names, step, say))).toEqual(['A, B', 'a moment of silence', 'C', ''])
    expect(script(names, 2, nothing, say, () => '')).toEqual([{ label: 'C', text: 'see', language: '' }])
  })

  test('says the invitation before the text of a silence', () => {
    const silence = anItem(MINUTE_OF_SILENCE, { en: 'We remember.' })
    expect(script(silence, 0, nothing, say, () => 'en').map((one) => one.text)).toEqual(['Please rise.', 'We remember.'])
  })

  test('offers only released wishes to be read aloud', () => {
    const wishes = anItem({ kind: 'wishes', prompt: {}, max_chars: 280, moderated: true, read_out: 6, prepared: [] })
    const wish = { item_id: 'item', participant_id: null, name: 'Amina', community: 'Mombasa', country: null, at_ms: 0 }
    const tributes: Tributes = {
      laid: [],
      wishes: [
        { ...wish, id: '1', text: 'Held', state: 'held' },
        { ...wish, id: '2', text: 'Released', state: 'released' },
        { ...wish, id: '3', text: 'Kept back', state: 'withheld' },
        { ...wish, id: '4', text: 'Elsewhere', state: 'released', item_id: 'closing' },
        { ...wish, id: '5', text: 'Second', state: 'released', name: 'Bruno' },
      ],
    }
    const read = (step: number) => script(wishes, step, tributes, say, () => '').map((one) => [one.label, one.text])
    expect(read(0)).toEqual([
      ['Amina, Mombasa', 'Released'],
      ['Then: Bruno, Mombasa', 'Second'],
    ])
    // The page of the audience keeps the last one when there are fewer wishes than steps.
    expect(read(1)).toEqual([['Bruno, Mombasa', 'Second']])
    expect(read(5)).toEqual([['Bruno, Mombasa', 'Second']])
  })
})

describe('keys', () => {
  const press = (key: string, change: Partial<Pressed> = {}): Pressed => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    repeat: false,
    writing: false,
    ...change,
  })

  test('are function keys and one chord', () => {
    expect(keyAct(press('F8'))).toBe('next')
    expect(keyAct(press('F8', { writing: true }))).toBe('next')
    expect(keyAct(press('F9'))).toBe('picture')
    expect(keyAct(press('F10'))).toBe('hold')
    expect(keyAct(press('Enter', { ctrlKey: true }))).toBe('next')
    expect(keyAct(press('Escape'))).toBe('disarm')
  })

  test('a key held down, a letter, a line break in a text start nothing', () => {
    expect(keyAct(press('F8', { repeat: true }))).toBeNull()
    expect(keyAct(press('Enter', { ctrlKey: true, writing: true }))).toBeNull()
    expect(keyAct(press('Enter'))).toBeNull()
    expect(keyAct(press('F8', { ctrlKey: true }))).toBeNull()
    for (const letter of ['n', ' ', 'h']) expect(keyAct(press(letter))).toBeNull()
  })
})

describe('the desk', () => {
  let answer: (ack: Ack) => void
  let sent: [string, unknown][]
  let desk: Desk

  beforeEach(() => {
    vi.useFakeTimers()
    sent = []
    const session = {
      now: () => 0,
      send: (kind: string, fields: unknown) => {
        sent.push([kind, fields])
        return new Promise<Ack>((resolve) => (answer = resolve))
      },
    }
    const live = signal({ state: null, you: null })
    desk = createDesk({ session, live } as unknown as View)
  })
  afterEach(() => vi.useRealTimers())

  const texts = () => desk.notices.value.map((notice) => notice.text)

  test('says a refusal in one calm line, once, and lets it go', async () => {
    for (let i = 0; i < 2; i++) {
      const acted = desk.act('item.cue', { item_id: 'silence', aimed_cue: 0 })
      answer({ ok: false, code: 'cue.stale', message: 'cue.stale', facts: {} })
      await acted
    }
    expect(sent[0]).toEqual(['item.cue', { item_id: 'silence', aimed_cue: 0 }])
    expect(texts()).toEqual(['Already started by another host.'])
    vi.advanceTimersByTime(20_000)
    expect(texts()).toEqual([])
  })

  test('an unknown refusal is said in the words of the server, or else as nothing lost', () => {
    expect(refusal({ ok: false, code: 'new.code', message: 'The hall is full.' })).toBe('The hall is full.')
    expect(refusal({ ok: false, code: 'new.code', message: '' })).toBe('This was not possible. Nothing has changed.')
  })

  test('tells what still waits for the line', async () => {
    const acted = desk.act('picture.hold', {})
    expect(desk.waiting.value).toBe(0)
    vi.advanceTimersByTime(1600)
    expect(desk.waiting.value).toBe(1)
    answer({ ok: true, seq: 4 })
    await acted
    expect(desk.waiting.value).toBe(0)
    expect(texts()).toEqual([])
  })

  test('knows that a cue is on its way', async () => {
    const acted = desk.act('item.cue', { item_id: 'silence', aimed_cue: 0 })
    expect(desk.sending.value).toBe(true)
    answer({ ok: true, seq: 1 })
    await acted
    expect(desk.sending.value).toBe(false)
    void desk.act('picture.hold', {})
    expect(desk.sending.value).toBe(false)
  })

  test('a second press counts only when it is no double press and not too late', () => {
    expect(desk.press('back', 'Back')).toBe(false)
    vi.advanceTimersByTime(300)
    expect(desk.press('back', 'Back')).toBe(false)
    vi.advanceTimersByTime(400)
    expect(desk.press('back', 'Back')).toBe(true)
    expect(desk.armed.value).toBeNull()
    expect(texts()).toEqual([])
    expect(desk.press('back', 'Back')).toBe(false)
    vi.advanceTimersByTime(5100)
    expect(desk.press('back', 'Back')).toBe(false)
    expect(desk.press('close', 'Close')).toBe(false)
    expect(desk.armed.value).toBe('close')
    expect(texts()).toEqual(['Press once more within five seconds: Close'])
    desk.disarm()
    vi.advanceTimersByTime(700)
    expect(desk.press('close', 'Close')).toBe(false)
  })
})
