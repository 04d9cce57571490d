// The speaker queue as a page reads it: places, waiting times, who has the floor. Twin of the server's domain/floor.py.
import type { Floor, FloorEntry } from './wire'

export type EntryState = FloorEntry['state']

export const OPEN: readonly EntryState[] = ['asked', 'accepted', 'next', 'ready', 'speaking', 'not_here']
export const WAITING: readonly EntryState[] = ['asked', 'accepted', 'next', 'ready']

export function holder(floor: Floor): FloorEntry | null {
  return floor.entries.find((entry) => entry.state === 'speaking') ?? null
}

/** The place in the order of those who wait, 1 for whoever is up next; 0 when the entry does not wait. */
export function place(floor: Floor, id: string): number {
  return floor.entries.filter((entry) => WAITING.includes(entry.state)).findIndex((entry) => entry.id === id) + 1
}

/** About how long until this entry's turn, ms. */
export function waitMs(floor: Floor, id: string, now_ms: number): number {
  const speaking = holder(floor)
  let total = speaking === null ? 0 : Math.max(0, speaking.slot_s * 1000 - (now_ms - speaking.since_ms))
  for (const entry of floor.entries) {
    if (entry.id === id) break
    if (WAITING.includes(entry.state)) total += entry.slot_s * 1000
  }
  return total
}
