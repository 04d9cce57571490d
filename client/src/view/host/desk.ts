// The host's side of a session: commands whose refusals become one calm line, second presses, what still waits for the line.
import { computed, signal, type ReadonlySignal } from '@preact/signals'
import { emptyState } from '../../apply'
import { t } from '../../text/messages'
import type { Ack, CeremonyState, CommandFields, CommandKind, Programme } from '../../wire'
import type { View } from '../live'
import { refusal } from './words'

export interface Notice {
  id: number
  text: string
}

export interface Desk extends View {
  state: ReadonlySignal<CeremonyState>
  programme: ReadonlySignal<Programme | null>
  /** What was refused, or done by another host; the newest last. */
  notices: ReadonlySignal<Notice[]>
  /** Commands sent and for a while not answered: they wait for the line. */
  waiting: ReadonlySignal<number>
  /** Whether a cue, a step or the end has been sent and not answered yet. */
  sending: ReadonlySignal<boolean>
  /** The button that waits for its second press; null when none does. */
  armed: ReadonlySignal<string | null>
  /** Whether the second press would count by now. */
  ripe: ReadonlySignal<boolean>
  /** Whether this link conducts; a moderator's does not. */
  conducts: ReadonlySignal<boolean>
  /** The last cue that this console asked for. */
  ownCue: { at_ms: number }
  act<K extends CommandKind>(kind: K, fields: CommandFields[K]): Promise<Ack>
  notify(text: string): void
  dismiss(id: number): void
  /** Counts a press of the button `id`: true for the second, which does it. */
  press(id: string, again: string): boolean
  /** Forgets a first press. */
  disarm(): void
}

const NOTICES_MOST = 2
const NOTICE_MS = 12_000
/** A command not answered for so long is shown as waiting. */
const PATIENCE_MS = 1500
const ARMED_MS = 5000
/** Two presses nearer than this are one: a trembling hand, a habit. */
const APART_MS = 600
const CONDUCTING = ['host', 'organizer', 'admin']
/** What the large button sends. */
const MOVING: readonly CommandKind[] = ['item.cue', 'item.step', 'ceremony.close']
const EMPTY = emptyState()

export function createDesk(view: View): Desk {
  const notices = signal<Notice[]>([])
  const waiting = signal(0)
  const conducted = signal(0)
  const sending = computed(() => conducted.value > 0)
  const armed = signal<string | null>(null)
  const ownCue = { at_ms: -Infinity }
  let numbered = 0
  const ripe = signal(false)
  let ripens: ReturnType<typeof setTimeout> | undefined
  let disarm: ReturnType<typeof setTimeout> | undefined
  let askedBy = 0

  const state = computed(() => view.live.value.state ?? EMPTY)
  const programme = computed(() => view.live.value.state?.programme ?? null)
  const conducts = computed(() => CONDUCTING.includes(view.live.value.you?.participant.role ?? 'host'))

  function dismiss(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  function notify(text: string): number {
    const id = ++numbered
    const others = notices.value.filter((notice) => notice.text !== text)
    notices.value = [...others, { id, text }].slice(-NOTICES_MOST)
    setTimeout(() => dismiss(id), NOTICE_MS)
    return id
  }

  function arm(id: string | null): void {
    clearTimeout(disarm)
    clearTimeout(ripens)
    ripe.value = false
    if (id === null) dismiss(askedBy)
    else {
      disarm = setTimeout(() => arm(null), ARMED_MS)
      ripens = setTimeout(() => (ripe.value = true), APART_MS)
    }
    armed.value = id
  }

  return {
    ...view,
    state,
    programme,
    notices,
    waiting,
    sending,
    armed,
    ripe,
    conducts,
    ownCue,
    notify: (text) => void notify(text),
    dismiss,
    async act(kind, fields) {
      if (kind === 'item.cue') ownCue.at_ms = view.session.now()
      const mine = { waits: false }
      const patience = setTimeout(() => {
        mine.waits = true
        waiting.value += 1
      }, PATIENCE_MS)
      const conducting = MOVING.includes(kind)
      if (conducting) conducted.value += 1
      try {
        const ack = await view.session.send(kind, { ...fields })
        if (!ack.ok) notify(refusal(ack))
        return ack
      } finally {
        clearTimeout(patience)
        if (mine.waits) waiting.value -= 1
        if (conducting) conducted.value -= 1
      }
    },
    press(id, again) {
      if (armed.value === id) {
        const isSecond = ripe.value
        if (isSecond) arm(null)
        return isSecond
      }
      arm(null)
      arm(id)
      askedBy = notify(t('Press once more within five seconds: {what}', { what: again }))
      return false
    },
    disarm: () => arm(null),
  }
}
