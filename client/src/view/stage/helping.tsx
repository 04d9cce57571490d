// For whoever sits beside the speaker: the devices to choose from, how loud it is, an echo, and what will happen next.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Echo } from '../../stage/echo'
import type { Onstage, OnstageState } from '../../stage/onstage'
import { t } from '../../text/messages'
import { closeSheet, Sheet } from '../sheet'
import { ChoiceOfDevices } from './choosing'
import { Heard } from './deck'
import { Amiss, Asking, CallUs, isReady, Loudness, Mirror, VoiceOnly } from './trying'

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
              <Asking state={state} />
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
          <VoiceOnly core={core} state={state} />
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
