import { afterEach, beforeEach, expect, test, vi } from 'vitest'

class Lock extends EventTarget {
  released = false
  release() {
    this.released = true
    this.dispatchEvent(new Event('release'))
    return Promise.resolve()
  }
}

let locks: Lock[]
let page: EventTarget & { visibilityState: string }
let refuse: boolean
let keepAwake: (on: boolean) => void

const settled = () => new Promise((resolve) => setTimeout(resolve))

beforeEach(async () => {
  locks = []
  refuse = false
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const request = () => {
    if (refuse) return Promise.reject(new DOMException('low battery', 'NotAllowedError'))
    const lock = new Lock()
    locks.push(lock)
    return Promise.resolve(lock)
  }
  vi.stubGlobal('document', page)
  vi.stubGlobal('navigator', { wakeLock: { request } })
  vi.resetModules()
  keepAwake = (await import('../../../client/src/wake.ts')).keepAwake
})

afterEach(() => vi.unstubAllGlobals())

const held = () => locks.filter((lock) => !lock.released).length

async function show(visible: boolean): Promise<void> {
  page.visibilityState = visible ? 'visible' : 'hidden'
  if (!visible) await Promise.all(locks.map((lock) => lock.release()))
  page.dispatchEvent(new Event('visibilitychange'))
  await settled()
}

test('one lock while wanted, none afterwards', async () => {
  keepAwake(true)
  keepAwake(true)
  await settled()
  expect(held()).toBe(1)
  keepAwake(false)
  await settled()
  expect(held()).toBe(0)
  await show(true)
  expect(locks).toHaveLength(1)
})

test('taken again when the page is shown again', async () => {
  keepAwake(true)
  await settled()
  await show(false)
  expect(held()).toBe(0)
  await show(true)
  expect(held()).toBe(1)
})

test('called off while it is being granted, it is given back', async () => {
  keepAwake(true)
  keepAwake(false)
  await settled()
  expect(locks).toHaveLength(1)
  expect(held()).toBe(0)
})

test('refused, it is asked for again at the next showing', async () => {
  refuse = true
  keepAwake(true)
  await settled()
  refuse = false
  await show(true)
  expect(held()).toBe(1)
})

test('a browser without wake locks is no fault', () => {
  vi.stubGlobal('navigator', {})
  keepAwake(true)
  keepAwake(false)
  expect(locks).toHaveLength(0)
})
