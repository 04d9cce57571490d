// The speaker queue as hosts see it: who has the floor, who waits and how long, who is away.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { OPEN, WAITING, holder } from '../../floor'
import { t, tn } from '../../text/messages'
import type { FloorEntry, RosterPage } from '../../wire'
import { aboutMinutes, timeAt } from '../dates'
import { AddForm } from './addentry'
import { Press } from './controls'
import type { Desk } from './desk'
import { Entry } from './entry'
import { expected, queueLength } from './runofshow'

const adding = signal(false)
/** What the roster says of the people in the queue, by participant id; unknown ones are not in it. */
const known = signal<ReadonlyMap<string, Here>>(new Map())

/** Whether somebody is connected, and whether they agree to be recorded. */
interface Here {
  online: boolean
  recording: boolean
}

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
      <Entry key={entry.id} desk={desk} entry={entry} here={known.value.get(entry.participant_id ?? '') ?? null} />
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
const LEAST_MS = 5_000
/** Of so long a roster the rest stays unknown: 400 names. */
const PAGES_MOST = 8

/** Looks up, now and then, whether those who speak or wait are connected. Nothing is asked during a silence. */
function followPresence(desk: Desk): () => void {
  let stopped = false
  let asking = false
  let looked = -Infinity

  async function look(): Promise<void> {
    if (asking || desk.calm.peek() || desk.live.peek().link !== 'live') return
    const { entries } = desk.state.peek().floor
    const wanted = new Set(entries.filter((entry) => OPEN.includes(entry.state)).flatMap((entry) => entry.participant_id ?? []))
    if (wanted.size === 0) return
    asking = true
    looked = performance.now()
    const found = await whoIsHere(desk, wanted)
    asking = false
    if (!stopped && !same(found, known.peek())) known.value = found
  }

  const timer = setInterval(() => void look(), LOOK_MS)
  const end = desk.session.onRosterChanged(() => {
    // While hundreds arrive the hints come every two seconds.
    if (performance.now() - looked > LEAST_MS) void look()
  })
  void look()
  return () => {
    stopped = true
    clearInterval(timer)
    end()
  }
}

/** By the whole roster, for a name in the queue need not be the one at the door. Who is not in it has left. */
async function whoIsHere(desk: Desk, wanted: ReadonlySet<string>): Promise<Map<string, Here>> {
  const found = new Map<string, Here>()
  let after: string | null = null
  for (let pages = 0; pages < PAGES_MOST; pages += 1) {
    const page: RosterPage | null = await desk.session.roster(after, '')
    if (page === null) return found
    for (const row of page.rows) {
      if (row.participant_id !== undefined && wanted.has(row.participant_id)) {
        found.set(row.participant_id, { online: row.online, recording: row.recording === true })
      }
    }
    if (found.size === wanted.size) return found
    after = page.next
    if (after === null) break
  }
  if (after === null) for (const id of wanted) if (!found.has(id)) found.set(id, { online: false, recording: false })
  return found
}

function same(a: ReadonlyMap<string, Here>, b: ReadonlyMap<string, Here>): boolean {
  return a.size === b.size && [...a].every(([id, is]) => b.get(id)?.online === is.online && b.get(id)?.recording === is.recording)
}
