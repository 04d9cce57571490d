// The card of whoever is next to speak: one press tries camera and microphone, and then they are told that they are heard.
import { useEffect, useRef } from 'preact/hooks'
import type { Onstage, OnstageState } from '../../stage/onstage'
import { t } from '../../text/messages'
import type { FloorEntry } from '../../wire'
import { announce } from '../announcing'
import { usePage } from '../page'
import { closeSheet, open, openSheet } from '../sheet'
import { stageOf } from './attend'
import { RecordingConsent } from './consent'
import { Helping } from './helping'
import { Amiss, Asking, Check, isReady } from './trying'

interface Props {
  entry: FloorEntry
  send: (kind: 'floor.ready' | 'floor.not_now') => Promise<void>
  fault: string
  /** Has been ready for a while, and wants to see the ceremony. */
  passed: boolean
  onPass: () => void
}

export function Deck(props: Props) {
  const { stage, core } = stageOf(usePage().session)
  const state = stage.value
  // Whoever is not next any more, or has the floor, has no helper's screen.
  useEffect(
    () => () => {
      if (open.peek() === 'devices') closeSheet()
    },
    [],
  )
  useEffect(() => {
    if (props.entry.state === 'ready') core?.setWilling(true)
  }, [core, props.entry.state])
  if (core === null || state === null) return null
  if (open.value === 'devices') return <Helping core={core} state={state} name={props.entry.name} />
  if (props.passed && props.entry.state === 'ready') return null
  return <Card {...props} core={core} state={state} />
}

function Card({ entry, send, fault, onPass, core, state }: Props & { core: Onstage; state: OnstageState }) {
  const { checks } = state
  const tried = core.devices.opened
  const ready = entry.state === 'ready'
  function beReady(): void {
    // Before the answer: the host may be quicker.
    core.setWilling(true)
    void send('floor.ready')
  }
  function notNow(): void {
    core.stop()
    void send('floor.not_now')
  }
  return (
    <section class="turn-card deck" aria-labelledby="turn-title">
      <h2 id="turn-title">{ready ? t('Thank you. The host will give you the floor.') : t('You are next. Please be ready.')}</h2>
      {tried && isReady(state) && (
        <Check core={core} state={state}>
          <Heard heard={checks.heard} name={entry.name} />
        </Check>
      )}
      <Asking state={state} />
      <Amiss core={core} state={state} />
      {tried && isReady(state) && <RecordingConsent />}
      <div class="buttons">
        {!tried && (
          <button class="button" type="button" data-main onClick={() => void core.open()}>
            {t('Try camera and microphone')}
          </button>
        )}
        {ready ? (
          <button class="button" type="button" onClick={onPass}>
            {t('Good')}
          </button>
        ) : (
          <button class="button" type="button" data-main={tried ? '' : undefined} onClick={beReady}>
            {t('I am ready')}
          </button>
        )}
        <button class="button" type="button" onClick={notNow}>
          {t('Not now')}
        </button>
        <button class="button" type="button" data-quiet onClick={() => openSheet('devices')}>
          {t('Somebody helps me')}
        </button>
      </div>
      <p class="fault" role="status">
        {fault}
      </p>
    </section>
  )
}

/** What a voice at the other end would say. */
export function Heard({ heard, name }: { heard: boolean; name: string }) {
  const said = name === '' ? t('We can hear you. You are next.') : t('We can hear you, {name}. You are next.', { name })
  const told = useRef(false)
  const { calm } = usePage()
  useEffect(() => {
    if (!heard || told.current || calm.peek()) return
    told.current = true
    announce(said)
  }, [heard])
  return <p class="deck-heard">{heard ? said : t('Please say a few words, so that we know we can hear you.')}</p>
}
