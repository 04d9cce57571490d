// One request in the queue: who, what for, how long waited, and what may be done with it in its state.
import { signal } from '@preact/signals'
import { OPEN, WAITING, holder, place, waitMs } from '../../floor'
import { t } from '../../text/messages'
import type { FloorEntry } from '../../wire'
import { countryName } from '../page'
import { aboutMinutes } from '../dates'
import { backstageOf } from './backstage'
import { Press, Twice } from './controls'
import type { Desk } from './desk'
import { EditForm } from './editentry'
import { ByTelephone, Recorded } from './fallbacks'
import { Ring } from './ring'
import { moved } from './runofshow'
import { deckSaid } from './stagewords'
import { ENTRY_KINDS, VIAS, entryStateWord, length } from './words'

/** The entry whose further actions are open, and the one being corrected. */
const more = signal<string | null>(null)
const editing = signal<string | null>(null)

export function Entry({ desk, entry, here }: { desk: Desk; entry: FloorEntry; here: { online: boolean; recording: boolean } | null }) {
  const { floor } = desk.state.value
  const now_ms = desk.now_s.value * 1000
  const isOpen = OPEN.includes(entry.state)
  const at = place(floor, entry.id)
  const facts = [
    entry.community,
    countryName(desk, entry.country),
    entry.via === 'self' ? '' : t(VIAS[entry.via]),
  ]
  return (
    <li class={`h-entry is-${entry.state}`}>
      <p class="h-who">
        {at > 0 && <span class="h-number">{at}</span>}
        <b dir="auto">{entry.name || t('without a name')}</b>
        <span class="h-state">{entryStateWord(entry.state)}</span>
      </p>
      {facts.some((part) => part !== '') && <p class="h-facts">{facts.filter((part) => part !== '').join(' · ')}</p>}
      <p class="h-facts">
        {t(ENTRY_KINDS[entry.kind])}
        {isOpen && ` · ${timing(entry, now_ms)}`}
        {at > 1 && entry.state !== 'ready' && ` · ${t('turn in {time}', { time: aboutMinutes(waitMs(floor, entry.id, now_ms)) })}`}
      </p>
      {/* Who has not said so themselves, on a screen of their own, has not agreed. */}
      {isOpen && <p class="h-facts">{here?.recording === true ? t('may be recorded') : t('not to be recorded')}</p>}
      {isOpen && here?.online === false && <p class="h-away">{t('Not connected just now; the place is kept.')}</p>}
      <Standing desk={desk} entry={entry} />
      <Ring desk={desk} entry={entry} brief />
      {entry.note !== '' && <p class="h-hostnote" dir="auto">{entry.note}</p>}
      {entry.text !== '' && (
        <details class="h-poem">
          <summary>{entry.kind === 'poem' ? t('The poem') : t('What it is about')}</summary>
          <p dir="auto">{entry.text}</p>
        </details>
      )}
      {editing.value === entry.id ? (
        <EditForm desk={desk} entry={entry} onDone={() => (editing.value = null)} />
      ) : (
        <Actions desk={desk} entry={entry} />
      )}
    </li>
  )
}

/** Whether whoever is called will be heard: told where the floor is given. */
function Standing({ desk, entry }: { desk: Desk; entry: FloorEntry }) {
  const deck = backstageOf(desk).shown.value?.deck?.find(({ key }) => key === entry.id)
  if (deck === undefined || desk.calm.value || entry.via === 'telephone' || (entry.state !== 'next' && entry.state !== 'ready')) return null
  const said = deckSaid(deck)
  return <p class={`h-standing is-${said.tone}`}>{said.words}</p>
}

function timing(entry: FloorEntry, now_ms: number): string {
  const slot = length(entry.slot_s * 1000)
  const since = now_ms - entry.since_ms
  if (entry.state === 'speaking') {
    const over = since - entry.slot_s * 1000
    return over > 0
      ? t('speaking {time}, {over} over the {slot} offered', { time: length(since), over: length(over), slot })
      : t('speaking {time} of {slot}', { time: length(since), slot })
  }
  if (entry.state === 'next') return t('called {time} ago, {slot} offered', { time: length(since), slot })
  return t('waiting {time}, {slot} offered', { time: length(since), slot })
}

function Actions({ desk, entry }: { desk: Desk; entry: FloorEntry }) {
  const { floor } = desk.state.value
  const { state, id } = entry
  const hosts = desk.conducts.value
  const speaking = holder(floor)
  const name = entry.name
  const grant = () => void desk.act('floor.grant', { entry_id: id, aimed_holder: speaking?.id ?? null })
  const isMore = more.value === id
  const accept = (words: string) => (
    <Press desk={desk} onPress={() => void desk.act('floor.accept', { entry_id: id })} label={`${words}: ${name}`}>
      {words}
    </Press>
  )
  const call = (words: string) =>
    hosts && (
      <Press desk={desk} onPress={() => void desk.act('floor.call', { entry_id: id })} label={`${words}: ${name}`}>
        {words}
      </Press>
    )
  const give = () => {
    if (!hosts) return null
    // With somebody speaking the press ends their turn: never by a slip.
    if (speaking !== null) {
      return (
        <Twice
          desk={desk}
          id={`grant ${id}`}
          words={t('Give the floor')}
          label={`${t('Give the floor')}: ${name}`}
          again={t('Yes, {speaking} has finished, {name} speaks', { speaking: speaking.name, name })}
          onPress={grant}
        />
      )
    }
    return (
      <Press desk={desk} kind={state === 'ready' ? 'main' : 'plain'} onPress={grant} label={`${t('Give the floor')}: ${name}`}>
        {t('Give the floor')}
      </Press>
    )
  }
  return (
    <div class="h-buttons">
      {state === 'asked' && accept(t('Accept'))}
      {(state === 'asked' || state === 'accepted') && call(t('Call as next'))}
      {state === 'not_here' && call(t('Call again'))}
      {state === 'not_here' && accept(t('Back into the order'))}
      {state === 'declined' && accept(t('Accept after all'))}
      {(state === 'accepted' || state === 'next' || state === 'ready') && give()}
      {state === 'next' && (
        <Press desk={desk} onPress={() => void desk.act('floor.ready', { entry_id: id })} label={`${t('Is ready')}: ${name}`}>
          {t('Is ready')}
        </Press>
      )}
      {state === 'speaking' && (
        <Press desk={desk} onPress={() => void desk.act('floor.yield', { entry_id: id })} label={`${t('Has finished')}: ${name}`}>
          {t('Has finished')}
        </Press>
      )}
      <ByTelephone desk={desk} entry={entry} kind="quiet" />
      {state === 'speaking' && <Recorded desk={desk} kind="quiet" />}
      {OPEN.includes(state) && (
        <button
          type="button"
          class="h-press is-quiet"
          aria-expanded={isMore}
          aria-label={`${isMore ? t('Less') : t('More')}: ${name}`}
          onClick={() => (more.value = isMore ? null : id)}
        >
          {isMore ? t('Less') : t('More')}
        </button>
      )}
      {isMore && OPEN.includes(state) && <More desk={desk} entry={entry} give={give} />}
    </div>
  )
}

function More({ desk, entry, give }: { desk: Desk; entry: FloorEntry; give: () => preact.ComponentChildren }) {
  const { floor } = desk.state.value
  const { state, id, name } = entry
  const hosts = desk.conducts.value
  const earlier = moved(floor, id, -1)
  const later = moved(floor, id, 1)
  return (
    <>
      {WAITING.includes(state) && (
        <>
          <Press desk={desk} kind="quiet" disabled={earlier === null} label={`${t('Up')}: ${name}`} onPress={() => earlier && void desk.act('floor.reorder', { order: earlier })}>
            {t('Up')}
          </Press>
          <Press desk={desk} kind="quiet" disabled={later === null} label={`${t('Down')}: ${name}`} onPress={() => later && void desk.act('floor.reorder', { order: later })}>
            {t('Down')}
          </Press>
        </>
      )}
      {(state === 'asked' || state === 'not_here') && give()}
      {hosts && ['next', 'ready', 'speaking', 'accepted'].includes(state) && (
        <Press desk={desk} kind="quiet" label={`${t('Not here')}: ${name}`} onPress={() => void desk.act('floor.mark_absent', { entry_id: id })}>
          {t('Not here')}
        </Press>
      )}
      {['next', 'ready', 'speaking'].includes(state) && (
        <Press desk={desk} kind="quiet" label={`${t('Not now, to the end')}: ${name}`} onPress={() => void desk.act('floor.not_now', { entry_id: id })}>
          {t('Not now, to the end')}
        </Press>
      )}
      <Press desk={desk} kind="quiet" label={`${t('Correct')}: ${name}`} onPress={() => (editing.value = id)}>
        {t('Correct')}
      </Press>
      {['asked', 'accepted', 'not_here'].includes(state) && (
        <Twice
          desk={desk}
          kind="quiet"
          id={`decline ${id}`}
          words={t('Decline')}
          label={`${t('Decline')}: ${name}`}
          again={t('Yes, decline: {name}', { name })}
          onPress={() => void desk.act('floor.decline', { entry_id: id })}
        />
      )}
      <Twice
        desk={desk}
        kind="quiet"
        id={`withdraw ${id}`}
        words={t('Take out')}
        label={`${t('Take out')}: ${name}`}
        again={t('Yes, take out: {name}', { name })}
        onPress={() => void desk.act('floor.withdraw', { entry_id: id })}
      />
    </>
  )
}
