// A document while it is being edited: what is typed, what was saved, what the server says about it, what can be undone.
import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { Fault, Previewed } from '../types'
import { placed, type Placed } from './faults'
import { inserted } from './lists'
import { at, listAt, put, same, type Json, type Path, type Table } from './paths'

/** How long the typing rests before the server is asked, in milliseconds. */
export const REST_MS = 450

/** What was just taken out; `back` puts it there again. */
export interface Taken {
  words: string
  back: () => void
}

export interface Draft {
  readonly document: ReadonlySignal<Table>
  readonly dirty: ReadonlySignal<boolean>
  readonly faults: ReadonlySignal<readonly Placed[]>
  readonly preview: Signal<Previewed | null>
  /** Whether what is shown beside the fields is of an earlier state of them. */
  readonly asking: Signal<boolean>
  readonly taken: Signal<Taken | null>
  value: (path: Path) => Json | undefined
  put: (path: Path, value: Json | undefined) => void
  /** Changes a list as a whole; the path is that of the list. */
  list: (path: Path, change: (now: readonly Json[]) => readonly Json[]) => void
  /** Takes an element out of a list, and says so with a way back. */
  take: (path: Path, index: number, words: string) => void
  /** Takes a key away, and says so with a way back. */
  drop: (path: Path, words: string) => void
  /** What is typed is now what is saved; or another document is, and with `replace` it takes the place of what is typed. */
  saved: (document: Table, faults: readonly Fault[], replace: boolean) => void
  /** The faults with which the server refused it. */
  refused: (faults: readonly Fault[]) => void
  ask: () => void
  end: () => void
}

/** Args: preview: asks the server about a document; `null` when it cannot be reached. */
export function createDraft(first: Table, isNew: boolean, preview: (document: Table) => Promise<Previewed | null>): Draft {
  const document = signal(first)
  const base = signal<Table | null>(isNew ? null : first)
  const faults = signal<readonly Placed[]>([])
  const said = signal<Previewed | null>(null)
  const asking = signal(false)
  const taken = signal<Taken | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  async function askNow(): Promise<void> {
    const mine = ++turn
    const answer = await preview(document.peek())
    if (mine !== turn) return
    batch(() => {
      asking.value = false
      if (answer === null) return
      said.value = answer
      faults.value = placed(answer.faults)
    })
  }

  function ask(): void {
    clearTimeout(timer)
    turn += 1
    asking.value = true
    timer = setTimeout(() => void askNow(), REST_MS)
  }

  function set(next: Table): void {
    if (next === document.peek()) return
    document.value = next
    ask()
  }

  const value = (path: Path) => at(document.value, path)

  return {
    document,
    dirty: computed(() => base.value === null || !same(base.value, document.value)),
    faults,
    preview: said,
    asking,
    taken,
    value,
    put: (path, next) => set(put(document.peek(), path, next)),
    list: (path, change) => {
      const now = listAt(document.peek(), path)
      const next = change(now)
      if (next !== now) set(put(document.peek(), path, next.length === 0 ? undefined : next))
    },
    take: (path, index, words) => {
      const gone = listAt(document.peek(), path)[index]
      if (gone === undefined) return
      const rest = listAt(document.peek(), path).filter((_, place) => place !== index)
      const back = () => {
        taken.value = null
        set(put(document.peek(), path, inserted(listAt(document.peek(), path), index, gone)))
      }
      batch(() => {
        set(put(document.peek(), path, rest.length === 0 && path.length > 1 ? undefined : rest))
        taken.value = { words, back }
      })
    },
    drop: (path, words) => {
      const gone = at(document.peek(), path)
      if (gone === undefined) return
      const back = () => {
        taken.value = null
        set(put(document.peek(), path, gone))
      }
      batch(() => {
        set(put(document.peek(), path, undefined))
        taken.value = { words, back }
      })
    },
    saved: (next, found, replace) =>
      batch(() => {
        base.value = next
        if (replace) {
          document.value = next
          taken.value = null
        }
        faults.value = placed(found)
      }),
    refused: (found) => (faults.value = placed(found)),
    ask,
    end: () => {
      clearTimeout(timer)
      turn += 1
    },
  }
}

