import { expect, test } from 'vitest'
import { createLateness } from '../../../client/src/lateness.ts'

/** A page whose local clock is what the test says; server time runs 1,000,000 ms ahead of it. */
function aPage() {
  const page = { local: 0, bound: 3 }
  const lateness = createLateness({
    serverNow: () => page.local + 1_000_000,
    bound_ms: () => page.bound,
    now: () => page.local,
  })
  return {
    page,
    lateness,
    /** Beats of the server every 5 s, each so long on its way; the page gets a turn each second. */
    pass: (seconds: number, lag_ms: number) => {
      for (let i = 1; i <= seconds; i++) {
        page.local += 1000
        lateness.alive()
        if (i % 5 === 0) lateness.note(page.local + 1_000_000 - lag_ms)
      }
    },
  }
}

test('the longest since the last time, and nothing when nothing came', () => {
  const { lateness, pass } = aPage()
  expect(lateness.take()).toBeNull()
  pass(10, 80)
  pass(5, 1200.4)
  pass(5, 90)
  expect(lateness.take()).toBe(1200)
  expect(lateness.take()).toBeNull()
  pass(5, 70)
  expect(lateness.take()).toBe(70)
})

test('a message is never there before it was sent', () => {
  const { lateness, pass } = aPage()
  pass(5, -4)
  expect(lateness.take()).toBe(0)
})

test('a line that stalls while the page is awake counts', () => {
  const { page, lateness, pass } = aPage()
  pass(5, 80)
  for (let i = 0; i < 9; i++) {
    page.local += 1000
    lateness.alive()
  }
  lateness.note(page.local + 1_000_000 - 9_000)
  expect(lateness.take()).toBe(9_000)
})

test('what has piled up while the page slept does not', () => {
  const { page, lateness, pass } = aPage()
  pass(5, 80)
  page.local += 60_000
  for (let i = 11; i >= 0; i--) lateness.note(page.local + 1_000_000 - i * 5_000)
  expect(lateness.take()).toBe(80)
  pass(10, 120)
  expect(lateness.take()).toBe(120)
})

test('with a clock that is not known it says nothing', () => {
  const { page, lateness, pass } = aPage()
  page.bound = Infinity
  pass(10, 400)
  expect(lateness.take()).toBeNull()
  page.bound = 40
  pass(5, 400)
  expect(lateness.take()).toBe(400)
})
