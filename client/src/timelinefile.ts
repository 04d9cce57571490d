// The ceremony as those without a line know it: one small file, asked for now and then, and the programme where it is another one.
import { emptyState } from './apply'
import { again_ms, PATIENCE_MS, pause_ms } from './polling'
import type { Boot, Live, Store } from './state'
import type { FloorEntry, OnStage, Presence, Programme, Progress, Stage } from './wire'

export interface TimelineFile {
  epoch: string
  programme_seq: number
  seq: number
  progress: Progress
  speaker: FloorEntry | null
  counts: Presence | null
  stream: string
  streamed: OnStage | null
  recorded: Stage['recorded']
  /** Whoever waits for a seat with this number or a lower one may ask for it; not there where nobody waits. */
  called?: number
}

/** Who looks at the page again has what is no older than this. */
const LATELY_MS = 6000
/** So many answers may be missing before it is said that they are. */
const PATIENCE = 3

export function addressOf(boot: Boot): string {
  return `/c/${encodeURIComponent(boot.ceremony_id)}`
}

/**
 * Keeps the store at the timeline. `link` is what the store is told as long as it comes; `heard` gets each file.
 * Returns what ends it: what is on its way then is not taken in any more.
 */
export function followTimeline(
  store: Store,
  boot: Boot,
  link: Live['link'],
  heard: (file: TimelineFile) => void = () => undefined,
): () => void {
  let programme: Programme | null = store.get().state?.programme ?? boot.programme
  let programmeSeq = -1
  let missed = 0
  let polling = false
  let polled_ms = -Infinity
  const ending = new AbortController()
  const isOver = () => ending.signal.aborted
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Rejects after a while, and on anything that is no good answer of the server's own: a proxy's page of apologies is none. */
  async function get<T>(address: string, told: { after: string | null }): Promise<T> {
    const patience = new AbortController()
    const giveUp = () => patience.abort()
    const limit = setTimeout(giveUp, PATIENCE_MS)
    ending.signal.addEventListener('abort', giveUp)
    try {
      const response = await fetch(address, { credentials: 'omit', signal: patience.signal })
      told.after = response.headers.get('Retry-After')
      if (!response.ok) throw new Error(String(response.status))
      return (await response.json()) as T
    } finally {
      clearTimeout(limit)
      ending.signal.removeEventListener('abort', giveUp)
    }
  }

  async function poll(): Promise<void> {
    if (polling) return
    polling = true
    polled_ms = performance.now()
    const told: { after: string | null } = { after: null }
    try {
      const file = await get<TimelineFile>(`${addressOf(boot)}/timeline.json`, told)
      if (typeof file.seq !== 'number') throw new Error('not a timeline')
      const live = store.get()
      const older = live.epoch === file.epoch && file.seq < (live.state?.seq ?? 0)
      if (!older && (programme === null || file.programme_seq !== programmeSeq)) {
        const address = `${addressOf(boot)}/programme.json?v=${file.programme_seq}`
        programme = (await get<{ programme: Programme }>(address, told)).programme
        programmeSeq = file.programme_seq
      }
      if (isOver()) return
      if (!older) {
        store.set({
          link,
          lostSince_ms: null,
          epoch: file.epoch,
          presence: file.counts,
          stream: { url: file.stream, whose: file.streamed },
          state: {
            ...emptyState(),
            seq: file.seq,
            programme,
            progress: file.progress,
            stage: { guests: [], recorded: file.recorded },
            floor: { asking: false, entries: file.speaker === null ? [] : [file.speaker] },
          },
        })
      } else if (store.get().link === 'lost') {
        // What a cache has kept for too long is a sign of life all the same.
        store.set({ link, lostSince_ms: null })
      }
      missed = 0
      heard(file)
    } catch {
      missed += 1
      if (missed === PATIENCE && !isOver()) store.set({ link: 'lost', lostSince_ms: performance.now() })
    } finally {
      polling = false
    }
    clearTimeout(timer)
    if (!isOver()) timer = setTimeout(() => void poll(), pause_ms(missed, told.after, Math.random(), Date.now()))
  }

  /** The device woke, or has its network again: what was missed is asked for without sitting out a pause. */
  function onWoken(): void {
    if (document.visibilityState === 'hidden' || (missed === 0 && performance.now() - polled_ms < LATELY_MS)) return
    if (store.get().link === 'lost') store.set({ lostSince_ms: performance.now() })
    clearTimeout(timer)
    timer = setTimeout(() => void poll(), again_ms(Math.random()))
  }

  window.addEventListener('online', onWoken)
  document.addEventListener('visibilitychange', onWoken)
  void poll()
  return () => {
    ending.abort()
    clearTimeout(timer)
    window.removeEventListener('online', onWoken)
    document.removeEventListener('visibilitychange', onWoken)
  }
}
