// Lets this console record what it receives, when the server chooses it: where pages reach each other somebody has to.
import { effect } from '@preact/signals'
import { recordsFor } from '../../stage/recording'
import { onLineBack } from '../live'
import { stageOf } from '../stage/attend'
import type { Desk } from './desk'

export function recordHere(desk: Desk): void {
  const { session, live, calm } = desk
  const attended = stageOf(session)

  /** What comes by a feed, or goes out from here by it. */
  function streamOf(feed: string): MediaStream | null {
    const { core } = attended
    if (core === null) {
      void attended.need()
      return null
    }
    const own = core.state.people.some((one) => one.own && one.person.feed === feed)
    if (own) return new MediaStream([core.devices.audio, core.devices.video].filter((track) => track !== null))
    const coming = core.links.incoming().filter((one) => one.feed === feed && !one.broken)
    return (coming.find((one) => !one.old) ?? coming[0])?.stream ?? null
  }

  const recorder = recordsFor(session, streamOf)
  effect(() => recorder.setCalm(calm.value))
  onLineBack(live, () => recorder.onLineBack())
}
