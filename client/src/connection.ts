// The line to the server over Socket.IO: comes back by itself from every way of being lost.
import { io } from 'socket.io-client'
import type { Answer } from './clockrunner'
import type { CatchUp } from './history'
import { createLifeline } from './lifeline'
import type { Ack, Beat, EventMessage, PresenceChange, Welcome, You } from './wire'

const ASIDES = [
  'roster_changed', 'name_taken', 'devices', 'waiting_changed', 'looking', 'stage', 'grant', 'link', 'signal', 'record', 'stage_anew',
] as const
export type Aside = (typeof ASIDES)[number]

export interface ConnectionHandlers {
  auth(): Record<string, unknown>
  /** As far as this page has come. */
  head: () => Head
  /** Whether the server can be reached beside the line. */
  probe: () => Promise<boolean>
  onWelcome(welcome: Welcome): void
  onEvent(event: EventMessage): void
  onBeat(beat: Beat): void
  onYou(you: You): void
  onPresence(change: PresenceChange): void
  /** What only some of a page wants to hear. */
  onAside(name: Aside, message: unknown): void
  /** What was missing, after a line that had said nothing was asked. */
  onCatchUp: (answer: CatchUp) => void
  onLost(): void
  /** The device woke, and the line is not there yet. */
  onWoken(): void
  /** The link is no longer good, or there is no seat; the line stays closed. */
  onGone(code: string, facts?: Record<string, unknown>): void
}

interface Head {
  epoch: string
  seq: number
}

interface Refusal {
  code?: string
  after?: number
  facts?: Record<string, unknown>
}

export interface Connection {
  readonly live: boolean
  ask<T>(event: string, message: unknown, timeout_ms?: number): Promise<T | null>
  clock: (t0: number) => Promise<Answer | null>
  sync(head: Head): Promise<CatchUp | null>
  command(command: unknown): Promise<Ack | null>
  bye(): void
}

/** Refusals after which the line stays closed: asking again would be answered alike. */
const FINAL = /^(link|door|person|seats)\./
const ACK_MS = 5000
/** A command without an answer for so long: the line may be dead. */
const LATE_MS = 2000

export function openConnection(handlers: ConnectionHandlers): Connection {
  const socket = io('/live', {
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    auth: (give) => give(handlers.auth()),
    // When to come back is for the lifeline to say: the library gives up after a refusal or a disconnect by the server, and
    // waits for a line that is dead.
    reconnection: false,
    autoConnect: false,
    timeout: 10_000,
  })
  let gone = false
  let welcomed = false

  const lifeline = createLifeline({
    connect(plain) {
      onDown()
      if (plain) socket.io.opts.transports = ['polling', 'websocket']
      socket.disconnect().connect()
    },
    probe: handlers.probe,
    ask: async (patience_ms) => {
      const answer = await sync(handlers.head(), patience_ms)
      if (answer !== null) handlers.onCatchUp(answer)
      return answer !== null
    },
  })

  function onDown(): void {
    if (welcomed) handlers.onLost()
    welcomed = false
  }

  function onGone(code: string, facts?: Record<string, unknown>): void {
    gone = true
    lifeline.end()
    socket.disconnect()
    handlers.onGone(code, facts)
  }

  socket.io.on('open', () => lifeline.opened())
  socket.on('welcome', (welcome: Welcome) => {
    welcomed = true
    lifeline.welcomed()
    handlers.onWelcome(welcome)
  })
  socket.on('event', (event: EventMessage) => handlers.onEvent(event))
  socket.on('beat', (beat: Beat) => handlers.onBeat(beat))
  socket.on('you', (you: You) => handlers.onYou(you))
  socket.on('presence_changed', (change: PresenceChange) => handlers.onPresence(change))
  for (const name of ASIDES) socket.on(name, (message: unknown) => handlers.onAside(name, message))
  socket.onAny(() => lifeline.heard())
  socket.on('gone', (message: { code?: string }) => onGone(message.code ?? 'link.revoked'))
  socket.on('connect_error', (error: Error & { data?: Refusal }) => {
    if (gone) return
    onDown()
    const { code, after, facts } = error.data ?? {}
    if (code !== undefined && FINAL.test(code)) onGone(code, facts)
    else lifeline.down(after === undefined ? undefined : after * 1000)
  })
  socket.on('disconnect', () => {
    onDown()
    lifeline.down()
  })

  /** Whoever wakes is told nothing that is over: neither a back-off nor for how long the line has been down. */
  function onWoken(): void {
    if (gone) return
    if (!welcomed) handlers.onWoken()
    lifeline.woken()
  }
  const { connection: network } = navigator as Navigator & { connection?: EventTarget }
  network?.addEventListener('change', onWoken)
  window.addEventListener('online', onWoken)
  window.addEventListener('pageshow', (event) => event.persisted && onWoken())
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && onWoken())
  document.addEventListener('resume', onWoken)

  async function ask<T>(event: string, message: unknown, timeout_ms = ACK_MS): Promise<T | null> {
    if (!socket.connected) return null
    try {
      return (await socket.timeout(timeout_ms).emitWithAck(event, message)) as T
    } catch {
      return null
    }
  }

  async function sync(head: Head, timeout_ms = ACK_MS): Promise<CatchUp | null> {
    const answer = await ask<CatchUp & { ok: boolean }>('sync', head, timeout_ms)
    return answer?.ok === true ? answer : null
  }

  lifeline.start()

  return {
    get live() {
      return welcomed
    },
    ask,
    async clock(t0) {
      if (!socket.connected) return null
      return new Promise((resolve) => {
        // Taken in the callback itself: a promise would add a turn of the loop.
        socket.volatile.emit('clock', { t0 }, (answer: { t1: number; t2: number }) => {
          resolve({ t1: answer.t1, t2: answer.t2, t3: performance.now() })
          lifeline.heard()
        })
        setTimeout(() => resolve(null), ACK_MS)
      })
    },
    sync: (head) => sync(head),
    async command(command) {
      const doubt = setTimeout(() => lifeline.unanswered(), LATE_MS)
      try {
        return await ask<Ack>('command', command)
      } finally {
        clearTimeout(doubt)
      }
    },
    bye: () => void socket.emit('bye', {}),
  }
}
