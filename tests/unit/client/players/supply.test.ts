import { expect, test } from 'vitest'
import { beginSupply, standsIn, turn, type Supply, type Turn } from '../../../../client/src/players/supply'

function after(supply: Supply, ...turns: [Turn, number][]): Supply {
  return turns.reduce((now, [what, at_ms]) => turn(now, what, at_ms), supply)
}

const where = ({ index, phase }: Supply) => [index, phase]

test('the first source is shown, and nothing stands in', () => {
  const supply = after(beginSupply(2, 0), ['tick', 3_000], ['picture', 3_100], ['tick', 60_000])
  expect(where(supply)).toEqual([0, 'shown'])
  expect(standsIn(supply, 60_000)).toBe(false)
})

test('a source that says it fails makes way at once', () => {
  expect(where(after(beginSupply(2, 0), ['failed', 400]))).toEqual([1, 'trying'])
})

test('a source that says nothing makes way after six seconds, and the still is shown then', () => {
  const before = after(beginSupply(2, 0), ['tick', 5_999])
  expect([where(before), standsIn(before, 5_999)]).toEqual([[0, 'trying'], false])
  const then = after(before, ['tick', 6_000])
  expect([where(then), standsIn(then, 6_000)]).toEqual([[1, 'trying'], true])
})

test('the second source, once it shows, takes the still away', () => {
  const supply = after(beginSupply(2, 0), ['tick', 6_000], ['picture', 7_000])
  expect([where(supply), standsIn(supply, 7_000)]).toEqual([[1, 'shown'], false])
})

test('nobody waits twelve seconds for two slow sources', () => {
  const supply = after(beginSupply(2, 0), ['failed', 5_000], ['tick', 6_000])
  expect([where(supply), standsIn(supply, 6_000)]).toEqual([[1, 'trying'], true])
})

test('when all have failed the still stays while they are tried again, ever less often', () => {
  let supply = after(beginSupply(2, 0), ['failed', 100], ['failed', 200])
  expect([where(supply), standsIn(supply, 200)]).toEqual([[1, 'resting'], true])
  const pauses: number[] = []
  let now = 200
  for (let round = 0; round < 5; round += 1) {
    const rested_ms = now
    while (supply.phase === 'resting') supply = turn(supply, 'tick', (now += 500))
    pauses.push(now - rested_ms)
    expect([where(supply), standsIn(supply, now)]).toEqual([[0, 'trying'], true])
    supply = after(supply, ['failed', now], ['failed', now])
  }
  expect(pauses).toEqual([10_000, 20_000, 40_000, 60_000, 60_000])
})

test('a source that comes back is shown, and is trusted as before', () => {
  let supply = after(beginSupply(1, 0), ['failed', 0], ['tick', 10_000], ['picture', 10_500])
  expect([where(supply), standsIn(supply, 10_500)]).toEqual([[0, 'shown'], false])
  supply = after(supply, ['failed', 20_000])
  expect(supply.rounds).toBe(1)
})

test('a shown source that fails gives its place to the next; people see no picture from then on', () => {
  const supply = after(beginSupply(2, 0), ['picture', 500], ['failed', 30_000])
  expect([where(supply), standsIn(supply, 35_999), standsIn(supply, 36_000)]).toEqual([[1, 'trying'], false, true])
})

test('what is being prepared there is waited for, while the still is shown', () => {
  const supply = after(beginSupply(1, 0), ['alive', 5_000], ['tick', 10_900])
  expect([where(supply), standsIn(supply, 10_900)]).toEqual([[0, 'trying'], true])
})

test('an item without sources has only its still, and no word of excuse', () => {
  const supply = after(beginSupply(0, 0), ['tick', 100_000], ['failed', 100_000])
  expect([supply.phase, standsIn(supply, 100_000)]).toEqual(['resting', false])
})
