// Trying the camera and microphone of a hall, before it begins and whenever its helper wants to: seen, heard by the meter, chosen.
import { useEffect, useId, useState } from 'preact/hooks'
import type { Choices } from '../../stage/devices'
import type { Onstage, OnstageState } from '../../stage/onstage'
import { t } from '../../text/messages'
import { usePage } from '../page'
import { stageOf } from './attend'
import { Flame } from '../flame'
import { Face } from './face'
import { Amiss, Loudness } from './trying'

export function HallCheck() {
  const { core, stage } = stageOf(usePage().session)
  const state = stage.value
  if (core === null || state === null) return null
  return (
    <section class="hall-check" aria-labelledby="hall-check-title">
      <h2 id="hall-check-title">{t('Camera and microphone of this hall')}</h2>
      {core.devices.opened ? <Tried core={core} state={state} /> : <Untried core={core} />}
    </section>
  )
}

function Untried({ core }: { core: Onstage }) {
  return (
    <>
      <p class="hint">{t('Please try them now. Nobody sees or hears the hall before its turn comes.')}</p>
      <button class="button" type="button" onClick={() => void core.open()}>
        {t('Try camera and microphone')}
      </button>
    </>
  )
}

function Tried({ core, state }: { core: Onstage; state: OnstageState }) {
  const { camera, microphone, heard } = state.checks
  const isAsking = camera === 'asking' || microphone === 'asking'
  return (
    <>
      <div class="hall-tried">
        <Seen state={state} />
        <div class="hall-heard">
          <Loudness core={core} />
          <p role="status">
            {isAsking
              ? t('Your browser now asks whether this page may use camera and microphone. Please press “Allow”.')
              : microphone !== 'on'
                ? ''
                : heard
                  ? t('The microphone hears the hall.')
                  : t('Please say a few words: the bar should move.')}
          </p>
          <Chosen core={core} state={state} />
        </div>
      </div>
      <Amiss core={core} state={state} />
    </>
  )
}

/** As everybody will see it, and not as in a mirror: banners are to be read. */
function Seen({ state }: { state: OnstageState }) {
  const [isSeen, setSeen] = useState(false)
  return (
    <div class="mirror" data-seen={isSeen || undefined} role="img" aria-label={t('What the camera sees')}>
      <div class="tile-light">
        <Flame />
      </div>
      <Face stream={state.preview} onSeen={setSeen} />
    </div>
  )
}

/** Which devices there are, and which of them are used: asked anew when they change. */
function Chosen({ core, state }: { core: Onstage; state: OnstageState }) {
  const [found, setFound] = useState<Choices | null>(null)
  useEffect(() => {
    let isHere = true
    const ask = () => void core.devices.choices().then((choices) => isHere && setFound(choices))
    ask()
    // Absent where the address is not encrypted, whatever its type says.
    const media = navigator.mediaDevices as MediaDevices | undefined
    media?.addEventListener('devicechange', ask)
    return () => {
      isHere = false
      media?.removeEventListener('devicechange', ask)
    }
  }, [core, state.checks.camera, state.checks.microphone, state.preview])
  if (found === null) return null
  return (
    <>
      <Which label={t('Camera')} of={found.cameras} now={found.camera} onChoose={(id) => void core.devices.choose('camera', id)} />
      <Which label={t('Microphone')} of={found.microphones} now={found.microphone} onChoose={(id) => void core.devices.choose('microphone', id)} />
    </>
  )
}

interface WhichProps {
  label: string
  of: Choices['cameras']
  now: string
  onChoose: (id: string) => void
}

function Which({ label, of, now, onChoose }: WhichProps) {
  const id = useId()
  if (of.length === 0) return null
  return (
    <div class="hall-which">
      <label for={id}>{label}</label>
      <select id={id} value={of.some(({ id }) => id === now) ? now : of[0]?.id} onChange={(event) => onChoose(event.currentTarget.value)}>
        {of.map(({ id, name }, at) => (
          <option key={id} value={id}>
            {name === '' ? t('Number {number}', { number: at + 1 }) : name}
          </option>
        ))}
      </select>
    </div>
  )
}
