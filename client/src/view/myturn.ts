// One's own wish to speak, as it stands now: the server's order and one's own words, in one.
import { mark, t } from '../text/messages'
import { OPEN, place, waitMs } from '../floor'
import type { Live } from '../state'
import type { FloorEntry } from '../wire'
import { aboutMinutes } from './dates'

/** The open request of this person; null when there is none. */
export function ownEntry(live: Live): FloorEntry | null {
  const entries = (live.you?.entries ?? []).map((own) => {
    const known = live.state?.floor.entries.find((entry) => entry.id === own.id)
    return known === undefined ? own : { ...own, state: known.state, since_ms: known.since_ms, slot_s: known.slot_s }
  })
  return entries.find((entry) => OPEN.includes(entry.state)) ?? null
}

/** The request that was answered last with no, or heard; null when there is none. */
export function lastEntry(live: Live): FloorEntry | null {
  const entries = live.you?.entries ?? []
  return entries[entries.length - 1] ?? null
}

const PLACES = [
  mark('You are first'),
  mark('You are second'),
  mark('You are third'),
  mark('You are fourth'),
  mark('You are fifth'),
  mark('You are sixth'),
  mark('You are seventh'),
  mark('You are eighth'),
  mark('You are ninth'),
  mark('You are tenth'),
]

/** "You are third". */
export function placeSaid(live: Live, entry: FloorEntry): string {
  if (entry.state === 'next' || entry.state === 'ready') return t('You are next')
  if (entry.state === 'speaking') return t('You have the floor')
  if (entry.state === 'not_here') return t('We keep your place')
  const at = live.state === null ? 0 : place(live.state.floor, entry.id)
  if (at === 0) return t('You have asked to speak')
  const said = PLACES[at - 1]
  return said === undefined ? t('You are number {n}', { n: at }) : t(said)
}

/** "about 8 minutes"; '' where nothing can be said. */
export function waitSaid(live: Live, entry: FloorEntry, now_ms: number): string {
  if (live.state === null || (entry.state !== 'asked' && entry.state !== 'accepted')) return ''
  return aboutMinutes(waitMs(live.state.floor, entry.id, now_ms))
}
