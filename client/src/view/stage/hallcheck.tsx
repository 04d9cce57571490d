// Trying the camera and microphone of a hall, before it begins and whenever its helper wants to: seen, heard by the meter, chosen.
import { useState } from 'preact/hooks'
import type { Onstage, OnstageState } from '../../stage/onstage'
import { t } from '../../text/messages'
import { usePage } from '../page'
import { stageOf } from './attend'
import { Flame } from '../flame'
import { ChoiceOfDevices } from './choosing'
import { Face } from './face'
import { Amiss, Loudness } from './trying'

export function HallCheck() {
  const { core, stage } = stageOf(usePage().session)
  const state = stage.value
  if (core === null || state === null) return null
  return (
    <section class="hall-check" aria-labelledby="hall-check-title">
      <h2 id="hall-check-title">{t('Camera and microphone of this hall')}</h2>
      {core.devices.opened ? <Tried core={core} state={state} /> : <Untried core={core} />}
    </section>
  )
}

function Untried({ core }: { core: Onstage }) {
  return (
    <>
      <p class="hint">{t('Please try them now. Nobody sees or hears the hall before its turn comes.')}</p>
      <button class="button" type="button" onClick={() => void core.open()}>
        {t('Try camera and microphone')}
      </button>
    </>
  )
}

function Tried({ core, state }: { core: Onstage; state: OnstageState }) {
  const { camera, microphone, heard } = state.checks
  const isAsking = camera === 'asking' || microphone === 'asking'
  return (
    <>
      <div class="hall-tried">
        <Seen state={state} />
        <div class="hall-heard">
          <Loudness core={core} />
          <p role="status">
            {isAsking
              ? t('Your browser now asks whether this page may use camera and microphone. Please press “Allow”.')
              : microphone !== 'on'
                ? ''
                : heard
                  ? t('The microphone hears the hall.')
                  : t('Please say a few words: the bar should move.')}
          </p>
          <ChoiceOfDevices core={core} state={state} />
        </div>
      </div>
      <Amiss core={core} state={state} />
    </>
  )
}

/** As everybody will see it, and not as in a mirror: banners are to be read. */
function Seen({ state }: { state: OnstageState }) {
  const [isSeen, setSeen] = useState(false)
  return (
    <div class="mirror" data-seen={isSeen || undefined} role="img" aria-label={t('What the camera sees')}>
      <div class="tile-light">
        <Flame />
      </div>
      <Face stream={state.preview} onSeen={setSeen} />
    </div>
  )
}
