// Moves, copies and takes out what stands in a list.
import { isTable, type Json, type Table } from './paths'

/** The list with the element at `from` moved to the place `to`, as the others close up behind it. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const target = Math.min(Math.max(0, to), list.length - 1)
  const taken = list[from]
  if (taken === undefined || from === target) return list
  const rest = list.filter((_, index) => index !== from)
  return [...rest.slice(0, target), taken, ...rest.slice(target)]
}

export function inserted<T>(list: readonly T[], index: number, value: T): readonly T[] {
  const place = Math.min(Math.max(0, index), list.length)
  return [...list.slice(0, place), value, ...list.slice(place)]
}

export function without<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_, place) => place !== index)
}

/** The first free id that begins like this: `silence`, then `silence-2`; a number at its end is counted on from. */
export function freshId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted
  const stem = wanted.replace(/-\d+$/, '')
  let number = 2
  while (taken.has(`${stem}-${number}`)) number += 1
  return `${stem}-${number}`
}

export function idsOf(list: readonly Json[]): Set<string> {
  return new Set(list.flatMap((one) => (isTable(one) && typeof one['id'] === 'string' ? [one['id']] : [])))
}

/** The list with a copy behind the original; a copy of what has an id gets one of its own. */
export function duplicated(list: readonly Json[], index: number): readonly Json[] {
  const original = list[index]
  if (original === undefined) return list
  const id = isTable(original) ? original['id'] : undefined
  const copy: Json = isTable(original) && typeof id === 'string' ? { ...original, id: freshId(id, idsOf(list)) } : original
  return inserted(list, index + 1, copy)
}

/** Where what is drawn at `middle` belongs among rows with these middles, of which row `from` is the one being drawn. */
export function dropPlace(middles: readonly number[], from: number, middle: number): number {
  const others = middles.filter((_, index) => index !== from)
  return others.filter((other) => other < middle).length
}

/** The text of a value in a language, else in any: to sort and to name by. */
export function wordsOf(value: Json | undefined, languages: readonly string[]): string {
  if (typeof value === 'string') return value
  if (!isTable(value)) return ''
  for (const tag of [...languages, ...Object.keys(value)]) {
    const words = value[tag]
    if (typeof words === 'string' && words.trim() !== '') return words
  }
  return ''
}

/** The wreaths in the alphabetical order of one language; those without a name in it come last, as they stood. */
export function alphabetical(wreaths: readonly Json[], language: string, first: string): readonly Json[] {
  const order = new Intl.Collator(language)
  const nameOf = (wreath: Json): string => {
    const community = isTable(wreath) ? wreath['community'] : undefined
    // A plain string is in the first language of the ceremony.
    if (typeof community === 'string') return language === first ? community : ''
    const words = isTable(community) ? community[language] : undefined
    return typeof words === 'string' ? words : ''
  }
  return [...wreaths].sort((one, other) => {
    const [a, b] = [nameOf(one), nameOf(other)]
    if (a === '' || b === '') return Number(a === '') - Number(b === '')
    return order.compare(a, b)
  })
}

/** A wreath for each delegation that has none yet, by community. */
export function wreathsFor(delegations: readonly Json[], wreaths: readonly Json[], languages: readonly string[]): readonly Json[] {
  const nameOf = (one: Json): string => wordsOf(isTable(one) ? one['community'] : undefined, languages).trim().toLocaleLowerCase()
  const known = new Set(wreaths.map(nameOf))
  const fresh: Json[] = []
  for (const delegation of delegations) {
    const name = nameOf(delegation)
    if (!isTable(delegation) || name === '' || known.has(name)) continue
    known.add(name)
    const { community, country } = delegation
    fresh.push({ ...(community === undefined ? {} : { community }), ...(country === undefined ? {} : { country }) })
  }
  return [...wreaths, ...fresh]
}

/** Lines that somebody pasted, as names; what stands behind a tab or a semicolon is the note. Empty lines are none. */
export function namesFrom(text: string): readonly Json[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.split(/\t|;/).map((part) => part.trim()))
    .filter(([name]) => name !== undefined && name !== '')
    .map(([name = '', note = '', pronunciation = '']): Json => {
      if (note === '' && pronunciation === '') return name
      const table: Table = { name, ...(note === '' ? {} : { note }), ...(pronunciation === '' ? {} : { pronunciation }) }
      return table
    })
}
