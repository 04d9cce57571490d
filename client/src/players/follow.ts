/** Keeps one engine in step with the ceremony's clock: starts it on the instant, corrects it, holds it. Owns no timer but one. */
import type { Engine } from './engine'
import { CALM_S, SEEK_WITHOUT_RATE_S, correct } from './sync'

export interface Target {
  /** Where the picture should be, in seconds; negative before the item starts. */
  position_s: number
  playing: boolean
}

export interface Timers {
  /** Monotonic, ms. */
  now(): number
  /** Calls back once after `ms`; the result withdraws it. */
  after(ms: number, call: () => void): () => void
}

export interface Follower {
  step(target: Target): void
  destroy(): void
}

/** A start on the instant: the place is sought this far ahead, and playing waits there until the clock arrives. */
const LEAD_S = 0.7
/** A frame goes on by itself after a jump: aimed this far ahead, until the line has shown how late its jumps land. */
const LEAD_FRAME_S = 0.8
const MOST_LEAD_S = 6
/** Counting down to the start begins this late, so that a start which is moved is still followed. */
const COUNTDOWN_S = 1
/** This much late so soon after a start means that the lead was too short for this line: it starts once more with a better one. */
const LATE_S = 0.8
const LATE_MS = 3_000
/** From being told to play to the first sound, as a guess before this device has shown its own. */
const START_S = 0.06
const MOST_START_S = 0.4
/** The position reported in the first moments is not yet that of what is heard. */
const START_SETTLE_MS = 800
/** A frame is told to jump no more often than this, so that a poor line is not kept loading. */
const SEEK_PAUSE_MS = 5_000
/** After a jump a frame settles for this long before its error means anything. */
const SETTLE_MS = 2_500
/** A changed speed that has brought nothing in this time is taken for refused. */
const RATE_TRIAL_MS = 12_000
const RATE_TRIAL_GAIN_S = 0.1
/** Asked to play and not moving: it is asked again this often. */
const ASK_MS = 1_500

export function createFollower(engine: Engine, timers: Timers): Follower {
  let cue: { at_s: number; withdraw: (() => void) | null } | null = null
  /** When it was told to play; null while it is not meant to. */
  let started_ms: number | null = null
  /** When it was first seen moving after that. */
  let moved_ms: number | null = null
  let lead_s = engine.abilities.exact ? LEAD_S : LEAD_FRAME_S
  let start_s = START_S
  let startMeasured = false
  let rate = 1
  let rateTrial: { since_ms: number; error_s: number } | null = null
  let ratesRefused = false
  let sought_ms = -Infinity
  let asked_ms = -Infinity
  let measuring = false

  function setRate(next: number): void {
    if (next !== rate) engine.setRate(next)
    rate = next
    if (next === 1) rateTrial = null
  }

  function dropCue(): void {
    cue?.withdraw?.()
    cue = null
  }

  /** Seeks ahead of the clock and waits there. */
  function cueUp(target: Target): void {
    dropCue()
    started_ms = moved_ms = null
    setRate(1)
    engine.pause()
    const at_s = target.position_s < 0 ? 0 : target.position_s + lead_s
    cue = { at_s, withdraw: null }
    engine.seek(at_s)
  }

  function waitAtCue(target: Target): void {
    if (!cue) return
    const wait_s = cue.at_s - target.position_s
    if (wait_s > MOST_LEAD_S + COUNTDOWN_S && target.position_s >= 0) return cueUp(target) // the clock was put back
    // Telephones may load nothing before they are told to play: at the instant itself it starts, ready or not.
    if (cue.withdraw || wait_s > COUNTDOWN_S || (wait_s > 0 && !engine.ready())) return
    cue.withdraw = timers.after(Math.max(0, (wait_s - start_s) * 1000), () => {
      cue = null
      startMeasured = false
      started_ms = timers.now()
      asked_ms = timers.now()
      engine.play()
    })
  }

  function hold(target: Target): void {
    dropCue()
    started_ms = moved_ms = null
    setRate(1)
    if (engine.moving()) engine.pause()
    const position_s = engine.position()
    const at_s = Math.max(0, target.position_s)
    if (position_s !== null && Math.abs(position_s - at_s) > CALM_S && timers.now() - sought_ms > SEEK_PAUSE_MS) {
      sought_ms = timers.now()
      engine.seek(at_s)
    }
  }

  function startEmbedded(target: Target): void {
    const now = timers.now()
    started_ms = now
    const position_s = engine.position() ?? 0
    if (Math.abs(position_s - target.position_s) > SEEK_WITHOUT_RATE_S) jump(target, now)
    asked_ms = now
    engine.play()
  }

  function jump(target: Target, now: number): void {
    sought_ms = now
    measuring = true
    setRate(1)
    engine.seek(target.position_s + lead_s)
  }

  /** What this device and this line are like shows in how far off they are after what they were told. */
  function learn(error_s: number, now: number): void {
    const exact = engine.abilities.exact
    if (exact && !startMeasured && started_ms !== null && now - started_ms > START_SETTLE_MS) {
      startMeasured = true
      if (rate === 1 && Math.abs(error_s) < MOST_START_S) start_s = Math.min(MOST_START_S, Math.max(0, start_s - error_s))
    }
    if (measuring) {
      // The next jump aims as much further ahead as this one was late.
      measuring = false
      lead_s = Math.min(MOST_LEAD_S, Math.max(0, lead_s - error_s))
    }
    if (rateTrial && now - rateTrial.since_ms > RATE_TRIAL_MS) {
      if (rateTrial.error_s - Math.abs(error_s) < RATE_TRIAL_GAIN_S && !exact) ratesRefused = true
      rateTrial = { since_ms: now, error_s: Math.abs(error_s) }
    }
  }

  function keepStep(target: Target): void {
    const now = timers.now()
    if (!engine.moving()) {
      if (now - asked_ms > ASK_MS) {
        asked_ms = now
        engine.play()
      }
      return
    }
    moved_ms ??= now
    const position_s = engine.position()
    if (position_s === null) return
    const error_s = position_s - target.position_s
    const exact = engine.abilities.exact
    if (!exact && now - sought_ms < SETTLE_MS) return
    learn(error_s, now)
    if (exact && error_s < -LATE_S && now - moved_ms < LATE_MS && lead_s < MOST_LEAD_S) {
      lead_s = Math.min(MOST_LEAD_S, lead_s - error_s * 1.2)
      return cueUp(target)
    }
    const abilities = { exact, rate: engine.abilities.rate && !ratesRefused }
    const correction = correct(error_s, abilities, rate !== 1)
    switch (correction.kind) {
      case 'none':
        return setRate(1)
      case 'rate':
        rateTrial ??= { since_ms: now, error_s: Math.abs(error_s) }
        return setRate(correction.rate)
      case 'seek':
        if (exact) return cueUp(target)
        if (now - sought_ms > SEEK_PAUSE_MS) jump(target, now)
    }
  }

  return {
    step(target) {
      if (!target.playing) return hold(target)
      if (engine.abilities.exact) {
        if (started_ms !== null) keepStep(target)
        else if (cue) waitAtCue(target)
        else cueUp(target)
        return
      }
      if (target.position_s < 0) return
      if (started_ms !== null) keepStep(target)
      else if (engine.ready()) startEmbedded(target)
    },
    destroy() {
      dropCue()
    },
  }
}
