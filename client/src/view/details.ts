// What a person may say about themselves: as it is known, and what of it they have changed.
import type { EnterOptions } from '../session'
import type { View } from './live'

export interface Details {
  name: string
  community: string
  country: string
  people: number
  consent: 'count' | 'first' | 'full'
  /** Agreed to: recording of one's own words when one speaks. */
  recording: boolean
}

export function detailsOf(view: View): Details {
  const { you, boot } = view.live.peek()
  const me = you?.participant
  return {
    name: me?.name ?? '',
    community: me?.community ?? '',
    country: me?.country ?? '',
    people: me?.people ?? boot.people ?? 1,
    consent: me?.consent ?? 'count',
    recording: me?.recording ?? false,
  }
}

/** What differs from `before`, as the server takes it; what nobody touched is not sent, so that it stays as it was. */
export function changesOf(before: Details, after: Details): EnterOptions {
  const changes: EnterOptions = {}
  if (after.name.trim() !== before.name) changes.name = after.name.trim()
  if (after.community.trim() !== before.community) changes.community = after.community.trim()
  if (after.country !== before.country) changes.country = after.country === '' ? null : after.country
  if (after.people !== before.people) changes.people = after.people
  if (after.consent !== before.consent) changes.consent = after.consent
  if (after.recording !== before.recording) changes.recording = after.recording
  return changes
}
