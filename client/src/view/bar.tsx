// The three controls, always in the same place: Sound, Ask to speak, Help. During a silence, Sound alone.
import type { ComponentChildren } from 'preact'
import { t } from '../text/messages'
import { Icon } from './icons'
import { severalSaid, windowSaid } from './elsewhere'
import { soundOf, toggleSound, turnOn } from './hearing'
import { Several } from './later'
import { ownEntry, placeSaid, waitSaid } from './myturn'
import { usePage } from './page'
import { prefs } from './prefs'
import { useQuiet } from './quiet'
import { open, openSheet } from './sheet'

export function Bar({ speaking }: { speaking: boolean }) {
  return (
    <nav class="bar" aria-label={t('Sound and help')} data-count={speaking ? 3 : 2}>
      <SoundButton />
      {speaking && (
        <Unseen>
          <AskButton />
        </Unseen>
      )}
      <Unseen>
        <HelpButton />
      </Unseen>
    </nav>
  )
}

/** Keeps its place during a silence, but is not there. */
function Unseen({ children }: { children: ComponentChildren }) {
  const { calm } = usePage()
  return (
    <div class="bar-place" {...useQuiet(calm.value)}>
      {children}
    </div>
  )
}

function SoundButton() {
  const { session } = usePage()
  const running = soundOf(session).value === 'running' && !windowSaid.value
  const on = running && !prefs.value.muted
  const word = !running ? t('Turn sound on') : on ? t('Sound is on') : t('Sound is off')
  return (
    <button class="bar-button" type="button" data-sound={on ? 'on' : 'off'} onClick={() => toggleSound(session)}>
      <Icon name={on ? 'sound' : 'muted'} />
      <span>{word}</span>
    </button>
  )
}

function AskButton() {
  const page = usePage()
  const live = page.live.value
  const own = ownEntry(live)
  const wait = own === null ? '' : waitSaid(live, own, page.now_s.value * 1000)
  return (
    <button
      class="bar-button"
      type="button"
      aria-expanded={open.value === 'speak'}
      data-asked={own === null ? undefined : ''}
      onClick={() => !page.calm.peek() && openSheet('speak')}
    >
      <Icon name="speak" />
      <span>
        {own === null ? t('Ask to speak') : placeSaid(live, own)}
        {wait !== '' && <small>{wait}</small>}
      </span>
    </button>
  )
}

function HelpButton() {
  const page = usePage()
  return (
    <button
      class="bar-button"
      type="button"
      aria-expanded={open.value === 'help'}
      onClick={() => !page.calm.peek() && openSheet('help')}
    >
      <Icon name="help" />
      <span>{t('Help')}</span>
    </button>
  )
}

/** One large button while nothing can be heard; in a silence the one in the bar must do. */
export function SoundCall({ word }: { word: string }) {
  const { session, calm } = usePage()
  const missing = soundOf(session).value !== 'running'
  const quiet = useQuiet(calm.value)
  return (
    <div class="sound-call" {...quiet}>
      {severalSaid.value ? (
        <Several />
      ) : missing ? (
        <button class="button" type="button" data-main onClick={() => turnOn(session)}>
          <Icon name="sound" />
          {word}
        </button>
      ) : null}
    </div>
  )
}
