import { describe, expect, test } from 'vitest'
import { streamAt } from '../../../client/src/stage/streamed.ts'
import { moment } from '../../../client/src/timeline.ts'
import type { Item, Media, Stage } from '../../../client/src/wire.ts'
import { after, anItem, aProgramme, aRun, s, silence, START } from './programmes.ts'

const STREAM = '/stream/evening/live.m3u8'
const NOBODY: Stage = { guests: [], recorded: [] }
const FILM: Media = {
  sources: [{ provider: 'file', id: '', url: '/media/film.mp4', delay_s: null }],
  still: null,
  captions: [],
  duration_s: 60,
  fallback_text: {},
  live: false,
  volume: 1,
}
const words = anItem('words', 60)

function at(item: Item, seconds: number, { stream = STREAM, stage = NOBODY, holding = false } = {}): string {
  return streamAt(moment(aProgramme([item]), after([aRun(1, item.id, START)]), s(seconds)), stream, stage, holding)
}

describe('what somebody who watches sees of the stage', () => {
  test('the stream while there is one', () => {
    expect(at(words, 5)).toBe(STREAM)
    expect(at(words, 5, { stream: '' })).toBe('')
  })

  test('not behind the holding picture', () => {
    expect(at(words, 5, { holding: true })).toBe('')
  })

  test('a film of the item goes before it, a still picture does not', () => {
    expect(at({ ...words, media: FILM }, 5)).toBe('')
    expect(at({ ...words, media: { ...FILM, sources: [], still: '/media/still.jpg' } }, 5)).toBe(STREAM)
  })

  test('so does what stands in for a living voice', () => {
    const standingIn = (cue: number): Stage => ({ guests: [], recorded: [{ cue, step: 0, from_ms: START }] })
    expect(at(words, 5, { stage: standingIn(1) })).toBe('')
    expect(at(words, 5, { stage: standingIn(2) })).toBe(STREAM)
  })

  test('in the lobby it is seen, before the doors and after the end it is not', () => {
    const programme = aProgramme([words])
    const then = (seconds: number, progress = after([])) => streamAt(moment(programme, progress, s(seconds)), STREAM, NOBODY, false)
    expect(then(-60)).toBe(STREAM)
    expect(then(-86_400)).toBe('')
    expect(then(70, { ...after([aRun(1, 'words', START)]), closed_ms: s(65) })).toBe('')
  })

  test('no part of a silence has it, however late the stream is', () => {
    for (let seconds = 0; seconds < 90; seconds += 1) expect(at(silence, seconds)).toBe('')
  })
})
