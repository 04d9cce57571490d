// The keeper sounds every silence that the timeline holds, and nothing else, with or without a line.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { emptyState } from '../../../client/src/apply'
import type { ClockRunner } from '../../../client/src/clockrunner'
import type { Estimator } from '../../../client/src/clock'
import { keepStep } from '../../../client/src/keeper'
import type { SilencePlan } from '../../../client/src/metronome'
import type { Sound } from '../../../client/src/sound'
import { createStore, type Boot } from '../../../client/src/state'
import type { Item, Programme, Progress, Run, Silence } from '../../../client/src/wire'
import { MINUTE_OF_SILENCE } from './programmes'

const MINUTE: Silence = { ...MINUTE_OF_SILENCE, invitation: {}, quiet_after_s: 10 }

function item(id: string, planned_s: number, detail: Item['detail'], end: Item['end'] = 'hold'): Item {
  return {
    id,
    title: {},
    detail,
    planned_s,
    presenter: {},
    language: '',
    note_host: '',
    warn_s: 60,
    end,
    media: null,
    text: {},
    recording_allowed: false,
    hall: '',
  }
}

const programme = {
  starts_ms: 1_000_000,
  lobby_opens_ms: 0,
  languages: ['en'],
  items: [
    item('words', 180, { kind: 'address', speaker: {}, role: {}, interpretation: '' }),
    item('minute', 95, MINUTE, 'next'),
    item('bell', 30, { kind: 'bell', strokes: 3, interval_s: 4 }),
  ],
} as unknown as Programme

function run(cue: number, item_id: string, start_ms: number): Run {
  return { cue, item_id, start_ms, holds: [], steps: [] }
}

function a_page() {
  const store = createStore({} as Boot)
  const heard: string[] = []
  let frozen = false
  let dense = 0
  const sound = {
    playSilence: (plan: SilencePlan) => heard.push(`silence ${plan.t0_ms}`),
    stopSilence: () => heard.push('stop'),
    bells: (at_ms: readonly number[]) => heard.push(`bells ${at_ms.join(' ')}`.trim()),
  } as unknown as Sound
  const estimator = { freeze: (on: boolean) => (frozen = on) } as unknown as Estimator
  const runner = { denser: (until: number) => (dense = until) } as unknown as ClockRunner
  const end = keepStep({ store, sound, estimator, now: () => Date.now(), runner: () => runner })
  return {
    heard,
    end,
    frozen: () => frozen,
    dense: () => dense,
    timeline: (progress: Partial<Progress>) =>
      store.set({ state: { ...emptyState(), programme, progress: { ...emptyState().progress, ...progress } } }),
  }
}

describe('keeper', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
  afterEach(() => void vi.useRealTimers())

  it('hands a silence on once, as soon as it is cued', () => {
    const page = a_page()
    page.timeline({ runs: [run(1, 'minute', 1_003_000)], cues: 1 })
    vi.advanceTimersByTime(92_000)
    // The bell that follows by the clock is known too.
    expect(page.heard).toEqual(['silence 1028000', 'bells 1098000 1102000 1106000'])
    page.end()
  })

  it('knows a silence that follows by the clock alone, with no event at all', () => {
    const page = a_page()
    page.timeline({ runs: [run(1, 'words', 1_000_000)], cues: 1, autopilot: true })
    vi.advanceTimersByTime(31_000)
    expect(page.heard).toEqual(['silence 1205000'])
    expect(page.dense()).toBe(0)
    vi.advanceTimersByTime(115_000)
    expect(page.dense()).toBe(1_205_000)
    page.end()
  })

  it('freezes the shown time from the stillness to the end of the rest', () => {
    const page = a_page()
    page.timeline({ runs: [run(1, 'minute', 1_000_000)], cues: 1 })
    const frozen = [15_000, 5_000, 74_000, 3_000].map((step_ms) => {
      vi.advanceTimersByTime(step_ms)
      return page.frozen()
    })
    expect(frozen).toEqual([false, true, true, false])
    page.end()
  })

  it('stops what is called off: taken back, or gone over during the invitation', () => {
    const page = a_page()
    page.timeline({ runs: [run(1, 'minute', 1_003_000)], cues: 1 })
    page.timeline({ runs: [], cues: 1 })
    page.timeline({ runs: [run(2, 'minute', 1_010_000)], cues: 2 })
    page.timeline({ runs: [run(2, 'minute', 1_010_000), run(3, 'words', 1_020_000)], cues: 3 })
    const silences = page.heard.filter((one) => !one.startsWith('bells'))
    expect(silences).toEqual(['silence 1028000', 'stop', 'silence 1035000', 'stop'])
    page.end()
  })

  it('leaves a silence that is over alone: its bell may still be fading', () => {
    const page = a_page()
    page.timeline({ runs: [run(1, 'minute', 1_003_000)], cues: 1 })
    vi.advanceTimersByTime(110_000)
    expect(page.heard).not.toContain('stop')
    page.end()
  })

  it('tells of every stroke of a bell as soon as it is cued, for a page whose timers are few', () => {
    const page = a_page()
    page.timeline({ runs: [run(1, 'bell', 1_003_000)], cues: 1 })
    page.timeline({ runs: [run(1, 'bell', 1_003_000)], cues: 1, skipped: ['words'] })
    expect(page.heard).toEqual(['bells 1003000 1007000 1011000'])
    vi.advanceTimersByTime(30_000)
    expect(page.heard.at(-1)).toBe('bells')
    page.end()
  })

  it('takes back the strokes that a host has gone over, stopped or closed', () => {
    const page = a_page()
    const bell = run(1, 'bell', 1_003_000)
    page.timeline({ runs: [bell], cues: 1 })
    page.timeline({ runs: [bell, run(2, 'words', 1_008_000)], cues: 2 })
    page.timeline({ runs: [{ ...bell, holds: [{ from_ms: 1_004_000, to_ms: null }] }], cues: 2 })
    page.timeline({ runs: [bell], cues: 2, closed_ms: 1_006_000 })
    expect(page.heard).toEqual(['bells 1003000 1007000 1011000', 'bells 1003000 1007000', 'bells', 'bells 1003000'])
    page.end()
  })
})
