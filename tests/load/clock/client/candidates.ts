/** The ways of knowing the server's time that are compared, each over a line of its own. */
import { createRequire } from 'node:module'
import sync from '@ircam/sync/client/index.js'
import { createEstimator, type Estimator } from '../../../../client/src/clock.ts'
import { startClock, type Plan } from '../../../../client/src/clockrunner.ts'
import { askOver, WATCHERS_PLAN } from '../../../../client/src/watchclock.ts'
import type { Answer, Line, Watching } from './line.ts'
import type { Local } from './local.ts'

export interface Candidate {
  /** Server time now as this candidate would show it; null while it knows nothing. */
  estimate(): number | null
  /** How wrong it says that it may be, ms. */
  bound?(): number
  /** What the page tells its clock, where it has ears for it. */
  tell?(what: 'online'): void
  /** The minute before a silence begins; `until_server_ms` is the silence's first beat. */
  denser?(until_server_ms: number): void
  /** How long each sample took to be taken in, ms. */
  readonly costs_ms?: readonly number[]
  stop(): void
}

/** [t0, t1, t2, t3] as the estimator was given it. */
export type Exchange = readonly [number, number, number, number]

export interface Setting {
  /** Opens a participant's line; a candidate has one line, of one kind. */
  line: () => Line
  watching: () => Watching
  local: Local
  random: () => number
  /** A constant taken off the server's times for those that ask for small ones; it tells nothing of the time. */
  epoch_ms: number
  record: (exchange: Exchange) => void
}

type Ask = Parameters<typeof startClock>[0]['ask']

export type Make = (setting: Setting) => Candidate

function offsetOf(t0: number, answer: Answer): number {
  return (answer.t1 - t0 + (answer.t2 - answer.t3)) / 2
}

/** The product's own: its estimator, its runner, and either way of asking. */
function own(setting: Setting, start: (begin: (ask: Ask, plan?: Partial<Plan>) => void, again: () => void) => void): Candidate {
  const { local, random, record } = setting
  const inner = createEstimator()
  const costs: number[] = []
  const estimator: Estimator = {
    ...inner,
    feed(sample) {
      const before = process.hrtime.bigint()
      const verdict = inner.feed(sample)
      costs.push(Number(process.hrtime.bigint() - before) / 1e6)
      record([sample.t0, sample.t1, sample.t2, sample.t3])
      return verdict
    },
  }
  const page = {
    window: new EventTarget(),
    document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
  }
  let runner: ReturnType<typeof startClock> | null = null
  start(
    (ask, plan) => {
      runner = startClock({ ask, estimator, plan, now: local.now, wall: () => Date.now(), page, random })
    },
    () => runner?.nudge(),
  )
  return {
    estimate() {
      const now = local.now()
      return Number.isFinite(inner.deviation_ms(now)) ? inner.serverNow(now) : null
    },
    bound: () => inner.uncertainty_ms(local.now()),
    tell: (what) => void page.window.dispatchEvent(new Event(what)),
    denser: (until_server_ms) => runner?.denser(until_server_ms),
    costs_ms: costs,
    stop: () => runner?.stop(),
  }
}

/** As client/src/connection.ts and session.ts have it. */
function participant(setting: Setting): Candidate {
  const line = setting.line()
  return own(setting, (begin, again) => {
    let begun = false
    line.onUp(() => {
      if (begun) again()
      else begin((t0) => new Promise((resolve) => line.ask(t0, resolve)))
      begun = true
    })
  })
}

/** As client/src/watching.ts has it. */
function watcher(setting: Setting): Candidate {
  const { address, wire } = setting.watching()
  return own(setting, (begin) => begin(askOver(address, wire), WATCHERS_PLAN))
}

/** The sample of the shortest round trip among the first `count`, 100 ms apart; one is the textbook's single exchange. */
function quickest(count: number): Make {
  return ({ line: open, local }) => {
    const line = open()
    let best = Infinity
    let offset: number | null = null
    let begun = false
    let left = count
    function turn(): void {
      left--
      const t0 = local.now()
      line.ask(t0, (answer) => {
        if (answer === null) {
          // Nobody would be content with nothing.
          if (offset === null && left <= 0) setTimeout(turn, 1000)
          return
        }
        const trip = answer.t3 - t0 - (answer.t2 - answer.t1)
        if (trip >= best) return
        best = trip
        offset = offsetOf(t0, answer)
      })
      if (left > 0) setTimeout(turn, 100)
    }
    line.onUp(() => {
      if (!begun) turn()
      begun = true
    })
    return { estimate: () => (offset === null ? null : local.now() + offset), stop: () => undefined }
  }
}

interface Timesync {
  now(): number
  on(event: 'change', run: () => void): void
  send: (to: string, data: { id: unknown }, timeout_ms: number) => Promise<void>
  receive(from: null, data: { id: unknown; result: number }): void
  destroy(): void
}

const require = createRequire(import.meta.url)

/** Its published browser bundle. Without a `window` it would bring promises of its own, which are half a millisecond late. */
function loadTimesync(): { create(options: object): Timesync } {
  Object.assign(globalThis, { window: { Promise } })
  const loaded = require('timesync/dist/timesync.js') as { create(options: object): Timesync }
  Reflect.deleteProperty(globalThis, 'window')
  return loaded
}

const timesyncLibrary = loadTimesync()

function timesync(options: object): Make {
  return ({ line: open, local }) => {
    const line = open()
    let sync: Timesync | null = null
    let known = false
    line.onUp(() => {
      if (sync !== null) return
      const created = timesyncLibrary.create({ ...options, server: 'memorata', now: local.now })
      created.send = (_to, data, timeout_ms) =>
        new Promise<void>((resolve, reject) => {
          line.ask(
            local.now(),
            (answer) => {
              if (answer === null) {
                reject(new Error('no answer'))
                return
              }
              created.receive(null, { id: data.id, result: (answer.t1 + answer.t2) / 2 })
              resolve()
            },
            timeout_ms,
          )
        })
      created.on('change', () => {
        known = true
      })
      sync = created
    })
    return { estimate: () => (known ? sync!.now() : null), stop: () => sync?.destroy() }
  }
}

function ircam(options: object): Make {
  return ({ line: open, local, epoch_ms }) => {
    const line = open()
    const client = new sync.default(() => local.now() / 1000, options)
    let known = false
    let begun = false
    line.onUp(() => {
      if (begun) return
      begun = true
      let take: (id: number, sent: number, received: number, answered: number) => void = () => undefined
      client.start(
        (id, sent) =>
          line.ask(
            local.now(),
            (answer) => {
              if (answer !== null) take(id, sent, (answer.t1 - epoch_ms) / 1000, (answer.t2 - epoch_ms) / 1000)
            },
            30_000,
          ),
        (given) => {
          take = given
        },
        (report) => {
          known ||= report.status === 'training' || report.status === 'sync'
        },
      )
    })
    return { estimate: () => (known ? client.getSyncTime() * 1000 + epoch_ms : null), stop: () => client.stop() }
  }
}

/** No exchange at all: each message with the server's time is taken as if it had come at once. */
function ticks({ line: open, local }: Setting): Candidate {
  const line = open()
  let offset: number | null = null
  const take = (server_now: number): void => {
    offset = server_now - local.now()
  }
  line.onUp(take)
  line.onBeat(take)
  return { estimate: () => (offset === null ? null : local.now() + offset), stop: () => undefined }
}

export const CANDIDATES: Record<string, Make> = {
  ours: participant,
  'ours, watcher': watcher,
  'one sample': quickest(1),
  'min-RTT of 10': quickest(10),
  timesync: timesync({}),
  'timesync, 2 Hz': timesync({ repeat: 10, delay: 250, interval: 5000 }),
  '@ircam/sync': ircam({}),
  '@ircam/sync, tuned': ircam({
    pingSeriesDelay: { min: 0.25, max: 0.5 },
    longTermDataTrainingDuration: 10,
    longTermDataDuration: 60,
    estimationStability: 500e-6,
  }),
  'server-sent ticks': ticks,
}
