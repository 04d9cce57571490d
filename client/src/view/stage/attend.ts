// Hears of the stage from the beginning, and has what draws and carries it fetched once somebody is on it or on deck for it.
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import type { Onstage, OnstageState } from '../../stage/onstage'
import type { Signal as LinkSignal } from '../../stage/links'
import type { Session } from '../../session'
import { localStorageOrNull, sessionStorageOrNull } from '../../storage'
import type { StageGrant, StageJoined, StageLink, StageShown } from '../../wire'
import { fetchFurther } from '../later'
import { onLineBack } from '../live'
import { ownEntry } from '../myturn'
import { viewOf } from '../page'
import { prefs, silenced } from '../prefs'

type Whole = typeof import('./whole')

export interface Attended {
  shown: ReadonlySignal<StageShown | null>
  grant: ReadonlySignal<StageGrant | null>
  /** What this page sends and draws; null until it is fetched, which begins with `need`. */
  stage: ReadonlySignal<OnstageState | null>
  core: Onstage | null
  /** Fetches all of it, whoever is on the stage; for those who try their devices before. */
  need(): Promise<Onstage>
}

const AGAIN_MS = 2000
const AGAIN_MOST_MS = 30_000

/** The views of the stage, once they are there. */
export const whole = signal<Whole | null>(null)

/** Whether the stage is heard, where that is turned on and off by itself, as in the console; null: with all else of the page. */
export const stageSound = signal<boolean | null>(null)

const attended = new WeakMap<Session, Attended>()

/** One for each session, from its first call on. */
export function stageOf(session: Session): Attended {
  const known = attended.get(session)
  if (known !== undefined) return known
  const made = attend(session)
  attended.set(session, made)
  return made
}

function attend(session: Session): Attended {
  const shown = signal<StageShown | null>(null)
  const grant = signal<StageGrant | null>(null)
  const stage = signal<OnstageState | null>(null)
  const made: Attended = { shown, grant, stage, core: null, need }
  // Whoever watches has no line: the stage comes to them as a broadcast, by `shown.stream`.
  if (session.mode === 'poll') return made

  const view = viewOf(session)
  const { live, calm } = view
  /** What came for the core before it was here, in order. */
  let early: ((core: Onstage) => void)[] = []
  let joined: StageJoined | null = null
  let fetching: Promise<Onstage> | null = null
  let lines = 0
  let drawn = true

  function toCore(act: (core: Onstage) => void): void {
    if (made.core !== null) act(made.core)
    else early.push(act)
  }

  session.on('stage', (message: StageShown) => {
    const known = shown.peek()
    if (known !== null && message.version < known.version) return
    shown.value = message
    toCore((core) => core.onShown(message))
  })
  session.on('grant', (message: StageGrant) => {
    grant.value = message
    toCore((core) => core.onGrant(message))
  })
  session.on('link', (message: StageLink) => {
    toCore((core) => core.onLink(message))
    // Somebody on deck is linked already, so that a call shows a picture at once.
    void need()
  })
  session.on('signal', (message: LinkSignal) => toCore((core) => core.onSignal(message)))

  async function watch(line: number, picture: boolean): Promise<void> {
    // What comes in already is of the other kind.
    if (joined !== null && drawn !== picture) await session.ask('stage_stop', { what: 'watch' })
    drawn = picture
    made.core?.wantPictures(picture)
    for (let wait_ms = AGAIN_MS; line === lines; wait_ms = Math.min(2 * wait_ms, AGAIN_MOST_MS)) {
      const answer = await session.ask<StageJoined | { ok: false }>('stage_watch', { picture })
      if (line !== lines) return
      if (answer?.ok) return onJoined(answer)
      await new Promise((resolve) => setTimeout(resolve, wait_ms))
    }
  }

  function onJoined(answer: StageJoined): void {
    joined = answer
    shown.value = answer.shown
    grant.value = answer.grant
    made.core?.onJoined(answer)
  }

  const isLive = computed(() => live.value.link === 'live')
  const wanted = computed(() => prefs.value.video)
  // After each welcome, and whenever the person wants moving pictures, or wants none any more.
  effect(() => {
    lines += 1
    if (isLive.value) void watch(lines, wanted.value)
  })
  // Without a seat nothing of the stage comes by the line, and what came last is over.
  effect(() => {
    if (live.value.link !== 'watching') return
    shown.value = null
    grant.value = null
  })
  onLineBack(live, anew)
  session.on('stage_anew', () => {
    lines += 1
    anew()
    if (isLive.peek()) void watch(lines, wanted.peek())
  })

  /** All that was before is over as soon as there is something in its place. */
  function anew(): void {
    early = []
    made.core?.onLineBack()
  }

  function need(): Promise<Onstage> {
    return (fetching ??= fetchWhole().then(open))
  }

  function open(found: Whole): Onstage {
    const core = found.createOnstage({
      ask: (event, message) => session.ask(event, message),
      watchAnew() {
        lines += 1
        const line = lines
        void session.ask('stage_stop', { what: 'watch' }).then(() => (line === lines ? watch(line, wanted.peek()) : undefined))
      },
      kept: sessionStorageOrNull(),
      storage: localStorageOrNull(),
    })
    made.core = core
    core.subscribe(() => (stage.value = core.state))
    if (joined !== null) core.onJoined(joined)
    for (const act of early) act(core)
    early = []
    core.wantPictures(drawn)
    effect(() => core.setCalm(calm.value))
    effect(() => core.setMuted(!(stageSound.value ?? !silenced.value) || !live.value.entered))
    stage.value = core.state
    return core
  }

  effect(() => {
    const state = ownEntry(live.value)?.state
    const mine = state === 'next' || state === 'ready' || state === 'speaking'
    const now = shown.value
    if (now === null || now.engine === 'off') return
    if (now.people.length > 0 || grant.value?.level != null || mine) void need()
  })
  return made
}

/** Its files are in the browser's cache by then; most browsers remember a failed import for as long as the page lives. */
async function fetchWhole(): Promise<Whole> {
  for (;;) {
    try {
      await fetchFurther()
      return (whole.value = await import('./whole'))
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
}
