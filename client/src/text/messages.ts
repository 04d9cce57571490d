// Says a message in the language of the page; English is the message itself.

/** One language, as built from its PO file: `form(n)` is the index of the plural form for the whole number `n`. */
export interface Catalogue {
  language: string
  form: (n: number) => number
  messages: Record<string, string | string[]>
}

/** What the {names} in a message stand for. Write a year as text: only the number of `tn` is grouped by thousands. */
export type Values = Record<string, string | number>

const SOURCE = 'en'
const ENGLISH: Catalogue = { language: SOURCE, form: (n) => (n === 1 ? 0 : 1), messages: {} }
const CONTEXT = '\u0004'

/** How much of a catalogue is fetched: what the audience reads up to the first picture, what it reads later, or all, for a host. */
export type Share = 'first' | 'further' | 'whole'

type Loaders = Map<string, () => Promise<Catalogue>>

const loaders: Record<Share, Loaders> = {
  first: byLanguage(import.meta.glob<Catalogue>('./*.po', { import: 'default', query: '?first' })),
  further: byLanguage(import.meta.glob<Catalogue>('./*.po', { import: 'default', query: '?further' })),
  whole: byLanguage(import.meta.glob<Catalogue>('./*.po', { import: 'default' })),
}
let shares: readonly Share[] = ['whole']
let asked = SOURCE
const listeners = new Set<() => void>()
let catalogue = ENGLISH
let numbers = new Intl.NumberFormat(SOURCE)
let wanted = 0

/** Every language there is, the source language first. */
export const languages: readonly string[] = [SOURCE, ...[...loaders.whole.keys()].sort()]

/** The language spoken now, as a BCP 47 tag. */
export function language(): string {
  return catalogue.language
}

/** The nearest language we have for a tag (`pt-AO` finds `pt`), or the source language. */
export function nearest(tag: string): string {
  const lower = tag.toLowerCase()
  const exact = languages.find((known) => known.toLowerCase() === lower)
  return exact ?? languages.find((known) => known.toLowerCase() === lower.split('-')[0]) ?? SOURCE
}

function byLanguage(found: Record<string, () => Promise<Catalogue>>): Loaders {
  return new Map(Object.entries(found).map(([path, load]) => [path.slice('./'.length, path.indexOf('.po')).replace('_', '-'), load]))
}

/**
 * Loads the nearest language (from now on this share of it), then speaks it and tells the listeners; resolves to the tag spoken.
 * Rejects, and speaks on as before, where the chunk cannot be fetched. The last call wins.
 */
export async function loadLanguage(tag: string, share?: Share): Promise<string> {
  if (share !== undefined) shares = [share]
  asked = nearest(tag)
  const turn = ++wanted
  const found = await Promise.all(shares.map((one) => loaders[one].get(asked)?.() ?? Promise.resolve(ENGLISH)))
  if (turn === wanted) speak({ ...(found[0] ?? ENGLISH), messages: Object.assign({}, ...found.map((one) => one.messages)) as Catalogue['messages'] })
  return catalogue.language
}

/** Fetches another share of the language spoken, and of each one that is spoken after it; rejects where it cannot be fetched. */
export async function speakAlso(share: Share): Promise<void> {
  if (shares.includes('whole')) return
  if (!shares.includes(share)) shares = [...shares, share]
  await loadLanguage(asked)
}

/** Speaks this catalogue at once; for tests, and for texts that came with the page. */
export function speak(next: Catalogue): void {
  catalogue = next
  numbers = new Intl.NumberFormat(next.language)
  for (const listener of listeners) listener()
}

/** Calls `listener` after each change of language; returns what ends that. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The message `msgid`, with each {name} replaced. */
export function t(msgid: string, values?: Values): string {
  return fill(single(msgid) ?? msgid, values)
}

/** The same words may need another translation elsewhere: `context` tells translators, and is never shown. */
export function tc(context: string, msgid: string, values?: Values): string {
  return fill(single(context + CONTEXT + msgid) ?? msgid, values)
}

/** Marks a text that is translated elsewhere, by `t` with a variable: `make messages` collects it here. */
export function mark(msgid: string): string {
  return msgid
}

/** A message that counts: `n` picks the form and stands for {n}, written as the language writes numbers. */
export function tn(one: string, many: string, n: number, values?: Values): string {
  const whole = Math.abs(Math.trunc(n))
  const forms = catalogue.messages[one]
  const found = Array.isArray(forms) ? forms[catalogue.form(whole)] : undefined
  return fill(found ?? (ENGLISH.form(whole) === 0 ? one : many), { n: numbers.format(n), ...values })
}

function single(key: string): string | undefined {
  const found = Object.hasOwn(catalogue.messages, key) ? catalogue.messages[key] : undefined
  return Array.isArray(found) ? found[0] : found
}

function fill(message: string, values: Values | undefined): string {
  if (values === undefined) return message
  return message.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    return value === undefined ? hole : String(value)
  })
}
