import { signal } from '@preact/signals'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Desk } from '../../../client/src/view/host/desk.ts'
import { actOf, createWaiting, isOpen, UNDO_MS, type Deed, type Waiting } from '../../../client/src/view/host/moderating.ts'
import type { Tributes, WaitingRow } from '../../../client/src/wire.ts'

const DEEDS: readonly Deed[] = ['yes', 'no', 'hide', 'remove', 'ban']

function aRow(id: string, change: Partial<WaitingRow> = {}): WaitingRow {
  const mark = change.mark ?? 'admitted.held.1'
  return {
    kind: 'name', id, mark, since_ms: 1, name: id, community: '', country: null, people: 1, consent: 'full', text: '',
    item_id: '', person: id, person_mark: mark, by: '', done: '', ...change,
  } // prettier-ignore
}

describe('what a deed is for an entry', () => {
  const deeds = (row: WaitingRow) => DEEDS.map((deed) => actOf(deed, row))

  test('at the door, inside, written, put out', () => {
    expect(deeds(aRow('a', { kind: 'door', mark: 'waiting.held.1' }))).toEqual(['person.admit', 'person.refuse', null, 'person.refuse', 'person.ban'])
    expect(deeds(aRow('a'))).toEqual(['person.release', 'person.hide', 'person.hide', 'person.remove', 'person.ban'])
    expect(deeds(aRow('a', { kind: 'inside', mark: 'admitted.released.1' }))).toEqual([null, null, 'person.hide', 'person.remove', 'person.ban'])
    expect(deeds(aRow('a', { kind: 'inside', mark: 'admitted.hidden.1' }))).toEqual(['person.release', null, null, 'person.remove', 'person.ban'])
    expect(deeds(aRow('w', { kind: 'wish', mark: 'held', person_mark: 'admitted.released.1' }))).toEqual([
      'wish.release', 'wish.withhold', 'person.hide', 'person.remove', 'person.ban',
    ]) // prettier-ignore
    expect(deeds(aRow('w', { kind: 'wish', mark: 'held', person: null, person_mark: '' }))).toEqual(['wish.release', 'wish.withhold', null, null, null])
    expect(deeds(aRow('a', { kind: 'out', mark: 'removed.held.1' }))).toEqual(['person.admit', null, null, null, 'person.ban'])
    expect(deeds(aRow('a', { kind: 'out', mark: 'banned.held.1' }))).toEqual(['person.restore', null, null, null, null])
  })
})

/** A server of one's own: answers by table, and remembers what was asked. */
class Room {
  asked: [string, Record<string, unknown>][] = []
  heard: Record<string, (message: unknown) => void> = {}
  notices: string[] = []
  rows: WaitingRow[] = [aRow('anna'), aRow('bruno', { kind: 'door', mark: 'waiting.held.1' }), aRow('w1', { kind: 'wish', mark: 'held', person: 'chiyo', person_mark: 'admitted.held.1' })]
  answer: unknown = null
  state = signal<{ tributes: Tributes }>({ tributes: { laid: [], wishes: [] } })
  commands: unknown[] = []

  desk(): Desk {
    const session = {
      now: () => Date.now(),
      on: (name: string, listener: (message: unknown) => void) => {
        this.heard[name] = listener
        return () => undefined
      },
      ask: (event: string, message: Record<string, unknown>) => {
        this.asked.push([event, message])
        if (event !== 'waiting') return Promise.resolve(this.answer)
        return Promise.resolve({ ok: true, rows: this.rows, next: null, counts: { door: 1, names: 1, wishes: 1 }, others: [] })
      },
    }
    const act = (kind: string, fields: object) => {
      this.commands.push([kind, fields])
      return Promise.resolve({ ok: true, seq: 1 })
    }
    return { session, state: this.state, live: signal({ you: null }), act, notify: (text: string) => this.notices.push(text) } as unknown as Desk
  }
}

describe('the list', () => {
  let room: Room
  let waiting: Waiting

  beforeEach(async () => {
    vi.useFakeTimers()
    room = new Room()
    waiting = createWaiting(room.desk())
    waiting.follow()
    await vi.advanceTimersByTimeAsync(0)
  })
  afterEach(() => vi.useRealTimers())

  const entry = (id: string) => {
    const found = waiting.entries.value.find((one) => one.row.id === id)
    if (found === undefined) throw new Error(`no entry ${id}`)
    return found
  }
  const open = () => waiting.entries.value.filter(isOpen).map((one) => one.row.id)

  test('an act names what was seen, and the entry keeps its place with what was done', async () => {
    room.answer = { ok: true, rows: [aRow('anna', { kind: 'out', mark: 'banned.held.1', done: 'person.ban', by: 'Hana' })], changed: [] }
    await waiting.act('ban', entry('anna'))
    expect(room.asked.at(-1)).toEqual(['moderate', { kind: 'person.ban', id: 'anna', aimed: { anna: 'admitted.held.1' } }])
    expect(waiting.entries.value.map((one) => one.row.id)).toEqual(['anna', 'bruno', 'w1'])
    expect(entry('anna').fate).toEqual({ words: 'Banned', by: '' })
    await waiting.act('yes', entry('anna'))
    expect(room.asked.filter(([event]) => event === 'moderate')).toHaveLength(1)
  })

  test('undo is there for ten seconds and gives the entry back', async () => {
    room.answer = { ok: true, rows: [aRow('anna', { kind: 'out', mark: 'banned.held.1', done: 'person.ban' })], changed: [] }
    await waiting.act('ban', entry('anna'))
    expect(waiting.undoable.value?.words).toBe('Banned: anna')
    room.answer = { ok: true, rows: [aRow('anna', { done: 'person.restore' })], changed: [] }
    await waiting.undo()
    expect(room.asked.at(-1)).toEqual(['moderate', { kind: 'person.restore', id: 'anna', aimed: { anna: 'banned.held.1' } }])
    expect(open()).toEqual(['anna', 'bruno', 'w1'])
    expect(waiting.undoable.value).toBeNull()

    room.answer = { ok: true, rows: [aRow('anna', { kind: 'out', mark: 'removed.held.1', done: 'person.remove' })], changed: [] }
    await waiting.act('remove', entry('anna'))
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1)
    expect(waiting.undoable.value).not.toBeNull()
    await vi.advanceTimersByTimeAsync(1)
    expect(waiting.undoable.value).toBeNull()
  })

  test('somebody let in waits for the second decision, about the name', async () => {
    room.answer = { ok: true, rows: [aRow('bruno', { mark: 'admitted.held.1', done: 'person.admit' })], changed: [] }
    await waiting.act('yes', entry('bruno'))
    expect([entry('bruno').row.kind, isOpen(entry('bruno')), entry('bruno').anew]).toEqual(['name', true, false])
    expect(waiting.undoable.value).toBeNull()
  })

  test('who was first is told, and the entry is not acted on again', async () => {
    room.answer = { ok: false, code: 'moderation.changed', facts: { by: 'Idris', what: 'person.release', rows: [{ id: 'anna', mark: 'admitted.released.1', by: 'Idris', what: 'person.release' }] } }
    await waiting.act('hide', entry('anna'))
    expect(room.notices).toEqual(['Idris was first: Name released. Nothing was done twice.'])
    expect(entry('anna').fate).toEqual({ words: 'Name released', by: 'Idris' })
  })

  test('what others decide stands in its place; a name that was changed asks to be read again', () => {
    room.heard['waiting_changed']?.({
      counts: { door: 1, names: 1, wishes: 1 },
      rows: [aRow('anna', { mark: 'admitted.held.2', name: 'Another' }), aRow('bruno', { kind: 'out', mark: 'refused.held.1', by: 'Idris', done: 'person.refuse' })],
    })
    expect([entry('anna').row.name, entry('anna').anew, isOpen(entry('anna'))]).toEqual(['Another', true, true])
    expect(entry('bruno').fate).toEqual({ words: 'Not let in', by: 'Idris' })
    expect(waiting.entries.value.map((one) => one.row.id)).toEqual(['anna', 'bruno', 'w1'])
  })

  test('new entries are counted and do not move the list', () => {
    room.heard['waiting_changed']?.({ counts: { door: 40, names: 2, wishes: 1 }, rows: [aRow('late')] })
    expect(waiting.entries.value.map((one) => one.row.id)).toEqual(['anna', 'bruno', 'w1'])
    expect(waiting.beyond.value).toBe(40)
  })

  test('a wish is released as it was seen, and its undo withholds it', async () => {
    await waiting.act('yes', entry('w1'))
    expect(room.commands).toEqual([['wish.release', { wish_id: 'w1', aimed: 'held' }]])
    expect(entry('w1').fate).toEqual({ words: 'Released', by: '' })
    await waiting.undo()
    expect(room.commands.at(-1)).toEqual(['wish.withhold', { wish_id: 'w1', aimed: 'released' }])
    expect([isOpen(entry('w1')), entry('w1').row.mark]).toEqual([true, 'withheld'])
  })

  test('a wish that another moderator has decided is not offered any more', () => {
    const wish = { id: 'w1', item_id: 'wishes', text: '', state: 'released' as const, participant_id: 'chiyo', name: '', community: '', country: null, at_ms: 1 }
    room.state.value = { tributes: { laid: [], wishes: [wish] } }
    expect(entry('w1').fate?.words).toBe('Released')
  })

  test('putting the author out decides their words too', async () => {
    room.answer = { ok: true, rows: [aRow('chiyo', { kind: 'out', mark: 'banned.held.1', done: 'person.ban' })], changed: [] }
    await waiting.act('ban', entry('w1'))
    expect(room.asked.at(-1)).toEqual(['moderate', { kind: 'person.ban', id: 'chiyo', aimed: { chiyo: 'admitted.held.1' } }])
    expect(entry('w1').fate).toEqual({ words: 'Banned', by: '' })
  })

  test('all that is shown is released with the marks that were seen', async () => {
    room.answer = { ok: true, rows: [aRow('anna', { kind: 'inside', mark: 'admitted.released.1', done: 'person.release' })], changed: [] }
    await waiting.releaseShown()
    expect(room.asked.filter(([event]) => event === 'moderate')).toEqual([['moderate', { kind: 'person.release', ids: ['anna'], aimed: { anna: 'admitted.held.1' } }]])
    expect(room.commands).toEqual([['wish.release', { wish_id: 'w1', aimed: 'held' }]])
    expect(open()).toEqual(['bruno'])
  })

  test('which entry is read is told once the reader rests on it, and that nobody is left', async () => {
    waiting.select('anna')
    waiting.select('bruno')
    await vi.advanceTimersByTimeAsync(300)
    expect(room.asked.filter(([event]) => event === 'looking')).toEqual([['looking', { entry: 'bruno' }]])
    room.heard['looking']?.({ by: 'idris', name: 'Idris', entry: 'anna' })
    expect(waiting.others.value.map((look) => look.name)).toEqual(['Idris'])
    room.heard['looking']?.({ by: 'idris', name: '', entry: '' })
    expect(waiting.others.value).toEqual([])
  })
})
