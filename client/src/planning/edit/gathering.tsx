// Where people gather, who comes as one community, when they are reminded, and the years that depart from the rule.
import { language, t, tn } from '../../text/messages'
import { civilDate } from '../../view/dates'
import { useState } from 'preact/hooks'
import { useEditing } from './editing'
import { faultsOf, faultsWithin } from './faults'
import { countries, zoneHint, zones, zoneWords } from './lands'
import { wordsOf } from './lists'
import { Ordered } from './ordered'
import { Choice, Faults, Group, Numeral, Press, Words } from './parts'
import { isTable, listAt, type Json, type Path } from './paths'
import { PartHead, partName } from './records'
import { beforeOf, offset_s, offsetParts, toggled } from './rules'
import { Search } from './search'
import { Texts } from './texts'

const SITES: Path = ['date', 'sites']
const EXCEPTIONS: Path = ['date', 'exceptions']
const REMINDERS: Path = ['reminders']
const DELEGATIONS: Path = ['delegations']

function read(value: Json | undefined, key: string): string {
  const found = isTable(value) ? value[key] : undefined
  return typeof found === 'string' ? found : ''
}

/** A line of one key of a record. */
function Line({ path, name, label, hint, type }: { path: Path; name: string; label: string; hint?: string; type?: 'tel' | 'time' | 'date' }) {
  const { draft } = useEditing()
  return (
    <Words
      label={label}
      value={read(draft.value(path), name).slice(0, type === 'time' ? 5 : undefined)}
      faults={faultsWithin(draft.faults.value, [...path, name])}
      onValue={(next) => draft.put([...path, name], next === '' ? undefined : next)}
      {...(hint === undefined ? {} : { hint })}
      {...(type === undefined ? {} : { type })}
    />
  )
}

export function Sites() {
  const { draft, forms, languages } = useEditing()
  const reach = read(draft.value(['date']), 'reach') || 'one_instant'
  const zone = read(draft.value(['date']), 'zone')
  return (
    <Group label={t('Places')} hint={t('Halls, squares and monuments where people stand together, for a link from one to another.')} faults={faultsOf(draft.faults.value, SITES)} wide>
      <Ordered
        path={SITES}
        label={t('Places')}
        numbered
        nameOf={(site, index) => partName(site, index, languages)}
        head={(site, index) => (
          <PartHead path={[...SITES, index]} name={[partName(site, index, languages), read(site, 'time').slice(0, 5)].filter((part) => part !== '').join(', ')} />
        )}
        add={{ words: t('Add a place'), make: () => ({ place: {}, zone, ...(reach === 'per_site' ? { time: '12:00' } : {}) }) }}
      >
        {(site, index) => {
          const path = [...SITES, index]
          return (
            <div class="e-fields">
              <Texts path={[...path, 'place']} label={t('Name of the place')} />
              <Search
                label={t('By the clocks of')}
                hint={zoneHint()}
                value={read(site, 'zone')}
                options={zones(forms)}
                faults={faultsWithin(draft.faults.value, [...path, 'zone'])}
                onChoose={(next) => draft.put([...path, 'zone'], next)}
              />
              {(reach !== 'one_instant' || read(site, 'time') !== '') && (
                <Line
                  path={path}
                  name="time"
                  label={t('Time there')}
                  type="time"
                  {...(reach === 'local_everywhere' ? { hint: t('Leave it empty for the time of the ceremony.') } : {})}
                />
              )}
              <Texts path={[...path, 'community']} label={t('Community')} isName />
              <Line path={path} name="contact" label={t('Whom the host rings there')} />
              <Line path={path} name="telephone" label={t('Telephone')} type="tel" />
              <Line path={path} name="id" label={t('Short name')} hint={t('For links: small letters, digits and hyphens. Left empty, it follows from the town.')} />
            </div>
          )
        }}
      </Ordered>
    </Group>
  )
}

export function Delegations() {
  const { draft, languages } = useEditing()
  const lands = countries()
  return (
    <Group label={t('Delegations')} hint={t('Who comes as one community. The name is what they call themselves; a country is not asked of anybody.')} faults={faultsOf(draft.faults.value, DELEGATIONS)} wide>
      <Ordered
        path={DELEGATIONS}
        label={t('Delegations')}
        numbered
        nameOf={(one, index) => partName(one, index, languages)}
        head={(one, index) => <PartHead path={[...DELEGATIONS, index]} name={partName(one, index, languages)} />}
        add={{ words: t('Add a delegation'), make: () => ({ community: {} }) }}
      >
        {(one, index) => (
          <div class="e-fields">
            <Texts path={[...DELEGATIONS, index, 'community']} label={t('Community')} />
            <Search
              label={t('Country or region')}
              hint={t('Only if you wish.')}
              value={read(one, 'country')}
              options={lands}
              empty
              faults={faultsWithin(draft.faults.value, [...DELEGATIONS, index, 'country'])}
              onChoose={(code) => draft.put([...DELEGATIONS, index, 'country'], code === '' ? undefined : code)}
            />
          </div>
        )}
      </Ordered>
    </Group>
  )
}

const USUAL = ['30d', '7d', '1d', '1h']

/** "30 days", "1 hour"; as it is written where it is no length. */
export function offsetWords(before: string): string {
  const found = offsetParts(before)
  if (found === null) return before
  switch (found.unit) {
    case 'd':
      return tn('{n} day', '{n} days', found.amount)
    case 'h':
      return tn('{n} hour', '{n} hours', found.amount)
    case 'min':
      return tn('{n} minute', '{n} minutes', found.amount)
  }
}

export function Reminders() {
  const { draft, off } = useEditing()
  const [amount, setAmount] = useState<number | null>(14)
  const [unit, setUnit] = useState('d')
  const reminders = listAt(draft.document.value, REMINDERS)
  const chosen = new Set(reminders.map((one) => offset_s(beforeOf(one))))
  const offered = [...USUAL, ...reminders.map(beforeOf).filter((before) => !USUAL.some((usual) => offset_s(usual) === offset_s(before)))].sort(
    (one, other) => offset_s(other) - offset_s(one),
  )
  return (
    <Group label={t('Letters that remind people')} hint={t('Sent by mail to those who are invited, each once.')} faults={faultsOf(draft.faults.value, REMINDERS)} wide>
      <div class="e-chips">
        {offered.map((before) => {
          const on = chosen.has(offset_s(before))
          return (
            <Press key={before} pressed={on} off={off} onPress={() => draft.list(REMINDERS, (now) => toggled(now, before))}>
              <span aria-hidden="true" class="e-check">
                {on ? '✓' : '+'}
              </span>
              {t('{length} before', { length: offsetWords(before) })}
            </Press>
          )
        })}
      </div>
      {!off && (
        <details class="e-details">
          <summary>{t('Another time before it')}</summary>
          <div class="e-rule">
            <Numeral label={t('How many')} value={amount} low={1} onValue={setAmount} />
            <Choice label={t('Of what')} value={unit} options={[['d', t('days')], ['h', t('hours')], ['min', t('minutes')]]} onValue={setUnit} />
            <div class="e-field is-end">
              <Press off={amount === null || amount < 1} onPress={() => draft.list(REMINDERS, (now) => (chosen.has(offset_s(`${amount ?? 0}${unit}`)) ? now : toggled(now, `${amount ?? 0}${unit}`)))}>
                {t('Add')}
              </Press>
            </div>
          </div>
        </details>
      )}
      {reminders.map((one, index) => (
        <details key={beforeOf(one)} class="e-details" open={isTable(one) && one['words'] !== undefined}>
          <summary>{t('Words of your own, {length} before', { length: offsetWords(beforeOf(one)) })}</summary>
          <OwnWords reminder={one} path={[...REMINDERS, index]} />
        </details>
      ))}
    </Group>
  )
}

/** A reminder becomes a table when it has words, and is one length again without them. */
function OwnWords({ reminder, path }: { reminder: Json; path: Path }) {
  const { draft, off } = useEditing()
  if (!isTable(reminder)) {
    if (off) return <p>{t('None')}</p>
    return <Press onPress={() => draft.put(path, { before: beforeOf(reminder), words: {} })}>{t('Write words of your own')}</Press>
  }
  return (
    <>
      <Texts path={[...path, 'words']} label={t('Words of your own')} hint={t('They stand above the date and the link.')} lines={3} />
      <Faults label={t('Words of your own')} faults={faultsOf(draft.faults.value, path)} />
      {!off && (
        <Press kind="quiet" onPress={() => draft.put(path, beforeOf(reminder))}>
          {t('Without words of our own')}
        </Press>
      )}
    </>
  )
}

export function Exceptions() {
  const { draft } = useEditing()
  const rows = draft.preview.value?.rows ?? []
  const kinds = [
    ['moved', t('moved to another day or hour')],
    ['cancelled', t('cancelled')],
    ['extra', t('one more, beside the rule')],
  ] as const
  const nameOf = (one: Json, index: number) => {
    const day = read(one, 'day')
    const kind = kinds.find(([key]) => key === read(one, 'kind'))?.[1] ?? ''
    return day === '' ? t('Number {number}', { number: index + 1 }) : `${civilDate(day)}: ${kind}`
  }
  return (
    <Group label={t('Years that differ')} hint={t('A date that is moved or cancelled keeps its place in the count of years.')} faults={faultsOf(draft.faults.value, EXCEPTIONS)} wide>
      <Ordered
        path={EXCEPTIONS}
        label={t('Years that differ')}
        nameOf={nameOf}
        head={(one, index) => <PartHead path={[...EXCEPTIONS, index]} name={nameOf(one, index)} />}
        add={{ words: t('Add a year that differs'), make: () => ({ kind: 'moved', day: rows.find((row) => row.departure === '')?.key ?? new Date().toISOString().slice(0, 10) }) }}
      >
        {(one, index) => {
          const path = [...EXCEPTIONS, index]
          const kind = read(one, 'kind')
          const days = rows.filter((row) => row.departure !== 'extra').map((row) => [row.key, civilDate(row.key)] as const)
          return (
            <div class="e-fields">
              <Faults label={t('Years that differ')} faults={faultsOf(draft.faults.value, path)} />
              <Choice label={t('It is')} value={kind} options={kinds} faults={faultsOf(draft.faults.value, [...path, 'kind'])} onValue={(next) => draft.put([...path, 'kind'], next)} />
              {kind === 'extra' || days.length === 0 ? (
                <Line path={path} name="day" label={t('On')} type="date" />
              ) : (
                <Choice
                  label={t('The date by the rule')}
                  value={read(one, 'day')}
                  options={days}
                  faults={faultsOf(draft.faults.value, [...path, 'day'])}
                  onValue={(next) => draft.put([...path, 'day'], next)}
                />
              )}
              {kind === 'moved' && <Line path={path} name="to" label={t('To')} hint={t('Leave it empty if only the hour changes.')} type="date" />}
              {kind !== 'cancelled' && <Line path={path} name="time" label={t('Time')} hint={t('Leave it empty for the usual time.')} type="time" />}
              <Texts path={[...path, 'reason']} label={t('Why')} hint={t('Told to those who are invited.')} />
            </div>
          )
        }}
      </Ordered>
    </Group>
  )
}

/** A zone by its town, for a sentence. */
export function townOf(zone: string): string {
  return zoneWords(zone).split(' — ')[0] ?? zone
}

export function placeWords(place: Readonly<Record<string, string>>, zone: string): string {
  const words = wordsOf(place, [language()])
  return words === '' ? townOf(zone) : words
}
