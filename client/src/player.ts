/**
 * The broadcast of the item that is on: one picture at a time, in step with the ceremony's clock on every screen, with a second
 * source and a still picture behind it. Framework-free; whoever mounts it owns the place on the page.
 *
 * Nothing is asked of another site before the item starts. What fails, fails quietly: people see the still and its text, while
 * the sources are tried again behind it.
 */
import './players/player.css'
import type { Cue } from './players/captions'
import { byDate } from './players/dated'
import type { Engine, EngineEvents } from './players/engine'
import { createFile } from './players/file'
import { createFollower, type Follower, type Target, type Timers } from './players/follow'
import { loadHls, type LoadHls } from './players/hls'
import { createLearned, type Habits, type Learned } from './players/learned'
import { captionsFor, foreign, ownElement, type Captions, type Media, type Source } from './players/media'
import { beginSupply, standsIn, turn, type Supply, type Turn } from './players/supply'
import { localStorageOrNull } from './storage'

export type { Captions, Media, Source } from './players/media'

export interface View {
  /** Where the ceremony's clock says the picture is: now less the start less all holds. Negative before the start. */
  positionAt(): { position_ms: number; playing: boolean }
  /** The ceremony's clock, UTC ms: live streams that carry dates are kept by it. */
  clock_ms(): number
  /** BCP 47; the captions' language. */
  language: string
  muted: boolean
  /** false: the still only; files keep their sound, frames of other sites are not loaded. */
  videoWanted: boolean
  /** Names the frame of another site to a screen reader. */
  title?: string
}

export interface PlayerState {
  /** `waiting`: not begun, or being loaded. `absent`: the still and its text stand in. */
  picture: 'none' | 'waiting' | 'shown' | 'absent' | 'ended'
  /** The source in use; null when there is none. */
  provider: string | null
  /** It plays without sound until `prime` is called from a press. */
  soundBlocked: boolean
  /** How far a live picture is behind what it shows, in seconds: by its own dates, or by the organizer's word; null if unknown. */
  delay_s: number | null
}

export interface PlayerDeps {
  onState?(state: PlayerState): void
  timers?: Timers
  loadHls?: LoadHls
  /** The players of other sites; fetched when an item has one. */
  loadFrames?: () => Promise<Frames>
  loadCaptioning?: () => Promise<Captioning>
  learned?: Learned
  /** Fetches captions. */
  fetchText?(url: string): Promise<string>
}

type Frames = Pick<typeof import('./players/embed'), 'createEmbed'>
type Captioning = typeof import('./players/captions')

export interface Player {
  /** Call inside the press that enters, or that turns the sound on: unlocks the element on WebKit, and sound everywhere. */
  prime(): void
  /** Shows this; called again with the same media it only takes the new view, and nothing is loaded anew. */
  show(media: Media, view: View): void
  stop(): void
  state(): PlayerState
  /** Picture less clock, in ms, positive when ahead; null while nothing runs. For the host's instruments. */
  error_ms(): number | null
  destroy(): void
}

const NOTHING: PlayerState = { picture: 'none', provider: null, soundBlocked: false, delay_s: null }

const STEP_MS = 250
/** A picture that stands still for this long has failed: our own element is told everything, a frame only some things. */
const STALL_MS = 6_000
const STALL_FRAME_MS = 20_000
const LIVE_ASK_MS = 1_500
/** The last frame may come a little before the announced end. */
const END_S = 0.3

export function createPlayer(mount: HTMLElement, deps: PlayerDeps = {}): Player {
  const page = mount.ownerDocument
  const timers = deps.timers ?? browserTimers
  const load = deps.loadHls ?? loadHls
  const loadFrames = deps.loadFrames ?? (() => import('./players/embed'))
  const loadCaptioning = deps.loadCaptioning ?? (() => import('./players/captions'))
  const learned = deps.learned ?? createLearned(localStorageOrNull(), page.baseURI)

  const root = element('div', 'player')
  const video = element('video', 'player-video')
  const holder = element('div', 'player-frames')
  const still = element('img', 'player-still')
  const words = element('div', 'player-words')
  const caption = element('p', 'player-caption')
  const fallback = element('p', 'player-fallback')
  video.playsInline = true
  video.setAttribute('playsinline', '')
  video.preload = 'auto'
  video.disablePictureInPicture = true
  still.alt = ''
  still.hidden = caption.hidden = fallback.hidden = true
  caption.dir = fallback.dir = 'auto'
  words.append(fallback, caption)
  root.append(video, holder, still, words)
  root.dataset['picture'] = 'no'
  mount.append(root)

  let media: Media | null = null
  let view: View | null = null
  let playable: Source[] = []
  let supply: Supply = beginSupply(0, 0)
  let engine: Engine | null = null
  let follower: Follower | null = null
  /** The source that the engine plays. */
  let opened: Source | null = null
  let frames: Frames | null = null
  let captioning: Captioning | null = null
  /** The sources ran out of picture here, before the item's announced end. */
  let ended_s: number | null = null
  let soundBlocked = false
  let progress = { position_s: -1, at_ms: 0 }
  let liveHeld = false
  let liveAsked_ms = -Infinity
  let cues: Cue[] = []
  let captions: Captions | null = null
  let withdrawStep: (() => void) | null = null
  let told: PlayerState = NOTHING

  function element<Name extends 'div' | 'video' | 'img' | 'p'>(name: Name, className: string): HTMLElementTagNameMap[Name] {
    const made = page.createElement(name)
    made.className = className
    return made
  }

  function target(): Target {
    const { position_ms, playing } = view!.positionAt()
    return { position_s: position_ms / 1000, playing }
  }

  function close(): void {
    follower?.destroy()
    engine?.destroy()
    engine = follower = opened = null
    soundBlocked = false
  }

  function open(source: Source): void {
    close()
    opened = source
    const now = timers.now()
    progress = { position_s: -1, at_ms: now }
    liveHeld = false
    liveAsked_ms = -Infinity
    const mine = (call: () => void) => () => opened === source && call()
    const events: EngineEvents = {
      picture: mine(() => advance('picture')),
      alive: mine(() => {
        progress.at_ms = timers.now()
        advance('alive')
      }),
      // Not from within the engine's own making, and not while it is being taken down.
      failed: mine(() => timers.after(0, mine(() => fail()))),
      ended: mine(() => {
        ended_s = engine?.position() ?? target().position_s
        step()
      }),
      soundBlocked: (blocked) => {
        if (opened !== source) return
        soundBlocked = blocked
        tell()
      },
    }
    const sound = { muted: view!.muted, volume: media!.volume }
    if (ownElement(source)) {
      const from_s = media!.live ? null : Math.max(0, target().position_s)
      return follow(source, createFile(video, source, sound, from_s, events, load))
    }
    const options = {
      ...sound,
      url: source.url,
      provider: source.provider,
      title: view!.title ?? '',
      captions: captions ? null : view!.language,
    }
    const build = ({ createEmbed }: Frames) => {
      const made = createEmbed(holder, options, events, timers)
      if (made) follow(source, made)
      else fail()
    }
    if (frames) build(frames)
    else fetchFrames((fetched) => opened === source && engine === null && build(fetched), () => events.failed())
  }

  /** Our own code for other sites' players; nothing is asked of those sites yet. */
  function fetchFrames(done: (fetched: Frames) => void, failed: () => void): void {
    loadFrames()
      .then((fetched) => done((frames = fetched)))
      .catch(failed)
  }

  function follow(source: Source, made: Engine): void {
    engine = made
    if (!media!.live) follower = createFollower(made, timers, { habits: learned.of(source), onLearned: keeping(source) })
  }

  function keeping(source: Source) {
    return (habits: Habits) => learned.keep(source, habits)
  }

  function advance(what: Turn): void {
    supply = turn(supply, what, timers.now())
    if (what === 'picture') progress.at_ms = timers.now()
    draw()
  }

  function fail(): void {
    close()
    advance('failed')
  }

  /** The item goes on longer than its picture. */
  function over(at: Target): boolean {
    if (media!.live) return false
    if (media!.duration_s !== null) {
      if (at.position_s >= media!.duration_s) return true
    } else {
      const duration_s = engine?.duration() ?? Infinity
      if (at.position_s >= duration_s) ended_s = duration_s
    }
    if (ended_s === null) return false
    if (at.position_s < ended_s - END_S) ended_s = null // the clock was put back
    return ended_s !== null
  }

  function step(): void {
    withdrawStep?.()
    withdrawStep = null
    if (!media || !view) return
    withdrawStep = timers.after(STEP_MS, step)
    const now = timers.now()
    const at = target()
    // Before anything is loaded: the still is what people look at meanwhile.
    drawStill(at)
    drawCaption(at)
    if (over(at)) {
      close()
      return draw()
    }
    const wanted = playable[supply.index]
    // Before the start only what lies on our own server is fetched ahead.
    if (at.position_s < 0 && (!wanted || foreign(wanted, page.baseURI))) {
      supply = beginSupply(playable.length, now)
      return draw()
    }
    if (at.position_s < 0 && supply.phase === 'trying') supply = { ...supply, since_ms: now, blank_since_ms: now }
    supply = turn(supply, 'tick', now)
    if (supply.phase === 'resting') close()
    else if (opened !== playable[supply.index]) open(playable[supply.index]!)
    if (engine) {
      if (media.live) followLive(at, now)
      else follower?.step(at)
      if (stalled(at, now)) fail()
    }
    draw()
  }

  /** A live picture is kept at its delay by its own dates where it has both; otherwise it plays as it comes. */
  function followLive(at: Target, now: number): void {
    if (!engine || !opened) return
    const instant = instantOf(at)
    if (instant !== null && at.position_s >= 0) {
      const dated = byDate(engine)
      // Less delay than the stream itself needs, or more than it keeps: then as it comes.
      if (dated.reaches?.(instant.position_s)) {
        follower ??= createFollower(dated, timers, { habits: learned.of(opened), onLearned: keeping(opened), running: engine.moving() })
        return follower.step(instant)
      }
    }
    follower?.destroy()
    if (follower) engine.setRate(1)
    follower = null
    if (!at.playing || at.position_s < 0) {
      if (engine.moving()) engine.pause()
      liveHeld = true
      return
    }
    if (engine.moving() || now - liveAsked_ms < LIVE_ASK_MS) return
    liveAsked_ms = now
    if (liveHeld) engine.seekLive()
    liveHeld = false
    engine.play()
  }

  /** Which instant everybody is to see now; null where the stream or the organizer does not say. */
  function instantOf(at: Target): Target | null {
    const delay_s = opened?.delay_s ?? null
    if (delay_s === null || engine?.date_s?.() == null) return null
    return { position_s: view!.clock_ms() / 1000 - delay_s, playing: at.playing }
  }

  function delay_s(): number | null {
    if (!media?.live || !view || !opened) return null
    const shown_s = engine?.moving() ? (engine.date_s?.() ?? null) : null
    return shown_s === null ? (opened.delay_s ?? null) : Math.max(0, Math.round(view.clock_ms() / 1000 - shown_s))
  }

  function stalled(at: Target, now: number): boolean {
    const position_s = engine?.position() ?? -1
    const waits = !at.playing || at.position_s < 0 || page.hidden || supply.phase !== 'shown'
    const gain_s = position_s - progress.position_s
    // A jump is no progress: a dead frame can be sent from place to place for ever.
    if (waits || (gain_s > 0.01 && gain_s < 3)) progress = { position_s, at_ms: now }
    else progress.position_s = position_s
    return now - progress.at_ms > (engine?.abilities.exact ? STALL_MS : STALL_FRAME_MS)
  }

  function draw(): void {
    if (!media || !view) return
    const at = target()
    const ended = over(at)
    const shown = supply.phase === 'shown' && engine !== null && !ended && at.position_s >= 0
    const unplayable = media.sources.length > 0 && playable.length === 0
    const absent = !ended && at.position_s >= 0 && (unplayable || standsIn(supply, timers.now()))
    root.dataset['picture'] = shown && view.videoWanted ? 'yes' : 'no'
    write(fallback, absent ? media.fallback_text : '')
    tell(ended ? 'ended' : shown ? 'shown' : absent ? 'absent' : 'waiting')
  }

  function drawStill(at: Target): void {
    const url = media!.still
    const wanted = url !== null && (at.position_s >= 0 || !foreign({ provider: '', id: '', url }, page.baseURI))
    if (!wanted) {
      still.hidden = true
      still.removeAttribute('src')
    } else if (still.getAttribute('src') !== url) {
      still.hidden = false
      still.setAttribute('src', url)
    }
  }

  function drawCaption(at: Target): void {
    write(caption, at.position_s < 0 || !captioning ? '' : captioning.captionAt(cues, at.position_s))
  }

  function write(where: HTMLElement, text: string): void {
    if (where.textContent !== text) where.textContent = text
    where.hidden = text === ''
  }

  function chooseCaptions(): void {
    const languages = [view!.language, ...(page.defaultView?.navigator.languages ?? [])]
    const next = captionsFor(media!.captions, languages)
    if (next?.url === captions?.url) return
    captions = next
    cues = []
    if (!next) return
    caption.lang = next.lang
    const text = deps.fetchText ? deps.fetchText(next.url) : fetchTextOf(next.url)
    Promise.all([text, captioning ?? loadCaptioning()])
      .then(([file, fetched]) => {
        if (captions !== next || !view) return
        captioning = fetched
        cues = fetched.parseCaptions(file)
        drawCaption(target())
      })
      // Without captions the picture is still worth seeing; the item's text stands beside it on the page.
      .catch(() => undefined)
  }

  function tell(picture: PlayerState['picture'] = told.picture): void {
    const next: PlayerState = { picture, provider: opened?.provider ?? null, soundBlocked, delay_s: delay_s() }
    if (Object.entries(next).every(([name, value]) => told[name as keyof PlayerState] === value)) return
    told = next
    deps.onState?.(next)
  }

  function stop(): void {
    withdrawStep?.()
    withdrawStep = null
    close()
    media = view = captions = null
    playable = []
    cues = []
    supply = beginSupply(0, 0)
    root.dataset['picture'] = 'no'
    still.hidden = true
    still.removeAttribute('src')
    write(caption, '')
    write(fallback, '')
    tell('none')
  }

  const awake = () => step()
  page.addEventListener('visibilitychange', awake)
  still.addEventListener('error', () => (still.hidden = true))

  return {
    prime() {
      if (engine && media && view) engine.setSound(view.muted, media.volume)
      if (opened && ownElement(opened)) return
      // Asking an empty element to play counts as the person's permission for whatever it plays later.
      video.load()
      video.play().catch(() => undefined)
      video.pause()
    },
    show(nextMedia, nextView) {
      const same = media !== null && JSON.stringify(media) === JSON.stringify(nextMedia)
      const before = view
      view = nextView
      const nextPlayable = nextMedia.sources.filter((source) => nextView.videoWanted || ownElement(source))
      if (!same) {
        close()
        captions = null
        cues = []
        ended_s = null
        media = nextMedia
        // Whoever listens now is told afresh, even when the state is the same as that of the item before.
        told = NOTHING
        if (!frames && nextMedia.sources.some((source) => !ownElement(source))) fetchFrames(() => undefined, () => undefined)
      }
      if (!same || nextPlayable.length !== playable.length) {
        const kept = same ? nextPlayable.findIndex((source) => source.url === opened?.url) : -1
        playable = nextPlayable
        if (kept >= 0) {
          supply = { ...supply, sources: playable.length, index: kept }
          opened = playable[kept]!
        } else {
          close()
          supply = beginSupply(playable.length, timers.now())
        }
      } else if (before && before.muted !== nextView.muted) engine?.setSound(nextView.muted, nextMedia.volume)
      chooseCaptions()
      step()
    },
    stop,
    state: () => told,
    error_ms() {
      if (!engine?.moving() || !view || !media) return null
      if (!media.live) {
        const position_s = engine.position()
        return position_s === null ? null : position_s * 1000 - view.positionAt().position_ms
      }
      const instant = instantOf(target())
      const shown_s = engine.date_s?.() ?? null
      return instant === null || shown_s === null || !follower ? null : (shown_s - instant.position_s) * 1000
    },
    destroy() {
      stop()
      page.removeEventListener('visibilitychange', awake)
      root.remove()
    },
  }
}

const browserTimers: Timers = {
  now: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
}

async function fetchTextOf(url: string): Promise<string> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${answer.status} for ${url}`)
  return answer.text()
}
