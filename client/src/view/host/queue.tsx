// The speaker queue as hosts see it: who has the floor, who waits and how long, who is away.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { OPEN, WAITING, holder } from '../../floor'
import { t, tn } from '../../text/messages'
import type { FloorEntry } from '../../wire'
import { aboutMinutes, timeAt } from '../dates'
import { AddForm } from './addentry'
import { Press } from './controls'
import type { Desk } from './desk'
import { Entry } from './entry'
import { expected, queueLength } from './runofshow'

const adding = signal(false)
/** Whether the person of an entry is connected, by participant id; unknown ones are not in it. */
const online = signal<ReadonlyMap<string, boolean>>(new Map())

export function Queue({ desk }: { desk: Desk }) {
  const { floor } = desk.state.value
  const closed = desk.shown.value.phase === 'closed'
  useEffect(() => followPresence(desk), [desk])
  const speaking = holder(floor)
  const waiting = floor.entries.filter((entry) => WAITING.includes(entry.state))
  const away = floor.entries.filter((entry) => entry.state === 'not_here')
  const over = floor.entries.filter((entry) => !OPEN.includes(entry.state))
  const list = (entries: FloorEntry[]) =>
    entries.map((entry) => (
      <Entry key={entry.id} desk={desk} entry={entry} online={online.value.get(entry.participant_id ?? '') ?? null} />
    ))
  return (
    <div class="h-queue">
      <div class="h-panelhead">
        <p>{floor.asking ? t('People may ask to speak.') : t('Asking is closed.')}</p>
        <div class="h-buttons">
          <Press desk={desk} kind="quiet" disabled={closed} onPress={() => void desk.act('floor.set_asking', { on: !floor.asking })}>
            {floor.asking ? t('Close asking') : t('Open asking')}
          </Press>
          <Press desk={desk} kind="quiet" always onPress={() => (adding.value = !adding.value)} pressed={adding.value}>
            {t('Add somebody')}
          </Press>
        </div>
      </div>
      {adding.value && <AddForm desk={desk} onDone={() => (adding.value = false)} />}
      {speaking !== null && <ol class="h-entries">{list([speaking])}</ol>}
      <Outlook desk={desk} />
      {waiting.length > 0 ? <ol class="h-entries">{list(waiting)}</ol> : speaking === null && <p class="h-empty">{t('Nobody is waiting to speak.')}</p>}
      {away.length > 0 && (
        <>
          <h3>{t('Called, and not here')}</h3>
          <ol class="h-entries">{list(away)}</ol>
        </>
      )}
      {over.length > 0 && (
        <details class="h-past">
          <summary>{tn('{n} request is over', '{n} requests are over', over.length)}</summary>
          <ol class="h-entries">{list(over)}</ol>
        </details>
      )}
    </div>
  )
}

/** "If everybody speaks, the ceremony ends at 14:56." */
function Outlook({ desk }: { desk: Desk }) {
  const programme = desk.programme.value
  const now_ms = desk.now_s.value * 1000
  const { waiting, total_ms } = queueLength(desk.state.value.floor, now_ms)
  if (programme === null || waiting === 0 || desk.shown.value.phase === 'closed') return null
  const { expectedEnd_ms } = expected(programme, desk.state.value.progress, now_ms)
  return (
    <p class="h-outlook">
      {tn('{n} person waits, {time} in all.', '{n} people wait, {time} in all.', waiting, { time: aboutMinutes(total_ms) })}{' '}
      {t('With all of them besides the programme, it would end at {time}.', { time: timeAt(expectedEnd_ms + total_ms, programme.zone) })}
    </p>
  )
}

const LOOK_MS = 8_000
/** More people than these are not looked up: nobody acts on so long a queue at once. */
const MOST = 12

/** Looks up, now and then, whether those who speak or wait are connected. Nothing is asked during a silence. */
function followPresence(desk: Desk): () => void {
  let stopped = false
  let asking = false

  async function look(): Promise<void> {
    if (asking || desk.calm.peek() || desk.live.peek().link !== 'live') return
    const wanted = desk.state
      .peek()
      .floor.entries.filter((entry) => OPEN.includes(entry.state) && entry.participant_id !== null && entry.name !== '')
      .slice(0, MOST)
    if (wanted.length === 0) return
    asking = true
    const found = new Map<string, boolean>()
    for (const entry of wanted) {
      const page = await desk.session.roster(null, entry.name)
      const row = page?.rows.find((one) => one.participant_id === entry.participant_id)
      if (row !== undefined) found.set(entry.participant_id!, row.online)
    }
    asking = false
    if (!stopped && !same(found, online.peek())) online.value = found
  }

  const timer = setInterval(() => void look(), LOOK_MS)
  const end = desk.session.onRosterChanged(() => void look())
  void look()
  return () => {
    stopped = true
    clearInterval(timer)
    end()
  }
}

function same(a: ReadonlyMap<string, boolean>, b: ReadonlyMap<string, boolean>): boolean {
  return a.size === b.size && [...a].every(([id, is]) => b.get(id) === is)
}
