// Trying camera and microphone: one's own picture, how loud one is, and what to do when something is amiss.
import { useEffect, useRef, useState } from 'preact/hooks'
import { faultWords } from '../../stage/faults'
import type { Onstage, OnstageState } from '../../stage/onstage'
import { t } from '../../text/messages'
import { Flame } from '../flame'
import { programmeOf, usePage } from '../page'
import { Telephone } from '../telephone'
import { Face } from './face'

/** How loud one is; a picture only, for words say whether one is heard. */
export function Loudness({ core }: { core: Onstage }) {
  const bar = useRef<HTMLSpanElement>(null)
  useEffect(
    () =>
      core.devices.onLevel((level) => {
        if (bar.current !== null) bar.current.style.inlineSize = `${Math.round(level * 100)}%`
      }),
    [core],
  )
  return (
    <div class="loudness" aria-hidden="true">
      <span ref={bar} />
    </div>
  )
}

/** As in a mirror; a light where there is no camera, as everybody will see it then. */
export function Mirror({ state, small }: { state: OnstageState; small?: boolean }) {
  const [seen, setSeen] = useState(false)
  return (
    <div class="mirror" data-small={small || undefined} data-seen={seen || undefined} role="img" aria-label={t('Your own picture')}>
      <div class="tile-light">
        <Flame />
      </div>
      <Face stream={state.preview} mirrored onSeen={setSeen} />
    </div>
  )
}

/** What is amiss, what to do next, and whom to call; nothing where all is well. */
export function Amiss({ core, state }: { core: Onstage; state: OnstageState }) {
  const words = faultWords(state.checks.cameraFault, state.checks.microphoneFault)
  if (words === null) return null
  return (
    <div class="amiss" role="alert">
      <p>
        <strong>{words.what}</strong>
      </p>
      <p>{words.next}</p>
      <div class="buttons">
        <button class="button" type="button" onClick={() => void core.open()}>
          {t('Try again')}
        </button>
        {state.checks.microphoneFault !== null && <CallUs />}
      </div>
    </div>
  )
}

/** The telephone of the ceremony, where it has one. */
export function CallUs() {
  const page = usePage()
  const number = page.live.value.boot.telephone || (programmeOf(page)?.telephone ?? '')
  if (number === '') return null
  return (
    <span class="call-us">
      {t('Or call us:')} <Telephone number={number} />
    </span>
  )
}

/** Whether somebody can be heard already. */
export function isReady({ checks }: OnstageState): boolean {
  return checks.microphone === 'on'
}
