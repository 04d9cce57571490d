// Several windows, or devices, of one person: said plainly, with one press that brings the sound here.
import { t } from '../text/messages'
import { saidOfDevices, takeHere, understand, windowSaid } from './elsewhere'
import { usePage } from './page'

export function Several() {
  const { session } = usePage()
  if (windowSaid.value) {
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
      <button class="button is-second" type="button" onClick={understand}>
        {t('Understood')}
      </button>
    </div>
  )
}
