// What is in the picture's place while people are on the stage, or while a recorded version stands in for a living voice.
import '../../style/recorded.css'
import type { ComponentChild } from 'preact'
import { recordedAt, runFrom, standIn, standing } from '../../stage/rule'
import { t } from '../../text/messages'
import type { Moment } from '../../timeline'
import type { Detail, Item, Media } from '../../wire'
import { usePage, type Page } from '../page'
import { Picture } from '../pictures'
import { stageOf, whole } from './attend'
import { Streamed, streamOf } from './streamed'

/** Its name, and itself; null where the item's own picture stays. */
export function staged(page: Page, shown: Moment): [string, ComponentChild] | null {
  const { shown: onStage, stage } = stageOf(page.session)
  const { state } = page.live.value
  if (state === null) return null
  const holding = state.progress.holding_since_ms !== null
  switch (standing(shown, onStage.value?.people ?? [], state.stage, holding)) {
    case 'item':
      return streamOf(page, shown) === '' ? null : ['stream', <Streamed />]
    case 'recorded':
      return recorded(shown, recordedAt(state.stage, shown) ?? 0)
    case 'stage': {
      const views = whole.value
      // Until all of it is here the item's picture stays; the line below says who speaks.
      return views === null || stage.value === null ? null : ['stage', <views.Staged />]
    }
  }
}

function recorded({ item, run, step, over }: Moment, from_ms: number): [string, ComponentChild] | null {
  const media = item === null ? null : standIn(item, step)
  if (item === null || run === null || media === null) return null
  const played = asRecorded(item, step, media)
  return [`recorded-${run.cue}-${item.id}-${step}`, <Picture item={played} run={runFrom(run, step, from_ms)} step={step} over={over} part={null} />]
}

/** The item as it would be if this step had been recorded from the first. */
function asRecorded(item: Item, step: number, media: Media): Item {
  return { ...item, media, detail: detailOf(item.detail, step, media) }
}

function detailOf(detail: Detail, step: number, media: Media): Detail {
  const change = <One extends object>(all: One[]): One[] =>
    all.map((one, at) => (at === step ? { ...one, media, mode: 'recorded' as const } : one))
  if (detail.kind === 'testimony') return { ...detail, speakers: change(detail.speakers) }
  if (detail.kind === 'roll_call') return { ...detail, entries: change(detail.entries) }
  return detail
}

/** Quiet, and always in the same corner: nobody is to learn of it afterwards. */
export function RecordingMark() {
  const page = usePage()
  const { shown } = stageOf(page.session)
  if (!shown.value?.recording || page.calm.value) return null
  return <p class="recording-mark">{t('Being recorded')}</p>
}
