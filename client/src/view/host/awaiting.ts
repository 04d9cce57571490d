// How much waits for moderators, for the badge on the tab; it keeps still during a silence.
import { effect, signal, type ReadonlySignal } from '@preact/signals'
import type { WaitingHint, WaitingPage } from '../../wire'
import type { Desk } from './desk'

const total = signal(0)

/** Entries at the door, names and words held. */
export const awaiting: ReadonlySignal<number> = total

export function watchWaiting(desk: Desk): void {
  const take = ({ counts }: Pick<WaitingHint, 'counts'>) => (total.value = counts.door + counts.names + counts.wishes)
  desk.session.on('waiting_changed', (hint: WaitingHint) => {
    if (!desk.calm.peek()) take(hint)
  })
  // At first, after each lost line and each silence.
  effect(() => {
    if (desk.live.value.link !== 'live' || desk.calm.value) return
    void desk.session.ask<WaitingPage>('waiting', { after: null, only: 'out' }).then((page) => {
      if (page?.ok === true) take(page)
    })
  })
}
