import { describe, expect, test } from 'vitest'
import { hallSaid, type HallStands } from '../../../client/src/stage/hallsaid.ts'
import { standing } from '../../../client/src/stage/rule.ts'
import { moment } from '../../../client/src/timeline.ts'
import type { OnStage } from '../../../client/src/wire.ts'
import { after, anItem, aProgramme, aRun, START } from './programmes.ts'

const hall: OnStage = {
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
const NOBODY = { guests: [], recorded: [] }

describe('where a hall is seen', () => {
  const programme = aProgramme([anItem('called', 60, { hall: 'osaka' })])
  const shown = moment(programme, after([aRun(1, 'called', START)]), START + 1000)
  const where = (...people: OnStage[]) => standing(shown, people, NOBODY, false)

  test('on the stage while it sends', () => {
    expect(where(hall)).toBe('stage')
  })

  test('nowhere while it does not: the programme goes on as without it', () => {
    expect(where({ ...hall, feed: null })).toBe('item')
    expect(where({ ...hall, feed: null }, { ...hall, key: 'e1', kind: 'speaker' })).toBe('stage')
  })
})

describe('what the person in charge is told', () => {
  const by: HallStands = { sends: 'unseen', wanted: false, ahead: null, ready: true, elsewhere: false, lost: false }
  const said = (change: Partial<HallStands>) => {
    const { tone, now, next } = hallSaid({ ...by, ...change })
    return [tone, now, next]
  }
  const inMinutes = (n: number) => ({ hall: 'osaka', in_ms: n * 60_000 })

  test('standing by, and when its turn comes', () => {
    expect(said({})).toEqual(['wait', 'Standing by: nobody sees you yet.', ''])
    expect(said({ ahead: inMinutes(12) })).toEqual(['wait', 'Standing by: nobody sees you yet.', 'You are on screen in about 12 minutes.'])
    expect(said({ ahead: inMinutes(3) })).toEqual(['soon', 'Standing by: nobody sees you yet.', 'You are on screen in about 3 minutes.'])
    expect(said({ ahead: inMinutes(0.2) })[2]).toBe('You are on screen in less than a minute.')
    expect(said({ ahead: inMinutes(200) })[2]).toBe('')
  })

  test('on screen, once it is so', () => {
    expect(said({ sends: 'live', wanted: true, ahead: inMinutes(0) })).toEqual(['live', 'Everybody sees you now.', ''])
    expect(said({ wanted: true })).toEqual(['soon', 'Your turn: the picture is being connected.', ''])
  })

  test('what is amiss goes before all of it', () => {
    expect(said({ ready: false, sends: 'no' })[0]).toBe('trouble')
    expect(said({ lost: true })[1]).toBe('The connection is being restored.')
    expect(said({ elsewhere: true, sends: 'no' })[1]).toBe('The hall is sent from another screen. This one shows the picture alone.')
  })
})
