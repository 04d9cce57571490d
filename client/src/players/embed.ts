/** A player of another site in a frame that we build: sandboxed, spoken to only in its own protocol, believed only from its origin. */
import type { Engine, EngineEvents } from './engine'
import type { Timers } from './follow'
import type { Abilities } from './sync'
import { protocolFor, type Report } from './protocols'
import { createReckoner } from './reports'

export interface FrameOptions {
  url: string
  provider: string
  /** Read out by screen readers as the name of the frame. */
  title: string
  /** Language of the site's own captions; null when ours are shown or none are wanted. */
  captions: string | null
  muted: boolean
  volume: number
}

const GREET_MS = 500
/** A report that says when it was made is believed to have been under way for no longer than this: clocks get set. */
const MOST_UNDER_WAY_MS = 2_000
/** Told to play and nothing moves: the browser may be waiting for a press before it allows sound. */
const SILENT_START_MS = 3_000

/** null when the address is none of the provider's. */
export function createEmbed(
  holder: HTMLElement,
  options: FrameOptions,
  events: EngineEvents,
  timers: Timers,
  wall: () => number = Date.now,
): Engine | null {
  const page = holder.ownerDocument
  const address = new URL(options.url, page.baseURI)
  const protocol = protocolFor(options.provider, address)
  const view = page.defaultView
  if (!protocol || !view) return null

  const origins = protocol.origins(address)
  const abilities: Abilities = { ...protocol.abilities }
  let origin = address.origin
  let { muted, volume } = options
  let heard = false
  let ready = false
  let moving = false
  let pictured = false
  let wanted = false
  let silenced = false
  let duration_s: number | null = null
  let reported_s: number | null = null
  const reckoner = createReckoner()
  let withdrawGreeting: (() => void) | null = null
  let withdrawSilence: (() => void) | null = null

  const frame = page.createElement('iframe')
  frame.className = 'player-frame'
  frame.title = options.title
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-presentation')
  frame.setAttribute('allow', 'autoplay; encrypted-media; picture-in-picture; fullscreen')
  // Some players refuse a page that does not say which site it is (YouTube since 2025: error 153).
  frame.setAttribute('referrerpolicy', 'strict-origin-when-cross-origin')
  frame.src = protocol.address(address, page.baseURI, options.captions)

  function send(...messages: unknown[]): void {
    for (const message of messages) frame.contentWindow?.postMessage(message, origin)
  }

  function greet(): void {
    withdrawGreeting = null
    if (heard || protocol!.greet.length === 0) return
    // To whoever is there: a greeting tells nothing, and until the page arrives the frame belongs to nobody.
    for (const message of protocol!.greet) frame.contentWindow?.postMessage(message, '*')
    withdrawGreeting = timers.after(GREET_MS, greet)
  }

  function hear(event: MessageEvent): void {
    if (event.source !== frame.contentWindow || !origins.includes(event.origin)) return
    const report = protocol!.read(event.data)
    if (!report) return
    origin = event.origin
    if (!heard) {
      heard = true
      send(...protocol!.subscribe)
    }
    if (report.answer !== undefined) send(report.answer)
    take(report)
  }

  function take(report: Report): void {
    const now = timers.now()
    if (report.failed) return events.failed()
    if (report.ready && !ready) {
      ready = true
      send(...protocol!.sound(muted || silenced, volume))
    }
    if (report.rateRefused) abilities.rate = false
    if (report.soundBlocked) playSilently()
    if (report.duration_s !== undefined) duration_s = report.duration_s
    if (report.rate !== undefined) reckoner.rate(report.rate, now)
    if (report.moving !== undefined) {
      moving = report.moving
      reckoner.moving(moving, now)
    }
    if (report.position_s !== undefined) {
      reckoner.report(report.position_s, now - underWayMs(report))
      if (moving && reported_s !== null && report.position_s > 0) seen()
      reported_s = report.position_s
    }
    if (report.alive) events.alive()
    if (report.ended && pictured) events.ended()
  }

  function seen(): void {
    withdrawSilence?.()
    withdrawSilence = null
    if (pictured) return
    pictured = true
    events.picture()
  }

  function playSilently(): void {
    if (silenced || muted || pictured) return
    silenced = true
    send(...protocol!.sound(true, volume), protocol!.play())
    events.soundBlocked(true)
  }

  /** Frames of one machine share its clock of the day, if no other. */
  function underWayMs({ taken_ms }: Report): number {
    return taken_ms === undefined ? 0 : Math.min(MOST_UNDER_WAY_MS, Math.max(0, wall() - taken_ms))
  }

  view.addEventListener('message', hear)
  holder.append(frame)
  greet()

  return {
    abilities,
    position: () => reckoner.position(timers.now()),
    duration: () => duration_s,
    moving: () => moving,
    ready: () => ready,
    play() {
      send(protocol.play())
      if (!wanted && !pictured) withdrawSilence ??= timers.after(SILENT_START_MS, playSilently)
      wanted = true
    },
    pause() {
      wanted = false
      send(protocol.pause())
    },
    seek(position_s) {
      reckoner.forget(timers.now())
      send(protocol.seek(position_s))
    },
    seekLive: () => protocol.seekLive && send(protocol.seekLive()),
    setRate(next) {
      if (!protocol.rate) return
      reckoner.rate(next, timers.now())
      send(protocol.rate(next))
    },
    setSound(nextMuted, nextVolume) {
      muted = nextMuted
      volume = nextVolume
      silenced = false
      events.soundBlocked(false)
      if (ready) send(...protocol.sound(muted, volume))
    },
    destroy() {
      withdrawGreeting?.()
      withdrawSilence?.()
      view.removeEventListener('message', hear)
      frame.remove()
    },
  }
}
