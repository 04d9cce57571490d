// The server's clock over plain HTTP, for those who watch without a seat: what to ask, how often, and when it really left.
import type { Answer, Plan } from './clockrunner'
import type { ClockAnswer } from './wire'

/**
 * A watcher's question is a request of its own, and there may be a hundred thousand watchers: some in the first minute, then
 * three a minute, more only in the minute before a silence. With the timeline that makes two requests in ten seconds in the calm.
 * In simulation (tests/unit/client/watchclock.test.ts) the error stays within three times that of a participant.
 */
export const WATCHERS_PLAN: Partial<Plan> = {
  burst: 10,
  burst_gap_ms: 150,
  early_ms: 45_000,
  early_gap_ms: 1250,
  learning_ms: 0,
  dense_gap_ms: 2000,
  noisy_gap_ms: 2000,
  calm_gap_ms: 22_000,
  budget: 80,
}

const QUIET_MS = 1000
const QUIET_MOST_MS = 30_000

/** Of the browser, what a question needs. */
export interface Wire {
  fetch(url: string, options: RequestInit): Promise<Response>
  performance: Pick<Performance, 'getEntriesByName' | 'clearResourceTimings'>
}

/** Asks at this address; null when there came no answer of the server's own. */
export function askOver(address: string, wire: Wire = window): (t0: number) => Promise<Answer | null> {
  let failures = 0
  let quietUntil = -Infinity

  async function question(t0: number): Promise<{ url: string; answered: ClockAnswer } | null> {
    // Without cookies: a small question, on the connection that the timeline keeps open.
    const response = await wire.fetch(`${address}?t0=${t0}`, { cache: 'no-store', credentials: 'omit' })
    if (!response.ok) return null
    return { url: response.url, answered: (await response.json()) as ClockAnswer }
  }

  return async (t0) => {
    // Whoever has had no good answer waits before the next question, and longer each time.
    if (t0 < quietUntil) return null
    const found = await question(t0).catch(() => null)
    if (found === null) {
      failures++
      quietUntil = t0 + Math.min(QUIET_MS * 2 ** failures, QUIET_MOST_MS)
      return null
    }
    failures = 0
    const { t1, t2, rest_ms } = found.answered
    const answer = { t1, t2, ...(rest_ms === undefined ? {} : { rest_ms }), ...timesOf(found.url, t0, wire) }
    // A browser keeps 250 entries and then no more; nobody else reads them.
    wire.performance.clearResourceTimings()
    return answer
  }
}

/**
 * When the question left and the answer came, by the browser's network and not by this script: a script has its turn only
 * when the page is not busy, and a question may wait for a connection to be made. Nothing where the browser does not tell.
 */
function timesOf(url: string, t0: number, { performance }: Wire): { t0?: number; t3?: number } {
  const entry = (performance.getEntriesByName(url, 'resource') as PerformanceResourceTiming[]).at(-1)
  if (entry === undefined || entry.requestStart < t0 - 1 || entry.responseStart < entry.requestStart) return {}
  return { t0: entry.requestStart, t3: entry.responseStart }
}
