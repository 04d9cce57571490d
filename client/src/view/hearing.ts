// Whether the page can be heard, as signals for drawing; and the one press that brings sound back.
import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { Session } from '../session'
import type { SoundState } from '../sound'
import { primePlayer } from './broadcast'
import { viewOf } from './page'
import { elsewhere, prefs, setPref } from './prefs'

const states = new WeakMap<Session, Signal<SoundState>>()

export function soundOf(session: Session): ReadonlySignal<SoundState> {
  const known = states.get(session)
  if (known !== undefined) return known
  const state = signal(session.sound.state)
  session.sound.onState((next) => (state.value = next))
  states.set(session, state)
  return state
}

/** To be called in a press: sound on again, whatever had turned it off; with a tone, but for a silence. */
export function turnOn(session: Session): void {
  setPref({ muted: false })
  session.here.take()
  primePlayer()
  const { live, calm } = viewOf(session)
  // A watcher's one press is this one.
  if (!live.peek().entered) void session.enter({}).then(() => toneOnEntering(session))
  else void session.unlock(!calm.peek())
}

/** The soft tone after entering, as soon as it is known that no silence is kept. */
export function toneOnEntering(session: Session): void {
  const { live, calm } = viewOf(session)
  const end = effect(() => {
    if (live.value.state === null || soundOf(session).value !== 'running') return
    if (!calm.peek()) session.sound.checkTone()
    queueMicrotask(() => end())
  })
}

/** To be called in a press: on when it could not be heard, else off, else on. */
export function toggleSound(session: Session): void {
  if (soundOf(session).peek() !== 'running' || elsewhere.peek()) return turnOn(session)
  const muted = !prefs.peek().muted
  setPref({ muted })
  if (!muted) primePlayer()
}
