// Beside one's own words while one has the floor: whether everybody sees and hears, one's own picture, and whether it is recorded.
import type { Onstage, OnstageState } from '../../stage/onstage'
import { t } from '../../text/messages'
import { refusalSaid } from '../refusals'
import { RecordedNow } from './consent'
import { Amiss, isReady, Mirror } from './trying'

/** What stands above the text: true only when it is true. */
export function speakingSaid(core: Onstage, state: OnstageState): string {
  if (state.elsewhere) return t('You are speaking on another page of yours.')
  if (state.sends === 'live') return t('Everybody hears you.')
  if (!core.devices.opened) return t('You have the floor.')
  if (state.checks.microphone === 'asking') return t('Your browser now asks whether this page may use camera and microphone. Please press “Allow”.')
  if (!isReady(state)) return t('We cannot hear you yet.')
  return state.checks.camera === 'on' ? t('The picture is coming.') : t('One moment')
}

export function Speaking({ core, state }: { core: Onstage; state: OnstageState }) {
  return (
    <div class="speaking">
      {core.devices.opened && <Mirror state={state} small />}
      <div class="speaking-said">
        {state.grant.recorded && <RecordedNow />}
        {state.elsewhere && (
          <button class="button" type="button" onClick={() => void core.open().then(() => core.setWilling(true))}>
            {t('Speak here instead')}
          </button>
        )}
        <Amiss core={core} state={state} />
        {state.refused !== null && <p class="fault">{refusalSaid(state.refused)}</p>}
      </div>
    </div>
  )
}
