// Adds somebody to the queue who has no screen of their own: on the telephone, beside another person, in a hall.
import { useSignal } from '@preact/signals'
import { WAITING } from '../../floor'
import { t } from '../../text/messages'
import type { FloorEntry } from '../../wire'
import type { Desk } from './desk'
import { Choice, Field, Form, TelephoneField } from './fields'
import { ENTRY_KINDS, VIAS } from './words'

type Kind = FloorEntry['kind']
type Via = FloorEntry['via']

export function AddForm({ desk, onDone }: { desk: Desk; onDone: () => void }) {
  const name = useSignal('')
  const community = useSignal('')
  const country = useSignal('')
  const kind = useSignal<Kind>('memory')
  const via = useSignal<Via>('telephone')
  const telephone = useSignal('')
  const words = useSignal('')
  const note = useSignal('')
  const before = useSignal('')
  const waiting = desk.state.value.floor.entries.filter((entry) => WAITING.includes(entry.state))
  const countries = Object.entries(desk.live.value.boot.countries).sort((a, b) => a[1].localeCompare(b[1]))
  const kinds = (Object.keys(ENTRY_KINDS) as Kind[]).map((key) => [key, t(ENTRY_KINDS[key])] as const)
  const vias = (['telephone', 'beside', 'hall'] as Via[]).map((key) => [key, t(VIAS[key])] as const)

  async function send(): Promise<void> {
    const ack = await desk.act('floor.add', {
      entry_kind: kind.value,
      name: name.value,
      community: community.value,
      country: country.value || null,
      text: words.value,
      via: via.value,
      telephone: via.value === 'telephone' ? telephone.value : '',
      note: note.value,
      // Who stood there may have spoken meanwhile: then the end is the honest place.
      before: waiting.some((entry) => entry.id === before.value) ? before.value : null,
    })
    if (ack.ok) onDone()
  }

  return (
    <Form label={t('Add somebody')} onSend={() => void send()}>
      <Field label={t('Name')} value={name.value} most={60} required onValue={(value) => (name.value = value)} />
      <Field label={t('Community or town')} value={community.value} most={80} onValue={(value) => (community.value = value)} />
      {countries.length > 0 && (
        <Choice
          label={t('Country or region')}
          value={country.value}
          options={[['', t('Not given')], ...countries]}
          onValue={(value) => (country.value = value)}
        />
      )}
      <Choice label={t('How they are heard')} value={via.value} options={vias} onValue={(value) => (via.value = value)} />
      {via.value === 'telephone' && <TelephoneField value={telephone.value} onValue={(value) => (telephone.value = value)} />}
      <Choice label={t('What they bring')} value={kind.value} options={kinds} onValue={(value) => (kind.value = value)} />
      <Field
        label={kind.value === 'poem' ? t('The poem, to read along') : t('What it is about')}
        value={words.value}
        most={4000}
        lines={3}
        onValue={(value) => (words.value = value)}
      />
      <Field label={t('Note for hosts')} value={note.value} most={500} onValue={(value) => (note.value = value)} />
      <Choice
        label={t('Place in the queue')}
        value={before.value}
        options={[['', t('At the end')], ...waiting.map((entry) => [entry.id, t('Before {name}', { name: entry.name })] as const)]}
        onValue={(value) => (before.value = value)}
      />
      <div class="h-buttons">
        <button type="submit" class="h-press is-main" aria-disabled={desk.calm.value ? 'true' : undefined}>
          {t('Add to the queue')}
        </button>
        <button type="button" class="h-press is-quiet" onClick={onDone}>
          {t('Cancel')}
        </button>
      </div>
    </Form>
  )
}
