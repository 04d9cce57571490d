import { describe, expect, test } from 'vitest'
import { emptyState } from '../../../client/src/apply.ts'
import { carriesSaid, deckSaid, onStageSaid, stageName, telephoneNow, troubleSaid } from '../../../client/src/view/host/stagewords.ts'
import type { CeremonyState, FloorEntry, OnDeck, StageCarries } from '../../../client/src/wire.ts'

type Device = OnDeck['camera']
const DEVICES: Device[] = ['unknown', 'asking', 'on', 'off', 'refused', 'none', 'busy']

const deck = (camera: Device, microphone: Device, heard = false, online = true) => deckSaid({ online, camera, microphone, heard })
const say = (of: Record<string, string> | null | undefined) => of?.['en'] ?? ''

function anEntry(changes: Partial<FloorEntry>): FloorEntry {
  return {
    id: 'e1',
    kind: 'memory',
    state: 'next',
    slot_s: 180,
    since_ms: 0,
    participant_id: null,
    name: 'Vera',
    community: '',
    country: null,
    text: '',
    via: 'telephone',
    note: '',
    released: true,
    telephone: '+374 10 123456',
    ...changes,
  }
}

describe('who stands by, in words', () => {
  test('everything works', () => {
    expect(deck('on', 'on', true)).toEqual({ tone: 'good', words: 'camera and microphone work; we hear the voice', todo: '' })
    expect(deck('on', 'on')).toMatchObject({ tone: 'fair', words: 'camera and microphone work; no voice yet' })
  })

  test('a microphone is enough', () => {
    expect(deck('off', 'on', true)).toEqual({ tone: 'good', words: 'sound alone, as they wish; we hear the voice', todo: '' })
    expect(deck('none', 'on', true).words).toBe('sound alone: there is no camera')
    expect(deck('refused', 'on', true).words).toBe('sound alone: the browser refuses the camera')
    expect(deck('busy', 'on', true).words).toBe('sound alone: another program holds the camera')
    expect(deck('asking', 'on').tone).toBe('wait')
  })

  test('without a microphone nobody is heard, whatever the camera does', () => {
    for (const camera of DEVICES) {
      for (const microphone of ['off', 'refused', 'none', 'busy'] as const) expect(deck(camera, microphone).tone).toBe('trouble')
      for (const microphone of ['unknown', 'asking'] as const) expect(deck(camera, microphone).tone).toBe('wait')
    }
    expect(deck('refused', 'refused').words).toBe('the browser refuses camera and microphone')
    expect(deck('on', 'refused').words).toBe('the browser refuses the microphone')
    expect(deck('none', 'none').words).toBe('there is neither a camera nor a microphone')
    expect(deck('on', 'off').words).toBe('the microphone is switched off')
  })

  test('not answered, and not tried', () => {
    expect(deck('asking', 'asking').words).toBe('has not answered the question about camera and microphone yet')
    expect(deck('unknown', 'unknown').words).toBe('has not tried camera and microphone yet')
  })

  test('of a page that is not open nothing else is known', () => {
    for (const camera of DEVICES) {
      for (const microphone of DEVICES) expect(deck(camera, microphone, true, false).words).toBe('the page is not open')
    }
  })

  test('whatever is not well says what to do', () => {
    for (const camera of DEVICES) {
      for (const microphone of DEVICES) {
        for (const heard of [true, false]) {
          const { words, todo, tone } = deck(camera, microphone, heard)
          expect(words).not.toBe('')
          if (tone === 'trouble' || tone === 'fair') expect(todo).not.toBe('')
        }
      }
    }
  })
})

describe('who is on the stage, in words', () => {
  const person = { feed: 'f', picture: true, sound: true, via: 'self', kind: 'speaker' } as const

  test('how they are seen and heard', () => {
    expect(onStageSaid(person).words).toBe('seen and heard')
    expect(onStageSaid({ ...person, picture: false }).words).toBe('heard, without a picture')
    expect(onStageSaid({ ...person, sound: false }).tone).toBe('trouble')
    expect(onStageSaid({ ...person, feed: null })).toMatchObject({ tone: 'wait', words: 'nothing comes from there yet' })
    expect(onStageSaid({ ...person, feed: null, via: 'telephone' }).tone).toBe('good')
  })

  test('names are those of the queue, of guests and of halls', () => {
    const programme = { halls: [{ id: 'bishkek', place: { en: 'Bishkek' }, community: {}, country: 'KG', contact: '', telephone: '' }] }
    const state = {
      ...emptyState(),
      programme,
      floor: { asking: true, entries: [anEntry({})] },
      stage: { guests: [{ key: 'guest-1', participant_id: 'p', name: 'Amina', community: '', country: null }], recorded: [] },
    } as unknown as CeremonyState
    expect(['e1', 'guest-1', 'hall-bishkek', 'gone'].map((key) => stageName(key, state, say))).toEqual(['Vera', 'Amina', 'Bishkek', ''])
  })
})

describe('how the pictures are carried, in words', () => {
  const mesh: StageCarries = { engine: 'mesh', ok: true, viewers: 3, well: 4, most: 6 }

  test('nothing is said while it is well', () => {
    expect(carriesSaid(mesh)).toBeNull()
    expect(carriesSaid({ ...mesh, viewers: 4 })).toBeNull()
    expect(carriesSaid({ engine: 'janus', ok: true, viewers: 300, well: null, most: null })).toBeNull()
    expect(carriesSaid({ engine: 'off', ok: false, viewers: 0, well: null, most: null })).toBeNull()
  })

  test('more than well, and more than it can', () => {
    expect(carriesSaid({ ...mesh, viewers: 5 })).toEqual({
      tone: 'fair',
      words: '5 pages see the speaker directly; this is more than a home line carries well (4).',
      todo: 'Let some turn pictures off, or use a media server.',
    })
    expect(carriesSaid({ ...mesh, viewers: 7 })?.words).toBe('No more than 6 pages can see the speaker directly; 7 are here.')
  })

  test('away', () => {
    expect(carriesSaid({ ...mesh, ok: false })?.words).toBe('Live pictures are away; they come back by themselves.')
  })
})

test('who is to be rung up', () => {
  expect(telephoneNow(anEntry({}))).toBe('ring')
  expect(telephoneNow(anEntry({ state: 'ready' }))).toBe('ring')
  expect(telephoneNow(anEntry({ state: 'speaking' }))).toBe('speaking')
  expect(telephoneNow(anEntry({ state: 'accepted' }))).toBeNull()
  expect(telephoneNow(anEntry({ via: 'self' }))).toBeNull()
})

test('of one on the stage from whom nothing comes, the devices are told', () => {
  const silent = { feed: null, picture: false, sound: false, via: 'self' } as const
  const devices = { online: true, camera: 'refused', microphone: 'refused', heard: false } as const
  expect(onStageSaid(silent, devices).words).toBe('the browser refuses camera and microphone')
  expect(onStageSaid(silent, { ...devices, camera: 'on', microphone: 'on' }).words).toBe('nothing comes from there yet')
  expect(onStageSaid({ ...silent, feed: 'f', sound: true }, devices).words).toBe('heard, without a picture')
})

test('why the host is not seen or heard', () => {
  const fine = { camera: 'on', microphone: 'on', cameraFault: null, microphoneFault: null } as const
  expect(troubleSaid(fine)).toBe('')
  expect(troubleSaid({ ...fine, camera: 'off' })).toBe('')
  expect(troubleSaid({ ...fine, camera: 'asking', microphone: 'asking' })).toContain('press “Allow”')
  expect(troubleSaid({ ...fine, camera: 'none', cameraFault: 'none' })).toBe('This device has no camera: you are heard without a picture.')
  // The microphone goes before the camera: a voice is what is needed.
  expect(troubleSaid({ camera: 'refused', microphone: 'refused', cameraFault: 'refused', microphoneFault: 'refused' })).toContain('use the microphone')
})
