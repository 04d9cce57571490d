/** Keeps one engine in step with the ceremony's clock: starts it on the instant, corrects it, holds it. Owns no timer but two. */
import type { Engine } from './engine'
import { MOST_LEAD_S, MOST_START_S, type Habits } from './learned'
import { CALM_EXACT_S, CALM_S, CALM_WITHOUT_RATE_S, correct, giveBackMs } from './sync'

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

export interface FollowOptions {
  /** What this device has shown before of sources like this one. */
  habits?: Habits
  /** Told whenever something new has been learned. */
  onLearned?(habits: Habits): void
  /** It runs already, near enough: it is not stopped to be started on the instant. */
  running?: boolean
}

/** A start on the instant: the place is sought this far ahead, and playing waits there until the clock arrives. */
const LEAD_S = 0.7
const LEAST_LEAD_S = 0.3
/** A frame goes on by itself after a jump: aimed this far ahead, until the line has shown how late its jumps land. */
const LEAD_FRAME_S = 0.8
/** Counting down to the start begins this late, so that a start which is moved is still followed. */
const COUNTDOWN_S = 1
/** This much late so soon after a start means that the lead was too short for this line: it starts once more with a better one. */
const LATE_S = 0.8
const LATE_MS = 3_000
/** This much late is put right at once too, but only once: better a short stop at the beginning than many seconds of haste. */
const RATHER_LATE_S = 0.2
const RATHER_LATE_MS = 500
/** What lies a little ahead has been fetched by then. */
const SHORT_LEAD_S = 0.4
/** From being told to play to the first sound, as a guess before this device has shown its own. */
const START_S = 0.1
/** The position reported in the first moments is not yet that of what is heard. */
const START_SETTLE_MS = 800
/** So many looks, a quarter of a second apart, make one measurement: a single one may fall into a hiccup. */
const LOOKS = 5
/** A frame's errors are believed after so many looks. */
const LOOKS_FRAME = 2
/** A correction that has left this much of its error was none; the next one waits until more is wrong. */
const FUTILE = 0.6
const MOST_CALM_S = 0.1
/** A picture is told to jump no more often than this, so that a poor line is not kept loading; each jump in vain doubles it. */
const SEEK_PAUSE_MS = 5_000
const MOST_SEEK_PAUSE_MS = 80_000
const MOST_CUE_PAUSE_MS = 20_000
/** So long in step, and what went wrong before is forgotten. */
const FORGET_MS = 60_000
/** After a jump a frame settles for this long before its error means anything. */
const SETTLE_MS = 2_500
/** A changed speed that has brought nothing in this time is taken for refused. */
const RATE_TRIAL_MS = 8_000
const RATE_TRIAL_GAIN_S = 0.1
/** Asked to play and not moving: it is asked again this often. */
const ASK_MS = 1_500

export function createFollower(engine: Engine, timers: Timers, options: FollowOptions = {}): Follower {
  const { exact } = engine.abilities
  let cue: { at_s: number; sought_ms: number; withdraw: (() => void) | null } | null = null
  /** When it was told to play; null while it is not meant to. */
  let started_ms: number | null = options.running ? timers.now() : null
  /** When it was first seen moving after that. */
  let moved_ms: number | null = null
  let lead_s = options.habits?.lead_s ?? (exact ? LEAD_S : LEAD_FRAME_S)
  let start_s = Math.min(options.habits?.start_s ?? (exact ? START_S : LEAD_FRAME_S), exact ? MOST_START_S : MOST_LEAD_S)
  /** Its first error after a start tells how long starting takes here. */
  let startMeasured = options.running ?? false
  /** Told to play before its place had arrived: since when it was being fetched. */
  let fetching_ms: number | null = null
  let startedTwice = false
  let rate = 1
  let withdrawRate: (() => void) | null = null
  let rateTrial: { since_ms: number; error_s: number } | null = null
  let ratesRefused = false
  /** The error that the last change of speed was to give back. */
  let given_s: number | null = null
  let calm_s = exact ? CALM_EXACT_S : CALM_S
  let looks: number[] = []
  let sought_ms = -Infinity
  let seekPause_ms = SEEK_PAUSE_MS
  let asked_ms = -Infinity
  /** A frame has been sent somewhere: by its start or by a jump, so far ahead. What it takes for the two differs. */
  let aimed: { by: 'start' | 'jump'; ahead_s: number } | null = null

  function setRate(next: number): void {
    withdrawRate?.()
    withdrawRate = null
    if (next === rate) return
    engine.setRate(next)
    rate = next
    looks = []
    if (next === 1) rateTrial = null
  }

  function stopped(): void {
    cue?.withdraw?.()
    cue = null
    started_ms = moved_ms = given_s = null
    looks = []
    setRate(1)
  }

  function learned(): void {
    options.onLearned?.({ start_s, lead_s })
  }

  /** Seeks ahead of the clock and waits there. */
  function cueUp(target: Target, ahead_s = lead_s): void {
    stopped()
    engine.pause()
    const at_s = target.position_s < 0 ? 0 : target.position_s + ahead_s
    sought_ms = timers.now()
    cue = { at_s, sought_ms, withdraw: null }
    engine.seek(at_s)
  }

  function waitAtCue(target: Target): void {
    if (!cue) return
    const wait_s = cue.at_s - target.position_s
    if (wait_s > MOST_LEAD_S + COUNTDOWN_S && target.position_s >= 0) return cueUp(target) // the clock was put back
    // Telephones may load nothing before they are told to play: at the instant itself it starts, ready or not.
    if (cue.withdraw || wait_s > COUNTDOWN_S || (wait_s > 0 && !engine.ready())) return
    const { sought_ms: since_ms, at_s } = cue
    const arrived = engine.ready()
    if (at_s > 0 && arrived) learnLead((timers.now() - since_ms) / 1000)
    cue.withdraw = timers.after(Math.max(0, (wait_s - start_s) * 1000), () => {
      cue = null
      fetching_ms = arrived || at_s === 0 ? null : since_ms
      startMeasured = false
      started_ms = asked_ms = timers.now()
      engine.play()
    })
  }

  /** How long a place took to arrive: a longer lead is taken up at once, a shorter one slowly. */
  function learnLead(took_s: number): void {
    const needed_s = Math.min(MOST_LEAD_S, Math.max(LEAST_LEAD_S, took_s * 1.3))
    lead_s += (needed_s - lead_s) * (needed_s > lead_s ? 1 : 0.3)
    learned()
  }

  function hold(target: Target): void {
    stopped()
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
    const far = Math.abs(position_s - target.position_s - start_s) > CALM_WITHOUT_RATE_S
    if (far) jump(target, now, start_s)
    aimed = { by: 'start', ahead_s: far ? start_s : position_s - target.position_s }
    asked_ms = now
    engine.play()
  }

  function jump(target: Target, now: number, ahead_s: number): void {
    sought_ms = now
    aimed = { by: 'jump', ahead_s }
    given_s = null
    looks = []
    setRate(1)
    engine.seek(target.position_s + ahead_s)
  }

  /** Each jump soon after another one was in vain: the next waits longer. */
  function mayJump(now: number, most_ms: number): boolean {
    const since_ms = now - sought_ms
    if (since_ms > FORGET_MS + seekPause_ms) seekPause_ms = SEEK_PAUSE_MS
    else if (since_ms < seekPause_ms) return false
    else seekPause_ms = Math.min(most_ms, seekPause_ms * 2)
    return true
  }

  /** What this device and this line are like shows in how far off they are after what they were told. */
  function learn(error_s: number, now: number): void {
    if (exact && !startMeasured) {
      startMeasured = true
      if (rate === 1 && Math.abs(error_s) < MOST_START_S) {
        start_s = Math.min(MOST_START_S, Math.max(0, start_s - error_s))
        learned()
      }
    }
    if (aimed) {
      // The next one aims as much further ahead as this one was late.
      const needed_s = Math.min(MOST_LEAD_S, Math.max(0, aimed.ahead_s - error_s))
      if (aimed.by === 'start') start_s = needed_s
      else lead_s = needed_s
      aimed = null
      learned()
    }
    if (given_s !== null && rate === 1) {
      // No change of speed is repeated for ever where it brings nothing, or where what is told leaps about.
      const futile = Math.abs(error_s) > Math.abs(given_s) * FUTILE
      if (exact) calm_s = futile ? Math.min(MOST_CALM_S, calm_s * 2) : CALM_EXACT_S
      given_s = null
    }
    if (rateTrial && now - rateTrial.since_ms > RATE_TRIAL_MS) {
      if (rateTrial.error_s - Math.abs(error_s) < RATE_TRIAL_GAIN_S && !exact) ratesRefused = true
      rateTrial = { since_ms: now, error_s: Math.abs(error_s) }
    }
  }

  function keepStep(target: Target): void {
    const now = timers.now()
    if (!engine.moving()) {
      // It may be filling its buffer: what it loses meanwhile is given back when it runs again.
      looks = []
      setRate(1)
      if (now - asked_ms > ASK_MS) {
        asked_ms = now
        engine.play()
      }
      return
    }
    moved_ms ??= now
    if (fetching_ms !== null) {
      learnLead((now - fetching_ms) / 1000)
      fetching_ms = null
      // How long a start takes cannot be told from one that had to wait for its data.
      startMeasured = true
    }
    const position_s = engine.position()
    if (position_s === null) return
    const latest_s = position_s - target.position_s
    if (!exact && now - sought_ms < SETTLE_MS) return
    if (exact && !options.running && now - moved_ms < LATE_MS) {
      if (latest_s < -LATE_S && lead_s < MOST_LEAD_S) {
        lead_s = Math.min(MOST_LEAD_S, lead_s - latest_s * 1.2)
        learned()
        return cueUp(target)
      }
      if (latest_s < -RATHER_LATE_S && now - moved_ms > RATHER_LATE_MS && !startedTwice) {
        startedTwice = true
        return cueUp(target, SHORT_LEAD_S)
      }
    }
    if (exact && started_ms !== null && now - started_ms < START_SETTLE_MS) return
    looks.push(latest_s)
    const enough = exact ? LOOKS : LOOKS_FRAME
    if (looks.length > enough) looks.shift()
    if (rate === 1 && looks.length < enough) return
    const error_s = rate === 1 ? middle(looks) : latest_s
    learn(error_s, now)
    act(target, error_s, now)
  }

  function act(target: Target, error_s: number, now: number): void {
    const abilities = { exact, rate: engine.abilities.rate && !ratesRefused }
    const correction = correct(error_s, abilities, rate !== 1, calm_s)
    switch (correction.kind) {
      case 'none':
        return setRate(1)
      case 'rate':
        rateTrial ??= { since_ms: now, error_s: Math.abs(error_s) }
        given_s ??= error_s
        // One change there and one back; each may be a small thing to hear.
        if (rate === 1 || Math.sign(1 - rate) !== Math.sign(error_s)) setRate(correction.rate)
        withdrawRate?.()
        withdrawRate = timers.after(giveBackMs(error_s, rate), () => setRate(1))
        return
      case 'seek':
        setRate(1)
        if (!mayJump(now, exact ? MOST_CUE_PAUSE_MS : MOST_SEEK_PAUSE_MS)) return
        if (exact) cueUp(target)
        else jump(target, now, lead_s)
    }
  }

  return {
    step(target) {
      if (!target.playing) return hold(target)
      if (exact) {
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
      cue?.withdraw?.()
      withdrawRate?.()
    },
  }
}

/** The median. */
function middle(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
