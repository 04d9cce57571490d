// What waits for moderators, as a list that never moves under the one who reads it; what they decide, and how it is undone.
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import { mark, t } from '../../text/messages'
import type { Ack, ActFields, ActKind, Look, Moderated, RosterPage, Text, WaitingCounts, WaitingHint, WaitingPage, WaitingRow, Wish } from '../../wire'
import type { Desk } from './desk'

export type Filter = 'all' | 'door' | 'names' | 'wishes' | 'inside' | 'out'

/** What a moderator may do with an entry; the keys stand beside them. */
export type Deed = 'yes' | 'no' | 'hide' | 'remove' | 'ban'

/** What has become of an entry since it was drawn; `by` is empty for one's own decision. */
export interface Fate {
  words: string
  by: string
}

export interface Entry {
  row: WaitingRow
  fate: Fate | null
  /** Whether it is not what it was when it was read. */
  anew: boolean
}

interface Undo {
  words: string
  until_ms: number
  undo: () => Promise<void>
}

export interface Waiting {
  filter: ReadonlySignal<Filter>
  entries: ReadonlySignal<Entry[]>
  counts: ReadonlySignal<WaitingCounts>
  /** How many more there are than the list shows. */
  beyond: ReadonlySignal<number>
  selected: ReadonlySignal<string | null>
  others: ReadonlySignal<readonly Look[]>
  undoable: ReadonlySignal<Undo | null>
  loading: ReadonlySignal<boolean>
  show(filter: Filter): void
  search(words: string): void
  /** Drops what is decided and begins with the longest waiting. */
  reload(): Promise<void>
  more(): Promise<void>
  select(id: string | null): void
  act(deed: Deed, entry: Entry): Promise<void>
  /** Releases the names and words in the list, all that are not decided yet. */
  releaseShown(): Promise<void>
  admitAll(): Promise<void>
  undo(): Promise<void>
  /** Begins to hear of changes; returns what ends it. */
  follow(): () => void
}

export const UNDO_MS = 10_000
const LOOK_MS = 200
const SEARCH_MS = 300
/** People named in one message. */
const AT_ONCE = 50

const DONE: Record<string, string> = {
  'person.admit': mark('Let in'),
  'person.refuse': mark('Not let in'),
  'person.release': mark('Name released'),
  'person.hide': mark('Name hidden'),
  'person.remove': mark('Removed'),
  'person.ban': mark('Banned'),
  'person.restore': mark('Undone'),
  'wish.release': mark('Released'),
  'wish.withhold': mark('Kept back'),
}
const UNDOABLE: readonly string[] = ['person.refuse', 'person.release', 'person.hide', 'person.remove', 'person.ban']
const OF_FILTER: Record<Filter, (counts: WaitingCounts) => number> = {
  all: (counts) => counts.door + counts.names + counts.wishes,
  door: (counts) => counts.door,
  names: (counts) => counts.names,
  wishes: (counts) => counts.wishes,
  inside: () => 0,
  out: () => 0,
}

/** The act that a deed is for an entry; null where it makes no sense. */
export function actOf(deed: Deed, row: WaitingRow): ActKind | 'wish.release' | 'wish.withhold' | null {
  if (deed === 'remove') return row.person === null || row.kind === 'out' ? null : row.kind === 'door' ? 'person.refuse' : 'person.remove'
  if (deed === 'ban') return row.person === null || row.mark.startsWith('banned') ? null : 'person.ban'
  if (deed === 'hide') return row.person === null || row.kind === 'door' || row.kind === 'out' || row.person_mark.includes('.hidden.') ? null : 'person.hide'
  const yes = deed === 'yes'
  switch (row.kind) {
    case 'door':
      return yes ? 'person.admit' : 'person.refuse'
    case 'name':
      return yes ? 'person.release' : 'person.hide'
    case 'wish':
      return yes ? 'wish.release' : 'wish.withhold'
    case 'inside':
      return yes ? (row.mark.includes('.released.') ? null : 'person.release') : null
    case 'out':
      return yes ? (row.mark.startsWith('banned') ? 'person.restore' : 'person.admit') : null
  }
}

export function doneWords(kind: string): string {
  const words = DONE[kind]
  return words === undefined ? t('Decided') : t(words)
}

/** Whether an entry still waits for somebody's decision. */
export function isOpen(entry: Entry): boolean {
  return entry.fate === null
}

export function createWaiting(desk: Desk): Waiting {
  const filter = signal<Filter>('all')
  const entries = signal<Entry[]>([])
  const counts = signal<WaitingCounts>({ door: 0, names: 0, wishes: 0 })
  const selected = signal<string | null>(null)
  const others = signal<readonly Look[]>([])
  const undoable = signal<Undo | null>(null)
  const loading = signal(false)
  let rest: string | null = null
  let wanted = ''
  let turn = 0
  let told: string | null | undefined
  let looking: ReturnType<typeof setTimeout> | undefined
  let typing: ReturnType<typeof setTimeout> | undefined
  let forgetting: ReturnType<typeof setTimeout> | undefined

  const beyond = computed(() => {
    const open = entries.value.filter((entry) => isOpen(entry) && isWaiting(entry.row, filter.value)).length
    const more = OF_FILTER[filter.value](counts.value) - open
    return Math.max(more, 0)
  })

  function answered(answer: { ok: boolean } | Ack | null): answer is { ok: true } & object {
    if (answer === null) desk.notify(t('The server does not answer just now. Nothing has changed; please press again in a moment.'))
    return answer?.ok === true
  }

  async function page(after: string | null): Promise<{ rows: WaitingRow[]; next: string | null } | null> {
    if (filter.peek() === 'inside') {
      const found: RosterPage | null = await desk.session.roster(after, wanted)
      return found === null ? null : { rows: found.rows.flatMap(fromRoster), next: found.next }
    }
    const found = await desk.session.ask<WaitingPage>('waiting', { after, only: filter.peek() })
    if (found?.ok !== true) return null
    counts.value = found.counts
    others.value = found.others
    return found
  }

  async function load(after: string | null): Promise<void> {
    const mine = ++turn
    loading.value = true
    const found = await page(after)
    if (mine !== turn) return
    loading.value = false
    if (found === null) return
    const known = after === null ? [] : entries.peek()
    const ids = new Set(known.map((entry) => entry.row.id))
    const fresh = found.rows.filter((row) => !ids.has(row.id)).map((row): Entry => ({ row, fate: null, anew: false }))
    entries.value = [...known, ...fresh]
    const last = found.rows[found.rows.length - 1]
    // Beyond the last row is where those will be who come later.
    rest = found.next ?? (filter.peek() === 'inside' || last === undefined ? after : `${last.since_ms}.${last.id}`)
  }

  /** Rows as they are by now: nothing moves, only what is said of them changes. */
  function update(rows: readonly WaitingRow[], own: boolean, shown?: Partial<Record<string, string>>): void {
    const now = new Map(rows.map((row) => [row.id, row]))
    entries.value = entries.peek().map((entry) => {
      const { row } = entry
      const person = row.person === null ? undefined : now.get(row.person)
      if (person === undefined) return entry
      if (row.kind === 'wish') {
        const out = person.kind === 'out' || person.done === 'person.hide'
        const fate = out && isOpen(entry) && person.kind === 'out' ? { words: doneWords(person.done), by: own ? '' : person.by } : entry.fate
        return { row: { ...row, person_mark: person.mark }, fate, anew: entry.anew }
      }
      if (person.mark === row.mark) return entry
      const kept = { ...person, since_ms: row.since_ms }
      if (isWaiting(kept, filter.peek()) || (filter.peek() === 'inside' && kept.kind === 'inside' && !own)) {
        return { row: kept, fate: null, anew: !own || shown?.['again'] === row.id }
      }
      return { row: kept, fate: { words: doneWords(person.done), by: own ? '' : person.by || t('somebody else') }, anew: false }
    })
  }

  function undoWith(words: string, undo: () => Promise<void>): void {
    clearTimeout(forgetting)
    undoable.value = { words, until_ms: desk.session.now() + UNDO_MS, undo }
    forgetting = setTimeout(() => (undoable.value = null), UNDO_MS)
  }

  async function moderate<K extends ActKind>(act: K, fields: ActFields[K]): Promise<Moderated | null> {
    const answer = await desk.session.ask<Moderated | (Ack & { ok: false })>('moderate', { kind: act, ...fields })
    if (answer !== null && !answer.ok) {
      if (answer.code === 'moderation.changed') {
        const { by, what: kind } = { by: '', what: '', ...(answer.facts as { by?: string; what?: string } | undefined) }
        const what = doneWords(kind)
        desk.notify(by === '' ? t('This has changed meanwhile: {what}. Nothing was done twice.', { what }) : t('{name} was first: {what}. Nothing was done twice.', { name: by, what }))
        await refresh(answer.facts?.['rows'])
      } else desk.notify(answer.message ?? t('This was not possible. Nothing has changed.'))
      return null
    }
    if (!answered(answer)) return null
    return answer
  }

  /** What the refusal says about rows, as far as it says it. */
  async function refresh(facts: unknown): Promise<void> {
    if (!Array.isArray(facts)) return
    const told = new Map((facts as { id: string; mark: string; by: string; what: string }[]).map((one) => [one.id, one]))
    entries.value = entries.peek().map((entry) => {
      const fact = told.get(entry.row.id)
      if (fact === undefined || fact.mark === entry.row.mark) return entry
      return { ...entry, fate: { words: doneWords(fact.what), by: fact.by || t('somebody else') } }
    })
  }

  async function onPeople(kind: ActKind, rows: readonly WaitingRow[]): Promise<void> {
    const marks: Text = {}
    for (const row of rows) if (row.person !== null) marks[row.person] = row.person_mark
    const ids = Object.keys(marks)
    if (ids.length === 0) return
    const fields = kind === 'person.remove' || kind === 'person.ban' || kind === 'person.restore' ? { id: ids[0] ?? '', aimed: marks } : { ids, aimed: marks }
    const answer = await moderate(kind, fields as never)
    if (answer === null) return
    update(answer.rows, true)
    update(answer.changed, false)
    if (answer.changed.length > 0) desk.notify(t('Somebody else was first with {n} of them; these were left as they are.', { n: answer.changed.length }))
    if (!UNDOABLE.includes(kind)) return
    const done = answer.rows
    const name = done.length === 1 ? (done[0]?.name ?? '') : ''
    const words = name === '' ? `${doneWords(kind)}: ${done.length}` : `${doneWords(kind)}: ${name}`
    undoWith(words, async () => {
      for (const row of done) {
        const back = await moderate('person.restore', { id: row.id, aimed: { [row.id]: row.mark } })
        if (back !== null) reopen(back.rows)
      }
    })
  }

  /** Rows that have been given back wait again. */
  function reopen(rows: readonly WaitingRow[]): void {
    const now = new Map(rows.map((row) => [row.id, row]))
    entries.value = entries.peek().map((entry) => {
      const person = entry.row.person === null ? undefined : now.get(entry.row.person)
      if (person === undefined) return entry
      if (entry.row.kind === 'wish') return { row: { ...entry.row, person_mark: person.mark }, fate: isState(entry.row) ? null : entry.fate, anew: false }
      return { row: { ...person, since_ms: entry.row.since_ms }, fate: null, anew: false }
    })
  }

  function isState(row: WaitingRow): boolean {
    return wishNow(row.id)?.state === row.mark
  }

  function wishNow(id: string): Wish | undefined {
    return desk.state.peek().tributes.wishes.find((wish) => wish.id === id)
  }

  async function onWish(kind: 'wish.release' | 'wish.withhold', row: WaitingRow): Promise<void> {
    const own: Fate = { words: doneWords(kind), by: '' }
    settled.set(row.id, own)
    const ack = await desk.act(kind, { wish_id: row.id, aimed: row.mark as Wish['state'] })
    if (!ack.ok) {
      settled.delete(row.id)
      return
    }
    const now: WaitingRow = { ...row, mark: kind === 'wish.release' ? 'released' : 'withheld' }
    put(row.id, now, own)
    undoWith(`${own.words}: ${row.name || t('without a name')}`, async () => {
      // What was kept back has been seen by nobody: the entry waits again, and that is all.
      if (kind === 'wish.release') {
        const back = await desk.act('wish.withhold', { wish_id: row.id, aimed: 'released' })
        if (!back.ok) return
      }
      settled.delete(row.id)
      put(row.id, { ...row, mark: 'withheld' }, null)
    })
  }

  /** Wishes that this page has decided, so that their event is not taken for another's. */
  const settled = new Map<string, Fate>()

  function put(id: string, row: WaitingRow, fate: Fate | null): void {
    entries.value = entries.peek().map((entry) => (entry.row.id === id ? { row, fate, anew: false } : entry))
  }

  /** Wishes that others have decided meanwhile. */
  function watchWishes(): void {
    const states = new Map(desk.state.value.tributes.wishes.map((wish) => [wish.id, wish.state]))
    const before = entries.peek()
    const after = before.map((entry) => {
      const state = states.get(entry.row.id)
      if (entry.row.kind !== 'wish' || !isOpen(entry) || state === undefined || state === entry.row.mark) return entry
      const own = settled.get(entry.row.id)
      return { ...entry, fate: own ?? { words: doneWords(state === 'released' ? 'wish.release' : 'wish.withhold'), by: t('somebody else') } }
    })
    if (after.some((entry, i) => entry !== before[i])) entries.value = after
  }

  function tell(id: string | null): void {
    clearTimeout(looking)
    looking = setTimeout(() => {
      if (told === id) return
      told = id
      void desk.session.ask('looking', { entry: id })
    }, LOOK_MS)
  }

  return {
    filter,
    entries,
    counts,
    beyond,
    selected,
    others,
    undoable,
    loading,
    show(next) {
      filter.value = next
      selected.value = null
      entries.value = []
      rest = null
      void load(null)
    },
    search(words) {
      wanted = words
      clearTimeout(typing)
      typing = setTimeout(() => void load(null), SEARCH_MS)
    },
    reload: () => load(null),
    more: () => load(rest),
    select(id) {
      selected.value = id
      tell(id)
    },
    async act(deed, entry) {
      const kind = actOf(deed, entry.row)
      if (kind === null || !isOpen(entry)) return
      if (kind === 'wish.release' || kind === 'wish.withhold') await onWish(kind, entry.row)
      else await onPeople(kind, [entry.row])
    },
    async releaseShown() {
      const open = entries.peek().filter(isOpen)
      const names = open.filter((entry) => entry.row.kind === 'name').map((entry) => entry.row)
      for (let i = 0; i < names.length; i += AT_ONCE) await onPeople('person.release', names.slice(i, i + AT_ONCE))
      const wishes = open.filter((entry) => entry.row.kind === 'wish')
      for (const wish of wishes) await onWish('wish.release', wish.row)
    },
    async admitAll() {
      const answer = await moderate('person.admit_all', {})
      if (answer !== null) await load(null)
    },
    async undo() {
      const last = undoable.peek()
      undoable.value = null
      clearTimeout(forgetting)
      await last?.undo()
    },
    follow() {
      void load(null)
      told = undefined
      tell(null)
      const ends = [
        desk.session.on('waiting_changed', (hint: WaitingHint) => {
          counts.value = hint.counts
          update(hint.rows, false)
        }),
        desk.session.on('looking', (look: Look) => {
          if (look.by === desk.live.peek().you?.participant.id) return
          const rest = others.peek().filter((one) => one.by !== look.by)
          others.value = look.entry === '' ? rest : [...rest, look]
        }),
        effect(watchWishes),
      ]
      return () => {
        turn += 1
        clearTimeout(looking)
        clearTimeout(typing)
        for (const end of ends) end()
        void desk.session.ask('looking', { entry: null, away: true })
      }
    },
  }
}

/** Whether a row belongs to what a filter shows as waiting. */
function isWaiting(row: WaitingRow, filter: Filter): boolean {
  if (row.kind === 'door') return filter === 'all' || filter === 'door'
  if (row.kind === 'wish') return filter === 'all' || filter === 'wishes'
  if (row.kind === 'name') return (filter === 'all' || filter === 'names' || filter === 'door') && row.consent !== 'count' && row.name !== ''
  return false
}

function fromRoster(row: RosterPage['rows'][number]): WaitingRow[] {
  if (row.participant_id === undefined || row.mark === undefined || (row.role !== 'participant' && row.role !== 'speaker')) return []
  const { name, community, country, people, participant_id: id, mark: is } = row
  return [
    {
      kind: 'inside', id, mark: is, since_ms: 0, name, community, country, people, consent: 'full', text: '', item_id: '',
      person: id, person_mark: is, by: '', done: '',
    },
  ]
}
