/**
 * What a person hears of a ceremony besides videos: beats and bells, placed ahead on the audio clock.
 *
 * Once a plan and a clock are there it needs no network, and only seldom a timer: everything due in the next 150 s lies in the
 * audio graph already, and a pass some times a second moves what has come to lie wrong.
 */
import { createAudioClock } from './audioclock.ts'
import type { Estimator } from './clock.ts'
import type { Timers } from './clockrunner.ts'
import { createCueSheet, LEAST_AHEAD_S, sound, type Instruments, type Part, type Reckoning } from './cuesheet.ts'
import { beatCount, beatInstant, endInstant, type SilencePlan } from './metronome.ts'
import { localStorageOrNull } from './storage.ts'
import { renderBell, renderHush, renderTick } from './timbre.ts'
import { createTrims, type Devices, type Kept } from './trim.ts'

/** 'locked': not yet allowed by a press. 'suspended': taken away (a call, another tab, sleep); one press brings it back. */
export type SoundState = 'locked' | 'running' | 'suspended'

export interface SoundDeps {
  estimator: Estimator
  createContext?: () => AudioContext
  /** Local ms, the clock of `estimator`. */
  now?: () => number
  timers?: Timers
  /** Keeps the trim of this device. */
  storage?: Kept | null
  page?: Page | null
  /** Tells of outputs that come and go. */
  devices?: Devices | null
}

interface Page {
  window: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
  document: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
}

export interface Sound {
  readonly state: SoundState
  readonly muted: boolean
  readonly volume: number
  readonly trim_ms: number
  /** How far what is heard may lie from its instant because of the way from here to the loudspeaker, ms; Infinity while none runs. */
  readonly bound_ms: number
  /** To be called inside the person's press; plays the check tone, unless told not to. Resolves to whether sound runs. */
  unlock(tone?: boolean): Promise<boolean>
  /** Returns the end of the subscription. */
  onState(listener: (state: SoundState) => void): () => void
  /** Nothing stops: who unmutes hears the next beat in its place. */
  setMuted(muted: boolean): void
  /** 0..1. */
  setVolume(volume: number): void
  /** Positive plays earlier, for a loudspeaker that is late; within +-300 ms, kept on this device. */
  setTrim_ms(trim_ms: number): void
  /** Enters wherever the silence is by now. The same plan again changes nothing. */
  playSilence(plan: SilencePlan, estimator?: Estimator): void
  stopSilence(): void
  /** The strokes to come, all of them, at server instants; one that is not told again is not struck. */
  bells(at_ms: readonly number[]): void
  /** Ticks at local instants, beside any ceremony: with the trim, or as they are heard without one. */
  rehearse(at_ms: readonly number[], trimmed: boolean): void
  stopRehearsal(): void
  /** A soft short tone at once; false when sound does not run. */
  checkTone(): boolean
  /** Puts right what lies wrong now: for whoever has a turn by other means than a timer, which a hidden page seldom gets. */
  look(): void
  close(): void
}

const PASS_MS = 125
/** With nothing on the sheet. */
const IDLE_MS = 250
/** Readings at even distances could fall on the same place of every page of audio; these few ms more or less spread them. */
const READ_MS = 45
const READ_MORE_MS = 11
const GOLDEN = 0.618034
const RAMP_S = 0.03
const CHECK_LEVEL = 0.3
const CHECK_S = 1.6
/** The card is woken so long before the first sound and let sleep so long after the last. */
const HUSH_MARGIN_MS = 12_000
/** On iOS a resume may stay pending for ever; nobody should wait at a button for it. */
const RESUME_MS = 1500
/** A context that says it runs and stands still for so long has lost its card. */
const STALLED_MS = 1500
const RETRY_MS = 2000
/** A context without a card is given up for a new one, no oftener than this. */
const REOPEN_MS = 6000
/** Instants of the local clock itself. */
const LOCAL: Reckoning = { localAt: (at_ms) => at_ms, uncertainty_ms: () => 0 }

export function createSound(deps: SoundDeps): Sound {
  const now = deps.now ?? (() => performance.now())
  const timers: Timers = deps.timers ?? {
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (handle) => clearTimeout(handle as number),
  }
  const page = deps.page === undefined ? browserPage() : deps.page
  const storage = deps.storage === undefined ? localStorageOrNull() : deps.storage
  const createContext = deps.createContext ?? (() => new AudioContext({ latencyHint: 'interactive' }))
  const devices = deps.devices === undefined ? browserDevices() : deps.devices
  const trims = createTrims(storage, devices)
  const audioClock = createAudioClock(now)
  const cues = createCueSheet(audioClock)
  const listeners = new Set<(state: SoundState) => void>()

  let context: AudioContext | null = null
  let instruments: Instruments | null = null
  let master: GainNode | null = null
  let hush: AudioBufferSourceNode | null = null
  let state: SoundState = 'locked'
  let muted = false
  let volume = 1
  let current: SilencePlan | null = null
  let strokes: ReadonlySet<number> = new Set()
  let timer: unknown = null
  let lastPass = -Infinity
  let lastRetry = -Infinity
  let lastOpen = -Infinity
  let readings = 0
  let steps = 0
  let moved = { context: 0, local: 0 }

  function open(): AudioContext {
    const fresh = createContext()
    context = fresh
    audioClock.forget()
    master = fresh.createGain()
    master.gain.value = loudness()
    master.connect(fresh.destination)
    instruments = {
      context: fresh,
      into: master,
      tick: toBuffer(fresh, renderTick(fresh.sampleRate)),
      stroke: toBuffer(fresh, renderBell(fresh.sampleRate)),
    }
    lastOpen = now()
    moved = { context: fresh.currentTime, local: lastOpen }
    for (const [name, listener] of heardOf) fresh.addEventListener(name, listener)
    return fresh
  }

  function abandon(): void {
    for (const [name, listener] of heardOf) context?.removeEventListener(name, listener)
    cues.withdraw()
    context?.close().catch(() => undefined)
    context = null
    instruments = null
    master = null
    hush = null
  }

  /** What a context tells of itself; the last two only in the newest browsers. */
  const heardOf: [string, () => void][] = [
    ['statechange', onStateChange],
    ['sinkchange', onOtherOutput],
    ['error', revive],
  ]

  /** Earphones are put on or taken off: another latency, perhaps another trim, most often after some moments without sound. */
  function onOtherOutput(): void {
    audioClock.renew()
    if (context) begin()
    void trims.look().then((changed) => {
      if (changed) resettle()
    })
  }

  function resettle(): void {
    cues.resettle()
    if (context) begin()
  }

  function onStateChange(): void {
    moved = { context: context?.currentTime ?? 0, local: now() }
    changed()
  }

  /** The context's state has changed, or was found to be a lie. */
  function changed(): void {
    const runs = context?.state === 'running' && !stalled()
    if (!runs) {
      // What lies in the graph would sound late by the length of the pause.
      cues.withdraw()
      audioClock.forget()
    }
    const next: SoundState = runs ? 'running' : state === 'locked' ? 'locked' : 'suspended'
    if (next !== state) {
      state = next
      for (const listener of [...listeners]) listener(state)
    }
    if (runs) loop()
  }

  function stalled(): boolean {
    if (!context || context.state !== 'running') return false
    if (context.currentTime !== moved.context) moved = { context: context.currentTime, local: now() }
    return now() - moved.local > STALLED_MS
  }

  async function resume(from: AudioContext): Promise<void> {
    const patience = new Promise<void>((resolve) => timers.setTimeout(resolve, RESUME_MS))
    await Promise.race([from.resume().catch(() => undefined), patience])
  }

  /** Without a press: works after an interruption on some systems, is refused on others, harms on none. */
  function revive(): void {
    if (!context || context.state === 'closed' || state === 'locked') return
    if (context.state === 'running' && !stalled()) return
    lastRetry = now()
    let from = context
    // One that stands still cannot be resumed. A new one needs no press once there has been one, in most browsers.
    if (from.state === 'running' && lastRetry - lastOpen >= REOPEN_MS) {
      abandon()
      from = open()
    }
    void resume(from).then(() => {
      if (from === context) changed()
    })
  }

  function loop(): void {
    timers.clearTimeout(timer)
    if (!context) return
    const local = now()
    if (stalled() !== (state !== 'running') && context.state === 'running') changed()
    audioClock.sample(context)
    const stepped = audioClock.steps !== steps
    steps = audioClock.steps
    if (stepped || local - lastPass >= PASS_MS) {
      lastPass = local
      if (state === 'running') pass()
      else if (local - lastRetry >= RETRY_MS) revive()
    }
    timers.clearTimeout(timer)
    const more = READ_MORE_MS * ((++readings * GOLDEN) % 1)
    timer = timers.setTimeout(loop, more + (state === 'running' && cues.size > 0 ? READ_MS : IDLE_MS))
  }

  function pass(): void {
    if (!instruments) return
    const local = now()
    cues.pass(instruments, local, trims.ms)
    keepCardAwake(instruments.context, local)
  }

  /** Noise below hearing while a sound is near, so that a card or a wireless loudspeaker does not swallow the first beat. */
  function keepCardAwake(running: AudioContext, local: number): void {
    const near = cues.dueBefore(local + HUSH_MARGIN_MS)
    if (near && !hush) {
      hush = running.createBufferSource()
      hush.buffer = toBuffer(running, renderHush(running.sampleRate))
      hush.loop = true
      // Not through the volume: a muted card must stay awake too.
      hush.connect(running.destination)
      hush.start()
    } else if (hush && cues.size === 0) {
      hush.stop()
      hush.disconnect()
      hush = null
    }
  }

  function loudness(): number {
    return muted ? 0 : volume
  }

  function ramp(): void {
    if (context && master) master.gain.setTargetAtTime(loudness(), context.currentTime, RAMP_S)
  }

  function add(at_ms: number, kind: 'tick' | 'bell', reckoning: Reckoning, part: Part, trimmed = true): void {
    cues.add({ at_ms, kind, reckoning, part, trimmed })
  }

  function begin(): void {
    lastPass = -Infinity
    loop()
  }

  function stopSilence(): void {
    current = null
    cues.strike('silence')
  }

  function checkTone(): boolean {
    if (!instruments || state !== 'running') return false
    const at = instruments.context.currentTime + LEAST_AHEAD_S
    const { source, gain } = sound(instruments, instruments.stroke, CHECK_LEVEL, at)
    gain.gain.setTargetAtTime(0, at + CHECK_S / 2, CHECK_S / 8)
    source.stop(at + CHECK_S)
    return true
  }

  function woken(): void {
    revive()
    if (context) begin()
  }

  page?.document.addEventListener('visibilitychange', woken)
  page?.document.addEventListener('resume', woken)
  page?.window.addEventListener('pageshow', woken)
  devices?.addEventListener('devicechange', onOtherOutput)
  void trims.look().then((changed) => {
    if (changed) resettle()
  })

  return {
    get state() {
      return state
    },
    get muted() {
      return muted
    },
    get volume() {
      return volume
    },
    get trim_ms() {
      return trims.ms
    },
    get bound_ms() {
      return state === 'running' ? audioClock.bound_ms : Infinity
    },

    async unlock(tone = true) {
      playThroughMuteSwitch()
      if (context && (context.state === 'closed' || stalled())) abandon()
      const from = context ?? open()
      await resume(from)
      // Two presses, or a close in between.
      if (from !== context) return state === 'running'
      onStateChange()
      begin()
      return tone ? checkTone() : state === 'running'
    },

    onState(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    setMuted(on) {
      muted = on
      ramp()
    },

    setVolume(to) {
      volume = Math.min(1, Math.max(0, to))
      ramp()
    },

    setTrim_ms(to) {
      trims.set(to)
      resettle()
    },

    playSilence(plan, estimator = deps.estimator) {
      if (current && samePlan(current, plan)) return
      stopSilence()
      current = { ...plan }
      if (plan.sound === 'bell' || plan.start_signal === 'bell') add(plan.t0_ms, 'bell', estimator, 'silence')
      if (plan.sound === 'metronome') {
        for (let index = 0; index < beatCount(plan); index++) add(beatInstant(plan, index), 'tick', estimator, 'silence')
      }
      if (plan.end_signal === 'bell') add(endInstant(plan), 'bell', estimator, 'silence')
      begin()
    },

    stopSilence,

    bells(at_ms) {
      const told = new Set(at_ms)
      cues.strike('bells', told)
      for (const one of told) if (!strokes.has(one)) add(one, 'bell', deps.estimator, 'bells')
      strokes = told
      begin()
    },

    rehearse(at_ms, trimmed) {
      cues.strike('rehearsal')
      for (const one of at_ms) add(one, 'tick', LOCAL, 'rehearsal', trimmed)
      begin()
    },

    stopRehearsal() {
      cues.strike('rehearsal')
    },

    checkTone,

    look() {
      if (context) begin()
    },

    close() {
      timers.clearTimeout(timer)
      page?.document.removeEventListener('visibilitychange', woken)
      page?.document.removeEventListener('resume', woken)
      page?.window.removeEventListener('pageshow', woken)
      devices?.removeEventListener('devicechange', onOtherOutput)
      cues.strike('silence')
      cues.strike('bells')
      cues.strike('rehearsal')
      abandon()
      listeners.clear()
    },
  }
}

function samePlan(a: SilencePlan, b: SilencePlan): boolean {
  const same = a.t0_ms === b.t0_ms && a.duration_s === b.duration_s && a.bpm === b.bpm && a.sound === b.sound
  return same && a.start_signal === b.start_signal && a.end_signal === b.end_signal
}

function toBuffer(context: AudioContext, samples: Float32Array<ArrayBuffer>): AudioBuffer {
  const buffer = context.createBuffer(1, samples.length, context.sampleRate)
  buffer.copyToChannel(samples, 0)
  return buffer
}

/** The ring switch of an iPhone silences Web Audio unless the page says that this is playback. */
function playThroughMuteSwitch(): void {
  if (typeof navigator === 'undefined') return
  const session = (navigator as { audioSession?: { type: string } }).audioSession
  // Somebody who speaks into a microphone has a session of another type already.
  if (session && session.type !== 'play-and-record') session.type = 'playback'
}

function browserPage(): Page | null {
  return typeof document === 'undefined' ? null : { window, document }
}

function browserDevices(): Devices | null {
  // Absent on plain HTTP, whatever the types say.
  const known: { mediaDevices?: Devices } | null = typeof navigator === 'undefined' ? null : navigator
  return known?.mediaDevices ?? null
}
