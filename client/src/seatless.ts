// Somebody who has entered while all seats are taken: the page goes by the timeline like a watcher's, and asks for a seat
// when the line has come to it. Nothing is pressed and nothing begins anew; in a silence nothing changes at all.
import type { Core } from './core'
import type { Boot } from './state'
import type { Ticket } from './wire'
import { isLocked, moment } from './timeline'
import { addressOf, followTimeline, type TimelineFile } from './timelinefile'
import { askOver, WATCHERS_PLAN } from './watchclock'

export interface Seatless {
  /** Whether the page goes by the timeline just now. */
  readonly waits: boolean
  /** There is no seat: the one with the lower number of this ticket, as it came, and the one in hand is kept. */
  begin(ticket: unknown): void
  /** The line has opened: what was known from the timeline is to be replaced whole. */
  seated(): void
  /** The person has left, or is nobody any more. */
  end(): void
}

export interface SeatlessDeps {
  core: Core
  boot: Boot
  /** By which the server knows this person. */
  token: () => string
  /** Opens the line, where a seat is kept. */
  connect: () => void
  kept: Storage | null
}

/** A page that waits says so this often. */
const STILL_MS = 120_000
/** Those who are called do not all ask in the same moment. */
const SPREAD_MS = 1500

/** Refusals that say nothing of a seat. */
const LATER = /^(retry|defect|store\.busy|enter\.busy|request\.too_many)$/

export function createSeatless({ core, boot, token, connect, kept }: SeatlessDeps): Seatless {
  const { store } = core
  const key = `memorata.ticket.${boot.key ?? boot.ceremony_id}`
  let ticket: Ticket | null = remembered(kept, key)
  let stop: (() => void) | null = null
  let asking = false
  let asked_ms = 0

  function heard({ called }: TimelineFile): void {
    if (stop === null || ticket === null || asking || isQuiet()) return
    const isCalled = called === undefined || ticket.number <= called
    const isDue = performance.now() - asked_ms > STILL_MS
    if (!isCalled && !isDue) return
    asking = true
    setTimeout(() => void askNow(), Math.random() * SPREAD_MS)
  }

  async function askNow(): Promise<void> {
    try {
      if (stop === null || ticket === null || isQuiet()) return
      asked_ms = performance.now() - STILL_MS * 0.2 * Math.random()
      const answer = await post({ ticket: ticket.ticket })
      const { code = '', facts } = (await answer.json()) as { code?: string; facts?: unknown }
      if (!answer.ok && LATER.test(code)) return
      if (code === 'seats.full') keep(ticketOf(facts))
      // Kept; or refused, and not for want of a seat: the line is told why.
      else connect()
    } catch {
      // The line is down, or the server has no time: the next file of the timeline comes all the same.
    } finally {
      asking = false
    }
  }

  function post(asked: object): Promise<Response> {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json', Authorization: `Bearer ${token()}` }
    return fetch('/api/seat', { method: 'POST', keepalive: true, headers, body: JSON.stringify(asked) })
  }

  window.addEventListener('pagehide', (event) => {
    if (!event.persisted && stop !== null && ticket !== null) void post({ ticket: ticket.ticket, leaves: true })
  })

  function isQuiet(): boolean {
    const { state } = store.get()
    return state?.programme != null && isLocked(moment(state.programme, state.progress, core.now()).silence)
  }

  function keep(another: Ticket): void {
    if (ticket === null || another.number < ticket.number) ticket = another
    kept?.setItem(key, JSON.stringify(ticket))
  }

  function end(): void {
    stop?.()
    stop = null
    ticket = null
    kept?.removeItem(key)
  }

  return {
    get waits() {
      return stop !== null
    },
    begin(given) {
      const another = ticketOf(given)
      keep(another)
      if (stop !== null) return
      // With an older ticket, from before a reload, the place is asked for at once.
      asked_ms = ticket === another ? performance.now() : -Infinity
      store.set({ entered: true, seatless: true, link: 'watching', lostSince_ms: null })
      stop = followTimeline(store, boot, 'watching', heard)
      core.startSampling(askOver(`${addressOf(boot)}/clock`), WATCHERS_PLAN)
    },
    seated() {
      if (stop !== null) store.set({ seatless: false, epoch: '', stream: { url: '', whose: null } })
      end()
    },
    end() {
      if (stop !== null) store.set({ seatless: false })
      end()
    },
  }
}

/** A ticket as the server gave it; one that cannot be read waits behind all others. */
function ticketOf(given: unknown): Ticket {
  const { ticket, number } = (given ?? {}) as Partial<Record<keyof Ticket, unknown>>
  return { ticket: typeof ticket === 'string' ? ticket : '', number: typeof number === 'number' ? number : Infinity }
}

function remembered(kept: Storage | null, key: string): Ticket | null {
  try {
    const found = JSON.parse(kept?.getItem(key) ?? 'null') as Partial<Ticket> | null
    if (typeof found?.ticket === 'string' && typeof found.number === 'number') return { ticket: found.ticket, number: found.number }
  } catch {
    // Unreadable: as without one.
  }
  return null
}
