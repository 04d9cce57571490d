// Several windows, or devices, of one person: what is to be said of them, and when; in a silence nothing.
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import type { Session } from '../session'
import { primePlayer } from './broadcast'
import { viewOf } from './page'
import { elsewhere, setPref } from './prefs'

/** As it is said: what changes in a silence is said after it. */
const said = signal(false)
/** That another window sounds, as it may be said. */
export const windowSaid: ReadonlySignal<boolean> = said
/** That there is another device. */
export const saidOfDevices = signal(false)
const devices = signal(1)
const understood = signal(false)

export function watchWindows(session: Session): void {
  const { here } = session
  const { calm } = viewOf(session)
  elsewhere.value = here.elsewhere
  here.onChange((next) => (elsewhere.value = next))
  effect(() => {
    if (!elsewhere.value) said.value = false
    else if (!calm.value) said.value = true
  })
  effect(() => {
    const several = devices.value > 1 && !understood.value
    if (!calm.value) saidOfDevices.value = several
  })
  session.on('devices', (told: { browsers: number }) => {
    if (told.browsers !== devices.peek()) understood.value = false
    devices.value = told.browsers
  })
}

/** Nothing more is to be said of the devices there are. */
export function understand(): void {
  understood.value = true
}

/** To be called in a press: this is the window that is used. */
export function takeHere(session: Session): void {
  setPref({ muted: false })
  primePlayer()
  session.here.take()
  void session.unlock(false)
}

/** Whether there is something to say, and the sound button of this page has to give way to it. */
export const severalSaid: ReadonlySignal<boolean> = computed(() => said.value || saidOfDevices.value)
