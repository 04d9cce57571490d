/** How often somebody who only watches asks for the timeline: calmly, never in step with others, and seldom while it cannot be had. */

/** By chance in between, so that a million who came at the full minute are soon spread over all seconds. */
const BETWEEN_MS: readonly [least: number, most: number] = [6000, 8000]
/** While it cannot be had, each pause is longer than the last, up to this; a page runs on by what it knows. */
const LONGER = 1.5
const MOST_MS = 30_000
/** What a server or a cache wants is done, within reason. */
const ASKED_MOST_MS = 120_000
/** Once the device has its network again, or is looked at again. */
const AGAIN_MS = 1000
/** No answer is waited for longer: one that hangs must not be the last. */
export const PATIENCE_MS = 10_000

/**
 * Ms until the next question. Args: missed: how many in a row had no good answer. after: `Retry-After` of the last one, in
 * seconds or as a date; null without. random: 0 to 1.
 */
export function pause_ms(missed: number, after: string | null, random: number, now_ms: number): number {
  const [least, most] = BETWEEN_MS
  const usual = least + random * (most - least)
  if (missed === 0) return usual
  const asked = Math.min(wanted_ms(after, now_ms), ASKED_MOST_MS)
  const backed = Math.min(least * LONGER ** missed, MOST_MS)
  // Those who were refused together do not come back together.
  return Math.max(asked, backed) * (1 + random / 3)
}

export function again_ms(random: number): number {
  return random * AGAIN_MS
}

function wanted_ms(after: string | null, now_ms: number): number {
  if (after === null || after.trim() === '') return 0
  const seconds = Number(after)
  const found = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(after) - now_ms
  return Number.isFinite(found) ? Math.max(0, found) : 0
}
