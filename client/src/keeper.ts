// Keeps a page in step with the timeline: sounds every silence and stroke, samples the clock more often before a silence,
// holds the shown time still-running while one sounds. Works from the timeline alone, so it needs no line.
import type { ClockRunner } from './clockrunner'
import type { Estimator } from './clock'
import type { SilencePlan } from './metronome'
import type { Sound } from './sound'
import type { Store } from './state'
import { isLocked, itemOf, runsAhead, silenceInstants, silencePart, type SilenceInstants } from './timeline'
import type { Run, Silence } from './wire'

const AHEAD_MS = 150_000
const DENSE_BEFORE_MS = 60_000
const LOOK_MS = 1000
/** A stroke may still be on its way to a late loudspeaker. */
const STRUCK_MS = 1000

export interface KeeperDeps {
  store: Store
  sound: Sound
  estimator: Estimator
  now: () => number
  /** Null while there is no sampling yet. */
  runner: () => ClockRunner | null
}

function planOf(detail: Silence, instants: SilenceInstants): SilencePlan {
  return {
    t0_ms: instants.t0_ms,
    duration_s: detail.duration_s,
    bpm: detail.bpm,
    sound: detail.sound,
    start_signal: detail.start_signal,
    end_signal: detail.end_signal,
  }
}

/** Looks at every change of the store and once a second; returns what ends that. */
export function keepStep(deps: KeeperDeps): () => void {
  let sounding = ''
  let soundingEnd_ms = 0
  let frozen = false
  let dense = 0
  let strokes: readonly number[] = []

  function look(): void {
    const { state } = deps.store.get()
    if (state?.programme == null) return
    const now_ms = deps.now()
    let found = ''
    let locked = false
    const ahead: number[] = []
    for (const run of runsAhead(state.programme, state.progress)) {
      if (run.start_ms - now_ms > AHEAD_MS) break
      const item = itemOf(state.programme, run.item_id)
      if (item === null) continue
      const detail = item.detail
      if (detail.kind === 'silence' && found === '') {
        const instants = silenceInstants(detail, run.start_ms)
        const next = following(state.progress.runs, run)
        // A host may have gone on before the invitation was over: then there is no silence to sound.
        if (next !== null && next.start_ms <= instants.still_ms) continue
        if (now_ms >= instants.rest_end_ms) continue
        found = `${run.cue}:${run.start_ms}`
        if (found !== sounding) {
          deps.sound.playSilence(planOf(detail, instants), deps.estimator)
          soundingEnd_ms = instants.rest_end_ms
        }
        if (instants.t0_ms > dense && instants.t0_ms - now_ms < DENSE_BEFORE_MS) {
          dense = instants.t0_ms
          deps.runner()?.denser(instants.t0_ms)
        }
        locked = isLocked(silencePart(instants, now_ms))
      } else if (detail.kind === 'bell' && run.holds.length === 0) {
        const { runs, closed_ms } = state.progress
        const end_ms = Math.min(following(runs, run)?.start_ms ?? Infinity, closed_ms ?? Infinity)
        for (let stroke = 0; stroke < detail.strokes; stroke++) {
          const at_ms = run.start_ms + stroke * detail.interval_s * 1000
          if (at_ms < end_ms && at_ms > now_ms - STRUCK_MS && at_ms - now_ms < AHEAD_MS) ahead.push(at_ms)
        }
      }
    }
    // One that is over is left alone: its bell may still be fading.
    if (found === '' && sounding !== '' && now_ms < soundingEnd_ms) deps.sound.stopSilence()
    sounding = found
    if (ahead.join() !== strokes.join()) {
      strokes = ahead
      deps.sound.bells(ahead)
    }
    if (locked !== frozen) {
      frozen = locked
      deps.estimator.freeze(locked)
    }
  }

  const timer = setInterval(look, LOOK_MS)
  const unsubscribe = deps.store.subscribe(look)
  return () => {
    clearInterval(timer)
    unsubscribe()
    deps.sound.stopSilence()
    deps.sound.bells([])
  }
}

function following(runs: readonly Run[], run: Run): Run | null {
  return runs.find((other) => other.cue > run.cue) ?? null
}
