import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHere, type Here, type Locks } from '../../../client/src/here.ts'

interface Request {
  owner: number
  name: string
  hold: () => Promise<void>
  resolve: () => void
  reject: (why: Error) => void
  over: boolean
}

/** A browser's locks as the standard has them: one holder, a queue, and who steals takes it at once. */
class Browser {
  held: Request | null = null
  queue: Request[] = []

  of(owner: number): Locks {
    return {
      request: (name, { steal = false, signal }, hold) =>
        new Promise<void>((resolve, reject) => {
          const request = { owner, name, hold, resolve, reject, over: false }
          signal?.addEventListener('abort', () => {
            if (this.held === request) return // granted: no longer to be given up
            this.queue = this.queue.filter((one) => one !== request)
            reject(new DOMException('', 'AbortError'))
          })
          if (steal) {
            this.held?.reject(new DOMException('', 'AbortError'))
            this.grant(request)
          } else {
            this.queue.push(request)
            this.next()
          }
        }),
      query: async () => ({ held: this.held === null ? [] : [{ name: this.held.name }] }),
    }
  }

  close(owner: number): void {
    this.queue = this.queue.filter((one) => one.owner !== owner)
    if (this.held?.owner === owner) this.held = null
    this.next()
  }

  private next(): void {
    const [first] = this.queue
    if (this.held !== null || first === undefined) return
    this.queue.shift()
    this.grant(first)
  }

  private grant(request: Request): void {
    this.held = request
    void Promise.resolve().then(() => {
      if (this.held === request) void request.hold()
    })
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

const sounding = (windows: Here[]) => windows.map((one) => !one.elsewhere)

describe('of several windows', () => {
  test('the one entered last sounds, and another when that is closed', async () => {
    const browser = new Browser()
    const windows = [0, 1, 2].map((owner) => createHere('evening', browser.of(owner)))
    for (const one of windows) {
      one.take()
      await settle()
    }
    expect(sounding(windows)).toEqual([false, false, true])
    windows[0]!.take()
    await settle()
    expect(sounding(windows)).toEqual([true, false, false])
    browser.close(0)
    await settle()
    expect(sounding(windows.slice(1)).filter(Boolean)).toHaveLength(1)
  })

  test('one that comes back behind another waits for its turn', async () => {
    const browser = new Browser()
    const [first, second] = [createHere('evening', browser.of(1)), createHere('evening', browser.of(2))]
    expect(await second.taken()).toBe(false)
    first.take()
    await settle()
    expect(await second.taken()).toBe(true)
    second.wait()
    await settle()
    expect(sounding([first, second])).toEqual([true, false])
    browser.close(1)
    await settle()
    expect(second.elsewhere).toBe(false)
  })

  test('whatever is pressed and closed, exactly one of those that are open sounds', async () => {
    const acts = fc.array(fc.record({ who: fc.nat(4), what: fc.constantFrom('take', 'wait', 'close') }), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(acts, async (all) => {
        const browser = new Browser()
        const windows = [0, 1, 2, 3, 4].map((owner) => createHere('evening', browser.of(owner)))
        const open = new Set([0, 1, 2, 3, 4])
        for (const one of windows) one.take()
        await settle()
        for (const { who, what } of all) {
          if (!open.has(who) || (what === 'close' && open.size === 1)) continue
          if (what === 'take') windows[who]!.take()
          else if (what === 'wait') windows[who]!.wait()
          else {
            open.delete(who)
            browser.close(who)
          }
          await settle()
          const here = [...open].filter((one) => !windows[one]!.elsewhere)
          expect(here).toHaveLength(1)
          if (what === 'take') expect(here).toEqual([who])
        }
      }),
    )
  })
})

test('where there are no locks each window sounds', async () => {
  const alone = createHere('evening', null)
  alone.take()
  alone.wait()
  await settle()
  expect([alone.elsewhere, await alone.taken()]).toEqual([false, false])
})
