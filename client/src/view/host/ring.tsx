// Whom a host rings up now, and what to do while somebody speaks by telephone: the host's speakerphone is the way in.
import { signal } from '@preact/signals'
import { t } from '../../text/messages'
import type { FloorEntry } from '../../wire'
import { Telephone } from '../telephone'
import { backstageOf } from './backstage'
import { copied } from './clipboard'
import { Press } from './controls'
import type { Desk } from './desk'
import { Form, Field } from './fields'
import { ownGuest, ShowSound } from './ownpicture'
import { telephoneNow } from './stagewords'

const last = signal('')
const typed = signal<{ entry: string; number: string }>({ entry: '', number: '' })

/** In the stage column: everybody who is to be rung up, or speaks by telephone. */
export function Rings({ desk }: { desk: Desk }) {
  const entries = desk.state.value.floor.entries.filter((entry) => telephoneNow(entry) !== null)
  return (
    <>
      {entries.map((entry) => (
        <Ring key={entry.id} desk={desk} entry={entry} />
      ))}
    </>
  )
}

/** With `brief` the microphone is told of, and turned on elsewhere. */
export function Ring({ desk, entry, brief }: { desk: Desk; entry: FloorEntry; brief?: boolean }) {
  const now = telephoneNow(entry)
  if (now === null || desk.calm.value) return null
  return (
    <div class="h-ring" role="group" aria-label={`${t('By telephone')}: ${entry.name}`}>
      {now === 'ring' ? (
        <p class="h-ringnow">{t('Ring {name} now:', { name: entry.name })}</p>
      ) : (
        <p class="h-ringnow">{t('{name} speaks by telephone', { name: entry.name })}</p>
      )}
      {entry.telephone === '' ? <NoNumber desk={desk} entry={entry} /> : <Number desk={desk} entry={entry} />}
      <p>{t('Your telephone on loudspeaker, close to your microphone: your microphone must be on.')}</p>
      <OwnMicrophone desk={desk} brief={brief === true} />
    </div>
  )
}

function Number({ desk, entry }: { desk: Desk; entry: FloorEntry }) {
  const copying = last.value === entry.telephone ? t('Copied') : t('Copy the number')
  return (
    <div class="h-numberline">
      <Telephone number={entry.telephone} class="h-telephone" />
      <Press desk={desk} kind="quiet" always label={`${copying}: ${entry.name}`} onPress={() => void copy(desk, entry.telephone)}>
        {copying}
      </Press>
    </div>
  )
}

async function copy(desk: Desk, number: string): Promise<void> {
  if (await copied(desk, number)) last.value = number
}

/** Taken to the telephone in a hurry: the number goes where it is missed. */
function NoNumber({ desk, entry }: { desk: Desk; entry: FloorEntry }) {
  const number = typed.value.entry === entry.id ? typed.value.number : ''
  return (
    <Form
      label={`${t('Telephone')}: ${entry.name}`}
      onSend={() => {
        if (number.trim() !== '' && !desk.calm.peek()) void desk.act('floor.edit', { entry_id: entry.id, telephone: number.trim() })
      }}
    >
      <Field
        label={t('No number is noted yet. Telephone:')}
        value={number}
        most={40}
        isNumber
        onValue={(value) => (typed.value = { entry: entry.id, number: value })}
      />
      <div class="h-buttons">
        <button type="submit" class="h-press is-quiet" aria-disabled={desk.calm.value ? 'true' : undefined}>
          {t('Note it')}
        </button>
      </div>
    </Form>
  )
}

/** Whether the room at the host's is heard; without it nobody hears the telephone. */
function OwnMicrophone({ desk, brief }: { desk: Desk; brief: boolean }) {
  const backstage = backstageOf(desk)
  const { microphone, muted } = backstage.own.value
  const shown = ownGuest(desk) !== null
  if (desk.state.value.progress.holding_since_ms !== null) return <p class="h-mic is-off">{t('Nobody is heard while the holding picture is shown.')}</p>
  if (shown && microphone === 'on' && !muted) return <p class="h-mic is-on">{t('Your microphone is on: everybody hears it.')}</p>
  return (
    <>
      <p class="h-mic is-off">{shown && microphone === 'on' ? t('Your microphone is muted: nobody hears the telephone.') : t('Your microphone is not open: nobody hears the telephone.')}</p>
      {!brief && (
        <div class="h-buttons">
          {shown && microphone === 'on' ? (
            <Press desk={desk} kind="main" onPress={() => backstage.mute(false)}>
              {t('Turn my microphone on')}
            </Press>
          ) : (
            <ShowSound desk={desk} />
          )}
        </div>
      )}
    </>
  )
}
