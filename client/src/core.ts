// What every page has, whichever way it hears of the ceremony: its store, the clock, the sound, and the keeper of the step.
import { createEstimator, type Estimator } from './clock'
import { startClock, type Answer, type ClockRunner, type Plan } from './clockrunner'
import { createHere, locksOrNull, type Here } from './here'
import { keepStep } from './keeper'
import { createSound, type Sound } from './sound'
import { createStore, type Boot, type Store } from './state'
import { localStorageOrNull } from './storage'
import { keepAwake } from './wake'

export interface Core {
  store: Store
  estimator: Estimator
  sound: Sound
  /** Whether this is the window that sounds, of several. */
  here: Here
  /** Server time, UTC ms. */
  now(): number
  runner(): ClockRunner | null
  /** Starts sampling; a second call asks again at once, as after a new connection, and by another plan from then on by that. */
  startSampling(ask: (t0: number) => Promise<Answer | null>, plan?: Partial<Plan>): void
  /** To be called in the press that enters: sound, and the screen stays on. */
  unlock(tone?: boolean): Promise<boolean>
}

const PRIOR_KEY = 'memorata.drift'
const PRIOR_EVERY_MS = 60_000

export function createCore(boot: Boot): Core {
  const store = createStore(boot)
  const estimator = createEstimator({
    guess_ms: boot.server_now_ms - performance.now(),
    prior: remembered(),
  })
  const now = () => estimator.serverNow(performance.now())
  const sound = createSound({ estimator })
  let runner: ClockRunner | null = null
  let planned: Partial<Plan> | undefined
  let asked: (t0: number) => Promise<Answer | null>
  let dense_ms = -Infinity
  let told_ms = -Infinity
  keepStep({ store, sound, estimator, now, runner: () => runner })

  function onSample(): void {
    const local_ms = performance.now()
    if (local_ms - told_ms > 1000) {
      told_ms = local_ms
      store.set({ clockBound_ms: estimator.deviation_ms(local_ms) * 2 })
    }
  }

  setInterval(() => {
    const drift = estimator.drift()
    if (drift !== null) localStorageOrNull()?.setItem(PRIOR_KEY, JSON.stringify(drift))
  }, PRIOR_EVERY_MS)

  return {
    store,
    estimator,
    sound,
    here: createHere(`memorata.here.${boot.ceremony_id}`, locksOrNull()),
    now,
    runner: () => runner,
    startSampling(ask, plan) {
      asked = ask
      if (runner !== null && planned === plan) return runner.nudge()
      runner?.stop()
      planned = plan
      const started = startClock({ ask: (t0) => asked(t0), estimator, onSample, plan })
      runner = {
        ...started,
        denser(until_ms) {
          dense_ms = until_ms
          started.denser(until_ms)
        },
      }
      // What was learned of the time stays, and so does a silence that is near.
      if (dense_ms > now()) started.denser(dense_ms)
    },
    async unlock(tone = true) {
      keepAwake(true)
      return sound.unlock(tone)
    },
  }
}

function remembered(): { ppm: number; sd_ppm: number } | undefined {
  try {
    const kept = JSON.parse(localStorageOrNull()?.getItem(PRIOR_KEY) ?? 'null') as { ppm?: unknown; sd_ppm?: unknown } | null
    if (typeof kept?.ppm === 'number' && typeof kept.sd_ppm === 'number') return { ppm: kept.ppm, sd_ppm: kept.sd_ppm }
  } catch {
    // Unreadable: as on a first visit.
  }
  return undefined
}
