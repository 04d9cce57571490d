// Guests beside the floor: a host brings somebody onto the stage from the names of those who are here.
import { signal } from '@preact/signals'
import { t } from '../../text/messages'
import type { RosterRow } from '../../wire'
import { Press } from './controls'
import type { Desk } from './desk'
import { Field, Form } from './fields'

/** Somebody without a name, whose name for the stage is asked. */
const naming = signal<{ id: string; name: string } | null>(null)

/** By which name somebody is on the stage; empty for those who are not. */
export function onStageAs(desk: Desk, row: RosterRow): string {
  const guest = desk.state.value.stage.guests.find((one) => one.participant_id !== null && one.participant_id === row.participant_id)
  if (guest === undefined) return ''
  return guest.name === row.name ? t('on the stage') : t('on the stage as {name}', { name: guest.name })
}

export function OntoStage({ desk, row }: { desk: Desk; row: RosterRow }) {
  const id = row.participant_id
  if (!desk.conducts.value || id === undefined || id === desk.live.value.you?.participant.id) return null
  const guest = desk.state.value.stage.guests.find((one) => one.participant_id === id)
  if (guest !== undefined) {
    return (
      <Press desk={desk} kind="quiet" label={`${t('From the stage')}: ${guest.name}`} onPress={() => void desk.act('stage.dismiss', { key: guest.key })}>
        {t('From the stage')}
      </Press>
    )
  }
  if (!row.online || row.name_state === 'hidden') return null
  const invite = async (name: string) => {
    const ack = await desk.act('stage.invite', { participant_id: id, name, community: row.community, country: row.country })
    if (ack.ok && naming.peek()?.id === id) naming.value = null
  }
  if (naming.value?.id === id) {
    const given = naming.value.name
    return (
      <Form label={t('Onto the stage')} onSend={() => given.trim() !== '' && !desk.calm.peek() && void invite(given.trim())}>
        <Field label={t('Name, for everybody to read')} value={given} most={60} required onValue={(name) => (naming.value = { id, name })} />
        <div class="h-buttons">
          <button type="submit" class="h-press is-main" aria-disabled={desk.calm.value ? 'true' : undefined}>
            {t('Onto the stage')}
          </button>
          <button type="button" class="h-press is-quiet" onClick={() => (naming.value = null)}>
            {t('Cancel')}
          </button>
        </div>
      </Form>
    )
  }
  return (
    <Press
      desk={desk}
      kind="quiet"
      label={`${t('Onto the stage')}: ${row.name || t('without a name')}`}
      onPress={() => (row.name === '' ? (naming.value = { id, name: '' }) : void invite(row.name))}
    >
      {t('Onto the stage')}
    </Press>
  )
}
