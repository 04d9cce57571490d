// One's own turn to speak: told before, asked again, then the words in large letters. Nobody is cut off.
import { useEffect, useRef, useState } from 'preact/hooks'
import { t, tn } from '../text/messages'
import { sessionStorageOrNull } from '../storage'
import type { CommandKind, FloorEntry } from '../wire'
import { announce } from './announcing'
import { ownEntry } from './myturn'
import { usePage } from './page'
import { useQuiet } from './quiet'
import { refusalSaid } from './refusals'
import { stageOf, whole } from './stage/attend'

type OwnCommand = Extract<CommandKind, 'floor.ready' | 'floor.not_now' | 'floor.withdraw' | 'floor.yield'>

export function Turn() {
  const page = usePage()
  const entry = ownEntry(page.live.value)
  const quiet = useQuiet(page.calm.value)
  const [passed, setPassed] = useState('')
  const told = useRef('')
  const state = entry?.state
  const stage = entry === null ? '' : `${entry.id}:${entry.state}:${entry.since_ms}`

  useEffect(() => {
    if (told.current === stage) return
    told.current = stage
    if (page.calm.peek()) return
    if (state === 'next') announce(t('You are next. Please be ready.'))
    if (state === 'speaking') announce(t('You have the floor.'))
    if (state === 'not_here') announce(t('We missed you; we keep your place.'))
  }, [stage, state, page.calm])

  return (
    <div class="turn-place" {...quiet}>
      {entry === null || WAITS.includes(entry.state) ? <Guest /> : null}
      {entry !== null && <Stage entry={entry} passed={passed === stage} onPass={() => setPassed(stage)} />}
    </div>
  )
}

/** Before the next turn somebody may be asked onto the stage beside whoever speaks. */
const WAITS: readonly string[] = ['asked', 'accepted']

function Guest() {
  const views = whole.value
  const { grant } = stageOf(usePage().session)
  return views !== null && grant.value?.level != null && grant.value.key.startsWith('guest-') ? <views.Invited /> : null
}

/** The stage, where this entry is to be seen and heard on it by this page; null where there is none, or not yet. */
function useStage(entry: FloorEntry) {
  const { stage, core } = stageOf(usePage().session)
  const views = whole.value
  if (views === null || core === null || stage.value === null || stage.value.engine === 'off') return null
  return entry.via === 'telephone' ? null : { views, core, state: stage.value }
}

function Stage({ entry, passed, onPass }: { entry: FloorEntry; passed: boolean; onPass: () => void }) {
  const page = usePage()
  const staged = useStage(entry)
  const [fault, setFault] = useState('')
  const send = async (kind: OwnCommand) => {
    setFault('')
    const answer = await page.session.send(kind, { entry_id: entry.id })
    if (!answer.ok) setFault(refusalSaid(answer))
  }
  const said = (
    <p class="fault" role="status">
      {fault}
    </p>
  )
  if (staged !== null && (entry.state === 'next' || entry.state === 'ready')) {
    return <staged.views.Deck entry={entry} send={send} fault={fault} passed={passed} onPass={onPass} />
  }
  switch (entry.state) {
    case 'next':
      return (
        <section class="turn-card" aria-labelledby="turn-title">
          <h2 id="turn-title">{t('You are next. Please be ready.')}</h2>
          <div class="buttons">
            <button class="button" type="button" data-main onClick={() => void send('floor.ready')}>
              {t('I am ready')}
            </button>
            <button class="button" type="button" onClick={() => void send('floor.not_now')}>
              {t('Not now')}
            </button>
          </div>
          {said}
        </section>
      )
    case 'ready':
      return passed ? null : (
        <section class="turn-card" aria-labelledby="turn-title">
          <h2 id="turn-title">{t('Thank you. The host will give you the floor.')}</h2>
          <div class="buttons">
            <button class="button" type="button" onClick={onPass}>
              {t('Good')}
            </button>
            <button class="button" type="button" onClick={() => void send('floor.not_now')}>
              {t('Not now')}
            </button>
          </div>
          {said}
        </section>
      )
    case 'not_here':
      return passed ? null : (
        <section class="turn-card" aria-labelledby="turn-title">
          <h2 id="turn-title">{t('We missed you; we keep your place.')}</h2>
          <div class="buttons">
            <button class="button" type="button" onClick={onPass}>
              {t('Good')}
            </button>
            <button class="button" type="button" onClick={() => void send('floor.withdraw')}>
              {t('Take my request back')}
            </button>
          </div>
          {said}
        </section>
      )
    case 'speaking':
      return <Floor entry={entry} send={send} said={fault} />
    default:
      return null
  }
}

/** Full screen: first the question, then the person's own words. */
function Floor({ entry, send, said }: { entry: FloorEntry; send: (kind: OwnCommand) => Promise<void>; said: string }) {
  const key = `memorata.speaking.${entry.id}.${entry.since_ms}`
  const staged = useStage(entry)
  const [begun, setSpeaks] = useState(sessionStorageOrNull()?.getItem(key) === '1')
  // Whoever was ready is on the stage as soon as they are called: no question stands before what is so already.
  const speaks = begun || (staged !== null && staged.state.willing && staged.core.devices.opened)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [speaks])

  function begin(): void {
    try {
      sessionStorageOrNull()?.setItem(key, '1')
    } catch {
      // After a reload it is asked once more; no harm.
    }
    setSpeaks(true)
    const core = staged?.core
    if (core === undefined) return
    if (!core.devices.opened) void core.open()
    core.setWilling(true)
  }

  function end(kind: OwnCommand): void {
    // At once, whatever the line does.
    staged?.core.stop()
    void send(kind)
  }

  return (
    <section class="floor" data-speaks={speaks || undefined} data-staged={staged !== null || undefined} aria-labelledby="floor-title">
      <h2 id="floor-title" ref={heading} tabIndex={-1}>
        {!speaks
          ? t('You have the floor.')
          : staged !== null
            ? staged.views.speakingSaid(staged.core, staged.state)
            : entry.via === 'telephone'
              ? t('You are heard by telephone.')
              : t('Everybody is listening to you.')}
      </h2>
      {speaks ? (
        <>
          {staged !== null && <staged.views.Speaking core={staged.core} state={staged.state} />}
          <div class="floor-text" tabIndex={0} role="region" aria-label={t('Your text')} dir="auto">
            {entry.text === '' ? <p class="second">{t('Speak slowly. There is no hurry.')}</p> : <p class="own-words">{entry.text}</p>}
          </div>
          <Timer entry={entry} />
          <div class="buttons">
            <button class="button" type="button" data-main onClick={() => end('floor.yield')}>
              {t('I have finished')}
            </button>
          </div>
        </>
      ) : (
        <div class="buttons floor-choice">
          <button class="button" type="button" data-main onClick={begin}>
            {t('Speak now')}
          </button>
          <button class="button" type="button" onClick={() => end('floor.not_now')}>
            {t('Not now')}
          </button>
        </div>
      )}
      <p class="fault" role="status">
        {said}
      </p>
    </section>
  )
}

/** A line that fills slowly; it never turns red and nothing happens at its end. */
function Timer({ entry }: { entry: FloorEntry }) {
  const page = usePage()
  const spoken_ms = Math.max(0, page.now_s.value * 1000 - entry.since_ms)
  const part = Math.min(1, spoken_ms / (entry.slot_s * 1000))
  const left = Math.ceil((entry.slot_s * 1000 - spoken_ms) / 60_000)
  return (
    <div class="timer" role="timer" aria-live="off">
      <div class="timer-line">
        <span style={{ inlineSize: `${(part * 100).toFixed(1)}%` }} />
      </div>
      <p class="second">{left > 0 ? tn('about {n} minute left', 'about {n} minutes left', left) : t('Take the time you need.')}</p>
    </div>
  )
}
