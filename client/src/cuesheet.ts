/** The sounds still to come, each kept in its place on the audio clock: committed far ahead, moved while there is time. */
import type { AudioClock } from './audioclock.ts'
import type { Estimator } from './clock.ts'

export interface Instruments {
  context: AudioContext
  into: AudioNode
  tick: AudioBuffer
  stroke: AudioBuffer
}

export interface CueSheet {
  readonly size: number
  add(cue: { at_ms: number; kind: 'tick' | 'bell'; estimator: Estimator; ofSilence: boolean }): void
  /** Puts every cue where it belongs by the clocks of this moment; `earlier_ms` before its instant. */
  pass(with_: Instruments, local_ms: number, earlier_ms: number): void
  /** Takes out of the graph what does not sound yet; it stays on the sheet. */
  withdraw(): void
  /** Strikes out the cues of a silence. What sounds already rings out. */
  dropSilence(): void
  /** Whether anything is due before this local time. */
  dueBefore(local_ms: number): boolean
}

/** In a hidden page a timer may come once a minute: the graph holds an ordinary silence to its end. */
const AHEAD_S = 150
/** Nearer than this nothing is moved any more; it may already be on its way to the card. */
const SETTLED_S = 0.3
/** How wrong a beat may lie in the graph: while it is far, and when it is about to be settled. */
const FAR_OFF_S = 0.002
const NEAR_OFF_S = 0.0003
const NEAR_S = 1
/** Less ahead than this and it would sound late, so it stays out. */
export const LEAST_AHEAD_S = 0.02
const TICK_LEVEL = 1
const BELL_LEVEL = 0.7

interface Voice {
  source: AudioBufferSourceNode
  gain: GainNode
}

interface Cue {
  readonly at_ms: number
  readonly kind: 'tick' | 'bell'
  readonly estimator: Estimator
  readonly ofSilence: boolean
  voice: Voice | null
  /** Context seconds at which the voice starts. */
  when: number
  done: boolean
}

export function createCueSheet(audioClock: AudioClock): CueSheet {
  let cues: Cue[] = []
  /** The context in whose graph the voices lie. */
  let graph: AudioContext | null = null

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

  return {
    get size() {
      return cues.length
    },

    add(cue) {
      cues.push({ ...cue, voice: null, when: 0, done: false })
    },

    pass(instruments, local_ms, earlier_ms) {
      graph = instruments.context
      const time = graph.currentTime
      const known = new Map<Estimator, boolean>()
      for (const cue of cues) {
        const { estimator } = cue
        if (!known.has(estimator)) known.set(estimator, Number.isFinite(estimator.uncertainty_ms(local_ms)))
        if (begun(cue)) cue.done = true
        // While the clock is in doubt, what lies in the graph stays there, and nothing is added.
        if (cue.done || !known.get(estimator)) continue
        const when = audioClock.heardAt(estimator.localAt(cue.at_ms) - earlier_ms)
        if (when === null) continue
        if (cue.voice) {
          const left = cue.when - time
          const off = Math.abs(when - cue.when)
          if (left <= SETTLED_S || off <= (left <= NEAR_S ? NEAR_OFF_S : FAR_OFF_S)) continue
          takeOut(cue)
        }
        if (when - time < LEAST_AHEAD_S) cue.done = true
        else if (when - time <= AHEAD_S) place(cue, instruments, when)
      }
      strikeDone()
    },

    withdraw() {
      for (const cue of cues) {
        if (begun(cue)) cue.done = true
        else takeOut(cue)
      }
      strikeDone()
    },

    dropSilence() {
      for (const cue of cues) {
        if (!cue.ofSilence) continue
        if (!begun(cue)) takeOut(cue)
        cue.done = true
      }
      strikeDone()
    },

    dueBefore(local_ms) {
      return cues.some((cue) => cue.estimator.localAt(cue.at_ms) < local_ms)
    },
  }
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
