// Corrects an entry of the queue: a name misheard on the telephone, a longer time, a note to the other host.
import { useSignal } from '@preact/signals'
import { t } from '../../text/messages'
import type { FloorEntry } from '../../wire'
import type { Desk } from './desk'
import { Choice, Field, Form, TelephoneField } from './fields'
import { length } from './words'

const SLOTS_S = [60, 120, 180, 240, 300, 420, 600]

export function EditForm({ desk, entry, onDone }: { desk: Desk; entry: FloorEntry; onDone: () => void }) {
  const name = useSignal(entry.name)
  const community = useSignal(entry.community)
  const telephone = useSignal(entry.telephone)
  const note = useSignal(entry.note)
  const slot = useSignal(String(entry.slot_s))
  const slots = [...new Set([...SLOTS_S, entry.slot_s])].sort((a, b) => a - b)

  async function send(): Promise<void> {
    const changed = <T,>(value: T, was: T): T | null => (value === was ? null : value)
    const ack = await desk.act('floor.edit', {
      entry_id: entry.id,
      name: changed(name.value, entry.name),
      community: changed(community.value, entry.community),
      telephone: changed(telephone.value, entry.telephone),
      note: changed(note.value, entry.note),
      slot_s: changed(Number(slot.value), entry.slot_s),
    })
    if (ack.ok) onDone()
  }

  return (
    <Form label={`${t('Correct')}: ${entry.name}`} onSend={() => void send()}>
      <Field label={t('Name')} value={name.value} most={60} required onValue={(value) => (name.value = value)} />
      <Field label={t('Community or town')} value={community.value} most={80} onValue={(value) => (community.value = value)} />
      {(entry.via === 'telephone' || entry.telephone !== '') && <TelephoneField value={telephone.value} onValue={(value) => (telephone.value = value)} />}
      <Choice
        label={t('Time offered')}
        value={slot.value}
        options={slots.map((slot_s) => [String(slot_s), length(slot_s * 1000)] as const)}
        onValue={(value) => (slot.value = value)}
      />
      <Field label={t('Note for hosts')} value={note.value} most={500} lines={2} onValue={(value) => (note.value = value)} />
      <div class="h-buttons">
        <button type="submit" class="h-press is-main" aria-disabled={desk.calm.value ? 'true' : undefined}>
          {t('Save')}
        </button>
        <button type="button" class="h-press is-quiet" onClick={onDone}>
          {t('Cancel')}
        </button>
      </div>
    </Form>
  )
}
