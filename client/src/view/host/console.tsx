// The host console: run of show, what is live, the queue, the audience's picture, and one large button.
import { effect, signal } from '@preact/signals'
import { render } from 'preact'
import { createSession } from '../../session'
import type { Boot } from '../../state'
import { t } from '../../text/messages'
import { OPEN } from '../../floor'
import { viewOf } from '../page'
import { stageSound } from '../stage/attend'
import '../../style/host.css'
import { Conduct, holdOrResume, holdingPicture, pressNext } from './conduct'
import { createDesk, type Desk } from './desk'
import { Door, rememberName } from './door'
import { Halls } from './halls'
import { Invitations } from './invitations'
import { keyAct, keysOn } from './keys'
import { More } from './more'
import { Panels, type Panel } from './panels'
import { People } from './people'
import { Preview, hear } from './preview'
import { Queue } from './queue'
import { recordHere } from './recordhere'
import { mayRecord, Recordings, undecided } from './recordings'
import { Rundown } from './rundown'
import { Stage } from './stage'
import { awaiting, watchWaiting } from './awaiting'
import { MODERATE, Moderating, place } from './moderate'
import { theme } from './theme'
import { TopBar } from './topbar'
import { watchOthers } from './others'
import { Wishes } from './wishes'

/** Three columns from this width on; below it everything is a tab. */
const WIDE = '(min-width: 1080px) and (min-height: 680px)'

const wide = signal(false)
const tab = signal('stage')
const side = signal('queue')

export function start(root: HTMLElement, boot: Boot): void {
  const session = createSession(boot)
  const desk = createDesk(viewOf(session))
  const media = matchMedia(WIDE)
  wide.value = media.matches
  media.addEventListener('change', () => (wide.value = media.matches))
  root.replaceChildren()
  root.classList.add('console')
  effect(() => {
    if (theme.value === 'auto') delete root.dataset['theme']
    else root.dataset['theme'] = theme.value
  })
  rememberName()
  // A host listens to the stage whether or not the sound of the ceremony is on here, unless they turn it off.
  stageSound.value = true
  watchOthers(desk)
  watchWaiting(desk)
  recordHere(desk)
  document.addEventListener('keydown', (event) => onKey(desk, event))
  // After a reload in the middle of a ceremony the console is back without a press; sound waits for one.
  if (session.entered) {
    hear(desk, false)
    session.resume()
  }
  render(<Console desk={desk} />, root)
}

function Console({ desk }: { desk: Desk }) {
  const { entered, link, state } = desk.live.value
  if (!entered) return <Door desk={desk} />
  if (link === 'gone' && desk.live.value.boot.entrance !== undefined) {
    return (
      <div class="h-door">
        <h1>{t('You are signed out')}</h1>
        <p>{t('The ceremony goes on without this console.')}</p>
        <p>
          <a class="h-press is-main" href="/sign-in">
            {t('Sign in')}
          </a>
        </p>
      </div>
    )
  }
  if (link === 'gone') {
    return (
      <div class="h-door">
        <h1>{t('This link is not valid any more')}</h1>
        <p>{t('The ceremony goes on without this console. Please ask the organizer for a new link.')}</p>
      </div>
    )
  }
  if (state === null) return <p class="h-door">{t('Connecting…')}</p>
  if (place.value === MODERATE) return <Moderate desk={desk} />
  return (
    <div class={`h-desk ${wide.value ? 'is-wide' : 'is-narrow'} ${desk.calm.value ? 'is-calm' : ''}`}>
      <TopBar desk={desk} wide={wide.value} />
      {wide.value ? <Columns desk={desk} /> : <Tabs desk={desk} />}
      <div class="h-foot">
        <Notices desk={desk} />
        <Conduct desk={desk} wide={wide.value} />
      </div>
    </div>
  )
}

/** For those who moderate and do not conduct: the list has the page to itself. */
function Moderate({ desk }: { desk: Desk }) {
  return (
    <div class={`h-desk is-narrow ${desk.calm.value ? 'is-calm' : ''}`}>
      <TopBar desk={desk} wide={false} />
      <main class="h-moderate">
        <div class="h-panelhead is-row">
          <h2>{t('Moderating')}</h2>
          <a class="h-press is-quiet" href="#">
            {t('To the console')}
          </a>
        </div>
        <Moderating desk={desk} whole />
      </main>
      <div class="h-foot">
        <Notices desk={desk} />
      </div>
    </div>
  )
}

function Columns({ desk }: { desk: Desk }) {
  return (
    <div class="h-columns">
      <section class="h-column is-left" aria-label={t('Run of show')} tabIndex={0}>
        <Rundown desk={desk} />
      </section>
      <section class="h-column is-middle" aria-label={t('Now')} tabIndex={0}>
        <Stage desk={desk} />
      </section>
      <section class="h-column is-right" aria-label={t('Audience')}>
        <Preview desk={desk} />
        <Panels label={t('Queue, words, people')} panels={sidePanels(desk)} chosen={side} />
      </section>
    </div>
  )
}

function Tabs({ desk }: { desk: Desk }) {
  const panels: Panel[] = [
    { id: 'stage', words: t('Now'), waiting: 0, draw: () => <Stage desk={desk} /> },
    { id: 'rundown', words: t('Programme'), waiting: 0, draw: () => <Rundown desk={desk} /> },
    ...sidePanels(desk),
    { id: 'preview', words: t('Picture'), waiting: 0, draw: () => <Preview desk={desk} /> },
  ]
  return <Panels label={t('Parts of the console')} panels={panels} chosen={tab} />
}

function sidePanels(desk: Desk): Panel[] {
  const { floor, tributes } = desk.state.value
  const asking = floor.entries.filter((entry) => OPEN.includes(entry.state) && entry.state !== 'speaking').length
  const halls = desk.programme.value?.halls.length ?? 0
  const held = tributes.wishes.filter((wish) => wish.state === 'held').length
  return [
    { id: 'queue', words: t('Queue'), waiting: asking, draw: () => <Queue desk={desk} /> },
    { id: 'waiting', words: t('Waiting'), waiting: awaiting.value, draw: () => <Moderating desk={desk} /> },
    { id: 'wishes', words: t('Words'), waiting: held, draw: () => <Wishes desk={desk} /> },
    ...(mayRecord(desk) ? [{ id: 'recordings', words: t('Recordings'), waiting: undecided(), draw: () => <Recordings desk={desk} /> }] : []),
    { id: 'people', words: t('People'), waiting: 0, draw: () => <People desk={desk} /> },
    ...(desk.conducts.value && halls > 0 ? [{ id: 'halls', words: t('Halls'), waiting: 0, draw: () => <Halls desk={desk} /> }] : []),
    ...(desk.conducts.value ? [{ id: 'invitations', words: t('Invitations'), waiting: 0, draw: () => <Invitations desk={desk} /> }] : []),
    { id: 'more', words: t('More'), waiting: 0, draw: () => <More desk={desk} /> },
  ]
}

/** Refusals and what other hosts did, in calm lines; said aloud too, but not into a silence. */
function Notices({ desk }: { desk: Desk }) {
  return (
    <div class="h-notices" role="status" aria-live={desk.calm.value ? 'off' : 'polite'}>
      {desk.notices.value.map((notice) => (
        <p key={notice.id}>
          <span>{notice.text}</span>
          <button type="button" class="h-press is-quiet" onClick={() => desk.dismiss(notice.id)}>
            {t('Understood')}
          </button>
        </p>
      ))}
    </div>
  )
}

function onKey(desk: Desk, event: KeyboardEvent): void {
  if (!keysOn.value || desk.live.peek().state === null || event.defaultPrevented) return
  const target = event.target
  const writing = target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
  const { key, ctrlKey, metaKey, altKey, shiftKey, repeat } = event
  const wanted = keyAct({ key, ctrlKey, metaKey, altKey, shiftKey, repeat, writing })
  if (wanted === null) return
  if (wanted === 'disarm') {
    desk.disarm()
    return
  }
  event.preventDefault()
  if (!desk.conducts.peek() || desk.calm.peek()) return
  if (wanted === 'next') pressNext(desk)
  else if (wanted === 'picture') holdingPicture(desk)
  else holdOrResume(desk)
}
