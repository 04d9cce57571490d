// What a host is told of the evening, by what is known of it.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { moduleOf } from '../../../client/build/po'
import { type Catalogue, loadLanguage, speak } from '../../../client/src/text/messages.ts'
import { wellbeing } from '../../../client/src/view/host/wellbeing.ts'
import type { Presence, SyncQuality } from '../../../client/src/wire.ts'

type Told = Pick<Presence, 'sync' | 'troubles' | 'waiting'>

const told = (sync: Partial<SyncQuality>, others: Omit<Told, 'sync'> = {}): Told => ({
  sync: { ms5: 0, ms20: 0, unknown: 0, soundless: 0, away: 0, ...sync },
  ...others,
})

const said = (presence: Told) => wellbeing(presence)?.sentences.join(' ')

test('nothing is said before anything is known', () => {
  expect(wellbeing(null)).toBe(null)
  expect(wellbeing({})).toBe(null)
})

describe('in plain words', () => {
  test.each([
    [{}, 'No participant is here yet.'],
    [{ ms5: 1 }, 'The one screen here hears the metronome.'],
    [{ ms5: 300, ms20: 12 }, 'All 312 screens hear the metronome.'],
    [{ ms5: 314, away: 2 }, 'All 312 screens hear the metronome. 2 are reconnecting.'],
    [{ ms5: 3, away: 1 }, 'All 2 screens hear the metronome. 1 is reconnecting.'],
    [{ ms5: 2, away: 2 }, '2 are reconnecting.'],
    [{ ms5: 312, soundless: 1 }, '1 of 312 screens does not hear the metronome: its sound is off.'],
    [{ ms5: 314, soundless: 4, away: 2 }, '4 of 312 screens do not hear the metronome: their sound is off. 2 are reconnecting.'],
    [{ ms5: 1, soundless: 1 }, 'The one screen here has its sound off.'],
    [{ ms5: 7, soundless: 7 }, 'All 7 screens have their sound off.'],
    [{ ms5: 300, unknown: 12 }, 'All 312 screens hear the metronome.'],
    [{ ms5: 280, unknown: 32 }, 'All 312 screens hear the metronome. 32 do not keep the step yet.'],
  ])('%j', (sync, words) => {
    expect(said(told(sync))).toBe(words)
  })

  test('who watches for want of a seat', () => {
    expect(said(told({ ms5: 500 }, { waiting: 1 }))).toBe(
      'All 500 screens hear the metronome. 1 person watches for want of a seat.',
    )
    expect(said(told({ ms5: 500 }, { waiting: 5 }))).toContain('5 people watch for want of a seat.')
  })

  test('never more than three sentences, the nearest first', () => {
    const all = wellbeing(told({ ms5: 50, unknown: 50, soundless: 3, away: 4 }, { waiting: 9 }))
    expect(all?.sentences.length).toBe(3)
    expect(all?.sentences[1]).toBe('4 are reconnecting.')
  })
})

describe('how grave it is', () => {
  test.each([
    [told({ ms5: 12 }), 'good'],
    [told({}), 'good'],
    [told({ ms5: 12, away: 1 }), 'note'],
    [told({ ms5: 12, soundless: 1 }), 'note'],
    [told({ ms5: 12 }, { waiting: 2 }), 'note'],
    [told({ ms5: 12 }, { troubles: ['clock.moved'] }), 'note'],
    [told({ ms5: 12 }, { troubles: ['crowd.counts', 'workers.apart'] }), 'note'],
    [told({ ms5: 12 }, { troubles: ['crowd.names', 'disk.short'] }), 'bad'],
    [told({ ms5: 12 }, { troubles: ['store.away'] }), 'bad'],
  ])('%j', (presence, tone) => {
    expect(wellbeing(presence)?.tone).toBe(tone)
  })

  test('what is amiss is said whatever else there is to say', () => {
    const found = wellbeing(told({ ms5: 12, away: 1 }, { troubles: ['store.away', 'clock.moved'] }))
    expect(found?.amiss.map(({ grave }) => grave)).toEqual([true, false])
    expect(found?.sentences.length).toBe(2)
  })
})

describe('in Russian, whose plurals have three forms', () => {
  afterEach(() => loadLanguage('en', 'whole'))

  test.each([
    [{ ms5: 312 }, 'Метроном слышат на всех экранах: 312.'],
    [{ ms5: 22, away: 1 }, 'Метроном слышат на всех экранах: 21. 1 экран восстанавливает связь.'],
    [{ ms5: 20, away: 3 }, 'Метроном слышат на всех экранах: 17. 3 экрана восстанавливают связь.'],
    [{ ms5: 30, away: 11 }, 'Метроном слышат на всех экранах: 19. 11 экранов восстанавливают связь.'],
    [{ ms5: 312, soundless: 1 }, '1 экран из 312 не слышит метроном: звук выключен.'],
    [{ ms5: 312, soundless: 24 }, '24 экрана из 312 не слышат метроном: звук выключен.'],
    [{ ms5: 280, unknown: 32, soundless: 7 }, '7 экранов из 312 не слышат метроном: звук выключен. 32 экрана пока не идут в такт.'],
  ])('%j', async (sync, words) => {
    const catalogue = readFileSync(fileURLToPath(new URL('../../../client/src/text/ru.po', import.meta.url)), 'utf8')
    const code = `data:text/javascript,${encodeURIComponent(moduleOf(catalogue, 'ru.po'))}`
    speak(((await import(/* @vite-ignore */ code)) as { default: Catalogue }).default)
    expect(said(told(sync))).toBe(words)
  })
})
