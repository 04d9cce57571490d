// Recordings of the ceremony: listened to, given to the archive, kept back, or deleted by two presses.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { t, tn } from '../../text/messages'
import { Failure } from '../../session'
import { itemOf } from '../../timeline'
import { digits, timeAt } from '../dates'
import { askAll, type Recording } from '../recorded'
import { Played } from '../recordings'
import { Press, Twice } from './controls'
import type { Desk } from './desk'

const LOOK_MS = 5000
/** So long into a recording something must have been written. */
const EMPTY_MS = 15_000

const all = signal<Recording[] | null>(null)
/** The one that is being listened to. */
const heard = signal<string | null>(null)

/** Whether the tab has a place: something may be recorded, or has been. */
export function mayRecord(desk: Desk): boolean {
  return (all.value?.length ?? 0) > 0 || desk.programme.value?.items.some((item) => item.recording_allowed) === true
}

/** How many wait for a decision, as the tab saw it last. */
export function undecided(): number {
  return all.value?.filter((one) => one.state === 'held').length ?? 0
}

export function Recordings({ desk }: { desk: Desk }) {
  useEffect(() => {
    void load(desk)
    const timer = setInterval(() => void load(desk), LOOK_MS)
    return () => {
      clearInterval(timer)
      heard.value = null
    }
  }, [desk])
  const found = all.value
  return (
    <div class="h-recordings">
      <p class="h-facts">
        {t('Recorded is only who has agreed on their own screen, in items that allow it. Nobody but those who lead can listen, until you release it. Whoever takes their consent back has it deleted at once.')}
      </p>
      {found !== null && found.length === 0 && <p class="h-empty">{t('Nothing has been recorded yet.')}</p>}
      {found !== null && found.length > 0 && <h3>{tn('{n} recording', '{n} recordings', found.length)}</h3>}
      <ul class="h-entries">
        {(found ?? []).map((one) => (
          <One key={one.id} desk={desk} recording={one} />
        ))}
      </ul>
    </div>
  )
}

function One({ desk, recording }: { desk: Desk; recording: Recording }) {
  const { id, state, url } = recording
  const programme = desk.programme.value
  const item = programme === null ? null : itemOf(programme, recording.item_id)
  const name = recording.name || t('without a name')
  const facts = [
    recording.community,
    item === null ? '' : desk.text(item.title),
    programme === null ? '' : timeAt(recording.started_ms, programme.zone),
    recording.duration_ms > 0 ? t('{length} long', { length: digits(recording.duration_ms) }) : '',
  ].filter((part) => part !== '')
  // Nothing plays into a silence.
  const playing = heard.value === id && !desk.calm.value
  const empty = state === 'running' && recording.bytes === 0 && desk.session.now() - recording.started_ms > EMPTY_MS
  return (
    <li class={`h-entry is-recording is-${state}`}>
      <p>
        <b dir="auto">{name}</b>
      </p>
      <p class="h-facts">{facts.join(' · ')}</p>
      <p>{stands(state)}</p>
      {empty && <p class="h-trouble">{t('Nothing has arrived of it yet. Is a host’s page open, with the picture of the stage?')}</p>}
      {playing && <Played recording={recording} />}
      <div class="h-buttons">
        {url !== null && (
          <Press desk={desk} kind="quiet" label={`${playing ? t('Stop listening') : t('Listen')}: ${name}`} onPress={() => (heard.value = playing ? null : id)}>
            {playing ? t('Stop listening') : t('Listen')}
          </Press>
        )}
        {state === 'held' && (
          <Press desk={desk} kind="main" always label={`${t('Release to the archive')}: ${name}`} onPress={() => void judge(desk, id, 'release')}>
            {t('Release to the archive')}
          </Press>
        )}
        {state === 'released' && (
          <Press desk={desk} always label={`${t('Keep back')}: ${name}`} onPress={() => void judge(desk, id, 'hold')}>
            {t('Keep back')}
          </Press>
        )}
        {state !== 'running' && (
          <Twice
            desk={desk}
            id={`delete-recording-${id}`}
            kind="quiet"
            always
            words={t('Delete')}
            label={`${t('Delete')}: ${name}`}
            again={t('Yes, delete the recording of {name} for good', { name })}
            onPress={() => void judge(desk, id, 'delete')}
          />
        )}
      </div>
    </li>
  )
}

function stands(state: Recording['state']): string {
  switch (state) {
    case 'running':
      return t('Being recorded now.')
    case 'working':
      return t('Being put together.')
    case 'held':
      return t('Not in the archive: only those who lead can listen.')
    case 'released':
      return t('In the archive: everybody who was here can listen.')
    case 'failed':
      return t('Nothing could be made of it.')
  }
}

async function load(desk: Desk): Promise<void> {
  if (desk.live.peek().link !== 'live') return
  try {
    const found = await askAll(desk.session)
    // The address of a film is made anew each time; what plays goes on by the one that it has.
    const before = new Map((all.peek() ?? []).map((one) => [one.id, one]))
    all.value = found.map((one) => ({ ...one, url: one.url === null ? null : (before.get(one.id)?.url ?? one.url) }))
  } catch {
    // Asked again in a moment.
  }
}

async function judge(desk: Desk, id: string, verb: 'release' | 'hold' | 'delete'): Promise<void> {
  try {
    await desk.session.api(`/api/recordings/${id}/${verb}`, {})
  } catch (error) {
    const said = error instanceof Failure ? error.message : ''
    desk.notify(said === '' ? t('The server does not answer just now. Please press once more in a moment.') : said)
  }
  await load(desk)
}
