// One page's part in the stage: what comes in of others, what goes out of its own person, and when. No framework here.
// Nothing is sent that the server has not granted, and nothing at all in a silence, which this page knows by itself.
import type { Ack, OnStage, StageGrant, StageJoined, StageLink, StagePublish, StagePublishing, StageShown } from '../wire'
import { createDevices, type Checks, type Devices } from './devices'
import { createLinks, type Incoming, type Links, type Signal } from './links'
import { createVoices, type Voices } from './voices'

/** Somebody on the stage as this page draws them; without a `stream` a still stands in the place. */
export interface Seen {
  person: OnStage
  /** This page's own person: drawn as in a mirror, and never heard here. */
  own: boolean
  stream: MediaStream | null
}

/** 'asked': the server has been asked; 'unseen': sent, or ready to be, and drawn by nobody; 'live': seen and heard by everybody. */
export type Sends = 'no' | 'asked' | 'unseen' | 'live'

export interface OnstageState {
  people: Seen[]
  engine: StageShown['engine']
  grant: StageGrant
  checks: Checks
  /** One's own camera. */
  preview: MediaStream | null
  sends: Sends
  /** Another page of this person sends. */
  elsewhere: boolean
  /** The person has said on this page that they may be seen and heard. */
  willing: boolean
  refused: Ack | null
  /** The browser wants a press before it lets anybody be heard. */
  soundBlocked: boolean
}

export interface OnstageOptions {
  ask<T>(event: string, message: object): Promise<T | null>
  /** Asks the server for all links anew. */
  watchAnew(): void
  /** Outlives a reload of this tab. */
  kept: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null
  /** Outlives the page: which devices were chosen. */
  storage: Pick<Storage, 'getItem' | 'setItem'> | null
  createPeer?: (config: RTCConfiguration) => RTCPeerConnection
  media?: MediaDevices
  voices?: Voices
}

export interface Onstage {
  readonly state: OnstageState
  readonly devices: Devices
  readonly links: Links
  subscribe(listener: () => void): () => void
  /** The line is back: all that was before is over as soon as there is something in its place. */
  onLineBack(): void
  onJoined(joined: StageJoined): void
  onShown(shown: StageShown): void
  onGrant(grant: StageGrant): void
  onLink: (message: StageLink) => void
  onSignal: (signal: Signal) => void
  /** From the stillness to the end of the rest of a silence. */
  setCalm(calm: boolean): void
  setMuted(muted: boolean): void
  /** Whether others are to be seen, or heard alone; for links opened from now on. */
  wantPictures(wanted: boolean): void
  /** To be called in a press: opens camera and microphone. */
  open(): Promise<void>
  /** Whether the person may be seen and heard as soon as they are called. */
  setWilling(willing: boolean): void
  /** Closes the devices and sends no more. */
  stop(): void
  /** To be called in a press, where the browser had let nobody be heard. */
  prime(): void
}

const NO_GRANT: StageGrant = { level: null, key: '', recorded: false }
const NOTHING = { audio: null, video: null }
const OLD_MS = 20_000
/** For so long the old goes on beside the new, so that nobody sees a gap. */
const OVERLAP_MS = 3000
const AGAIN_MS = 1000
/** The clocks of server and page part a little: a grant that a silence took comes back. */
const RELEASE_MS = 5000
/** A feed that has not come by then, or is gone, is sent anew. */
const UNHEARD_MS = 6000
const BROKEN_MS = 4000
const KEPT = 'memorata.stage'
/** What may be otherwise in a moment: too many messages, or nobody who passes them on just now. */
const PASSING: ReadonlySet<string> = new Set(['message.too_many', 'stage.unavailable'])
/** After one of these: to begin with, and at the most. */
const BRAKED_MS = 250
const BRAKED_MOST_MS = 4000

export function createOnstage(options: OnstageOptions): Onstage {
  const listeners = new Set<() => void>()
  const devices = createDevices({ storage: options.storage, onChange: changed, ...(options.media && { media: options.media }) })
  const links = createLinks({
    send: async (signal) => {
      for (let wait_ms = BRAKED_MS; ; wait_ms *= 2) {
        const answer = await options.ask<Ack>('stage_signal', signal)
        if (answer === null || answer.ok) return true
        // Many links at once are many words at once: none of them may be lost for that.
        if (!PASSING.has(answer.code ?? '') || wait_ms > BRAKED_MOST_MS) return false
        await new Promise((resolve) => setTimeout(resolve, wait_ms))
      }
    },
    onChange: changed,
    ...(options.createPeer && { createPeer: options.createPeer }),
  })
  const voices = options.voices ?? createVoices({ onChange: changed })
  const keyOf = new Map<string, string>()

  let shown: StageShown = { version: 0, engine: 'off', people: [], recording: false, stream: '' }
  let grant = NO_GRANT
  let calm = false
  let joined = false
  let willing = false
  /** Pressed here just now: another page that sends gives way. */
  let insists = false
  let published: (StagePublish & { feed: string }) | null = null
  let asking = false
  /** The line gave no answer: a moment later again. */
  let waits = false
  let lastKey = ''
  /** All feeds of this page: one that a newer has replaced is still shown for a moment. */
  const ownFeeds = new Set<string>()
  let refused: Ack | null = null
  let told = ''
  let wasOpened = false
  let aged_ms = 0
  let releasing: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let unheard: ReturnType<typeof setTimeout> | undefined
  let broken: ReturnType<typeof setTimeout> | undefined
  let handover: ReturnType<typeof setTimeout> | undefined
  let state: OnstageState | null = null
  let quiet = 0
  recall()

  /** Many things change at once: they are looked at together. */
  function changed(): void {
    if (quiet++ > 0) return
    queueMicrotask(() => {
      quiet = 0
      settle()
      state = null
      for (const listener of [...listeners]) listener()
    })
  }

  function settle(): void {
    for (const { feed, key } of shown.people) if (feed !== null) keyOf.set(feed, key)
    send()
    tell()
    const heard = new Map<string, MediaStreamTrack>()
    for (const { person, incoming } of chosen()) {
      const [voice] = incoming?.stream.getAudioTracks() ?? []
      if (incoming !== null && voice !== undefined && !isOwn(person)) heard.set(incoming.link, voice)
    }
    voices.play(heard)
    mend()
  }

  // What comes in.

  function chosen(): { person: OnStage; incoming: Incoming | null }[] {
    const all = links.incoming()
    return shown.people.map((person) => ({ person, incoming: pick(person, all) }))
  }

  /** The link that carries somebody now: a new one as soon as it plays, the old one until then. */
  function pick(person: OnStage, all: Incoming[]): Incoming | null {
    const now = all.find((one) => !one.old && !one.broken && person.feed !== null && one.feed === person.feed) ?? null
    if (now?.flowing) return now
    const before = all.find((one) => one.old && !one.broken && keyOf.get(one.feed) === person.key)
    return before ?? now
  }

  /** Ends what has been replaced or is nobody's any more, and has the server begin anew what has broken. */
  function mend(): void {
    const all = links.incoming()
    const inUse = new Set(chosen().map(({ incoming }) => incoming?.link))
    for (const one of all) if (one.old && (!inUse.has(one.link) || performance.now() - aged_ms > OLD_MS)) links.close(one.link)
    const isBroken = joined && !calm && all.some((one) => !one.old && one.broken)
    if (!isBroken) {
      clearTimeout(broken)
      broken = undefined
    } else {
      broken ??= setTimeout(() => {
        broken = undefined
        if (joined) options.watchAnew()
      }, BROKEN_MS)
    }
  }

  // What goes out.

  const isOwn = (person: OnStage) => grant.key !== '' && person.key === grant.key
  const ownFeed = () => shown.people.find(isOwn)?.feed ?? null
  const isElsewhere = () => {
    const feed = ownFeed()
    return !asking && !insists && feed !== null && !ownFeeds.has(feed)
  }

  function send(): void {
    const { audio, video } = devices
    const may = grant.level !== null && !calm && (audio !== null || video !== null)
    if (isElsewhere() && (published !== null || devices.opened)) {
      published = null
      links.carry(NOTHING, true)
      links.closeSending()
      willing = false
      remember()
      return devices.close()
    }
    // Where pages reach each other, whoever is on deck is seen by nobody because nothing leaves the page.
    const carries = may && willing && (grant.level === 'on_stage' || shown.engine !== 'mesh')
    links.carry(carries ? { audio, video } : NOTHING, video !== null)
    if (!may && grant.level === null) {
      links.closeSending()
      published = null
    }
    const wanted: StagePublish = { picture: video !== null, sound: audio !== null }
    const same = published !== null && published.picture === wanted.picture && published.sound === wanted.sound
    if (may && joined && !asking && !waits && !same && refused === null) void publish(wanted)
    if (links.sending().connected) handover ??= setTimeout(links.closeOldSending, OVERLAP_MS)
    watchOwn()
  }

  async function publish(wanted: StagePublish): Promise<void> {
    asking = true
    const line = aged_ms
    const answer = await options.ask<StagePublishing | Ack>('stage_publish', wanted)
    asking = false
    if (line !== aged_ms) return changed()
    if (answer === null || ('code' in answer && answer.code === 'stage.unavailable')) {
      waits = true
      // It may have been heard all the same: what is sent then is this page's own, under a name it does not know.
      insists = true
      clearTimeout(again)
      again = setTimeout(() => {
        waits = false
        changed()
      }, AGAIN_MS)
      return
    }
    insists = false
    if ('feed' in answer) {
      published = { ...wanted, feed: answer.feed }
      ownFeeds.add(answer.feed)
      remember()
    } else {
      refused = answer
    }
    changed()
  }

  /** Sends anew where the engine has lost what was sent. */
  function watchOwn(): void {
    const lost = published !== null && grant.level === 'on_stage' && !calm && shown.people.some(isOwn) && ownFeed() === null
    if (!lost) {
      clearTimeout(unheard)
      unheard = undefined
      return
    }
    unheard ??= setTimeout(() => {
      unheard = undefined
      published = null
      changed()
    }, UNHEARD_MS)
  }

  function tell(): void {
    const { camera, microphone, heard } = devices.checks
    if (!joined || grant.level === null || calm || (microphone === 'unknown' && told === '')) return
    const telling = JSON.stringify([grant.key, camera, microphone, heard])
    if (telling === told) return
    told = telling
    void options.ask('stage_tell', { camera, microphone, heard })
  }

  function release(): void {
    clearTimeout(releasing)
    releasing = setTimeout(() => {
      if (grant.level !== null || calm || !devices.opened) return
      willing = false
      remember()
      devices.close()
    }, RELEASE_MS)
  }

  function setGrant(next: StageGrant): void {
    const had = grant
    grant = next
    if (next.level !== had.level || next.key !== had.key) refused = null
    if (next.level === null && had.level !== null) release()
    if (next.level !== null && next.key !== lastKey) {
      // Said for another occasion.
      if (lastKey !== '') willing = false
      lastKey = next.key
    }
    // Whoever has tried their devices before there was a place for them, as in a hall, finds them again after a reload.
    if (devices.opened && next.key !== had.key) remember()
    if (next.level !== null && !calm) void resume()
  }

  const mayResume = () => !devices.opened && !calm && grant.level !== null

  /** After a reload in the middle of it: as before, where the browser does not ask again. */
  async function resume(): Promise<void> {
    if (!mayResume()) return
    const before = recalled()
    if (before === null || before.key !== grant.key || !(await isGranted())) return
    if (!mayResume()) return
    willing = before.willing
    await devices.open()
  }

  function remember(): void {
    wasOpened ||= devices.opened
    try {
      if (devices.opened && grant.key !== '') options.kept?.setItem(KEPT, JSON.stringify({ key: grant.key, willing, feed: [...ownFeeds].at(-1) ?? '' }))
      // Before they have been opened here, what is kept is from before a reload, and still to be taken up.
      else if (wasOpened) options.kept?.removeItem(KEPT)
    } catch {
      // After a reload it is then asked once more.
    }
  }

  function recalled(): { key: string; willing: boolean; feed: string } | null {
    try {
      const found = JSON.parse(options.kept?.getItem(KEPT) ?? 'null') as { key?: unknown; willing?: unknown; feed?: unknown } | null
      return found === null ? null : { key: String(found.key), willing: found.willing === true, feed: String(found.feed) }
    } catch {
      return null
    }
  }

  function recall(): void {
    const before = recalled()
    if (before !== null && before.feed !== '') ownFeeds.add(before.feed)
  }

  function sends(): Sends {
    if (published === null) return asking ? 'asked' : 'no'
    const live = willing && grant.level === 'on_stage' && !calm && ownFeeds.has(ownFeed() ?? '')
    return live ? 'live' : 'unseen'
  }

  function drawn(): OnstageState {
    const own = devices.video === null ? null : ownPreview(devices.video)
    return {
      people: chosen().map(({ person, incoming }) => {
        const mine = isOwn(person)
        const stream = mine && own !== null ? own : (incoming?.stream ?? null)
        // Of a feed that has yet to come back nothing is known; what still plays is known to be seen.
        const sends = person.picture || mine || incoming?.old === true
        const hasPicture = sends && (stream?.getVideoTracks().length ?? 0) > 0
        return { person, own: mine && own !== null, stream: hasPicture ? stream : null }
      }),
      engine: shown.engine,
      grant,
      checks: devices.checks,
      preview: own,
      sends: sends(),
      elsewhere: isElsewhere(),
      willing,
      refused,
      soundBlocked: voices.blocked,
    }
  }

  let previewed: { track: MediaStreamTrack; stream: MediaStream } | null = null
  /** One stream for one track: a new one would begin anew in every place where it is drawn. */
  function ownPreview(track: MediaStreamTrack): MediaStream {
    if (previewed?.track !== track) previewed = { track, stream: new MediaStream([track]) }
    return previewed.stream
  }

  return {
    get state() {
      return (state ??= drawn())
    },
    devices,
    links,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onLineBack() {
      joined = false
      published = null
      told = ''
      refused = null
      aged_ms = performance.now()
      links.age()
      clearTimeout(handover)
      handover = undefined
      setTimeout(() => {
        if (performance.now() - aged_ms >= OLD_MS) links.closeOldSending()
        changed()
      }, OLD_MS + 1)
      changed()
    },
    onJoined(answer) {
      joined = true
      links.plan(answer)
      shown = answer.shown
      setGrant(answer.grant)
      changed()
    },
    onShown(next) {
      if (next.version < shown.version) return
      shown = next
      changed()
    },
    onGrant(next) {
      // Said again, all that was sent before is over: the media server was away, and is back.
      const again = next.level === grant.level && next.key === grant.key && next.recorded === grant.recorded
      if (again && next.level !== null) published = refused = null
      setGrant(next)
      changed()
    },
    onLink: links.onLink,
    onSignal: links.onSignal,
    setCalm(now) {
      if (now === calm) return
      calm = now
      voices.setMuted('calm', now)
      if (now) {
        // At once, not with the next look.
        links.carry(NOTHING, true)
        links.closeSending()
        published = null
        void devices.rest()
      } else {
        void devices.wake().then(changed)
        if (grant.level === null) release()
      }
      changed()
    },
    setMuted(muted) {
      voices.setMuted('person', muted)
    },
    wantPictures: links.wantPictures,
    async open() {
      refused = null
      insists = true
      voices.prime()
      await devices.open()
      remember()
    },
    setWilling(next) {
      willing = next
      remember()
      changed()
    },
    stop() {
      const had = published !== null
      willing = insists = false
      published = null
      links.carry(NOTHING, true)
      links.closeSending()
      devices.close()
      wasOpened = true
      remember()
      if (had) void options.ask('stage_stop', { what: 'publish' })
    },
    prime: () => voices.prime(),
  }
}

async function isGranted(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'microphone' })
    return state === 'granted'
  } catch {
    return false
  }
}
