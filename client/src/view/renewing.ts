// When a page whose scripts were replaced before all of them were fetched may begin anew: when nothing is disturbed by it.
import { useSignalEffect } from '@preact/signals'
import { renew } from '../renewal'
import { itemOf, runsAhead, silencePlan } from '../timeline'
import { replaced } from './later'
import { ownEntry } from './myturn'
import { usePage, type Page } from './page'
import { open } from './sheet'

/** Never so shortly before a silence. */
const CLEAR_MS = 60_000
const LOOK_S = 15

export function useRenewal(): void {
  const page = usePage()
  useSignalEffect(() => {
    if (!replaced.value || page.variant === 'preview' || page.now_s.value % LOOK_S !== 0) return
    if (mayGo(page)) void renew()
  })
}

function mayGo(page: Page): boolean {
  const live = page.live.peek()
  const turn = ownEntry(live)?.state
  if (open.peek() !== null || turn === 'next' || turn === 'ready' || turn === 'speaking') return false
  const { state } = live
  if (state === null || state.programme === null) return true
  const { programme, progress } = state
  const now_ms = page.session.now()
  return !runsAhead(programme, progress).some((run) => {
    const item = itemOf(programme, run.item_id)
    const instants = item === null ? null : silencePlan(item, run)
    return instants !== null && run.start_ms <= now_ms + CLEAR_MS && now_ms < instants.rest_end_ms
  })
}
