// A watcher's session: the same moments and the same beat from two small cacheable files, with no socket and no seat.
import { createCore } from './core'
import { emptyState } from './apply'
import type { Session } from './session'
import type { Boot } from './state'
import { addressOf, followTimeline } from './timelinefile'
import { askOver, WATCHERS_PLAN } from './watchclock'

export function createWatching(boot: Boot): Session {
  const core = createCore(boot)
  const { store } = core
  if (boot.programme !== null) store.set({ state: { ...emptyState(), programme: boot.programme } })
  followTimeline(store, boot, 'live')
  core.startSampling(askOver(`${addressOf(boot)}/clock`), WATCHERS_PLAN)

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
