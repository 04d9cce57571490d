/** A page, a video element and a clock that only the test moves; as much of each as the player touches. */
import type { Timers } from '../../../../client/src/players/follow'

export class FakeTimers implements Timers {
  private time_ms = 0
  private waiting: { at_ms: number; call: () => void }[] = []

  now = (): number => this.time_ms

  after = (ms: number, call: () => void): (() => void) => {
    const entry = { at_ms: this.time_ms + ms, call }
    this.waiting.push(entry)
    return () => {
      this.waiting = this.waiting.filter((one) => one !== entry)
    }
  }

  advance(ms: number): void {
    const until_ms = this.time_ms + ms
    for (;;) {
      const due = this.waiting.filter((one) => one.at_ms <= until_ms).sort((one, other) => one.at_ms - other.at_ms)[0]
      if (!due) break
      this.waiting = this.waiting.filter((one) => one !== due)
      this.time_ms = Math.max(this.time_ms, due.at_ms)
      due.call()
    }
    this.time_ms = until_ms
  }
}

type Listener = (event: unknown) => void

export class FakeElement {
  className = ''
  textContent = ''
  hidden = false
  title = ''
  dir = ''
  lang = ''
  alt = ''
  dataset: Record<string, string> = {}
  children: FakeElement[] = []
  parent: FakeElement | null = null
  contentWindow: FakeWindow | null = null
  private attributes = new Map<string, string>()
  private listeners = new Map<string, Set<Listener>>()

  constructor(
    readonly ownerDocument: FakePage,
    readonly tagName: string,
  ) {}

  get src(): string {
    return this.getAttribute('src') ?? ''
  }

  set src(url: string) {
    this.setAttribute('src', url)
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value)
    if (name === 'src') this.ownerDocument.requests.push(value)
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name)
  }

  append(...children: FakeElement[]): void {
    for (const child of children) {
      child.parent = this
      this.children.push(child)
    }
  }

  remove(): void {
    if (this.parent) this.parent.children = this.parent.children.filter((one) => one !== this)
    this.parent = null
  }

  addEventListener(name: string, call: Listener): void {
    const known = this.listeners.get(name) ?? new Set()
    this.listeners.set(name, known.add(call))
  }

  removeEventListener(name: string, call: Listener): void {
    this.listeners.get(name)?.delete(call)
  }

  tell(name: string, event: unknown = {}): void {
    for (const call of [...(this.listeners.get(name) ?? [])]) call(event)
  }

  find(className: string): FakeElement | undefined {
    for (const child of this.children) {
      const found = child.className === className ? child : child.find(className)
      if (found) return found
    }
    return undefined
  }
}

export class FakeWindow {
  posted: { message: unknown; origin: string }[] = []

  postMessage(message: unknown, origin: string): void {
    this.posted.push({ message, origin })
  }
}

/** What the network does with an address: plays it, refuses it, or never answers. */
export type Answer = 'plays' | 'fails' | 'silent'

export class FakeVideo extends FakeElement {
  muted = false
  volume = 1
  preload = ''
  playsInline = false
  disablePictureInPicture = false
  paused = true
  ended = false
  seeking = false
  readyState = 0
  duration = NaN
  loads = 0
  plays = 0
  rates: number[] = []
  seeks: number[] = []
  seekable = { length: 1, start: () => 0, end: () => 600 }
  /** WebKit's: the instant at which the stream's time began; then it plays HLS by itself. */
  getStartDate?: () => Date
  /** Its quartz runs this much faster than the clock's. */
  drift = 0
  /** From being told to play to moving. */
  startsAfter_ms = 0
  private movesFrom_ms = 0
  private speed = 1
  private at_s = 0
  private since_ms = 0

  get currentTime(): number {
    this.settle()
    return this.at_s
  }

  set currentTime(position_s: number) {
    this.settle()
    this.seeks.push(position_s)
    this.at_s = position_s
    this.seeking = true
    this.ownerDocument.timers.after(120, () => {
      this.settle()
      this.seeking = false
      this.tell('seeked')
    })
  }

  get playbackRate(): number {
    return this.speed
  }

  set playbackRate(rate: number) {
    this.settle()
    this.speed = rate
    this.rates.push(rate)
  }

  load(): void {
    this.loads += 1
    this.paused = true
    this.readyState = 0
    this.at_s = 0
    const { src } = this
    if (!src) return
    this.ownerDocument.timers.after(80, () => {
      if (src !== this.src) return
      const answer = this.ownerDocument.answers[src] ?? 'plays'
      if (answer === 'fails') this.tell('error')
      if (answer !== 'plays') return
      this.duration = 600
      this.readyState = 1
      this.tell('loadedmetadata')
      this.readyState = 4
      this.tell('loadeddata')
    })
  }

  play(): Promise<void> {
    this.plays += 1
    if (!this.ownerDocument.pressed && !this.muted) {
      return Promise.reject(new DOMException('no press', 'NotAllowedError'))
    }
    this.settle()
    if (this.paused) this.movesFrom_ms = this.ownerDocument.timers.now() + this.startsAfter_ms
    this.paused = false
    if (this.readyState >= 3) this.tell('playing')
    return Promise.resolve()
  }

  pause(): void {
    this.settle()
    this.paused = true
  }

  canPlayType(): string {
    return this.getStartDate ? 'maybe' : ''
  }

  /** No more data comes. */
  starve(): void {
    this.settle()
    this.readyState = 2
  }

  private settle(): void {
    const now = this.ownerDocument.timers.now()
    if (!this.paused && !this.seeking && this.readyState >= 3) {
      const from_ms = Math.max(this.since_ms, this.movesFrom_ms)
      if (now > from_ms) this.at_s += ((now - from_ms) / 1000) * this.speed * (1 + this.drift)
    }
    this.since_ms = now
  }
}

export class FakePage {
  readonly baseURI = 'https://ceremony.example/c/27-january'
  readonly requests: string[] = []
  answers: Record<string, Answer> = {}
  hidden = false
  pressed = true
  video!: FakeVideo
  readonly defaultView: FakeElement & { navigator: { languages: string[] } }
  private readonly listeners: FakeElement

  constructor(readonly timers: FakeTimers) {
    this.listeners = new FakeElement(this, 'document')
    this.defaultView = Object.assign(new FakeElement(this, 'window'), { navigator: { languages: ['en-GB'] } })
  }

  createElement(name: string): FakeElement {
    if (name === 'video') return (this.video = new FakeVideo(this, name))
    const made = new FakeElement(this, name)
    if (name === 'iframe') made.contentWindow = new FakeWindow()
    return made
  }

  addEventListener(name: string, call: Listener): void {
    this.listeners.addEventListener(name, call)
  }

  removeEventListener(name: string, call: Listener): void {
    this.listeners.removeEventListener(name, call)
  }
}

/** Lets promises that are settled already call back. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
}
