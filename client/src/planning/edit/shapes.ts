// What the server answers to the editors, as far as they read it.
import type { Fault } from './faults'
import type { Json, Table } from './paths'

export interface Key {
  name: string
  type: string
  required: boolean
  default: Json
  low: number | null
  high: number | null
  choices: readonly string[] | null
  part: string | null
}

export interface Country {
  code: string
  name: string
}

export interface Forms {
  item: readonly Key[]
  kinds: Readonly<Record<string, readonly Key[]>>
  media: readonly Key[]
  parts: Readonly<Record<string, readonly Key[]>>
  languages: readonly Json[]
  zones: readonly string[]
  countries: readonly Country[]
}

export type Text = Readonly<Record<string, string>>

export interface Hour {
  place: Text
  zone: string
  local: string
  day: -1 | 0 | 1
  odd: boolean
}

export interface Row {
  series: string
  key: string
  title: Text
  date: string
  weekday: number
  number: number | null
  instant_ms: number
  zone: string
  local_date: string
  local: string
  provisional: boolean
  departure: '' | 'moved' | 'cancelled' | 'extra'
  reason: Text
  clashes: readonly string[]
  hours: readonly Hour[]
}

export interface Preview {
  words: string
  rows: readonly Row[]
  faults: readonly Fault[]
  planned_s: number
  ends: readonly { site: string; ends_ms: number }[]
}

export interface Series {
  id: string
  managed: 'file' | 'site'
  version: number
  published_ms: number | null
  removed_ms: number | null
  document: Table
  faults: readonly Fault[]
  words: string
  rows: readonly Row[]
  planned_s: number
  languages: readonly string[]
}

export interface Occurrence {
  row: Row
  version: number
  own: boolean
  document: Table
  notes: string
  planned_s: number
  ends_ms: number
}

export interface LinkSaid {
  ok: boolean
  provider: string
  said: string
}
