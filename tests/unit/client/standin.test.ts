import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { recordedAt, standIn } from '../../../client/src/stage/rule.ts'
import type { Item, Run } from '../../../client/src/wire.ts'

interface Case {
  what: string
  item: Item
  step: number
  url: string | null
}

// The same as in tests/unit/domain/test_stand_in.py.
const cases = JSON.parse(readFileSync(new URL('./stand_in.json', import.meta.url), 'utf-8')) as Case[]

describe('what stands in for a living voice', () => {
  test.each(cases)('$what', ({ item, step, url }) => {
    expect(standIn(item, step)?.sources[0]?.url ?? null).toBe(url)
  })

  test('is shown at its own step of its own cue alone', () => {
    const run: Run = { cue: 4, item_id: 'memories', start_ms: 0, holds: [], steps: [] }
    const one = { cue: 4, step: 1, from_ms: 7 }
    const stage = { guests: [], recorded: [one] }
    expect(recordedAt(stage, { run, step: 1 })).toBe(7)
    expect(recordedAt(stage, { run, step: 0 })).toBeNull()
    expect(recordedAt(stage, { run: { ...run, cue: 5 }, step: 1 })).toBeNull()
    expect(recordedAt(stage, { run: null, step: 1 })).toBeNull()
  })
})
