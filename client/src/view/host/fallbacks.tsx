// What a host does in one press when a line fails: the speaker by telephone, or the recorded version.
import { t } from '../../text/messages'
import { recordedAt, standIn } from '../../stage/rule'
import type { FloorEntry } from '../../wire'
import { Press } from './controls'
import type { Desk } from './desk'

/** Of one who is called or speaks. */
export function ByTelephone({ desk, entry, kind = 'plain' }: { desk: Desk; entry: FloorEntry; kind?: 'plain' | 'quiet' }) {
  if (!desk.conducts.value || !['next', 'ready', 'speaking'].includes(entry.state)) return null
  const set = (on: boolean) => void desk.act('stage.by_telephone', { entry_id: entry.id, on })
  if (entry.via !== 'telephone') {
    return (
      <Press desk={desk} kind={kind} label={`${t('By telephone')}: ${entry.name}`} onPress={() => set(true)}>
        {t('By telephone')}
      </Press>
    )
  }
  // Whoever was entered by a host has no screen to go back to.
  if (entry.participant_id === null) return null
  return (
    <Press desk={desk} kind={kind} label={`${t('By their own screen again')}: ${entry.name}`} onPress={() => set(false)}>
      {t('By their own screen again')}
    </Press>
  )
}

/** Of what is live now; nothing where there is no recorded version. */
export function Recorded({ desk, kind = 'plain' }: { desk: Desk; kind?: 'plain' | 'quiet' }) {
  const shown = desk.shown.value
  const { item, step } = shown
  if (!desk.conducts.value || item === null || standIn(item, step) === null) return null
  const aimed = { aimed_cue: desk.state.value.progress.cues, aimed_step: step }
  return recordedAt(desk.state.value.stage, shown) === null ? (
    <Press desk={desk} kind={kind} onPress={() => void desk.act('stage.play_recorded', aimed)}>
      {t('Play the recorded version')}
    </Press>
  ) : (
    <Press desk={desk} kind="main" onPress={() => void desk.act('stage.show_live', aimed)}>
      {t('Back to the living voice')}
    </Press>
  )
}
