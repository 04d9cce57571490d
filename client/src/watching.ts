// A watcher's session: the same moments and the same beat from two small cacheable files, with no socket and no seat.
import { createCore } from './core'
import { emptyState } from './apply'
import type { Session } from './session'
import type { Boot } from './state'
import { askOver, WATCHERS_PLAN } from './watchclock'
import type { FloorEntry, OnStage, Presence, Programme, Progress, Stage } from './wire'

interface TimelineFile {
  epoch: string
  programme_seq: number
  seq: number
  progress: Progress
  speaker: FloorEntry | null
  counts: Presence | null
  stream: string
  streamed: OnStage | null
  recorded: Stage['recorded']
}

const POLL_MS = 6000
const PATIENCE = 3

export function createWatching(boot: Boot): Session {
  const core = createCore(boot)
  const { store } = core
  const base = `/c/${encodeURIComponent(boot.ceremony_id)}`
  let programme: Programme | null = boot.programme
  let programmeSeq = -1
  let missed = 0

  async function poll(): Promise<void> {
    try {
      const response = await fetch(`${base}/timeline.json`, { credentials: 'omit' })
      if (!response.ok) throw new Error(String(response.status))
      const file = (await response.json()) as TimelineFile
      const live = store.get()
      const older = live.epoch === file.epoch && file.seq < (live.state?.seq ?? 0)
      if (!older) {
        if (programme === null || file.programme_seq !== programmeSeq) await load(file.programme_seq)
        store.set({
          link: 'live',
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
    } catch {
      missed += 1
      if (missed === PATIENCE) store.set({ link: 'lost', lostSince_ms: performance.now() })
    }
    setTimeout(() => void poll(), POLL_MS + Math.random() * 1000)
  }

  async function load(seq: number): Promise<void> {
    const response = await fetch(`${base}/programme.json?v=${seq}`, { credentials: 'omit' })
    if (!response.ok) return
    const file = (await response.json()) as { programme: Programme }
    programme = file.programme
    programmeSeq = seq
  }

  if (programme !== null) store.set({ state: { ...emptyState(), programme } })
  void poll()
  core.startSampling(askOver(`${base}/clock`), WATCHERS_PLAN)

  return {
    ...core,
    mode: 'poll',
    entered: false,
    async enter() {
      await core.unlock(false)
      store.set({ entered: true })
    },
    resume: () => false,
    api: () => Promise.reject(new Error('somebody who watches has no seat')),
    put: () => Promise.reject(new Error('somebody who watches has no seat')),
    send: async () => ({ ok: false, code: 'role.not_allowed', message: '', facts: {} }),
    roster: async () => null,
    updateMe: async () => undefined,
    onRosterChanged: () => () => undefined,
    eraseMe: async () => undefined,
    on: () => () => undefined,
    ask: async () => null,
    leave: () => undefined,
  }
}
