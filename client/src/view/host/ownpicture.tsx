// The host's own picture beside the speaker's: shown and hidden by one press, with the devices that make it.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Choice as Apparatus } from '../../stage/devices'
import { localStorageOrNull } from '../../storage'
import { t } from '../../text/messages'
import type { Guest, OnDeck } from '../../wire'
import { Face } from '../stage/face'
import { backstageOf } from './backstage'
import { Press } from './controls'
import type { Desk } from './desk'
import { doorName } from './door'
import { Choice, Field, Form } from './fields'
import { initials, troubleSaid } from './stagewords'

type Device = OnDeck['camera']

const STORED = 'memorata.console.stage_name'

/** The name that everybody reads; asked once, for the one at the door is between hosts. */
const name = signal('')

/** What waits for a name; null for nothing. */
const asked = signal<{ picture: boolean } | null>(null)
const opening = signal(false)
const devices = signal(false)

/** The host as a guest on the stage; null while they are not on it. */
export function ownGuest(desk: Desk): Guest | null {
  const id = desk.live.value.you?.participant.id
  return id === undefined ? null : (desk.state.value.stage.guests.find((guest) => guest.participant_id === id) ?? null)
}

export function OwnPicture({ desk }: { desk: Desk }) {
  const guest = ownGuest(desk)
  if (!desk.conducts.value) return null
  return (
    <section class="h-own" aria-label={t('My own picture')}>
      {asked.value !== null && guest === null && <NameForm desk={desk} wanted={asked.value} />}
      {guest === null ? (
        asked.value === null && (
          <div class="h-buttons">
            <Press desk={desk} disabled={opening.value} onPress={() => begin(desk, { picture: true })}>
              {opening.value ? t('Opening the camera…') : t('Show my picture')}
            </Press>
            <ShowSound desk={desk} quiet />
          </div>
        )
      ) : (
        <Shown desk={desk} guest={guest} />
      )}
      <Trouble desk={desk} />
    </section>
  )
}

/** Opens the microphone alone, as for somebody on the telephone. */
export function ShowSound({ desk, quiet }: { desk: Desk; quiet?: boolean }) {
  return (
    <Press desk={desk} kind={quiet === true ? 'quiet' : 'main'} disabled={opening.value} onPress={() => begin(desk, { picture: false })}>
      {t('Only my voice')}
    </Press>
  )
}

function NameForm({ desk, wanted }: { desk: Desk; wanted: { picture: boolean } }) {
  return (
    <Form label={t('My own picture')} onSend={() => name.peek().trim() !== '' && void show(desk, wanted)}>
      <Field label={t('Your name, for everybody to read')} value={name.value} most={60} required onValue={(value) => (name.value = value)} />
      <div class="h-buttons">
        <button type="submit" class="h-press is-main" aria-disabled={desk.calm.value ? 'true' : undefined}>
          {wanted.picture ? t('Show my picture') : t('Only my voice')}
        </button>
        <button type="button" class="h-press is-quiet" onClick={() => (asked.value = null)}>
          {t('Cancel')}
        </button>
      </div>
    </Form>
  )
}

function begin(desk: Desk, wanted: { picture: boolean }): void {
  const known = localStorageOrNull()?.getItem(STORED) ?? ''
  name.value = known || name.peek() || doorName()
  if (known === '') asked.value = wanted
  else void show(desk, wanted)
}

/** In the press: a browser asks for devices nowhere else. Nobody is invited whose devices did not open. */
async function show(desk: Desk, wanted: { picture: boolean }): Promise<void> {
  const id = desk.live.peek().you?.participant.id
  if (opening.peek() || desk.calm.peek() || id === undefined) return
  const backstage = backstageOf(desk)
  const given = name.peek().trim()
  try {
    localStorageOrNull()?.setItem(STORED, given)
  } catch {
    // Asked again another time.
  }
  asked.value = null
  opening.value = true
  try {
    await backstage.open(wanted)
    const { camera, microphone } = backstage.own.peek()
    if (camera !== 'on' && microphone !== 'on') return
    const ack = await desk.act('stage.invite', { participant_id: id, name: given })
    if (ack.ok) backstage.send()
    else backstage.close()
  } finally {
    opening.value = false
  }
}

async function hide(desk: Desk, key: string): Promise<void> {
  const ack = await desk.act('stage.dismiss', { key })
  if (ack.ok) backstageOf(desk).close()
}

function Shown({ desk, guest }: { desk: Desk; guest: Guest }) {
  const backstage = backstageOf(desk)
  const { camera, microphone, picture, muted } = backstage.own.value
  const closed = camera !== 'on' && microphone !== 'on'
  return (
    <>
      <div class="h-ownrow">
        <div class="h-face" role="img" aria-label={t('My own picture')}>
          <span aria-hidden="true">{initials(guest.name)}</span>
          <Face stream={desk.calm.value ? null : picture} mirrored />
        </div>
        <div class="h-ownsaid">
          <p class="h-who">
            <b dir="auto">{guest.name}</b>
            <span class="h-state">{t('you')}</span>
          </p>
          <p>{ownWords(desk, camera, microphone, muted)}</p>
          <div class="h-levelrow">
            {microphone === 'on' && !desk.calm.value && <Level desk={desk} muted={muted} />}
            <button type="button" class="h-press is-quiet" aria-expanded={devices.value} onClick={() => (devices.value = !devices.value)}>
              {t('Devices')}
            </button>
          </div>
        </div>
      </div>
      <div class="h-buttons">
        {closed && !desk.calm.value && (
          <Press desk={desk} kind="main" disabled={opening.value} onPress={() => void backstage.open({ picture: true }).then(() => backstage.send())}>
            {t('Open camera and microphone')}
          </Press>
        )}
        {microphone === 'on' && (
          <Press desk={desk} pressed={!muted} onPress={() => backstage.mute(!muted)}>
            {muted ? t('My microphone is off') : t('My microphone is on')}
          </Press>
        )}
        <Press desk={desk} onPress={() => void hide(desk, guest.key)}>
          {t('Leave the stage')}
        </Press>
      </div>
      {devices.value && <Devices desk={desk} />}
    </>
  )
}

function ownWords(desk: Desk, camera: Device, microphone: Device, muted: boolean): string {
  if (desk.calm.value) return t('In the silence nobody is seen or heard.')
  if (desk.state.value.progress.holding_since_ms !== null) return t('Nobody sees you: the holding picture is shown.')
  const heard = microphone === 'on' && !muted
  if (camera === 'on') return heard ? t('Everybody sees and hears you') : t('Everybody sees you; nobody hears you')
  if (heard) return t('Everybody hears you')
  return microphone === 'on' ? t('Nobody hears you') : t('Your camera and microphone are closed')
}

function Level({ desk, muted }: { desk: Desk; muted: boolean }) {
  const loud = muted ? 0 : backstageOf(desk).level.value
  return (
    <div class="h-level" role="img" aria-label={t('How loud you are')}>
      <span style={{ inlineSize: `${Math.round(Math.min(1, loud) * 100)}%` }} />
    </div>
  )
}

function Devices({ desk }: { desk: Desk }) {
  const backstage = backstageOf(desk)
  const { cameras, microphones, camera, microphone } = backstage.choices.value
  useEffect(() => void backstage.lookForDevices(), [backstage])
  return (
    <div class="h-form">
      <DeviceChoice label={t('Camera')} all={cameras} chosen={camera} onChoose={(id) => void backstage.choose('camera', id)} />
      <DeviceChoice label={t('Microphone')} all={microphones} chosen={microphone} onChoose={(id) => void backstage.choose('microphone', id)} />
    </div>
  )
}

function DeviceChoice({ label, all, chosen, onChoose }: { label: string; all: Apparatus[]; chosen: string; onChoose: (id: string) => void }) {
  const named = all.map(({ id, name }, at) => [id, name || t('Device {n}', { n: at + 1 })] as const)
  const isKnown = all.some(({ id }) => id === chosen)
  return <Choice label={label} value={isKnown ? chosen : ''} options={isKnown ? named : [['', t('As the browser chooses')], ...named]} onValue={onChoose} />
}

/** Why no picture came of the press, and what to do. */
function Trouble({ desk }: { desk: Desk }) {
  const own = backstageOf(desk).own.value
  const words = desk.calm.value ? '' : own.elsewhere ? t('You are on the stage in another window.') : troubleSaid(own)
  return <div class="h-status" role="status">{words !== '' && <p class="h-trouble">{words}</p>}</div>
}
