// How this page fares, told to the server: fetched once the page is in, since nothing that is shown hangs on it.
import type { Core } from './core'
import { createLateness } from './lateness'
import { createReporter, stepBound_ms } from './reporting'
import type { Report } from './wire'

export interface Reports {
  /** To be called when the line is there, at first and again. */
  joined(): void
  /** A message has come that was sent at `sent_ms`, server time. */
  came(sent_ms: number): void
  /** To be called about once a second, and whenever the page gets a turn. */
  turn(): void
}

/** `live`: whether there is a line to tell it by. */
export function createReports(core: Core, live: () => boolean, send: (report: Report) => void): Reports {
  const lateness = createLateness({
    serverNow: () => core.now(),
    bound_ms: () => core.estimator.deviation_ms(performance.now()) * 2,
  })
  const reporter = createReporter({
    read: () => ({
      bound_ms: stepBound_ms(core.estimator, core.sound, performance.now()),
      sound: core.sound.state === 'running' ? (core.sound.muted ? 'muted' : 'running') : 'locked',
      picture: true,
    }),
    lag_ms: () => lateness.take(),
    send,
  })
  return {
    joined: () => reporter.joined(),
    came: (sent_ms) => lateness.note(sent_ms),
    turn() {
      lateness.alive()
      // A window that leaves the sound to another knows nothing of how its person hears.
      if (live() && !core.here.elsewhere) reporter.tick()
    },
  }
}
