// Everything a page knows, in one value that is replaced and never changed.
import type { CeremonyState, Entered, Hall, OnStage, Presence, Programme, You } from './wire'

/** What the server put into the page. */
export interface Boot {
  view: 'participant' | 'hall' | 'host' | 'watch'
  /** The link this page was opened by; absent for watchers. */
  key?: string
  /** Where somebody who has signed in comes in, without a link. */
  entrance?: string
  ceremony_id: string
  language: string
  /** Language tag and its own name. */
  languages: [string, string][]
  programme: Programme | null
  server_now_ms: number
  telephone: string
  /** ISO 3166-1 alpha-2 to name, in the page's language. */
  countries: Record<string, string>
  /** People in a hall, from its address. */
  people?: number
  /** The hall that joins by this link, with a camera of its own. */
  hall?: Hall
  base_url: string
  /** Until when names are kept, and when they were erased; UTC ms. */
  keeping?: { until_ms: number | null; erased_ms: number | null }
}

/**
 * 'idle' before entering; 'watching' while all seats are taken and the page goes by the timeline; 'lost' while the line is
 * down and being restored; 'gone' when the link is no longer good.
 */
export type Link = 'idle' | 'connecting' | 'live' | 'watching' | 'lost' | 'gone'

/** Before the door, inside, or told why not; 'closed' when nobody new is let in. */
export type Standing = Entered['standing'] | 'closed'

export interface Live {
  boot: Boot
  link: Link
  standing: Standing
  state: CeremonyState | null
  epoch: string
  you: You | null
  presence: Presence | null
  staff: boolean
  /** Whether the person has had themselves removed; then `link` is 'gone'. */
  erased: boolean
  /** performance.now() when the line was lost, or first asked for; null while it holds. */
  lostSince_ms: number | null
  entered: boolean
  /** Whether the person waits for a seat and sees meanwhile what watchers see. */
  seatless: boolean
  /** Of those who only watch: where the stage is to be had, '' for nowhere, and whose picture and voice come there. */
  stream: { url: string; whose: OnStage | null }
  /** How far the server's clock shown here may be off, ms; Infinity before the first answer. */
  clockBound_ms: number
}

export interface Store {
  get(): Live
  set(patch: Partial<Live>): void
  subscribe(listener: () => void): () => void
}

export function createStore(boot: Boot): Store {
  let live: Live = {
    boot,
    link: 'idle',
    standing: 'admitted',
    state: null,
    epoch: '',
    you: null,
    presence: null,
    staff: false,
    erased: false,
    lostSince_ms: null,
    entered: false,
    seatless: false,
    stream: { url: '', whose: null },
    clockBound_ms: Infinity,
  }
  const listeners = new Set<() => void>()
  return {
    get: () => live,
    set(patch) {
      live = { ...live, ...patch }
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
