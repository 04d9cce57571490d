/** A client's line through the proxy: the real Socket.IO exchange of a joined page, or the plain HTTP one of a watcher. */
import { Agent, request } from 'node:http'
import { io } from 'socket.io-client'
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

/** As client/src/watching.ts asks; a browser keeps its connections open too, and tells when the answer's head arrived. */
export function httpLine(place: Place, local: Local): Line {
  const agent = new Agent({ keepAlive: true, maxSockets: 6 })
  const faults: string[] = []
  let asked = 0
  return {
    ask(t0, answered, timeout_ms = PATIENCE_MS) {
      asked++
      const path = `/c/${encodeURIComponent(place.ceremony)}/clock?t0=${t0}`
      const sent = request(`${place.url}${path}`, { agent, timeout: timeout_ms }, (response) => {
        const t3 = local.now()
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => (text += part))
        response.on('error', () => answered(null))
        response.on('end', () => {
          if (response.statusCode === 200) answered({ ...(JSON.parse(text) as { t1: number; t2: number }), t3 })
          else {
            faults.push(`status ${String(response.statusCode)}`)
            answered(null)
          }
        })
      })
      sent.on('timeout', () => sent.destroy())
      sent.on('error', () => answered(null))
      sent.end()
    },
    onUp: (run) => run(NaN),
    onBeat: () => undefined,
    get asked() {
      return asked
    },
    faults,
    close: () => agent.destroy(),
  }
}
