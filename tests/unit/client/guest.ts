/** A page on a stage, a silence, and the judgement of what was heard of it. */
import { createEstimator, type Estimator } from '../../../client/src/clock.ts'
import { beatCount, beatInstant, beatPeriod_ms, type SilencePlan } from '../../../client/src/metronome.ts'
import { createSound, type SoundState } from '../../../client/src/sound.ts'
import type { Devices } from '../../../client/src/trim.ts'
import { aCard, Stage, type Card, type FakeContext, type Heard } from './fake_audio.ts'
import { seeded } from './network.ts'

export const EPOCH = 1_801_047_600_000

/** Outputs by name, as far as the page may know them. */
export class FakeDevices extends EventTarget {
  label = ''
  enumerateDevices() {
    return Promise.resolve([
      { kind: 'audioinput', deviceId: 'default', label: 'A microphone' },
      { kind: 'audiooutput', deviceId: 'default', label: this.label },
      { kind: 'audiooutput', deviceId: '7', label: 'Another' },
    ])
  }
  plug(label = ''): void {
    this.label = label
    this.dispatchEvent(new Event('devicechange'))
  }
}

/** A page on a stage; server time is true time after EPOCH, and the estimator has been told so on a perfect line. */
export class Guest {
  readonly stage: Stage
  readonly estimator: Estimator
  readonly stored = new Map<string, string>()
  readonly events = new EventTarget()
  readonly states: SoundState[] = []
  readonly devices = new FakeDevices()
  readonly sound

  constructor(card: Partial<Card> = {}, options: { seed?: number; told?: boolean } = {}) {
    this.stage = new Stage(aCard(card), seeded(options.seed ?? 1))
    this.estimator = createEstimator()
    this.sound = createSound({
      estimator: this.estimator,
      createContext: this.stage.createContext,
      now: () => this.stage.local(this.stage.now),
      timers: this.stage,
      storage: { getItem: (k) => this.stored.get(k) ?? null, setItem: (k, v) => void this.stored.set(k, v) },
      page: { window: this.events, document: this.events },
      devices: this.devices as unknown as Devices,
    })
    this.sound.onState((s) => this.states.push(s))
    if (options.told !== false) for (let t = -60_000; t < 0; t += 1000) this.tell(t)
  }

  /** An exchange on a perfect line at a true time; `ahead` puts the server's clock ahead. */
  tell(t: number, ahead = 0): void {
    const { local } = this.stage
    this.estimator.feed({ t0: local(t), t1: EPOCH + t + 1 + ahead, t2: EPOCH + t + 1 + ahead, t3: local(t + 2) })
  }

  async enter(): Promise<boolean> {
    const entering = this.sound.unlock()
    await this.stage.run(this.stage.now + 20)
    return entering
  }

  get context(): FakeContext {
    return this.stage.contexts.at(-1)!
  }

  get ticks(): Heard[] {
    return this.all((h) => h.buffer.duration < 0.5)
  }
  get bells(): Heard[] {
    return this.all((h) => h.buffer.duration > 2 && h.level !== 0.3)
  }
  private all(which: (h: Heard) => boolean): Heard[] {
    return this.stage.contexts
      .flatMap((c) => c.heard)
      .filter(which)
      .sort((a, b) => a.at - b.at)
  }
}

export function aSilence(change: Partial<SilencePlan> = {}): SilencePlan {
  return {
    t0_ms: EPOCH + 10_000,
    duration_s: 60,
    bpm: 50,
    sound: 'metronome',
    start_signal: 'none',
    end_signal: 'bell',
    ...change,
  }
}

/** Every heard tick against the plan: which beats, and the largest distance, ms. */
export function judge(heard: readonly Heard[], plan: SilencePlan): { indexes: number[]; worst: number } {
  let worst = 0
  const indexes = heard.map(({ at }) => {
    const index = Math.round(((EPOCH + at - plan.t0_ms) * plan.bpm) / 60_000) + 0
    worst = Math.max(worst, Math.abs(EPOCH + at - beatInstant(plan, index)))
    return index
  })
  return { indexes, worst }
}

export const every = (plan: SilencePlan, from = 0) => Array.from({ length: beatCount(plan) - from }, (_, i) => i + from)


/** How far an interval between two neighbours is from the period, at most, ms. */
export function unevenness(heard: readonly Heard[], plan: SilencePlan): number {
  const period = beatPeriod_ms(plan.bpm)
  const apart = heard.slice(1).map((h, i) => h.at - heard[i]!.at)
  return Math.max(...apart.filter((ms) => ms < 1.5 * period).map((ms) => Math.abs(ms - period)))
}
