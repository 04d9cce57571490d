// For whoever sits beside the speaker: the devices to choose from, how loud it is, an echo, and what will happen next.
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Choice, Choices } from '../../stage/devices'
import type { Echo } from '../../stage/echo'
import type { Onstage, OnstageState } from '../../stage/onstage'
import { t } from '../../text/messages'
import { Switch } from '../helppage'
import { closeSheet, Sheet } from '../sheet'
import { Heard } from './deck'
import { Amiss, CallUs, isReady, Loudness, Mirror } from './trying'

export function Helping({ core, state, name }: { core: Onstage; state: OnstageState; name: string }) {
  const { checks } = state
  const tried = core.devices.opened
  return (
    <Sheet title={t('For whoever helps')}>
      <section class="sheet-part helping">
        <Mirror state={state} />
        <div class="helping-said">
          {isReady(state) ? (
            <>
              <Heard heard={checks.heard} name={name} />
              <Loudness core={core} />
            </>
          ) : (
            <>
              {checks.microphone === 'asking' && (
                <p role="status">{t('Your browser now asks whether this page may use camera and microphone. Please press “Allow”.')}</p>
              )}
              {!tried && (
                <button class="button" type="button" data-main onClick={() => void core.open()}>
                  {t('Try camera and microphone')}
                </button>
              )}
            </>
          )}
          <Amiss core={core} state={state} />
        </div>
      </section>
      {tried && (
        <section class="sheet-part">
          <ChoiceOfDevices core={core} state={state} />
          <Switch on={checks.voiceOnly} onChange={(only) => void core.devices.setVoiceOnly(only)}>
            {t('Only my voice')}
          </Switch>
          {isReady(state) && <EchoTest core={core} />}
        </section>
      )}
      <section class="sheet-part">
        <h3>{t('What happens next')}</h3>
        <ol class="helping-next">
          <li>{t('The host says the name and gives the floor. Until then nobody sees or hears you.')}</li>
          <li>{t('Then everybody sees and hears. Speak slowly; there is no hurry, and nobody is cut off.')}</li>
          <li>{t('At the end press “I have finished”. From then on nobody sees or hears you any more.')}</li>
        </ol>
        <p>
          <CallUs />
        </p>
        <div class="buttons">
          <button class="button" type="button" data-main onClick={closeSheet}>
            {t('Back')}
          </button>
        </div>
      </section>
    </Sheet>
  )
}

function ChoiceOfDevices({ core, state }: { core: Onstage; state: OnstageState }) {
  const [choices, setChoices] = useState<Choices | null>(null)
  const { camera, microphone } = state.checks
  useEffect(() => {
    let gone = false
    const look = () => void core.devices.choices().then((found) => !gone && setChoices(found))
    look()
    const stop = core.devices.onPlugged(look)
    return () => {
      gone = true
      stop()
    }
  }, [core, camera, microphone, state.preview])
  if (choices === null) return null
  return (
    <>
      {!state.checks.voiceOnly && (
        <DeviceField
          label={t('Camera')}
          unnamed={(n) => t('Camera {n}', { n })}
          choices={choices.cameras}
          value={choices.camera}
          onChange={(id) => void core.devices.choose('camera', id)}
        />
      )}
      <DeviceField
        label={t('Microphone')}
        unnamed={(n) => t('Microphone {n}', { n })}
        choices={choices.microphones}
        value={choices.microphone}
        onChange={(id) => void core.devices.choose('microphone', id)}
      />
    </>
  )
}

interface DeviceProps {
  label: string
  /** What one is called that has no name. */
  unnamed: (n: number) => string
  choices: Choice[]
  value: string
  onChange: (id: string) => void
}

function DeviceField({ label, unnamed, choices, value, onChange }: DeviceProps) {
  const id = useId()
  if (choices.length === 0) return null
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {choices.map((one, at) => (
          <option key={one.id} value={one.id}>
            {one.name || unnamed(at + 1)}
          </option>
        ))}
      </select>
    </div>
  )
}

/** Says back what was said. */
function EchoTest({ core }: { core: Onstage }) {
  const [step, setStep] = useState<'idle' | 'speak' | 'listen' | 'heard' | 'failed'>('idle')
  const running = useRef<Echo | null>(null)
  useEffect(() => () => running.current?.stop(), [])
  function begin(): void {
    if (step === 'speak' || step === 'listen') return
    const echo = core.devices.echo()
    running.current = echo
    if (echo === null) return setStep('failed')
    setStep('speak')
    echo.onPlaying(() => setStep('listen'))
    echo.done.then(() => setStep('heard')).catch(() => setStep('failed'))
  }
  const said = {
    idle: t('Say something; then you hear it.'),
    speak: t('Speak now …'),
    listen: t('And this is how you sound.'),
    heard: t('If you heard yourself, all is well.'),
    failed: t('That cannot be tried on this device. If the bar moves while you speak, all is well.'),
  }[step]
  return (
    <div class="echo">
      <button class="button" type="button" aria-disabled={step === 'speak' || step === 'listen'} onClick={begin}>
        {t('Hear yourself')}
      </button>
      <p role="status">{said}</p>
    </div>
  )
}
