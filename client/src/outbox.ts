// Commands on their way up, each applied exactly once: its number is made at the press, kept until it is acknowledged,
// and sent again unchanged after a lost line or a reload.
import type { Ack } from './wire'

export interface Pending {
  cmd_id: string
  kind: string
  [field: string]: unknown
}

export interface Outbox {
  send(kind: string, fields: object): Promise<Ack>
  /** The line is there again: everything pending goes out, oldest first. */
  flush(): void
  readonly size: number
}

export interface OutboxDeps {
  /** Resolves to null when no acknowledgement came. */
  emit: (command: Pending) => Promise<Ack | null>
  ready: () => boolean
  storage: Pick<Storage, 'getItem' | 'setItem'> | null
  key: string
  retry: (run: () => void) => void
}

/** Refusals that say "not just now": the same command may be granted in a moment. */
const PASSING: readonly string[] = ['store.busy', 'message.too_many', 'retry']

/** 128 random bits, URL-safe. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

export function createOutbox(deps: OutboxDeps): Outbox {
  const waiting: Pending[] = restored(deps)
  const answered = new Map<string, (ack: Ack) => void>()
  let sending = false

  function keep(): void {
    try {
      deps.storage?.setItem(deps.key, JSON.stringify(waiting))
    } catch {
      // A full or forbidden storage costs only the survival of a reload.
    }
  }

  async function pump(): Promise<void> {
    if (sending) return
    sending = true
    try {
      for (let command = waiting[0]; command !== undefined && deps.ready(); command = waiting[0]) {
        const ack = await deps.emit(command)
        if (ack === null || PASSING.includes(ack.code ?? '')) {
          deps.retry(() => void pump())
          return
        }
        waiting.shift()
        keep()
        answered.get(command.cmd_id)?.(ack)
        answered.delete(command.cmd_id)
      }
    } finally {
      sending = false
    }
  }

  return {
    send(kind, fields) {
      const command: Pending = { ...fields, cmd_id: randomId(), kind }
      waiting.push(command)
      keep()
      const result = new Promise<Ack>((resolve) => answered.set(command.cmd_id, resolve))
      void pump()
      return result
    },
    flush: () => void pump(),
    get size() {
      return waiting.length
    },
  }
}

function restored(deps: OutboxDeps): Pending[] {
  try {
    const kept: unknown = JSON.parse(deps.storage?.getItem(deps.key) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isPending) : []
  } catch {
    return []
  }
}

function isPending(one: unknown): one is Pending {
  return typeof one === 'object' && one !== null && 'cmd_id' in one && typeof one.cmd_id === 'string'
}
