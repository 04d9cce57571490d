/** A client's line through the proxy: the Socket.IO of a page that has joined, or the plain HTTP of a watcher's. */
import { Agent, request } from 'node:http'
import { io } from 'socket.io-client'
import type { Wire } from '../../../../client/src/watchclock.ts'
import type { Local } from './local.ts'

export interface Answer {
  t1: number
  t2: number
  /** Local ms at receipt. */
  t3: number
}

export interface Line {
  /** One exchange; `null` when no answer came within `timeout_ms`. */
  ask(t0: number, answered: (answer: Answer | null) => void, timeout_ms?: number): void
  /** Called when the line is up, and each time it is up again, with the server's time in that message. */
  onUp(run: (server_now: number) => void): void
  /** Called with the server's time in each of its own messages every five seconds. */
  onBeat(run: (server_now: number) => void): void
  readonly asked: number
  readonly faults: readonly string[]
  close(): void
}

const PATIENCE_MS = 5000

export interface Place {
  /** The proxy. */
  url: string
  ceremony: string
}

/** As client/src/connection.ts opens it and asks by it. */
export function socketLine(place: Place, token: string, local: Local): Line {
  const faults: string[] = []
  let asked = 0
  const socket = io(`${place.url}/live`, {
    transports: ['websocket'],
    auth: { token, ceremony: place.ceremony, epoch: '', seq: 0, tab: 'bench' },
    forceNew: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 4000,
    randomizationFactor: 0.5,
    timeout: 10_000,
  })
  socket.on('connect_error', (error) => faults.push(`connect_error ${error.message}`))
  return {
    ask(t0, answered, timeout_ms = PATIENCE_MS) {
      asked++
      if (!socket.connected) {
        answered(null)
        return
      }
      let open = true
      const timer = setTimeout(() => {
        if (open) answered(null)
        open = false
      }, timeout_ms)
      socket.volatile.emit('clock', { t0 }, (answer: { t1?: number; t2?: number; code?: string }) => {
        const t3 = local.now()
        clearTimeout(timer)
        if (answer.t1 === undefined || answer.t2 === undefined) faults.push(`refused: ${String(answer.code)}`)
        else if (open) answered({ t1: answer.t1, t2: answer.t2, t3 })
        open = false
      })
    },
    onUp(run) {
      socket.on('welcome', (welcome: { server_now: number }) => run(welcome.server_now))
    },
    onBeat(run) {
      socket.on('beat', (beat: { now: number }) => run(beat.now))
    },
    get asked() {
      return asked
    },
    faults,
    close: () => void socket.disconnect(),
  }
}

/** What a watcher's page has of its browser: `fetch`, and the network's own instants of each request. */
export interface Watching {
  wire: Wire
  /** Where the page asks for the time. */
  address: string
  readonly asked: number
  readonly faults: readonly string[]
  close(): void
}

const POLL_MS = 6500

/** As a browser does it: connections are kept open, and the poll of the timeline keeps them warm. */
export function watching(place: Place, local: Local): Watching {
  const agent = new Agent({ keepAlive: true, maxSockets: 6 })
  const base = `${place.url}/c/${encodeURIComponent(place.ceremony)}`
  const faults: string[] = []
  const entries = new Map<string, { requestStart: number; responseStart: number }>()
  let asked = 0

  function get(url: string): Promise<{ ok: boolean; url: string; text: string }> {
    return new Promise((resolve, reject) => {
      const entry = { requestStart: 0, responseStart: 0 }
      const sent = request(url, { agent, timeout: PATIENCE_MS }, (response) => {
        entry.responseStart = local.now()
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => (text += part))
        response.on('error', reject)
        response.on('end', () => {
          entries.set(url, entry)
          if (response.statusCode !== 200) faults.push(`status ${String(response.statusCode)}`)
          resolve({ ok: response.statusCode === 200, url, text })
        })
      })
      sent.on('socket', (socket) => {
        const leave = (): void => {
          entry.requestStart = local.now()
        }
        if (socket.connecting) socket.once('connect', leave)
        else leave()
      })
      sent.on('timeout', () => sent.destroy())
      sent.on('error', reject)
      sent.end()
    })
  }

  const poll = setInterval(() => void get(`${base}/timeline.json`).catch(() => undefined), POLL_MS)
  return {
    address: `${base}/clock`,
    wire: {
      async fetch(url) {
        asked++
        const { ok, url: from, text } = await get(url)
        return { ok, url: from, json: async () => JSON.parse(text) as unknown } as Response
      },
      performance: {
        getEntriesByName: (name) => [entries.get(name)].filter((entry) => entry !== undefined) as unknown as PerformanceEntryList,
        clearResourceTimings: () => entries.clear(),
      },
    },
    get asked() {
      return asked
    },
    faults,
    close() {
      clearInterval(poll)
      agent.destroy()
    },
  }
}
