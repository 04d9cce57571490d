import { describe, expect, it } from 'vitest'
import { arranged, playedAt, recordedAt, runFrom, standIn, standing } from '../../../client/src/stage/rule'
import { positionMs, type Moment, type SilencePart } from '../../../client/src/timeline'
import type { Detail, Item, Media, OnStage, Stage, Witness } from '../../../client/src/wire'
import { aRun, anItem, MINUTE_OF_SILENCE, s } from './programmes'

const NOBODY: Stage = { guests: [], recorded: [] }

function aMedia(change: Partial<Media> = {}): Media {
  const source = { provider: 'file', id: '', url: '/media/vera.mp4', delay_s: null }
  return { sources: [source], still: null, captions: [], duration_s: null, fallback_text: {}, live: false, volume: 1, ...change }
}

function somebody(kind: OnStage['kind'], key: string = kind): OnStage {
  return { key, kind, feed: null, picture: true, sound: true, name: key, community: '', country: null, via: 'self' }
}

function witness(change: Partial<Witness> = {}): Witness {
  return { name: { en: 'Vera' }, age: 91, community: {}, country: null, mode: 'live', summary: {}, media: null, ...change }
}

const testimony = (...speakers: Witness[]): Item => anItem('testimony', 600, { detail: { kind: 'testimony', speakers, slot_s: 300 } })
const FILM = anItem('film', 300, { detail: { kind: 'film', rating_note: '', audio_description: '' } as Detail, media: aMedia() })

function at(item: Item | null, step = 0, silence: SilencePart | null = null): Moment {
  const run = item && aRun(3, item.id, s(0))
  return { phase: item ? 'item' : 'lobby', run, item, position_ms: 0, held: false, over: false, step, silence, standby: null }
}

describe('what is in the place of the picture', () => {
  const [speaker, hall, guest] = [somebody('speaker'), { ...somebody('hall'), feed: 'f' }, somebody('guest')]
  const address = anItem('address', 60)

  it('is the item while nobody is on the stage', () => {
    expect(standing(at(address), [], NOBODY, false)).toBe('item')
    expect(standing(at(null), [], NOBODY, false)).toBe('item')
  })

  it('is the stage for whoever has the floor, and for a hall, whatever the item shows', () => {
    for (const people of [[speaker], [hall], [guest, speaker]]) {
      expect(standing(at(address), people, NOBODY, false)).toBe('stage')
      expect(standing(at(FILM), people, NOBODY, false)).toBe('stage')
    }
  })

  it('is the item where only hosts are on the stage and there is something else to see', () => {
    expect(standing(at(FILM), [guest], NOBODY, false)).toBe('item')
    expect(standing(at({ ...address, media: aMedia({ sources: [], still: '/still.jpg' }) }), [guest], NOBODY, false)).toBe('item')
    expect(standing(at(anItem('names', 60, { detail: { kind: 'names' } as Detail })), [guest], NOBODY, false)).toBe('item')
    expect(standing(at(address), [guest], NOBODY, false)).toBe('stage')
    expect(standing(at(null), [guest], NOBODY, false)).toBe('stage')
  })

  it('is the item in a silence and its invitation, under the holding picture, and after the end', () => {
    const minute = anItem('minute', 90, { detail: MINUTE_OF_SILENCE })
    for (const part of ['invitation', 'stillness', 'silence', 'rest'] as const) {
      expect(standing(at(minute, 0, part), [speaker], NOBODY, false)).toBe('item')
    }
    expect(standing(at(address), [speaker], NOBODY, true)).toBe('item')
    expect(standing({ ...at(null), phase: 'closed' }, [speaker], NOBODY, false)).toBe('item')
    expect(standing({ ...at(null), phase: 'planned' }, [speaker], NOBODY, false)).toBe('item')
  })

  it('is the recorded version where a host has said so for this cue and step, and there is one', () => {
    const stage: Stage = { guests: [], recorded: [{ cue: 3, step: 1, from_ms: s(40) }] }
    const item = testimony(witness({ media: aMedia() }), witness({ media: aMedia() }))
    expect(standing(at(item, 1), [guest], stage, false)).toBe('recorded')
    expect(standing(at(item, 0), [guest], stage, false)).toBe('stage')
    expect(standing(at(testimony(witness(), witness()), 1), [], stage, false)).toBe('item')
    expect(recordedAt(stage, at(item, 1))).toBe(s(40))
  })
})

describe('the recorded version', () => {
  it("is the step's, else the item's, and never a live broadcast", () => {
    const [own, other] = [aMedia(), aMedia({ volume: 0.5 })]
    expect(standIn({ ...testimony(witness({ media: own })), media: other }, 0)).toBe(own)
    expect(standIn({ ...testimony(witness()), media: other }, 0)).toBe(other)
    expect(standIn({ ...testimony(witness({ media: aMedia({ live: true }) })), media: other }, 0)).toBe(other)
    expect(standIn(testimony(witness({ media: aMedia({ sources: [], still: '/still.jpg' }) })), 0)).toBe(null)
    expect(standIn({ ...FILM }, 0)).toBe(FILM.media)
  })

  it('begins when it was called for, less the pauses since then', () => {
    const run = aRun(3, 'testimony', s(0), {
      steps: [{ step: 1, at_ms: s(10) }],
      holds: [
        { from_ms: s(2), to_ms: s(5) },
        { from_ms: s(35), to_ms: s(45) },
        { from_ms: s(50), to_ms: null },
      ],
    })
    const from = runFrom(run, 1, s(40))
    expect(positionMs(from, s(40))).toBe(0)
    expect(positionMs(from, s(48))).toBe(3000)
    expect(positionMs(from, s(99))).toBe(5000)
  })
})

describe('what a step plays by itself', () => {
  it('is no recorded film over a living voice, but is one where the step is recorded', () => {
    const film = aMedia()
    expect(playedAt(testimony(witness({ media: film })), 0)).toBe(null)
    expect(playedAt(testimony(witness({ media: film, mode: 'recorded' })), 0)).toBe(film)
    expect(playedAt({ ...testimony(witness()), media: film }, 0)).toBe(null)
    const place = { place: {}, community: {}, country: null, speaker: {}, media: film, hall: '' }
    const call = (mode: 'live' | 'picture') =>
      anItem('call', 60, { detail: { kind: 'roll_call', entries: [{ ...place, mode }], slot_s: 30 } })
    expect(playedAt(call('live'), 0)).toBe(null)
    expect(playedAt(call('picture'), 0)).toBe(film)
  })

  it('is a live broadcast, and the still of what is recorded', () => {
    const live = aMedia({ live: true })
    expect(playedAt(testimony(witness({ media: live })), 0)).toBe(live)
    expect(playedAt(testimony(witness({ media: aMedia({ still: '/vera.jpg' }) })), 0)).toEqual(aMedia({ sources: [], still: '/vera.jpg' }))
  })
})

describe('how people are arranged', () => {
  const keys = (people: OnStage[]) => people.map(({ key }) => key)
  const shown = (...people: OnStage[]) => {
    const { large, small } = arranged(people)
    return [keys(large), keys(small)]
  }
  it('has one voice large and hosts small beside it, and all alike otherwise', () => {
    expect(shown(somebody('speaker'))).toEqual([['speaker'], []])
    expect(shown(somebody('guest'))).toEqual([['guest'], []])
    expect(shown(somebody('guest', 'a'), somebody('speaker'), somebody('guest', 'b'))).toEqual([['speaker'], ['a', 'b']])
    expect(shown(somebody('guest', 'a'), somebody('guest', 'b'))).toEqual([['a', 'b'], []])
    expect(shown(somebody('speaker'), somebody('hall'), somebody('guest'))).toEqual([['speaker', 'hall', 'guest'], []])
  })
})
