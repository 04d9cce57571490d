// Several windows, or devices, of one person: said plainly, with one press that brings the sound here; in a silence nothing.
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import type { Session } from '../session'
import { t } from '../text/messages'
import { primePlayer } from './broadcast'
import { usePage, viewOf } from './page'
import { elsewhere, setPref } from './prefs'

/** As it is said: what changes in a silence is said after it. */
const said = signal(false)
/** That another window sounds, as it may be said. */
export const windowSaid: ReadonlySignal<boolean> = said
const saidOfDevices = signal(false)
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

/** To be called in a press: this is the window that is used. */
export function takeHere(session: Session): void {
  setPref({ muted: false })
  primePlayer()
  session.here.take()
  void session.unlock(false)
}

/** Whether there is something to say, and the sound button of this page has to give way to it. */
export const severalSaid: ReadonlySignal<boolean> = computed(() => said.value || saidOfDevices.value)

export function Several() {
  const { session } = usePage()
  if (said.value) {
    return (
      <div class="several" role="status">
        <p>{t('You are here in another window too. The sound comes from there.')}</p>
        <button class="button" type="button" onClick={() => takeHere(session)}>
          {t('Use this window instead')}
        </button>
      </div>
    )
  }
  if (!saidOfDevices.value) return null
  return (
    <div class="several" role="status">
      <p>{t('You are here on another device too. If both are in one room, turn the sound of one of them off.')}</p>
      <button class="button is-second" type="button" onClick={() => (understood.value = true)}>
        {t('Understood')}
      </button>
    </div>
  )
}
