// What stands in for a living voice: the recorded version of a step, and whether it is shown now. Twin of domain/stage.py.
import type { Moment } from './timeline'
import type { Item, Media, Shown, Stage } from './wire'

/** The recorded version that can stand in for the living voice of this step; null where there is none. */
export function standIn(item: Item, step: number): Media | null {
  const own = stepMedia(item, step)
  return [own, item.media].find((media) => media != null && media.sources.length > 0 && !media.live) ?? null
}

function stepMedia(item: Item, step: number): Media | null {
  const detail = item.detail
  if (detail.kind === 'testimony') return detail.speakers[step]?.media ?? null
  if (detail.kind === 'roll_call') return detail.entries[step]?.media ?? null
  return null
}

/** What stands in for the voice at this moment; null while the living voice is heard. */
export function recordedAt(stage: Stage, shown: Pick<Moment, 'run' | 'step'>): Shown | null {
  const { run, step } = shown
  if (run === null) return null
  return stage.recorded.find((one) => one.cue === run.cue && one.step === step) ?? null
}
