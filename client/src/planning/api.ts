// Asks the planning API. A refusal arrives as `Refused`; whoever is not signed in any more is led to the door.
import type {
  Changed,
  Contact,
  Depart,
  Forms,
  LinkCheck,
  Occurrence,
  Overview,
  People,
  PersonFields,
  Previewed,
  Row,
  Series,
  Table,
  TrailEntry,
} from './types'

/** What the server would not do. `code` is for programs, the message for people. */
export class Refused extends Error {
  readonly code: string
  readonly facts: Record<string, unknown>
  readonly status: number

  constructor(code: string, message: string, facts: Record<string, unknown> = {}, status = 0) {
    super(message)
    this.name = 'Refused'
    this.code = code
    this.facts = facts
    this.status = status
  }
}

/** The server did not answer at all. */
export const UNREACHED = 'unreached'

export type Fetching = (path: string, init: RequestInit) => Promise<Response>

export interface Wiring {
  fetch: Fetching
  /** Where somebody goes who has to sign in. */
  toSignIn: () => void
  /** What is said where no answer came. */
  unreached: () => string
}

const part = encodeURIComponent

export type Deed = 'publish' | 'unpublish' | 'remove' | 'restore' | 'adopt'

export function createApi(wiring: Wiring) {
  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    let response: Response
    try {
      response = await wiring.fetch(`/api/plan/${path}`, {
        method,
        credentials: 'same-origin',
        headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch {
      throw new Refused(UNREACHED, wiring.unreached())
    }
    // A GET without a session is led to the door by the server itself, with a page instead of an answer.
    if (response.status === 401 || (response.redirected && new URL(response.url).pathname === '/sign-in')) {
      wiring.toSignIn()
      throw new Refused('sign_in.needed', '', {}, 401)
    }
    let said: unknown
    try {
      said = await response.json()
    } catch {
      throw new Refused(UNREACHED, wiring.unreached(), {}, response.status)
    }
    if (response.ok) return said as T
    const { code, message, facts } = said as { code?: string; message?: string; facts?: Record<string, unknown> }
    throw new Refused(code ?? UNREACHED, message ?? wiring.unreached(), facts ?? {}, response.status)
  }

  const series = (id: string) => `series/${part(id)}`
  const date = (id: string, key: string) => `${series(id)}/on/${part(key)}`
  const person = (id: string, contact: string) => `${series(id)}/people/${part(contact)}`

  return {
    overview: () => ask<Overview>('GET', 'overview'),
    agenda: async (from: number, years = 1) => (await ask<{ rows: Row[] }>('GET', `agenda?from=${from}&years=${years}`)).rows,
    forms: () => ask<Forms>('GET', 'forms'),
    preview: (id: string, document: Table, key = '') => ask<Previewed>('POST', 'preview', { id, document, key }),
    make: (id: string, document: Table) => ask<Series>('POST', 'series', { id, document }),
    series: (id: string) => ask<Series>('GET', series(id)),
    save: (id: string, version: number, document: Table) => ask<Series>('PUT', series(id), { version, document }),
    deed: (id: string, deed: Deed, version: number) => ask<Series>('POST', `${series(id)}/${deed}`, { version }),
    exported: (id: string) => `/api/plan/${series(id)}/export.toml`,
    next: (id: string) => ask<Occurrence>('POST', `${series(id)}/next`, {}),

    occurrence: (id: string, key: string) => ask<Occurrence>('GET', date(id, key)),
    /** `document` null: the programme of the series again. */
    saveOccurrence: (id: string, key: string, version: number, document: Table | null, notes: string) =>
      ask<Occurrence>('PUT', date(id, key), { version, document, notes }),
    depart: (id: string, key: string, how: Depart) => ask<Series>('POST', `${date(id, key)}/depart`, how),
    check: async (id: string, key: string) => (await ask<{ checks: LinkCheck[] }>('POST', `${date(id, key)}/check`, {})).checks,
    rehearse: (id: string, key: string) => ask<Occurrence>('POST', `${date(id, key)}/rehearse`, {}),
    wipe: (id: string, key: string) => ask<Occurrence>('POST', `${date(id, key)}/wipe`, {}),
    invite: (id: string, key: string, contacts: string[]) => ask<Occurrence>('POST', `${date(id, key)}/invite`, { contacts }),
    uninvite: (id: string, key: string, contact: string) => ask<Occurrence>('POST', `${date(id, key)}/uninvite`, { contact }),
    send: (id: string, key: string, contacts: string[]) => ask<Occurrence>('POST', `${date(id, key)}/send`, { contacts }),
    again: (id: number) => ask<Changed>('POST', 'due/again', { id }),

    people: (id: string) => ask<People>('GET', `${series(id)}/people`),
    addPeople: (id: string, people: Partial<PersonFields>[]) => ask<People>('POST', `${series(id)}/people`, { people }),
    importPeople: (id: string, csv: string) => ask<People>('POST', `${series(id)}/people`, { csv }),
    changePerson: (id: string, contact: string, version: number, fields: Partial<PersonFields>) =>
      ask<{ contact: Contact } & Changed>('PUT', person(id, contact), { version, ...fields }),
    removePerson: (id: string, contact: string, version: number) => ask<Changed>('POST', `${person(id, contact)}/remove`, { version }),
    remember: (id: string, contact: string, version: number, in_memory: boolean) =>
      ask<{ contact: Contact } & Changed>('POST', `${person(id, contact)}/memory`, { version, in_memory }),

    checkLink: (link: string) => ask<{ ok: boolean; provider: string; said: string }>('POST', 'check-link', { link }),
    trail: async (id = '', before = 0) => {
      const query = new URLSearchParams({ ...(id === '' ? {} : { series: id }), ...(before === 0 ? {} : { before: String(before) }) })
      return (await ask<{ entries: TrailEntry[] }>('GET', `trail?${query.toString()}`)).entries
    },
    undo: async (id: number) => (await ask<{ entry: TrailEntry }>('POST', 'undo', { id })).entry,
  }
}

export type Api = ReturnType<typeof createApi>
