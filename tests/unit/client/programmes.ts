/** What tests of what is shown and conducted begin with: items, a programme of them, and how far it has come. */
import type { Item, Programme, Progress, Run, Silence } from '../../../client/src/wire.ts'

export const START = 1_801_047_600_000
/** So many seconds after the start. */
export const s = (seconds: number) => START + seconds * 1000

export function anItem(id: string, planned_s: number, change: Partial<Item> = {}): Item {
  return {
    id,
    title: { en: id },
    detail: { kind: 'address', speaker: { en: 'Amina' }, role: {}, interpretation: '' },
    planned_s,
    presenter: {},
    language: 'en',
    note_host: '',
    warn_s: 30,
    end: 'hold',
    media: null,
    text: {},
    recording_allowed: false,
    hall: '',
    ...change,
  }
}

/** 20 s of invitation, 5 of stillness, 60 of silence, 5 of rest. */
export const MINUTE_OF_SILENCE: Silence = {
  kind: 'silence',
  duration_s: 60,
  invitation: { en: 'Please rise.' },
  invitation_s: 20,
  stillness_s: 5,
  sound: 'metronome',
  bpm: 50,
  start_signal: 'none',
  end_signal: 'bell',
  quiet_after_s: 5,
  vibration: false,
}
export const silence = anItem('silence', 90, { detail: MINUTE_OF_SILENCE, end: 'next' })

export function aProgramme(items: Item[]): Programme {
  return {
    ceremony_id: 'unconquered-2027',
    series: 'unconquered',
    title: { en: 'Unconquered' },
    subject: {},
    date: '2027-01-27',
    zone: 'Europe/Moscow',
    starts_ms: START,
    lobby_opens_ms: START - 900_000,
    languages: ['en'],
    items,
    number: 83,
    organizer: '',
    telephone: '',
    delegations: [],
    countries: null,
    holding_still: null,
    door: 'open',
    embed: [],
    place: {},
    autopilot: false,
    rehearsal: false,
    cancelled: null, halls: [],
  }
}

export function aRun(cue: number, item_id: string, start_ms: number, change: Partial<Run> = {}): Run {
  return { cue, item_id, start_ms, holds: [], steps: [], ...change }
}

export function after(runs: Run[], change: Partial<Progress> = {}): Progress {
  return {
    runs,
    cues: runs.length,
    skipped: [],
    autopilot: false,
    autopilot_since_ms: 0,
    holding_since_ms: null,
    opened_ms: START - 900_000,
    closed_ms: null,
    ...change,
  }
}
