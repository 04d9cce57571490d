// What the console says of a hall elsewhere: how it stands, when it is wanted, and what is shown while it does not send. Pure.
import { FAR_MS, SOON_MS, type Wanted } from '../../stage/ahead'
import { playedAt, standIn } from '../../stage/rule'
import { t, tn } from '../../text/messages'
import type { Item, OnDeck, OnStage, Programme } from '../../wire'
import { deckSaid, onStageSaid, type Said } from './stagewords'

/** Where a hall stands on the stage; `online` is what is known of its page where the stage tells of no deck. */
export interface Place {
  person: OnStage | null
  deck: OnDeck | null
  online: boolean
  linked: boolean
}

export function placeSaid({ person, deck, online, linked }: Place): { head: string; said: Said } {
  const here = deck?.online ?? online
  const absent: Said = linked
    ? { tone: 'wait', words: t('its page is not open'), todo: t('Ring them, and send them the link.') }
    : { tone: 'wait', words: t('it has no link yet'), todo: t('Make the link, and send it to the person there.') }
  if (person !== null) {
    if (person.feed === null) return { head: t('Its turn now'), said: here ? onStageSaid(person, deck) : absent }
    return { head: t('On screen'), said: onStageSaid(person, deck) }
  }
  if (!here) return { head: t('Not here'), said: absent }
  if (deck === null) return { head: t('Stands by'), said: { tone: 'good', words: t('its page is open'), todo: '' } }
  return { head: t('Stands by'), said: deckSaid(deck) }
}

/** When the programme wants it; empty while it is on screen, and where it is not wanted any more. */
export function wantedSaid(wanted: Wanted | null): string {
  if (wanted === null) return t('The programme does not show it any more.')
  if (wanted.in_ms > FAR_MS) return ''
  if (wanted.in_ms < SOON_MS) return t('On screen in less than a minute.')
  return tn('On screen in about {n} minute.', 'On screen in about {n} minutes.', Math.round(wanted.in_ms / 60_000))
}

/** What everybody sees in its place while it does not send. */
export function fallbackSaid(programme: Programme, hall: string): string {
  const at = firstOf(programme, hall)
  if (at === null) return t('No item of the programme shows it yet.')
  const media = playedAt(...at)
  const recorded = standIn(...at)
  if (media?.live) return t('While it does not send, the broadcast link of the programme is shown.')
  if (media !== null && media.sources.length > 0) return t('While it does not send, the recording of the programme is shown.')
  if (recorded !== null) return t('While it does not send, you can show the recorded version.')
  if (media !== null) return t('While it does not send, the picture of the programme is shown.')
  return t('While it does not send, its name is shown alone.')
}

/** The first item and step that show the hall. */
function firstOf(programme: Programme, hall: string): [Item, number] | null {
  for (const item of programme.items) {
    if (item.detail.kind === 'roll_call') {
      const step = item.detail.entries.findIndex((one) => (one.hall || item.hall) === hall)
      if (step >= 0) return [item, step]
    } else if (item.hall === hall) return [item, 0]
  }
  return null
}
