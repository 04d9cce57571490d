// A page's copy of the ceremony stays whole, and its commands arrive once, whatever the line does to them.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { apply, emptyState } from '../../../client/src/apply'
import { createHistory, type CatchUp } from '../../../client/src/history'
import { createOutbox, type Pending } from '../../../client/src/outbox'
import { createStore, type Boot } from '../../../client/src/state'
import type { Ack, CeremonyState, EventMessage } from '../../../client/src/wire'

const vector = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../vectors/interrupted.public.json', import.meta.url)), 'utf8'),
) as { events: EventMessage[] }
const states: CeremonyState[] = [emptyState()]
for (const event of vector.events) states.push(apply(states[states.length - 1] ?? emptyState(), event))
const boot: Boot = {
  view: 'participant',
  ceremony_id: 'c',
  language: 'en',
  languages: [],
  programme: null,
  server_now_ms: 0,
  telephone: '',
  countries: {},
  base_url: '',
}

function stateAt(seq: number): CeremonyState {
  const state = states[seq]
  if (state === undefined) throw new RangeError(String(seq))
  return state
}

/** A server that knows the whole history, and a line that a seeded chance spoils. */
function aLine(chance: () => number) {
  const store = createStore(boot)
  let head = 0
  let epoch = 'first'
  const due: (() => void)[] = []
  const history = createHistory(
    store,
    () => due.push(() => history.onCatchUp(answer())),
    (run) => due.push(run),
  )

  function answer(): CatchUp {
    const mine = history.head()
    const state = stateAt(head)
    const whole = mine.epoch !== epoch || mine.seq > head || chance() < 0.3
    return {
      epoch,
      seq: head,
      snapshot: whole ? state : null,
      replay: whole ? null : vector.events.slice(mine.seq, head),
      progress: state.progress,
    }
  }

  return {
    store,
    history,
    connect: () => history.onCatchUp(answer()),
    settle() {
      for (let turn = 0; turn < 100 && due.length > 0; turn++) due.shift()?.()
    },
    advance() {
      head += 1
      return vector.events[head - 1]
    },
    beat: () => history.onHead(epoch, head),
    restart() {
      epoch = 'second'
    },
    truth: () => stateAt(head),
    more: () => head < vector.events.length,
  }
}

function seeded(seed: number): () => number {
  let s = seed
  return () => {
    s = (s * 1664525 + 1013904223) % 4294967296
    return s / 4294967296
  }
}

describe('history', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))('is whole after losses, repeats and disorder (seed %i)', (seed) => {
    const chance = seeded(seed)
    const line = aLine(chance)
    line.connect()
    let late: EventMessage[] = []
    while (line.more()) {
      const event = line.advance()
      if (event === undefined) break
      const fate = chance()
      if (fate < 0.15) continue
      if (fate < 0.3) late.push(event)
      else {
        line.history.onEvent(event)
        if (fate > 0.9) line.history.onEvent(event)
      }
      if (chance() < 0.2) {
        late.reverse().forEach((one) => line.history.onEvent(one))
        late = []
      }
      if (chance() < 0.1) line.settle()
      if (chance() < 0.05) line.restart()
    }
    line.beat()
    line.settle()
    line.beat()
    line.settle()
    expect(line.store.get().state).toEqual(line.truth())
  })

  it('shows the loss of the very last event by the heartbeat alone', () => {
    const line = aLine(() => 0.9)
    line.connect()
    line.advance()
    line.beat()
    line.settle()
    expect(line.store.get().state?.seq).toBe(1)
  })

  it('is not thrown back by an older snapshot', () => {
    const line = aLine(() => 0.9)
    for (let n = 0; n < 5; n++) line.advance()
    line.connect()
    line.history.onCatchUp({ epoch: 'first', seq: 2, snapshot: stateAt(2), replay: null, progress: stateAt(2).progress })
    expect(line.store.get().state).toEqual(line.truth())
  })
})

describe('outbox', () => {
  it('sends the same command unchanged until it is answered, one at a time, also after a reload', async () => {
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    }
    const sent: Pending[] = []
    let retry: (() => void) | null = null
    const deps = {
      emit: async (command: Pending): Promise<Ack | null> => {
        sent.push(command)
        return sent.length < 3 ? null : { ok: true, seq: sent.length }
      },
      ready: () => true,
      storage,
      key: 'pending',
      retry: (run: () => void) => void (retry = run),
    }
    const first = createOutbox(deps)
    void first.send('candle.light', { item_id: 'candles' })
    void first.send('floor.withdraw', { entry_id: 'e' })
    await Promise.resolve()
    await Promise.resolve()
    expect(sent).toHaveLength(1)
    expect(retry).not.toBeNull()

    const reloaded = createOutbox(deps)
    expect(reloaded.size).toBe(2)
    reloaded.flush()
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    reloaded.flush()
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    expect(new Set(sent.slice(0, 3).map((command) => JSON.stringify(command))).size).toBe(1)
    expect(sent.map((command) => command.kind)).toEqual(['candle.light', 'candle.light', 'candle.light', 'floor.withdraw'])
    expect(reloaded.size).toBe(0)
    expect(JSON.parse(kept.get('pending') ?? '')).toEqual([])
  })

  it.each(['store.busy', 'message.too_many'])('loses no press to a refusal that passes (%s)', async (code) => {
    let tries = 0
    let retry: (() => void) | null = null
    const outbox = createOutbox({
      emit: async (): Promise<Ack> => (++tries === 1 ? { ok: false, code, message: '', facts: {} } : { ok: true, seq: 4 }),
      ready: () => true,
      storage: null,
      key: 'pending',
      retry: (run) => void (retry = run),
    })
    const answer = outbox.send('picture.hold', {})
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    expect(outbox.size).toBe(1)
    ;(retry as (() => void) | null)?.()
    expect(await answer).toEqual({ ok: true, seq: 4 })
  })

  it('waits for the line', async () => {
    let ready = false
    const outbox = createOutbox({
      emit: async () => ({ ok: true, seq: 7 }),
      ready: () => ready,
      storage: null,
      key: 'pending',
      retry: () => undefined,
    })
    const answer = outbox.send('picture.hold', {})
    expect(outbox.size).toBe(1)
    ready = true
    outbox.flush()
    expect(await answer).toEqual({ ok: true, seq: 7 })
  })
})
