// Halls elsewhere that join with a camera of their own, and which of them an item or a place of a roll-call shows.
import { t } from '../../text/messages'
import { useEditing } from './editing'
import { faultsBeside, faultsOf } from './faults'
import { KeyField } from './fields'
import { freshId, idsOf, wordsOf } from './lists'
import { Ordered } from './ordered'
import { Choice, Faults, Group } from './parts'
import { isTable, listAt, type Json, type Path } from './paths'
import { PartHead } from './records'
import type { Fault } from '../types'

const HALLS: Path = ['halls']

function hallName(hall: Json, index: number, languages: readonly string[]): string {
  const words = isTable(hall) ? wordsOf(hall['place'], languages).trim() : ''
  return words === '' ? t('Hall {number}', { number: index + 1 }) : words
}

export function Halls() {
  const { draft, forms, languages } = useEditing()
  const keys = forms.parts['Hall'] ?? []
  const label = t('Halls with a camera of their own')
  return (
    <Group
      label={label}
      hint={t('A hall in another town joins by its own link and stands by until the programme shows it. In the programme you choose where.')}
      faults={faultsOf(draft.faults.value, HALLS)}
      wide
    >
      <Ordered
        path={HALLS}
        label={label}
        numbered
        nameOf={(hall, index) => hallName(hall, index, languages)}
        head={(hall, index) => <PartHead path={[...HALLS, index]} name={hallName(hall, index, languages)} />}
        add={{ words: t('Add a hall'), make: () => ({ id: freshId('hall', idsOf(listAt(draft.document.peek(), HALLS))), place: {} }) }}
      >
        {(_, index) => (
          <div class="e-fields">
            <Faults label={label} faults={faultsBeside(draft.faults.value, [...HALLS, index], keys.map((key) => key.name))} />
            {keys
              .filter((key) => key.name !== 'id')
              .concat(keys.filter((key) => key.name === 'id'))
              .map((key) => (
                <KeyField key={key.name} spec={key} path={[...HALLS, index, key.name]} owner="halls" />
              ))}
          </div>
        )}
      </Ordered>
    </Group>
  )
}

interface HallFieldProps {
  path: Path
  label: string
  hint: string
  faults: readonly Fault[]
}

/** Which hall is shown; nothing is asked where the series has none. */
export function HallField({ path, ...shared }: HallFieldProps) {
  const { draft, halls, languages } = useEditing()
  const now = draft.value(path)
  const value = typeof now === 'string' ? now : ''
  if (halls.length === 0 && value === '') return null
  const options = halls.flatMap((hall, index) =>
    isTable(hall) && typeof hall['id'] === 'string' ? [[hall['id'], hallName(hall, index, languages)] as const] : [],
  )
  return (
    <Choice
      {...shared}
      value={value}
      options={[['', t('No hall')], ...options]}
      onValue={(next) => draft.put(path, next === '' ? undefined : next)}
    />
  )
}
