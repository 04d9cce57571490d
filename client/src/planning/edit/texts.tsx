// A text in the languages of the ceremony: two side by side, more in tabs, with a mark for those that lack.
import { useId, useRef, useState } from 'preact/hooks'
import { t } from '../../text/messages'
import { languageName } from '../words'
import { useEditing } from './editing'
import { faultsWithin } from './faults'
import { Area, Faults } from './parts'
import { isTable, type Json, type Path } from './paths'

const BESIDE_MOST = 2

interface Props {
  path: Path
  label: string
  hint?: string
  lines?: number
  /** A name needs but one writing; others are offered, and none is missed. */
  isName?: boolean
}

/** A text by language; a plain string is in the first language of the ceremony. */
export function tableOf(value: Json | undefined, first: string): Readonly<Record<string, string>> {
  if (typeof value === 'string') return { [first]: value }
  if (!isTable(value)) return {}
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** The text with these words in a language; what was a plain string stays one while it is in one language. */
export function withWords(value: Json | undefined, first: string, tag: string, words: string): Json | undefined {
  const next = { ...tableOf(value, first), [tag]: words }
  const left = Object.fromEntries(Object.entries(next).filter(([, one]) => one !== ''))
  const tags = Object.keys(left)
  if (tags.length === 0) return undefined
  return typeof value === 'string' && tags.length === 1 && tags[0] === first ? (left[first] ?? '') : left
}

export function Texts({ path, label, hint = '', lines, isName = false }: Props) {
  const { draft, languages, off } = useEditing()
  const id = useId()
  const [chosen, setChosen] = useState('')
  const [more, setMore] = useState(false)
  const first = languages[0] ?? 'en'
  const value = draft.value(path)
  const table = tableOf(value, first)
  const tags = [...languages, ...Object.keys(table).filter((tag) => !languages.includes(tag))]
  const written = tags.filter((tag) => (table[tag] ?? '').trim() !== '')
  const isMissing = (tag: string) => !isName && languages.includes(tag) && written.length > 0 && !written.includes(tag)
  // The marks say already what a language lacks.
  const faults = faultsWithin(draft.faults.value, path).filter((fault) => fault.code !== 'schedule.untranslated')
  const bad = faults.some((fault) => fault.severity === 'fault')
  const set = (tag: string, words: string) => draft.put(path, withWords(draft.value(path), first, tag, words))

  const input = (tag: string) =>
    lines === undefined ? (
      <input
        id={`${id}${tag}`}
        dir="auto"
        lang={tag}
        value={table[tag] ?? ''}
        readOnly={off}
        autocomplete="off"
        aria-invalid={bad ? 'true' : undefined}
        onInput={(event) => set(tag, event.currentTarget.value)}
      />
    ) : (
      <Area id={`${id}${tag}`} lang={tag} lines={lines} value={table[tag] ?? ''} off={off} bad={bad} onValue={(words) => set(tag, words)} />
    )
  const named = (tag: string) => (
    <>
      <span lang={tag}>{languageName(tag)}</span>
      {isMissing(tag) && <span class="e-missing"> {t('(missing)')}</span>}
    </>
  )
  const shown = isName && !more && written.length < 2 && tags.length > 1 ? [written[0] ?? first] : tags
  const now = shown.includes(chosen) ? chosen : (shown[0] ?? first)

  return (
    <div class="e-field is-wide e-texts" role="group" aria-labelledby={id} aria-describedby={faults.length > 0 ? `${id}faults` : undefined}>
      <span class="e-label" id={id}>
        {label}
      </span>
      {hint !== '' && <p class="e-hint">{hint}</p>}
      {shown.length > BESIDE_MOST ? (
        <Tabs id={id} tags={shown} now={now} onChoose={setChosen} named={named}>
          <label class="unseen" for={`${id}${now}`}>
            {languageName(now)}
          </label>
          {input(now)}
        </Tabs>
      ) : (
        <div class="e-beside">
          {shown.map((tag) => (
            <div key={tag} class="e-one">
              <label for={`${id}${tag}`} class={shown.length === 1 ? 'unseen' : 'e-lang'}>
                {named(tag)}
              </label>
              {input(tag)}
            </div>
          ))}
        </div>
      )}
      {shown.length < tags.length && !off && (
        <button type="button" class="p-button is-quiet e-more" onClick={() => setMore(true)}>
          {t('Write it in another script too')}
        </button>
      )}
      <Faults faults={faults} label={label} id={`${id}faults`} />
    </div>
  )
}

interface TabsProps {
  id: string
  tags: readonly string[]
  now: string
  onChoose: (tag: string) => void
  named: (tag: string) => preact.ComponentChildren
  children: preact.ComponentChildren
}

function Tabs({ id, tags, now, onChoose, named, children }: TabsProps) {
  const row = useRef<HTMLDivElement>(null)
  function step(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const forward = getComputedStyle(event.currentTarget as Element).direction === 'rtl' ? -by : by
    const next = tags[(tags.indexOf(now) + forward + tags.length) % tags.length]
    if (next === undefined) return
    onChoose(next)
    row.current?.querySelector<HTMLElement>(`[data-tag="${next}"]`)?.focus()
  }
  return (
    <>
      <div class="e-tabs" role="tablist" aria-labelledby={id} ref={row} onKeyDown={step}>
        {tags.map((tag) => (
          <button
            key={tag}
            type="button"
            role="tab"
            class="e-tab"
            data-tag={tag}
            aria-selected={tag === now}
            aria-controls={`${id}panel`}
            tabIndex={tag === now ? 0 : -1}
            onClick={() => onChoose(tag)}
          >
            {named(tag)}
          </button>
        ))}
      </div>
      <div id={`${id}panel`} role="tabpanel" aria-label={languageName(now)}>
        {children}
      </div>
    </>
  )
}
