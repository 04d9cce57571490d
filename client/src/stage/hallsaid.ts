// What the person in charge at a hall is told: whether everybody sees it, and about when they will. Pure.
import { t, tn } from '../text/messages'
import type { Sends } from './onstage'
import { FAR_MS, SOON_MS, type Wanted } from './ahead'

export interface HallSaid {
  tone: 'wait' | 'soon' | 'live' | 'trouble'
  now: string
  /** What comes; empty for nothing. */
  next: string
}

export interface HallStands {
  sends: Sends
  /** The hall is to be on screen now. */
  wanted: boolean
  /** The soonest time it is wanted, `null` for never more. */
  ahead: Wanted | null
  /** A microphone or camera is open. */
  ready: boolean
  elsewhere: boolean
  lost: boolean
}

const NEAR_MS = 5 * 60_000

export function hallSaid({ sends, wanted, ahead, ready, elsewhere, lost }: HallStands): HallSaid {
  const next = wanted ? '' : soonSaid(ahead)
  if (elsewhere) return { tone: 'trouble', now: t('The hall is sent from another screen. This one shows the picture alone.'), next: '' }
  if (lost) return { tone: 'trouble', now: t('The connection is being restored.'), next }
  if (!ready) return { tone: 'trouble', now: t('Camera and microphone are closed: nobody can see this hall.'), next }
  if (sends === 'live') return { tone: 'live', now: t('Everybody sees you now.'), next: '' }
  if (wanted) return { tone: 'soon', now: t('Your turn: the picture is being connected.'), next: '' }
  return { tone: next !== '' && ahead !== null && ahead.in_ms < NEAR_MS ? 'soon' : 'wait', now: t('Standing by: nobody sees you yet.'), next }
}

function soonSaid(ahead: Wanted | null): string {
  if (ahead === null || ahead.in_ms > FAR_MS) return ''
  if (ahead.in_ms < SOON_MS) return t('You are on screen in less than a minute.')
  return tn('You are on screen in about {n} minute.', 'You are on screen in about {n} minutes.', Math.round(ahead.in_ms / 60_000))
}
