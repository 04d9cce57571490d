// The page of moderators: what waits, oldest first, decided with one press or one key, and undone for ten seconds.
import { signal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { mark, t, tn } from '../../text/messages'
import { itemOf } from '../../timeline'
import type { Look } from '../../wire'
import { timeAt } from '../dates'
import { countryName } from '../page'
import type { Desk } from './desk'
import { Field } from './fields'
import { MODERATE } from './moderate'
import { actOf, createWaiting, isOpen, type Deed, type Entry, type Filter, type Waiting } from './moderating'
import '../../style/moderation.css'

const KEYS: readonly (readonly [string, string])[] = [
  ['j, ↓ / k, ↑', mark('The next entry, the one before')],
  ['a', mark('Let in, or release')],
  ['x', mark('Do not let in, or keep back')],
  ['h', mark('Hide the name, with all words of this person')],
  ['r', mark('Remove the person')],
  ['b', mark('Ban the person: does not come back')],
  ['u', mark('Undo, for ten seconds')],
  ['n', mark('Begin again with what has waited longest')],
  ['?', mark('Show or hide these keys')],
]
const DEEDS: Record<string, Deed> = { a: 'yes', x: 'no', h: 'hide', r: 'remove', b: 'ban' }

const helped = signal(false)
const searched = signal('')

export default function Moderation({ desk, whole = false }: { desk: Desk; whole?: boolean }) {
  const waiting = useMemo(() => createWaiting(desk), [desk])
  const feed = useRef<HTMLDivElement>(null)
  useEffect(() => waiting.follow(), [waiting])
  const entries = waiting.entries.value
  const focus = (id: string) => feed.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus()

  // The first entry is ready for the keys as soon as the page of its own is there.
  const first = entries[0]?.row.id
  useEffect(() => {
    if (whole && first !== undefined && (document.activeElement === document.body || document.activeElement === null)) focus(first)
  }, [whole, first])

  function move(from: string | null, by: 1 | -1): void {
    const at = entries.findIndex((entry) => entry.row.id === from)
    const to = entries[at < 0 ? 0 : at + by]
    if (to !== undefined) focus(to.row.id)
  }

  async function decide(deed: Deed, entry: Entry): Promise<void> {
    if (actOf(deed, entry.row) === null || !isOpen(entry)) return
    await waiting.act(deed, entry)
    // On to the next one that waits, unless the moderator has gone elsewhere, or this one waits for one more decision.
    const now = waiting.entries.peek()
    const at = now.findIndex((one) => one.row.id === entry.row.id)
    const here = now[at]
    if (here === undefined || isOpen(here) || waiting.selected.peek() !== entry.row.id) return
    const next = now.slice(at + 1).find(isOpen)
    if (next !== undefined && feed.current?.contains(document.activeElement) === true) focus(next.row.id)
  }

  function onKey(event: KeyboardEvent): void {
    const { target } = event
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || (target instanceof HTMLElement && target.matches('input, textarea, select'))) return
    const id = waiting.selected.peek()
    const entry = entries.find((one) => one.row.id === id)
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    const deed = DEEDS[key]
    if (key === 'j' || key === 'ArrowDown') move(id, 1)
    else if (key === 'k' || key === 'ArrowUp') move(id, -1)
    else if (key === 'Home' && first !== undefined) focus(first)
    else if (key === 'End' && entries.length > 0) focus(entries[entries.length - 1]?.row.id ?? '')
    else if (key === '?') helped.value = !helped.value
    else if (key === 'u') void waiting.undo()
    else if (key === 'n') void again()
    else if (deed !== undefined && entry !== undefined) void decide(deed, entry)
    else return
    event.preventDefault()
  }

  async function again(): Promise<void> {
    await waiting.reload()
    const top = waiting.entries.peek()[0]
    if (top !== undefined) focus(top.row.id)
  }

  const open = entries.filter(isOpen)
  const releasable = open.filter((entry) => entry.row.kind === 'name' || entry.row.kind === 'wish').length
  const { door } = waiting.counts.value
  const decided = entries.length - open.length
  return (
    <div class="h-moderation">
      <Filters waiting={waiting} />
      <Company desk={desk} waiting={waiting} whole={whole} />
      {waiting.filter.value === 'inside' && (
        <Field
          label={t('Search for a name or community')}
          value={searched.value}
          most={80}
          onValue={(value) => {
            searched.value = value
            waiting.search(value)
          }}
        />
      )}
      <div class="h-buttons">
        {door > 0 && (
          <button type="button" class="h-press" onClick={() => void waiting.admitAll()}>
            {tn('Let in all {n}', 'Let in all {n}', door)}
          </button>
        )}
        {releasable > 0 && (
          <button type="button" class="h-press" onClick={() => void waiting.releaseShown()}>
            {tn('Release the {n} shown', 'Release all {n} shown', releasable)}
          </button>
        )}
        {decided > 0 && (
          <button type="button" class="h-press is-quiet" onClick={() => void again()}>
            {t('Clear what is decided')}
          </button>
        )}
        <button type="button" class="h-press is-quiet" aria-expanded={helped.value} onClick={() => (helped.value = !helped.value)}>
          {t('Keys')}
        </button>
        {!whole && (
          <a class="h-press is-quiet" href={MODERATE}>
            {t('As a page of its own')}
          </a>
        )}
      </div>
      {helped.value && <Help />}
      {entries.length === 0 && !waiting.loading.value && <p class="h-empty">{nothing(waiting.filter.value)}</p>}
      <div class="h-feed" role="feed" aria-label={t('What waits')} aria-busy={waiting.loading.value} ref={feed} onKeyDown={onKey}>
        {entries.map((entry, i) => (
          <One key={entry.row.id} desk={desk} waiting={waiting} entry={entry} at={i + 1} of={entries.length + waiting.beyond.value} first={i === 0} decide={decide} />
        ))}
      </div>
      {(waiting.beyond.value > 0 || waiting.filter.value === 'inside' || waiting.filter.value === 'out') && entries.length > 0 && (
        <button type="button" class="h-press is-quiet" onClick={() => void waiting.more()}>
          {waiting.beyond.value > 0 ? tn('Show more ({n})', 'Show more ({n})', waiting.beyond.value) : t('Show more')}
        </button>
      )}
      <UndoBar desk={desk} waiting={waiting} />
    </div>
  )
}

function Filters({ waiting }: { waiting: Waiting }) {
  const { door, names, wishes } = waiting.counts.value
  const all: [Filter, string, number][] = [
    ['all', t('All that waits'), door + names + wishes],
    ['door', t('At the door'), door],
    ['names', t('Names'), names],
    ['wishes', t('Words'), wishes],
    ['inside', t('Inside'), 0],
    ['out', t('Put out'), 0],
  ]
  return (
    <div class="h-buttons" role="group" aria-label={t('Show')}>
      {all.map(([filter, words, count]) => (
        <button key={filter} type="button" class="h-press is-quiet h-filter" aria-pressed={waiting.filter.value === filter} onClick={() => waiting.show(filter)}>
          {words}
          {count > 0 && <span class="h-badge">{count}</span>}
        </button>
      ))}
    </div>
  )
}

/** Who else is at it, so that two do not read the same entry unknowingly. */
function Company({ desk, waiting, whole }: { desk: Desk; waiting: Waiting; whole: boolean }) {
  const others = waiting.others.value
  const nobody = whole ? t('Nobody else is looking at this list.') : ''
  return (
    <p class="h-facts h-company" role="status" aria-live={desk.calm.value ? 'off' : 'polite'}>
      {others.length === 0 ? nobody : t('Also here: {names}', { names: others.map(nameOf).join(', ') })}
    </p>
  )
}

function nameOf(look: Look): string {
  return look.name === '' ? t('another moderator') : look.name
}

function Help() {
  return (
    <div class="h-card">
      <p class="h-facts">{t('The keys work while an entry has the focus: press one, or Tab to it.')}</p>
      <dl class="h-keys">
        {KEYS.map(([key, words]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(words)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

interface OneProps {
  desk: Desk
  waiting: Waiting
  entry: Entry
  at: number
  of: number
  first: boolean
  decide: (deed: Deed, entry: Entry) => Promise<void>
}

function One({ desk, waiting, entry, at, of, first, decide }: OneProps) {
  const { row, fate } = entry
  const selected = waiting.selected.value === row.id
  const reader = waiting.others.value.find((look) => look.entry === row.id)
  const programme = desk.programme.value
  const item = programme === null || row.item_id === '' ? null : itemOf(programme, row.item_id)
  const facts = [
    row.community,
    countryName(desk, row.country),
    row.people > 1 ? tn('{n} person', '{n} people', row.people) : '',
    item === null ? '' : desk.text(item.title),
    row.kind === 'wish' ? '' : consentWords(row.consent, row.kind),
    programme === null || row.since_ms === 0 ? '' : timeAt(row.since_ms, programme.zone),
  ].filter((part) => part !== '')
  const id = `m-${row.id}`
  return (
    <article
      class={`h-entry h-one is-${row.kind} ${fate === null ? '' : 'is-decided'} ${selected ? 'is-open' : ''}`}
      data-id={row.id}
      tabIndex={selected || (first && waiting.selected.value === null) ? 0 : -1}
      aria-posinset={at}
      aria-setsize={of}
      aria-labelledby={`${id}-kind ${id}-name`}
      aria-describedby={`${id}-facts`}
      onFocus={() => waiting.select(row.id)}
      onClick={(event) => {
        if (event.target instanceof HTMLElement && event.target.closest('button') === null) event.currentTarget.focus()
      }}
    >
      <div class="h-about">
        <p class="h-eyebrow">
          <b id={`${id}-kind`}>{kindWords(row.kind)}</b>
          {entry.anew && fate === null && <span class="h-anew">{t('has changed: please read it again')}</span>}
          {reader !== undefined && <span class="h-anew">{t('{name} is reading this', { name: nameOf(reader) })}</span>}
        </p>
        <p class="h-who">
          <b id={`${id}-name`} dir="auto">
            {row.name || t('without a name')}
          </b>
        </p>
        {row.text !== '' && (
          <p class="h-said" dir="auto">
            {row.text}
          </p>
        )}
        <p class="h-facts" id={`${id}-facts`}>
          {facts.map((fact, i) => (
            <span key={i}>
              {i > 0 && ' · '}
              <bdi>{fact}</bdi>
            </span>
          ))}
        </p>
      </div>
      {fate === null ? (
        <div class="h-buttons">
          {deedsOf(row.kind).map((deed) => (
            <DeedButton key={deed} entry={entry} deed={deed} reachable={selected} decide={decide} />
          ))}
        </div>
      ) : (
        <p class="h-fate">
          {fate.words}
          {fate.by !== '' && ` · ${fate.by}`}
        </p>
      )}
    </article>
  )
}

/** What there is a button for; the keys know them all. */
function deedsOf(kind: Entry['row']['kind']): Deed[] {
  if (kind === 'door') return ['yes', 'no', 'ban']
  return kind === 'name' ? ['yes', 'no', 'remove', 'ban'] : ['yes', 'no', 'hide', 'remove', 'ban']
}

interface DeedProps {
  entry: Entry
  deed: Deed
  /** With hundreds of entries the Tab key goes through the buttons of one alone. */
  reachable: boolean
  decide: OneProps['decide']
}

function DeedButton({ entry, deed, reachable, decide }: DeedProps) {
  const kind = actOf(deed, entry.row)
  if (kind === null) return null
  const words = deedWords(kind)
  return (
    <button
      type="button"
      tabIndex={reachable ? 0 : -1}
      class={`h-press ${deed === 'yes' ? 'is-main' : deed === 'no' ? 'is-plain' : 'is-quiet'}`}
      aria-label={`${words}: ${entry.row.name || t('without a name')}`}
      onClick={() => void decide(deed, entry)}
    >
      {words}
    </button>
  )
}

/** Ten seconds in which the last decision is taken back by one press. */
function UndoBar({ desk, waiting }: { desk: Desk; waiting: Waiting }) {
  const last = waiting.undoable.value
  const left = last === null ? 0 : Math.ceil((last.until_ms - desk.now_s.value * 1000) / 1000)
  return (
    <div class="h-undo" role="status" aria-live={desk.calm.value ? 'off' : 'polite'}>
      {last !== null && (
        <p>
          <span dir="auto">{last.words}</span>
          <button type="button" class="h-press is-main" onClick={() => void waiting.undo()}>
            {t('Undo')} <span aria-hidden="true">({Math.min(10, Math.max(1, left))})</span>
          </button>
        </p>
      )}
    </div>
  )
}

function deedWords(kind: string): string {
  switch (kind) {
    case 'person.admit':
      return t('Let in')
    case 'person.refuse':
      return t('Do not let in')
    case 'person.release':
    case 'wish.release':
      return t('Release')
    case 'person.hide':
      return t('Hide the name')
    case 'wish.withhold':
      return t('Keep back')
    case 'person.remove':
      return t('Remove')
    case 'person.ban':
      return t('Ban')
    default:
      return t('Let back in')
  }
}

function kindWords(kind: Entry['row']['kind']): string {
  switch (kind) {
    case 'door':
      return t('Waits at the door')
    case 'name':
      return t('A name')
    case 'wish':
      return t('Written words')
    case 'inside':
      return t('Is inside')
    case 'out':
      return t('Is put out')
  }
}

function consentWords(consent: string, kind: string): string {
  if (kind === 'inside') return ''
  if (consent === 'full') return t('would be shown in full')
  return consent === 'first' ? t('would be shown as first name and country') : t('is only counted')
}

function nothing(filter: Filter): string {
  if (filter === 'inside') return t('Nobody of this name is here.')
  return filter === 'out' ? t('Nobody has been put out.') : t('Nothing waits. New entries are told here.')
}
