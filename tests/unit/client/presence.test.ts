// The client's totals follow the changes that the server recorded; what is lost is asked for once.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { changed, createPresences } from '../../../client/src/presence.ts'
import type { Presence, PresenceChange } from '../../../client/src/wire.ts'

interface Sequence {
  before: Presence
  steps: { change: PresenceChange; after: Presence }[]
}

const recorded = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../vectors/presence/changes.json', import.meta.url)), 'utf8'),
) as Sequence[]

describe.each(recorded.map((sequence, index) => [index, sequence] as const))('recorded sequence %i', (_, { before, steps }) => {
  test('each change makes the totals after it', () => {
    let page = before
    for (const { change, after } of steps) {
      const found = changed(page, change)
      expect(found).toEqual(after)
      page = found as Presence
    }
  })

  test('a change of other totals is none of these', () => {
    expect(changed(before, steps[1]!.change)).toBe(null)
  })

  test('what is lost is asked for once, and then the page is as all others', async () => {
    let page: Presence | null = before
    const asked: ((whole: Presence | null) => void)[] = []
    const presences = createPresences({
      get: () => page,
      set: (presence) => (page = presence),
      ask: () => new Promise((resolve) => asked.push(resolve)),
    })
    presences.onChange(steps[0]!.change)
    presences.onChange(steps[2]!.change)
    presences.onChange(steps[3]!.change)
    expect(page).toEqual(steps[0]!.after)
    expect(asked.length).toBe(1)
    asked[0]!(steps[3]!.after)
    await Promise.resolve()
    await Promise.resolve()
    presences.onChange(steps[3]!.change) // said before the answer, heard after it
    presences.onChange(steps[4]!.change)
    expect(page).toEqual(steps[4]!.after)
    expect(asked.length).toBe(1)
  })

  test('when no answer comes, the next change asks again', async () => {
    let page: Presence | null = before
    let asked = 0
    const presences = createPresences({
      get: () => page,
      set: (presence) => (page = presence),
      ask: () => Promise.resolve(++asked === 1 ? null : steps[3]!.after),
    })
    presences.onChange(steps[1]!.change)
    await Promise.resolve()
    await Promise.resolve()
    presences.onChange(steps[2]!.change)
    await Promise.resolve()
    await Promise.resolve()
    expect([asked, page]).toEqual([2, steps[3]!.after])
  })

  test('before the greeting there is nothing to change', () => {
    let page: Presence | null = null
    const presences = createPresences({
      get: () => page,
      set: (presence) => (page = presence),
      ask: () => Promise.reject(new Error('nobody is to be asked')),
    })
    presences.onChange(steps[0]!.change)
    expect(page).toBe(null)
    presences.onWhole(before)
    expect(page).toEqual(before)
  })
})
