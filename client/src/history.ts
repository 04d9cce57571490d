// Keeps one page's copy of a ceremony equal to the server's: numbers without gaps, whatever the line loses or repeats.
import { apply } from './apply'
import type { Store } from './state'
import type { CeremonyState, EventMessage, Presence, Progress } from './wire'

/** A snapshot, or the events that are missing; with the timeline after them as a check. */
export interface CatchUp {
  epoch: string
  seq: number
  snapshot: CeremonyState | null
  replay: EventMessage[] | null
  progress: Progress
  /** Who is there, where it comes over the line. */
  presence?: Presence
}

export interface History {
  /** What to tell the server on connecting. */
  head: () => { epoch: string; seq: number }
  onEvent: (event: EventMessage) => void
  onCatchUp: (message: CatchUp) => void
  /** The server's head, as a heartbeat tells it. */
  onHead(epoch: string, seq: number): void
}

const MOST_BUFFERED = 1000

/** `ask` requests a catch-up; it is called at most once at a time, after `gap_ms` in which the gap may close by itself. */
export function createHistory(store: Store, ask: () => void, delay: (run: () => void) => void): History {
  let early: EventMessage[] = []
  let asking = false

  function head() {
    const live = store.get()
    return { epoch: live.epoch, seq: live.state?.seq ?? 0 }
  }

  function askSoon(): void {
    if (asking) return
    asking = true
    delay(() => {
      asking = false
      const live = store.get()
      const behind = live.state === null || early.some((event) => event.seq > (live.state?.seq ?? 0)) || wanted > head().seq
      if (behind) ask()
    })
  }

  let wanted = 0

  /** The state with everything applied that now follows without a gap. */
  function follow(state: CeremonyState): CeremonyState {
    early = early.filter((event) => event.seq > state.seq).sort((a, b) => a.seq - b.seq)
    let next = early[0]
    while (next !== undefined && next.seq === state.seq + 1) {
      state = apply(state, next)
      early = early.filter((event) => event.seq > state.seq)
      next = early[0]
    }
    return state
  }

  return {
    head,
    onEvent(event) {
      const { state } = store.get()
      if (state === null) {
        if (early.length < MOST_BUFFERED) early.push(event)
        return
      }
      if (event.seq <= state.seq) return
      early.push(event)
      const next = follow(state)
      if (next !== state) store.set({ state: next })
      if (early.length > MOST_BUFFERED) early = []
      if (early.length > 0) askSoon()
    },
    onCatchUp(message) {
      const live = store.get()
      const same = live.epoch === message.epoch
      let state = same ? live.state : null
      if (!same) {
        early = []
        wanted = 0
      }
      if (message.snapshot !== null) {
        if (state === null || message.snapshot.seq >= state.seq) state = message.snapshot
      } else if (state !== null) {
        for (const event of message.replay ?? []) if (event.seq === state.seq + 1) state = apply(state, event)
      }
      if (state === null) {
        ask()
        return
      }
      // The timeline decides what everybody sees: where it differs, the server's is right.
      if (state.seq === message.seq) state = { ...state, progress: message.progress }
      store.set({ epoch: message.epoch, state: follow(state) })
      if (early.length > 0 || wanted > (store.get().state?.seq ?? 0)) askSoon()
    },
    onHead(epoch, seq) {
      const mine = head()
      if (epoch !== mine.epoch) ask()
      else if (seq > mine.seq) {
        wanted = seq
        askSoon()
      }
    },
  }
}
