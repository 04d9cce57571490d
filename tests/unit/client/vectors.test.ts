// The client's apply and timeline reproduce the histories that the server recorded.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { apply, emptyState } from '../../../client/src/apply'
import { itemStates, moment } from '../../../client/src/timeline'
import type { CeremonyState, EventMessage } from '../../../client/src/wire'

interface Vector {
  events: EventMessage[]
  states: CeremonyState[]
  moments: ({ at_ms: number; item: string | null; states: Record<string, string> } & Record<string, unknown>)[]
}

const folder = fileURLToPath(new URL('../../vectors', import.meta.url))
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

describe.each(files)('%s', (name) => {
  const vector = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Vector
  const last = vector.events.reduce(apply, emptyState())

  it('folds to the recorded states', () => {
    const states: CeremonyState[] = []
    let state = emptyState()
    for (const event of vector.events) {
      state = apply(state, event)
      if (state.seq % 12 === 0 || state.seq === vector.events.length) states.push(state)
    }
    expect(states).toEqual(vector.states)
  })

  it.each(vector.states.slice(0, -1).map((state) => [state.seq, state] as const))('folds on from the snapshot at %i', (seq, state) => {
    expect(vector.events.slice(seq).reduce(apply, state)).toEqual(last)
  })

  it('shows the same at every instant', () => {
    const { programme, progress } = last
    if (programme === null) throw new Error('not planned')
    const found = vector.moments.map(({ at_ms }) => {
      const { item, ...shown } = moment(programme, progress, at_ms)
      return { ...shown, at_ms, item: item?.id ?? null, states: itemStates(programme, progress, at_ms) }
    })
    expect(found).toEqual(vector.moments)
  })
})
