/**
 * What the players of other sites say and understand through postMessage, one entry for each. Pure: messages in, reports out.
 *
 * We speak these protocols ourselves instead of loading the sites' own scripts, which would run with all the rights of our page.
 */
import type { Abilities } from './sync'
import type { Provider } from './media'

export type Embedding = Exclude<Provider, 'file' | 'hls'>

/** What a message told; a message may tell several things. */
export interface Report {
  ready?: true
  position_s?: number
  /** When the frame looked where it is, wall ms of this machine; undefined where it does not say. */
  taken_ms?: number
  /** The speed it runs at by its own word. */
  rate?: number
  duration_s?: number
  moving?: boolean
  ended?: true
  failed?: true
  /** It has something to show before the picture, or waits for data. */
  alive?: true
  rateRefused?: true
  soundBlocked?: true
  /** To be sent back at once. */
  answer?: unknown
}

export interface Protocol {
  /** The path of the provider's player with the id of one video, and nothing else. */
  path: RegExp
  /** Who may speak to us from this frame, and whom we speak to; the first is the one to begin with. */
  origins(frame: URL): string[]
  abilities: Abilities
  /** The frame's address, with what only the page knows: its own origin, the language of captions (null: none wanted). */
  address(frame: URL, page: string, captions: string | null): string
  /** Said again and again until an answer comes, for nobody knows when the frame begins to listen. */
  greet: unknown[]
  /** Said once, after the first answer. */
  subscribe: unknown[]
  read(message: unknown): Report | null
  play(): unknown
  pause(): unknown
  seek(position_s: number): unknown
  /** Undefined where a live source needs nothing to be joined. */
  seekLive?(): unknown
  rate?(rate: number): unknown
  sound(muted: boolean, volume: number): unknown[]
}

const NO_RATE: Abilities = { exact: false, rate: false }
const RATE: Abilities = { exact: false, rate: true }

type Fields = Record<string, unknown>

function fields(message: unknown): Fields | null {
  let value = message
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value) as unknown
    } catch {
      return null
    }
  }
  return typeof value === 'object' && value !== null ? (value as Fields) : null
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

function withParameters(frame: URL, parameters: Record<string, string>): string {
  const url = new URL(frame)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

/** https://developers.google.com/youtube/iframe_api_reference; the messages are those its script sends. */
const youtube: Protocol = (() => {
  const say = (message: Fields) => JSON.stringify({ id: 1, channel: 'widget', ...message })
  const command = (func: string, ...args: unknown[]) => say({ event: 'command', func, args })
  const PLAYING = 1
  const ENDED = 0
  const BUFFERING = 3
  return {
    path: /^\/embed\/[\w-]{11}$/,
    origins: () => ['https://www.youtube-nocookie.com'],
    abilities: RATE,
    address: (frame, page, captions) =>
      withParameters(frame, {
        origin: new URL(page).origin,
        ...(captions ? { cc_load_policy: '1', cc_lang_pref: captions, hl: captions } : {}),
      }),
    greet: [say({ event: 'listening' })],
    subscribe: [command('addEventListener', 'onError'), command('addEventListener', 'onStateChange')],
    read(message) {
      const told = fields(message)
      if (!told) return null
      if (told['event'] === 'onError') return { failed: true }
      if (told['event'] === 'onReady') return { ready: true }
      const info = told['event'] === 'onStateChange' ? { playerState: told['info'] } : fields(told['info'])
      if (!info) return null
      const report: Report = {}
      if (told['event'] === 'initialDelivery') report.ready = true
      report.position_s = number(info['currentTime'])
      // Written beside the position by YouTube's own player, and used by its own script in the same way.
      const taken_s = number(info['currentTimeLastUpdated_'])
      if (report.position_s !== undefined && taken_s !== undefined) report.taken_ms = taken_s * 1000
      const rate = number(info['playbackRate'])
      if (rate !== undefined) report.rate = rate
      report.duration_s = number(info['duration']) || undefined
      if (typeof info['playerState'] === 'number') {
        report.moving = info['playerState'] === PLAYING
        if (info['playerState'] === BUFFERING) report.alive = true
        if (info['playerState'] === ENDED) report.ended = true
      }
      return report
    },
    play: () => command('playVideo'),
    pause: () => command('pauseVideo'),
    seek: (position_s) => command('seekTo', position_s, true),
    rate: (rate) => command('setPlaybackRate', rate),
    sound: (muted, volume) => [command('setVolume', Math.round(volume * 100)), command(muted ? 'mute' : 'unMute')],
  }
})()

/** https://github.com/vimeo/player.js; speed only where the owner of the video allows it. */
const vimeo: Protocol = (() => {
  const call = (method: string, value?: unknown) => (value === undefined ? { method } : { method, value })
  return {
    path: /^\/video\/\d{1,15}$/,
    origins: () => ['https://player.vimeo.com'],
    abilities: RATE,
    address: (frame, _page, captions) => (captions ? withParameters(frame, { texttrack: captions }) : frame.href),
    greet: [call('ping')],
    subscribe: ['play', 'playing', 'pause', 'ended', 'timeupdate', 'bufferstart', 'playbackratechange', 'error'].map((name) =>
      call('addEventListener', name),
    ),
    read(message) {
      const told = fields(message)
      if (!told) return null
      if (told['method'] === 'ping') return { ready: true }
      const data = fields(told['data'])
      switch (told['event']) {
        case 'ready':
          return { ready: true }
        case 'playing':
        case 'timeupdate':
          return { moving: true, position_s: number(data?.['seconds']), duration_s: number(data?.['duration']) || undefined }
        case 'pause':
          return { moving: false, position_s: number(data?.['seconds']) }
        case 'bufferstart':
          return { moving: false, alive: true }
        case 'ended':
          return { ended: true, moving: false }
        case 'playbackratechange':
          return { rate: number(data?.['playbackRate']) }
        case 'error':
          if (data?.['method'] === 'setPlaybackRate') return { rateRefused: true }
          if (data?.['name'] === 'NotAllowedError') return { soundBlocked: true }
          return data?.['method'] === 'ready' || data?.['method'] === undefined ? { failed: true } : {}
        default:
          return {}
      }
    },
    play: () => call('play'),
    pause: () => call('pause'),
    seek: (position_s) => call('setCurrentTime', position_s),
    rate: (rate) => call('setPlaybackRate', rate),
    sound: (muted, volume) => [call('setVolume', volume), call('setMuted', muted)],
  }
})()

/** https://docs.joinpeertube.org/api/embed-player, over jschannel: JSON text, method names with a scope, a first handshake. */
const peertube: Protocol = (() => {
  const SCOPE = 'peertube::'
  let calls = 0
  const say = (method: string, params?: unknown) => JSON.stringify({ method: SCOPE + method, params })
  const call = (method: string, params?: unknown) => JSON.stringify({ id: ++calls, method: SCOPE + method, params })
  return {
    path: /^\/videos\/embed\/[\w-]{18,36}$/,
    origins: (frame) => [frame.origin],
    abilities: RATE,
    address: (frame, _page, captions) => (captions ? withParameters(frame, { subtitle: captions }) : frame.href),
    greet: [say('__ready', { type: 'publish-request', publish: [] })],
    subscribe: [],
    read(message) {
      const told = fields(message)
      const method = told?.['method']
      if (!told || typeof method !== 'string' || !method.startsWith(SCOPE)) return null
      const params = told['params']
      switch (method.slice(SCOPE.length)) {
        case '__ready':
          if (fields(params)?.['type'] !== 'publish-request') return {}
          return { answer: say('__ready', { type: 'publish-reply', publish: [] }) }
        case 'ready':
          return params === true ? { ready: true } : { failed: true }
        case 'playbackStatusChange':
          return params === 'ended' ? { ended: true, moving: false } : { moving: params === 'playing' }
        case 'playbackStatusUpdate': {
          const status = fields(params)
          return {
            ready: true,
            position_s: number(status?.['position']),
            duration_s: number(status?.['duration']) || undefined,
            moving: status?.['playbackState'] === 'playing',
          }
        }
        default:
          return {}
      }
    },
    play: () => call('play'),
    pause: () => call('pause'),
    seek: (position_s) => call('seek', position_s),
    rate: (rate) => call('setPlaybackRate', rate),
    sound: (muted, volume) => [call('setVolume', muted ? 0 : volume)],
  }
})()

/** https://github.com/rutube/RutubePlayerJSAPI: JSON text. No speed; volume is written differently by its versions, so only on or off. */
const rutube: Protocol = (() => {
  const say = (type: string, data: Fields = {}) => JSON.stringify({ type, data })
  return {
    path: /^\/play\/embed\/[0-9a-f]{32}\/?$/,
    origins: () => ['https://rutube.ru'],
    abilities: NO_RATE,
    address: (frame) => frame.href,
    greet: [],
    subscribe: [],
    read(message) {
      const told = fields(message)
      if (!told || typeof told['type'] !== 'string' || !told['type'].startsWith('player:')) return null
      const data = fields(told['data']) ?? {}
      switch (told['type'].slice('player:'.length)) {
        case 'ready':
          return { ready: true }
        case 'currentTime':
          return { position_s: number(data['time']) }
        case 'durationChange':
          return { duration_s: number(data['duration']) || undefined }
        case 'changeState':
          if (data['state'] === 'playing') return { ready: true, moving: true }
          return data['state'] === 'lockScreenOn' ? { moving: false, alive: true } : { moving: false }
        case 'adStart':
        case 'rollState':
          return { alive: true }
        case 'playComplete':
          return { ended: true, moving: false }
        case 'error':
          return { failed: true }
        default:
          return {}
      }
    },
    play: () => say('player:play'),
    pause: () => say('player:pause'),
    seek: (position_s) => say('player:setCurrentTime', { time: position_s }),
    sound: (muted) => [say(muted ? 'player:mute' : 'player:unMute')],
  }
})()

/** https://dev.vk.com/ru/widgets/video: plain objects to the frame, JSON text from it. No speed. */
const vk: Protocol = (() => {
  const call = (method: string, more: Fields = {}) => ({ method, ...more })
  return {
    path: /^\/video_ext\.php$/,
    // One service under three names; the frame may answer under another than it was asked by.
    origins: () => ['https://vkvideo.ru', 'https://vk.com', 'https://vk.ru'],
    abilities: NO_RATE,
    address: (frame) => frame.href,
    greet: [call('init')],
    subscribe: [],
    read(message) {
      const told = fields(message)
      if (!told || typeof told['event'] !== 'string') return null
      const report: Report = { position_s: number(told['time']), duration_s: number(told['duration']) || undefined }
      if (typeof told['state'] === 'string') report.moving = told['state'] === 'playing'
      switch (told['event']) {
        case 'inited':
          return { ...report, ready: true }
        case 'started':
        case 'resumed':
          return { ...report, moving: true }
        case 'paused':
          return { ...report, moving: false }
        case 'ended':
          return { ...report, ended: true, moving: false }
        case 'adStarted':
          return { ...report, moving: false, alive: true }
        case 'autoplaySoundProhibited':
          return { ...report, soundBlocked: true }
        case 'error':
          return { failed: true }
        default:
          return report
      }
    },
    play: () => call('play'),
    pause: () => call('pause'),
    seek: (position_s) => call('seek', { time: position_s }),
    seekLive: () => call('seekLive'),
    sound: (muted, volume) => [call('set_volume', { volume }), call(muted ? 'mute' : 'unmute')],
  }
})()

export const PROTOCOLS: Record<Embedding, Protocol> = { youtube, vimeo, peertube, rutube, vk }

/** The protocol for a source's frame, if the address is really one of that provider's; the server has checked it before us. */
export function protocolFor(provider: string, frame: URL): Protocol | null {
  if (frame.protocol !== 'https:' || frame.username !== '' || frame.password !== '') return null
  if (!Object.hasOwn(PROTOCOLS, provider)) return null
  const protocol = PROTOCOLS[provider as Embedding]
  return protocol.origins(frame).includes(frame.origin) && protocol.path.test(frame.pathname) ? protocol : null
}
