// What a screen reader is told: one notice before a silence, one after it, what begins, and in between nothing at all.
import { effect, signal } from '@preact/signals'
import { t, tn } from '../text/messages'
import { isLocked, type Moment } from '../timeline'
import type { Item, Silence } from '../wire'
import type { View } from './live'

/** The one polite live region of a page. */
export const announced = signal('')

const AFTER_MS = 5000

export function announce(text: string): void {
  // The same words again are only read when the region was empty in between.
  announced.value = announced.peek() === text ? `${text}\u00a0` : text
}

export interface Saying {
  text: string
  /** Not before so long after this change. */
  after_ms: number
}

/** What this change is worth saying; null for nothing. */
export function sayingFor(before: Moment | null, now: Moment, title: (item: Item) => string): Saying | null {
  if (isLocked(now.silence)) return null
  const item = now.item
  if (isLocked(before?.silence ?? null)) {
    const over = t('The silence is over.')
    const quiet_ms = before?.item?.detail.kind === 'silence' ? before.item.detail.quiet_after_s * 1000 : AFTER_MS
    const after_ms = Math.max(0, AFTER_MS - quiet_ms)
    if (item === null || item === before?.item) return { text: over, after_ms }
    if (item.detail.kind === 'silence') return { text: noticeOf(item.detail), after_ms }
    return { text: `${over} ${t('Now: {title}', { title: title(item) })}`, after_ms }
  }
  if (now.phase === 'closed') return before?.phase === 'closed' ? null : { text: t('The ceremony is over.'), after_ms: 0 }
  if (item === null || now.run?.cue === before?.run?.cue) return null
  if (item.detail.kind === 'silence') {
    return now.silence === 'invitation' ? { text: noticeOf(item.detail), after_ms: 0 } : null
  }
  return { text: t('Now: {title}', { title: title(item) }), after_ms: 0 }
}

function noticeOf(detail: Silence): string {
  const length = tn('The page will be quiet for {n} second.', 'The page will be quiet for {n} seconds.', detail.duration_s)
  const sound = detail.sound === 'metronome' ? ` ${t('You will hear a metronome.')}` : ''
  return `${t('A silence is about to begin.')} ${length}${sound}`
}

/** Says what the ceremony comes to; returns what ends that. */
export function startAnnouncing(view: View): () => void {
  let before: Moment | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  return effect(() => {
    const now = view.shown.value
    if (isLocked(now.silence)) clearTimeout(timer)
    const saying = sayingFor(before, now, (item) => view.text(item.title))
    before = now
    if (saying === null) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (!view.calm.peek()) announce(saying.text)
    }, saying.after_ms)
  })
}
