// The card of somebody whom the host asks onto the stage beside the speaker: nothing is seen or heard of them before they press.
import { t } from '../../text/messages'
import { usePage } from '../page'
import { stageOf } from './attend'
import { RecordingConsent, RecordedNow } from './consent'
import { Amiss, Asking, Check, isReady } from './trying'

export function Invited() {
  const { stage, core } = stageOf(usePage().session)
  const state = stage.value
  if (core === null || state === null || state.grant.level === null) return null
  const tried = core.devices.opened
  const { checks } = state
  return (
    <section class="turn-card deck" aria-labelledby="turn-title">
      <h2 id="turn-title">
        {state.elsewhere
          ? t('You are on the stage by another page of yours.')
          : !state.willing
            ? t('The host asks you onto the stage.')
            : state.sends === 'live'
              ? t('Everybody sees and hears you.')
              : t('One moment')}
      </h2>
      {/* On the stage one sees oneself there. */}
      {tried && isReady(state) && state.sends !== 'live' && <Check core={core} state={state} />}
      <Asking state={state} />
      <Amiss core={core} state={state} />
      {state.grant.recorded ? <RecordedNow /> : tried && !state.willing && isReady(state) && <RecordingConsent />}
      <div class="buttons">
        {!tried && (
          <button class="button" type="button" data-main onClick={() => void core.open()}>
            {t('Try camera and microphone')}
          </button>
        )}
        {tried && !state.willing && isReady(state) && (
          <button class="button" type="button" data-main onClick={() => core.setWilling(true)}>
            {t('Let everybody see and hear me')}
          </button>
        )}
        {state.sends === 'live' && (
          <button class="button" type="button" aria-pressed={checks.voiceOnly} onClick={() => void core.devices.setVoiceOnly(!checks.voiceOnly)}>
            {checks.voiceOnly ? t('With my picture again') : t('Only my voice')}
          </button>
        )}
        {tried && (
          <button class="button" type="button" onClick={() => core.stop()}>
            {state.willing ? t('Leave the stage') : t('Not now')}
          </button>
        )}
      </div>
    </section>
  )
}
