// A session as signals, for drawing: what is known, what is shown now, and whether a silence asks everything to keep still.
import { computed, effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { Session } from '../session'
import type { Live } from '../state'
import { isLocked, moment, nextChangeMs, type Moment } from '../timeline'
import { language } from '../text/messages'

/** A text in several languages, as ceremonies carry them. */
export type Text = Record<string, string>

export interface View {
  session: Session
  live: ReadonlySignal<Live>
  /** Server time in whole seconds, for countdowns. */
  now_s: ReadonlySignal<number>
  /** What is shown, recomputed at each of its changes. */
  shown: ReadonlySignal<Moment>
  /** From the stillness to the end of the rest of a silence: nothing else may change on the page. */
  calm: ReadonlySignal<boolean>
  /** The text in the person's language, else in one of the ceremony's, else in any. */
  text: (text: Text | null | undefined) => string
  /** The language that `text` finds for this text, for the lang attribute. */
  languageOf: (text: Text | null | undefined) => string
}

const NOTHING: Moment = {
  phase: 'planned',
  run: null,
  item: null,
  position_ms: 0,
  held: false,
  over: false,
  step: 0,
  silence: null,
  standby: null,
}
/** Looked at again this often, whatever happens: a slept timer or a corrected clock is noticed. */
const LOOK_MS = 1000

export function createView(session: Session): View {
  const live: Signal<Live> = signal(session.store.get())
  const now_s = signal(Math.floor(session.now() / 1000))
  const shown = signal<Moment>(NOTHING)
  const calm = computed(() => isLocked(shown.value.silence))
  let timer: ReturnType<typeof setTimeout> | null = null

  function look(): void {
    if (timer !== null) clearTimeout(timer)
    const now_ms = session.now()
    const { state } = session.store.get()
    let wait_ms = LOOK_MS - (now_ms % 1000) + 1
    if (state?.programme != null) {
      const next = moment(state.programme, state.progress, now_ms)
      if (!same(next, shown.peek())) shown.value = next
      const change_ms = nextChangeMs(state.programme, state.progress, now_ms)
      if (change_ms !== null) wait_ms = Math.min(wait_ms, change_ms - now_ms + 1)
    }
    now_s.value = Math.floor(now_ms / 1000)
    timer = setTimeout(look, Math.max(4, wait_ms))
  }

  session.store.subscribe(() => {
    live.value = session.store.get()
    look()
  })
  document.addEventListener('visibilitychange', look)
  look()

  function languageOf(text: Text | null | undefined): string {
    if (!text) return ''
    const wanted = [language(), language().split('-')[0] ?? '', ...(live.peek().state?.programme?.languages ?? []), 'ru', 'en']
    return wanted.find((tag) => text[tag] !== undefined && text[tag] !== '') ?? Object.keys(text)[0] ?? ''
  }

  return {
    session,
    live,
    now_s,
    shown,
    calm,
    text: (text) => text?.[languageOf(text)] ?? '',
    languageOf,
  }
}

/** Calls `act` each time that the line has been lost and is there again; not for the first time. */
export function onLineBack(live: ReadonlySignal<Live>, act: () => void): void {
  const isLive = computed(() => live.value.link === 'live')
  let wasLive = false
  effect(() => {
    if (isLive.value && wasLive) act()
    wasLive ||= isLive.value
  })
}

/** The position alone moves on by itself; it is not a change. */
function same(a: Moment, b: Moment): boolean {
  return (
    a.phase === b.phase &&
    // A run that the clock has begun is computed anew each time.
    JSON.stringify(a.run) === JSON.stringify(b.run) &&
    a.item === b.item &&
    a.held === b.held &&
    a.over === b.over &&
    a.step === b.step &&
    a.silence === b.silence &&
    a.standby?.cue === b.standby?.cue &&
    a.standby?.start_ms === b.standby?.start_ms
  )
}
