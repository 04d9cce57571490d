// Reads and changes a document of plain values by path; a change makes a new document and leaves the old one as it was.

import type { Json, Table } from '../types'

export type { Json, Table }

export type Step = string | number
export type Path = readonly Step[]

const STEP = /([^.[\]]+)|\[(\d+)\]/g

/** `items[3].title.en` as its steps; what the server writes and what a fault names. */
export function parsed(written: string): Path {
  return [...written.matchAll(STEP)].map(([, name, index]) => (index === undefined ? (name ?? '') : Number(index)))
}

/** The path as the server writes it. */
export function written(path: Path): string {
  return path.reduce<string>((text, step) => text + (typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`), '')
}

export function isTable(value: Json | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** What stands there; `undefined` for nothing. */
export function at(document: Json | undefined, path: Path): Json | undefined {
  let found = document
  for (const step of path) {
    if (typeof step === 'number') found = isList(found) ? found[step] : undefined
    else found = isTable(found) && Object.hasOwn(found, step) ? found[step] : undefined
  }
  return found
}

/** The list that stands there; an empty one for anything else. */
export function listAt(document: Json | undefined, path: Path): readonly Json[] {
  const found = at(document, path)
  return isList(found) ? found : []
}

/**
 * The document with this value there; `undefined` takes the key away. Tables that lack on the way are made, and are taken
 * away again with their last key. A string on the way is the short form of a table, and gives way to it.
 */
export function put<T extends Json>(document: T, path: Path, value: Json | undefined): T {
  return (changed(document, path, value) ?? {}) as T
}

function changed(now: Json | undefined, path: Path, value: Json | undefined): Json | undefined {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (typeof step === 'number') {
    const list = isList(now) ? [...now] : []
    const next = changed(list[step], rest, value)
    // A part without keys keeps its place: another one would move into its fields.
    if (next === undefined && rest.length > 0) list[step] = {}
    else if (next === undefined) list.splice(step, 1)
    else list[step] = next
    return list
  }
  const table = isTable(now) ? now : {}
  const next = changed(table[step], rest, value)
  if (next !== undefined) return { ...table, [step]: next }
  const left = Object.fromEntries(Object.entries(table).filter(([key]) => key !== step))
  return Object.keys(left).length === 0 ? undefined : left
}

/** Whether `path` is `above` or lies within it. */
export function isWithin(path: Path, above: Path): boolean {
  return path.length >= above.length && above.every((step, index) => path[index] === step)
}

export function same(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true
  if (isList(one) && isList(other)) return one.length === other.length && one.every((value, index) => same(value, other[index]))
  if (!isTable(one) || !isTable(other)) return false
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]))
}
