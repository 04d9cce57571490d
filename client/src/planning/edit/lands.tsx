// Countries, languages and the places of time zones, as they are searched for and named.
import { language, t } from '../../text/messages'
import { languageName } from '../words'
import { nameHere, useEditing } from './editing'
import type { Fault } from '../types'
import { Search, type Found } from './search'
import type { Forms } from './shapes'

/** The countries in the order of their names; for a field that asks when it is opened. */
export function countries(): () => readonly Found[] {
  const { forms } = useEditing()
  return remembered(forms, 'countries', () => {
    const order = new Intl.Collator(language())
    return forms.countries.map(({ code, name }) => ({ value: code, words: name, also: code })).sort((one, other) => order.compare(one.words, other.words))
  })
}

export function languagesOf(forms: Forms): () => readonly Found[] {
  return remembered(forms, 'languages', () =>
    forms.languages.map(({ tag }) => ({ value: tag, words: languageName(tag), also: `${nameHere(tag)} ${tag}` })),
  )
}

interface LanguagesProps {
  label: string
  hint?: string
  faults?: readonly Fault[]
  value: string
  onChoose: (tag: string) => void
}

/** One language, by its name in itself or in the language of the page. */
export function Languages({ value, ...rest }: LanguagesProps) {
  const { forms } = useEditing()
  return <Search {...rest} value={value} options={languagesOf(forms)} empty />
}

/** "Riga — Latvia": the town of a zone, and what the browser calls its time. */
export function zones(forms: Forms): () => readonly Found[] {
  return remembered(forms, 'zones', () => {
    const order = new Intl.Collator(language())
    return forms.zones.map((zone) => ({ value: zone, words: zoneWords(zone), also: zone })).sort((one, other) => order.compare(one.words, other.words))
  })
}

const said = new Map<string, string>()

export function zoneWords(zone: string): string {
  const key = `${language()} ${zone}`
  const known = said.get(key)
  if (known !== undefined) return known
  const city = (zone.split('/').pop() ?? zone).replaceAll('_', ' ')
  const words = `${city} — ${called(zone)}`
  said.set(key, words)
  return words
}

function called(zone: string): string {
  try {
    const parts = new Intl.DateTimeFormat(language(), { timeZone: zone, timeZoneName: 'longGeneric' }).formatToParts(0)
    return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone
  } catch {
    return zone
  }
}

const kept = new WeakMap<Forms, Map<string, () => readonly Found[]>>()

/** The same list for the same forms and language, made when it is first needed. */
function remembered(forms: Forms, what: string, make: () => readonly Found[]): () => readonly Found[] {
  const lists = kept.get(forms) ?? new Map<string, () => readonly Found[]>()
  kept.set(forms, lists)
  const key = `${what} ${language()}`
  const known = lists.get(key)
  if (known !== undefined) return known
  let found: readonly Found[] | null = null
  const list = () => (found ??= make())
  lists.set(key, list)
  return list
}

export function zoneHint(): string {
  return t('Type a town or a country. If your town is not there, take a larger one that keeps the same time.')
}
