/** Files and HLS streams in the page's one video element, which the person's press has unlocked and which is used again and again. */
import type { Engine, EngineEvents } from './engine'
import { attachHls, type Attached, type LoadHls } from './hls'
import type { Source } from './media'

// HTMLMediaElement.readyState
const HAVE_METADATA = 1
const HAVE_FUTURE_DATA = 3

/** Nearer to the present a live stream would run dry. */
const LIVE_EDGE_S = 6

export function createFile(
  video: HTMLVideoElement,
  source: Source,
  sound: { muted: boolean; volume: number },
  /** Where it will be begun, if that is known. */
  from_s: number | null,
  events: EngineEvents,
  load: LoadHls,
): Engine {
  let { muted } = sound
  let blocked = false
  let wanted = false
  let sought_s: number | null = null
  let gone = false

  const listeners: [string, () => unknown][] = [
    ['loadedmetadata', () => sought_s !== null && seek(sought_s)],
    // A place was asked for before there was anything to look at: the first frame is that of the place, not of the beginning.
    ['loadeddata', () => video.seeking || events.picture()],
    ['seeked', () => events.picture()],
    ['playing', () => events.picture()],
    ['error', () => events.failed()],
    ['ended', () => events.ended()],
  ]
  for (const [name, call] of listeners) video.addEventListener(name, call)
  video.muted = muted
  video.volume = sound.volume
  video.playbackRate = 1
  // Everywhere the default by now, and under other names before: a voice that is slowed is not to become a deeper one.
  Object.assign(video, { preservesPitch: true, mozPreservesPitch: true, webkitPreservesPitch: true })
  let stream: Attached | null = null
  if (source.provider === 'hls') stream = attachHls(video, source.url, from_s, () => gone || events.failed(), load)
  else video.src = source.url
  // What the browser plays itself is loaded when told; hls.js brings its own data and must not be reset.
  if (video.src) video.load()

  function seek(position_s: number): void {
    if (video.readyState < HAVE_METADATA) {
      sought_s = position_s
      return
    }
    sought_s = null
    video.currentTime = position_s
  }

  function start(): void {
    video.play().catch((error: unknown) => {
      if (gone || !wanted || !(error instanceof DOMException)) return
      // AbortError: something newer was asked of it. NotSupportedError comes as the event `error` too.
      if (error.name !== 'NotAllowedError' || video.muted) return
      blocked = true
      video.muted = true
      events.soundBlocked(true)
      start()
    })
  }

  return {
    abilities: { exact: true, rate: true },
    position: () => (video.readyState >= HAVE_METADATA ? video.currentTime : null),
    duration: () => (Number.isFinite(video.duration) && video.duration > 0 ? video.duration : null),
    moving: () =>
      !video.paused && !video.ended && !video.seeking && video.readyState >= HAVE_FUTURE_DATA,
    ready: () => !video.seeking && sought_s === null && video.readyState >= HAVE_FUTURE_DATA,
    play() {
      wanted = true
      start()
    },
    pause() {
      wanted = false
      video.pause()
    },
    seek,
    seekLive() {
      const { seekable } = video
      if (source.provider !== 'hls' || seekable.length === 0) return
      const edge_s = seekable.end(seekable.length - 1) - LIVE_EDGE_S
      if (edge_s - video.currentTime > LIVE_EDGE_S) seek(edge_s)
    },
    date_s: () => (video.readyState >= HAVE_METADATA ? (stream?.date_s() ?? null) : null),
    reaches(position_s) {
      const { seekable } = video
      return seekable.length > 0 && position_s >= seekable.start(0) && position_s <= seekable.end(seekable.length - 1)
    },
    setRate(rate) {
      video.playbackRate = rate
    },
    setSound(nextMuted, volume) {
      muted = nextMuted
      video.volume = volume
      video.muted = muted
      if (blocked) {
        blocked = false
        events.soundBlocked(false)
        if (wanted) start()
      }
    },
    destroy() {
      gone = true
      for (const [name, call] of listeners) video.removeEventListener(name, call)
      video.pause()
      stream?.detach()
      video.removeAttribute('src')
      // Lets go of the connection and the last picture; the element stays unlocked.
      video.load()
    },
  }
}
