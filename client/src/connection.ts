// The line to the server over Socket.IO: comes back by itself from every way of being lost.
import { io } from 'socket.io-client'
import type { Answer } from './clockrunner'
import type { CatchUp } from './history'
import type { Ack, Beat, EventMessage, Presence, Welcome, You } from './wire'

const ASIDES = [
  'roster_changed', 'name_taken', 'waiting_changed', 'looking', 'stage', 'grant', 'link', 'signal', 'record',
] as const
export type Aside = (typeof ASIDES)[number]

export interface ConnectionHandlers {
  auth(): Record<string, unknown>
  onWelcome(welcome: Welcome): void
  onEvent(event: EventMessage): void
  onBeat(beat: Beat): void
  onYou(you: You): void
  onPresence(presence: Presence): void
  /** What only some of a page wants to hear. */
  onAside(name: Aside, message: unknown): void
  onLost(): void
  /** The link is no longer good; the line stays closed. */
  onGone(code: string): void
}

export interface Connection {
  readonly live: boolean
  ask<T>(event: string, message: unknown, timeout_ms?: number): Promise<T | null>
  clock: (t0: number) => Promise<Answer | null>
  sync(head: { epoch: string; seq: number }): Promise<CatchUp | null>
  command(command: unknown): Promise<Ack | null>
  bye(): void
}

/** Refusals after which the line stays closed: asking again would be answered alike. */
const FINAL = /^(link|door|person)\./
const ACK_MS = 5000
const STUCK_MS = 8000
const WATCH_MS = 3000

export function openConnection(handlers: ConnectionHandlers): Connection {
  const socket = io('/live', {
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    auth: (give) => give(handlers.auth()),
    reconnectionDelay: 500,
    reconnectionDelayMax: 4000,
    randomizationFactor: 0.5,
    timeout: 10_000,
  })
  let gone = false
  let welcomed = false
  let last_ms = performance.now()
  let again: ReturnType<typeof setTimeout> | null = null

  // The client library gives up after a refusal, a disconnect by the server, or a connect handler that died
  // without a word; whoever holds a link is never left behind by that.
  function reconnectSoon(after_ms = 500): void {
    if (again !== null || gone) return
    again = setTimeout(
      () => {
        again = null
        if (!welcomed && !gone) socket.disconnect().connect()
      },
      after_ms + Math.random() * 1000,
    )
  }

  function onDown(): void {
    if (welcomed) handlers.onLost()
    welcomed = false
    last_ms = performance.now()
  }

  function onGone(code: string): void {
    gone = true
    socket.disconnect()
    handlers.onGone(code)
  }

  socket.on('welcome', (welcome: Welcome) => {
    welcomed = true
    handlers.onWelcome(welcome)
  })
  socket.on('event', (event: EventMessage) => handlers.onEvent(event))
  socket.on('beat', (beat: Beat) => handlers.onBeat(beat))
  socket.on('you', (you: You) => handlers.onYou(you))
  socket.on('presence', (presence: Presence) => handlers.onPresence(presence))
  for (const name of ASIDES) socket.on(name, (message: unknown) => handlers.onAside(name, message))
  socket.on('gone', (message: { code?: string }) => onGone(message.code ?? 'link.revoked'))
  socket.on('connect_error', (error: Error & { data?: { code?: string; after?: number } }) => {
    onDown()
    const code = error.data?.code
    if (code !== undefined && FINAL.test(code)) onGone(code)
    else if (!socket.active) reconnectSoon((error.data?.after ?? 0.5) * 1000)
  })
  socket.on('disconnect', (reason) => {
    onDown()
    if (reason === 'io server disconnect') reconnectSoon()
  })
  setInterval(() => {
    if (welcomed || gone) return
    if (performance.now() - last_ms > STUCK_MS) {
      last_ms = performance.now()
      reconnectSoon()
    }
  }, WATCH_MS)
  // A phone that wakes up should not sit out a back-off.
  window.addEventListener('online', () => {
    if (!welcomed) reconnectSoon(0)
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && !welcomed) reconnectSoon(0)
  })

  async function ask<T>(event: string, message: unknown, timeout_ms = ACK_MS): Promise<T | null> {
    if (!socket.connected) return null
    try {
      return (await socket.timeout(timeout_ms).emitWithAck(event, message)) as T
    } catch {
      return null
    }
  }

  return {
    get live() {
      return welcomed
    },
    ask,
    async clock(t0) {
      if (!socket.connected) return null
      return new Promise((resolve) => {
        // Taken in the callback itself: a promise would add a turn of the loop.
        socket.volatile.emit('clock', { t0 }, (answer: { t1: number; t2: number }) =>
          resolve({ t1: answer.t1, t2: answer.t2, t3: performance.now() }),
        )
        setTimeout(() => resolve(null), ACK_MS)
      })
    },
    async sync(head) {
      const answer = await ask<CatchUp & { ok: boolean }>('sync', head)
      return answer?.ok === true ? answer : null
    },
    command: (command) => ask<Ack>('command', command),
    bye: () => void socket.emit('bye', {}),
  }
}
