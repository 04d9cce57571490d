// The items of a programme in their order: each with its time by the ceremony's clock, and its fields when it is opened.
import { useEffect, useState } from 'preact/hooks'
import { language, t } from '../../text/messages'
import { length } from '../../view/host/words'
import { languageName } from '../words'
import { useEditing } from './editing'
import { counted, faultsOf, faultsWithin } from './faults'
import { KeyField } from './fields'
import { groups, kindName } from './kinds'
import { alphabetical, idsOf, inserted, wordsOf, wreathsFor } from './lists'
import { hintOf, labelOf } from './labels'
import { newItem, placeFor } from './making'
import { Ordered } from './ordered'
import { Choice, countWords, Faults, Length, Press, Words } from './parts'
import { isTable, listAt, type Json, type Path } from './paths'
import { SilenceBar } from './silencebar'
import { clock, planned_s, spans, workedOut_s, type Span } from './timing'
import type { Key } from './shapes'

const ITEMS: Path = ['items']

/** Keys of every item that are seen at once; the others lie under "more". */
const SEEN = new Set(['title', 'text'])
const PLACED = new Set(['title', 'text', 'planned_s', 'id', 'media'])
/** Kinds that hardly go without a recording. */
const SHOWS = new Set(['video_message', 'film', 'music', 'anthem'])

interface Props {
  /** The time of the ceremony, "14:00", and the item that comes then. */
  time: string
  timeOf: string | null
  delegations: readonly Json[]
}

export function Items({ time, timeOf, delegations }: Props) {
  const { draft, languages } = useEditing()
  const items = listAt(draft.document.value, ITEMS)
  const times = spans(items, time, timeOf)
  const nameOf = (item: Json, index: number) => {
    const words = isTable(item) ? wordsOf(item['title'], languages).trim() : ''
    return words === '' ? t('Item {number}', { number: index + 1 }) : words
  }
  return (
    <div class="e-items">
      <Ordered
        path={ITEMS}
        label={t('The programme, in its order')}
        numbered
        copies
        keyOf={keysOf(items)}
        nameOf={nameOf}
        head={(item, index) => <Head item={item} index={index} name={nameOf(item, index)} span={times?.[index] ?? null} />}
      >
        {(item, index) => <ItemFields item={item} path={[...ITEMS, index]} delegations={delegations} />}
      </Ordered>
      <AddItem />
    </div>
  )
}

/** The id of each item, made different where two have the same. */
function keysOf(items: readonly Json[]): (item: Json, index: number) => string {
  const seen = new Map<string, number>()
  const keys = items.map((item) => {
    const id = isTable(item) && typeof item['id'] === 'string' ? item['id'] : ''
    const times = (seen.get(id) ?? 0) + 1
    seen.set(id, times)
    return `${id} ${times}`
  })
  return (item, index) => keys[index] ?? (isTable(item) && typeof item['id'] === 'string' ? `${item['id']} 1` : String(index))
}

interface HeadProps {
  item: Json
  index: number
  name: string
  span: Span | null
}

function Head({ item, index, name, span }: HeadProps) {
  const { draft } = useEditing()
  const kind = isTable(item) && typeof item['kind'] === 'string' ? item['kind'] : ''
  const { faults, warnings } = counted(faultsWithin(draft.faults.value, [...ITEMS, index]))
  const words = countWords(faults, warnings)
  const length_s = planned_s(item)
  return (
    <span class="e-title">
      <span class="e-name">{name}</span>
      <span class="e-facts">
        <span>{kindName(kind)}</span>
        {span !== null && (
          <span class="digits">
            {clock(span.start_s)} – {clock(span.end_s)}
          </span>
        )}
        <span class="digits">{length_s === 0 ? t('no length yet') : t('{length} long', { length: length(length_s * 1000) })}</span>
      </span>
      {words !== '' && <span class={faults > 0 ? 'e-bad' : 'e-look'}>{words}</span>}
    </span>
  )
}

interface FieldsProps {
  item: Json
  path: Path
  delegations: readonly Json[]
}

function ItemFields({ item, path, delegations }: FieldsProps) {
  const { draft, forms, off } = useEditing()
  const kind = isTable(item) && typeof item['kind'] === 'string' ? item['kind'] : ''
  const own = forms.kinds[kind] ?? []
  const has = (name: string) => isTable(item) && item[name] !== undefined
  const media = forms.item.find((key) => key.name === 'media')
  const mediaSeen = SHOWS.has(kind) || has('media')
  const field = (key: Key) => <KeyField key={key.name} spec={key} path={[...path, key.name]} owner={kind} />
  const seen = forms.item.filter((key) => SEEN.has(key.name))
  const more = forms.item.filter((key) => !PLACED.has(key.name))

  // The length of a silence is what its parts add up to; one that was written before would now be wrong.
  const written = isTable(item) ? item['planned_s'] : undefined
  const isStale = kind === 'silence' && written !== undefined && written !== workedOut_s(item)
  useEffect(() => {
    if (isStale && !off) draft.put([...path, 'planned_s'], undefined)
  }, [isStale])

  return (
    <div class="e-fields">
      <Faults label={kindName(kind)} faults={[...faultsOf(draft.faults.value, path), ...faultsOf(draft.faults.value, [...path, 'kind'])]} />
      {seen.filter((key) => key.name === 'title').map(field)}
      {kind === 'silence' && <SilenceBar item={item} />}
      {own.map((key) =>
        key.name === 'wreaths' ? (
          <div key={key.name} class="is-wide e-stack">
            {field(key)}
            <WreathHelp path={path} item={item} delegations={delegations} />
          </div>
        ) : (
          field(key)
        ),
      )}
      {seen.filter((key) => key.name !== 'title').map(field)}
      {kind !== 'silence' && <Planned item={item} path={[...path, 'planned_s']} />}
      {mediaSeen && media !== undefined && field(media)}
      <details class="e-details is-wide">
        <summary>{t('More about this item')}</summary>
        <div class="e-fields">
          {more.map(field)}
          {!mediaSeen && media !== undefined && field(media)}
          <IdField path={[...path, 'id']} owner={kind} />
        </div>
      </details>
    </div>
  )
}

function Planned({ item, path }: { item: Json; path: Path }) {
  const { draft, off } = useEditing()
  const value = draft.value(path)
  const worked_s = workedOut_s(item)
  const hint =
    worked_s === null ? '' : t('Its parts take {length}. Write a length here only if you wish it to be longer.', { length: length(worked_s * 1000) })
  return (
    <div class="e-stack">
      <Length
        label={labelOf('', 'planned_s')}
        hint={hint}
        faults={faultsOf(draft.faults.value, path)}
        value={typeof value === 'number' ? value : null}
        otherwise={worked_s}
        onValue={(next) => draft.put(path, next === null ? undefined : Math.round(next))}
      />
      {!off && worked_s !== null && value !== undefined && value !== worked_s && (
        <Press onPress={() => draft.put(path, undefined)}>{t('As long as its parts: {length}', { length: length(worked_s * 1000) })}</Press>
      )}
    </div>
  )
}

/** The id is kept while it is typed: the row would be another one with every letter. */
function IdField({ path, owner }: { path: Path; owner: string }) {
  const { draft } = useEditing()
  const value = draft.value(path)
  const now = typeof value === 'string' ? value : ''
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <div
      onFocusOut={() => {
        if (typed !== null && typed !== now) draft.put(path, typed)
        setTyped(null)
      }}
    >
      <Words
        label={labelOf(owner, 'id')}
        hint={hintOf(owner, 'id')}
        faults={faultsOf(draft.faults.value, path)}
        value={typed ?? now}
        onValue={setTyped}
      />
    </div>
  )
}

function WreathHelp({ path, item, delegations }: FieldsProps) {
  const { draft, languages, off } = useEditing()
  const wreaths = [...path, 'wreaths']
  const policy = isTable(item) ? item['order_policy'] : undefined
  const wanted = isTable(item) ? item['order_language'] : undefined
  const order = typeof wanted === 'string' && wanted !== '' ? wanted : null
  const now = listAt(draft.document.value, wreaths)
  const lacking = wreathsFor(delegations, now, languages).length - now.length
  if (off || (lacking === 0 && policy !== 'alphabetical')) return null
  return (
    <div class="e-buttons">
      {lacking > 0 && (
        <Press onPress={() => draft.list(wreaths, (list) => wreathsFor(delegations, list, languages))}>{t('Make one wreath for each delegation')}</Press>
      )}
      {policy === 'alphabetical' && (
        <Press
          off={order === null || now.length < 2}
          onPress={() => {
            if (order !== null) draft.list(wreaths, (list) => alphabetical(list, order, languages[0] ?? ''))
          }}
        >
          {order === null ? t('Put them in order (choose the language first)') : t('Put them in alphabetical order: {language}', { language: languageName(order) })}
        </Press>
      )}
    </div>
  )
}

function AddItem() {
  const { draft, forms, languages, off } = useEditing()
  const [open, setOpen] = useState(false)
  const [place, setPlace] = useState('')
  const [added, setAdded] = useState('')
  if (off) return null
  const items = listAt(draft.document.value, ITEMS)

  function add(kind: string): void {
    const spoken = languages.includes(language()) ? language() : (languages[0] ?? 'en')
    const fresh = newItem(kind, idsOf(items), kindName(kind), spoken, forms)
    const index = place === '' ? placeFor(kind, items) : Number(place)
    draft.list(ITEMS, (now) => inserted(now, index, fresh))
    setAdded(t('{kind} was added as number {number}.', { kind: kindName(kind), number: index + 1 }))
    setOpen(false)
    setPlace('')
    // Its row is there with the next drawing.
    requestAnimationFrame(() => {
      const row = document.querySelector(`.e-items > .e-ordered > .e-rows > :nth-child(${index + 1}) .e-open`)
      if (row instanceof HTMLElement) {
        row.focus()
        row.click()
        row.scrollIntoView({ block: 'center' })
      }
    })
  }

  return (
    <div class="e-additem">
      <Press kind="main" expanded={open} onPress={() => setOpen(!open)}>
        {t('Add an item')}
      </Press>
      <p class="unseen" role="status">
        {added}
      </p>
      {open && (
        <div class="e-kinds">
          <Choice
            label={t('Where')}
            value={place}
            options={[
              ['', t('Where it usually comes')],
              ...items.map((item, index) => {
                const name = isTable(item) ? wordsOf(item['title'], languages) : ''
                return [String(index + 1), t('After {number}. {name}', { number: index + 1, name })] as const
              }),
            ]}
            onValue={setPlace}
          />
          {groups(Object.keys(forms.kinds)).map((group) => (
            <section key={group.name}>
              <h3>{t(group.name)}</h3>
              <ul class="e-kindlist">
                {group.kinds.map((one) => (
                  <li key={one.kind}>
                    <button type="button" class="e-kind" onClick={() => add(one.kind)}>
                      <b>{t(one.name)}</b>
                      <span>{one.what === '' ? '' : t(one.what)}</span>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
    </div>
  )
}

