import { expect, test } from 'vitest'
import { type Trouble, wordsFor } from '../../../client/src/view/host/troubles.ts'

const TROUBLES: Trouble[] = ['store.away', 'disk.full', 'disk.short', 'clock.moved', 'workers.apart', 'crowd.names', 'crowd.seldom', 'crowd.counts']

test('each trouble of the server has words of its own, which end calmly', () => {
  const words = TROUBLES.map(wordsFor)
  expect(new Set(words).size).toBe(TROUBLES.length)
  for (const one of words) expect(one).toMatch(/ceremony (goes on|keeps to its own time)/)
})
