import { describe, expect, test } from 'vitest'
import { fallbackSaid, placeSaid, wantedSaid, type Place } from '../../../client/src/view/host/hallwords.ts'
import type { Media, OnDeck, OnStage } from '../../../client/src/wire.ts'
import { anItem, aProgramme } from './programmes.ts'

const deck: OnDeck = { key: 'hall-osaka', kind: 'hall', online: true, feed: 'f1', camera: 'on', microphone: 'on', heard: true }
const person: OnStage = {
  key: 'hall-osaka',
  kind: 'hall',
  feed: 'f1',
  picture: true,
  sound: true,
  name: '',
  community: '',
  country: null,
  via: 'hall',
}
const place = (change: Partial<Place>) => {
  const { head, said } = placeSaid({ person: null, deck: null, online: false, linked: true, ...change })
  return [head, said.words]
}

describe('how a hall stands', () => {
  test('not here, with a link and without', () => {
    expect(place({})).toEqual(['Not here', 'its page is not open'])
    expect(place({ linked: false })).toEqual(['Not here', 'it has no link yet'])
    expect(place({ deck: { ...deck, online: false } })).toEqual(['Not here', 'its page is not open'])
  })

  test('stands by', () => {
    expect(place({ deck })).toEqual(['Stands by', 'camera and microphone work; we hear the voice'])
    expect(place({ online: true })).toEqual(['Stands by', 'its page is open'])
  })

  test('on screen, and when its turn has come and nothing comes', () => {
    expect(place({ deck, person })).toEqual(['On screen', 'seen and heard'])
    expect(place({ person: { ...person, feed: null } })).toEqual(['Its turn now', 'its page is not open'])
    expect(place({ deck: { ...deck, microphone: 'refused' }, person: { ...person, feed: null } })[0]).toBe('Its turn now')
  })
})

test('when it is wanted', () => {
  const minutes = (n: number) => wantedSaid({ hall: 'osaka', in_ms: n * 60_000 })
  expect([minutes(0), minutes(1), minutes(3.2), minutes(200), wantedSaid(null)]).toEqual([
    'On screen in less than a minute.',
    'On screen in about 1 minute.',
    'On screen in about 3 minutes.',
    '',
    'The programme does not show it any more.',
  ])
})

describe('what is shown in its place', () => {
  const media = (change: Partial<Media>): Media => ({
    sources: [],
    still: null,
    captions: [],
    duration_s: null,
    fallback_text: {},
    live: false,
    volume: 1,
    ...change,
  })
  const film = { provider: 'file' as const, id: 'a', url: '/media/a.mp4', delay_s: null }
  const said = (own: Media | null, whole: Media | null = null, mode: 'live' | 'recorded' = 'live') => {
    const entry = { place: { en: 'Osaka' }, community: {}, country: null, speaker: {}, mode, media: own, hall: 'osaka' }
    const item = anItem('called', 60, { detail: { kind: 'roll_call', entries: [entry], slot_s: 60 }, media: whole })
    return fallbackSaid(aProgramme([item]), 'osaka')
  }

  test('the name, a picture, a link or a recording', () => {
    expect(said(null)).toBe('While it does not send, its name is shown alone.')
    expect(said(media({ still: '/media/a.jpg' }))).toBe('While it does not send, the picture of the programme is shown.')
    expect(said(media({}), media({ sources: [film], live: true }))).toBe('While it does not send, the broadcast link of the programme is shown.')
    expect(said(media({ sources: [film] }), null, 'recorded')).toBe('While it does not send, the recording of the programme is shown.')
    // Of a living voice the recorded version is kept for the host's press.
    expect(said(media({ sources: [film] }))).toBe('While it does not send, you can show the recorded version.')
  })

  test('nothing, where the programme never shows it', () => {
    expect(fallbackSaid(aProgramme([anItem('words', 60)]), 'osaka')).toBe('No item of the programme shows it yet.')
  })
})
