// Without a seat: the timeline is followed, the seat is asked for when the line has come to it, and never in a silence.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Core } from '../../../client/src/core'
import { createSeatless, type Seatless } from '../../../client/src/seatless'
import { createStore, type Boot, type Store } from '../../../client/src/state'
import type { Item, Programme, Progress, Ticket } from '../../../client/src/wire'
import { MINUTE_OF_SILENCE } from './programmes'

const START_MS = 1_000_000
const POLL_MS = 8000

const silence = {
  id: 'minute', title: {}, detail: { ...MINUTE_OF_SILENCE, invitation: {} }, planned_s: 90, presenter: {}, language: '',
  note_host: '', warn_s: 60, end: 'hold', media: null, text: {}, recording_allowed: false, hall: '',
} as unknown as Item
const programme = { items: [silence], starts_ms: START_MS, lobby_opens_ms: 0, cancelled: null, languages: ['en'] } as unknown as Programme
const waiting: Progress = {
  opened_ms: 0, closed_ms: null, runs: [], cues: 0, skipped: [], autopilot: false, autopilot_since_ms: null, holding_since_ms: null,
} as unknown as Progress
const held: Progress = { ...waiting, cues: 1, runs: [{ cue: 1, item_id: 'minute', start_ms: START_MS, holds: [], steps: [] }] }

const boot = { view: 'participant', ceremony_id: 'c', programme } as unknown as Boot

/** A memory like the browser's for one tab. */
function aStorage(): Storage {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage
}

class Page {
  readonly store: Store = createStore(boot)
  now_ms = START_MS - 60_000
  progress = waiting
  called: number | undefined = 0
  /** What the server says when it is asked. */
  answer: Ticket | string | null | Error = null
  readonly asked: string[] = []
  readonly plans: unknown[] = []
  readonly seatless: Seatless
  connected = 0
  timeline = 0

  constructor(readonly kept: Storage = aStorage()) {
    const core = { store: this.store, now: () => this.now_ms, startSampling: (_: unknown, plan: unknown) => this.plans.push(plan) }
    vi.stubGlobal('fetch', async (url: string, options: { body: string }) => {
      if (url === '/api/seat') return this.seat(JSON.parse(options.body) as { ticket: string; leaves?: boolean })
      if (!url.includes('timeline.json')) return { ok: true, headers: new Headers(), json: async () => ({ programme }) }
      this.timeline += 1
      const file = {
        epoch: 'e', programme_seq: 1, seq: 7, progress: this.progress, speaker: null, counts: null, stream: 'live.m3u8', streamed: null,
        recorded: [], called: this.called,
      }
      return { ok: true, headers: new Headers(), json: async () => file }
    })
    this.seatless = createSeatless({
      core: core as unknown as Core,
      boot,
      token: () => 'token',
      connect: () => (this.connected += 1),
      kept: this.kept,
    })
  }

  private seat({ ticket, leaves }: { ticket: string; leaves?: boolean }) {
    this.asked.push(leaves === true ? `leave ${ticket}` : ticket)
    if (this.answer instanceof Error) throw this.answer
    const { answer } = this
    if (typeof answer === 'string') return { ok: false, json: async () => ({ code: answer }) }
    return answer === null
      ? { ok: true, json: async () => ({ kept: true }) }
      : { ok: false, json: async () => ({ code: 'seats.full', facts: answer }) }
  }

  async pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms)
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('window', new EventTarget())
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a page without a seat goes by the timeline and asks nothing', async () => {
  const page = new Page()
  page.seatless.begin({ ticket: 'mine', number: 5 })
  await page.pass(60_000)
  const live = page.store.get()
  expect([live.entered, live.seatless, live.link, live.state?.seq, live.stream.url]).toEqual([true, true, 'watching', 7, 'live.m3u8'])
  expect(page.timeline).toBeGreaterThan(7)
  expect(page.plans).toHaveLength(1)
  expect([page.asked, page.connected]).toEqual([[], 0])
})

test.each([[5], [9], [undefined]])('it asks once the line has come to it (%s), and the line opens', async (called) => {
  const page = new Page()
  page.seatless.begin({ ticket: 'mine', number: 5 })
  await page.pass(1000)
  page.called = called
  await page.pass(POLL_MS)
  expect([page.asked, page.connected]).toEqual([['mine'], 1])
  page.seatless.seated()
  const live = page.store.get()
  // What was known in part is given up for what the greeting holds.
  expect([live.seatless, live.epoch, live.stream.url, page.seatless.waits]).toEqual([false, '', '', false])
  const polls = page.timeline
  await page.pass(60_000)
  expect(page.timeline).toBe(polls)
})

test('a seat that is gone again is waited for, in the same place', async () => {
  const page = new Page()
  page.seatless.begin({ ticket: 'mine', number: 5 })
  page.called = 5
  page.answer = { ticket: 'later', number: 8 }
  await page.pass(2 * POLL_MS)
  page.answer = null
  await page.pass(2 * POLL_MS)
  expect(new Set(page.asked)).toEqual(new Set(['mine']))
  expect(page.connected).toBeGreaterThan(0)
})

test('in a silence nobody asks and nothing is changed; right after it they do', async () => {
  const page = new Page()
  page.progress = held
  page.called = 5
  page.now_ms = START_MS + MINUTE_OF_SILENCE.invitation_s * 1000 + 1000
  page.seatless.begin({ ticket: 'mine', number: 5 })
  await page.pass(5 * POLL_MS)
  expect(page.asked).toEqual([])
  page.now_ms += 1000 * (MINUTE_OF_SILENCE.stillness_s + MINUTE_OF_SILENCE.duration_s + MINUTE_OF_SILENCE.quiet_after_s)
  await page.pass(POLL_MS)
  expect([page.asked, page.connected]).toEqual([['mine'], 1])
})

test('a page that waits says so every two minutes, and that it closes', async () => {
  const page = new Page()
  page.answer = { ticket: 'mine', number: 5 }
  page.seatless.begin({ ticket: 'mine', number: 5 })
  await page.pass(10 * 60_000)
  expect(page.asked.length).toBeGreaterThanOrEqual(4)
  expect(page.asked.length).toBeLessThanOrEqual(6)
  const closing = new Event('pagehide')
  window.dispatchEvent(Object.assign(closing, { persisted: false }))
  expect(page.asked.at(-1)).toBe('leave mine')
})

test('a ticket from before a reload keeps its place, and is shown at once', async () => {
  const kept = aStorage()
  new Page(kept).seatless.begin({ ticket: 'first', number: 5 })
  const page = new Page(kept)
  page.answer = { ticket: 'first', number: 5 }
  page.seatless.begin({ ticket: 'second', number: 9 })
  await page.pass(POLL_MS)
  expect(page.asked).toEqual(['first'])
})

test('a server without time is asked again; one that refuses the person is told to say why', async () => {
  const page = new Page()
  page.called = 5
  page.answer = 'store.busy'
  page.seatless.begin({ ticket: 'mine', number: 5 })
  await page.pass(2 * POLL_MS)
  expect(page.asked.length).toBeGreaterThan(0)
  expect(page.connected).toBe(0)
  page.answer = 'person.removed'
  await page.pass(POLL_MS)
  expect(page.connected).toBeGreaterThan(0)
})

test('a question that is not answered is asked again; whoever leaves asks no more', async () => {
  const page = new Page()
  page.called = 5
  page.answer = new Error('line')
  page.seatless.begin({ ticket: 'mine', number: 5 })
  await page.pass(3 * POLL_MS)
  expect(page.asked.length).toBeGreaterThan(1)
  page.seatless.end()
  const asked = page.asked.length
  await page.pass(3 * POLL_MS)
  expect([page.asked.length, page.store.get().seatless]).toEqual([asked, false])
})
