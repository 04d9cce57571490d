/**
 * The sounds still to come, each kept in its place on the audio clock: committed far ahead, moved while there is time.
 *
 * Far ahead, because a hidden page may get no timer for a minute: what is to sound until then must lie in the graph. In small
 * pieces nonetheless, a buffer for each beat, because a better estimate must still move every beat that does not yet sound; a
 * pass takes those that lie wrong out of the graph and puts them in anew. What is heard stays even: from the last beat that can
 * no longer be moved, an error is put right by a millisecond a second, which nobody hears, unless something has stepped.
 */
import type { AudioClock } from './audioclock.ts'
import type { Estimator } from './clock.ts'

export interface Instruments {
  context: AudioContext
  into: AudioNode
  tick: AudioBuffer
  stroke: AudioBuffer
}

/** Which clock an instant is meant on. */
export type Reckoning = Pick<Estimator, 'localAt' | 'uncertainty_ms'>

/** What asked for a sound: all of one part are struck out together. */
export type Part = 'silence' | 'bells' | 'rehearsal'

export interface Sounding {
  /** On the clock of `reckoning`. */
  at_ms: number
  kind: 'tick' | 'bell'
  reckoning: Reckoning
  part: Part
  /** Whether the trim of the loudspeaker applies. */
  trimmed: boolean
}

export interface CueSheet {
  readonly size: number
  add(cue: Sounding): void
  /** Puts every cue where it belongs by the clocks of this moment; `earlier_ms` before its instant. */
  pass(with_: Instruments, local_ms: number, earlier_ms: number): void
  /** The next pass puts everything right at once, however far: the person has moved the sound. */
  resettle(): void
  /** Takes out of the graph what does not sound yet; it stays on the sheet. */
  withdraw(): void
  /** Strikes out the cues of a part, but for these instants. What sounds already rings out. */
  strike(part: Part, keep?: ReadonlySet<number>): void
  /** Whether anything is due before this local time. */
  dueBefore(local_ms: number): boolean
}

/** Of a hidden page's timers, which may come once a minute, two may be missed. */
const AHEAD_S = 150
/** Nearer than this nothing is moved any more; it may already be on its way to the card. */
const SETTLED_S = 0.3
/** How wrong a beat may lie in the graph, when it is about to be settled and while it is far; those far off are moved together. */
const NEAR_OFF_S = 0.0003
const FAR_OFF_S = 0.001
const NEAR_S = 3
/** An error is put right by this much in a second: at 40 beats a minute, 1.5 ms a beat. */
const EVEN_RATE = 0.001
/** A larger one is worse to hear than an uneven beat. */
const UNEVEN_S = 0.025
/** Less ahead than this and it would sound late, so it stays out. */
export const LEAST_AHEAD_S = 0.02
const TICK_LEVEL = 1
const BELL_LEVEL = 0.7

interface Voice {
  source: AudioBufferSourceNode
  gain: GainNode
}

interface Cue extends Sounding {
  voice: Voice | null
  /** Context seconds at which the voice starts. */
  when: number
  done: boolean
}

export function createCueSheet(audioClock: AudioClock): CueSheet {
  /** By their instants. */
  let cues: Cue[] = []
  /** The context in whose graph the voices lie. */
  let graph: AudioContext | null = null
  /** The latest that can no longer be moved, of each part, and the steps of the audio clock at that time. */
  const settled = new Map<Part, Cue>()
  let steps = 0

  function place(cue: Cue, instruments: Instruments, when: number): void {
    const [buffer, level] =
      cue.kind === 'tick' ? [instruments.tick, TICK_LEVEL] : ([instruments.stroke, BELL_LEVEL] as const)
    cue.voice = sound(instruments, buffer, level, when)
    cue.when = when
  }

  function takeOut(cue: Cue): void {
    if (!cue.voice) return
    const { source, gain } = cue.voice
    cue.voice = null
    source.onended = null
    // Disconnected, it is silent even where stop() before the start is not honoured.
    source.disconnect()
    gain.disconnect()
    source.stop()
  }

  function begun(cue: Cue): boolean {
    return cue.voice !== null && graph !== null && cue.when <= graph.currentTime
  }

  function strikeDone(): void {
    cues = cues.filter((cue) => !cue.done)
  }

  /** Where a cue belongs by the clocks of this moment, context seconds. */
  function due(cue: Cue, earlier_ms: number): number | null {
    return audioClock.heardAt(cue.reckoning.localAt(cue.at_ms) - (cue.trimmed ? earlier_ms : 0))
  }

  /** By how much each part lies wrong at its last settled cue, and when that was; seconds. */
  function errors(earlier_ms: number): Map<Part, { off: number; from: number }> {
    const found = new Map<Part, { off: number; from: number }>()
    for (const [part, cue] of settled) {
      const right = due(cue, earlier_ms)
      if (right !== null && Math.abs(cue.when - right) <= UNEVEN_S) found.set(part, { off: cue.when - right, from: right })
    }
    return found
  }

  return {
    get size() {
      return cues.length
    },

    add(cue) {
      cues.push({ ...cue, voice: null, when: 0, done: false })
      cues.sort((a, b) => a.at_ms - b.at_ms)
    },

    pass(instruments, local_ms, earlier_ms) {
      graph = instruments.context
      const time = graph.currentTime
      const known = new Map<Reckoning, boolean>()
      for (const { reckoning } of cues) {
        if (!known.has(reckoning)) known.set(reckoning, Number.isFinite(reckoning.uncertainty_ms(local_ms)))
      }
      if (audioClock.steps !== steps) settled.clear()
      steps = audioClock.steps
      for (const cue of cues) {
        if (cue.voice && cue.when - time <= SETTLED_S && cue.when > (settled.get(cue.part)?.when ?? 0)) settled.set(cue.part, cue)
        if (begun(cue)) cue.done = true
      }
      const wrong = errors(earlier_ms)
      const waiting: { cue: Cue; when: number }[] = []
      let moveFar = false
      for (const cue of cues) {
        // While the clock is in doubt, what lies in the graph stays there, and nothing is added.
        if (cue.done || !known.get(cue.reckoning)) continue
        const right = due(cue, earlier_ms)
        if (right === null) continue
        const error = wrong.get(cue.part)
        const when = right + (error ? shrunk(error.off, right - error.from) : 0)
        const left = cue.when - time
        if (cue.voice && left <= SETTLED_S) continue
        if (cue.voice && left > NEAR_S && Math.abs(when - cue.when) > FAR_OFF_S) moveFar = true
        waiting.push({ cue, when })
      }
      for (const { cue, when } of waiting) {
        if (cue.voice) {
          if (cue.when - time > NEAR_S ? !moveFar : Math.abs(when - cue.when) <= NEAR_OFF_S) continue
          takeOut(cue)
        }
        if (when - time < LEAST_AHEAD_S) cue.done = true
        else if (when - time <= AHEAD_S) place(cue, instruments, when)
      }
      strikeDone()
    },

    resettle() {
      settled.clear()
    },

    withdraw() {
      settled.clear()
      for (const cue of cues) {
        if (begun(cue)) cue.done = true
        else takeOut(cue)
      }
      strikeDone()
    },

    strike(part, keep) {
      if (keep === undefined) settled.delete(part)
      for (const cue of cues) {
        if (cue.part !== part || keep?.has(cue.at_ms)) continue
        if (!begun(cue)) takeOut(cue)
        cue.done = true
      }
      strikeDone()
    },

    dueBefore(local_ms) {
      return cues.some((cue) => cue.reckoning.localAt(cue.at_ms) < local_ms)
    },
  }
}

/** What is left of an error after so many seconds. */
function shrunk(off: number, after_s: number): number {
  return Math.sign(off) * Math.max(0, Math.abs(off) - EVEN_RATE * Math.max(0, after_s))
}

/** Starts a buffer at a context time; its nodes clean up after themselves. */
export function sound({ context, into }: Instruments, buffer: AudioBuffer, level: number, when: number): Voice {
  const source = context.createBufferSource()
  const gain = context.createGain()
  source.buffer = buffer
  gain.gain.value = level
  source.connect(gain)
  gain.connect(into)
  source.onended = () => {
    source.disconnect()
    gain.disconnect()
  }
  source.start(when)
  return { source, gain }
}
