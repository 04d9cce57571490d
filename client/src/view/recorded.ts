// Recordings as the server tells them to whoever may know of them.
import { signal } from '@preact/signals'
import type { Session } from '../session'

export interface Recording {
  id: string
  name: string
  community: string
  item_id: string
  started_ms: number
  state: 'running' | 'working' | 'held' | 'released' | 'failed'
  bytes: number
  duration_ms: number
  media_type: string
  /** Plays it, for some hours. */
  url: string | null
}

/** What was recorded of the person of this page; null until it is known. */
export const mine = signal<Recording[] | null>(null)

export async function askMine(session: Session): Promise<void> {
  try {
    mine.value = (await session.api<{ recordings: Recording[] }>('/api/me/recordings')).recordings
  } catch {
    // Looked at again when the page is opened again.
  }
}

export async function askAll(session: Session): Promise<Recording[]> {
  return (await session.api<{ recordings: Recording[] }>('/api/recordings')).recordings
}
