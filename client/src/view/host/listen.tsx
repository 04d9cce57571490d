// Whether the host hears the stage here. The page plays each voice once, whatever is drawn of it; all pictures are mute.
import { t } from '../../text/messages'
import { stageSound } from '../stage/attend'
import { backstageOf } from './backstage'
import { Press } from './controls'
import type { Desk } from './desk'

export function Listen({ desk }: { desk: Desk }) {
  if (desk.calm.value) return null
  const backstage = backstageOf(desk)
  const heard = stageSound.value !== false && !backstage.blocked.value
  const words = heard ? t('Its sound is on') : t('Its sound is off')
  return (
    <Press
      desk={desk}
      kind="quiet"
      always
      label={`${t('On the stage')}: ${words}`}
      onPress={() => {
        stageSound.value = !heard
        if (!heard) backstage.prime()
      }}
    >
      {words}
    </Press>
  )
}
