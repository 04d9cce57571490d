// How the evening fares, as a host is told it: what is amiss first, then who hears the metronome, in a few plain sentences. Pure.
import { t, tn } from '../../text/messages'
import type { Presence } from '../../wire'
import { inStep, troubles as stepTroubles } from './instep'
import { isGrave, wordsFor } from './troubles'

export interface Wellbeing {
  tone: 'good' | 'note' | 'bad'
  /** What is amiss with the server; each stands by itself. */
  amiss: { words: string; grave: boolean }[]
  /** Of the audience, one after the other. */
  sentences: string[]
}

/** More than these would be read by nobody. */
const MOST = 3

/** What is told of these totals; null where nothing is, as before they are known. */
export function wellbeing(presence: Pick<Presence, 'sync' | 'troubles' | 'waiting'> | null): Wellbeing | null {
  if (presence?.sync === undefined) return null
  const { soundless, away } = presence.sync
  const step = inStep(presence.sync)
  const { apart } = stepTroubles(step)
  const waiting = presence.waiting ?? 0
  const found = presence.troubles ?? []
  const there = step.total - away
  const sentences = [
    step.total === 0 ? t('No participant is here yet.') : there > 0 ? hearing(there, soundless) : '',
    away > 0 ? tn('{n} is reconnecting.', '{n} are reconnecting.', away) : '',
    apart > 0 ? tn('{n} does not keep the step yet.', '{n} do not keep the step yet.', apart) : '',
    waiting > 0 ? tn('{n} person watches for want of a seat.', '{n} people watch for want of a seat.', waiting) : '',
  ].filter((sentence) => sentence !== '')
  const uneasy = soundless + away + apart + waiting > 0 || found.length > 0
  return {
    tone: found.some(isGrave) ? 'bad' : uneasy ? 'note' : 'good',
    amiss: found.map((trouble) => ({ words: wordsFor(trouble), grave: isGrave(trouble) })),
    sentences: sentences.slice(0, MOST),
  }
}

/** Of those whose line is there. */
function hearing(there: number, soundless: number): string {
  if (soundless === 0) return tn('The one screen here hears the metronome.', 'All {n} screens hear the metronome.', there)
  if (soundless >= there) return tn('The one screen here has its sound off.', 'All {n} screens have their sound off.', there)
  return tn(
    '{n} of {count} screens does not hear the metronome: its sound is off.',
    '{n} of {count} screens do not hear the metronome: their sound is off.',
    soundless,
    { count: there },
  )
}
