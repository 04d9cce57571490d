// Whether somebody who only watches sees the stage, which comes to them as a stream some seconds late. Pure.
import { isLocked, type Moment } from '../timeline'
import type { Run, Stage } from '../wire'
import { playedAt, recordedAt } from './rule'

/**
 * The stream to be played at this moment, '' for none. Films go before it: the item's own, and what stands in for a voice.
 * A silence is kept by the timeline: what was said seconds before it, and is only now coming, is not heard in it.
 */
export function streamAt(shown: Moment, stream: string, stage: Stage, holding: boolean): string {
  if (holding || isLocked(shown.silence) || (shown.phase !== 'lobby' && shown.phase !== 'item')) return ''
  const { item, step } = shown
  if (item === null) return stream
  // The invitation is read, and the stillness comes soon.
  if (item.detail.kind === 'silence' || recordedAt(stage, shown) !== null) return ''
  return (playedAt(item, step)?.sources.length ?? 0) > 0 ? '' : stream
}

/** A stream is of no item: it runs on through all of them, and through their pauses. */
export const RUN: Run = { cue: 0, item_id: '', start_ms: 0, holds: [], steps: [] }
