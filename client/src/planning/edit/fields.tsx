// The fields of an item or of a part of it, built from the keys that the server names; each by the type of what it holds.
import { t } from '../../text/messages'
import { countries, Languages } from './lands'
import { HallField } from './halls'
import { choiceOf, hintOf, labelOf } from './labels'
import { MediaField } from './media'
import { NamesField, PeopleField, Records } from './records'
import { useEditing } from './editing'
import { faultsOf, faultsWithin } from './faults'
import { Choice, Length, Numeral, Tick, Words } from './parts'
import { isList, type Json, type Path } from './paths'
import { Search } from './search'
import type { Key } from './shapes'
import { Texts } from './texts'
import { Until } from './dates'

/** Texts that run over lines, and how many are shown when empty. */
const LINES: Readonly<Record<string, number>> = {
  text: 5,
  words: 5,
  summary: 4,
  invitation: 2,
  fallback_text: 2,
  prompt: 2,
  call: 3,
  answer: 3,
  citation: 2,
  note_host: 2,
}

/** Lengths that may be over two minutes are written in minutes and seconds. */
const IN_MINUTES_FROM_S = 300

interface Props {
  spec: Key
  /** Where the value stands. */
  path: Path
  /** The kind, or the kind and its list. */
  owner: string
}

export function KeyField({ spec, path, owner }: Props) {
  const { draft } = useEditing()
  const { name } = spec
  const value = draft.value(path)
  const faults = faultsOf(draft.faults.value, path)
  const label = labelOf(owner, name)
  const hint = hintOf(owner, name)
  const put = (next: Json | undefined) => draft.put(path, next)
  const shared = { label, hint, faults }
  switch (spec.type) {
    case 'text':
    case 'name': {
      const lines = LINES[name]
      return <Texts path={path} label={label} hint={hint} isName={spec.type === 'name'} {...(lines === undefined ? {} : { lines })} />
    }
    case 'names':
      return <PeopleField path={path} label={label} hint={hint} name={name} />
    case 'boolean':
      return <Tick {...shared} value={typeof value === 'boolean' ? value : spec.default === true} onValue={put} />
    case 'integer':
    case 'number': {
      const number = typeof value === 'number' ? value : null
      const set = (next: number | null) => put(next ?? undefined)
      const otherwise = typeof spec.default === 'number' ? spec.default : null
      if (name.endsWith('_s') && (spec.high === null || spec.high >= IN_MINUTES_FROM_S)) {
        return <Length {...shared} value={number} otherwise={otherwise} onValue={set} />
      }
      const unit = name.endsWith('_s') ? { unit: t('seconds') } : {}
      return (
        <Numeral
          {...shared}
          {...unit}
          value={number}
          otherwise={otherwise}
          low={spec.low}
          high={spec.high}
          whole={spec.type === 'integer'}
          onValue={set}
        />
      )
    }
    case 'choice': {
      const now = typeof value === 'string' ? value : typeof spec.default === 'string' ? spec.default : ''
      const options = (spec.choices ?? []).map((choice) => [choice, choiceOf(owner, name, choice)] as const)
      return <Choice {...shared} value={now} options={options} onValue={put} />
    }
    case 'media':
      return <MediaField path={path} />
    case 'country':
      return (
        <Search {...shared} value={typeof value === 'string' ? value : ''} options={countries()} empty onChoose={(code) => put(code === '' ? undefined : code)} />
      )
    case 'hall':
      return <HallField {...shared} path={path} />
    case 'language':
      return <Languages {...shared} value={typeof value === 'string' ? value : ''} onChoose={(tag) => put(tag === '' ? undefined : tag)} />
    case 'list':
      if (name === 'names') return <NamesField path={path} label={label} />
      if (name === 'silences_at') return <Numbers path={path} label={label} hint={hint} />
      return <Records path={path} label={label} hint={hint} owner={`${owner}.${name}`} name={name} part={spec.part ?? ''} />
    case 'date_or_month_day':
      return <Until path={path} label={label} />
    default: {
      const lines = LINES[name]
      const words = typeof value === 'string' ? value : ''
      return (
        <Words
          {...shared}
          value={words}
          onValue={(next) => put(next === '' && !spec.required ? undefined : next)}
          {...(lines === undefined ? {} : { lines })}
          {...(spec.type === 'file' ? { type: 'text' as const } : {})}
        />
      )
    }
  }
}

/** Whole numbers with commas between them. */
function Numbers({ path, label, hint }: { path: Path; label: string; hint: string }) {
  const { draft } = useEditing()
  const value = draft.value(path)
  const words = isList(value) ? value.filter((one) => typeof one === 'number').join(', ') : ''
  return (
    <Words
      label={label}
      hint={hint}
      faults={faultsWithin(draft.faults.value, path)}
      value={words}
      onValue={(next) => {
        const numbers = next.split(/[^0-9]+/).flatMap((part) => (part === '' ? [] : [Number(part)]))
        draft.put(path, numbers.length === 0 ? undefined : numbers)
      }}
    />
  )
}
