/** An AudioContext with a clock of its own: drifts, counts in blocks, sounds late by a latency, can stall and be interrupted. */
import type { Timers } from '../../../client/src/clockrunner.ts'

export interface Heard {
  /** True ms at which the sound left the loudspeaker. */
  at: number
  buffer: FakeBuffer
  level: number
}

export class FakeBuffer {
  readonly samples: Float32Array
  constructor(
    readonly channels: number,
    readonly length: number,
    readonly sampleRate: number,
  ) {
    this.samples = new Float32Array(length)
  }
  get duration() {
    return this.length / this.sampleRate
  }
  copyToChannel(from: Float32Array) {
    this.samples.set(from)
  }
}

class FakeNode {
  outputs: FakeNode[] = []
  connect(to: FakeNode) {
    this.outputs.push(to)
    return to
  }
  disconnect() {
    this.outputs = []
  }
}

class FakeGain extends FakeNode {
  readonly changes: { value: number; at: number }[] = []
  readonly gain = {
    value: 1,
    setTargetAtTime: (value: number, at: number) => {
      this.changes.push({ value, at })
    },
  }
  /** The value it tends to at a context time; the ramps are short. */
  valueAt(at: number): number {
    const last = this.changes.filter((c) => c.at <= at).at(-1)
    return last ? last.value : this.gain.value
  }
}

class FakeSource extends FakeNode {
  buffer: FakeBuffer | null = null
  loop = false
  onended: (() => void) | null = null
  /** Context seconds at which it sounds, as the graph would do it. */
  when: number | null = null
  end = Infinity
  rendered = false
  constructor(readonly context: FakeContext) {
    super()
  }
  start(when = 0) {
    if (this.when !== null) throw new Error('InvalidStateError: started twice')
    // A start in the past sounds at the next block: late.
    this.when = Math.max(when, this.context.rendered_s)
  }
  stop(when = 0) {
    if (this.when === null) throw new Error('InvalidStateError: stopped before start')
    this.end = Math.min(this.end, Math.max(when, this.context.rendered_s))
  }
}

export interface Card {
  ppm: number
  latency_ms: number
  /** Block by which currentTime moves, samples. */
  block: number
  sampleRate: number
  /** Jitter of the stamps, ms. */
  jitter_ms: number
  /**
   * How getOutputTimestamp() answers. 'paged': the time of the last page, at the time of asking; 'repeated': both times of the
   * last page, the same until the next.
   */
  stamps: 'right' | 'none' | 'safari15' | 'paged' | 'repeated'
  /** How far a page of stamps reaches, samples. */
  page: number
  /** The performance time comes in steps of this, cut off, ms; 0 for none. */
  grain_ms: number
  /** What the browser reports in outputLatency, if it does. */
  reported_ms?: number
}

export const aCard = (change: Partial<Card> = {}): Card => ({
  ppm: 80,
  latency_ms: 43,
  block: 512,
  sampleRate: 48_000,
  jitter_ms: 0.3,
  stamps: 'right',
  page: 512,
  grain_ms: 0,
  ...change,
})

/** True time, a local clock, timers, and the contexts that were made; everything moves by `run`. */
export class Stage implements Timers {
  now = 0
  /** Timers are no finer than this: 0 in front, 60 000 in a long-hidden page. */
  throttle = 0
  readonly contexts: FakeContext[] = []
  /** Whether a context made now runs without a press. */
  allowed = true
  private queue: { at: number; run: () => void; id: number }[] = []
  private ids = 0

  constructor(
    readonly card: Card,
    readonly random: () => number,
    /** Local clock, ms: an origin and a rate of its own. */
    readonly local: (trueMs: number) => number = (t) => 7000 + t * (1 + 20e-6),
  ) {}

  setTimeout = (run: () => void, ms: number): unknown => {
    const id = ++this.ids
    let at = this.now + Math.max(0, ms)
    if (this.throttle > 0) at = Math.ceil(at / this.throttle) * this.throttle
    this.queue.push({ at, run, id })
    return id
  }

  clearTimeout = (handle: unknown): void => {
    this.queue = this.queue.filter((e) => e.id !== handle)
  }

  createContext = (): AudioContext => {
    const context = new FakeContext(this)
    context.resumable = this.allowed
    this.contexts.push(context)
    return context as unknown as AudioContext
  }

  /** Runs timers and audio up to a true time. */
  async run(until: number): Promise<void> {
    for (;;) {
      for (let i = 0; i < 6; i++) await Promise.resolve()
      const next = this.queue.filter((e) => e.at <= until).sort((a, b) => a.at - b.at || a.id - b.id)[0]
      if (!next) break
      this.queue = this.queue.filter((e) => e !== next)
      this.advance(next.at)
      next.run()
    }
    this.advance(until)
  }

  private advance(to: number): void {
    // In small steps, so that stops and disconnections take effect when they should.
    while (this.now < to) {
      this.now = Math.min(to, this.now + 5)
      for (const context of this.contexts) context.render()
    }
  }
}

export class FakeContext extends EventTarget {
  state: AudioContextState | 'interrupted' = 'suspended'
  readonly destination = new FakeNode()
  readonly heard: Heard[] = []
  readonly sources: FakeSource[] = []
  readonly gains: FakeGain[] = []
  resumable = true
  /** Context seconds handed to the card so far. */
  rendered_s = 0
  latency_ms: number
  readonly sampleRate: number
  private ppm: number
  frozen = false
  private runSince: { at: number; context: number } | null = null

  constructor(readonly stage: Stage) {
    super()
    this.latency_ms = stage.card.latency_ms
    this.ppm = stage.card.ppm
    this.sampleRate = stage.card.sampleRate
  }

  get baseLatency() {
    return this.stage.card.block / this.sampleRate
  }
  get outputLatency(): number | undefined {
    const { reported_ms } = this.stage.card
    return reported_ms === undefined ? undefined : reported_ms / 1000
  }
  get currentTime() {
    return this.rendered_s
  }

  get getOutputTimestamp(): (() => AudioTimestamp) | undefined {
    const { card, random, now } = this.stage
    if (card.stamps === 'none') return undefined
    return () => {
      const jitter = (random() - 0.5) * 2 * card.jitter_ms
      // Taken some ms ago, as by the callback of the card.
      let at = now - 3 * random()
      let contextTime = this.contextAt(at) - this.latency_ms / 1000
      if (contextTime <= 0) return { contextTime: 0, performanceTime: 0 }
      if (card.stamps === 'paged' || card.stamps === 'repeated') {
        at = now
        const exact = this.contextAt(at) - this.latency_ms / 1000
        const page = card.page / this.sampleRate
        contextTime = Math.floor(exact / page) * page
        if (card.stamps === 'repeated') at -= ((exact - contextTime) * 1000) / (1 + this.ppm / 1e6)
      }
      if (card.stamps === 'safari15') contextTime /= this.sampleRate
      const performanceTime = this.stage.local(at) + (card.stamps === 'repeated' ? 0 : jitter)
      const { grain_ms } = card
      return { contextTime, performanceTime: grain_ms > 0 ? Math.floor(performanceTime / grain_ms) * grain_ms : performanceTime }
    }
  }

  /** Exact context seconds at a true time, while running. */
  private contextAt(trueMs: number): number {
    if (!this.runSince) return this.rendered_s
    const passed = Math.max(0, trueMs - this.runSince.at)
    return this.runSince.context + (passed / 1000) * (1 + this.ppm / 1e6)
  }

  render(): void {
    if (this.state !== 'running' || this.frozen) return
    const block = this.stage.card.block / this.sampleRate
    const before = this.rendered_s
    this.rendered_s = Math.floor(this.contextAt(this.stage.now) / block) * block
    for (const source of this.sources) {
      if (source.when === null || source.rendered || source.when >= this.rendered_s) continue
      source.rendered = true
      if (source.end <= source.when) continue
      const level = this.levelOf(source, source.when)
      if (level === null || source.buffer === null) continue
      const since = this.runSince!
      const sounds = since.at + ((source.when - since.context) / (1 + this.ppm / 1e6)) * 1000
      this.heard.push({ at: sounds + this.latency_ms, buffer: source.buffer, level })
    }
    if (before !== this.rendered_s) {
      for (const source of this.sources) {
        const over = source.when !== null && source.buffer && !source.loop && source.when + source.buffer.duration
        if (over && over > before && over <= this.rendered_s) source.onended?.()
      }
    }
  }

  private levelOf(node: FakeNode, at: number): number | null {
    if (node === this.destination) return 1
    const next = node.outputs[0]
    if (!next) return null
    const rest = this.levelOf(next, at)
    return rest === null ? null : rest * (node instanceof FakeGain ? node.valueAt(at) : 1)
  }

  createBuffer(channels: number, length: number, sampleRate: number) {
    return new FakeBuffer(channels, length, sampleRate)
  }
  createBufferSource() {
    const source = new FakeSource(this)
    this.sources.push(source)
    return source
  }
  createGain() {
    const gain = new FakeGain()
    this.gains.push(gain)
    return gain
  }

  async resume(): Promise<void> {
    // As on iOS: without a press, or during a call, the promise stays open.
    if (!this.resumable) return new Promise(() => {})
    if (this.state === 'closed') throw new Error('InvalidStateError: closed')
    if (this.state !== 'running') this.enter('running')
    return Promise.resolve()
  }
  async close(): Promise<void> {
    this.enter('closed')
    return Promise.resolve()
  }

  enter(state: FakeContext['state']): void {
    this.runSince = state === 'running' ? { at: this.stage.now, context: this.rendered_s } : null
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }

  /** Another output: audio stands for some ms, then goes on at the rate and with the latency of that one. */
  device({ latency_ms, ppm, stands_ms }: { latency_ms: number; ppm: number; stands_ms: number }): void {
    this.stall(stands_ms)
    this.ppm = ppm
    this.latency_ms = latency_ms
  }

  /** The card keeps the graph waiting: what follows sounds later by so much. */
  stall(ms: number): void {
    this.runSince = { at: this.stage.now + ms, context: this.contextAt(this.stage.now) }
  }
}
