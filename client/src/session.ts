// One person in one ceremony: enters by a link, hears of everything over the line, asks through the outbox.
import { openConnection, type Aside, type Connection } from './connection'
import { createCore, type Core } from './core'
import { createHistory, type CatchUp } from './history'
import { createOutbox, randomId } from './outbox'
import { createPresences } from './presence'
import type { Reports } from './reports'
import type { Seatless } from './seatless'
import type { Boot, Standing } from './state'
import { localStorageOrNull, sessionStorageOrNull } from './storage'
import type { Ack, CommandFields, CommandKind, Entered, PresenceWhole, RosterPage, You } from './wire'

export interface EnterOptions {
  name?: string
  community?: string
  country?: string | null
  consent?: 'count' | 'first' | 'full'
  people?: number
  language?: string
  recording?: boolean
  hall?: boolean
  /** What a second browser must know besides the link of somebody who leads. */
  pin?: string
}

/** What a view works with; watchers have the same with mode 'poll', where nothing can be sent. */
export interface Session extends Core {
  mode: 'socket' | 'poll'
  /** Whether this tab was in before a reload; then `resume` brings it back without a press. */
  readonly entered: boolean
  /**
   * To be called in the press that enters. Rejects with a Failure, whose code may be 'link.unknown', or 'line' when
   * the server could not be reached.
   */
  enter(options: EnterOptions): Promise<void>
  /** Comes back after a reload, with the token of this tab; false when there is none. */
  resume(): boolean
  /** Resolves when the server has answered, however long the line is down meanwhile. */
  send<K extends CommandKind>(kind: K, fields: CommandFields[K]): Promise<Ack>
  roster(after: string | null, search: string): Promise<RosterPage | null>
  updateMe(fields: EnterOptions): Promise<void>
  onRosterChanged(listener: () => void): () => void
  /** Hears messages that only some of a page wants; returns what stops it. */
  on(name: Aside, listener: (message: never) => void): () => void
  /** Asks over the line what only some of a page asks; null when no answer came. */
  ask<T>(event: string, message: object): Promise<T | null>
  /** Asks the server beside the line, as this person. Rejects with a Failure. */
  api<T>(path: string, body?: unknown): Promise<T>
  /** Sends bytes beside the line, as this person. Rejects with a Failure. */
  put<T>(path: string, bytes: ArrayBuffer): Promise<T>
  /** Has everything erased that is kept of this person, here and there. Rejects with a Failure, and then nothing is. */
  eraseMe(): Promise<void>
  leave(): void
}

export class Failure extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly facts: Record<string, unknown> = {},
  ) {
    super(message)
  }
}

const DEVICE_KEY = 'memorata.device'
const BROWSER_KEY = 'memorata.browser'
/** Between two questions at the door; and once somebody was told no, which may be taken back. */
const KNOCK_MS = 4000
const TURNED_AWAY_MS = 10_000

export function createSession(boot: Boot): Session {
  const core = createCore(boot)
  const { store } = core
  const kept = sessionStorageOrNull()
  const tokenKey = `memorata.token.${boot.key ?? boot.ceremony_id}`
  const pendingKey = `memorata.pending.${boot.key ?? boot.ceremony_id}`
  const tab = `${randomId()}.${browser()}`
  const listeners = new Map<Aside, Set<(message: never) => void>>()
  let token = kept?.getItem(tokenKey) ?? ''
  let connection: Connection | null = null
  let seatless: Seatless | null = null
  let seatlessly: Promise<Seatless> | null = null
  let knocking: ReturnType<typeof setTimeout> | undefined

  const history = createHistory(
    store,
    () => void connection?.sync(history.head()).then((answer) => answer !== null && onCatchUp(answer)),
    (run) => void setTimeout(run, 250 + Math.random() * 250),
  )
  const outbox = createOutbox({
    emit: async (command) => (connection === null ? null : connection.command(command)),
    ready: () => connection?.live === true,
    storage: kept,
    key: pendingKey,
    retry: (run) => void setTimeout(run, 500 + Math.random() * 1000),
  })

  const presences = createPresences({
    get: () => store.get().presence,
    set: (presence) => store.set({ presence }),
    async ask() {
      const answer = await connection?.ask<PresenceWhole>('presence', {})
      return answer?.ok === true ? answer.presence : null
    },
  })

  function onCatchUp(answer: CatchUp): void {
    history.onCatchUp(answer)
    if (answer.presence !== undefined) presences.onWhole(answer.presence)
  }

  function connect(): void {
    if (!waits()) store.set({ entered: true, link: 'connecting' })
    connection ??= openConnection({
      auth: () => ({ token, ceremony: boot.ceremony_id, tab, ...(waits() ? NOTHING : history.head()) }),
      head: history.head,
      probe: () => reaches(`/c/${encodeURIComponent(boot.ceremony_id)}/clock?t0=0`),
      onWelcome(welcome) {
        seatless?.seated()
        store.set({
          link: 'live',
          lostSince_ms: null,
          you: welcome.you,
          staff: welcome.view === 'staff',
        })
        presences.onWhole(welcome.presence)
        history.onCatchUp(welcome)
        if (connection !== null) core.startSampling(connection.clock)
        reportFromNow()
        outbox.flush()
      },
      onEvent(event) {
        reports?.came(event.at_ms)
        // What is known by the timeline is a part; the greeting holds all of it, and what has happened until then.
        if (!waits()) history.onEvent(event)
      },
      onBeat(beat) {
        reports?.came(beat.now)
        if (!waits()) history.onHead(beat.epoch, beat.seq)
        // Messages reach a hidden page whose timers come once a minute.
        core.sound.look()
        reports?.turn()
      },
      onYou: (you: You) => store.set({ you }),
      onPresence: (change) => presences.onChange(change),
      onAside: (name, message) => listeners.get(name)?.forEach((listener) => listener(message as never)),
      onCatchUp,
      onLost: () => store.set({ link: 'lost', lostSince_ms: performance.now() }),
      onWoken() {
        if (store.get().lostSince_ms !== null) store.set({ lostSince_ms: performance.now() })
      },
      onGone(code, facts) {
        if (code === 'person.erased') return erased()
        connection = null
        if (code === 'seats.full') return watch(facts)
        seatless?.end()
        const standing = STANDINGS[code]
        if (standing !== undefined) return waitOutside(standing)
        forget()
        store.set({ link: 'gone' })
      },
    })
  }

  /** At the door, or sent away from it: asks now and then, and goes in as soon as that is granted. */
  function waitOutside(standing: Standing): void {
    store.set({ standing, entered: false, link: 'idle' })
    clearTimeout(knocking)
    const after = standing === 'waiting' ? KNOCK_MS : TURNED_AWAY_MS
    knocking = setTimeout(() => void knock(standing), after * (0.8 + 0.4 * Math.random()))
  }

  async function knock(before: Standing): Promise<void> {
    try {
      const { standing } = await ask<{ standing: Standing }>('/api/standing', undefined, token)
      if (standing !== 'admitted') return waitOutside(standing)
      store.set({ standing })
      connect()
    } catch (error) {
      const code = error instanceof Failure ? error.code : 'line'
      if (!code.startsWith('link.')) return waitOutside(STANDINGS[code] ?? before)
      forget()
      store.set({ standing: 'admitted', link: 'gone' })
    }
  }

  function forget(): void {
    seatless?.end()
    token = ''
    kept?.removeItem(tokenKey)
  }

  function erased(): void {
    forget()
    kept?.removeItem(pendingKey)
    // Whoever comes again by this device comes as somebody else.
    localStorageOrNull()?.removeItem(DEVICE_KEY)
    store.set({ link: 'gone', erased: true, you: null })
  }

  /** Whether this page has no seat and goes by the timeline. */
  const waits = () => seatless?.waits === true

  /** All seats are taken: what that needs is fetched then, for hardly anybody needs it. */
  function watch(ticket: unknown): void {
    store.set({ entered: true, link: 'connecting', lostSince_ms: performance.now() })
    seatlessly ??= untilThere(() => import('./seatless')).then(
      ({ createSeatless }) => (seatless = createSeatless({ core, boot, token: () => token, connect, kept })),
    )
    void seatlessly.then((found) => found.begin(ticket))
  }

  let reports: Reports | null = null
  function reportFromNow(): void {
    if (reports !== null) return reports.joined()
    void untilThere(() => import('./reports')).then(({ createReports }) => {
      reports ??= createReports(
        core,
        () => connection?.live === true,
        (report) => void connection?.ask('report', report),
      )
      reports.joined()
    })
  }
  setInterval(() => reports?.turn(), 1000)
  window.addEventListener('pagehide', (event) => {
    if (!event.persisted) connection?.bye()
  })

  function on(name: Aside, listener: (message: never) => void): () => void {
    const heard = listeners.get(name) ?? new Set()
    listeners.set(name, heard.add(listener))
    return () => heard.delete(listener)
  }

  return {
    ...core,
    mode: 'socket',
    get entered() {
      return token !== ''
    },
    async enter(options) {
      // Whether a silence is kept is not known yet: the tone is for who sees it.
      const unlocked = core.unlock(false)
      const answer = await ask<Entered>(boot.entrance ?? '/api/enter', {
        key: boot.key,
        device: device(),
        language: document.documentElement.lang,
        ...options,
      })
      token = answer.token
      kept?.setItem(tokenKey, token)
      if (answer.waits !== undefined) watch(answer.waits)
      else if (answer.standing === 'admitted') connect()
      else waitOutside(answer.standing)
      await unlocked
    },
    resume() {
      if (token === '') return false
      connect()
      void core.unlock(false)
      return true
    },
    send: (kind, fields) => outbox.send(kind, fields),
    async roster(after, search) {
      const page = await connection?.ask<RosterPage>('roster', { after, search })
      return page?.ok === true ? page : null // a refusal has the shape of an Ack
    },
    async updateMe(fields) {
      await ask('/api/me', fields, token)
    },
    onRosterChanged: (listener) => on('roster_changed', listener),
    on,
    ask: async (event, message) => (await connection?.ask(event, message)) ?? null,
    // Whoever is nobody any more is not asked about: the answer is known.
    api: (path, body) => (token === '' ? Promise.reject(new Failure('token.missing', '')) : ask(path, body, token)),
    put: (path, bytes) => ask(path, bytes, token),
    async eraseMe() {
      try {
        await ask('/api/me/erase', {}, token)
      } catch (error) {
        // The answer to a first press may have been lost.
        if (!(error instanceof Failure) || error.code !== 'token.unknown') throw error
      }
      erased()
    },
    leave() {
      clearTimeout(knocking)
      connection?.bye()
      forget()
    },
  }
}

/** The same device and link are the same person, however many tabs. */
function device(): string {
  return lasting(DEVICE_KEY)
}

/** Tells one browser from another, so that a person's devices can be counted; it opens nothing. */
function browser(): string {
  return lasting(BROWSER_KEY).slice(0, 12)
}

function lasting(key: string): string {
  const storage = localStorageOrNull()
  const known = storage?.getItem(key)
  if (known) return known
  const fresh = randomId()
  try {
    storage?.setItem(key, fresh)
  } catch {
    // A full storage: it is another one after a reload.
  }
  return fresh
}

const REACH_MS = 2500

/** Whether this address answers, and in good time: a small question that costs the server next to nothing. */
async function reaches(address: string): Promise<boolean> {
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), REACH_MS)
  try {
    return (await fetch(address, { cache: 'no-store', credentials: 'omit', signal: patience.signal })).ok
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}

/** One request; a body is posted, and bytes are put. */
async function ask<T>(path: string, body: unknown, token?: string): Promise<T> {
  let response: Response
  const bytes = body instanceof ArrayBuffer
  try {
    response = await fetch(path, {
      method: body === undefined ? 'GET' : bytes ? 'PUT' : 'POST',
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': bytes ? 'application/octet-stream' : 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: bytes ? body : JSON.stringify(body) }),
    })
  } catch {
    throw new Failure('line', '')
  }
  const answer = (await response.json().catch(() => ({}))) as T & { code?: string; message?: string; facts?: Record<string, unknown> }
  if (!response.ok) throw new Failure(answer.code ?? 'line', answer.message ?? '', answer.facts)
  return answer
}

/** What is known before the first greeting. */
const NOTHING = { epoch: '', seq: 0 }

async function untilThere<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 2000))
    }
  }
}

const STANDINGS: Record<string, Standing> = {
  'door.waiting': 'waiting',
  'door.closed': 'closed',
  'door.refused': 'refused',
  'person.removed': 'removed',
  'person.banned': 'banned',
}
