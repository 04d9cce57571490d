// Lists within an item: speakers, wreaths, places, photographs, people, and names by the hundred.
import { useState } from 'preact/hooks'
import { t, tn } from '../../text/messages'
import { useEditing } from './editing'
import { counted, faultsBeside, faultsOf, faultsWithin } from './faults'
import { KeyField } from './fields'
import { addOf } from './labels'
import { namesFrom, wordsOf } from './lists'
import { Ordered } from './ordered'
import { Area, countWords, Faults, Group, Press } from './parts'
import { isList, isTable, type Json, type Path } from './paths'
import { Texts } from './texts'

interface Props {
  path: Path
  label: string
  hint?: string
}

/** The key that a part of this list is called by. */
const CALLED = ['name', 'community', 'place', 'sender', 'label', 'caption', 'url', 'link'] as const

export function partName(value: Json, index: number, languages: readonly string[]): string {
  if (typeof value === 'string' && value.trim() !== '') return value
  if (isTable(value)) {
    for (const key of CALLED) {
      const words = wordsOf(value[key], languages).trim()
      if (words !== '') return words
    }
  }
  return t('Number {number}', { number: index + 1 })
}

export function Records({ path, label, hint = '', owner, name, part }: Props & { owner: string; name: string; part: string }) {
  const { draft, forms, languages } = useEditing()
  const keys = forms.parts[part] ?? []
  return (
    <Group label={label} hint={hint} faults={faultsOf(draft.faults.value, path)} wide>
      <Ordered
        path={path}
        label={label}
        numbered
        copies
        nameOf={(value, index) => partName(value, index, languages)}
        head={(value, index) => <PartHead path={[...path, index]} name={partName(value, index, languages)} />}
        add={{ words: addOf(name), make: () => ({}) }}
      >
        {(_, index) => (
          <div class="e-fields">
            <Faults label={label} faults={faultsBeside(draft.faults.value, [...path, index], keys.map((key) => key.name))} />
            {keys.map((key) => (
              <KeyField key={key.name} spec={key} path={[...path, index, key.name]} owner={owner} />
            ))}
          </div>
        )}
      </Ordered>
    </Group>
  )
}

export function PartHead({ path, name }: { path: Path; name: string }) {
  const { draft } = useEditing()
  const { faults, warnings } = counted(faultsWithin(draft.faults.value, path))
  const words = countWords(faults, warnings)
  return (
    <span class="e-title">
      <span class="e-name">{name}</span>
      {words !== '' && <span class={faults > 0 ? 'e-bad' : 'e-look'}>{words}</span>}
    </span>
  )
}

/** People by their names alone. */
export function PeopleField({ path, label, hint = '', name }: Props & { name: string }) {
  const { draft, languages } = useEditing()
  return (
    <Group label={label} hint={hint} faults={faultsOf(draft.faults.value, path)} wide>
      <Ordered
        path={path}
        label={label}
        flat
        nameOf={(value, index) => (wordsOf(value, languages).trim() === '' ? t('Number {number}', { number: index + 1 }) : wordsOf(value, languages))}
        add={{ words: addOf(name), make: () => '' }}
      >
        {(_, index) => <Texts path={[...path, index]} label={t('Name')} isName />}
      </Ordered>
    </Group>
  )
}

const NAMES_SHOWN = 12

/** Names that are read: pasted as lines, corrected one by one. */
export function NamesField({ path, label }: Props) {
  const { draft, off } = useEditing()
  const [pasting, setPasting] = useState<string | null>(null)
  const [all, setAll] = useState(false)
  const value = draft.value(path)
  const names = isList(value) ? value : []
  const lines = pasting === null ? [] : namesFrom(pasting)
  const shown = all ? names.length : Math.min(names.length, NAMES_SHOWN)

  return (
    <Group label={label} faults={faultsOf(draft.faults.value, path)} wide>
      <p class="e-count">{tn('{n} name', '{n} names', names.length)}</p>
      {names.length > 0 && (
        <ol class="e-names">
          {names.slice(0, shown).map((one, index) => (
            <NameRow key={index} value={one} path={[...path, index]} index={index} count={names.length} />
          ))}
        </ol>
      )}
      {shown < names.length && <Press onPress={() => setAll(true)}>{t('Show all')}</Press>}
      {!off && pasting === null && (
        <div class="e-buttons">
          <Press
            onPress={() => {
              setAll(true)
              draft.list(path, (now) => [...now, ''])
            }}
          >
            {t('Add a name')}
          </Press>
          <Press onPress={() => setPasting('')}>{t('Add many names')}</Press>
        </div>
      )}
      {pasting !== null && (
        <div class="e-paste">
          <label for="e-paste">{t('One name on each line. A note may follow a semicolon.')}</label>
          <Area id="e-paste" lines={8} off={false} value={pasting} onValue={setPasting} />
          <div class="e-buttons">
            <Press
              kind="main"
              off={lines.length === 0}
              onPress={() => {
                draft.list(path, (now) => [...now, ...lines])
                setPasting(null)
              }}
            >
              {lines.length === 0 ? t('Add the names') : tn('Add {n} name', 'Add {n} names', lines.length)}
            </Press>
            <Press onPress={() => setPasting(null)}>{t('Cancel')}</Press>
          </div>
        </div>
      )}
    </Group>
  )
}

interface NameRowProps {
  value: Json
  path: Path
  index: number
  count: number
}

function NameRow({ value, path, index, count }: NameRowProps) {
  const { draft, off } = useEditing()
  const list = path.slice(0, -1)
  const table = isTable(value) ? value : { name: typeof value === 'string' ? value : '' }
  const read = (key: string) => (typeof table[key] === 'string' ? table[key] : '')
  function set(key: string, words: string): void {
    const next = Object.fromEntries(Object.entries({ ...table, [key]: words }).filter(([name, one]) => name === 'name' || one !== ''))
    draft.put(path, Object.keys(next).length === 1 ? (next['name'] ?? '') : next)
  }
  const move = (to: number) =>
    draft.list(list, (now) => {
      const rest = now.filter((_, place) => place !== index)
      return [...rest.slice(0, to), value, ...rest.slice(to)]
    })
  const name = read('name') === '' ? t('Number {number}', { number: index + 1 }) : read('name')
  return (
    <li class="e-nameread">
      <input dir="auto" aria-label={t('Name {number}', { number: index + 1 })} value={read('name')} readOnly={off} onInput={(event) => set('name', event.currentTarget.value)} />
      <input dir="auto" aria-label={t('Note to {name}', { name })} placeholder={t('Note')} value={read('note')} readOnly={off} onInput={(event) => set('note', event.currentTarget.value)} />
      <input dir="auto" aria-label={t('How {name} is pronounced', { name })} placeholder={t('Pronounced')} value={read('pronunciation')} readOnly={off} onInput={(event) => set('pronunciation', event.currentTarget.value)} />
      {!off && (
        <span class="e-inline">
          <Press kind="quiet" off={index === 0} label={t('Earlier: {name}', { name })} onPress={() => move(index - 1)}>
            ↑
          </Press>
          <Press kind="quiet" off={index === count - 1} label={t('Later: {name}', { name })} onPress={() => move(index + 1)}>
            ↓
          </Press>
          <Press kind="quiet" label={t('Take out: {name}', { name })} onPress={() => draft.take(list, index, name)}>
            {t('Take out')}
          </Press>
        </span>
      )}
      <Faults faults={faultsWithin(draft.faults.value, path)} label={name} />
    </li>
  )
}
