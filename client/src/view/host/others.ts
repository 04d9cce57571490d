// Tells a host what another host has done: a cue, the holding picture, so that nothing changes without a reason on the page.
import { effect } from '@preact/signals'
import { t } from '../../text/messages'
import { itemOf, runsAhead } from '../../timeline'
import type { Progress } from '../../wire'
import type { Desk } from './desk'

/** A cue that comes so soon after one's own press is one's own. */
const OWN_MS = 4000

export function watchOthers(desk: Desk): () => void {
  let before: Progress | null = null
  return effect(() => {
    const { programme, progress } = desk.state.value
    const was = before
    before = desk.live.value.state === null ? null : progress
    if (was === null || programme === null || progress === was || desk.calm.peek()) return
    if (progress.cues > was.cues) {
      const run = progress.runs[progress.runs.length - 1]
      const foreseen = runsAhead(programme, was).some((one) => one.cue === run?.cue && one.item_id === run.item_id)
      const own = desk.session.now() - desk.ownCue.at_ms < OWN_MS
      const item = run === undefined ? null : itemOf(programme, run.item_id)
      if (!foreseen && !own && item !== null) desk.notify(t('Another host has started: {title}', { title: desk.text(item.title) }))
    }
  })
}
