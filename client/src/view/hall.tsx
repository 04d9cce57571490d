// The big screen of a hall: one press, then the picture alone. A hall with a link of its own also sends what its camera sees.
import '../style/participant.css'
import { effect, signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import { createSession, Failure, type Session } from '../session'
import type { Boot } from '../state'
import { t } from '../text/messages'
import { Audience } from './audience'
import { Still } from './still'
import { Boundary } from './boundary'
import { primePlayer } from './broadcast'
import { Gone } from './entry'
import { soundOf, toneOnEntering, turnOn } from './hearing'
import { Announcer, useNotice } from './inside'
import { Languages } from './languages'
import { Clocks, Countdown, Occasion } from './occasion'
import { begin, show } from './opening'
import { PageOf, programmeOf, Said, usePage } from './page'
import { tongue } from './speech'
import { stageOf } from './stage/attend'

const AGAIN_MS = 3000
const CURSOR_MS = 3000

/** What a hall with a camera needs, once it is there. */
const parts = signal<typeof import('./stage/hallparts') | null>(null)

export function start(root: HTMLElement, boot: Boot): void {
  const session = createSession(boot)
  document.documentElement.dataset['hall'] = ''
  begin(session)
  session.resume()
  if (boot.hall !== undefined) void fetchParts(session)
  show(root, <Hall session={session} />)
}

async function fetchParts(session: Session): Promise<void> {
  const stage = stageOf(session)
  const core = await stage.need()
  // A hall is there to be seen: whoever opened its link has said so. Another screen of the same hall goes before.
  effect(() => {
    const state = stage.stage.value
    if (state !== null && !state.willing && !state.elsewhere) core.setWilling(true)
  })
  while (parts.peek() === null) {
    try {
      parts.value = await import('./stage/hallparts')
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
}

function Hall({ session }: { session: Session }) {
  return (
    <PageOf session={session} variant="hall">
      <Boundary calm={<Still />}>
        <Screen key={tongue.value} />
      </Boundary>
    </PageOf>
  )
}

function Screen() {
  const page = usePage()
  const { link, entered, state } = page.live.value
  const notice = useNotice()
  useCursor()
  if (link === 'gone') return <Gone />
  if (!entered) return <Begin />
  const { hall } = page.live.value.boot
  const own = parts.value
  return (
    <div class={hall === undefined ? undefined : 'hall-own'}>
      {state === null ? <Still /> : <Audience session={page.session} variant="hall" notice={notice} />}
      {hall !== undefined && own !== null && <own.HallStrip hall={hall} />}
      <SoundLost />
      <Announcer />
    </div>
  )
}

function Begin() {
  const page = usePage()
  const programme = programmeOf(page)
  const { hall } = page.live.value.boot
  const own = parts.value
  const core = hall === undefined ? null : stageOf(page.session).core
  const [state, setState] = useState<'out' | 'entering' | 'refused'>('out')

  async function enter(): Promise<void> {
    primePlayer()
    setState('entering')
    try {
      await page.session.enter({ hall: true, people: page.live.peek().boot.people ?? 1 })
      toneOnEntering(page.session)
    } catch (error) {
      if (error instanceof Failure && error.code !== 'line' && error.code !== 'retry') return setState('refused')
      setTimeout(() => void enter(), AGAIN_MS)
    }
  }

  function press(): void {
    if (state !== 'out') return
    // In this press, for some browsers ask only then.
    if (core !== null && !core.devices.opened) void core.open()
    // Where it is refused the page is as large as its window, which will do.
    // WebKit on telephones has no such thing.
    if (document.fullscreenEnabled) document.documentElement.requestFullscreen().catch(() => undefined)
    void enter()
  }

  if (state === 'refused') return <Gone />
  return (
    <div class="entry">
      <Languages />
      {programme !== null && <Occasion programme={programme} />}
      {programme !== null && (
        <div class="entry-when">
          <Clocks programme={programme} />
          <Countdown programme={programme} />
        </div>
      )}
      {hall !== undefined && (
        <p class="lead">
          {t('The hall:')} <Said of={hall.place} />
        </p>
      )}
      {own !== null && <own.HallCheck />}
      <div class="entry-act">
        <button class="button" type="button" data-main aria-disabled={state !== 'out'} onClick={press}>
          {state === 'out' ? t('Begin') : t('One moment')}
        </button>
        <p class="hint">
          {hall === undefined
            ? t('The picture then fills the screen, and needs no hand until the end.')
            : t('The picture then fills the screen. The hall stands by, unseen, until its turn comes.')}
        </p>
      </div>
    </div>
  )
}

/** Only while nothing can be heard, and not in a silence. */
function SoundLost() {
  const { session, calm } = usePage()
  if (soundOf(session).value === 'running' || calm.value) return null
  return (
    <div class="sound-call">
      <button class="button" type="button" data-main onClick={() => turnOn(session)}>
        {t('Turn sound on')}
      </button>
    </div>
  )
}

/** The cursor goes when it rests. */
function useCursor(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const html = document.documentElement
    const moved = () => {
      delete html.dataset['cursor']
      clearTimeout(timer)
      timer = setTimeout(() => (html.dataset['cursor'] = 'none'), CURSOR_MS)
    }
    moved()
    document.addEventListener('mousemove', moved)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('mousemove', moved)
    }
  }, [])
}
