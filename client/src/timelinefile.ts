// The ceremony as those without a line know it: one small file, asked for now and then, and the programme where it is another one.
import { emptyState } from './apply'
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

const POLL_MS = 6000
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
  const ending = new AbortController()
  const isOver = () => ending.signal.aborted
  let timer: ReturnType<typeof setTimeout> | undefined

  async function poll(): Promise<void> {
    try {
      const response = await fetch(`${addressOf(boot)}/timeline.json`, { credentials: 'omit', signal: ending.signal })
      if (!response.ok) throw new Error(String(response.status))
      const file = (await response.json()) as TimelineFile
      const live = store.get()
      const older = live.epoch === file.epoch && file.seq < (live.state?.seq ?? 0)
      if (!older) {
        if (programme === null || file.programme_seq !== programmeSeq) await load(file.programme_seq)
        if (isOver()) return
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
      }
      missed = 0
      heard(file)
    } catch {
      missed += 1
      if (missed === PATIENCE && !isOver()) store.set({ link: 'lost', lostSince_ms: performance.now() })
    }
    if (!isOver()) timer = setTimeout(() => void poll(), POLL_MS + Math.random() * 1000)
  }

  async function load(seq: number): Promise<void> {
    const response = await fetch(`${addressOf(boot)}/programme.json?v=${seq}`, { credentials: 'omit', signal: ending.signal })
    if (!response.ok) return
    const file = (await response.json()) as { programme: Programme }
    programme = file.programme
    programmeSeq = seq
  }

  void poll()
  return () => {
    ending.abort()
    clearTimeout(timer)
  }
}
