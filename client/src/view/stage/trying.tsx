// Trying camera and microphone: one's own picture, how loud one is, and what to do when something is amiss.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { faultWords } from '../../stage/faults'
import type { Onstage, OnstageState } from '../../stage/onstage'
import { t } from '../../text/messages'
import { Flame } from '../flame'
import { Switch } from '../helppage'
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

/** One's own picture and how loud one is, side by side; what is to be read comes between. */
export function Check({ core, state, children }: { core: Onstage; state: OnstageState; children?: ComponentChildren }) {
  return (
    <div class="deck-check">
      <Mirror state={state} />
      <div class="deck-said">
        {children}
        <Loudness core={core} />
        <VoiceOnly core={core} state={state} />
      </div>
    </div>
  )
}

export function VoiceOnly({ core, state }: { core: Onstage; state: OnstageState }) {
  return (
    <Switch on={state.checks.voiceOnly} onChange={(only) => void core.devices.setVoiceOnly(only)}>
      {t('Only my voice')}
    </Switch>
  )
}

/** While the browser waits for an answer, where to give it. */
export function Asking({ state }: { state: OnstageState }) {
  if (state.checks.microphone !== 'asking') return null
  return <p role="status">{t('Your browser now asks whether this page may use camera and microphone. Please press “Allow”.')}</p>
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
