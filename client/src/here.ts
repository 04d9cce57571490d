/**
 * Of several windows of one browser that show one ceremony, one sounds: the one in which its person has pressed last. When that
 * is closed, or dies, another goes on by itself. Nobody is ever kept out: a window takes the place by saying so.
 *
 * The place is a lock of the browser's own (Web Locks), which ends with its window. Where there is none each window sounds.
 */

/** Of `navigator.locks`, what is needed here. */
export interface Locks {
  request(name: string, options: { steal?: boolean; signal?: AbortSignal }, hold: () => Promise<void>): Promise<unknown>
  query(): Promise<{ held?: { name?: string }[] }>
}

export interface Here {
  /** Whether this window is not the one that sounds; never before it has asked to be. */
  readonly elsewhere: boolean
  /** From now on it is this window. */
  take(): void
  /** It is this window once no other is; as for one that comes back behind another. */
  wait(): void
  /** Whether it is some window already, as far as the browser can tell. */
  taken(): Promise<boolean>
  /** Hears of each change of `elsewhere`; returns what ends that. */
  onChange(listener: (elsewhere: boolean) => void): () => void
}

export function createHere(name: string, locks: Locks | null): Here {
  const listeners = new Set<(elsewhere: boolean) => void>()
  let elsewhere = false
  let waiting: AbortController | null = null
  let holds = false

  function become(next: boolean): void {
    if (next === elsewhere) return
    elsewhere = next
    for (const listener of [...listeners]) listener(next)
  }

  /** Held until another window takes it, or this one ends. */
  function hold(): Promise<void> {
    holds = true
    waiting = null
    become(false)
    return new Promise(() => undefined)
  }

  async function ask(options: { steal?: boolean; signal?: AbortSignal }): Promise<void> {
    try {
      await locks?.request(name, options, hold)
    } catch {
      // Taken by another window, or given up for taking it at once.
      if (options.signal?.aborted === true) return
      holds = false
      become(true)
      wait()
    }
  }

  function wait(): void {
    if (locks === null || holds || waiting !== null) return
    waiting = new AbortController()
    become(true)
    void ask({ signal: waiting.signal })
  }

  return {
    get elsewhere() {
      return elsewhere
    },
    take() {
      if (locks === null || holds) return
      waiting?.abort()
      waiting = null
      become(false)
      void ask({ steal: true })
    },
    wait,
    async taken() {
      try {
        return (await locks?.query())?.held?.some((one) => one.name === name) ?? false
      } catch {
        return false
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Absent on pages without TLS, and denied in frames of some browsers. */
export function locksOrNull(): Locks | null {
  return typeof navigator !== 'undefined' && 'locks' in navigator ? navigator.locks : null
}
